"""People in a spreadsheet: each row is a person and one post; new people are added first."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.org.enums import Role
from portal.org.models import Membership, Office, Position, Unit
from portal.org.querysets import today
from portal.org.resources.base import RowResource, column
from portal.org.resources.cells import Cells, choices_by_word, key_of
from portal.org.service import add_person, appoint
from portal.users.models import User

PERSON_COLUMNS = ("username", "title", "first_name", "last_name", "email", "phone")
POST_COLUMNS = ("unit", "role", "position", "starts_on", "ends_on")

Known = dict[str, set[Any]]


class PersonResource(RowResource):
    """Columns are described in ``portal/org/README.md``."""

    required_columns = ("username", "first_name", "unit", "role")

    office = column("office", "unit__office__code")
    username = column("username", "person__username")
    title = column("title", "person__title")
    first_name = column("first_name", "person__first_name")
    last_name = column("last_name", "person__last_name")
    email = column("email", "person__email")
    phone = column("phone", "person__phone")
    unit = column("unit", "unit__name")
    role = column("role")
    position = column("position", "position__title")
    starts_on = column("starts_on")
    ends_on = column("ends_on")

    class Meta:
        model = Membership
        import_id_fields = ()
        fields = ("office", *PERSON_COLUMNS, *POST_COLUMNS)
        export_order = fields
        skip_unchanged = True
        report_skipped = True

    def dehydrate_unit(self, membership: Membership) -> str:
        """A school by its code, as names of schools repeat."""
        school = getattr(membership.unit, "school", None)
        return school.smis_code if school else membership.unit.name

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self.seen: set[tuple[str, int, str, date]] = set()
        self.roles = choices_by_word(Role.choices)
        names = {key_of(str(row.get("username") or "")) for row in dataset.dict}
        self.people = {
            user.username.casefold(): user
            for user in User.objects.all()
            if key_of(user.username) in names
        }
        offices = [office.pk for found in self.offices.values() for office in found]
        self.units = {pk: self._units_of(pk) for pk in offices}
        self.positions = {pk: self._positions_of(pk) for pk in offices}

    def read(self, cells: Cells, office: Office) -> dict[str, Any]:
        values: dict[str, Any] = {"office": office}
        values |= {name: cells.text(name) for name in PERSON_COLUMNS}
        for name in ("username", "first_name", "unit", "role"):
            cells.text(name, required=True)
        values |= self._post(cells, office)
        values["person"] = self._person(cells, values)
        self._check_once(cells, values)
        return values

    def find(self, values: Mapping[str, Any]) -> Membership | None:
        if values["person"] is None:
            return None
        same = Membership.objects.filter(
            person=values["person"],
            unit=values["unit"],
            role=values["role"],
            position=values["position"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
        )
        return same.select_related("person", "unit__office", "unit__school", "position").first()

    def is_same(self, instance: Membership, values: Mapping[str, Any]) -> bool:
        return True

    def write(self, instance: Membership, values: dict[str, Any]) -> Membership:
        person = values["person"] or self._add(values)
        return appoint(
            actor=self.actor,
            person=person,
            unit=values["unit"],
            role=values["role"],
            position=values["position"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
        )

    def _add(self, values: Mapping[str, Any]) -> User:
        given = {name: values[name] for name in PERSON_COLUMNS}
        person = add_person(actor=self.actor, office=values["office"], **given)
        self.people[person.username.casefold()] = person
        return person

    def _post(self, cells: Cells, office: Office) -> dict[str, Any]:
        no_unit = _("There is no such unit in the office.")
        no_position = _("There is no such position in the office.")
        starts_on = cells.day("starts_on") or today()
        ends_on = cells.day("ends_on")
        if ends_on is not None and ends_on < starts_on:
            cells.error("ends_on", _("The last day is before the first."))
        return {
            "unit": cells.one_of("unit", self.units[office.pk], no_unit),
            "role": cells.one_of("role", self.roles, _("There is no such role.")),
            "position": cells.one_of("position", self.positions[office.pk], no_position),
            "starts_on": starts_on,
            "ends_on": ends_on,
        }

    def _person(self, cells: Cells, values: Mapping[str, Any]) -> User | None:
        """The person of this user name, if there is one and it is the same person."""
        person = self.people.get(values["username"].casefold())
        if person is None:
            return None
        names = (person.first_name, person.last_name)
        if person.office_id != values["office"].pk:
            cells.error("username", _("Somebody already uses this user name."))
        elif names != (values["first_name"], values["last_name"]):
            words = {"person": person}
            cells.error("username", _("This user name belongs to %(person)s.") % words)
        return person

    def _check_once(self, cells: Cells, values: Mapping[str, Any]) -> None:
        if values["unit"] is None or values["role"] is None:
            return
        person, unit = values["username"].casefold(), values["unit"].pk
        key = (person, unit, values["role"], values["starts_on"])
        if key in self.seen:
            cells.error("username", _("This person and role are in the file more than once."))
        self.seen.add(key)

    def _units_of(self, office_id: int) -> Known:
        units: Known = {}
        for unit in Unit.objects.filter(office=office_id).select_related("school"):
            school = getattr(unit, "school", None)
            for word in (unit.name, unit.short_name, school.smis_code if school else ""):
                if word:
                    units.setdefault(key_of(word), set()).add(unit)
        return units

    def _positions_of(self, office_id: int) -> Known:
        positions = Position.objects.filter(office=office_id)
        return {key_of(position.title): {position} for position in positions}
