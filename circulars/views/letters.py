"""Lists of a unit's own letters, and one letter from its sender's side."""

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from circulars.enums import SIGNED, LetterState, StepState
from circulars.filters import LetterFilter
from circulars.models import Delivery, Letter, RouteStep
from circulars.permissions import is_drafter, may_draft_here
from circulars.services.board import progress
from circulars.services.handling import note_letter_look
from circulars.services.letters import note_look
from circulars.services.writing import kept_units
from circulars.views.common import visible_letter
from circulars.views.work import work_tabs
from circulars.workflow import LETTER
from portal.core.paging import keyset_page
from portal.users.requests import SignedInRequest
from portal.workflow.service import available

TABS = {
    "sent": Q(state__in=(LetterState.DISPATCHED, LetterState.READY, LetterState.SIGNED_PENDING,
                         LetterState.VOID)),
    "chain": Q(state=LetterState.IN_CHAIN),
    "drafts": Q(state__in=(LetterState.DRAFT, LetterState.RETURNED)),
}  # fmt: skip

STEP_LOOK = {
    StepState.WAITING: "waiting",
    StepState.CURRENT: "current",
    StepState.DONE: "done",
    StepState.RETURNED: "returned",
    StepState.CANCELLED: "skipped",
}


def letter_list(request: SignedInRequest, tab: str) -> HttpResponse:
    """Letters I may see from the sender's side: sent, on their way up, or drafts."""
    letters = Letter.objects.visible_to(request.user)
    if tab == "drafts":
        letters = letters.filter(drafter=request.user)
    filters = LetterFilter(request.GET, queryset=letters.filter(TABS[tab]), request=request)
    page = keyset_page(
        filters.qs.select_related("unit", "drafter").annotate(**_delivery_counts()),
        order=filters.order,
        cursor=request.GET.get("cursor"),
    )
    context = {"page": page, "filter": filters, "tabs": _tabs(tab), "tab": tab}
    return render(request, "circulars/letter_list.html", context)


def waiting(request: SignedInRequest) -> HttpResponse:
    """Letters that wait for my endorsement, opinion or signature; the longest first."""
    here = RouteStep.objects.current().filter(letter=OuterRef("pk")).values("arrived_at")
    letters = (
        Letter.objects.waiting_for(request.user)
        .annotate(arrived_at=Subquery(here))
        .select_related("unit", "drafter")
        .order_by("arrived_at", "pk")
    )
    page = Paginator(letters, 50).get_page(request.GET.get("page"))
    context = {"page": page, "tabs": work_tabs(request, "waiting")}
    return render(request, "circulars/waiting.html", context)


def letter_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One letter: what it says, where it is, and what this person can do with it."""
    letter = visible_letter(request, pk)
    note_look(letter=letter, actor=request.user)
    note_letter_look(letter=letter, actor=request.user)
    steps = letter.steps.select_related("unit", "membership__person", "decided_by", "asked_by")
    vacant = set(letter.steps.current().vacant().values_list("pk", flat=True))
    context = {
        "letter": letter,
        "moves": available(LETTER, letter, request.user),
        "steps": [_timeline_step(step, vacant=step.pk in vacant) for step in steps],
        "attachments": letter.attachments.select_related("file__blob"),
        "references": letter.references.select_related("earlier"),
        "recipient_count": letter.recipients.count(),
        "progress": progress(letter) if letter.state == LetterState.DISPATCHED else None,
        "recipients_changeable": letter.state == LetterState.IN_CHAIN,
        "is_signed": letter.state in SIGNED,
        "may_keep_template": not letter.is_secret and kept_units(request.user).exists(),
        "may_copy": may_draft_here(request.user, letter)
        and not (letter.is_editable and is_drafter(request.user, letter)),
    }
    return render(request, "circulars/letter_detail.html", context)


def _timeline_step(step: RouteStep, *, vacant: bool) -> dict[str, object]:
    post = f"{step.get_role_display()} · {step.unit}"
    if step.membership:
        post = f"{step.membership.person} · {post}"
    who = step.decided_by or post
    if step.decided_as:
        who = f"{step.decided_by} · {' '.join(step.decided_as)}"
    return {
        "title": step.get_kind_display(),
        "who": who,
        "at": step.decided_at or step.arrived_at,
        "note": step.remark or step.question,
        "state": STEP_LOOK[StepState(step.state)],
        "tag": _("nobody holds this post today") if vacant else "",
    }


def _delivery_counts() -> dict[str, Subquery]:
    """Counted for the rows of the page only; a join would count for the whole list first."""
    sent = Delivery.objects.filter(letter=OuterRef("pk")).order_by().values("letter")
    return {
        "delivery_count": Subquery(sent.values(n=Count("pk"))),
        "registered_count": Subquery(sent.values(n=Count("entry"))),
    }


def _tabs(current: str) -> list[dict[str, object]]:
    labels = {"sent": _("Sent"), "chain": _("On their way up"), "drafts": _("My drafts")}
    return [
        {"label": label, "url": reverse(f"circulars:{name}"), "active": name == current}
        for name, label in labels.items()
    ]


def search_reference(request: SignedInRequest) -> HttpResponse:
    """Earlier letters to refer to, while the drafter types; an htmx fragment."""
    words = request.GET.get("q", "").strip()
    found: QuerySet[Letter] = Letter.objects.none()
    if len(words) > 1:
        found = LetterFilter(
            {"q": words},
            queryset=Letter.objects.known_to(request.user).filter(
                state__in=(*SIGNED, LetterState.OUTSIDE)
            ),
        ).qs.select_related("unit")[:10]
    return render(request, "circulars/_reference_options.html", {"letters": found})
