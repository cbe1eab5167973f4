"""The central mailbox's settings, and whether it can be reached."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.mail import addresses, imap, secrets
from circulars.models import Mailbox
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.org.enums import Role
from portal.org.models import Office
from portal.org.permissions import has_role
from portal.users.models import User

LEASE = timedelta(minutes=25)
"""A poll that has not ended by then counts as dead; the queue ends it after half an hour."""

SETTINGS = (
    "address", "name_en", "is_active", "host", "port", "security", "username", "inbox_folder",
    "junk_folder", "done_folder", "smtp_host", "smtp_port", "smtp_security",
)  # fmt: skip


def may_set_up(user: User) -> bool:
    """The central registry keeps the mailbox, the administrator its technical side."""
    return has_role(user, Role.REGISTRY, Role.SYSADMIN)


def mailbox_of(office: Office | None) -> Mailbox | None:
    return Mailbox.objects.filter(office=office).first()


def save_mailbox(*, office: Office, actor: User, password: str = "", **fields: Any) -> Mailbox:
    """Keep how the mailbox is reached; an empty password leaves the one that is stored.

    Raises ``NotAllowed`` for others than registry and administrator of that office and
    ``InvalidInput`` for a server that the portal may not call.
    """
    if actor.office_id != office.pk or not may_set_up(actor):
        raise NotAllowed(action="mailbox.change", about=office)
    with transaction.atomic():
        kept = Mailbox.objects.select_for_update().filter(office=office).first()
        mailbox = kept or Mailbox(office=office)
        moved = kept is not None and (kept.host, kept.username) != (
            fields["host"], fields["username"],
        )  # fmt: skip
        for name in SETTINGS:
            setattr(mailbox, name, fields[name])
        _check_servers(mailbox)
        if password:
            mailbox.secret = secrets.seal(password)
        elif moved or not mailbox.secret:
            # Whoever could point the portal at another server would be sent the old password.
            raise InvalidInput(_("Enter the password for this server."), field="password")
        mailbox.last_error = ""
        mailbox.save()
        record(action="mailbox.change", actor=actor, about=mailbox)
    return mailbox


def try_connection(*, mailbox: Mailbox, actor: User) -> int:
    """Sign in and look into the folders; the number of mails that wait there.

    Raises ``InvalidInput`` with what the server said.
    """
    if actor.office_id != mailbox.office_id or not may_set_up(actor):
        raise NotAllowed(action="mailbox.try", about=mailbox)
    record(action="mailbox.try", actor=actor, about=mailbox)
    try:
        with imap.connect(access_of(mailbox)) as session:
            for folder in filter(None, [mailbox.inbox_folder, mailbox.junk_folder]):
                if not session.has_folder(folder):
                    message = _("The mailbox has no folder “%(name)s”.") % {"name": folder}
                    raise InvalidInput(message, field="inbox_folder")
            return len(session.select(mailbox.inbox_folder))
    except imap.MailboxError as error:
        raise InvalidInput(str(error), field="host") from error


def access_of(mailbox: Mailbox) -> imap.Access:
    """Raises ``SecretLost`` when the password can no longer be read."""
    return imap.Access(
        host=mailbox.host,
        port=mailbox.port,
        security=mailbox.security,
        username=mailbox.username,
        password=secrets.unseal(mailbox.secret),
    )


def claim(mailbox_id: int, now: datetime) -> Mailbox | None:
    """The mailbox, for this worker alone until ``release``; None while another one has it."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rows = Mailbox.objects.filter(free, pk=mailbox_id, is_active=True)
    if not rows.update(claimed_until=now + LEASE, polled_at=now):
        return None
    return Mailbox.objects.select_related("office").get(pk=mailbox_id)


def release(mailbox: Mailbox, *, error: str = "") -> None:
    """Note how the poll went; the page and the tile of the registry show an error."""
    rows = Mailbox.objects.filter(pk=mailbox.pk)
    if error:
        rows.update(claimed_until=None, last_error=error[:300], failures=F("failures") + 1)
    else:
        rows.update(claimed_until=None, last_error="", failures=0, succeeded_at=timezone.now())


def _check_servers(mailbox: Mailbox) -> None:
    for field, host, port in (
        ("host", mailbox.host, mailbox.port),
        ("smtp_host", mailbox.smtp_host, mailbox.smtp_port),
    ):
        if not host:
            continue
        try:
            addresses.check_port(host, port)
            addresses.resolve(host, port)
        except InvalidInput as error:
            raise InvalidInput(str(error), field=field) from error
        except OSError as error:
            raise InvalidInput(_("There is no server of this name."), field=field) from error
