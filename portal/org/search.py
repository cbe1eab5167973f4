"""People, groups and schools, as the search finds them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.protocols import Text
from portal.core.registry import SearchDocument, SearchHit, SearchPassage, SearchSource
from portal.org.models import Membership, School, Unit
from portal.org.permissions import is_member
from portal.users.models import User


class PeopleSource(SearchSource):
    """Everybody with an account in the office, by name and present posts."""

    code = "org.people"
    order = 60
    label = _("People")
    icon = "person"

    def documents(self, pks: Sequence[int] | None = None) -> Iterator[SearchDocument]:
        for person in _people(pks).iterator(chunk_size=500):
            yield SearchDocument(
                pk=person.pk,
                office_id=cast(int, person.office_id),
                title=str(person),
                passages=tuple(_posts(person)),
            )

    def visible_to(self, user: User) -> Sequence[QuerySet]:
        if user.office_id is None or not is_member(user):
            return ()
        return (User.objects.filter(office_id=user.office_id).values_list("pk", flat=True),)

    def hits(self, user: User, pks: Sequence[int]) -> Iterator[SearchHit]:
        for person in _people(pks):
            yield SearchHit(
                pk=person.pk,
                title=str(person),
                url=reverse("org:person", args=[person.pk]),
                passages=tuple(SearchPassage(post) for post in _posts(person)),
            )


class UnitsSource(SearchSource):
    """Groups and schools, by name, codes and place."""

    code = "org.units"
    order = 70
    label = _("Schools and units")
    icon = "building"

    def documents(self, pks: Sequence[int] | None = None) -> Iterator[SearchDocument]:
        for unit in _units(pks).iterator():
            yield SearchDocument(
                pk=unit.pk,
                office_id=unit.office_id,
                title=unit.name,
                passages=tuple(passage.text for passage in _unit_facts(unit)),
            )

    def visible_to(self, user: User) -> Sequence[QuerySet]:
        if not is_member(user):
            return ()
        return (Unit.objects.visible_to(user).values_list("pk", flat=True),)

    def hits(self, user: User, pks: Sequence[int]) -> Iterator[SearchHit]:
        for unit in _units(pks):
            yield SearchHit(
                pk=unit.pk,
                title=unit.name,
                url=reverse("org:unit", args=[unit.pk]),
                meta=unit.get_kind_display(),
                passages=_unit_facts(unit),
            )


def _people(pks: Iterable[int] | None) -> QuerySet[User]:
    held = Membership.objects.on().select_related("unit__office", "position")
    people = User.objects.filter(is_active=True, office__isnull=False).prefetch_related(
        Prefetch("memberships", held, to_attr="held_today")
    )
    return people if pks is None else people.filter(pk__in=pks)


def _posts(person: User) -> list[str]:
    """The posts of somebody from ``_people``, in the words of letters."""
    rows: list[Membership] = person.held_today  # type: ignore[attr-defined]
    return list(dict.fromkeys(f"{row.position_title} · {row.unit.name}" for row in rows))


def _units(pks: Iterable[int] | None) -> QuerySet[Unit]:
    units = Unit.objects.inside().select_related("school__network")
    return units if pks is None else units.filter(pk__in=pks)


def _unit_facts(unit: Unit) -> tuple[SearchPassage, ...]:
    """The words a unit is known by besides its name, each with what it is."""
    facts: list[tuple[Text, str]] = [
        (_("Short name"), unit.short_name),
        (_("Letter code"), unit.letter_code),
        (_("Phone"), unit.phone),
    ]
    school: School | None = getattr(unit, "school", None)
    if school:
        place = f"ต.{school.tambon} อ.{school.amphoe}"
        network = str(school.network) if school.network else ""
        facts += [
            (_("Place"), place),
            (_("SMIS code"), school.smis_code),
            (_("Ministry code"), school.moe_code),
            (_("Network"), network),
        ]
    return tuple(SearchPassage(text, label) for label, text in facts if text)


SOURCES = (PeopleSource(), UnitsSource())
