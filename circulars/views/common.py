"""What the views of letters share: finding only what the person may see."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from circulars.models import Delivery, Letter
from circulars.services import archive_stubs
from portal.users.requests import SignedInRequest


def visible_letter(request: SignedInRequest, pk: int) -> Letter:
    """The letter from the sender's side; 404 for who may not see it."""
    letters = Letter.objects.visible_to(request.user).select_related(
        "unit__office",
        "drafter",
        "signer",
        "dispatched_by",
        "entry__register",
        "entry__voided_by",
        "pdf__blob",
    )
    letter = get_object_or_404(letters, pk=pk)
    archive_stubs.check_sent(letter)
    return letter


def to_missing_parts(letter: Letter) -> HttpResponse:
    """An incomplete draft goes back to its form, with what is missing at each field."""
    target = redirect("circulars:edit", letter.pk)
    target["Location"] += "?check=1"
    return target


def visible_delivery(request: SignedInRequest, pk: int) -> Delivery:
    """The letter as a recipient got it; 404 for who may not see it."""
    deliveries = Delivery.objects.visible_to(request.user).select_related(
        "letter__unit__office", "letter__pdf__blob", "unit__office", "entry__register",
        "opened_by", "acknowledged_by", "kept__folder",
    )  # fmt: skip
    delivery = get_object_or_404(deliveries, pk=pk)
    archive_stubs.check_received(delivery)
    return delivery
