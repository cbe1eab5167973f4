"""Taking over an old register book: upload, look at what is wrong, take it over."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.forms.registers import ImportForm
from circulars.models import RegisterImport
from circulars.resources import read_book
from circulars.services import register_imports
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.files.enums import FileKind
from portal.files.errors import FileRefused
from portal.files.service import open_stored, store
from portal.users.requests import SignedInRequest

SHOWN = 10
"""Lines of the preview."""


def import_new(request: SignedInRequest) -> HttpResponse:
    """Upload a book. It is looked through at once; nothing is written into a register yet."""
    data = request.POST if request.method == "POST" else None
    form = ImportForm(data, request.FILES or None, user=request.user)
    if data is not None and form.is_valid():
        try:
            book = _open(request, form)
        except (InvalidInput, FileRefused) as error:
            field = getattr(error, "field", None) or "file"
            form.add_error(field if field in form.fields else None, str(error))
        else:
            return redirect(book)
    return render(
        request,
        "circulars/register_import_new.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def import_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was found in a book: its first lines, or everything that is wrong with it."""
    book = _own_book(request, pk)
    lines = []
    if not (book.problems or book.done_at):
        rows, problems = _rows(book)
        findings = register_imports.look_through(book=book, rows=rows, problems=problems)
        register_imports.note_findings(book=book, findings=findings)
        lines = findings.lines[:SHOWN]
    return render(request, "circulars/register_import.html", {"lines": lines, "book": book})


@require_POST
def import_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the book over: all of it, or nothing when anything is wrong by now."""
    book = _own_book(request, pk)
    rows, problems = _rows(book)
    if problems:
        return redirect(book)
    try:
        register = register_imports.take_over(book=book, rows=rows, actor=request.user)
    except InvalidInput:
        return redirect(book)
    done(
        request,
        _("Taken over. The next number of the register is %(number)s.")
        % {"number": register.last_number + 1},
    )
    return redirect(register)


def _open(request: SignedInRequest, form: ImportForm) -> RegisterImport:
    unit, _kind = form.chosen_book()
    file = store(
        upload=form.cleaned_data["file"],
        office=unit.office,
        actor=request.user,
        kinds=[FileKind.XLSX],
    )
    book = register_imports.open_import(actor=request.user, file=file, **form.inputs())
    rows, problems = _rows(book)
    findings = register_imports.look_through(book=book, rows=rows, problems=problems)
    return register_imports.note_findings(book=book, findings=findings)


def _rows(
    book: RegisterImport,
) -> tuple[list[register_imports.Row], list[register_imports.Problem]]:
    with open_stored(book.file) as source:
        return read_book(source)


def _own_book(request: SignedInRequest, pk: int) -> RegisterImport:
    rows = RegisterImport.objects.select_related("unit__office", "file__blob", "register")
    book = get_object_or_404(rows, pk=pk)
    if not register_imports.may_see(request.user, book):
        raise NotAllowed(action="register.import", about=book)
    return book
