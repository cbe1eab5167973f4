"""What notifications add to the pages of the portal."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core import registry
from portal.core.registry import MenuEntry, NotificationKind, WorkItem, WorkTile
from portal.notifications.permissions import looks_after_mail
from portal.notifications.services.resending import dead_mails

if TYPE_CHECKING:
    from portal.users.models import User

FILE_INFECTED = NotificationKind(
    code="files.infected", label=_("A file that I sent contains a virus"), urgent=True, order=900
)


class UndeliveredEntry(MenuEntry):
    code = "notifications.undelivered"
    order = 910
    label = _("Undelivered mail")
    url_name = "notifications:undelivered"
    icon = "envelope-exclamation"

    def visible_to(self, user: "User") -> bool:
        return looks_after_mail(user)


class UndeliveredTile(WorkTile):
    code = "notifications.undelivered"
    order = 910
    title = _("Undelivered mail")
    icon = "envelope-exclamation"

    def url(self, user: "User") -> str:
        return reverse("notifications:undelivered")

    def count(self, user: "User") -> int:
        return dead_mails(user).count() if looks_after_mail(user) else 0

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        if not looks_after_mail(user):
            return []
        newest = dead_mails(user).select_related("notification__person").order_by("-id")
        return [
            WorkItem(
                title=str(delivery.notification.person),
                url=self.url(user),
                meta=delivery.reason,
                tone="danger",
            )
            for delivery in newest[:limit]
        ]


def register() -> None:
    registry.notification_kinds.register(FILE_INFECTED)
    registry.menu_entries.register(UndeliveredEntry())
    registry.work_tiles.register(UndeliveredTile())
