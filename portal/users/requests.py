"""The request of somebody who is signed in, for the types of views."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from portal.core.errors import NotAllowed
from portal.users.models import User


class SignedInRequest(HttpRequest):
    """What a view gets that ``LoginRequiredMiddleware`` stands before."""

    user: User
    htmx: HtmxDetails


def signed_in(request: HttpRequest) -> User:
    """The person behind a request whose type does not say that there is one.

    Raises ``NotAllowed`` where nobody is signed in; as a rule the middleware lets nobody else
    come that far.
    """
    if not isinstance(request.user, User):
        raise NotAllowed(action="page.open")
    return request.user
