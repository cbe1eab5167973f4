"""What a search can be narrowed by."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PortalForm
from portal.core.registry import SearchSource
from portal.core.thai.dates import be_year
from portal.org.models import Unit
from portal.search.terms import LONGEST_QUERY

if TYPE_CHECKING:
    from portal.users.models import User

YEARS = 15
MOST_SENDERS = 50


class SearchForm(PortalForm):
    """The box and, for a source that bears the labels, the filters; all are optional.

    ``labels()`` is what they ask of a document: of each set one label.
    """

    q = forms.CharField(
        label=_("Search for"),
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    unit = forms.ModelChoiceField(
        label=_("Unit"), required=False, queryset=Unit.objects.none(), empty_label=_("All")
    )
    sender = forms.CharField(label=_("From"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    speed = forms.ChoiceField(label=_("Speed"), required=False)
    mine = forms.BooleanField(label=_("Only what went through my hands"), required=False)

    LABELS = ("year", "unit", "sender", "kind", "speed", "mine")

    def __init__(self, *args: Any, user: "User", source: SearchSource | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        offered = source.filters if source else frozenset({"year"})
        for name in self.LABELS:
            if name not in offered:
                del self.fields[name]
        self._fill(source)

    @property
    def narrowed(self) -> list[str]:
        """The names of the filters that are set."""
        return [name for name in self.LABELS if self.cleaned_data.get(name)]

    def labels(self) -> tuple[frozenset[str], ...]:
        """For ``portal.search.finding.Query``. Call it on a valid form."""
        return tuple(
            getattr(self, f"_labels_{name}")(self.cleaned_data[name]) for name in self.narrowed
        )

    def _fill(self, source: SearchSource | None) -> None:
        if "year" in self.fields:
            this_year = be_year(timezone.localdate())
            years = [(year, str(year)) for year in range(this_year, this_year - YEARS, -1)]
            self.fields["year"].choices = [("", _("All")), *years]  # type: ignore[attr-defined]
        if "unit" in self.fields:
            units = Unit.objects.visible_to(self.user)
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        for name in ("kind", "speed"):
            if name in self.fields:
                offered = source.choices(name) if source else ()
                choices = [("", _("All")), *offered]
                self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _labels_year(self, year: int) -> frozenset[str]:
        return frozenset({f"year={year}"})

    def _labels_unit(self, unit: Unit) -> frozenset[str]:
        return frozenset({f"unit={unit.pk}"})

    def _labels_sender(self, name: str) -> frozenset[str]:
        units = Unit.objects.filter(office=self.user.office)
        for word in name.split():
            units = units.filter(name__icontains=word) | units.filter(short_name__icontains=word)
        keys = units.order_by("pk").values_list("pk", flat=True)[:MOST_SENDERS]
        return frozenset(f"sender={pk}" for pk in keys)

    def _labels_kind(self, kind: str) -> frozenset[str]:
        return frozenset({f"kind={kind}"})

    def _labels_speed(self, speed: str) -> frozenset[str]:
        return frozenset({f"speed={speed}"})

    def _labels_mine(self, mine: bool) -> frozenset[str]:
        return frozenset({f"person={self.user.pk}"})
