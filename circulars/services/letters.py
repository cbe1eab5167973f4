"""What a person does with a letter they write, endorse or sign."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from circulars.body import clean_body
from circulars.effects.notices import owners, tell
from circulars.effects.secrecy import follow_class, seal_letter_files
from circulars.effects.steps import Stop
from circulars.effects.uploads import take_uploads
from circulars.enums import DRAFTING_ROLES, LetterKind, LetterState, Secrecy
from circulars.forms_of_address import USUAL
from circulars.kinds import KINDS
from circulars.models import Attachment, Letter, Reference
from circulars.services.routes import usual_stops
from circulars.workflow import LETTER
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.thai.text import normalize
from portal.files.models import StoredFile
from portal.files.service import detach
from portal.org.models import Membership, Unit
from portal.org.permissions import unit_ids
from portal.users.models import User
from portal.workflow.service import apply_move

CONTENT_FIELDS = frozenset(
    {
        "kind", "subject", "salutation", "addressee", "body", "closing", "copies_to", "speed",
        "secrecy", "names_person", "due_on", "answer_wanted", "send_when_signed", "details",
    }
)  # fmt: skip
"""What the drafter writes; everything else of a letter is decided by its moves."""

TOP_SECRET_REFUSAL = _lazy(
    "Top secret letters may not be sent electronically (regulation on official correspondence, "
    "clause 29 as amended by no. 4). Use a sealed paper letter."
)


def create_draft(
    *, unit: Unit, actor: User, kind: LetterKind = LetterKind.CIRCULAR, **fields: Any
) -> Letter:
    """Begin a letter of ``unit``. Raises ``NotAllowed`` unless the actor drafts there."""
    if unit.pk not in unit_ids(actor, DRAFTING_ROLES):
        raise NotAllowed(action="letter.draft", about=unit)
    with transaction.atomic():
        letter = Letter(unit=unit, drafter=actor, kind=kind)
        _set_content(letter, fields)
        letter.save()
        record(action="letter.draft", actor=actor, about=letter)
    return letter


def blank_draft(*, unit: Unit, actor: User, kind: LetterKind) -> Letter:
    """An empty draft to write in: the one left untouched before, or a new one."""
    untouched = Letter.objects.filter(
        unit=unit, drafter=actor, kind=kind, state=LetterState.DRAFT, revision=1, subject=""
    )
    if (letter := untouched.first()) is not None:
        return letter
    return create_draft(unit=unit, actor=actor, kind=kind, **first_fields(kind))


def first_fields(kind: LetterKind) -> dict[str, Any]:
    """What a new letter of a kind begins with, as far as its form has the part."""
    table = KINDS[kind]
    fields: dict[str, Any] = {"body": table.beginning, "names_person": table.names_person}
    if table.part("salutation"):
        fields["salutation"] = USUAL.salutation
    if table.part("closing"):
        fields["closing"] = USUAL.closing
    return fields


def change_draft(*, letter: Letter, actor: User, revision: int, **fields: Any) -> Letter:
    """Write ``fields`` into a draft and return it with its new revision.

    Raises ``StaleAction`` when it was changed elsewhere or has left the drafter's hands.
    """
    with transaction.atomic():
        fresh = lock_editable(letter, actor, revision)
        was_secret = fresh.is_secret
        if _set_content(fresh, fields):
            fresh.revision += 1
            fresh.save()
        if fresh.is_secret != was_secret:
            follow_class(fresh)
    return fresh


def set_attachments(
    *, letter: Letter, actor: User, revision: int, files: Sequence[tuple[StoredFile, str]]
) -> Letter:
    """Make (file, title) pairs the letter's attachments, in this order.

    Raises ``NotAllowed`` for a file that is neither attached already nor the actor's own upload.
    """
    with transaction.atomic():
        fresh = lock_editable(letter, actor, revision)
        current = list(fresh.attachments.values_list("file_id", "title"))
        take_uploads([file for file, _title in files], actor, already=[pk for pk, _t in current])
        wanted = [(file.pk, title.strip() or file.name) for file, title in files]
        if current == wanted:
            return fresh
        fresh.attachments.all().delete()
        _let_go({pk for pk, _title in current} - {pk for pk, _title in wanted})
        Attachment.objects.bulk_create(
            Attachment(letter=fresh, file_id=pk, title=title[:200], position=index)
            for index, (pk, title) in enumerate(wanted, 1)
        )
        seal_letter_files(fresh)
        return _bump(fresh)


def set_references(
    *,
    letter: Letter,
    actor: User,
    revision: int,
    references: Sequence[tuple[Letter | None, str]],
) -> Letter:
    """Make (earlier letter or none, words) pairs the letter's references, in this order."""
    with transaction.atomic():
        fresh = lock_editable(letter, actor, revision)
        wanted = [
            (earlier.pk if earlier else None, normalize(text)) for earlier, text in references
        ]
        if list(fresh.references.values_list("earlier_id", "text")) == wanted:
            return fresh
        fresh.references.all().delete()
        Reference.objects.bulk_create(
            Reference(letter=fresh, earlier_id=pk, text=text[:300], position=index)
            for index, (pk, text) in enumerate(wanted, 1)
        )
        return _bump(fresh)


