"""One small form for each thing that can be done with a received letter in its house."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circulars.effects.assignments import Owner
from circulars.enums import PhraseUse, StepState
from circulars.enums_handling import ORDER_PHRASES, REMARK_PHRASES, REPORT_PHRASES, Share
from circulars.inboxes import heir_of
from circulars.models import Assignment, Handling, HandlingStep, Phrase
from circulars.services.desk_choices import (
    Choices,
    desk_choices,
    to_post,
    usual_order_desk,
    value_of,
)
from circulars.services.handling import earlier_desks
from portal.core.forms import PortalForm, ThaiDateField, model_choice
from portal.files.forms import UploadedFilesField, uploads
from portal.users.models import User

WORDS = "data-usual-words"
"""Where a field names the words that a script offers to be tapped."""


def remark_field(label: Any, phrases: Sequence[str], *, required: bool = False) -> forms.CharField:
    """Words that are usually chosen with one tap; a script shows them as buttons."""
    attrs: dict[str, Any] = {"rows": 3}
    if phrases:
        attrs[WORDS] = json.dumps(list(phrases), ensure_ascii=False)
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=forms.Textarea(attrs=attrs)
    )


class DeskField(forms.ChoiceField):
    """One post or person of the house; cleans to a ``Post`` or None."""

    desks: Choices = []

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return to_post(chosen, self.desks) if chosen else None

    def offer(self, desks: Choices) -> None:
        self.desks = desks
        self.choices = [("", "–"), *desks]


class DesksField(forms.MultipleChoiceField):
    """Several posts or people; cleans to a list of ``Post``."""

    desks: Choices = []

    def clean(self, value: Any) -> Any:
        return [to_post(chosen, self.desks) for chosen in super().clean(value)]

    def offer(self, desks: Choices) -> None:
        self.desks = desks
        self.choices = desks


class WorkForm(PortalForm):
    """What each of these forms knows: the letter's work and who acts."""

    fieldsets: list[tuple[Any, list[str]]] = []

    def __init__(self, *args: Any, handling: Handling, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handling = handling
        self.user = user
        desk_fields = [f for f in self.fields.values() if isinstance(f, (DeskField, DesksField))]
        if desk_fields:
            desks = self.desks()
            for field in desk_fields:
                field.offer(desks)
        self._offer_own_phrases()

    def _offer_own_phrases(self) -> None:
        """The unit's own phrases come before the usual ones."""
        areas = [
            f.widget for f in self.fields.values() if json.loads(f.widget.attrs.get(WORDS, "0"))
        ]
        if not areas:
            return
        unit = heir_of(self.handling.delivery.unit)
        own = Phrase.objects.filter(unit=unit, use=PhraseUse.REMARK)
        texts = list(own.values_list("text", flat=True))
        for widget in areas:
            words = dict.fromkeys([*texts, *json.loads(widget.attrs[WORDS])])
            widget.attrs[WORDS] = json.dumps(list(words), ensure_ascii=False)

    def desks(self) -> Choices:
        return desk_choices(self.handling.delivery)

    def inputs(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class PlainForm(WorkForm):
    """Asks nothing."""


class RemarkForm(WorkForm):
    remark = remark_field(_("Remark"), ORDER_PHRASES)


class ReasonForm(WorkForm):
    remark = remark_field(_("Reason"), (), required=True)


class OwnersForm(WorkForm):
    """Who leads, who takes part, by when."""

    lead = DeskField(label=_("Lead"))
    secondary = DesksField(label=_("Secondary"), required=False)
    joint = DesksField(label=_("Joint"), required=False)
    due_on = ThaiDateField(
        label=_("Due"),
        required=False,
        help_text=_("Left empty, the office's target time for this speed class counts."),
    )

    def owners(self) -> list[Owner]:
        lead = self.cleaned_data["lead"]
        owners = [Owner(lead, Share.LEAD)] if lead else []
        for share in (Share.SECONDARY, Share.JOINT):
            owners += [Owner(post, share) for post in self.cleaned_data[share.value]]
        return owners

    def inputs(self) -> dict[str, Any]:
        kept = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("lead", "secondary", "joint")
        }
        return {**kept, "owners": self.owners()}


class PassOnForm(OwnersForm):
    """A remark, the next desk, and who should do it in the writer's opinion."""

    remark = remark_field(_("Remark"), REMARK_PHRASES)
    to = DeskField(label=_("To whom"), required=False)
    beside = DesksField(
        label=_("At the same time to"),
        required=False,
        help_text=_("The letter goes on when all of them have written their remark."),
    )
    then = DeskField(label=_("After that to"), required=False)

    fieldsets = [
        ("", ["remark", "to"]),
        (_("More desks"), ["beside", "then"]),
        (_("Suggest who does it"), ["lead", "secondary", "joint", "due_on"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].required = False
        is_planned = bool(self.handling.pk) and (
            self.handling.steps.main().filter(state=StepState.WAITING).exists()
        )
        if is_planned:
            self.fields["to"].help_text = _("Left empty, it goes to the desk planned next.")
        self.needs_desk = not is_planned

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shares = cleaned.get("secondary") or cleaned.get("joint")
        if shares and not cleaned.get("lead"):
            self.add_error("lead", ValidationError(_("Choose who leads.")))
        return cleaned

    def inputs(self) -> dict[str, Any]:
        given = super().inputs()
        first = [*filter(None, [given.pop("to")]), *given.pop("beside")]
        last = given.pop("then")
        return {**given, "to": [stop for stop in (first, [last] if last else []) if stop]}


class ProposeForm(PassOnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].required = True
        usual = usual_order_desk(self.handling.delivery)
        if usual:
            self.initial.setdefault("to", value_of(usual))


class OrderForm(OwnersForm):
    remark = remark_field(_("Order"), ORDER_PHRASES)
    inform = DesksField(label=_("Copies for information"), required=False)

    fieldsets = [
        ("", ["remark", "lead", "due_on"]),
        (_("Others who take part"), ["secondary", "joint", "inform"]),
    ]


class NoteForm(RemarkForm):
    inform = DesksField(label=_("Copies for information"), required=False)


class SendBackForm(WorkForm):
    step = forms.ModelChoiceField(label=_("To which desk"), queryset=HandlingStep.objects.none())
    remark = remark_field(_("Reason"), (), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = model_choice(self, "step")
        field.queryset = earlier_desks(self.handling)
        field.label_from_instance = _desk_label  # type: ignore[method-assign,assignment]


class GiveMoreForm(OwnersForm):
    note = remark_field(_("What to do"), ORDER_PHRASES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].required = not self.handling.assignments.leads().top().exists()


class AskForm(WorkForm):
    to = DesksField(label=_("Whom you ask"))
    question = forms.CharField(
        label=_("What you ask"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class InformForm(WorkForm):
    to = DesksField(label=_("Who gets a copy"))


class CloseForm(WorkForm):
    remark = remark_field(_("Remark"), REPORT_PHRASES)


class OneWorkForm(WorkForm):
    """About one part of the work."""

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        self.assignment = assignment
        super().__init__(*args, handling=assignment.handling, **kwargs)


class PlainWorkForm(OneWorkForm):
    """Asks nothing."""


class WorkReasonForm(OneWorkForm):
    remark = remark_field(_("Reason"), (), required=True)


class ReportForm(OneWorkForm):
    text = remark_field(_("What was done"), REPORT_PHRASES, required=True)
    enclosures = UploadedFilesField(label=_("Files"), required=False, titles=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        uploads(self, "enclosures").prepare(actor=user)

    def inputs(self) -> dict[str, Any]:
        files = [item.file for item in self.cleaned_data["enclosures"]]
        return {"text": self.cleaned_data["text"], "files": files}


class ShareOutForm(OneWorkForm, OwnersForm):
    """Parts of a group's work for its own people."""

    note = remark_field(_("What to do"), ORDER_PHRASES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = self.assignment.handling.assignments.leads().filter(parent=self.assignment)
        self.fields["lead"].required = not leads.exists()

    def desks(self) -> Choices:
        return desk_choices(self.handling.delivery, unit=self.assignment.unit)


class ReassignWorkForm(OneWorkForm):
    to = DeskField(label=_("To whom"))


class OneDeskForm(WorkForm):
    """About one desk beside the way, or one at which nobody sits."""

    def __init__(self, *args: Any, step: HandlingStep, **kwargs: Any) -> None:
        self.step = step
        super().__init__(*args, handling=step.handling, **kwargs)


class PlainDeskForm(OneDeskForm):
    """Asks nothing."""


class OpinionForm(OneDeskForm):
    remark = remark_field(_("Your opinion"), (), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].help_text = format_html(
            gettext("You are asked: {}"), self.step.question
        )


class ReassignDeskForm(OneDeskForm):
    to = DeskField(label=_("Who takes the desk"))


def _desk_label(step: HandlingStep) -> str:
    return f"{step.decided_by} – {step.get_role_display()} · {step.unit}"
