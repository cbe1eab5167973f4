"""Two people act at the same moment, on two real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from portal.core.errors import PortalError
from portal.org import service
from portal.org.enums import ActingKind, Role
from portal.org.models import Acting, Membership
from portal.org.querysets import today
from tests.factories import GroupFactory, UserFactory, person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Run the actions at the same moment; the names of what went wrong, sorted."""
    together = Barrier(len(actions))

    def run(action: Callable[[], object]) -> str:
        try:
            together.wait(timeout=20)
            action()
        except PortalError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(run, actions))


def test_the_same_post_is_given_only_once() -> None:
    group = GroupFactory()
    user = UserFactory(office=group.office)

    def appoint() -> None:
        service.appoint(actor=None, person=user, unit=group, role=Role.OFFICER)

    assert at_once(appoint, appoint, appoint) == ["InvalidInput", "InvalidInput", "done"]
    assert Membership.objects.count() == 1


def test_nobody_arrives_in_a_unit_that_closes_at_the_same_moment() -> None:
    group = GroupFactory()
    user = UserFactory(office=group.office)
    yesterday = today() - timedelta(days=1)

    def appoint() -> None:
        service.appoint(actor=None, person=user, unit=group, role=Role.OFFICER)

    def close() -> None:
        service.close_unit(actor=None, unit=group, on=yesterday)

    assert at_once(appoint, close) == ["InvalidInput", "done"]
    group.refresh_from_db()
    assert (group.closed_on is None) == Membership.objects.filter(unit=group).exists()


def test_only_one_person_comes_to_act_in_a_post() -> None:
    director = person(Role.DIRECTOR)
    post = director.memberships.get()
    deputies = [person(Role.DEPUTY, office=director.office) for _ in range(2)]

    def set_acting(number: int) -> Callable[[], object]:
        return lambda: service.set_acting(
            actor=None,
            membership=post,
            person=deputies[number],
            kind=ActingKind.IN_PLACE,
            starts_on=today(),
            ends_on=today(),
        )

    assert at_once(set_acting(0), set_acting(1)) == ["InvalidInput", "done"]
    assert Acting.objects.count() == 1
