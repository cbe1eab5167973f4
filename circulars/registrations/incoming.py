"""What letters on paper add to the pages of the portal."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from circulars.enums import INBOX_ROLES
from circulars.services.agencies import keeps_directory
from portal.core import registry
from portal.core.registry import MenuEntry
from portal.org.permissions import unit_ids

if TYPE_CHECKING:
    from portal.users.models import User


class PaperEntry(MenuEntry):
    code = "circulars.paper"
    order = 21
    label = gettext_lazy("Register a paper letter")
    url_name = "circulars:paper_letter"
    icon = "envelope-paper"

    def visible_to(self, user: "User") -> bool:
        return bool(unit_ids(user, INBOX_ROLES))


class AgenciesEntry(MenuEntry):
    code = "circulars.agencies"
    order = 26
    label = gettext_lazy("Agencies outside")
    url_name = "circulars:agencies"
    icon = "buildings"

    def visible_to(self, user: "User") -> bool:
        return keeps_directory(user)


def register() -> None:
    """Called by the app's own register."""
    for entry in (PaperEntry, AgenciesEntry):
        registry.menu_entries.register(entry())
