"""Forms of a person's own page."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core.errors import InvalidInput
from portal.core.forms import PortalForm
from portal.desk.services import check_phone


class ProfileForm(PortalForm):
    """What people keep up themselves; name, roles and units are kept by the office."""

    phone = forms.CharField(
        label=_("Mobile phone"),
        required=False,
        max_length=30,
        help_text=_("People of your office see it in the phone book."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    phone_is_public = forms.BooleanField(
        label=_("Show my number in the public phone book as well"),
        required=False,
        help_text=_("Anyone on the internet can then read it. You can take this back any time."),
    )
    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    def clean_phone(self) -> str:
        try:
            return check_phone(self.cleaned_data["phone"])
        except InvalidInput as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("phone_is_public") and cleaned.get("phone") == "":
            self.add_error("phone", _("Write the number that the public phone book shall show."))
        return cleaned
