"""What the lists of the organisation can be narrowed and sorted by."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.org.enums import SchoolSize
from portal.org.models import Network, School, Unit
from portal.org.services.searching import find_units

SEARCH_BOX = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
OPEN, CLOSED = "open", "closed"


def _networks(request: Any) -> QuerySet[Network]:
    return Network.objects.filter(office_id=request.user.office_id)


class SchoolFilter(filters.FilterSet):
    """Schools of the reader's office; open ones unless asked for closed ones."""

    sorts = {
        "name": ("unit__sort_key", "pk"),
        "-name": ("-unit__sort_key", "-pk"),
        "code": ("smis_code", "pk"),
        "-code": ("-smis_code", "-pk"),
        "amphoe": ("amphoe", "unit__sort_key", "pk"),
        "-amphoe": ("-amphoe", "-unit__sort_key", "-pk"),
    }

    q = filters.CharFilter(label=_("Search"), method="search", widget=SEARCH_BOX)
    amphoe = filters.ChoiceFilter(label=_("Amphoe"), empty_label=_("All"))
    network = filters.ModelChoiceFilter(
        label=_("Network"), queryset=_networks, empty_label=_("All")
    )
    level = filters.ChoiceFilter(label=_("Level taught"), empty_label=_("All"))
    size = filters.ChoiceFilter(label=_("Size"), choices=SchoolSize, empty_label=_("All"))
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[(CLOSED, _("Closed or merged"))],
        empty_label=_("In operation"),
        method="in_state",
    )

    class Meta:
        model = School
        fields = ["q", "amphoe", "network", "level", "size", "state"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.visible_to(self.request.user)
        for name in ("amphoe", "level"):
            values = schools.order_by(name).values_list(name, flat=True).distinct()
            self.filters[name].extra["choices"] = [(value, value) for value in values]

    @property
    def order(self) -> tuple[str, ...]:
        return self.sorts.get(self.data.get("sort", ""), self.sorts["name"])

    def filter_queryset(self, queryset: QuerySet[School]) -> QuerySet[School]:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") == CLOSED else found.open()

    def search(self, rows: QuerySet[School], name: str, value: str) -> QuerySet[School]:
        return rows.filter(unit__in=find_units(Unit.objects.all(), value).values("pk"))

    def in_state(self, rows: QuerySet[School], name: str, value: str) -> QuerySet[School]:
        return rows.exclude(unit__in=Unit.objects.open())
