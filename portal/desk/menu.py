"""What desk puts into the menu."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.audit.service import reads_office
from portal.core.registry import MenuEntry

if TYPE_CHECKING:
    from portal.users.models import User


class WorkEntry(MenuEntry):
    """The first page after sign-in, for everybody."""

    code = "desk.work"
    order = 0
    label = _("My work")
    url_name = "desk:home"
    icon = "inboxes"


class AuditEntry(MenuEntry):
    """Who did what, for auditors and system administrators."""

    code = "desk.audit"
    order = 900
    label = _("Audit")
    url_name = "desk:audit"
    icon = "journal-check"

    def visible_to(self, user: "User") -> bool:
        return reads_office(user)
