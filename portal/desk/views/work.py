"""The first page after sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.desk.work import work_for
from portal.users.models import User


def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person, counted, the overdue first."""
    assert isinstance(request.user, User)  # noqa: S101  (LoginRequiredMiddleware)
    return render(request, "desk/home.html", {"work": work_for(request.user)})
