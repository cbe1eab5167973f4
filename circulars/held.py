"""What waits at a person's posts, in plain SQL: every page asks it, and Django takes longer to
write these statements than PostgreSQL to answer them. The querysets say the same.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection

from circulars.enums import StepState
from circulars.enums_handling import DESK_KINDS, OPEN_STATES, SEEN_STATES
from portal.org.permissions import posts_of, roles_of

if TYPE_CHECKING:
    from portal.users.models import User

_AT_POST = """
(membership_id = ANY(%(memberships)s) OR membership_id IS NULL AND (role, unit_id) IN (
    SELECT * FROM unnest(%(roles)s::text[], %(units)s::bigint[])))
"""
_OWN = _AT_POST.replace("%(roles)s", "%(own_roles)s").replace("%(units)s", "%(own_units)s")

_WAITING = f"""
SELECT (SELECT count(*) FROM circulars_routestep WHERE state = %(current)s AND {_OWN})
     + (SELECT count(*) FROM circulars_handlingstep
         WHERE state = %(current)s AND kind = ANY(%(desks)s) AND {_AT_POST})
     + (SELECT count(*) FROM circulars_assignment WHERE state = ANY(%(open)s) AND {_AT_POST})
"""  # noqa: S608  (put together from the constants above)


_OPENED = f"""
SELECT delivery_id FROM circulars_forward WHERE person_id = %(user)s
UNION
SELECT delivery_id FROM circulars_handlingstep row
  JOIN circulars_handling handling ON handling.id = row.handling_id
 WHERE row.opens AND row.state = ANY(%(reached)s)
   AND (decided_by_id = %(user)s OR {_AT_POST})
UNION
SELECT delivery_id FROM circulars_assignment row
  JOIN circulars_handling handling ON handling.id = row.handling_id
 WHERE row.opens AND row.state = ANY(%(seen)s)
   AND (accepted_by_id = %(user)s OR reported_by_id = %(user)s OR {_AT_POST})
"""  # noqa: S608  (put together from the constants above)


def opened_to(user: "User", places: Iterable[tuple[str, int]]) -> frozenset[int]:
    """The deliveries handed to ``user``, or that came to a post of theirs and are read there."""
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, _values(user, places))
        return frozenset(delivery for (delivery,) in cursor.fetchall())


def waiting_at(user: "User", places: Iterable[tuple[str, int]]) -> int:
    """How many letters, received letters and pieces of work wait for ``user`` now.

    ``places`` are the (role, unit) pairs where received letters are waited for: the person's own
    and those of merged units.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, _values(user, places))
        return cursor.fetchone()[0]


def _values(user: "User", places: Iterable[tuple[str, int]]) -> dict[str, Any]:
    places, own = sorted(places), sorted(roles_of(user))
    return {
        "memberships": [membership for _role, _unit, membership in posts_of(user)],
        "roles": [role for role, _unit in places],
        "units": [unit for _role, unit in places],
        "own_roles": [role for role, _unit in own],
        "own_units": [unit for _role, unit in own],
        "user": user.pk,
        "reached": [StepState.CURRENT.value, StepState.DONE.value, StepState.RETURNED.value],
        "seen": [state.value for state in SEEN_STATES],
        "current": StepState.CURRENT.value,
        "desks": [kind.value for kind in DESK_KINDS],
        "open": [state.value for state in OPEN_STATES],
    }
