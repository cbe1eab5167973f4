"""The letter as it will be printed, beside the form, the chain or the inbox."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from circulars.models import Delivery, Letter
from circulars.services import previews
from circulars.services.access import reading_mark
from portal.core.errors import NotReady
from portal.core.pdf.watermark import watermarked
from portal.files.service import url
from portal.users.requests import SignedInRequest


@require_safe
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The pictures as they stand; asks for new ones when the letter has changed since.

    ``?have=`` names the version that the page shows: nothing is sent (204) while it is current.
    """
    letter = _readable(request, pk)
    current = previews.current_preview(letter)
    if current and request.GET.get("have") == current.version:
        return HttpResponse(status=204)
    failed = not current and previews.preview_failed(letter)
    if not current and not failed:
        previews.order_preview(letter)
    shown = current
    if not current and _sees_drafts(request, letter):
        shown = previews.last_preview(letter)
    context = {
        "letter": letter,
        "preview": shown,
        "pages": range(1, shown.pictures + 1) if shown else (),
        "is_current": current is not None,
        "failed": failed,
        "waits_for_document": previews.waits_for_document(letter),
        "trigger": _next_question(letter, is_drawn=current is not None or failed),
    }
    response = render(request, "circulars/_preview.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def preview_page(request: SignedInRequest, pk: int, version: str, number: int) -> HttpResponse:
    """One page as a picture. A version never changes, so browsers may keep an open letter's."""
    letter = _readable(request, pk)
    if version != previews.version_of(letter) and not _sees_drafts(request, letter):
        raise Http404
    picture = previews.preview_page(letter, version, number)
    if picture is None:
        raise Http404
    previews.note_pages_seen(letter, actor=request.user)
    if words := reading_mark(request.user, letter):
        picture = watermarked(picture, "image/png", words)
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = (
        "private, no-store" if letter.is_secret else "private, max-age=3600"
    )
    return response


@require_safe
def preview_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draft as PDF, or the sealed document once there is one.

    Raises ``NotReady`` while it is being drawn.
    """
    letter = _readable(request, pk)
    if letter.pdf:
        return redirect(f"{url(letter.pdf)}?inline=1")
    data = previews.preview_pdf(letter)
    if data is None:
        previews.order_preview(letter)
        raise NotReady(_("The PDF is being made. Please try again in a moment."), about=letter)
    previews.note_pages_seen(letter, actor=request.user)
    if words := reading_mark(request.user, letter):
        data = watermarked(data, "application/pdf", words)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="draft-{letter.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _next_question(letter: Letter, *, is_drawn: bool) -> str:
    """When the page asks again, as htmx writes it; a sealed document never changes."""
    if not is_drawn:
        return "every 2s"
    return "" if letter.pdf else "letter:saved from:document, every 20s"


def _sees_drafts(request: SignedInRequest, letter: Letter) -> bool:
    """Recipients see the letter as it was sent, never a version from before."""
    return Letter.objects.visible_to(request.user).filter(pk=letter.pk).exists()


def _readable(request: SignedInRequest, pk: int) -> Letter:
    """A letter seen from the sender's side, or received and opened; else a 404."""
    letter = get_object_or_404(Letter.objects.select_related("pdf"), pk=pk)
    if _sees_drafts(request, letter):
        return letter
    received = Delivery.objects.visible_to(request.user).filter(letter=pk, opened_at__isnull=False)
    if not received.exists():
        raise Http404
    return letter
