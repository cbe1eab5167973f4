"""Schools in a spreadsheet: new ones are opened, known ones get the facts that differ."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.org.enums import SchoolSector, SchoolSize
from portal.org.models import Network, Office, School
from portal.org.resources.base import RowResource, column
from portal.org.resources.cells import Cells, choices_by_word, key_of
from portal.org.service import open_school, set_school_facts
from portal.org.services.units import SCHOOL_FACTS

CODE_DIGITS = {"smis_code": 8, "moe_code": 10}


class SchoolResource(RowResource):
    """Columns are described in ``portal/org/README.md``."""

    required_columns = ("smis_code",)

    office = column("office", "unit__office__code")
    smis_code = column("smis_code")
    moe_code = column("moe_code")
    name = column("name", "unit__name")
    short_name = column("short_name", "unit__short_name")
    level = column("level")
    sector = column("sector")
    size = column("size")
    network = column("network", "network__name")
    tambon = column("tambon")
    amphoe = column("amphoe")
    tambon_code = column("tambon_code")
    latitude = column("latitude")
    longitude = column("longitude")

    class Meta:
        model = School
        import_id_fields = ()
        fields = (
            *("office", "smis_code", "moe_code", "name", "short_name", "level", "sector"),
            *("size", "network", "tambon", "amphoe", "tambon_code", "latitude", "longitude"),
        )
        export_order = fields
        skip_unchanged = True
        report_skipped = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self.seen: set[str] = set()
        self.known = {school.smis_code: school for school in School.objects.select_related("unit")}
        self.sectors = choices_by_word(SchoolSector.choices)
        self.sizes = choices_by_word(SchoolSize.choices)
        self.networks: dict[int, dict[str, set[Network]]] = {}
        for network in Network.objects.all():
            of_office = self.networks.setdefault(network.office_id, {})
            of_office.setdefault(key_of(network.name), set()).add(network)

    def read(self, cells: Cells, office: Office) -> dict[str, Any]:
        values: dict[str, Any] = {"office": office}
        values["smis_code"] = self._code(cells, "smis_code")
        self._check_once(cells, values["smis_code"])
        school = self.known.get(values["smis_code"])
        values |= self._names(cells, school)
        if school is not None and school.unit.office_id != office.pk:
            cells.error("smis_code", _("This school belongs to another office."))
        return values | self._facts(cells, office)

    def find(self, values: Mapping[str, Any]) -> School | None:
        return self.known.get(values["smis_code"])

    def is_same(self, instance: School, values: Mapping[str, Any]) -> bool:
        return all(getattr(instance, name) == value for name, value in _facts_of(values).items())

    def write(self, instance: School, values: dict[str, Any]) -> School:
        if instance.pk is not None:
            return set_school_facts(actor=self.actor, school=instance, **_facts_of(values))
        made = open_school(actor=self.actor, **values)
        self.known[made.smis_code] = made
        return made

    def _code(self, cells: Cells, name: str) -> str:
        code = cells.text(name, required=True)
        if code and not re.fullmatch(rf"\d{{{CODE_DIGITS[name]}}}", code):
            words = {"number": CODE_DIGITS[name]}
            cells.error(name, _("The code has %(number)s digits.") % words)
        return code

    def _check_once(self, cells: Cells, code: str) -> None:
        if code in self.seen:
            cells.error("smis_code", _("This school is in the file more than once."))
        self.seen.add(code)

    def _names(self, cells: Cells, school: School | None) -> dict[str, str]:
        """Code and names: needed for a new school, never changed for a known one."""
        if school is None:
            return {
                "moe_code": self._code(cells, "moe_code"),
                "name": cells.text("name", required=True),
                "short_name": cells.text("short_name"),
            }
        recorded = {"moe_code": school.moe_code, "name": school.unit.name}
        for name, value in recorded.items():
            if cells.text(name) not in ("", value):
                words = {"recorded": value}
                cells.error(
                    name, _("%(recorded)s is recorded; an import does not change it.") % words
                )
        return {}

    def _facts(self, cells: Cells, office: Office) -> dict[str, Any]:
        no_choice = _("This is not one of the choices.")
        no_network = _("There is no such network in the office.")
        networks = self.networks.get(office.pk, {})
        read = {
            "level": lambda: cells.text("level"),
            "sector": lambda: cells.one_of("sector", self.sectors, no_choice),
            "size": lambda: cells.one_of("size", self.sizes, no_choice) or "",
            "network": lambda: cells.one_of("network", networks, no_network),
            "tambon": lambda: cells.text("tambon"),
            "amphoe": lambda: cells.text("amphoe"),
            "tambon_code": lambda: cells.text("tambon_code"),
            "latitude": lambda: cells.number("latitude"),
            "longitude": lambda: cells.number("longitude"),
        }
        facts = {name: value() for name, value in read.items() if cells.has(name)}
        if not facts.get("sector"):
            facts.pop("sector", None)  # empty: as it is, or public for a new school
        _check_lengths(cells, facts)
        return facts


def _facts_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in SCHOOL_FACTS}


def _check_lengths(cells: Cells, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        most = getattr(School._meta.get_field(name), "max_length", None)
        if most and isinstance(value, str) and len(value) > most:
            cells.error(name, _("At most %(number)s characters.") % {"number": most})
