"""The sender's live view of all recipients: counts, who is behind, chase, proof."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from circulars.enums import ChaseScope, LetterState
from circulars.filenames import letter_file_name
from circulars.forms.board import ChaseForm
from circulars.models import Delivery, Letter
from circulars.permissions import sends
from circulars.resources import board_workbook
from circulars.services.board import board_rows, progress
from circulars.services.deliveries import chase
from circulars.views.common import visible_letter
from portal.audit.service import record
from portal.core.errors import NotReady
from portal.core.notices import done
from portal.users.requests import SignedInRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 300
STAGES = ("opened", "registered", "acknowledged", "answered")


def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """All recipients with their stage; htmx asks again for the counts and rows."""
    letter = _sent_letter(request, pk)
    show = request.GET.get("show", "")
    counts = progress(letter)
    context = {
        "letter": letter,
        "progress": counts,
        "stages": _stages(counts, show),
        "page": Paginator(board_rows(letter=letter, show=show), ROWS).get_page(
            request.GET.get("page")
        ),
        "show": show,
        "may_chase": sends(request.user, letter) and show in ChaseScope.values,
        "scope": show if show in ChaseScope.values else "",
        "now": timezone.now(),
    }
    template = "circulars/board.html"
    if request.htmx:
        template += "#live"
    return render(request, template, context)


@require_POST
def board_chase(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remind everybody who is behind; whoever was reminded today is left in peace."""
    letter = _sent_letter(request, pk)
    form = ChaseForm(request.POST)
    if form.is_valid():
        scope = ChaseScope(form.cleaned_data["scope"])
        chased = chase(letter=letter, actor=request.user, scope=scope)
        done(request, _chased(chased.reminded, chased.rested))
    target = redirect("circulars:board", letter.pk)
    target["Location"] += f"?show={form.cleaned_data.get('scope', '')}"
    return target


def board_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The board as an Excel file."""
    letter = _sent_letter(request, pk)
    record(action="letter.board_export", actor=request.user, about=letter)
    response = HttpResponse(board_workbook(letter), content_type=XLSX)
    name = letter_file_name(letter).removesuffix(".pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}_status.xlsx"'
    return response


def board_proof(request: SignedInRequest, pk: int) -> HttpResponse:
    """A page to print: who got the letter when, and what they did with it."""
    letter = _sent_letter(request, pk)
    context = {
        "letter": letter,
        "progress": progress(letter),
        "rows": board_rows(letter=letter),
        "printed_at": timezone.now(),
    }
    return render(request, "circulars/board_proof.html", context)


def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one recipient answered, for those who see the letter from the sender's side."""
    letters = Letter.objects.visible_to(request.user)
    delivery = get_object_or_404(
        Delivery.objects.select_related("letter", "unit").filter(letter__in=letters.values("pk")),
        pk=pk,
    )
    answers = delivery.answers.select_related("answered_by").prefetch_related("files__blob")
    context = {"delivery": delivery, "letter": delivery.letter, "answers": answers}
    return render(request, "circulars/answer.html", context)


def _chased(reminded: int, rested: int) -> str:
    """What a reminder did, for whoever pressed the button."""
    if not reminded and rested:
        return _("All %(n)s were reminded today already. You can remind them again tomorrow.") % {
            "n": rested
        }
    said = ngettext(
        "%(n)s recipient was reminded.", "%(n)s recipients were reminded.", reminded
    ) % {"n": reminded}
    if rested:
        said += " " + _("%(n)s had a reminder today already.") % {"n": rested}
    return said


def _sent_letter(request: SignedInRequest, pk: int) -> Letter:
    letter = visible_letter(request, pk)
    if letter.state != LetterState.DISPATCHED:
        raise NotReady(_("The letter has not been sent yet."), about=letter)
    return letter


def _stages(counts: object, show: str) -> list[dict[str, object]]:
    """A tile for each stage: how many reached it, and a link to those who have not."""
    labels = {
        "opened": (_("Opened"), _("Not opened yet")),
        "registered": (_("Registered"), _("Not registered yet")),
        "acknowledged": (_("Acknowledged"), _("Not acknowledged yet")),
        "answered": (_("Answered"), _("Not answered yet")),
    }
    return [
        {
            "name": name,
            "label": labels[name][0],
            "missing_label": labels[name][1],
            "count": getattr(counts, name),
            "missing": getattr(counts, f"not_{name}"),
            "active": show == name,
            "missing_active": show == f"not_{name}",
        }
        for name in STAGES
    ]
