"""What anybody may read: the office's front page and its public phone book."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from portal.org.models import Office
from portal.org.querysets import today
from portal.org.service import phone_book as entries_of
from portal.website.forms import CheckForm


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The front page; who is signed in goes to their work.

    An installation with one office shows it, one with several lets people choose.
    """
    if request.user.is_authenticated:
        return redirect("desk:home")
    offices = list(Office.objects.all())
    if len(offices) == 1:
        return _office_page(request, offices[0])
    return render(request, "website/offices.html", {"offices": offices, "page": "website:office"})


@require_safe
@login_not_required
def office(request: HttpRequest, code: str) -> HttpResponse:
    """The front page of one of several offices."""
    return _office_page(request, get_object_or_404(Office, code=code))


@require_safe
@login_not_required
def phone_book(request: HttpRequest, code: str = "") -> HttpResponse:
    """The public phone book: public lines, and people who agreed to be in it."""
    found = Office.objects.filter(code=code) if code else Office.objects.all()
    offices = list(found)
    if code and not offices:
        raise Http404
    if len(offices) != 1:
        choice = {"offices": offices, "page": "website:office_phone_book"}
        return render(request, "website/offices.html", choice)
    query = request.GET.get("q", "").strip()
    context = {
        "office": offices[0],
        "query": query,
        "entries": entries_of(offices[0], query=query, public=True),
        "today": today(),
    }
    return render(request, "website/phone_book.html", context)


@require_safe
@login_not_required
def check_letter(request: HttpRequest) -> HttpResponse:
    """From what somebody pasted (the address behind a letter's QR code) to its page."""
    form = CheckForm(request.GET or None)
    if form.is_valid():
        return redirect("letter_check:check", token=form.cleaned_data["address"])
    return render(request, "website/check.html", {"form": form})


def _office_page(request: HttpRequest, office: Office) -> HttpResponse:
    lines = office.phone_lines.filter(is_public=True, unit=None)
    return render(request, "website/home.html", {"office": office, "lines": lines})
