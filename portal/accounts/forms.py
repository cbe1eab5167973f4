"""Forms of accounts, and the fields other apps borrow to ask who is at the keyboard."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.services.identity import confirm_identity
from portal.accounts.services.policy import has_second_factor
from portal.core.errors import InvalidInput
from portal.users.models import User


class IdentityForm(forms.Form):
    """Asks the password, or the second factor of who has one; mix it into a form that signs.

    Give the signed-in person as keyword ``user``. Identity is checked last, and only when the
    rest of the form is right, so that a mistake elsewhere does not spend a one-time code.
    Template: ``{% include "accounts/identity_fields.html" with form=form %}``.
    """

    password = forms.CharField(
        label=_("Your password"), required=False, strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "class": "form-control"}
        ),
    )
    code = forms.CharField(
        label=_("Code of the authenticator app, or a recovery code"), required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code", "inputmode": "numeric", "class": "form-control",
            }
        ),
    )
    passkey = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.asks_code = has_second_factor(user)
        for name in ("password",) if self.asks_code else ("code", "passkey"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            confirm_identity(
                self.user,
                password=cleaned.get("password", ""),
                code=cleaned.get("code", ""),
                passkey=cleaned.get("passkey", ""),
            )
        except InvalidInput as error:
            raise ValidationError({error.field: str(error)}) from error
        return cleaned
