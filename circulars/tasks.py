"""Work on letters outside the request; ids in, safe to run twice."""

from celery import shared_task

from circulars import (  # noqa: F401  (found by Celery)
    tasks_archive,
    tasks_mail,
    tasks_merging,
    tasks_registers,
)
from circulars.effects.sending import INFECTED
from circulars.enums import LetterState
from circulars.models import Letter, ReceiptStamp
from circulars.pdf import preview_drawing, sealed_letter
from circulars.pdf.stamp import CannotStamp, draw_stamp
from circulars.services import letters, previews, routes, stamps
from portal.core.errors import NotReady, StaleAction
from portal.core.tasks import portal_task
from portal.files.errors import FileRefused


@portal_task("circulars.build_pdf")
def build_pdf(letter_id: int) -> None:
    """Make, seal and keep the signed letter's PDF.

    A failure is counted on the letter and tried again later; the number stays. Of two runs at
    once, the second finds the letter ready and changes nothing.
    """
    letter = Letter.objects.select_related("unit__office", "drafter", "signer").get(pk=letter_id)
    if letter.state != LetterState.SIGNED_PENDING:
        return
    try:
        pdf = sealed_letter(letter)
    except Exception:
        letters.note_pdf_failure(letter_id=letter_id)
        raise
    try:
        letters.attach_pdf(letter=letter, pdf=pdf)
    except StaleAction:
        return


@portal_task("circulars.send_signed")
def send_signed(letter_id: int) -> None:
    """Send a letter whose drafter asked for it to go out as soon as it is signed.

    What waiting does not mend (a virus in an attachment) is told to the drafter instead.
    """
    letter = Letter.objects.select_related("unit__office", "drafter").get(pk=letter_id)
    if letter.state != LetterState.READY:
        return
    try:
        letters.dispatch(letter=letter, actor=None)
    except NotReady as refusal:
        if refusal.code != INFECTED:
            raise
        letters.tell_unsent(letter)


@portal_task("circulars.draw_preview", back_off=())
def draw_preview(letter_id: int) -> None:
    """Draw a letter as it is now, for the page that shows it while it is written or read."""
    letter = Letter.objects.select_related("unit__office", "drafter", "pdf__blob").get(
        pk=letter_id
    )
    if previews.current_preview(letter) or previews.waits_for_document(letter):
        return
    try:
        drawing = preview_drawing(letter)
    except Exception:
        previews.note_preview_failure(letter)
        raise
    previews.keep_preview(letter, drawing)


@portal_task("circulars.stamp_letter")
def stamp_letter(stamp_id: int) -> None:
    """Draw the receipt stamp on a copy of the letter; the letter's own file is only read.

    A stamp that was put elsewhere meanwhile has ordered another run.
    """
    stamp = ReceiptStamp.objects.select_related(
        "delivery__letter__pdf__blob", "delivery__unit__office", "delivery__entry__register"
    ).get(pk=stamp_id)
    if stamp.is_drawn:
        return
    try:
        stamps.keep(stamp=stamp, stamped=draw_stamp(stamp))
    except (CannotStamp, FileRefused) as refusal:
        stamps.note_refusal(stamp_id, refusal.code)
    except Exception:
        stamps.note_failure(stamp_id)
        raise


@shared_task(name="circulars.tell_vacant_steps")
def tell_vacant_steps() -> None:
    """Every morning: posts that fell vacant overnight while a letter waits at them."""
    routes.tell_vacant_steps()
