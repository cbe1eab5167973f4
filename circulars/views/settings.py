from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from circulars.forms.settings import SettingsForm
from circulars.services import settings as service
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.users.requests import SignedInRequest


def letter_settings(request: SignedInRequest) -> HttpResponse:
    """The central registry's page for how letters are numbered and printed."""
    office = request.user.office
    if office is None or not service.may_change_settings(request.user):
        raise NotAllowed(action="letter_settings.change")
    form = SettingsForm(
        request.POST or None,
        request.FILES or None,
        settings=service.settings_of(office),
        user=request.user,
    )
    if request.method == "POST" and form.is_valid():
        try:
            service.change_settings(office=office, actor=request.user, **form.inputs())
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        else:
            done(request, _("The settings are saved."))
            return redirect("circulars:settings")
    status = 422 if form.errors else 200
    return render(request, "circulars/settings.html", {"form": form}, status=status)
