"""The first page after sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.desk.agenda import coming_days
from portal.desk.roles import roles_today
from portal.desk.work import work_for
from portal.users.requests import signed_in


def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person, counted, the overdue first."""
    user = signed_in(request)
    context = {
        "work": work_for(user),
        "roles": roles_today(user),
        "agenda": coming_days(user),
        "today": timezone.localdate(),
    }
    return render(request, "desk/home.html", context)
