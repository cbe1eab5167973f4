from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.org.enums import ActingKind, Role, UnitKind
from portal.org.models import (
    Acting,
    Committee,
    CommitteeMember,
    Membership,
    Network,
    Office,
    PhoneLine,
    Position,
    School,
    Unit,
)

LONG_AGO = date(2020, 10, 1)


class OfficeFactory(DjangoModelFactory):
    """An office with its central registry (``UnitKind.OFFICE``) and its executives."""

    class Meta:
        model = Office
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"T{n}")
    name = factory.Sequence(lambda n: f"สำนักงานเขตพื้นที่การศึกษาทดสอบ เขต {n}")
    short_name = factory.Sequence(lambda n: f"สพป.ทดสอบ เขต {n}")
    letter_code = factory.Sequence(lambda n: f"ศธ 04{n:03d}")
    roman_code = factory.Sequence(lambda n: f"MOE04{n:03d}")
    address = "เลขที่ 1 ถนนทดสอบ จังหวัดทดสอบ 90000"
    phone = "0 7400 0000"
    email = factory.LazyAttribute(lambda o: f"saraban.{o.roman_code.lower()}@example.com")

    registry = factory.RelatedFactory(
        "tests.factories.org.RegistryUnitFactory", factory_related_name="office"
    )
    executives = factory.RelatedFactory(
        "tests.factories.org.ExecutiveUnitFactory", factory_related_name="office"
    )


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    office = factory.SubFactory(OfficeFactory)
    kind = UnitKind.GROUP
    name = factory.Sequence(lambda n: f"กลุ่มทดสอบ {n:04d}")
    parent = factory.LazyAttribute(lambda o: _registry_of(o.office))


class RegistryUnitFactory(UnitFactory):
    """The office's one central registry: got when it is there, made when not."""

    class Meta:
        model = Unit
        django_get_or_create = ("office", "kind")

    kind = UnitKind.OFFICE
    name = "สารบรรณกลาง"
    parent = None


class ExecutiveUnitFactory(UnitFactory):
    """The office's executives: got when they are there, made when not."""

    class Meta:
        model = Unit
        django_get_or_create = ("office", "kind")

    kind = UnitKind.EXECUTIVE
    name = "ผู้บริหาร"


class GroupFactory(UnitFactory):
    kind = UnitKind.GROUP


class SectionFactory(UnitFactory):
    kind = UnitKind.SECTION
    name = factory.Sequence(lambda n: f"งานทดสอบ {n:04d}")
    parent = factory.SubFactory(GroupFactory, office=factory.SelfAttribute("..office"))


class NetworkFactory(DjangoModelFactory):
    class Meta:
        model = Network

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"เครือข่ายทดสอบ {n}")


class SchoolFactory(DjangoModelFactory):
    """A school and its unit; ``office=`` and ``name=`` go to the unit."""

    class Meta:
        model = School

    class Params:
        office = factory.SubFactory(OfficeFactory)
        name = factory.Sequence(lambda n: f"โรงเรียนทดสอบ {n:04d}")

    unit = factory.SubFactory(
        UnitFactory,
        office=factory.SelfAttribute("..office"),
        name=factory.SelfAttribute("..name"),
        kind=UnitKind.SCHOOL,
    )
    smis_code = factory.Sequence(lambda n: f"99{n:06d}")
    moe_code = factory.Sequence(lambda n: f"1099{n:06d}")
    level = "อนุบาล-ประถมศึกษา"
    tambon = "ทดสอบ"
    amphoe = "เมืองทดสอบ"
    tambon_code = "990101"


class PositionFactory(DjangoModelFactory):
    class Meta:
        model = Position

    office = factory.SubFactory(OfficeFactory)
    title = factory.Sequence(lambda n: f"ตำแหน่งทดสอบ {n}")


class MembershipFactory(DjangoModelFactory):
    """``person`` is of the unit's office unless given."""

    class Meta:
        model = Membership

    unit = factory.SubFactory(GroupFactory)
    person = factory.SubFactory(
        "tests.factories.users.UserFactory", office=factory.SelfAttribute("..unit.office")
    )
    role = Role.OFFICER
    position = factory.SubFactory(PositionFactory, office=factory.SelfAttribute("..unit.office"))
    starts_on = LONG_AGO


class ActingFactory(DjangoModelFactory):
    """Somebody of the same office acts from yesterday to tomorrow."""

    class Meta:
        model = Acting

    membership = factory.SubFactory(MembershipFactory)
    person = factory.SubFactory(
        "tests.factories.users.UserFactory",
        office=factory.SelfAttribute("..membership.unit.office"),
    )
    kind = ActingKind.IN_PLACE
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=1))


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = Committee

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"คณะกรรมการทดสอบ {n}")
    starts_on = LONG_AGO


class CommitteeMemberFactory(DjangoModelFactory):
    class Meta:
        model = CommitteeMember

    committee = factory.SubFactory(CommitteeFactory)
    person = factory.SubFactory(
        "tests.factories.users.UserFactory", office=factory.SelfAttribute("..committee.office")
    )
    duty = "กรรมการ"
    position = factory.Sequence(lambda n: n % 1000)


class PhoneLineFactory(DjangoModelFactory):
    class Meta:
        model = PhoneLine

    office = factory.SubFactory(OfficeFactory)
    label = factory.Sequence(lambda n: f"สายทดสอบ {n}")
    number = factory.Sequence(lambda n: f"0 7400 {n:04d}")


def _registry_of(office: Office) -> Unit | None:
    return Unit.objects.filter(office=office, kind=UnitKind.OFFICE).first()
