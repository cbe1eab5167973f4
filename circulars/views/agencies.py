"""The directory of agencies outside the office."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.forms.incoming import AgencyForm, MergeForm
from circulars.services import agencies, outside
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.org.models import Unit
from portal.users.requests import SignedInRequest


def agency_list(request: SignedInRequest) -> HttpResponse:
    """All agencies that the office corresponds with, in the order of the dictionary."""
    _check_reader(request)
    words = request.GET.get("q", "").strip()
    rows = agencies.search(office=request.user.office, words=words)
    page = keyset_page(rows, order=("sort_key", "pk"), cursor=request.GET.get("cursor"))
    context = {"page": page, "q": words, "may_change": agencies.keeps_directory(request.user)}
    return render(request, "circulars/incoming_agencies.html", context)


def agency_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One agency: correct its row, or merge it into another."""
    agency = _agency(request, pk)
    may_change = agencies.keeps_directory(request.user)
    data = request.POST if request.method == "POST" else None
    if data is not None and not may_change:
        raise NotAllowed(action="agency.change", about=agency)
    form = AgencyForm(data, instance=agency)
    if data is not None and form.is_valid():
        try:
            agencies.change_agency(agency=agency, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("The directory is changed."))
            return redirect("circulars:agencies")
    return _show(request, agency, form=form)


@require_POST
def agency_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """This row and the one named are the same agency: go on with the one named."""
    agency = _agency(request, pk)
    form = MergeForm(request.POST)
    if form.is_valid():
        into = outside.known_agency(office=agency.office, name=form.cleaned_data["into"])
        if into is None:
            form.add_error("into", _("There is no agency of this name."))
        else:
            try:
                kept = agencies.merge_agencies(agency=agency, into=into, actor=request.user)
            except InvalidInput as error:
                form.add_refusal(error)
            else:
                done(request, _("Merged. All letters are with %(agency)s now.") % {"agency": kept})
                return redirect("circulars:agency", kept.pk)
    return _show(request, agency, merge_form=form)


def _show(request: SignedInRequest, agency: Unit, **forms: object) -> HttpResponse:
    fresh = Unit.objects.get(pk=agency.pk)
    context = {
        "agency": fresh,
        "form": AgencyForm(instance=fresh),
        "merge_form": MergeForm(),
        "may_change": agencies.keeps_directory(request.user),
        "letter_count": agencies.letter_count(fresh),
        **forms,
    }
    status = 422 if any(getattr(form, "errors", None) for form in forms.values()) else 200
    return render(request, "circulars/incoming_agency.html", context, status=status)


def _agency(request: SignedInRequest, pk: int) -> Unit:
    _check_reader(request)
    rows = agencies.directory(request.user).select_related("office")
    agency: Unit = get_object_or_404(rows, pk=pk)
    return agency


def _check_reader(request: SignedInRequest) -> None:
    if not agencies.reads_directory(request.user):
        raise NotAllowed(action="agency.read")
