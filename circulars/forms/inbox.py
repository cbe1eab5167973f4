"""What a recipient fills in: register, answer, hand on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from circulars.effects.receiving import incoming_book
from circulars.forms.registers import NumberField
from circulars.inboxes import heir_of
from circulars.models import Delivery
from circulars.services.deliveries import people_inside
from circulars.services.reservations import usable_numbers
from portal.core.forms import PortalForm, model_choice
from portal.files.forms import UploadedFilesField, uploads
from portal.users.models import User


class RegisterForm(PortalForm):
    """The two columns of form 13 that the letter itself does not fill.

    Numbers that were reserved in the book of ``delivery`` can be chosen from, too.
    """

    action = forms.CharField(label=_("Action taken"), required=False, max_length=500)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, kind = heir_of(delivery.unit), incoming_book(delivery.letter)
        if reserved := usable_numbers(unit=unit, kind=kind):
            self.fields["number"] = NumberField(reserved)

    def inputs(self) -> dict[str, Any]:
        inputs = dict(self.cleaned_data)
        if field := self.fields.get("number"):
            inputs |= field.chosen(inputs.pop("number"))  # type: ignore[attr-defined]
        return inputs


class AnswerForm(PortalForm):
    text = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    enclosures = UploadedFilesField(label=_("Files"), required=False, titles=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uploads(self, "enclosures").prepare(actor=user)

    def inputs(self) -> dict[str, Any]:
        files = [item.file for item in self.cleaned_data["enclosures"]]
        return {"text": self.cleaned_data["text"], "files": files}


class ForwardForm(PortalForm):
    person = forms.ModelChoiceField(label=_("Hand to"), queryset=User.objects.none())
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, delivery: Delivery, user: User, **kwargs: Any) -> None:
        # The page has other forms with a note.
        super().__init__(*args, auto_id="id_forward_%s", **kwargs)
        others = people_inside(delivery=delivery).exclude(pk=user.pk)
        model_choice(self, "person").queryset = others.exclude(
            forwarded_letters__delivery=delivery
        )
