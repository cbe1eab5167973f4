"""What keeps the words and files of secret letters sealed at rest (amendment 4, clause 29)."""

from circulars.models import Answer, Letter
from portal.files.models import StoredFile
from portal.files.service import seal_files


def seal_letter_files(letter: Letter) -> None:
    """Have all files of a secret letter encrypted: its document, attachments and answers."""
    if not letter.is_secret:
        return
    pks: set[int | None] = {letter.pdf_id, *letter.attachments.values_list("file_id", flat=True)}
    pks |= set(
        Answer.files.through.objects.filter(answer__delivery__letter=letter).values_list(
            "storedfile_id", flat=True
        )
    )
    seal_files(StoredFile.objects.filter(pk__in=[pk for pk in pks if pk]))


def follow_class(letter: Letter) -> None:
    """Write everything below a letter anew after its class of secrecy has changed.

    Files of a letter that is secret no longer stay encrypted; whoever may read them gets them.
    """
    for rows in (letter.references, letter.attachments, letter.steps):
        for row in rows.all():
            row.letter = letter
            row.save()
    seal_letter_files(letter)
