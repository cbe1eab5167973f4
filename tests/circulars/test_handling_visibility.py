"""Who sees a received letter because of the work on it: exact sets."""

from datetime import timedelta

import pytest
from django.utils import timezone

from circulars.enums import Secrecy
from circulars.models import Delivery, Handling
from circulars.services import assignments, handling
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.service import end_membership
from portal.users.models import User
from tests.circulars.test_handling_way import again
from tests.factories import acting, person
from tests.factories import handling as make
from tests.factories.letters import World


def people_of(world: World) -> dict[str, User]:
    return {
        "registry": world.registry,
        "director": world.director,
        "deputy": world.deputy,
        "group director": world.group_director,
        "group registry": world.group_registry,
        "officer": world.officer,
        "colleague": person(Role.OFFICER, world.group),
        "another group's director": person(Role.GROUP_DIRECTOR, office=world.office),
        "principal": world.principals[0],
        "auditor": person(Role.AUDITOR, world.group),
        "nobody": person(None, office=world.office),
        "another office": person(Role.DIRECTOR),
    }


def readers(people: dict[str, User], row: Delivery) -> set[str]:
    return {
        name
        for name, user in people.items()
        if Delivery.objects.visible_to(again(user)).filter(pk=row.pk).exists()
    }


HOUSE = {"registry", "director", "deputy"}


def test_work_lets_its_owners_read_and_nobody_else(world: World) -> None:
    people = people_of(world)
    make.proposed(world)  # another letter, which must not come along
    handled = make.proposed(world, owners=[make.group_lead(world)])
    row = handled.delivery
    assert readers(people, row) == HOUSE
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="?"
    )
    assert readers(people, row) == HOUSE | {"officer"}
    handling.approve(handling=handled, actor=world.director)
    assert readers(people, row) == HOUSE | {"group director"}
    assignments.share_out(
        assignment=make.work_of(handled), actor=again(world.group_director),
        owners=[make.lead(people["colleague"])],
    )  # fmt: skip
    assert readers(people, row) == HOUSE | {"group director", "colleague"}
    handling.inform(handling=handled, actor=world.director, to=[make.post(world.group_registry)])
    assert readers(people, row) == HOUSE | {"group director", "colleague", "group registry"}
    assert Delivery.objects.visible_to(again(people["colleague"])).count() == 1


def test_work_is_seen_by_who_sees_the_letter(world: World) -> None:
    handled = make.ordered(world)
    seen = {
        name
        for name, user in people_of(world).items()
        if Handling.objects.visible_to(again(user)).filter(pk=handled.pk).exists()
    }
    assert seen == HOUSE | {"group director"}


def test_what_was_taken_back_is_not_seen_any_more(world: World) -> None:
    handled = make.ordered(world, make.group_lead(world), make.joint(world.officer))
    people = people_of(world)
    assert readers(people, handled.delivery) == HOUSE | {"group director", "officer"}
    assignments.pull_back(
        assignment=make.work_of(handled, again(world.officer)), actor=world.director
    )
    assert readers(people, handled.delivery) == HOUSE | {"group director"}


def test_desks_still_ahead_do_not_read_yet(world: World) -> None:
    row = make.received(world)
    handling.propose(
        delivery=row, actor=world.registry,
        to=[[make.post(world.group_director)], [make.named(world.officer)],
            [make.director_post(world)]],
    )  # fmt: skip
    assert readers(people_of(world), row) == HOUSE | {"group director"}


def test_secret_letter_is_read_by_name_only(world: World) -> None:
    people = people_of(world)
    row = make.received(world, secrecy=Secrecy.SECRET)
    assert readers(people, row) == {"registry", "director"}
    handled = handling.propose(
        delivery=row, actor=world.registry,
        to=[[make.named(world.group_director)], [make.director_post(world)]],
    )  # fmt: skip
    assert readers(people, row) == {"registry", "director", "group director"}
    handling.pass_on(handling=handled, actor=again(world.group_director))
    handling.order(handling=handled, actor=world.director, owners=[make.lead(world.officer)])
    assert readers(people, row) == {"registry", "director", "group director", "officer"}
    second = person(Role.GROUP_DIRECTOR, world.group)
    assert not Delivery.objects.visible_to(again(second)).exists()


def test_who_had_it_by_name_and_moved_on_keeps_what_they_did(world: World) -> None:
    handled = make.ordered(world, make.lead(world.officer))
    row = make.work_of(handled)
    other = make.ordered(world, make.lead(world.officer))
    assignments.accept(assignment=row, actor=again(world.officer))
    end_membership(
        actor=None, membership=world.membership(world.officer),
        ends_on=timezone.localdate() - timedelta(days=1),
    )  # fmt: skip
    seen = set(Delivery.objects.visible_to(again(world.officer)))
    assert (handled.delivery in seen, other.delivery in seen) == (True, False)


@pytest.mark.parametrize(("first", "last", "sees"), [(0, 0, True), (1, 5, False), (-5, -1, False)])
def test_acting_reads_on_its_days_only(world: World, first: int, last: int, sees: bool) -> None:
    handled = make.ordered(world)
    stand_in = person(Role.OFFICER, world.group)
    today = timezone.localdate()
    acting(
        stand_in, world.membership(world.group_director),
        starts_on=today + timedelta(days=first), ends_on=today + timedelta(days=last),
    )  # fmt: skip
    found = Delivery.objects.visible_to(again(stand_in)).filter(pk=handled.delivery_id)
    assert found.exists() is sees


def test_work_of_a_merged_school_goes_on_with_its_successor(world: World) -> None:
    first, heir = world.schools[:2]
    row = make.received(world, unit=first, by=world.clerks[0])
    handled = handling.propose(
        delivery=row, actor=world.clerks[0], to=[[make.post(world.principals[0])]]
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    for user in (world.principals[0], world.clerks[0]):
        membership = world.membership(user)
        membership.ends_on = yesterday
        membership.save()
    Unit.objects.filter(pk=first.pk).update(closed_on=yesterday, merged_into=heir)
    assert not handled.steps.at_desks().vacant().exists()
    principal = again(world.principals[1])
    assert list(handled.steps.at_desks().held_by(principal)) == [handled.steps.last()]
    assert readers(
        {"old": world.principals[0], "heir": principal, "third": world.principals[2]}, row
    ) == {"heir"}
    teacher = person(Role.TEACHER, heir)
    handled = handling.order(handling=handled, actor=principal, owners=[make.lead(teacher)])
    assert handled.steps.get(kind="order").decided_as == [
        world.membership(world.principals[1]).position_title
    ]
    assert list(Delivery.objects.visible_to(again(teacher))) == [row]


def test_closed_school_without_successor_leaves_its_desk_vacant(world: World) -> None:
    row = make.received(world, unit=world.schools[0], by=world.clerks[0])
    handled = handling.propose(
        delivery=row, actor=world.clerks[0], to=[[make.post(world.principals[0])]]
    )
    world.membership(world.principals[0]).delete()
    assert handled.steps.at_desks().vacant().count() == 1
