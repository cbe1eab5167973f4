"""The least that a page behind a session can do: one query, and bytes that are there already."""

from functools import cache

from django.http import HttpRequest, HttpResponse

from benchmarks.settings import BENCH_PAGE
from circulars.models import Delivery

ROWS = 50


@cache
def _page() -> bytes:
    return BENCH_PAGE.read_bytes()


def bare_page(request: HttpRequest) -> HttpResponse:
    """``/bench/bare/?unit=``: reads the session and one unit's newest letters in one query."""
    request.session.get("bench")
    received = Delivery.objects.filter(unit_id=request.GET["unit"])
    rows = received.select_related("letter__unit", "entry").order_by("-delivered_at", "-pk")
    list(rows[:ROWS])
    return HttpResponse(_page())
