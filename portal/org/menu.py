"""What the organisation puts into the menu."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.core.registry import MenuEntry
from portal.org.permissions import is_member, manages_acting

if TYPE_CHECKING:
    from portal.users.models import User


class ForMembers(MenuEntry):
    """Shown to everybody who holds something in the office or its schools."""

    def visible_to(self, user: "User") -> bool:
        return is_member(user)


class DirectoryEntry(ForMembers):
    code = "org.directory"
    order = 70
    label = _("People and units")
    url_name = "org:directory"
    icon = "people"


class SchoolsEntry(ForMembers):
    code = "org.schools"
    order = 71
    label = _("Schools")
    url_name = "org:schools"
    icon = "building"


class PhoneBookEntry(ForMembers):
    code = "org.phone_book"
    order = 72
    label = _("Phone book")
    url_name = "org:phone_book"
    icon = "telephone"


class ActingEntry(MenuEntry):
    """Shown to those who record who acts."""

    code = "org.acting"
    order = 73
    label = _("Acting")
    url_name = "org:acting"
    icon = "person-check"

    def visible_to(self, user: "User") -> bool:
        return user.office_id is not None and manages_acting(user, user.office_id)


ENTRIES = (DirectoryEntry(), SchoolsEntry(), PhoneBookEntry(), ActingEntry())
