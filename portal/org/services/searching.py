"""Finds people and units by parts of Thai words, and phone numbers however they are spaced."""

import re

from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from portal.core.thai.digits import to_arabic
from portal.core.thai.text import normalize

LEAST_DIGITS = 3
"""A shorter run of digits is looked for in names only: "เขต 2" is no phone number."""


def words_of(query: str) -> list[str]:
    """What somebody typed, word by word; each has to be found."""
    return normalize(query).split()


def find_posts(rows: QuerySet, query: str) -> QuerySet:
    """The memberships whose person, position, unit or phone contains every word."""
    title_and_unit = Concat(
        Coalesce("position__title", Value("")), "unit__name", output_field=CharField()
    )
    rows = rows.annotate(
        post_words=title_and_unit,
        person_digits=digits_in("person__phone"),
        unit_digits=digits_in("unit__phone"),
    )
    for word in words_of(query):
        found = (
            Q(person__first_name__icontains=word)
            | Q(person__last_name__icontains=word)
            | Q(unit__short_name__icontains=word)
            | Q(unit__name__icontains=word)
            | Q(post_words__icontains=word)
            | _phone(word, "person_digits", "unit_digits")
        )
        rows = rows.filter(found)
    return rows


def find_lines(rows: QuerySet, query: str) -> QuerySet:
    """The phone lines whose label, unit or number contains every word."""
    rows = rows.annotate(line_digits=digits_in("number"))
    for word in words_of(query):
        found = Q(label__icontains=word) | Q(number__icontains=word)
        in_unit = Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word)
        rows = rows.filter(found | in_unit | _phone(word, "line_digits"))
    return rows


def find_units(rows: QuerySet, query: str) -> QuerySet:
    """The units whose name, school code or phone contains every word."""
    rows = rows.annotate(unit_digits=digits_in("phone"))
    for word in words_of(query):
        named = Q(name__icontains=word) | Q(short_name__icontains=word)
        school = Q(school__smis_code=word) | Q(school__tambon__icontains=word)
        rows = rows.filter(named | school | _phone(word, "unit_digits"))
    return rows


def digits_in(field: str) -> Func:
    """A column's digits alone: how a number is spaced does not matter."""
    return Func(
        F(field),
        Value(r"\D"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=CharField(),
    )


def _phone(word: str, *columns: str) -> Q:
    digits = re.sub(r"\D", "", to_arabic(word))
    found = Q()
    if len(digits) < LEAST_DIGITS:
        return Q(pk__in=[])
    for column in columns:
        found |= Q(**{f"{column}__contains": digits})
    return found
