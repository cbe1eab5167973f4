"""What the registers add to the pages of the portal."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from circulars.demo_registers import RegistersDemo
from circulars.models import Reservation
from circulars.services.papers import may_read_paper
from portal.core import registry
from portal.core.registry import FileOwner, WorkItem, WorkTile

if TYPE_CHECKING:
    from portal.files.models import StoredFile
    from portal.users.models import User


class ExpiringTile(WorkTile):
    """Reserved numbers whose time is nearly over, or over: use them or make them void."""

    code = "circulars.reservations"
    order = 17
    title = gettext_lazy("Reserved numbers to use or give up")
    icon = "hourglass-split"

    def url(self, user: "User") -> str:
        return f"{reverse('circulars:reservations')}?left=on"

    def count(self, user: "User") -> int:
        return Reservation.objects.of(user).expiring().count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        rows = Reservation.objects.of(user).expiring().select_related("register__unit")
        return [
            WorkItem(
                title=_("%(numbers)s – %(purpose)s")
                % {"numbers": reservation, "purpose": reservation.purpose},
                url=reservation.get_absolute_url(),
                meta=str(reservation.register),
                due_on=reservation.expires_on,
                tone="danger" if reservation.is_expired else "",
            )
            for reservation in rows.order_by("expires_on", "pk")[:limit]
        ]


class RegisterFiles(FileOwner):
    code = "circulars.register_papers"

    def may_read(self, user: "User", stored_file: "StoredFile") -> bool | None:
        return may_read_paper(user, stored_file)


def register() -> None:
    """Called once when the app is ready."""
    registry.work_tiles.register(ExpiringTile())
    registry.file_owners.register(RegisterFiles())
    registry.demo_loaders.register(RegistersDemo())
