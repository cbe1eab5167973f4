"""What other apps may ask of the organisation: the one public door besides the models."""

from portal.org.services.actings import end_acting, set_acting
from portal.org.services.directory import (
    UnitPhones,
    UnitStaff,
    acting_today,
    current_posts,
    find_staff,
    phone_book,
    staff_by_unit,
    staff_of_unit,
    vacant_posts,
)
from portal.org.services.lookups import (
    HEAD_ROLES,
    SignatureBlock,
    central_registry,
    executive_unit,
    heads,
    holders,
    holders_query,
    position_on,
    signature_block,
    superior_chain,
)
from portal.org.services.memberships import appoint, end_membership, leave_office, move_person
from portal.org.services.people import add_person
from portal.org.services.units import (
    close_office_on,
    close_unit,
    closure_days,
    found_office,
    is_working_day,
    open_school,
    set_school_facts,
)

__all__ = [
    "HEAD_ROLES",
    "SignatureBlock",
    "UnitPhones",
    "UnitStaff",
    "acting_today",
    "add_person",
    "appoint",
    "central_registry",
    "close_office_on",
    "close_unit",
    "closure_days",
    "current_posts",
    "end_acting",
    "end_membership",
    "executive_unit",
    "find_staff",
    "found_office",
    "heads",
    "holders",
    "holders_query",
    "is_working_day",
    "leave_office",
    "move_person",
    "open_school",
    "phone_book",
    "position_on",
    "set_acting",
    "set_school_facts",
    "signature_block",
    "staff_by_unit",
    "staff_of_unit",
    "superior_chain",
    "vacant_posts",
]
