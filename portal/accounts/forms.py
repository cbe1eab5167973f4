"""Forms of accounts, and the fields other apps borrow to ask who is at the keyboard."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.adapters import SecondFactorAdapter
from portal.accounts.services import codes
from portal.accounts.services.identity import confirm_identity
from portal.accounts.services.policy import has_second_factor
from portal.core.errors import InvalidInput
from portal.core.forms import PortalForm
from portal.users.models import User

CODE_ATTRS = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class IdentityForm(PortalForm):
    """Asks the password, or the second factor of who has one; mix it into a form that signs.

    Give the signed-in person as keyword ``user``. Identity is checked last, and only when the
    rest of the form is right, so that a mistake elsewhere does not spend a one-time code; a
    form that adds a ``clean`` of its own checks its things before calling ``super().clean()``.
    Template: ``{% include "accounts/identity_fields.html" with form=form %}``.
    """

    password = forms.CharField(
        label=_("Your password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of the authenticator app, or a recovery code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=CODE_ATTRS),
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
            raise ValidationError({str(error.field): str(error)}) from error
        return cleaned


class WordsMixin:
    """Our words for fields of another package, without placeholders that hide them."""

    words: dict[str, Any] = {}
    helps: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            if name != "password1":
                field.help_text = self.helps.get(name, "")


class SignInForm(WordsMixin, account.LoginForm):
    words = {
        "login": _("User name or e-mail address"),
        "password": _("Password"),
        "remember": _("Stay signed in on this device for two weeks"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )


class ChangePasswordForm(WordsMixin, account.ChangePasswordForm):
    words = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password once more"),
    }


class SetPasswordForm(WordsMixin, account.SetPasswordForm):
    words = {"password1": _("Password"), "password2": _("Password once more")}


class ResetPasswordForm(WordsMixin, account.ResetPasswordForm):
    words = {"email": _("E-mail address of your account")}


class ResetPasswordKeyForm(WordsMixin, account.ResetPasswordKeyForm):
    words = {"password1": _("New password"), "password2": _("New password once more")}


class ReauthenticateForm(WordsMixin, account.ReauthenticateForm):
    words = {"password": _("Your password")}


class AddEmailForm(WordsMixin, account.AddEmailForm):
    words = {"email": _("New e-mail address")}


class CodeMixin(WordsMixin):
    """A code is read with Thai digits, too, and is never accepted twice, on whatever page."""

    words = {"code": _("Code of the authenticator app, or a recovery code")}
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_ATTRS)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        data: dict[str, Any] = self.cleaned_data  # type: ignore[attr-defined]
        data["code"] = code = codes.normal_code(data["code"])
        if codes.was_used(self.user, code):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        super().clean_code()  # type: ignore[misc]
        if not codes.claim(self.user, code):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(CodeMixin, mfa.AuthenticateForm):
    pass


class SecondFactorReauthenticateForm(CodeMixin, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(CodeMixin, totp.ActivateTOTPForm):
    """The first code only proves that the app works, but it is spent by that, too."""

    words = {"code": _("Six digits that the app shows")}


class AddPasskeyForm(WordsMixin, webauthn.AddWebAuthnForm):
    words = {"name": _("Name"), "passwordless": _("Sign in with it, without a password")}
    helps = {
        "name": _("So that you can tell your keys apart: office computer, phone, …"),
        "passwordless": _("The device then asks for your finger, face or PIN."),
    }


class RenamePasskeyForm(WordsMixin, webauthn.EditWebAuthnForm):
    words = {"name": _("Name")}


class AcceptForm(PortalForm):
    """The invited person chooses a user name and a password."""

    username = forms.CharField(
        label=_("User name"),
        min_length=3,
        max_length=60,
        validators=[UnicodeUsernameValidator()],
        help_text=_(
            "Letters, digits and the signs . _ - only. You can sign in with it or with "
            "your e-mail address."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, draft: User, **kwargs: Any) -> None:
        """``draft``: the unsaved account, whose names may not be the password."""
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.fields["password1"].help_text = account.SetPasswordField().help_text

    def clean_username(self) -> str:
        """An address as user name could be somebody else's way to sign in, so no @."""
        username: str = self.cleaned_data["username"]
        if set(username) & set("@+"):
            raise ValidationError(_("Letters, digits and the signs . _ - only."))
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("Somebody already uses this user name."))
        return username

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        self.draft.username = self.cleaned_data.get("username", "")
        validate_password(password, self.draft)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        return cleaned
