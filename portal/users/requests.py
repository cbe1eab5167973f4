"""The request of somebody who is signed in, for the types of views."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from portal.users.models import User


class SignedInRequest(HttpRequest):
    """What a view gets that ``LoginRequiredMiddleware`` stands before."""

    user: User
    htmx: HtmxDetails
