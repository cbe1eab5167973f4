"""Gives the letters of the demo office a past, so that the times of the steps can be measured."""

from datetime import timedelta
from typing import TextIO

from django.db.models import F

from circulars.enums import StepState
from circulars.models import Letter, RouteStep

PACE = (3, 7, 20, 28, 1)
"""Hours that the demo's desks took, in turn."""


class StatisticsDemo:
    """Runs after the letters; does nothing once any step took longer than a moment."""

    code = "circulars.statistics"
    order = 55

    def load(self, stdout: TextIO) -> None:
        steps = RouteStep.objects.filter(arrived_at__isnull=False)
        if steps.filter(decided_at__gt=F("arrived_at") + timedelta(minutes=30)).exists():
            return
        moved = 0
        for letter in Letter.objects.filter(steps__isnull=False).distinct().order_by("pk"):
            moved += _slow_down(letter)
        stdout.write(f"circulars: {moved} steps were given a past\n")


def _slow_down(letter: Letter) -> int:
    """Move the arrival at each decided desk back; the desk before then decided just then."""
    later = timedelta()
    decided = letter.steps.filter(state=StepState.DONE, arrived_at__isnull=False)
    steps = list(decided.order_by("-position"))
    for place, step in enumerate(steps):
        took = timedelta(hours=PACE[(place + letter.pk) % len(PACE)])
        RouteStep.objects.filter(pk=step.pk).update(
            arrived_at=F("arrived_at") - later - took, decided_at=F("decided_at") - later
        )
        later += took
    Letter.objects.filter(pk=letter.pk).update(created_at=F("created_at") - later)
    return len(steps)
