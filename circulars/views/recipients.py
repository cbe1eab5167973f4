"""Choosing who gets a letter."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.enums import LetterState
from circulars.forms.recipients import PickForm, RecipientsForm, SaveListForm
from circulars.models import Letter, RecipientList
from circulars.services import recipients as service
from circulars.views.common import visible_letter
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.org.enums import UnitKind
from portal.org.models import Unit
from portal.users.requests import SignedInRequest

OUTSIDE = "outside"
"""Stands for the group of agencies outside, whose heading the template words."""


def recipients(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick recipients; buttons add whole groups, keep the list, or save it under a name."""
    letter = visible_letter(request, pk)
    action = request.POST.get("action", "")
    form = RecipientsForm(request.POST or None, unit=letter.unit)
    pick = PickForm(request.POST or None, unit=letter.unit)
    naming = SaveListForm(request.POST if action == "save_list" else None)
    if request.method == "POST" and form.is_valid():
        chosen = {unit.pk for unit in form.cleaned_data["units"]}
        if pick.is_valid():  # whichever button: who ticked a group wants it
            picked = service.resolve(unit=letter.unit, choice=pick.choice())
            chosen |= set(picked.values_list("pk", flat=True))
        try:
            letter = service.set_recipients(
                letter=letter,
                actor=request.user,
                units=chosen,
                revision=form.cleaned_data["revision"],
            )
            if action == "save_list" and naming.is_valid():
                service.save_list(
                    unit=letter.unit, actor=request.user, units=chosen, **naming.cleaned_data
                )
        except InvalidInput as error:
            form.add_error(None, str(error))
        else:
            if not (pick.errors or naming.errors):
                return _after(request, letter, action, len(chosen))
    context = {"letter": letter, "form": form, "pick": pick, "naming": naming}
    context |= _listing(letter)
    if form.errors:  # nothing is saved: what was ticked stays ticked
        ticked = {int(pk) for pk in request.POST.getlist("units") if pk.isdecimal()}
        context |= {"chosen": ticked, "revision": request.POST.get("revision", "")}
    return render(
        request,
        "circulars/recipients.html",
        context,
        status=422 if form.errors or naming.errors else 200,
    )


@require_POST
def delete_list(request: SignedInRequest, pk: int, list_pk: int) -> HttpResponse:
    letter = visible_letter(request, pk)
    saved = get_object_or_404(RecipientList, pk=list_pk, unit=letter.unit)
    service.delete_list(saved=saved, actor=request.user)
    done(request, _("The list “%(name)s” is gone.") % {"name": saved.name})
    return redirect("circulars:recipients", letter.pk)


def _after(request: SignedInRequest, letter: Letter, action: str, count: int) -> HttpResponse:
    done(request, _("Recipients: %(count)s.") % {"count": count})
    if action in ("add", "save_list"):
        return redirect("circulars:recipients", letter.pk)
    if letter.state == LetterState.IN_CHAIN:
        return redirect(letter)
    return redirect("circulars:edit", letter.pk)


def _listing(letter: Letter) -> dict[str, object]:
    """All possible recipients by amphoe, those chosen marked."""
    chosen = set(letter.recipients.values_list("unit_id", flat=True))
    units = service.possible_recipients(unit=letter.unit).select_related("school__network")
    groups = [
        {"title": title, "units": list(rows)}
        for title, rows in groupby(sorted(units, key=_group_key), key=_group_title)
    ]
    return {
        "groups": groups,
        "chosen": chosen,
        "revision": letter.revision,
        "saved_lists": RecipientList.objects.filter(unit=letter.unit),
    }


def _group_title(unit: Unit) -> str:
    if unit.kind == UnitKind.OUTSIDE:
        return OUTSIDE
    return unit.school.amphoe if hasattr(unit, "school") else ""


def _group_key(unit: Unit) -> tuple[bool, bool, str, int, str]:
    title = _group_title(unit)
    return (title != "", title == OUTSIDE, title, unit.position, unit.sort_key)
