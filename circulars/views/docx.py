"""A letter to take along as a Word file."""

from django.http import HttpResponse
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_safe

from circulars.docx import letter_docx
from circulars.filenames import letter_file_name
from circulars.models import Letter
from circulars.services.letters import note_look
from circulars.views.common import visible_letter
from portal.audit.service import record
from portal.users.requests import SignedInRequest

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def letter_docx_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The letter as DOCX, for those who see it from its sender's side."""
    letter = visible_letter(request, pk)
    note_look(letter=letter, actor=request.user)
    record(action="letter.docx", actor=request.user, about=letter)
    response = HttpResponse(letter_docx(letter), content_type=DOCX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{_name(letter)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _name(letter: Letter) -> str:
    """The legal name of a numbered letter with another ending; a draft's says so."""
    if letter.entry is None:
        return get_valid_filename(f"draft-{letter.pk}.docx")
    return letter_file_name(letter).removesuffix(".pdf") + ".docx"
