"""Demo accounts: a second factor whose secret everybody knows, and confirmed addresses."""

import time
from typing import NamedTuple, TextIO

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from portal.accounts.services import crypto, policy
from portal.users.models import User

DEMO_TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (known on purpose)


class DemoCodes(NamedTuple):
    """The codes that work now: ``code``, and ``next_code`` once the first is spent."""

    code: str
    next_code: str
    seconds_left: int
    people: list[User]


class AccountsDemo:
    """Runs after the people were loaded; touches only accounts that were never used."""

    code = "accounts"
    order = 20

    def load(self, stdout: TextIO) -> None:
        people = list(User.objects.filter(last_login=None).order_by("pk"))
        confirmed = _confirm_addresses(people)
        secured = _give_factors(people)
        stdout.write(f"accounts: {confirmed} addresses confirmed, {secured} second factors\n")


def demo_code(steps: int = 0, *, secret: str = DEMO_TOTP_SECRET) -> str:
    """The code of the demo accounts' app now, or ``steps`` half minutes later or earlier."""
    counter = int(time.time()) // app_settings.TOTP_PERIOD + steps
    return format_hotp_value(hotp_value(secret, counter))


def current_codes() -> DemoCodes:
    """For the page that demo installations show."""
    period = app_settings.TOTP_PERIOD
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP).select_related("user")
    people = [row.user for row in rows.order_by("user__username") if _is_demo(row)]
    return DemoCodes(demo_code(), demo_code(1), period - int(time.time()) % period, people)


def _is_demo(row: Authenticator) -> bool:
    return crypto.decrypt(row.data["secret"]) == DEMO_TOTP_SECRET


def _confirm_addresses(people: list[User]) -> int:
    """Demo people have not confirmed an address by a mail, so it is done for them at once."""
    EmailAddress.objects.filter(user__in=people, primary=True).update(verified=True)
    known = set(EmailAddress.objects.values_list("email", flat=True))
    rows = [
        EmailAddress(user=user, email=user.email.lower(), primary=True, verified=True)
        for user in people
        if user.email and user.email.lower() not in known
    ]
    EmailAddress.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _give_factors(people: list[User]) -> int:
    owners = set(Authenticator.objects.values_list("user_id", flat=True))
    needy = policy.people_who_must().exclude(pk__in=owners)
    wanted = set(needy.values_list("pk", flat=True))
    now = timezone.now()
    rows = [
        Authenticator(
            user=user,
            type=Authenticator.Type.TOTP,
            created_at=now,
            data={"secret": crypto.encrypt(DEMO_TOTP_SECRET)},
        )
        for user in people
        if user.pk in wanted
    ]
    Authenticator.objects.bulk_create(rows)
    return len(rows)
