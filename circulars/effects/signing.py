"""Signing: the number, the frozen signature block and the hash, in one transaction."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects import merging
from circulars.effects.notices import owners, tell
from circulars.effects.numbering import give_number
from circulars.effects.numbers import check_dated, void_entry
from circulars.effects.secrecy import seal_letter_files
from circulars.effects.sending import goes_out
from circulars.effects.steps import check_revision, decide_step
from circulars.models import Letter, RegisterEntry
from portal.core.errors import NotReady
from portal.core.tasks import defer
from portal.files.models import StoredFile
from portal.files.service import attach
from portal.org.service import signature_block
from portal.users.models import User


def sign(
    *,
    obj: Letter,
    actor: User,
    revision: int,
    remark: str = "",
    reserved: RegisterEntry | None = None,
    dated: date | None = None,
) -> None:
    """Sign and number the letter, freeze it, and order its PDF.

    The number comes from the register of the signing unit and calendar year; it is given here
    and only here, so a PDF that fails later never costs or doubles a number. ``reserved`` is a
    number of that register to use instead of the next one; the letter then has the day of the
    reservation as its date, unless ``dated`` says today.
    """
    check_revision(obj, revision)
    moment = timezone.now()
    dated = dated or timezone.localdate(reserved.registered_at if reserved else moment)
    check_dated(dated, moment=moment, reserved=reserved)
    step = decide_step(letter=obj, actor=actor, remark=remark)
    block = signature_block(actor, unit=step.unit, roles=[step.role])
    if block is None:
        raise NotReady(_("You hold no position that can sign here today."))
    obj.signer = actor
    obj.signer_name = block.name
    obj.signer_lines = block.lines
    obj.signed_at = moment
    obj.letter_date = dated
    merging.begin(obj)
    give_number(obj, actor_id=actor.pk, moment=moment, reserved=reserved)


def attach_pdf(*, obj: Letter, actor: None, pdf: StoredFile) -> None:
    """Keep the sealed PDF, and tell the drafter that the letter is signed."""
    attach([pdf])
    obj.pdf = pdf
    seal_letter_files(obj)
    obj.pdf_failures = 0
    if not merging.is_further(obj):
        tell("signed", owners(obj), obj, obj.signer, obj.get_absolute_url())
    if obj.send_when_signed and goes_out(obj):
        defer("circulars.send_signed", obj.pk)


def retry_pdf(*, obj: Letter, actor: User) -> None:
    """Order the PDF again; the number stays what it is."""
    defer("circulars.build_pdf", obj.pk)


def void(*, obj: Letter, actor: User, reason: str) -> None:
    """Give up a signed letter that was not sent; its number stays visible as void."""
    assert obj.entry is not None  # noqa: S101  (a constraint: signed letters have their entry)
    void_entry(entry=obj.entry, actor_id=actor.pk, reason=reason)
    concerned = {*owners(obj), *filter(None, [obj.signer])} - {actor}
    tell("voided", concerned, obj, actor, obj.get_absolute_url())
