"""What waits at a person's posts: the plain statement says what the querysets say."""

import pytest

from circulars.models import Assignment, HandlingStep, RouteStep
from circulars.registrations.handling import waiting_count
from circulars.services import handling
from portal.users.models import User
from tests.factories import handling as work
from tests.factories import letters as make
from tests.factories.letters import World

pytestmark = pytest.mark.django_db


def by_querysets(user: User) -> int:
    return (
        RouteStep.objects.current().held_by(user).count()
        + HandlingStep.objects.at_desks().held_by(user).count()
        + Assignment.objects.open().held_by(user).count()
    )


def test_count_is_that_of_the_querysets(world: World) -> None:
    make.for_signature(world)
    make.submitted(world)
    for _turn in range(2):
        row = handling.propose(
            delivery=work.received(world), actor=world.registry, to=[[work.director_post(world)]]
        )
    handling.order(handling=row, actor=world.director, owners=[work.lead(world.group_director)])

    people = list(User.objects.order_by("pk"))
    counts = {user: waiting_count(User.objects.get(pk=user.pk)) for user in people}

    assert counts == {user: by_querysets(User.objects.get(pk=user.pk)) for user in people}
    assert (counts[world.director], counts[world.group_director]) == (2, 2)
    assert counts[world.officer] == 0
