"""What the linter says about a letter, on the pages where it is written and signed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from circulars.linter import findings
from circulars.views.common import visible_letter
from portal.users.requests import SignedInRequest


@require_safe
def letter_findings(request: SignedInRequest, pk: int) -> HttpResponse:
    """The findings about the letter as it is stored, for the page to show beside it."""
    letter = visible_letter(request, pk)
    context = {"letter": letter, "findings": findings(letter)}
    response = render(request, "circulars/_findings.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
