"""The central registry's mails: which wait, what is in one, and what becomes of it."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from circulars.forms.mail import PDF, MailLetterForm, SetAsideForm
from circulars.mail.enums import MailState
from circulars.models import IncomingMail
from circulars.services import mail_triage
from circulars.services.mailboxes import mailbox_of
from circulars.services.reading import read_file
from circulars.workflow_mail import MAIL
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.org.enums import Role
from portal.org.permissions import has_role
from portal.users.requests import SignedInRequest
from portal.workflow.service import available

TABS = (
    ("waiting", gettext_lazy("Waiting"), (MailState.WAITING,)),
    ("aside", gettext_lazy("Set aside"), (MailState.SET_ASIDE,)),
    ("done", gettext_lazy("Done"), (MailState.REGISTERED, MailState.LINKED, MailState.REFUSED)),
)


def mails(request: SignedInRequest) -> HttpResponse:
    """Mails to the central mailbox; the oldest waiting first, what is done newest first."""
    if not has_role(request.user, Role.REGISTRY):
        raise NotAllowed(action="mail.list")
    tab = request.GET.get("show", "waiting")
    states = {name: states for name, _label, states in TABS}.get(tab, (MailState.WAITING,))
    rows = (
        IncomingMail.objects.visible_to(request.user)
        .filter(state__in=states)
        .select_related("delivery__entry__register", "answers__letter", "mailbox__office")
        .defer("text", "html")
        .annotate(
            files=Count("attachments", filter=Q(attachments__is_inline=False)),
            refused=Count("attachments", filter=~Q(attachments__refusal="")),
        )
    )
    order = ("arrived_at", "pk") if states == (MailState.WAITING,) else ("-arrived_at", "-pk")
    page = keyset_page(rows, order=order, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "tab": tab,
        "tabs": _tabs(request, tab),
        "overdue": mail_triage.overdue(page.items),
        "mailbox": mailbox_of(request.user.office),
    }
    return render(request, "circulars/mail_list.html", context)


def mail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One mail with its safe text, and the letter it may be."""
    found = _mail(request, pk)
    record(action="mail.open", actor=request.user, about=found)
    return _show(request, found)


@require_POST
def mail_register(request: SignedInRequest, pk: int) -> HttpResponse:
    """The mail becomes a letter with its number; on to the next one that waits."""
    found = _mail(request, pk)
    form = MailLetterForm(request.POST, mail=found)
    if not form.is_valid():
        return _show(request, found, form=form)
    try:
        delivery = mail_triage.confirm(mail=found, actor=request.user, **form.inputs())
    except InvalidInput as error:
        form.add_refusal(error)
        return _show(request, found, form=form)
    said = _("Registered as number %(number)s.") % {"number": delivery.entry}
    if form.cleaned_data["send_receipt"] and mail_triage.may_answer(found):
        said += " " + _("The receipt is on its way to %(address)s.") % {
            "address": found.answer_address
        }
    done(request, said)
    return _next(request)


@require_POST
def mail_set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _mail(request, pk)
    form = SetAsideForm(request.POST)
    if not form.is_valid():
        return _show(request, found, aside=form)
    mail_triage.set_aside(mail=found, actor=request.user, reason=form.reason())
    done(request, _("Set aside. It can be taken back."))
    return _next(request)


@require_POST
def mail_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _mail(request, pk)
    mail_triage.take_back(mail=found, actor=request.user)
    done(request, _("The mail waits again."))
    return redirect(found)


@require_POST
def mail_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _mail(request, pk)
    mail_triage.refuse(mail=found, actor=request.user)
    done(request, _("The sender is told. The mail is removed as soon as the answer has left."))
    return _next(request)


def _mail(request: SignedInRequest, pk: int) -> IncomingMail:
    rows = IncomingMail.objects.visible_to(request.user).select_related(
        "mailbox__office", "raw", "delivery__letter", "delivery__entry", "answers__letter",
        "answers__unit", "handled_by",
    )  # fmt: skip
    rows = rows.prefetch_related("attachments__file__blob")
    return get_object_or_404(rows, pk=pk)


def _next(request: SignedInRequest) -> HttpResponse:
    """The oldest mail that still waits; the list when none does."""
    waiting = IncomingMail.objects.visible_to(request.user).waiting()
    following = waiting.order_by("arrived_at", "pk").first()
    return redirect(following) if following else redirect("circulars:mails")


def _show(
    request: SignedInRequest,
    found: IncomingMail,
    *,
    form: MailLetterForm | None = None,
    aside: SetAsideForm | None = None,
) -> HttpResponse:
    moves = {move.name for move in available(MAIL, found, request.user)}
    may_register = "register" in moves
    if may_register and form is None:
        form = MailLetterForm(mail=found, initial=_offers(found))
    context = {
        "mail": found,
        "form": form if may_register else None,
        "aside": aside or SetAsideForm(),
        "moves": moves,
        "agencies": mail_triage.agency_names(found) if may_register else [],
        "answer_by": mail_triage.answer_by(found) if may_register else None,
        "outbounds": found.outbounds.all(),
        "file_rows": [row for row in found.attachments.all() if not row.is_inline],
        "inline_rows": [row for row in found.attachments.all() if row.is_inline],
    }
    has_errors = (form is not None and form.errors) or (aside is not None and aside.errors)
    return render(
        request, "circulars/mail_detail.html", context, status=422 if has_errors else 200
    )


def _offers(found: IncomingMail) -> dict[str, object]:
    """What the mail tells of the letter; the letter's own first page knows better."""
    said = mail_triage.suggestion(found)
    values: dict[str, object] = {
        "sender": said.sender,
        "subject": said.subject,
        "speed": said.speed,
        "reference": said.reference,
    }
    scans = [row.file for row in found.attachments.all() if row.file]
    scan = next((file for file in scans if file.blob.content_type == PDF), None)
    reading = read_file(scan, office=found.mailbox.office) if scan else None
    return values | (reading.found() if reading else {})


def _tabs(request: SignedInRequest, active: str) -> list[dict[str, object]]:
    counts = mail_triage.counts(request.user)
    return [
        {
            "label": label,
            "url": f"?show={name}",
            "active": name == active,
            "count": sum(counts.get(state, 0) for state in states),
        }
        for name, label, states in TABS
    ]
