"""Registering paper letters: the form, what is read from the file, doubles, completions."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.forms.incoming import READABLE, PaperLetterForm, shown
from circulars.models import Delivery
from circulars.services import agencies, outside, paper
from circulars.services.reading import PageReading, Source, read_page
from circulars.views.common import visible_delivery
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.forms import ThaiDateField
from portal.core.notices import done
from portal.files.models import StoredFile
from portal.org.models import Unit
from portal.users.requests import SignedInRequest

COMPLETIONS = 20
SHOWN_TODAY = 5


def paper_letter(request: SignedInRequest) -> HttpResponse:
    """Register one paper letter after the other: save gives the number and an empty form."""
    units = paper.registering_units(request.user)
    if not units:
        raise NotAllowed(action="letter.enter")
    if request.method != "POST":
        unit = units.filter(pk=_number(request.GET.get("unit"))).first() or units[0]
        usual = paper.lately(unit=unit, field="addressee", limit=1)
        initial = {"unit": unit, "addressee": "".join(usual)}
        form = PaperLetterForm(user=request.user, units=units, initial=initial)
        return _show(request, form, unit)
    form = PaperLetterForm(request.POST, request.FILES, user=request.user, units=units)
    is_valid = form.is_valid()
    unit = form.cleaned_data.get("unit") or units[0]
    if "documents" not in form.errors and _wants_reading(request, form, is_valid=is_valid):
        return _show(request, _with_offers(request, form, unit), unit)
    if is_valid and not (twins := _new_twins(request, form)):
        taken = _take_in(request, form)
        if taken is not None:
            return _after_saving(request, taken)
    elif is_valid:
        return _show(request, form, unit, twins=twins, status=422)
    return _show(request, form, unit, status=422)


def read_upload(request: SignedInRequest) -> JsonResponse:
    """What the first page of a fresh upload says, for the form to offer, and a note on it.

    ``again`` says that a scan is still being read, and that asking later may tell more.
    """
    unit = _own_unit(request)
    files = StoredFile.objects.unattached_of(request.user).select_related("blob")
    file = get_object_or_404(files, uid=_uid(request.GET.get("file", "")))
    page = read_page(file, office=unit.office)
    answer = {
        "values": _offers(page),
        "note": _what_was_read(page),
        "again": page.source == Source.WAITING,
    }
    return JsonResponse(answer)


def double_letters(request: SignedInRequest) -> HttpResponse:
    """Letters that look like the one being typed; a fragment for the form."""
    unit = _own_unit(request)
    sender = outside.known_agency(office=unit.office, name=request.GET.get("sender", ""))
    try:
        dated = ThaiDateField(required=False).clean(request.GET.get("dated", ""))
    except ValidationError:
        return HttpResponse("")
    twins = paper.doubles(
        unit=unit,
        actor=request.user,
        sender=sender,
        reference=request.GET.get("reference", ""),
        dated=dated,
    )
    return render(request, "circulars/incoming_doubles.html", _doubles(request, twins))


def agency_options(request: SignedInRequest) -> HttpResponse:
    """Names for the completion of จาก: those that hold what is typed, the lately used first."""
    unit = _own_unit(request)
    words = request.GET.get("sender") or request.GET.get("into") or ""
    return render(
        request, "circulars/incoming_options.html", {"options": _agency_names(unit, words)}
    )


@require_POST
def values_checked(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody compared the values that were read from the file with the paper."""
    delivery = visible_delivery(request, pk)
    paper.note_checked(delivery=delivery, actor=request.user)
    done(request, _("Noted as compared with the paper."))
    return redirect(delivery)


def _wants_reading(request: SignedInRequest, form: PaperLetterForm, *, is_valid: bool) -> bool:
    """Asked for by the button; or by itself where a file came along and fields are missing."""
    if not form.given:
        return False
    if request.POST.get("then") == "read":
        return True
    missing = any(not form[name].value() for name in ("sender", "subject"))
    return not is_valid and bool(request.FILES) and missing


def _with_offers(request: SignedInRequest, form: PaperLetterForm, unit: Unit) -> PaperLetterForm:
    """The form as it was typed, its empty fields filled from the first file."""
    page = read_page(form.given[0].file, office=unit.office)
    typed = form.typed()
    offered = {name: value for name, value in _offers(page).items() if _is_free(name, typed)}
    again = PaperLetterForm(
        user=request.user,
        units=paper.registering_units(request.user),
        items=form.given,
        initial={**typed, **offered},
        offered={**form.offered, **offered},
    )
    again.reading_note = _what_was_read(page)
    return again


def _is_free(name: str, typed: dict[str, Any]) -> bool:
    return not typed.get(name) or (name == "speed" and typed[name] == "ordinary")


def _offers(page: PageReading) -> dict[str, str]:
    return {name: shown(value) for name, value in page.reading.found().items()}


