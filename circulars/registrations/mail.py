"""What mail, the exchange and the looks into inboxes add to the pages of the portal."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from circulars.demo_mail import MailDemo
from circulars.models import ExchangeArrival, IncomingMail, Mailbox
from circulars.services.looks import may_see_board
from circulars.workflow_mail import MAIL
from portal.audit.service import name_actions
from portal.core import registry
from portal.core.registry import (
    FileOwner,
    MenuEntry,
    NotificationKind,
    PublicUrl,
    WorkItem,
    WorkTile,
)
from portal.org.enums import Role
from portal.org.permissions import has_role
from portal.workflow.service import register_table

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.files.models import StoredFile
    from portal.users.models import User

ACTION_NAMES = {
    "exchange.admit": gettext_lazy("Entered or changed a partner"),
    "exchange.export": gettext_lazy("Exported a letter as a package"),
    "exchange.make_key": gettext_lazy("Made the office's key for partners"),
    "exchange.receive": gettext_lazy("Took in a letter from a partner"),
    "exchange.set_up": gettext_lazy("Changed the partners"),
    "mail.arrive": gettext_lazy("Took over a mail"),
    "mail.open": gettext_lazy("Opened a mail"),
    "mail.remove": gettext_lazy("Removed a top secret mail"),
    "mailbox.change": gettext_lazy("Changed the central mailbox"),
    "mailbox.try": gettext_lazy("Tried the central mailbox"),
}


class MailEntry(MenuEntry):
    code = "circulars.mail"
    order = 24
    label = gettext_lazy("Central mailbox")
    url_name = "circulars:mails"
    icon = "envelope-at"

    def visible_to(self, user: "User") -> bool:
        return has_role(user, Role.REGISTRY)

    def badge(self, user: "User") -> int | None:
        return IncomingMail.objects.visible_to(user).waiting().count() or None


class LooksEntry(MenuEntry):
    code = "circulars.looks"
    order = 25
    label = gettext_lazy("Who looked at the inbox")
    url_name = "circulars:looks"
    icon = "eye"

    def visible_to(self, user: "User") -> bool:
        return may_see_board(user)


class MailTile(WorkTile):
    """Mails that wait to be registered, and a mailbox that cannot be reached."""

    code = "circulars.mail"
    order = 9
    title = gettext_lazy("Mail to register")
    icon = "envelope-at"

    def url(self, user: "User") -> str:
        return reverse("circulars:mails")

    def count(self, user: "User") -> int:
        return self._mails(user).count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        if not has_role(user, Role.REGISTRY):
            return []
        items = [
            WorkItem(
                title=_("The central mailbox cannot be reached"),
                url=reverse("circulars:mailbox"),
                meta=mailbox.last_error,
                tone="danger",
            )
            for mailbox in Mailbox.objects.filter(office=user.office_id).exclude(last_error="")
        ]
        mails = self._mails(user).order_by("arrived_at", "pk")[:limit]
        items += [
            WorkItem(
                title=mail.subject or _("(no subject)"),
                url=mail.get_absolute_url(),
                meta=mail.sender,
            )
            for mail in mails
        ]
        return items

    def _mails(self, user: "User") -> "QuerySet[IncomingMail]":
        return IncomingMail.objects.visible_to(user).waiting()


class MailFiles(FileOwner):
    """Mails and what came with them; once a letter, its files go with the letter as well."""

    code = "circulars.mail_files"

    def may_read(self, user: "User", stored_file: "StoredFile") -> bool | None:
        mails = IncomingMail.objects.filter(raw=stored_file) | IncomingMail.objects.filter(
            attachments__file=stored_file
        )
        if mails.exists():
            return IncomingMail.objects.visible_to(user).filter(pk__in=mails.values("pk")).exists()
        if ExchangeArrival.objects.filter(file=stored_file).exists():
            return stored_file.office_id == user.office_id and has_role(user, Role.REGISTRY)
        return None


def register() -> None:
    """Called once when the app is ready."""
    name_actions(ACTION_NAMES)
    register_table(MAIL, readme="circulars/README.md")
    for entry in (MailEntry(), LooksEntry()):
        registry.menu_entries.register(entry)
    registry.work_tiles.register(MailTile())
    registry.demo_loaders.register(MailDemo())
    registry.file_owners.register(MailFiles())
    registry.notification_kinds.register(
        NotificationKind(
            code="circulars.bounced",
            label=gettext_lazy("A letter of mine could not be delivered outside"),
            urgent=True,
            order=33,
        )
    )
    for name, why in (
        ("exchange:letters", "Partners' portals send letters here; each request is signed."),
        ("exchange:status", "Partners' portals tell what became of a letter; signed as well."),
        ("circulars:sent_files", "Files too large for a mail; the address cannot be guessed."),
    ):
        registry.public_urls.register(PublicUrl(code=name, why=why))
