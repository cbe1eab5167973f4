"""Which evidence: a point of the standard and the days."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PortalForm, ThaiDateField
from portal.desk.services.evidence import points, usual_span


class EvidenceForm(PortalForm):
    point = forms.ChoiceField(label=_("Point of the standard"))
    start = ThaiDateField(label=_("First day"))
    end = ThaiDateField(label=_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        start, end = usual_span(timezone.localdate())
        kwargs["initial"] = {"start": start, "end": end} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["point"].choices = points()  # type: ignore[attr-defined]
