"""Partners: their pages for people, and the two addresses that their portals call."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from circulars.enums import LetterState
from circulars.exchange import requests
from circulars.exchange.errors import PackageRefused, RequestRefused
from circulars.filenames import letter_file_name, named_files
from circulars.forms.mail import PackageForm, PaperSendForm, PartnerForm
from circulars.mail.enums import OutboundKind
from circulars.models import Delivery, ExchangePartner, Letter, Outbound
from circulars.permissions import sends
from circulars.services import exchange, outbounds
from circulars.views.mailbox import office_of
from portal.core.errors import InvalidInput, NotAllowed, PortalError
from portal.core.notices import done
from portal.files.service import zip_response
from portal.users.requests import SignedInRequest

Answer = Callable[[ExchangePartner, bytes], dict[str, Any]]


def partners(request: SignedInRequest) -> HttpResponse:
    """Our own code and key to tell partners, the partners, and a package that came by hand."""
    office = office_of(request)
    context = {
        "key": exchange.ensure_key(office=office, actor=request.user),
        "partners": exchange.partners_of(office),
        "package_form": PackageForm(),
        "address": settings.SITE_URL,
    }
    return render(request, "circulars/mail_partners.html", context)


def partner(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Enter a partner or change one."""
    office = office_of(request)
    row = get_object_or_404(ExchangePartner, pk=pk, office=office) if pk else None
    initial = {
        "unit": row.unit_id, "code": row.code, "url": row.url, "public_key": row.public_key,
        "is_active": row.is_active,
    } if row else {}  # fmt: skip
    form = PartnerForm(request.POST or None, office_id=office.pk, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            exchange.admit_partner(
                office=office, actor=request.user, partner=row, **form.cleaned_data
            )
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("The partner is saved."))
            return redirect("circulars:partners")
    status = 422 if form.errors else 200
    context = {"form": form, "partner": row}
    return render(request, "circulars/mail_partner.html", context, status=status)


@require_POST
def import_package(request: SignedInRequest) -> HttpResponse:
    """Take in a package that came on a stick or with a mail."""
    office = office_of(request)
    form = PackageForm(request.POST, request.FILES)
    if not form.is_valid():
        raise InvalidInput(_("Choose the file of the package."))
    data = form.cleaned_data["package"].read()
    arrival = exchange.import_package(office=office, actor=request.user, data=data)
    done(request, _("The letter is in the inbox."))
    return redirect(arrival.delivery)


def export_package(request: SignedInRequest, pk: int) -> HttpResponse:
    """A sent letter as a package, for the partner it is for."""
    delivery = _sent_delivery(request, pk)
    data = exchange.export_package(delivery=delivery, actor=request.user)
    response = HttpResponse(data, content_type="application/zip")
    name = letter_file_name(delivery.letter).removesuffix(".pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}_package.zip"'
    return response


@require_POST
def send_again(request: SignedInRequest, pk: int) -> HttpResponse:
    delivery = _sent_delivery(request, pk)
    outbounds.send_again(delivery=delivery, actor=request.user)
    done(request, _("It is sent again to %(unit)s.") % {"unit": delivery.unit})
    return redirect("circulars:board", delivery.letter_id)


def sent_on_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """``/circulars/deliveries/<id>/on-paper/``: the letter left by post or messenger."""
    delivery = _sent_delivery(request, pk)
    form = PaperSendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        how = form.cleaned_data["how"]
        outbounds.send_on_paper(delivery=delivery, actor=request.user, how=how)
        done(request, _("Noted: sent on paper to %(unit)s.") % {"unit": delivery.unit})
        return redirect("circulars:board", delivery.letter_id)
    context = {"form": form, "delivery": delivery, "letter": delivery.letter}
    return render(request, "circulars/sent_on_paper.html", context)


@login_not_required
@require_safe
def sent_files(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """Files of a letter that were too large for its mail (appendix 7, 5.3.9)."""
    rows = Outbound.objects.filter(
        token=token, kind=OutboundKind.LETTER, delivery__letter__state=LetterState.DISPATCHED
    )
    sent = rows.select_related("delivery__letter__unit__office").first()
    if sent is None or sent.delivery is None or sent.delivery.letter.is_secret:
        raise Http404
    letter = sent.delivery.letter
    name = letter_file_name(letter).removesuffix(".pdf")
    response = zip_response(named_files(letter), name=f"{name}.zip")
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@login_not_required
@require_POST
def letters(request: HttpRequest) -> JsonResponse:
    """A partner's portal sends a letter as a package."""
    return _answered(request, _letter)


@csrf_exempt
@login_not_required
@require_POST
def status(request: HttpRequest) -> JsonResponse:
    """A partner's portal tells how far our letter has come there."""
    return _answered(request, _status)


def _letter(partner: ExchangePartner, body: bytes) -> dict[str, Any]:
    arrival = exchange.receive(partner=partner, data=body)
    return {"package": arrival.package_id, "state": arrival.delivery.state}


def _status(partner: ExchangePartner, body: bytes) -> dict[str, Any]:
    try:
        report = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PackageRefused(code="no_json") from error
    if not isinstance(report, dict):
        raise PackageRefused(code="no_json")
    delivery = exchange.receive_status(partner=partner, report=report)
    return {"package": str(report["package"]), "state": delivery.state}


def _answered(request: HttpRequest, answer: Answer) -> JsonResponse:
    """Only a partner, only as signed, only once; what is wrong is said in one word."""
    try:
        body = _body(request)
        found = exchange.find_partner(
            sender=request.headers.get(requests.SENDER, ""),
            receiver=request.headers.get(requests.RECEIVER, ""),
        )
        nonce = requests.check_signature(
            request.headers, public_key=found.public_key, path=request.path, body=body
        )
        exchange.remember(found, nonce)
        return JsonResponse(answer(found, body))
    except PortalError as error:
        return JsonResponse({"error": error.code}, status=error.status)


def _body(request: HttpRequest) -> bytes:
    """What was sent, read only as far as a package may be long."""
    limit = settings.EXCHANGE_MAX_BYTES
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > limit:
        raise RequestRefused(code="too_large")
    return request.read(int(length))


def _sent_delivery(request: SignedInRequest, pk: int) -> Delivery:
    mine = Letter.objects.visible_to(request.user)
    rows = Delivery.objects.select_related("letter__unit__office", "unit")
    delivery = get_object_or_404(rows.filter(letter__in=mine.values("pk")), pk=pk)
    if not sends(request.user, delivery.letter):
        raise NotAllowed(action="delivery.send_again", about=delivery)
    return delivery
