"""The staff directory, a unit's page and a person's page."""

from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from portal.core.paging import keyset_page
from portal.core.registry import school_panels
from portal.org import service
from portal.org.models import Acting, Committee, CommitteeMember, Membership, PhoneLine, Unit
from portal.org.querysets import today
from portal.org.views.common import for_members, own_office, tabs
from portal.users.models import User
from portal.users.requests import signed_in

FOUND_ORDER = ("person__sort_key", "pk")


@require_safe
@for_members
def directory(request: HttpRequest) -> HttpResponse:
    """The office's staff by unit; with a search, people of the schools as well."""
    office = own_office(request)
    query = request.GET.get("q", "").strip()
    context: dict[str, Any] = {
        "tabs": tabs(request),
        "query": query,
        "acting": service.acting_today(office),
    }
    if query:
        rows = service.find_staff(office, query)
        context["page"] = keyset_page(rows, order=FOUND_ORDER, cursor=request.GET.get("cursor"))
    else:
        context["staff"] = service.staff_by_unit(office)
    return render(request, "org/directory.html", context)


@require_safe
@for_members
def unit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit with its people and lines; of a school also its facts and the apps' panels."""
    units = Unit.objects.visible_to(signed_in(request)).select_related(
        "office", "parent", "merged_into", "school__network"
    )
    unit = get_object_or_404(units, pk=pk)
    context = {
        "unit": unit,
        "school": getattr(unit, "school", None),
        "posts": service.staff_of_unit(unit),
        "acting": service.acting_today(unit.office),
        "lines": PhoneLine.objects.filter(unit=unit),
        "sections": unit.children.open().exclude(kind="school") if not unit.is_school else [],
        "panels": _panels(request, unit) if unit.is_school else [],
    }
    return render(request, "org/unit.html", context)


@require_safe
@for_members
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A person of the office: how to reach them, what they hold and what they held."""
    people = User.objects.filter(office=own_office(request))
    posts = Membership.objects.select_related("unit__office", "position").order_by("-starts_on")
    person = get_object_or_404(people.prefetch_related(Prefetch("memberships", posts)), pk=pk)
    day = today()
    memberships = list(person.memberships.all())
    actings = Acting.objects.filter(person=person).select_related(
        "membership__person", "membership__unit__office", "membership__position"
    )
    seats = CommitteeMember.objects.filter(person=person).select_related("committee")
    context = {
        "person": person,
        "posts": [row for row in memberships if _holds(row, day)],
        "coming": [row for row in memberships if row.starts_on > day],
        "past": [row for row in memberships if row.ends_on is not None and row.ends_on < day],
        "actings": [row for row in actings if row.ends_on >= day],
        "seats": [seat for seat in seats if _holds(seat.committee, day)],
    }
    return render(request, "org/person.html", context)


def _holds(row: Membership | Committee, day: date) -> bool:
    """Whether the row's days include ``day``."""
    return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)


def _panels(request: HttpRequest, unit: Unit) -> list[dict[str, Any]]:
    """What other apps show on a school's page."""
    panels = []
    for panel in school_panels:
        context = panel.context(signed_in(request), unit)
        if context is not None:
            html = render_to_string(panel.template, {**context, "unit": unit}, request)
            panels.append({"code": panel.code, "title": panel.title, "html": html})
    return panels
