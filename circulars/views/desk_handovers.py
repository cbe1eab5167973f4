"""Handing a whole desk over: who, to whom, from when; what it is, before it is done."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from circulars.forms.desk_handovers import HandoverForm
from circulars.models import DeskHandover
from circulars.services import desks
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.users.requests import SignedInRequest

SHOWN = 30


def desk_handovers(request: SignedInRequest) -> HttpResponse:
    """The first sending shows what lies on the desk; the second one, confirmed, hands it over."""
    if not desks.may_hand_over(request.user):
        raise NotAllowed(action="handling.handover")
    data = request.POST if request.method == "POST" else None
    form = HandoverForm(data, actor=request.user)
    desk = None
    if data is not None and form.is_valid():
        if "confirmed" in data:
            try:
                planned = desks.plan_handover(actor=request.user, **form.cleaned_data)
            except InvalidInput as error:
                form.add_refusal(error)
            else:
                done(request, _said(planned))
                return redirect("circulars:desk_handovers")
        desk = desks.desk_of(form.cleaned_data["person"])
    people = desks.people_handing_over(request.user)
    past = DeskHandover.objects.filter(person__in=people).select_related(
        "person", "successor", "decided_by"
    )
    context = {
        "form": form,
        "counts": desk.counts() if desk else None,
        "desk": desk,
        "past": past[:SHOWN],
    }
    status = 422 if form.errors else 200
    return render(request, "circulars/desk_handovers.html", context, status=status)


def _said(planned: DeskHandover) -> str:
    words = {"person": planned.person, "successor": planned.successor}
    if planned.done_at is None:
        return _("Planned: the desk of %(person)s goes to %(successor)s on that day.") % words
    return _("The desk of %(person)s is now %(successor)s's.") % words
