"""Choosing the people for whom a letter is made."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from circulars.forms.moves import colleagues
from circulars.models import Letter
from portal.core.forms import PortalForm
from portal.org.models import Membership

MAX_FILE = 5 * 1024 * 1024


class PeopleChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.person.get_full_name()} – {obj.position_title} ({obj.unit})"


class PeopleForm(PortalForm):
    """A file with a list, or people of the portal."""

    file = forms.FileField(
        label=_("List (Excel or CSV)"),
        required=False,
        help_text=_("The first row names the columns; each further row is a person."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    people = PeopleChoice(
        label=_("Or people of the portal"),
        required=False,
        queryset=Membership.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, initial={"revision": letter.revision}, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, PeopleChoice)  # noqa: S101
        field.queryset = _people(letter)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_FILE:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        if file and not file.name.lower().endswith((".xlsx", ".csv")):
            raise forms.ValidationError(_("Choose an Excel (.xlsx) or CSV file."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("file") and not cleaned.get("people"):
            raise forms.ValidationError(_("Choose a file or people."))
        return cleaned


def _people(letter: Letter) -> "QuerySet[Membership]":
    return colleagues(letter).select_related("person", "position", "unit__office")
