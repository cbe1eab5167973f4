"""What is written down when somebody signs in, fails to, or signs out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.accounts.enums import SignInResult
from portal.accounts.models import SignIn
from portal.accounts.services.devices import browser_name
from portal.audit import service as audit

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class Client:
    """The browser at the other end."""

    user_agent: str
    ip: str | None


def record_success(*, user: "User", client: Client, method: str) -> None:
    """``method`` names the steps taken, "password+totp"."""
    _store(user, SignInResult.SIGNED_IN, client, method)
    audit.record(action="account.signed_in", actor=user, about=user, data={"method": method})


def record_failure(*, user: "User | None", client: Client, result: SignInResult) -> None:
    """A refused try. For a name nobody has, only the audit knows, without what was typed."""
    if user is not None:
        _store(user, result, client, "")
    audit.record(
        action="account.sign_in_failed",
        actor=None,
        about=user,
        office_id=user.office_id if user else None,
        data={"result": str(result)},
    )


def record_sign_out(*, user: "User") -> None:
    audit.record(action="account.signed_out", actor=user, about=user)


def _store(user: "User", result: SignInResult, client: Client, method: str) -> None:
    SignIn.objects.create(
        user=user,
        result=result,
        method=method[:40],
        ip=client.ip,
        browser=browser_name(client.user_agent),
    )