def _what_was_read(page: PageReading) -> str:
    """A sentence about the file, for who wonders why fields are empty or may be wrong."""
    if page.source == Source.WAITING:
        return _("This scan is still being read. Type the fields, or read the file again later.")
    if page.source == Source.NONE:
        return _("This file is a picture without text. Please type the fields.")
    if not page.reading.found():
        return _("Nothing in this file looks like the head of a letter. Please type the fields.")
    if page.source == Source.SCAN:
        return _("A program read these values from the scan and may be wrong. Compare them.")
    return _("Fields were filled from the text of the file. Compare them with the paper.")


def _new_twins(request: SignedInRequest, form: PaperLetterForm) -> list[Delivery]:
    """Letters that look like this one and that the clerk was not shown yet."""
    values = form.cleaned_data
    sender = outside.known_agency(office=values["unit"].office, name=values["sender"])
    twins = paper.doubles(
        unit=values["unit"],
        actor=request.user,
        sender=sender,
        reference=values["reference"],
        dated=values["dated"],
    )
    return twins if {twin.pk for twin in twins} - set(values["seen"]) else []


def _take_in(request: SignedInRequest, form: PaperLetterForm) -> paper.TakenIn | None:
    try:
        return paper.take_in(actor=request.user, **form.inputs())
    except InvalidInput as error:
        form.add_refusal(error)
        return None


def _after_saving(request: SignedInRequest, taken: paper.TakenIn) -> HttpResponse:
    """Back to an empty form, which shows the number just given and who was faster."""
    delivery = taken.delivery
    done(request, _("Registered as number %(number)s.") % {"number": delivery.entry})
    query: dict[str, Any] = {"unit": delivery.unit_id, "last": delivery.pk}
    if taken.doubles:
        query["twins"] = ",".join(str(twin.pk) for twin in taken.doubles)
    target = redirect("circulars:paper_letter")
    target["Location"] += f"?{urlencode(query)}"
    return target


def _show(
    request: SignedInRequest,
    form: PaperLetterForm,
    unit: Unit,
    *,
    twins: list[Delivery] | None = None,
    status: int = 200,
) -> HttpResponse:
    last, faster = _just_entered(request.GET, unit)
    today = paper.entered_today(unit=unit)
    visible = Delivery.objects.visible_to(request.user)
    context = {
        "form": form,
        "unit": unit,
        "readable": READABLE,
        "last": last,
        "faster": _doubles(request, faster),
        "today": today.filter(pk__in=visible.order_by().values("pk"))[:SHOWN_TODAY],
        "today_count": today.count(),
        "agencies": _agency_names(unit, ""),
        "addressees": paper.lately(unit=unit, field="addressee"),
        "subjects": paper.lately(unit=unit, field="subject"),
        **_doubles(request, twins or []),
    }
    return render(request, "circulars/incoming.html", context, status=status)


def _just_entered(query: QueryDict, unit: Unit) -> tuple[Delivery | None, list[Delivery]]:
    """The letter registered a moment ago, and those of others that came before it."""
    entered = Delivery.objects.filter(unit=unit).select_related("letter", "entry__register")
    last = entered.filter(pk=_number(query.get("last"))).first()
    twins = [_number(pk) for pk in query.get("twins", "").split(",")]
    if last is None or not any(twins):
        return last, []
    faster = Delivery.objects.filter(pk__in=twins, letter__unit=last.letter.unit_id)
    return last, list(faster.select_related("letter__unit", "unit", "entry__register"))


def _doubles(request: SignedInRequest, twins: list[Delivery]) -> dict[str, Any]:
    """For the notice: what looks the same, as far as this person may open it."""
    pks = [twin.pk for twin in twins]
    open_to_me = set(
        Delivery.objects.visible_to(request.user).filter(pk__in=pks).values_list("pk", flat=True)
    )
    return {
        "twins": [{"delivery": twin, "may_open": twin.pk in open_to_me} for twin in twins],
        "seen": ",".join(map(str, pks)),
    }


def _agency_names(unit: Unit, words: str) -> list[str]:
    lately = paper.lately(unit=unit, field="sender")
    if not words.strip():
        return lately
    found = agencies.search(office=unit.office, words=words)
    names = list(found.values_list("name", flat=True)[:COMPLETIONS])
    return sorted(names, key=lambda name: name not in lately)


def _own_unit(request: SignedInRequest) -> Unit:
    """The unit of the form, if this person registers for it; else their first."""
    units = paper.registering_units(request.user)
    unit = units.filter(pk=_number(request.GET.get("unit"))).first() or units.first()
    if unit is None:
        raise NotAllowed(action="letter.enter")
    return unit


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _number(text: str | None) -> int:
    """An id from the address; 0, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else 0