def submit(*, letter: Letter, actor: User, stops: list[Stop] | None = None) -> Letter:
    """Send a complete draft up the chain: the usual one of its unit, or the one chosen.

    Raises ``Incomplete`` naming all parts that are missing.
    """
    if stops is None:
        stops = usual_stops(letter)
    return apply_move(LETTER, "submit", pk=letter.pk, actor=actor, stops=stops)


def pull_back(*, letter: Letter, actor: User) -> Letter:
    return apply_move(LETTER, "pull_back", pk=letter.pk, actor=actor)


def endorse(*, letter: Letter, actor: User, revision: int, remark: str = "") -> Letter:
    return apply_move(
        LETTER, "endorse", pk=letter.pk, actor=actor, revision=revision, remark=remark
    )


def give_opinion(*, letter: Letter, actor: User, revision: int, remark: str) -> Letter:
    """Answer what was asked; the letter goes back to who asked."""
    if not remark.strip():
        raise InvalidInput(_("Write your opinion."), field="remark")
    return apply_move(
        LETTER, "give_opinion", pk=letter.pk, actor=actor, revision=revision, remark=remark
    )


def sign(*, letter: Letter, actor: User, revision: int, remark: str = "", **number: Any) -> Letter:
    """Sign what the actor saw as ``revision``; identity was confirmed by the caller's form.

    ``number`` may hold ``reserved``, a number to use instead of the next, and ``dated``.
    """
    return apply_move(
        LETTER, "sign", pk=letter.pk, actor=actor, revision=revision, remark=remark, **number
    )


def send_back(*, letter: Letter, actor: User, remark: str) -> Letter:
    if not remark.strip():
        raise InvalidInput(_("Say what should be corrected."), field="remark")
    return apply_move(LETTER, "send_back", pk=letter.pk, actor=actor, remark=remark)


def consult(*, letter: Letter, actor: User, membership: Membership, question: str) -> Letter:
    if not question.strip():
        raise InvalidInput(_("Write what you ask."), field="question")
    return apply_move(
        LETTER, "consult", pk=letter.pk, actor=actor, membership=membership, question=question
    )


def take_back_question(*, letter: Letter, actor: User) -> Letter:
    """Whoever asked decides without the answer."""
    return apply_move(LETTER, "take_back_question", pk=letter.pk, actor=actor)


def reassign(*, letter: Letter, actor: User, membership: Membership) -> Letter:
    return apply_move(LETTER, "reassign", pk=letter.pk, actor=actor, membership=membership)


def retry_pdf(*, letter: Letter, actor: User) -> Letter:
    return apply_move(LETTER, "retry_pdf", pk=letter.pk, actor=actor)


def attach_pdf(*, letter: Letter, pdf: StoredFile) -> Letter:
    """Called by the task that made and sealed the document."""
    return apply_move(LETTER, "attach_pdf", pk=letter.pk, actor=None, pdf=pdf)


def note_pdf_failure(*, letter_id: int) -> None:
    """Count a failed attempt, so that the page can say so; the number is not touched."""
    Letter.objects.filter(pk=letter_id, state=LetterState.SIGNED_PENDING).update(
        pdf_failures=F("pdf_failures") + 1
    )


