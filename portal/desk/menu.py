"""What desk puts into the menu."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.audit.service import reads_office
from portal.core.registry import MenuEntry
from portal.desk.permissions import exports_evidence
from portal.org.enums import Role
from portal.org.permissions import has_role, unit_ids

if TYPE_CHECKING:
    from portal.users.models import User


class WorkEntry(MenuEntry):
    """The first page after sign-in, for everybody."""

    code = "desk.work"
    order = 0
    label = _("My work")
    url_name = "desk:home"
    icon = "inboxes"


class RecordEntry(MenuEntry):
    """The own daily record, for everybody who holds a post."""

    code = "desk.record"
    order = 60
    label = _("My daily record")
    url_name = "desk:record_today"
    icon = "calendar-check"

    def visible_to(self, user: "User") -> bool:
        return bool(unit_ids(user))


class ReportsEntry(MenuEntry):
    """Reports of the people below, for those who head somebody."""

    code = "desk.reports"
    order = 61
    label = _("Reports of my people")
    url_name = "desk:reports"
    icon = "people"

    def visible_to(self, user: "User") -> bool:
        return has_role(user, Role.DIRECTOR, Role.DEPUTY, Role.GROUP_DIRECTOR, Role.PRINCIPAL)


class EvidenceEntry(MenuEntry):
    """Evidence for the office standard."""

    code = "desk.evidence"
    order = 62
    label = _("Evidence for the standard")
    url_name = "desk:evidence"
    icon = "patch-check"

    def visible_to(self, user: "User") -> bool:
        return exports_evidence(user)


class AuditEntry(MenuEntry):
    """Who did what, for auditors and system administrators."""

    code = "desk.audit"
    order = 900
    label = _("Audit")
    url_name = "desk:audit"
    icon = "journal-check"

    def visible_to(self, user: "User") -> bool:
        return reads_office(user)
