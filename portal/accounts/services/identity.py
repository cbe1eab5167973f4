"""Asking a signed-in person once more who they are, before something that cannot be undone."""

import json
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.accounts.services.codes import use_code
from portal.accounts.services.policy import has_second_factor
from portal.audit import service as audit
from portal.core.errors import InvalidInput

if TYPE_CHECKING:
    from portal.users.models import User

ATTEMPTS = 5
WINDOW_SECONDS = 5 * 60


def confirm_identity(
    user: "User", *, password: str = "", code: str = "", passkey: str = ""
) -> None:
    """Check that ``user`` is the one at the keyboard.

    Who has a second factor gives a code of the authenticator app, a recovery code, or the
    answer of a passkey (the JSON of the browser); who has none gives the password. Five wrong
    tries close the door for five minutes. Success and failure are audited, so call this outside
    the transaction of the action it protects.

    Raises ``InvalidInput`` whose ``field`` is "password" or "code".
    """
    field = "code" if has_second_factor(user) else "password"
    key = f"accounts.identity.{user.pk}"
    cache.add(key, 0, WINDOW_SECONDS)
    if _count(key) > ATTEMPTS:
        audit.record(action="account.identity_blocked", actor=user, about=user)
        raise InvalidInput(
            _("Too many wrong tries. Wait five minutes, then try again."), field=field
        )
    if field == "password":
        method = "password" if password and user.check_password(password) else ""
    else:
        method = _second_factor(user, code=code, passkey=passkey)
    if not method:
        audit.record(action="account.identity_refused", actor=user, about=user)
        raise InvalidInput(_refusal(field, given=bool(password or code or passkey)), field=field)
    cache.delete(key)
    audit.record(
        action="account.identity_confirmed", actor=user, about=user, data={"method": method}
    )


def begin_passkey(user: "User") -> dict[str, Any]:
    """What the browser needs to ask one of ``user``'s passkeys; the session keeps the question."""
    return webauthn.begin_authentication(user)


def _count(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the five minutes ended between the two calls
        cache.set(key, 1, WINDOW_SECONDS)
        return 1


def _second_factor(user: "User", *, code: str, passkey: str) -> str:
    """The kind of factor that accepted the answer, or an empty string."""
    if passkey:
        return _passkey(user, passkey)
    return use_code(user, code) if code else ""


def _passkey(user: "User", answer: str) -> str:
    try:
        credential = json.loads(answer)
        webauthn.parse_authentication_response(credential)
        authenticator = webauthn.complete_authentication(user, credential)
    except (ValidationError, ValueError, TypeError):
        return ""
    authenticator.record_usage()
    return str(Authenticator.Type.WEBAUTHN)


def _refusal(field: str, *, given: bool) -> str:
    if field == "password":
        return _("The password is not right.") if given else _("Enter your password.")
    if given:
        return _("The code is not right or was used already. Wait for the next one.")
    return _("Enter the code of your authenticator app or a recovery code.")
