"""One small form for each move of a letter that asks for something."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from circulars.enums import StepKind
from circulars.forms.registers import NumberField
from circulars.kinds import kind_of
from circulars.models import Letter, RegisterEntry
from circulars.numbering import number_unit, register_kind
from circulars.services.reservations import usable_numbers
from portal.accounts.forms import IdentityForm
from portal.core.forms import PortalForm, model_choice
from portal.org.enums import UnitKind
from portal.org.models import Membership
from portal.users.models import User


class MoveForm(PortalForm):
    """What every move knows: the letter and who acts; ``inputs()`` is what the service gets."""

    def __init__(self, *args: Any, letter: Letter, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        self.user = user

    def inputs(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class PlainForm(MoveForm):
    """A move that asks nothing."""


class DecideForm(MoveForm):
    """Endorse: a remark, and the revision that was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, letter=letter, **kwargs)
        self.initial.setdefault("revision", letter.revision)


class OpinionForm(DecideForm):
    """Answer a question that was put about the letter."""

    remark = forms.CharField(
        label=_("Your opinion"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, letter=letter, **kwargs)
        question = letter.steps.current().values_list("question", flat=True).first()
        if question:
            self.fields["remark"].help_text = format_html(str(_("You are asked: {}")), question)


class SignForm(DecideForm):
    """Sign: the same, and proof that it is really the signer at the keyboard.

    Memos and what is only kept as evidence are approved with the typed name (clause 26 as
    amended by no. 4).
    """

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if reserved := numbers_for(self.letter, user):
            self.fields["number"] = NumberField(reserved, with_dates=True)
        self.identity: IdentityForm | None = None
        if not kind_of(self.letter).signed:
            return
        self.identity = IdentityForm(*args[:1], user=user)
        self.asks_code = self.identity.asks_code
        for name, field in self.identity.fields.items():
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.identity and not self.errors and not self.identity.is_valid():
            for name, errors in self.identity.errors.items():
                self.add_error(name if name in self.fields else None, errors)
        return cleaned

    def inputs(self) -> dict[str, Any]:
        inputs = {name: self.cleaned_data[name] for name in ("revision", "remark")}
        if field := self.fields.get("number"):
            inputs |= field.chosen(self.cleaned_data["number"])  # type: ignore[attr-defined]
        return inputs


def numbers_for(letter: Letter, user: User) -> list[RegisterEntry]:
    """Numbers of the letter's book that were reserved for its drafter or for who signs."""
    return usable_numbers(
        unit=number_unit(letter), kind=register_kind(letter), people=[letter.drafter, user]
    )


class SendBackForm(MoveForm):
    remark = forms.CharField(
        label=_("What should be corrected"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VoidForm(MoveForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The number stays in the register as void and is never given again."),
    )


class PersonChoice(forms.ModelChoiceField):
    """A post-holder, shown as name, position and unit."""

    def label_from_instance(self, obj: Membership) -> str:
        position = obj.position.title if obj.position else obj.get_role_display()
        return f"{obj.person.get_full_name()} – {position} ({obj.unit})"


class AssignForm(MoveForm):
    """Give a step that nobody holds to somebody who can take it."""

    membership = PersonChoice(label=_("Who takes the step"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues(self.letter)
        if self.letter.steps.current().filter(kind=StepKind.SIGN).exists():
            people = people.filter(role__in=kind_of(self.letter).signers)
        model_choice(self, "membership").queryset = people


class ConsultForm(AssignForm):
    question = forms.CharField(
        label=_("What you ask"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = model_choice(self, "membership")
        field.label = _("Whom you ask")
        field.queryset = colleagues(self.letter).exclude(person=self.user)


def colleagues(letter: Letter) -> "QuerySet[Membership]":
    """The active people of the same house: the school's own, or the office without its schools."""
    members = (
        Membership.objects.on()
        .filter(person__is_active=True, unit__office_id=letter.unit.office_id)
        .select_related("person", "position", "unit")
        .order_by("unit__position", "position__rank", "person__first_name", "pk")
    )
    if letter.unit.is_school:
        return members.filter(unit=letter.unit_id)
    return members.exclude(unit__kind=UnitKind.SCHOOL)
