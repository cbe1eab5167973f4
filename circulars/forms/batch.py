"""Choosing letters to decide at once, with one proof of identity."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from circulars.enums_handling import ORDER_PHRASES
from circulars.forms.handling import remark_field
from circulars.services.batch import Waiting, check_keys
from portal.accounts.forms import IdentityForm
from portal.core.errors import InvalidInput


class KeysField(forms.MultipleChoiceField):
    """Keys of the list as it was shown; what is gone since is told letter by letter."""

    def valid_value(self, value: Any) -> bool:
        return True


class BatchForm(IdentityForm):
    """Which letters, with which remark; identity is asked once, and last."""

    letters = KeysField(label=_("Letters"), required=False)
    remark = remark_field(_("Remark for all of them"), ORDER_PHRASES)

    def __init__(self, *args: Any, items: Sequence[Waiting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = {item.key: item for item in items}

    def clean_letters(self) -> list[str]:
        keys: list[str] = self.cleaned_data["letters"]
        try:
            check_keys(keys, self.waiting)
        except InvalidInput as refusal:
            raise ValidationError(str(refusal)) from refusal
        return keys
