"""What allauth asks the portal: who may sign up, how mails leave, when a door is locked."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import SignInResult
from portal.accounts.services import crypto, mails, policy, sign_ins
from portal.audit import service as audit
from portal.users.models import User

WRONG_LOGIN = _("The user name, the e-mail address or the password is not right.")
WAYS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use the code of the app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
LOCKED = _(
    "Too many wrong tries. This account stays locked for five minutes; then try again, or ask "
    "for a new password."
)


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up, one lock per account, mails by a worker, every failure written down."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("You cannot remove your only e-mail address."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": WRONG_LOGIN,
        "username_password_mismatch": WRONG_LOGIN,
        "email_taken": _("There is an account with this e-mail address."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("The code is not right."),
        "incorrect_password": _("The password is not right."),
        "invalid_login": WRONG_LOGIN,
        "invalid_password_reset": _("This link is not valid any more."),
        "too_many_login_attempts": LOCKED,
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
        "username_taken": _("Somebody already uses this user name."),
        "same_as_current": _("The new value must differ from the present one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        """Who has a second factor proves it; the password alone would not be enough."""
        methods = super().get_reauthentication_methods(user)
        methods = [method | {"description": WAYS[method["id"]]} for method in methods]
        strong = [m for m in methods if m["id"] != "reauthenticate"]
        return strong if strong and policy.has_second_factor(user) else methods

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Rendered now, in the words and address of the request; sent by a worker."""
        message = self.render_mail(
            template_prefix, email, {"request": self.request, "email": email} | context
        )
        html = next((str(part.content) for part in getattr(message, "alternatives", [])), "")
        mails.queue(to=email, subject=message.subject, text=str(message.body), html=html)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._failed(request, SignInResult.LOCKED, credentials)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._failed(request, SignInResult.WRONG_PASSWORD, credentials)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        sign_ins.record_failure(user=user, client=client_of(request), result=SignInResult.INACTIVE)
        return super().respond_user_inactive(request, user)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Refused when somebody else got the address between asking and confirming."""
        others = User.objects.exclude(pk=email_address.user_id)
        if others.filter(email__iexact=email_address.email).exists():
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False
        return super().confirm_email(request, email_address)

    def _failed(self, request: HttpRequest, result: SignInResult, credentials: dict) -> None:
        if request.user.is_authenticated:
            audit.record(
                action="account.identity_refused",
                actor=request.user,
                about=request.user,
                data={"result": str(result)},
            )
            return
        sign_ins.record_failure(
            user=account_of(credentials), client=client_of(request), result=result
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One lock per account, whether its user name or its address is typed."""
        user = account_of(credentials)
        return f"user:{user.pk}" if user else f"nobody:{_typed(credentials)}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypted secrets, our issuer name, and no way back for whom a factor is compulsory."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Add a passkey first, then you can switch the "
            "app off."
        ),
        "cannot_generate_recovery_codes": _("Set up a second factor first."),
        "incorrect_code": _("The code is not right or was used already. Wait for the next one."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if not policy.must_have_second_factor(authenticator.user):
            return True
        return policy.factors(authenticator.user).exclude(pk=authenticator.pk).exists()

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return str(_("Passkey %(number)s") % {"number": number})


def client_of(request: HttpRequest) -> sign_ins.Client:
    """The browser that sent ``request``."""
    adapter = AccountAdapter(request)
    return sign_ins.Client(
        user_agent=request.headers.get("User-Agent", ""), ip=adapter.get_client_ip(request)
    )


def _typed(credentials: dict) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").lower()


def account_of(credentials: dict) -> User | None:
    typed = _typed(credentials)
    if not typed:
        return None
    rows = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
    return rows.order_by("pk").first()
