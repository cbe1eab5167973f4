"""The office's target times for each speed class."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from circulars.forms.targets import TargetsForm
from circulars.services import targets as service
from circulars.services.settings import may_change_settings
from portal.core.errors import NotAllowed
from portal.core.notices import done
from portal.users.requests import SignedInRequest


def targets(request: SignedInRequest) -> HttpResponse:
    """Working hours at each desk, working days for the work; for the central registry."""
    office = request.user.office
    if office is None or not may_change_settings(request.user):
        raise NotAllowed(action="handling.targets")
    form = TargetsForm(request.POST or None, targets=service.targets_of(office))
    if request.method == "POST" and form.is_valid():
        service.change_targets(office=office, actor=request.user, targets=form.targets())
        done(request, _("The target times are saved. They hold for what arrives from now on."))
        return redirect("circulars:targets")
    status = 422 if form.errors else 200
    return render(request, "circulars/targets.html", {"form": form}, status=status)
