"""A unit's inbox, and one received letter with what can be done to it."""

from django.db.models import F
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.enums import INBOX_ROLES, DeliveryState
from circulars.filenames import letter_file_name, named_files
from circulars.filters import DeliveryFilter
from circulars.forms.inbox import AnswerForm, ForwardForm, RegisterForm
from circulars.inboxes import inbox_units
from circulars.models import Delivery
from circulars.permissions import keeps_inbox
from circulars.services import deliveries, handling
from circulars.services.access import reading_mark
from circulars.services.looks import note_look
from circulars.views.common import visible_delivery
from circulars.views.handling import panel
from circulars.workflow import DELIVERY
from portal.audit.service import record
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.files.service import zip_response
from portal.org.permissions import unit_ids
from portal.users.requests import SignedInRequest
from portal.workflow.service import available

UNREAD_SHOWN = 50
SHOWN = (
    "state", "delivered_at", "acknowledged_at", "answered_at", "letter__subject",
    "letter__number_text", "letter__speed", "letter__secrecy", "letter__due_on",
    "letter__answer_wanted", "letter__unit__name", "letter__unit__short_name",
)  # fmt: skip
"""What a row shows; the rest of a letter is long."""
RECEIVER = ("unit__name", "unit__short_name")


def inbox(request: SignedInRequest) -> HttpResponse:
    """Unread letters first, then the others, newest first; letters handed to me among them."""
    note_look(user=request.user)
    filters = DeliveryFilter(
        request.GET, queryset=Delivery.objects.visible_to(request.user), request=request
    )
    several_units = len(inbox_units(request.user, INBOX_ROLES)) > 1
    rows = filters.qs.select_related("letter__unit").only(*SHOWN)
    if several_units:
        rows = rows.select_related("unit", "letter__unit").only(*SHOWN, *RECEIVER)
    rows = rows.annotate(number=F("entry__number"))
    cursor = request.GET.get("cursor")
    only_unread = request.GET.get("state") == DeliveryState.DELIVERED
    unread = []
    if not (cursor or only_unread) and deliveries.unread_count(request.user):
        waiting = rows.unread().order_by("letter__due_on", "-delivered_at", "-pk")
        unread = list(waiting[: UNREAD_SHOWN + 1])
    page = keyset_page(
        rows if only_unread else rows.exclude(state=DeliveryState.DELIVERED),
        order=filters.order,
        cursor=cursor,
    )
    context = {
        "filter": filters,
        "page": page,
        "unread": unread,
        "unread_shown": UNREAD_SHOWN,
        "today": timezone.localdate(),
        "several_units": several_units,
    }
    return render(request, "circulars/inbox.html", context)


def received_letter(request: SignedInRequest, pk: int) -> HttpResponse:
    """From a letter to the reader's own copy of it: the one of the unit they belong to."""
    seen = Delivery.objects.visible_to(request.user).filter(letter=pk).order_by("pk")
    own = seen.filter(unit__in=unit_ids(request.user)).first() or seen.first()
    if own is None:
        raise Http404
    return redirect(own)


def delivery_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a received letter; the first opening is noted with person and time."""
    delivery = visible_delivery(request, pk)
    deliveries.open_delivery(delivery=delivery, actor=request.user)
    handling.note_look(delivery=delivery, actor=request.user)
    return _show(request, visible_delivery(request, pk))


@require_POST
def delivery_register(request: SignedInRequest, pk: int) -> HttpResponse:
    delivery = visible_delivery(request, pk)
    form = RegisterForm(request.POST, delivery=delivery)
    if not form.is_valid():
        return _show(request, delivery, register_form=form)
    delivery = deliveries.register(delivery=delivery, actor=request.user, **form.inputs())
    done(request, _("Registered as number %(number)s.") % {"number": delivery.entry})
    return redirect(delivery)


@require_POST
def delivery_acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    delivery = visible_delivery(request, pk)
    deliveries.acknowledge(delivery=delivery, actor=request.user)
    done(request, _("Acknowledged. The sender sees it now."))
    return redirect(delivery)


@require_POST
def delivery_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    delivery = visible_delivery(request, pk)
    form = AnswerForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        try:
            deliveries.answer(delivery=delivery, actor=request.user, **form.inputs())
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        else:
            done(request, _("Your answer is with the sender."))
            return redirect(delivery)
    return _show(request, delivery, answer_form=form)


@require_POST
def delivery_forward(request: SignedInRequest, pk: int) -> HttpResponse:
    delivery = visible_delivery(request, pk)
    form = ForwardForm(request.POST, delivery=delivery, user=request.user)
    if form.is_valid():
        try:
            handed = deliveries.forward(delivery=delivery, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        else:
            done(request, _("Handed to %(person)s.") % {"person": handed.person})
            return redirect(delivery)
    return _show(request, delivery, forward_form=form)


def delivery_zip(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """The signed letter and its attachments under their legal names (appendix 7, 4.3)."""
    delivery = visible_delivery(request, pk)
    record(action="delivery.download", actor=request.user, about=delivery)
    letter = delivery.letter
    name = letter_file_name(letter).removesuffix(".pdf")
    mark = reading_mark(request.user, letter)
    return zip_response(named_files(letter), name=f"{name}.zip", watermark=mark)


def _show(request: SignedInRequest, delivery: Delivery, **forms: object) -> HttpResponse:
    """The page of a received letter; a form with errors takes the place of the empty one."""
    moves = {move.name for move in available(DELIVERY, delivery, request.user)}
    keeps = keeps_inbox(request.user, delivery)
    context = {
        "delivery": delivery,
        "letter": delivery.letter,
        "attachments": delivery.letter.attachments.select_related("file__blob"),
        "references": delivery.letter.references.select_related("earlier"),
        "answers": delivery.answers.select_related("answered_by").prefetch_related("files__blob"),
        "forwards": delivery.forwards.select_related("person", "forwarded_by"),
        "may_register": "register" in moves,
        "may_acknowledge": bool({"acknowledge", "acknowledge_answered"} & moves),
        "may_answer": "answer" in moves,
        "may_forward": keeps,
        "register_form": RegisterForm(delivery=delivery),
        "answer_form": AnswerForm(user=request.user),
        "forward_form": ForwardForm(delivery=delivery, user=request.user) if keeps else None,
        **panel(request, delivery),
        **forms,
    }
    status = 422 if any(getattr(form, "errors", None) for form in forms.values()) else 200
    return render(request, "circulars/delivery_detail.html", context, status=status)
