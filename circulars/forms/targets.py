from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from circulars.effects.deadlines import Target
from circulars.enums import Speed
from portal.core.forms import PortalForm

MOST_HOURS = 200
MOST_DAYS = 90


class TargetsForm(PortalForm):
    """Two numbers for each speed class, the fastest first."""

    def __init__(self, *args: Any, targets: Mapping[str, Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fieldsets = []
        for speed in reversed(Speed):
            target, names = targets[speed], [f"{speed}_hours", f"{speed}_days"]
            self.fields[names[0]] = forms.IntegerField(
                label=format_lazy("{}: {}", speed.label, _("working hours at each desk")),
                min_value=1, max_value=MOST_HOURS, initial=target.step_hours,
            )  # fmt: skip
            self.fields[names[1]] = forms.IntegerField(
                label=format_lazy("{}: {}", speed.label, _("working days for the work")),
                min_value=1, max_value=MOST_DAYS, initial=target.work_days,
            )  # fmt: skip
            self.fieldsets.append((speed.label, names))

    def targets(self) -> dict[str, Target]:
        given = self.cleaned_data
        return {
            speed.value: Target(given[f"{speed}_hours"], given[f"{speed}_days"]) for speed in Speed
        }
