"""Who writes and who receives, in any number: an office, its schools and their people.

What they wrote is made by ``data_letters.build_letters()``. The same call gives the same rows
every time. Run ``database.vacuum()`` afterwards, or the planner knows nothing of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from django.db import transaction
from faker import Faker

from benchmarks.database import copy_in, execute
from portal.core.thai.collation import sort_key
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Office, Position, Unit
from portal.users.models import User

SEED = 2569
GROUPS = 8
FIRST_DAY = "2024-10-01"
"""Since when everybody holds their post."""

_USER_COLUMNS = (
    "password", "is_superuser", "office_id", "username", "email", "title", "first_name",
    "last_name", "sort_key", "phone", "phone_is_public", "language", "is_active", "is_staff",
    "date_joined",
)  # fmt: skip
_UNIT_COLUMNS = (
    "office_id", "parent_id", "kind", "name", "short_name", "sort_key", "letter_code",
    "position", "phone", "email",
)  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """The people of an office that a letter passes."""

    director: User
    registry: User
    officer: User


def build_office(*, code: str, schools: int) -> Office:
    """An office with registry, executives, eight groups, and schools of a principal and a clerk.

    User names: ``<code>-director``, ``<code>-registry``, ``<code>-officer1`` …, and for school
    number n from 0 on ``<code>-p<n>`` and ``<code>-s<n>``.
    """
    with transaction.atomic():
        office = Office.objects.create(
            code=code,
            name=f"สำนักงานเขตพื้นที่การศึกษาประถมศึกษาทดสอบ เขต {code}",
            short_name=f"สพป.ทดสอบ เขต {code}",
            letter_code=f"ศธ {code}",
            roman_code=f"MOE{code}",
            address="ถนนทดสอบ\nอำเภอเมือง จังหวัดทดสอบ 00000",
            phone="0 0000 0000",
            email=f"saraban{code}@bench.example",
        )
        root = _staff_units(office)
        _schools(office, root, schools)
        _people(office, schools)
        _memberships(office)
    return office


def staff_of(office: Office) -> Staff:
    """Director, central registry clerk and the first group's officer."""
    names = ("director", "registry", "officer1")
    return Staff(*(User.objects.get(username=f"{office.code}-{name}") for name in names))


def clerk_of(office: Office, number: int) -> User:
    """The clerk of school ``number``, counted from 0."""
    return User.objects.get(username=f"{office.code}-s{number}")


def _staff_units(office: Office) -> Unit:
    root = Unit.objects.create(office=office, kind=UnitKind.OFFICE, name="สารบรรณกลาง", position=1)
    children = [(UnitKind.EXECUTIVE, "ผู้บริหาร")]
    children += [(UnitKind.GROUP, f"กลุ่มที่ {number}") for number in range(1, GROUPS + 1)]
    for position, (kind, name) in enumerate(children, 2):
        Unit.objects.create(office=office, parent=root, kind=kind, name=name, position=position)
    return root


def _schools(office: Office, root: Unit, count: int) -> None:
    names = (f"โรงเรียนบ้านทดสอบที่ {number}" for number in range(count))
    copy_in(
        "org_unit",
        _UNIT_COLUMNS,
        (
            (office.pk, root.pk, "school", name, name.replace("โรงเรียน", "รร."), sort_key(name),
             f"{office.letter_code}.{number}", 100, "", "")
            for number, name in enumerate(names)
        ),
    )  # fmt: skip
    execute(
        """
        INSERT INTO org_school (unit_id, smis_code, moe_code, level, tambon, amphoe, tambon_code,
                                sector, size)
        SELECT id, lpad(id::text, 8, '0'), lpad(id::text, 10, '0'), 'ประถมศึกษา', 'ทดสอบ',
               'อำเภอ ' || id %% 11, '930101', 'public',
               (ARRAY['small', 'medium', 'large'])[1 + id %% 3]
          FROM org_unit WHERE office_id = %s AND kind = 'school'
        """,
        [office.pk],
    )


def _people(office: Office, schools: int) -> None:
    usernames = ["director", "deputy", "registry"]
    for number in range(1, GROUPS + 1):
        usernames += [f"head{number}", f"clerk{number}", f"officer{number}"]
    for number in range(schools):
        usernames += [f"p{number}", f"s{number}"]
    copy_in(
        "users_user",
        _USER_COLUMNS,
        (
            ("!", False, office.pk, f"{office.code}-{username}",
             f"{username}@{office.code}.bench.example", title, first, last,
             sort_key(f"{first} {last}"), "", False, "th", True, False, "2024-10-01 08:00+07")
            for username, (title, first, last) in zip(usernames, _names(), strict=False)
        ),
    )  # fmt: skip


def _names() -> Iterator[tuple[str, str, str]]:
    """Made-up people without end."""
    fake = Faker("th_TH")
    fake.seed_instance(SEED)
    lot = Random(SEED)
    firsts = [(fake.first_name_female(), fake.first_name_male()) for _one in range(300)]
    lasts = [fake.last_name() for _one in range(600)]
    while True:
        woman, man = lot.choice(firsts)
        title = lot.choice(("นาง", "นางสาว", "นาย"))
        yield title, man if title == "นาย" else woman, lot.choice(lasts)


def _memberships(office: Office) -> None:
    """One post each; the schools' by the order in which units and people were written."""
    head = Position.objects.create(office=office, title="ผู้อำนวยการ", rank=1, names_unit=True)
    clerk = Position.objects.create(office=office, title="เจ้าพนักงานธุรการ", rank=50)
    people = {
        user.username.removeprefix(f"{office.code}-"): user
        for user in islice(User.objects.filter(office=office).order_by("pk"), 3 + 3 * GROUPS)
    }
    units = list(office.units.exclude(kind=UnitKind.SCHOOL).order_by("position"))
    registry, executives, *groups = units
    posts = [
        ("director", executives, Role.DIRECTOR, head),
        ("deputy", executives, Role.DEPUTY, head),
        ("registry", registry, Role.REGISTRY, clerk),
    ]
    for number, group in enumerate(groups, 1):
        posts += [
            (f"head{number}", group, Role.GROUP_DIRECTOR, head),
            (f"clerk{number}", group, Role.GROUP_REGISTRY, clerk),
            (f"officer{number}", group, Role.OFFICER, clerk),
        ]
    Membership.objects.bulk_create(
        Membership(person=people[name], unit=unit, role=role, position=post, starts_on=FIRST_DAY)
        for name, unit, role, post in posts
    )
    execute(
        """
        INSERT INTO org_membership (person_id, unit_id, role, position_id, starts_on)
        SELECT person.id, unit.id, post.role, post.position_id, %(first_day)s
          FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number
                  FROM org_unit WHERE office_id = %(office)s AND kind = 'school') unit
          CROSS JOIN (VALUES ('p', 'principal', %(head)s), ('s', 'school_clerk', %(clerk)s))
                     post (letter, role, position_id)
          JOIN users_user person
            ON person.username = %(code)s || '-' || post.letter || unit.number
        """,
        {
            "first_day": FIRST_DAY,
            "office": office.pk,
            "head": head.pk,
            "clerk": clerk.pk,
            "code": office.code,
        },
    )
