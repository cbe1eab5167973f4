import re

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PortalForm

_ADDRESS = re.compile(r"(?:.*/)?(?P<token>[\w-]{16,64})/?(?:[?#].*)?")


class CheckForm(PortalForm):
    """The address that a letter's QR code holds, or its last part."""

    address = forms.CharField(
        label=_("Address behind the QR code"),
        max_length=300,
        help_text=_("Read the code with your phone's camera, or paste its address here."),
    )

    def clean_address(self) -> str:
        """The last part of the address, which names the letter."""
        found = _ADDRESS.fullmatch(self.cleaned_data["address"])
        if found is None:
            raise forms.ValidationError(
                _("This is not the address of a letter. Copy it whole, or scan the code again.")
            )
        return found["token"]
