"""The receipt stamp of a received letter: ordering it, placing it, showing how far it is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.forms.incoming import StampForm
from circulars.models import Delivery, ReceiptStamp
from circulars.services import stamps
from circulars.views.common import visible_delivery
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.users.requests import SignedInRequest


@require_POST
def stamp_begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have a stamp drawn on a copy of the letter."""
    delivery = visible_delivery(request, pk)
    stamps.begin(delivery=delivery, actor=request.user)
    done(request, _("The copy with the receipt stamp is being made."))
    return redirect(delivery)


def stamp_place(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the stamp where nothing is written: dragged, by arrow keys, or in numbers."""
    delivery = visible_delivery(request, pk)
    stamp = _stamp_of(delivery)
    if not stamps.may_stamp(request.user, delivery):
        raise NotAllowed(action="stamp.place", about=delivery)
    data = request.POST if request.method == "POST" else None
    form = StampForm(data, initial={"left": stamp.left, "top": stamp.top})
    if data is not None and form.is_valid():
        try:
            stamps.place(stamp=stamp, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("The stamp is being put there."))
            return redirect(delivery)
    context = {
        "delivery": delivery,
        "stamp": stamp,
        "form": form,
        "words": stamps.words_of(delivery),
        "margin": stamps.MARGIN,
        "size": (stamps.WIDTH, stamps.HEIGHT),
    }
    status = 422 if form.errors else 200
    return render(request, "circulars/incoming_stamp_place.html", context, status=status)


def stamp_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """The stamp's part of the page while it is being made; htmx asks again until it is there."""
    delivery = visible_delivery(request, pk)
    context = {
        "delivery": delivery,
        "stamp": _stamp_of(delivery),
        "may_stamp": stamps.may_stamp(request.user, delivery),
    }
    return render(request, "circulars/incoming_stamp.html", context)


def _stamp_of(delivery: Delivery) -> ReceiptStamp:
    rows = ReceiptStamp.objects.select_related(
        "delivery__letter", "delivery__unit", "picture__blob"
    )
    stamp: ReceiptStamp = get_object_or_404(rows, delivery=delivery)
    return stamp
