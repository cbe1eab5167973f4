from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org import service
from portal.org.enums import ActingKind, Role
from portal.org.models import Acting, Membership
from portal.org.permissions import has_role
from portal.org.querysets import today
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory, acting, person
from tests.portal.org.conftest import Heard

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def post() -> Membership:
    return person(Role.DIRECTOR).memberships.get()


@pytest.fixture
def deputy(post: Membership) -> User:
    return person(Role.DEPUTY, office=post.unit.office)


def record(post: Membership, user: User, **given: object) -> Acting:
    values = {"kind": ActingKind.IN_PLACE, "starts_on": today(), "ends_on": today() + DAY}
    return service.set_acting(
        **{"actor": None, "membership": post, "person": user} | values | given
    )


def test_set_acting_gives_the_role_on_its_days_only(
    post: Membership, deputy: User, heard: Heard
) -> None:
    made = record(post, deputy, starts_on=today() + DAY, ends_on=today() + 2 * DAY)
    days = [today() + number * DAY for number in range(4)]
    holding = [deputy in service.holders(unit=post.unit, roles=[post.role], on=d) for d in days]
    assert holding == [False, True, True, False]
    assert heard.changes == [(deputy, "acting", today() + DAY)]
    row = AuditRow.objects.get(action="org.set_acting")
    assert row.data == {
        "membership": post.pk,
        "kind": "in_place",
        "from": made.starts_on.isoformat(),
        "to": made.ends_on.isoformat(),
    }


def test_set_acting_is_for_director_registry_and_administrators_of_the_office(
    post: Membership, deputy: User
) -> None:
    office = post.unit.office
    actors = {role: person(role, office=office) for role in Role if role != Role.DIRECTOR}
    actors[Role.DIRECTOR] = post.person
    allowed = set()
    for number, (role, actor) in enumerate(actors.items()):
        day = today() + number * DAY
        try:
            record(post, deputy, actor=actor, starts_on=day, ends_on=day)
        except NotAllowed:
            continue
        allowed.add(role)
    assert allowed == {Role.DIRECTOR, Role.REGISTRY, Role.SYSADMIN}


def test_set_acting_by_another_offices_registry_is_refused(post: Membership, deputy: User) -> None:
    with pytest.raises(NotAllowed):
        record(post, deputy, actor=person(Role.REGISTRY))
    assert not Acting.objects.exists()


def test_set_acting_of_a_stranger_a_closed_account_or_oneself_is_refused(
    post: Membership,
) -> None:
    closed = UserFactory(office=post.unit.office, is_active=False)
    fields = []
    for user in (UserFactory(), closed, post.person):
        with pytest.raises(InvalidInput) as refused:
            record(post, user)
        fields.append(refused.value.field)
    assert fields == ["person"] * 3


def test_set_acting_that_ends_before_it_begins_is_refused(post: Membership, deputy: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        record(post, deputy, ends_on=today() - DAY)
    assert refused.value.field == "ends_on"


@pytest.mark.parametrize(
    ("first", "second", "same_person", "accepted"),
    [
        (ActingKind.IN_PLACE, ActingKind.IN_PLACE, False, False),
        (ActingKind.IN_PLACE, ActingKind.ON_BEHALF, False, False),
        (ActingKind.ON_BEHALF, ActingKind.IN_PLACE, False, False),
        (ActingKind.ON_BEHALF, ActingKind.ON_BEHALF, False, True),
        (ActingKind.ON_BEHALF, ActingKind.ON_BEHALF, True, False),
    ],
)
def test_set_acting_beside_another_one(
    post: Membership,
    deputy: User,
    first: ActingKind,
    second: ActingKind,
    same_person: bool,
    accepted: bool,
) -> None:
    acting(deputy, post, kind=first)
    other = deputy if same_person else person(Role.DEPUTY, office=post.unit.office)
    if accepted:
        record(post, other, kind=second)
    else:
        with pytest.raises(InvalidInput):
            record(post, other, kind=second)
    assert Acting.objects.count() == (2 if accepted else 1)


def test_set_acting_after_the_other_one_ended(post: Membership, deputy: User) -> None:
    acting(deputy, post)
    record(post, deputy, starts_on=today() + DAY)
    assert Acting.objects.count() == 2


def test_end_acting_takes_the_role_away(post: Membership, deputy: User, heard: Heard) -> None:
    made = acting(deputy, post, starts_on=today() - DAY, ends_on=today() + 5 * DAY)
    assert has_role(deputy, Role.DIRECTOR)
    service.end_acting(actor=post.person, acting=made, ends_on=today() - DAY)
    assert not has_role(User.objects.get(pk=deputy.pk), Role.DIRECTOR)
    assert heard.changes == [(deputy, "acting", today() - DAY)]
    assert AuditRow.objects.get(action="org.end_acting").actor == post.person


def test_end_acting_before_its_first_day_calls_it_off(post: Membership, deputy: User) -> None:
    made = acting(deputy, post, starts_on=today() + DAY, ends_on=today() + 2 * DAY)
    assert service.end_acting(actor=None, acting=made, ends_on=today()) is None
    assert not Acting.objects.exists()
    with pytest.raises(StaleAction):
        service.end_acting(actor=None, acting=made, ends_on=today())


def test_end_acting_that_is_over_says_so(post: Membership, deputy: User) -> None:
    made = acting(deputy, post, starts_on=today() - 2 * DAY, ends_on=today() - DAY)
    with pytest.raises(StaleAction):
        service.end_acting(actor=None, acting=made, ends_on=today() - 2 * DAY)


def test_end_acting_later_than_planned_is_refused(post: Membership, deputy: User) -> None:
    made = acting(deputy, post)
    with pytest.raises(InvalidInput) as refused:
        service.end_acting(actor=None, acting=made, ends_on=today() + DAY)
    assert refused.value.field == "ends_on"


def test_end_acting_by_the_person_who_acts_as_officer_is_refused(post: Membership) -> None:
    officer = person(Role.OFFICER, office=post.unit.office)
    group_head = person(Role.GROUP_DIRECTOR, office=post.unit.office)
    made = acting(officer, group_head.memberships.get())
    with pytest.raises(NotAllowed):
        service.end_acting(actor=officer, acting=made, ends_on=today())


def test_the_database_refuses_an_acting_that_ends_before_it_begins(
    post: Membership, deputy: User
) -> None:
    wrong = Acting(
        membership=post,
        person=deputy,
        kind=ActingKind.IN_PLACE,
        starts_on=today(),
        ends_on=today() - DAY,
    )
    with pytest.raises(ValidationError) as shown:
        wrong.full_clean()
    assert shown.value.messages == [Acting._meta.constraints[0].violation_error_message]


def test_roles_of_an_office_without_people_are_empty() -> None:
    office = OfficeFactory()
    assert service.heads(unit=service.central_registry(office)) == []
