"""Builds the demo office: the same people every time, drawn from Faker's Thai names."""

import csv
import random
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from faker import Faker

from portal.audit import service as audit
from portal.core.thai.collation import sort_key
from portal.org.demo import DEMO_PASSWORD, USERNAMES, figures
from portal.org.demo.committees import add_committees
from portal.org.enums import Role, UnitKind
from portal.org.models import (
    Membership,
    Network,
    Office,
    PhoneLine,
    Position,
    School,
    Unit,
)
from portal.users.models import User

SEED = 2569
SCHOOLS = Path(__file__).resolve().parent.parent / "data" / "schools.csv"
FIRST_DAY = date(2025, 10, 1)
"""The demo's people hold their posts since the beginning of this budget year."""


def load() -> str:
    """Make the office unless it is there; what was done, as one line."""
    if Office.objects.filter(code=figures.OFFICE["code"]).exists():
        return _("The demo office is there already.")
    office = Office.objects.create(**figures.OFFICE)
    builder = Builder(office)
    builder.units()
    builder.schools()
    builder.staff()
    builder.school_people()
    builder.save_people()
    builder.phone_lines()
    add_committees(office)
    people = len(builder.people)
    audit.record(action="org.demo", actor=None, about=office, data={"people": people})
    return ngettext(
        "The demo office was made with %(number)s person. Sizes, networks, phones are made up.",
        "The demo office was made with %(number)s people. Sizes, networks, phones are made up.",
        people,
    ) % {"number": people}