def dispatch(*, letter: Letter, actor: User | None) -> Letter:
    """Deliver to all recipients. A second click raises ``StaleAction`` and sends nothing."""
    return apply_move(LETTER, "dispatch", pk=letter.pk, actor=actor)


def tell_unsent(letter: Letter) -> None:
    """Tell who looks after the letter that it was not sent by itself and needs a decision."""
    tell("unsent", owners(letter), letter, None, letter.get_absolute_url())


def void(*, letter: Letter, actor: User, reason: str) -> Letter:
    if not reason.strip():
        raise InvalidInput(_("Say why the number is void."), field="reason")
    return apply_move(LETTER, "void", pk=letter.pk, actor=actor, reason=reason)


def discard(*, letter: Letter, actor: User) -> Letter:
    return apply_move(LETTER, "discard", pk=letter.pk, actor=actor)


def copy_to_draft(*, letter: Letter, actor: User) -> Letter:
    """A new draft with the content, references and recipients of an earlier letter.

    A due date that is over stays behind.
    """
    fields = {name: getattr(letter, name) for name in CONTENT_FIELDS - {"kind"}}
    if letter.due_on and letter.due_on < timezone.localdate():
        fields["due_on"] = None
    with transaction.atomic():
        draft = create_draft(unit=letter.unit, actor=actor, kind=LetterKind(letter.kind), **fields)
        _copy_rows(letter.attachments.all(), draft)
        _copy_rows(letter.references.all(), draft)
        _copy_rows(letter.recipients.all(), draft)
    return draft


def note_look(*, letter: Letter, actor: User) -> None:
    """Note when whoever holds the present step first saw it, and each look at a secret letter."""
    letter.steps.current().filter(seen_at=None).held_by(actor).update(seen_at=timezone.now())
    if letter.is_secret:
        record(action="letter.read_secret", actor=actor, about=letter)


def lock_editable(letter: Letter, actor: User, revision: int) -> Letter:
    """The letter under a row lock, if ``actor`` may still write it as of ``revision``."""
    fresh = Letter.objects.select_for_update().select_related("unit").get(pk=letter.pk)
    if fresh.drafter_id != actor.pk:
        raise NotAllowed(action="letter.change", about=fresh)
    if not fresh.is_editable:
        raise StaleAction(
            _("The letter is no longer a draft: %(state)s.")
            % {"state": fresh.get_state_display()},
            state=fresh.state,
            about=fresh,
        )
    if fresh.revision != revision:
        raise StaleAction(
            _("The draft was changed in another window. Please look at it again."), about=fresh
        )
    return fresh


def _copy_rows(rows: QuerySet[Any], draft: Letter) -> None:
    """Give ``draft`` rows of its own like these of another letter."""
    copies = list(rows)
    for row in copies:
        row.pk, row.letter = None, draft
    rows.model._default_manager.bulk_create(copies)


def _let_go(files: set[int]) -> None:
    """Have files swept that no letter holds any more."""
    held = Attachment.objects.filter(file__in=files).values("file")
    detach(StoredFile.objects.filter(pk__in=files).exclude(pk__in=held))


def _bump(letter: Letter) -> Letter:
    letter.revision += 1
    letter.save(update_fields=["revision", "updated_at"])
    return letter


def _tidy(name: str, value: Any) -> Any:
    if name == "body":
        return clean_body(value)
    return normalize(value) if isinstance(value, str) else value


def _set_content(letter: Letter, fields: dict[str, Any]) -> bool:
    """Put ``fields`` into ``letter``; say whether anything changed."""
    unknown = fields.keys() - CONTENT_FIELDS
    if unknown:
        raise TypeError(f"not written by the drafter: {sorted(unknown)}")
    if fields.get("secrecy") == Secrecy.TOP_SECRET:
        raise InvalidInput(TOP_SECRET_REFUSAL, field="secrecy")
    changed = False
    for name, value in fields.items():
        value = _tidy(name, value)
        if getattr(letter, name) != value:
            setattr(letter, name, value)
            changed = True
    return changed
