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
from circulars.services.deliveries import Chased, chase, outstanding, without_keepers
from circulars.views.common import visible_letter
from portal.audit.service import record
from portal.core.errors import NotReady
from portal.core.notices import done
from portal.org.models import Unit
from portal.users.requests import SignedInRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 300
UNHEARD_NAMED = 20
STAGES = ("opened", "registered", "acknowledged", "answered")


def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """All recipients with their stage; htmx asks again for the counts and rows."""
    letter = _sent_letter(request, pk)
    show = request.GET.get("show", "")
    counts = progress(letter)
    rows = Paginator(board_rows(letter=letter, show=show), ROWS)
    may_chase = sends(request.user, letter) and show in ChaseScope.values
    unheard = _unheard(letter, show) if may_chase else []
    context = {
        "letter": letter,
        "progress": counts,
        "stages": _stages(counts, show),
        "page": rows.get_page(request.GET.get("page")),
        "show": show,
        "may_chase": may_chase,
        "reachable": rows.count - len(unheard),
        "unheard": _nobody_to_tell(unheard),
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
        done(request, _chased(chased))
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


def _chased(chased: Chased) -> str:
    """What a reminder did, for whoever pressed the button."""
    reminded, rested = chased.reminded, chased.rested
    if rested and not (reminded or chased.unheard):
        return _("All %(n)s were reminded today already. You can remind them again tomorrow.") % {
            "n": rested
        }
    said = [
        ngettext("%(n)s recipient was reminded.", "%(n)s recipients were reminded.", reminded)
        % {"n": reminded}
    ]
    if rested:
        said.append(_("%(n)s had a reminder today already.") % {"n": rested})
    return " ".join(filter(None, [*said, _nobody_to_tell(chased.unheard)]))


def _unheard(letter: Letter, scope: str) -> list[Unit]:
    behind = outstanding(letter=letter, scope=ChaseScope(scope))
    return [row.unit for row in without_keepers(letter=letter, deliveries=behind)]


def _nobody_to_tell(units: list[Unit]) -> str:
    """The recipients that a reminder reaches nobody at, by name; empty when there are none."""
    if not units:
        return ""
    names = ", ".join(str(unit) for unit in units[:UNHEARD_NAMED])
    return ngettext(
        "%(n)s recipient has nobody to tell: %(names)s.",
        "%(n)s recipients have nobody to tell: %(names)s.",
        len(units),
    ) % {"n": len(units), "names": names + (" …" if len(units) > UNHEARD_NAMED else "")}


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
