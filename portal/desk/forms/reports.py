"""Forms of the daily record and of the report of a month."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PortalForm
from portal.desk.enums import WorkCategory
from portal.desk.models import DayEntry


class EntryForm(PortalForm):
    """One entry of the own record."""

    text = forms.CharField(
        label=_("What I did"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    category = forms.ChoiceField(label=_("Category"), choices=WorkCategory.choices)
    hours = forms.DecimalField(
        label=_("Hours"),
        min_value=Decimal("0.25"),
        max_value=24,
        decimal_places=2,
        initial=1,
        help_text=_("Half an hour is 0.5."),
        widget=forms.NumberInput(attrs={"step": "0.25", "inputmode": "decimal"}),
    )

    @classmethod
    def of(cls, entry: DayEntry) -> dict[str, Any]:
        """What the form shows first for an entry that is there."""
        hours = entry.hours.normalize()
        return {"text": entry.text, "category": entry.category, "hours": f"{hours:f}"}

    def inputs(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        return {
            "text": given["text"],
            "category": WorkCategory(given["category"]),
            "minutes": round(given["hours"] * 60),
        }


class SubmitForm(PortalForm):
    summary = forms.CharField(
        label=_("Summary in own words"),
        max_length=3000,
        required=False,
        help_text=_("Results, obstacles, what comes next. It is printed in the report."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecideForm(PortalForm):
    remark = forms.CharField(
        label=_("Remark"),
        max_length=1000,
        required=False,
        help_text=_("Needed when you return the report."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
