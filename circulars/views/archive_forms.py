"""What the forms of the archive's pages are filled with."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a form that was sent, even an empty one."""
    return request.POST if request.method == "POST" else None
