"""The public page behind the QR code: is this letter genuine?"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from circulars.enums import LetterState
from circulars.models import Letter
from portal.audit.service import client_ip

KNOWN = (LetterState.READY, LetterState.DISPATCHED, LetterState.VOID)
WINDOW = 60  # seconds


@login_not_required
@require_safe
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Only what the paper says of itself: number, date, agency, hash, and maybe the subject.

    The subject stays away when the letter is secret or names a person. An address that belongs
    to no letter is a 404 that takes as long, and asking too often a 429.
    """
    if _asks_too_often(request):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(WINDOW)
        return response
    letter = (
        Letter.objects.filter(check_token=token, state__in=KNOWN)
        .select_related("unit__office", "pdf__blob")
        .first()
    )
    if letter is None:
        raise Http404
    response = render(request, "circulars/check.html", _facts(letter))
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _facts(letter: Letter) -> dict[str, object]:
    """What the page may tell; it gets nothing else of the letter."""
    hides_subject = letter.is_secret or letter.names_person
    return {
        "is_void": letter.state == LetterState.VOID,
        "number": letter.number_text,
        "date": letter.letter_date,
        "agency": letter.unit.name if letter.unit.is_school else letter.unit.office.name,
        "subject": "" if hides_subject else letter.subject,
        "sha256": letter.pdf.blob.sha256 if letter.pdf else "",
    }


def _asks_too_often(request: HttpRequest) -> bool:
    """Counts the requests of one address in a window; guessing addresses leads nowhere anyway."""
    key = f"letter-check:{client_ip(request)}"
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > settings.LETTER_CHECKS_PER_MINUTE
    except ValueError:  # the window ended between the two lines
        return False
