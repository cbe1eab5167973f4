"""Who is behind a request."""

from django.http import HttpRequest

from portal.core.errors import NotAllowed
from portal.users.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind the request; ``LoginRequiredMiddleware`` lets nobody else in.

    Raises ``NotAllowed`` on a page that is public by mistake.
    """
    if not isinstance(request.user, User):
        raise NotAllowed(action="request.signed_in")
    return request.user
