"""The work on a received letter: its panel, and one page for each thing that can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from circulars.enums_handling import WORKING, HandlingState
from circulars.forms import handling as forms
from circulars.models import Assignment, Delivery, Handling, HandlingStep
from circulars.permissions_handling import is_registered, keeps_it, superior
from circulars.services import assignments as work
from circulars.services import handling as service
from circulars.services.timeline import copies, parts, stops
from circulars.views.common import visible_delivery
from circulars.workflow_handling import ASSIGNMENT, DESK, HANDLING
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.notices import done
from portal.users.requests import SignedInRequest
from portal.workflow.service import Move, Table, available


@dataclass(frozen=True)
class Act:
    """A form, the service it calls, and what is said afterwards."""

    form: type[forms.WorkForm]
    service: Callable[..., Any]
    said: Any
    label: Any = ""
    icon: str = ""
    tone: str = "primary"


WAY = {
    "propose": Act(forms.ProposeForm, service.propose, _lazy("Submitted.")),
    "approve": Act(forms.RemarkForm, service.approve, _lazy("Approved and assigned.")),
    "order": Act(forms.OrderForm, service.order, _lazy("Ordered and assigned.")),
    "note": Act(forms.NoteForm, service.note, _lazy("Noted. The letter is closed.")),
    "pass_on": Act(forms.PassOnForm, service.pass_on, _lazy("Passed on.")),
    "send_back": Act(forms.SendBackForm, service.send_back, _lazy("Returned.")),
    "pull_back": Act(forms.PlainForm, service.pull_back, _lazy("You have it again.")),
    "close": Act(forms.CloseForm, service.close, _lazy("The letter is closed.")),
    "close_unfinished": Act(
        forms.ReasonForm, service.close_unfinished, _lazy("The letter is closed.")
    ),
    "reopen": Act(forms.ReasonForm, service.reopen, _lazy("The letter is taken up again.")),
}
BESIDE = {
    "ask": Act(
        forms.AskForm, service.ask, _lazy("Asked."), _lazy("Ask somebody"),
        "chat-left-text", "secondary",
    ),
    "inform": Act(
        forms.InformForm, service.inform, _lazy("Copies given."), _lazy("For information"),
        "eye", "secondary",
    ),
    "give_more": Act(
        forms.GiveMoreForm, service.give_more, _lazy("Assigned."), _lazy("Assign to more"),
        "person-plus", "secondary",
    ),
}  # fmt: skip
WORK = {
    "accept": Act(forms.PlainWorkForm, work.accept, _lazy("Accepted.")),
    "report": Act(forms.ReportForm, work.report, _lazy("Your report is given.")),
    "share_out": Act(forms.ShareOutForm, work.share_out, _lazy("Shared out.")),
    "close": Act(forms.PlainWorkForm, work.close, _lazy("The report is accepted.")),
    "ask_more": Act(forms.WorkReasonForm, work.ask_more, _lazy("More is asked for.")),
    "give_back": Act(forms.WorkReasonForm, work.give_back, _lazy("Given back.")),
    "pull_back": Act(forms.PlainWorkForm, work.pull_back, _lazy("Taken back.")),
    "reassign": Act(forms.ReassignWorkForm, work.reassign, _lazy("Somebody else has it now.")),
}
DESKS = {
    "give_opinion": Act(forms.OpinionForm, service.give_opinion, _lazy("Your opinion is given.")),
    "take_back": Act(
        forms.PlainDeskForm, service.take_back_question, _lazy("The question is taken back.")
    ),
    "reassign": Act(
        forms.ReassignDeskForm, service.reassign_desk, _lazy("The desk has a holder again.")
    ),
}


def panel(request: SignedInRequest, delivery: Delivery) -> dict[str, Any]:
    """What the page of a received letter shows about the work on it."""
    user = request.user
    handling = service.handling_of(delivery)
    handling.delivery = delivery
    moves = available(HANDLING, handling, user) if handling.pk else _first_move(user, handling)
    return {
        "handling": handling,
        "handling_moves": moves,
        "beside": _beside(user, handling),
        "stops": stops(handling, user) if handling.pk else [],
        "copies": copies(handling) if handling.pk else [],
        "parts": parts(handling, user) if handling.pk else [],
        "needs_registering": not is_registered(user, handling) and keeps_it(user, handling),
    }


def handling_move(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """GET shows what is asked; POST does it and leads back to the letter."""
    delivery = visible_delivery(request, pk)
    handling = service.handling_of(delivery)
    handling.delivery = delivery
    if name in BESIDE:
        act = BESIDE[name]
        if name not in _beside(request.user, handling):
            raise NotAllowed(action=f"handling.{name}", about=delivery)
        return _act(request, act, act, handling, {"handling": handling}, {"handling": handling})
    move = _offered(HANDLING, WAY, handling, request.user, name)
    subject = {"delivery": delivery} if name == "propose" else {"handling": handling}
    return _act(request, WAY[name], move, handling, {"handling": handling}, subject)


def work_move(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    rows = Assignment.objects.select_related("unit__office", "membership__person", "handling")
    assignment = get_object_or_404(rows, pk=pk)
    _see(request, assignment)
    move = _offered(ASSIGNMENT, WORK, assignment, request.user, name)
    subject = {"assignment": assignment}
    return _act(request, WORK[name], move, assignment.handling, subject, subject)


def desk_move(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    rows = HandlingStep.objects.select_related("unit__office", "membership__person", "handling")
    step = get_object_or_404(rows, pk=pk)
    _see(request, step)
    move = _offered(DESK, DESKS, step, request.user, name)
    subject = {"step": step}
    return _act(request, DESKS[name], move, step.handling, subject, subject)


def _act(
    request: SignedInRequest,
    act: Act,
    move: Move | Act,
    handling: Handling,
    known: dict[str, Any],
    subject: dict[str, Any],
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    files = request.FILES if request.method == "POST" else None
    form = act.form(data, files, user=request.user, **known)
    url = handling.get_absolute_url()
    if data is not None and form.is_valid():
        try:
            act.service(actor=request.user, **subject, **form.inputs())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, str(act.said))
            return redirect(url)
    context = {
        "delivery": handling.delivery,
        "letter": handling.delivery.letter,
        "move": move,
        "form": form,
        "back": url,
    }
    status = 422 if form.errors else 200
    return render(request, "circulars/handling_move.html", context, status=status)


def _see(request: SignedInRequest, row: Assignment | HandlingStep) -> None:
    """404 for who may not see the letter."""
    row.handling.delivery = visible_delivery(request, row.handling.delivery_id)


def _offered(table: Table, pages: dict[str, Act], obj: Any, user: Any, name: str) -> Move:
    """The move, if this person may make it now.

    Raises ``StaleAction`` when it has moved on, ``NotAllowed`` for anybody else.
    """
    for move in available(table, obj, user):
        if move.name == name and name in pages:
            return move
    if name in pages and obj.state not in table.move(name).source:
        raise StaleAction(
            _("Someone was faster: this is now “%(state)s”.") % {"state": obj.get_state_display()},
            state=obj.state,
            about=obj.delivery if isinstance(obj, Handling) else obj.handling.delivery,
        )
    raise NotAllowed(action=f"{table.kind}.{name}", about=obj)


def _first_move(user: Any, handling: Handling) -> list[Move]:
    move = HANDLING.move("propose")
    return [move] if move.may(user, handling) else []


def _beside(user: Any, handling: Handling) -> dict[str, Act]:
    """What can be done whatever desk the letter is at."""
    if not handling.pk or not service.may_involve(user, handling):
        return {}
    names = ["inform"]
    if handling.state != HandlingState.CLOSED:
        names.insert(0, "ask")
    if handling.state in WORKING and superior(user, handling):
        names.insert(0, "give_more")
    return {name: BESIDE[name] for name in names}
