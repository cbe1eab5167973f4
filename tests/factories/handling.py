"""Received letters on their way through the house that received them."""

from collections.abc import Sequence

from circulars.effects.assignments import Owner
from circulars.effects.desks import Post
from circulars.enums import Channel
from circulars.enums_handling import Share
from circulars.models import Assignment, Delivery, Handling, HandlingStep
from circulars.services import deliveries, handling, outside
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.service import central_registry, executive_unit
from portal.users.models import User
from tests.factories.letters import World


def received(world: World, *, unit: Unit | None = None, by: User | None = None, **fields: object) -> Delivery:  # fmt: skip  # noqa: E501
    """A letter from outside, registered: at the central registry unless ``unit`` is given."""
    clerk = by or world.registry
    row = outside.enter(
        unit=unit or central_registry(world.office),
        actor=clerk,
        sender=outside.agency(office=world.office, name="สำนักงานทดสอบภายนอก", actor=clerk),
        channel=Channel.PAPER,
        **{"subject": "ขอความร่วมมือตอบแบบสำรวจ", "reference": "ทส 0001/1", **fields},
    )
    deliveries.register(delivery=row, actor=clerk)
    return fresh(row)


def fresh(row: Delivery) -> Delivery:
    return Delivery.objects.select_related(
        "letter__unit__office", "unit__office", "entry__register"
    ).get(pk=row.pk)


def post(user: User) -> Post:
    """The one post of a person, as a post: whoever holds it."""
    membership = user.memberships.get()
    return Post(membership.unit_id, membership.role)


def named(user: User) -> Post:
    """The same by name: this person alone."""
    return Post.held_in(user.memberships.get())


def director_post(world: World) -> Post:
    return Post(executive_unit(world.office).pk, Role.DIRECTOR)


def lead(user: User) -> Owner:
    return Owner(named(user), Share.LEAD)


def joint(user: User) -> Owner:
    return Owner(named(user), Share.JOINT)


def group_lead(world: World) -> Owner:
    return Owner(Post(world.group.pk, Role.GROUP_DIRECTOR), Share.LEAD)


def proposed(world: World, *, owners: Sequence[Owner] = (), **fields: object) -> Handling:
    """Submitted by the registry; it waits for the director's order."""
    return handling.propose(
        delivery=received(world, **fields),
        actor=world.registry,
        to=[[director_post(world)]],
        remark="เพื่อโปรดสั่งการ",
        owners=owners,
    )


def ordered(world: World, *owners: Owner, **fields: object) -> Handling:
    """Ordered by the director: to the group as lead, unless ``owners`` are given."""
    return handling.order(
        handling=proposed(world, **fields),
        actor=world.director,
        owners=owners or [group_lead(world)],
        remark="มอบดำเนินการ",
    )


def work_of(handled: Handling, user: User | None = None) -> Assignment:
    rows = Assignment.objects.filter(handling=handled)
    return (rows.held_by(user) if user else rows).latest("pk")


def way(handled: Handling) -> list[tuple[str, str, str]]:
    return [
        (step.kind, step.role, step.state)
        for step in HandlingStep.objects.filter(handling=handled).main().order_by("position", "pk")
    ]
