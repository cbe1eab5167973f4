"""The guides behind the "?" of each page."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal.desk import guides


def index(request: HttpRequest) -> HttpResponse:
    """Opens the first guide; the others are listed beside it."""
    found = guides.names()
    if not found:
        raise Http404(_("There is no guide yet."))
    return redirect("desk:help", guide=found[0])


def guide(request: HttpRequest, guide: str) -> HttpResponse:
    try:
        shown = guides.guide(guide)
    except guides.GuideMissing as error:
        raise Http404(str(error)) from error
    others = [guides.guide(name) for name in guides.names()]
    return render(request, "desk/guide.html", {"guide": shown, "guides": others})


def picture(request: HttpRequest, name: str) -> FileResponse:
    try:
        path = guides.picture(name)
    except guides.GuideMissing as error:
        raise Http404(str(error)) from error
    response = FileResponse(path.open("rb"))
    response["Cache-Control"] = "private, max-age=3600"
    return response