class Builder:
    """Collects people and their posts, and writes them in two statements at the end."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.fake = Faker("th_TH")
        self.fake.seed_instance(SEED)
        self.lot = random.Random(SEED)  # noqa: S311  (the same lots every time are wanted)
        self.password = make_password(DEMO_PASSWORD)
        self.unit: dict[str, Unit] = {}
        self.position: dict[str, Position] = {}
        self.people: list[User] = []
        self.posts: list[Membership] = []
        self.names: set[tuple[str, str]] = set()

    def units(self) -> None:
        registry = self._add_unit(UnitKind.OFFICE, figures.REGISTRY, None, 1)
        self._add_unit(UnitKind.EXECUTIVE, figures.EXECUTIVES, registry, 0)
        for number, (name, _people, _titles) in enumerate(figures.GROUPS, start=2):
            self._add_unit(UnitKind.GROUP, name, registry, number)
        home = self.unit["กลุ่มนโยบายและแผน"]
        self._add_unit(UnitKind.SECTION, figures.ICT_CENTRE, home, len(self.unit))

    def schools(self) -> None:
        """The real schools; sizes by lot, networks by amphoe and tambon."""
        networks = {
            name: Network.objects.create(office=self.office, name=name, position=number)
            for number, name in enumerate(figures.NETWORKS, start=1)
        }
        rows = read_schools()
        sizes = [size for size, number in figures.SIZES.items() for _one in range(number)]
        self.lot.shuffle(sizes)
        units = Unit.objects.bulk_create(
            self._school_unit(number, row) for number, row in enumerate(rows, start=1)
        )
        School.objects.bulk_create(
            School(
                unit=unit,
                smis_code=row["smis_code"],
                moe_code=row["moe_code"],
                level=row["level"],
                tambon=row["tambon"],
                amphoe=row["amphoe"],
                tambon_code=row["tambon_code"],
                latitude=float(row["tambon_lat"]),
                longitude=float(row["tambon_lon"]),
                network=networks[network_of(row)],
                size=size,
            )
            for unit, row, size in zip(units, rows, sizes, strict=True)
        )
        self.unit |= {row["smis_code"]: unit for row, unit in zip(rows, units, strict=True)}

    def staff(self) -> None:
        """Executives, heads, the named accounts, and people until each group is full."""
        top = figures.EXECUTIVES
        self._add(USERNAMES[Role.DIRECTOR], Role.DIRECTOR, top, figures.HEAD)
        for number in range(1, figures.DEPUTIES + 1):
            username = USERNAMES[Role.DEPUTY] + (str(number) if number > 1 else "")
            self._add(username, Role.DEPUTY, top, figures.DEPUTY_HEAD)
        for role, unit, title in figures.SPECIAL_POSTS:
            self._add(USERNAMES[role], role, unit, title)
        self._add("registry2", Role.REGISTRY, figures.REGISTRY, figures.CLERK)
        self._add("ict2", Role.OFFICER, figures.ICT_CENTRE, figures.COMPUTER)
        for number, (group, people, titles) in enumerate(figures.GROUPS, start=1):
            self._fill_group(number, group, people, titles)

    def school_people(self) -> None:
        """One principal and one clerk each; one school has a teacher and easy user names."""
        for code in [code for code in self.unit if code.isdigit()]:
            principal, clerk = f"p{code}", f"s{code}"
            if code == figures.NAMED_SCHOOL:
                principal, clerk = USERNAMES[Role.PRINCIPAL], USERNAMES[Role.SCHOOL_CLERK]
                self._add(USERNAMES[Role.TEACHER], Role.TEACHER, code, figures.TEACHER)
            self._add(principal, Role.PRINCIPAL, code, figures.HEAD)
            self._add(clerk, Role.SCHOOL_CLERK, code, figures.SCHOOL_CLERK)

    def save_people(self) -> None:
        User.objects.bulk_create(self.people)
        Membership.objects.bulk_create(self.posts)

    def phone_lines(self) -> None:
        PhoneLine.objects.bulk_create(
            PhoneLine(
                office=self.office,
                unit=self.unit[unit] if unit else None,
                label=label,
                number=number,
                is_public=is_public,
                position=place,
            )
            for place, (label, number, unit, is_public) in enumerate(figures.PHONE_LINES)
        )

    def _fill_group(self, number: int, group: str, people: int, titles: tuple[str, ...]) -> None:
        named = group == figures.NAMED_GROUP
        head = USERNAMES[Role.GROUP_DIRECTOR] if named else f"groupdirector{number}"
        self._add(head, Role.GROUP_DIRECTOR, group, figures.HEAD)
        if not named:
            self._add(f"groupregistry{number}", Role.GROUP_REGISTRY, group, titles[-1])
        here = sum(post.unit.name == group for post in self.posts)
        for place in range(people - here):
            title = titles[place % len(titles)]
            self._add(f"officer{number}{place + 1:02d}", Role.OFFICER, group, title)

    def _add_unit(self, kind: str, name: str, parent: Unit | None, place: int) -> Unit:
        self.unit[name] = Unit.objects.create(
            office=self.office, kind=kind, name=name, parent=parent, position=place
        )
        return self.unit[name]

    def _school_unit(self, number: int, row: dict[str, str]) -> Unit:
        name = f"โรงเรียน{row['name']}"
        return Unit(
            office=self.office,
            parent=self.unit[figures.REGISTRY],
            kind=UnitKind.SCHOOL,
            name=name,
            short_name=f"รร.{row['name']}",
            sort_key=sort_key(name),
            letter_code=f"{self.office.letter_code}.{number:03d}",
            position=100,
            phone=f"0 7400 {number:04d}",
            email=f"s{row['smis_code']}@phatthalung2.example",
        )

    def _add(self, username: str, role: Role, unit: str, title: str) -> None:
        """A new person with one post; the phone numbers stand in a range nobody has."""
        name = self._name()
        user = User(
            office=self.office,
            username=username,
            email=f"{username}@phatthalung2.example",
            phone=f"08 0000 {len(self.people) + 1:04d}",
            phone_is_public=role in (Role.DIRECTOR, Role.PR_OFFICER),
            password=self.password,
            is_staff=role == Role.SYSADMIN,
            is_superuser=role == Role.SYSADMIN,
            sort_key=sort_key(f"{name['first_name']} {name['last_name']}"),
            **name,
        )
        self.people.append(user)
        self.posts.append(
            Membership(
                person=user,
                unit=self.unit[unit],
                role=role,
                position=self._position(title),
                starts_on=FIRST_DAY,
            )
        )

    def _name(self) -> dict[str, Any]:
        """A name that nobody in the demo has yet."""
        while True:
            woman = self.lot.random() < 0.6
            first = self.fake.first_name_female() if woman else self.fake.first_name_male()
            last = self.fake.last_name()
            if (first, last) not in self.names:
                self.names.add((first, last))
                title = self.lot.choice(("นาง", "นางสาว")) if woman else "นาย"
                return {"title": title, "first_name": first, "last_name": last}

    def _position(self, title: str) -> Position:
        if title not in self.position:
            self.position[title] = Position.objects.create(
                office=self.office,
                title=title,
                rank=figures.POSITION_RANKS.get(title, 100),
                names_unit=title in (figures.HEAD, figures.DEPUTY_HEAD),
            )
        return self.position[title]


def read_schools() -> list[dict[str, str]]:
    """The rows of ``portal/org/data/schools.csv``, as they are."""
    with SCHOOLS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def network_of(row: dict[str, str]) -> str:
    """The network that the demo puts a school into."""
    place = (row["amphoe"], row["tambon"])
    return figures.NETWORK_OF_TAMBON.get(place) or figures.NETWORK_OF_AMPHOE[row["amphoe"]]
