"""The living page of all components, for those who build pages."""

import json
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.core import notices
from portal.core.charts import Chart, ChartData, ChartKind, Series, chart
from portal.core.forms import PortalForm, ThaiDateField

TONES = ["neutral", "brand", "info", "success", "warning", "danger"]
SAMPLES = Path(__file__).with_suffix(".json")


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    """What the page says, in the language that people will read."""
    return json.loads(SAMPLES.read_text(encoding="utf-8"))


def _numbered(names: list[str]) -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in enumerate(names)]


class SampleForm(PortalForm):
    """One field of each kind."""

    subject = forms.CharField(max_length=200)
    due_on = ThaiDateField(required=False)
    speed = forms.ChoiceField(required=False)
    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(widget=forms.RadioSelect)
    groups = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    notify = forms.BooleanField(required=False)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    attachment = forms.FileField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _texts()["form"]
        for name, field in self.fields.items():
            field.label = words[name]
        self.fields["subject"].help_text = words["subject_help"]
        for name, choices in (("speed", "speeds"), ("groups", "group_names"), ("kind", "kinds")):
            self.fields[name].choices = _numbered(words[choices])  # type: ignore[attr-defined]
        letter, receivers = words["sections"]
        self.fieldsets = [
            (letter, ["subject", "due_on", "speed", "body", "kind"]),
            (receivers, ["groups", "notify"]),
        ]


def _sample_forms() -> dict[str, forms.Form]:
    wrong = SampleForm({"wrong-due_on": "31/02/2569", "wrong-groups": "9"}, prefix="wrong")
    wrong.add_error(None, _texts()["form"]["refused"])
    return {"form": SampleForm(), "wrong_form": wrong}


def _sample_chart(words: dict[str, Any]) -> Chart:
    series = tuple(Series(name, tuple(values)) for name, values in words["series"].items())
    shown = {name: words[name] for name in ("title", "unit", "head", "source")}
    data = ChartData(categories=tuple(words["categories"]), series=series, **shown)
    return chart(ChartKind.COLUMNS, data)


def _dated(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with the moment that lies its ``days`` back."""
    if "days" not in entry:
        return entry
    return {**entry, "at": timezone.now() - timedelta(days=entry["days"])}


def _sent(request: HttpRequest, sample: dict[str, Any]) -> HttpResponse:
    """What a draft's view answers to autosave, and what it answers to the button."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    notices.done(request, sample["words"]["undone"])
    return redirect("desk:home")


def _progress(request: HttpRequest, sample: dict[str, Any]) -> HttpResponse:
    """One answer to the polling of a progress: a step further, done at 114."""
    value = min(114, int(request.GET["sent"]) + 22)
    done = value == 114
    context = {
        "id": "p1",
        "label": sample["progress"]["done" if done else "sending"],
        "value": value,
        "max": 114,
        "done": done,
        "poll_url": f"{request.path}?sent={value}",
    }
    return render(request, "components/progress.html", context)


def styleguide(request: HttpRequest) -> HttpResponse:
    """All components in every state; only where DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    sample = _texts()
    if request.method == "POST":
        return _sent(request, sample)
    if request.GET.get("sent"):
        return _progress(request, sample)
    notices.done(request, sample["words"]["undone"], undo_url="/styleguide/")
    messages.error(request, sample["words"]["failed"])
    context = {
        "sample": sample,
        "tones": TONES,
        "rows": [_dated(row) for row in sample["rows"]],
        "steps": [_dated(step) for step in sample["steps"]],
        "page": SimpleNamespace(next_cursor="n", previous_cursor="p"),
        "chart": _sample_chart(sample["chart"]),
        **_sample_forms(),
    }
    return render(request, "desk/styleguide.html", context)
