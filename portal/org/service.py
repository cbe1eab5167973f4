"""What other apps may ask of the organisation: the one public door besides the models."""

from portal.org.services.actings import end_acting, set_acting
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
    "add_person",
    "appoint",
    "central_registry",
    "close_office_on",
    "close_unit",
    "closure_days",
    "end_acting",
    "end_membership",
    "executive_unit",
    "found_office",
    "heads",
    "holders",
    "holders_query",
    "is_working_day",
    "leave_office",
    "move_person",
    "open_school",
    "position_on",
    "set_acting",
    "set_school_facts",
    "signature_block",
    "superior_chain",
]
