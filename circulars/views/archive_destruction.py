"""Destroying letters: the list, the committee's opinions, the stages."""

from datetime import datetime
from functools import partial

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.archive_words import consideration
from circulars.enums_archive import DestructionState, Outcome
from circulars.forms.archive import DESTRUCTION_FORMS, KeepLineForm, SurveyForm, VoteForm
from circulars.models import Destruction, DestructionLine, DestructionVote
from circulars.permissions_archive import heads_house, keeps_house
from circulars.services import archive_destruction, archive_lists
from circulars.services.archive_destruction import Vote
from circulars.views.archive_forms import posted
from circulars.views.archive_moves import move_page
from circulars.workflow_archive import DESTRUCTION
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.core.thai.dates import short
from portal.users.requests import SignedInRequest
from portal.workflow.service import available

D = DestructionState
KEEPABLE = (D.APPROVED, D.SENT, D.CLEARED)


def destructions(request: SignedInRequest) -> HttpResponse:
    """The years' lists of one's house, and beginning a survey."""
    form = SurveyForm(posted(request), user=request.user)
    houses = archive_lists.houses(request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = archive_destruction.begin(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("The survey is begun."))
            return redirect(made)
    rows = Destruction.objects.visible_to(request.user).select_related("house")
    page = keyset_page(rows, order=("-year", "-pk"), cursor=request.GET.get("cursor"))
    context = {"page": page, "form": form if houses.exists() else None}
    return render(
        request, "circulars/archive_destructions.html", context, status=422 if form.errors else 200
    )


def destruction(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, visible_destruction(request, pk))


def destruction_move(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    row = visible_destruction(request, pk)
    return move_page(
        request, obj=row, name=name, table=DESTRUCTION, forms=DESTRUCTION_FORMS,
        act=partial(archive_destruction.move, destruction=row),
    )  # fmt: skip


@require_POST
def destruction_vote(request: SignedInRequest, pk: int) -> HttpResponse:
    """One member's opinion on the lines named, or on all without it."""
    row = visible_destruction(request, pk)
    form = VoteForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["lines"]
        lines = row.lines.filter(position__in=wanted) if wanted else _unvoted(row, request)
        destroy = form.cleaned_data["choice"] == "destroy"
        votes = [
            Vote(
                line=line.pk,
                destroy=destroy,
                keep_until=form.cleaned_data["keep_until"],
                reason=form.cleaned_data["reason"],
            )
            for line in lines
        ]
        try:
            given = archive_destruction.vote(destruction=row, actor=request.user, votes=votes)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Your opinion is noted on %(n)s lines.") % {"n": given})
            return redirect(row)
    return _show(request, row, vote_form=form)


@require_POST
def destruction_act(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Survey again, or sign the record."""
    row = visible_destruction(request, pk)
    if what == "survey":
        found = archive_destruction.survey_again(destruction=row, actor=request.user)
        done(request, _("Put on the list: %(n)s") % {"n": found})
    else:
        archive_destruction.sign_record(destruction=row, actor=request.user)
        done(request, _("You have signed the record."))
    return redirect(row)


@require_POST
def destruction_keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """The head keeps lines after all."""
    row = visible_destruction(request, pk)
    form = KeepLineForm(request.POST)
    if form.is_valid():
        for line in row.lines.filter(position__in=form.cleaned_data["line"]):
            archive_destruction.keep(line=line, actor=request.user, note=form.cleaned_data["note"])
        done(request, _("Kept."))
        return redirect(row)
    return _show(request, row, keep_form=form)


@require_POST
def destruction_drop(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    row = visible_destruction(request, pk)
    found = get_object_or_404(row.lines, pk=line)
    archive_destruction.drop_line(line=found, actor=request.user)
    done(request, _("Taken off the list."))
    return redirect(row)


def visible_destruction(request: SignedInRequest, pk: int) -> Destruction:
    rows = Destruction.objects.visible_to(request.user).select_related(
        "house__office", "proposed_by", "appointed_by", "approved_by", "destroyed_by", "noted_by",
        "electronic_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def _show(request: SignedInRequest, row: Destruction, **forms: object) -> HttpResponse:
    seat = row.seats.filter(person=request.user).first()
    lines = archive_destruction.tally(row)
    page = keyset_page(lines, order=("position", "pk"), cursor=request.GET.get("cursor"))
    votes = _votes(page.items)
    keeper, head = keeps_house(request.user, row), heads_house(request.user, row)
    seats = list(row.seats.select_related("person"))
    context = {
        "destruction": row,
        "page": page,
        "rows": [(line, votes[line.pk], consideration(line)) for line in page.items],
        "moves": available(DESTRUCTION, row, request.user),
        "steps": _steps(row),
        "seats": seats,
        "seat": seat,
        "deadline": archive_destruction.survey_deadline(row.year),
        "counts": {
            "all": row.lines.count(),
            "destroy": row.lines.filter(outcome=Outcome.DESTROY).count(),
            "keep": row.lines.filter(outcome=Outcome.KEEP).count(),
        },
        "may_survey": keeper and row.state == D.SURVEY,
        "may_sign": bool(seat and not seat.signed_at and row.state == D.DESTROYED),
        "vote_form": VoteForm() if seat and row.state == D.COMMITTEE else None,
        "keep_form": KeepLineForm() if head and row.state in KEEPABLE else None,
        **forms,
    }
    failed = any(getattr(form, "errors", None) for form in forms.values())
    return render(
        request, "circulars/archive_destruction.html", context, status=422 if failed else 200
    )


def _votes(lines: list[DestructionLine]) -> dict[int, list[DestructionVote]]:
    found: dict[int, list[DestructionVote]] = {line.pk: [] for line in lines}
    rows = DestructionVote.objects.filter(line__in=lines).select_related("seat__person")
    for given in rows.order_by("seat", "pk"):
        found[given.line_id].append(given)
    return found


def _unvoted(row: Destruction, request: SignedInRequest) -> "QuerySet[DestructionLine]":
    own = DestructionVote.objects.filter(line=OuterRef("pk"), seat__person=request.user)
    return row.lines.exclude(Exists(own))


def _steps(row: Destruction) -> list[dict[str, object]]:
    """The chain as a timeline: what is done, with who and when, and what comes."""
    stages = (
        (D.SURVEY, _("Survey"), row.proposed_by, row.proposed_at),
        (D.PROPOSED, _("Committee appointed"), row.appointed_by, row.appointed_at),
        (D.COMMITTEE, _("Committee considers"), None, row.reported_at),
        (D.REPORTED, _("The head decides"), row.approved_by, row.approved_at),
        (D.APPROVED, _("Sent to the National Archives"), None, row.sent_on),
        (D.SENT, _("Answer, or 60 days"), None, row.cleared_on),
        (D.CLEARED, _("Destroyed"), row.destroyed_by, row.destroyed_on),
        (D.DESTROYED, _("The head takes note"), row.noted_by, row.noted_at),
    )
    order = [state for state, *_rest in stages]
    ended = row.state in (D.CANCELLED, D.CLOSED)
    here = len(order) if ended else order.index(D(row.state))
    steps = []
    for place, (_state, title, who, at) in enumerate(stages):
        if row.state == D.CANCELLED:
            state = "done" if at else "skipped"
        else:
            state = "done" if place < here else "current" if place == here else "waiting"
        step: dict[str, object] = {"title": title, "who": who or "", "state": state}
        if isinstance(at, datetime):
            step["at"] = at
        elif at is not None:
            step["note"] = short(at)
        steps.append(step)
    return steps
