from typing import TYPE_CHECKING

from portal.core.predicates import predicate
from portal.org import permissions as org

if TYPE_CHECKING:
    from portal.users.models import User


@predicate
def looks_after_mail(user: "User", _obj: object = None) -> bool:
    """System administrators of an office, and those of the whole installation."""
    return org.is_sysadmin(user) or (user.is_superuser and user.office_id is None)
