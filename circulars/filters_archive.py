"""What the register of kept letters and the list of loans can be narrowed by."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.enums_archive import KeptState, LoanState, Medium
from circulars.filters import SEARCH_BOX, ListFilter, _words
from circulars.models import Folder, KeptLetter, Loan
from portal.core.thai.dates import be_year


def folders(request: Any) -> "QuerySet[Folder]":
    if request is None:
        return Folder.objects.none()
    return Folder.objects.visible_to(request.user).order_by("unit", "code")


DUE = (
    ("due", _("Period is over")),
    ("for_ever", _("For ever")),
    ("held", _("Held back")),
)


class KeptFilter(ListFilter):
    sorts = {"-number": ("-pk",), "number": ("pk",)}
    default_sort = "-number"

    q = filters.CharFilter(label=_("Search"), method="search", widget=SEARCH_BOX)
    folder = filters.ModelChoiceFilter(label=_("Folder"), queryset=folders, empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("State"), choices=KeptState, empty_label=_("All"))
    medium = filters.ChoiceFilter(label=_("Medium"), choices=Medium, empty_label=_("All"))
    due = filters.ChoiceFilter(
        label=_("Mark"), choices=DUE, method="by_mark", empty_label=_("All")
    )

    class Meta:
        model = KeptLetter
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(_words(value, ("subject", "reference", "receipt_number")))

    def by_mark(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "held":
            return queryset.filter(legal_hold=True)
        if value == "for_ever":
            return queryset.filter(is_archival=True)
        last_year = be_year(timezone.localdate()) - 1
        return queryset.filter(state=KeptState.KEPT, keep_until__lte=last_year)


LOAN_STATES = [*LoanState.choices, ("overdue", _("Overdue"))]


class LoanFilter(ListFilter):
    sorts = {"-date": ("-asked_at", "-pk"), "due": ("due_on", "pk")}
    default_sort = "-date"

    state = filters.ChoiceFilter(
        label=_("State"), choices=LOAN_STATES, method="by_state", empty_label=_("All")
    )

    class Meta:
        model = Loan
        fields: list[str] = []

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.overdue() if value == "overdue" else queryset.filter(state=value)
