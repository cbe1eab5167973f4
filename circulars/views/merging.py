"""One letter for many people: the list, a look at each, and what was made."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from circulars.filenames import letter_file_name
from circulars.forms.merging import PeopleForm
from circulars.kinds import kind_of
from circulars.models import Letter, MergeRun
from circulars.people_lists import PeopleList, read_list
from circulars.permissions import is_drafter
from circulars.services import merging as service
from circulars.views.common import visible_letter
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.files.service import zip_response
from portal.users.requests import SignedInRequest

SHOWN_ERRORS = 50


def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring a list; rows that cannot be used are named, the others are kept."""
    letter = _own_draft(request, pk)
    data = request.POST if request.method == "POST" else None
    form = PeopleForm(data, request.FILES or None, letter=letter)
    errors: list[tuple[int, str]] = []
    if data is not None and form.is_valid():
        try:
            found = _list(form)
            errors = found.errors
            if not errors or "anyway" in data:
                return _keep(request, letter, form, found)
            form.add_error(
                "file", _("Some rows cannot be used. Mend the file, or go on without them.")
            )
        except InvalidInput as refusal:
            form.add_refusal(refusal)
    run = MergeRun.objects.filter(letter=letter).first()
    context = {
        "letter": letter,
        "form": form,
        "errors": errors[:SHOWN_ERRORS],
        "run": run,
        "people_count": run.rows.count() if run else 0,
        "is_for_many": kind_of(letter).is_for_many and not letter.is_secret,
        "unknown": service.unknown_names(letter, run.columns) if run else [],
    }
    return render(request, "circulars/people.html", context, status=422 if form.errors else 200)


@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    letter = _own_draft(request, pk)
    service.drop_list(letter=letter, actor=request.user, revision=letter.revision)
    done(request, _("The letter is for one person again."))
    return redirect("circulars:edit", letter.pk)


@require_safe
def documents(request: SignedInRequest, pk: int) -> HttpResponse:
    """The people of a letter's list, and the document of each."""
    letter = visible_letter(request, pk)
    run = get_object_or_404(MergeRun, letter=letter)
    page = Paginator(run.rows.select_related("letter__pdf"), 50).get_page(request.GET.get("page"))
    context = {
        "letter": letter,
        "run": run,
        "page": page,
        "rows": [
            (row, [(name, row.values.get(name, "")) for name in run.columns]) for row in page
        ],
        "progress": service.progress(run),
    }
    return render(request, "circulars/documents.html", context)


@require_safe
def person_text(request: SignedInRequest, pk: int, position: int) -> HttpResponse:
    """What the letter will say to one person of the list."""
    letter = visible_letter(request, pk)
    row = get_object_or_404(letter.merge_run.rows, position=position, run__letter=letter)
    if letter.is_signed:
        return redirect(row.letter or letter)
    context = {
        "letter": service.preview_for(letter, row),
        "row": row,
        "references": (),
    }
    return render(request, "circulars/person_text.html", context)


@require_safe
def documents_zip(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """All documents that are made, under their legal names."""
    letter = visible_letter(request, pk)
    run = get_object_or_404(MergeRun, letter=letter)
    made = Letter.objects.filter(merge_row__run=run, pdf__isnull=False)
    made = made.select_related("unit__office", "entry__register", "pdf__blob")
    ordered = made.order_by("merge_row__position")
    files = [(one.pdf, letter_file_name(one)) for one in ordered if one.pdf]
    record(action="letter.merge_zip", actor=request.user, about=letter)
    return zip_response(files, name=f"{letter_file_name(letter).removesuffix('.pdf')}.zip")


def _list(form: PeopleForm) -> PeopleList:
    file = form.cleaned_data["file"]
    if file:
        return read_list(file.read(), file.name)
    return service.list_of(list(form.cleaned_data["people"]))


def _keep(
    request: SignedInRequest, letter: Letter, form: PeopleForm, found: PeopleList
) -> HttpResponse:
    revision = form.cleaned_data["revision"]
    counted = {"count": len(found.rows)}
    is_for_many = kind_of(letter).is_for_many and not letter.is_secret
    if "table" in request.POST or not is_for_many:
        service.add_table(letter=letter, actor=request.user, revision=revision, people=found)
        done(request, _("%(count)s people are named in the text.") % counted)
        return redirect("circulars:edit", letter.pk)
    service.set_list(letter=letter, actor=request.user, revision=revision, people=found)
    done(request, _("The letter is for %(count)s people, one number each.") % counted)
    return redirect("circulars:documents", letter.pk)


def _own_draft(request: SignedInRequest, pk: int) -> Letter:
    letter = visible_letter(request, pk)
    if not (is_drafter(request.user, letter) and letter.is_editable):
        raise NotAllowed(action="letter.merge", about=letter)
    return letter
