"""What lists of letters can be narrowed and sorted by."""

import re

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from circulars.enums import DeliveryState, EntryState, LetterKind, Speed
from circulars.models import Delivery, Letter, RegisterEntry, Reservation
from portal.core.registry import search_sources
from portal.core.thai.digits import to_arabic, to_thai
from portal.core.thai.text import normalize
from portal.search import service as search

CIRCULAR_MARK = re.compile(r"ว(?=[0-9๐-๙])")
"""People type ว1 for what is printed ว 1."""

MOST_INDEXED = 1_000
"""Letters of the index that a list takes in besides those whose columns hold the words."""

MOST_DIGITS = 8
"""No register has longer numbers."""

SEARCH_BOX = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})


class ListFilter(filters.FilterSet):
    """A filter whose sort order is a key for keyset paging; ``sorts`` maps names to keys."""

    sorts: dict[str, tuple[str, ...]] = {}
    default_sort = ""

    @property
    def order(self) -> tuple[str, ...]:
        wanted = (self.data or {}).get("sort", "")
        return self.sorts.get(wanted, self.sorts[self.default_sort])

    def indexed(self, typed: str) -> list[int]:
        """Letters that hold the words in their text or attachments, for who asks.

        The columns are looked at besides: what changed a moment ago is not in the index yet.
        """
        if self.request is None:
            return []
        query = search.Query(search.words_of(typed))
        letters = search_sources.get("circulars.letters")
        return search.find(letters, self.request.user, query, MOST_INDEXED)


class LetterFilter(ListFilter):
    sorts = {
        "-date": ("-created_at", "-pk"),
        "date": ("created_at", "pk"),
        "subject": ("subject", "pk"),
        "-subject": ("-subject", "-pk"),
    }
    default_sort = "-date"

    q = filters.CharFilter(label=_("Search"), method="search", widget=SEARCH_BOX)
    kind = filters.ChoiceFilter(label=_("Kind"), choices=LetterKind.choices, empty_label=_("All"))
    speed = filters.ChoiceFilter(label=_("Speed"), choices=Speed, empty_label=_("All"))

    class Meta:
        model = Letter
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        found = _words(value, ("subject", "number_text", "unit__name"))
        return queryset.filter(found | Q(pk__in=self.indexed(value)))


class DeliveryFilter(ListFilter):
    sorts = {
        "-date": ("-delivered_at", "-pk"),
        "date": ("delivered_at", "pk"),
    }
    default_sort = "-date"

    q = filters.CharFilter(label=_("Search"), method="search", widget=SEARCH_BOX)
    state = filters.ChoiceFilter(
        label=_("State"), empty_label=_("All"),
        choices=[c for c in DeliveryState.choices if c[0] != DeliveryState.UNDELIVERABLE],
    )  # fmt: skip
    speed = filters.ChoiceFilter(
        label=_("Speed"), field_name="letter__speed", choices=Speed, empty_label=_("All")
    )

    class Meta:
        model = Delivery
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        found = _words(value, ("letter__subject", "letter__number_text", "letter__unit__name"))
        return queryset.filter(found | Q(letter__in=self.indexed(value)))


class EntryFilter(ListFilter):
    sorts = {"-number": ("-number",), "number": ("number",)}
    default_sort = "-number"

    q = filters.CharFilter(label=_("Search"), method="search", widget=SEARCH_BOX)
    state = filters.ChoiceFilter(
        label=_("State"), empty_label=_("All"), choices=EntryState, method="in_state"
    )

    class Meta:
        model = RegisterEntry
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """A number finds its line, too."""
        found = _words(value, ("subject", "reference", "sender", "receiver"))
        if (number := to_arabic(value.strip())).isdecimal() and len(number) < MOST_DIGITS:
            found |= Q(number=int(number))
        return queryset.filter(found)

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.in_state(value)  # type: ignore[attr-defined]  # EntryQuerySet


class ReservationFilter(ListFilter):
    sorts = {
        "-date": ("-reserved_at", "-pk"),
        "date": ("reserved_at", "pk"),
    }
    default_sort = "-date"

    left = filters.BooleanFilter(
        label=_("Only with unused numbers"),
        method="with_unused",
        widget=forms.CheckboxInput,
    )

    class Meta:
        model = Reservation
        fields: list[str] = []

    def with_unused(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.open() if value else queryset  # type: ignore[attr-defined]


def _words(typed: str, fields: tuple[str, ...]) -> Q:
    """Every word stands in one of the fields, in whichever digits either was written."""
    found = Q()
    for word in CIRCULAR_MARK.sub("ว ", normalize(typed)).split():
        hit = Q()
        for written in {word, to_arabic(word), to_thai(word)}:
            for field in fields:
                hit |= Q(**{f"{field}__icontains": written})
        found &= hit
    return found
