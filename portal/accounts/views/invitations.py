"""Inviting people, one by one or from a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.invite_forms import InvitationForm, PeopleFileForm
from portal.accounts.models import Invitation
from portal.accounts.permissions import may_invite
from portal.accounts.resources import (
    PersonRow,
    check_people,
    read_people,
    sample_workbook,
)
from portal.accounts.services import invitations
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.users.models import User
from portal.users.requests import signed_in

PEOPLE_KEY = "accounts.people"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Those the person may see, newest first, with buttons for the open ones."""
    user = _inviter(request)
    rows = Invitation.objects.visible_to(user).select_related("unit", "invited_by")
    page = keyset_page(
        rows, order=("-created_at", "-pk"), cursor=request.GET.get("cursor"), size=50
    )
    return render(request, "accounts/invitation_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def invite_person(request: HttpRequest) -> HttpResponse:
    user = _inviter(request)
    form = InvitationForm(request.POST or None, actor=user)
    if form.is_valid():
        try:
            invitation = invitations.invite(actor=user, invitee=form.invitee())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(
                request,
                _("Invitation sent to %(name)s at %(email)s.")
                % {"name": invitation.full_name, "email": invitation.email},
            )
            return redirect("accounts:invitations")
    return render(request, "accounts/invite.html", {"form": form})


@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    user = _inviter(request)
    invitation = get_object_or_404(Invitation.objects.visible_to(user), pk=pk)
    row = invitations.resend(actor=user, invitation=invitation)
    done(
        request,
        _("A new link is on its way to %(email)s; the old one no longer works.")
        % {"email": row.email},
    )
    return redirect("accounts:invitations")


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    user = _inviter(request)
    invitation = get_object_or_404(Invitation.objects.visible_to(user), pk=pk)
    row = invitations.revoke(actor=user, invitation=invitation)
    done(request, _("The invitation of %(name)s is withdrawn.") % {"name": row.full_name})
    return redirect("accounts:invitations")


@require_http_methods(["GET", "POST"])
def import_people(request: HttpRequest) -> HttpResponse:
    """Upload a file; every row is checked before anybody is invited."""
    _inviter(request)
    form = PeopleFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            request.session[PEOPLE_KEY] = read_people(form.cleaned_data["file"])
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            return redirect("accounts:checked_people")
    return render(request, "accounts/import_people.html", {"form": form})


@require_http_methods(["GET", "POST"])
def checked_people(request: HttpRequest) -> HttpResponse:
    """The rows with what is wrong; with nothing wrong, a button that invites them all."""
    user = _inviter(request)
    rows = _stored_rows(request, user)
    wrong = [row for row in rows if row.errors]
    invitees = [row.invitee for row in rows if row.invitee is not None]
    if request.method == "POST" and not wrong:
        sent = invitations.invite_many(actor=user, invitees=invitees)
        del request.session[PEOPLE_KEY]
        done(
            request,
            ngettext(
                "%(count)s invitation is on its way.",
                "%(count)s invitations are on their way.",
                len(sent),
            )
            % {"count": len(sent)},
        )
        return redirect("accounts:invitations")
    context = {"rows": rows, "wrong": wrong, "right": len(invitees)}
    return render(request, "accounts/checked_people.html", context)


@require_GET
def rejected_people(request: HttpRequest) -> HttpResponse:
    """The refused rows with the reasons, to be mended and uploaded again."""
    user = _inviter(request)
    wrong = [row for row in _stored_rows(request, user) if row.errors]
    return _workbook(sample_workbook(wrong), "people-to-mend.xlsx")


@require_GET
def sample_file(request: HttpRequest) -> HttpResponse:
    """An empty file with the headings."""
    _inviter(request)
    return _workbook(sample_workbook(), "people.xlsx")


def _inviter(request: HttpRequest) -> User:
    user = signed_in(request)
    if not may_invite(user):
        raise Http404
    return user


def _stored_rows(request: HttpRequest, user: User) -> list[PersonRow]:
    values = request.session.get(PEOPLE_KEY)
    if not values:
        raise Http404
    return check_people(user, values)


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
