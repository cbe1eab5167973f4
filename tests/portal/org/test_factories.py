import pytest

from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Office, Unit
from portal.org.permissions import has_role
from tests.factories import (
    ActingFactory,
    CommitteeMemberFactory,
    MembershipFactory,
    OfficeFactory,
    PhoneLineFactory,
    SchoolFactory,
    SectionFactory,
    acting,
    person,
    role_holders,
)

pytestmark = pytest.mark.django_db


def test_office_factory_brings_registry_and_executives() -> None:
    office = OfficeFactory()
    assert sorted(office.units.values_list("kind", flat=True)) == ["executive", "office"]


def test_every_factory_stays_in_one_office() -> None:
    office = OfficeFactory()
    SchoolFactory(office=office)
    SectionFactory(office=office)
    PhoneLineFactory(office=office)
    membership = MembershipFactory(unit=Unit.objects.get(kind=UnitKind.SECTION))
    ActingFactory(membership=membership)
    CommitteeMemberFactory(committee__office=office)
    assert Office.objects.count() == 1


@pytest.mark.parametrize("role", Role)
def test_person_holds_the_role_today(role: Role) -> None:
    user = person(role)
    assert has_role(user, role)
    assert Membership.objects.get(person=user).unit.office == user.office


def test_role_holders_are_one_for_each_role_in_one_office() -> None:
    office = OfficeFactory()
    holders = role_holders(office)
    assert set(holders) == set(Role)
    assert {user.office for user in holders.values()} == {office}


def test_acting_person_holds_the_role_today() -> None:
    director = person(Role.DIRECTOR)
    deputy = person(Role.DEPUTY, office=director.office)
    acting(deputy, director.memberships.get())
    assert has_role(deputy, Role.DIRECTOR)
