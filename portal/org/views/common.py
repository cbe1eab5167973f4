"""What the pages of the organisation share: who may enter, and the tabs between them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.errors import NotAllowed
from portal.org.models import Office
from portal.org.permissions import is_member, manages_acting
from portal.users.requests import signed_in

View = Callable[..., HttpResponse]


def for_members(view: View) -> View:
    """For everybody who holds something in the office or its schools; others get a 404."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_member(signed_in(request)):
            raise NotAllowed(action="org.read")
        return view(request, *args, **kwargs)

    return guarded


def for_acting_managers(view: View) -> View:
    """For the director, the registry and the system administrator; others get a 404."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if user.office_id is None or not manages_acting(user, user.office_id):
            raise NotAllowed(action="org.acting")
        return view(request, *args, **kwargs)

    return guarded


def own_office(request: HttpRequest) -> Office:
    """The office of the signed-in person."""
    office = signed_in(request).office
    if office is None:
        raise NotAllowed(action="org.read")
    return office


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The parts of the directory, with the one that is open."""
    pages = [
        ("org:directory", _("Staff")),
        ("org:schools", _("Schools")),
        ("org:phone_book", _("Phone book")),
        ("org:committees", _("Committees")),
    ]
    return [
        {"label": label, "url": reverse(name), "active": request.path == reverse(name)}
        for name, label in pages
    ]
