"""Letters and lines of the registers, as the search finds them. Secret ones it never gets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from circulars.body import body_text
from circulars.enums import (
    SECRET,
    SECRET_REGISTERS,
    LetterKind,
    LetterState,
    RegisterKind,
    Secrecy,
    Speed,
)
from circulars.models import (
    Attachment,
    Delivery,
    Forward,
    Letter,
    Register,
    RegisterEntry,
    RouteStep,
)
from portal.core.protocols import Text
from portal.core.registry import SearchDocument, SearchHit, SearchPassage, SearchSource

if TYPE_CHECKING:
    from portal.users.models import User

BATCH = 200
LONGEST_SHOWN = 100_000
"""Characters of an attachment in which the place of a hit is looked for."""


class LettersSource(SearchSource):
    """Letters of both sides with the words of their attachments."""

    code = "circulars.letters"
    order = 10
    label = gettext_lazy("Letters")
    icon = "envelope"
    filters = frozenset({"year", "unit", "sender", "kind", "speed", "mine"})

    def documents(self, pks: Sequence[int] | None = None) -> Iterator[SearchDocument]:
        for batch in _batches(_searchable(pks).order_by("pk")):
            related = _Related([letter.pk for letter in batch])
            for letter in batch:
                yield _letter_document(letter, related)

    def visible_to(self, user: "User") -> Sequence[QuerySet]:
        sent = (rows.values_list("pk", flat=True) for rows in Letter.objects.seen_by_reason(user))
        received = Delivery.objects.visible_to(user).values_list("letter_id", flat=True)
        return *sent, received

    def choices(self, name: str) -> Sequence[tuple[str, Text]]:
        return {"kind": LetterKind.choices, "speed": Speed.choices}.get(name, ())

    def hits(self, user: "User", pks: Sequence[int]) -> Iterator[SearchHit]:
        letters = _searchable(pks).select_related("unit__office").prefetch_related("attachments")
        own = set(
            Letter.objects.visible_to(user)
            .filter(pk__in=pks)
            .order_by()
            .values_list("pk", flat=True)
        )
        for letter in letters:
            url = letter.get_absolute_url() if letter.pk in own else letter.get_received_url()
            facts = [letter.number_text, str(letter.unit), letter.get_state_display()]
            yield SearchHit(
                pk=letter.pk,
                title=letter.subject or _("(no subject)"),
                url=url,
                meta=" · ".join(fact for fact in facts if fact),
                on=_day_of(letter),
                passages=_letter_passages(letter),
            )

    def further_passages(self, pks: Sequence[int]) -> Mapping[int, Sequence[SearchPassage]]:
        found: dict[int, list[SearchPassage]] = {}
        for words in _file_words(pks, longest=LONGEST_SHOWN):
            found.setdefault(words.letter_id, []).append(
                SearchPassage(words.text, _place_of(words))
            )
        return found


class EntriesSource(SearchSource):
    """Lines of forms 13 and 14 in the books that a person may read."""

    code = "circulars.entries"
    order = 20
    label = gettext_lazy("Registers")
    icon = "journal-text"
    filters = frozenset({"year", "unit", "kind"})

    def documents(self, pks: Sequence[int] | None = None) -> Iterator[SearchDocument]:
        for batch in _batches(_open_entries(pks).select_related("register__unit").order_by("pk")):
            for entry in batch:
                register = entry.register
                yield SearchDocument(
                    pk=entry.pk,
                    office_id=register.unit.office_id,
                    title=entry.subject or entry.reference,
                    passages=tuple(passage.text for passage in _entry_passages(entry)),
                    on=timezone.localdate(entry.registered_at),
                    labels=frozenset({f"unit={register.unit_id}", f"kind={register.kind}"}),
                )

    def visible_to(self, user: "User") -> Sequence[QuerySet]:
        books = Register.objects.visible_to(user).order_by().values("pk")
        return (RegisterEntry.objects.filter(register__in=books).values_list("pk", flat=True),)

    def scopes(self, user: "User") -> frozenset[str]:
        """A line never leaves its book, so the books' units say whose it is."""
        units = Register.objects.visible_to(user).order_by().values_list("unit_id", flat=True)
        return frozenset(f"unit={pk}" for pk in units.distinct())

    def choices(self, name: str) -> Sequence[tuple[str, Text]]:
        if name != "kind":
            return ()
        return [(kind.value, kind.label) for kind in RegisterKind if kind not in SECRET_REGISTERS]

    def hits(self, user: "User", pks: Sequence[int]) -> Iterator[SearchHit]:
        entries = _open_entries(pks).select_related("register__unit", "delivery", "letter")
        for entry in entries:
            yield SearchHit(
                pk=entry.pk,
                title=entry.subject or entry.reference or str(entry),
                url=_entry_url(entry),
                meta=_("%(register)s of %(unit)s, number %(number)s")
                % {
                    "register": entry.register.get_kind_display(),
                    "unit": entry.register.unit,
                    "number": entry,
                },
                on=timezone.localdate(entry.registered_at),
                passages=_entry_passages(entry),
            )


class _Related:
    """What stands in other tables about a batch of letters, with one query each."""

    def __init__(self, pks: Sequence[int]) -> None:
        self.words: dict[int, list[str]] = {}
        for attachment in Attachment.objects.filter(letter__in=pks).select_related("file"):
            self._add(attachment.letter_id, f"{attachment.title} {attachment.file.name}")
        for words in _file_words(pks):
            self._add(words.letter_id, words.text)
        received = Delivery.objects.filter(letter__in=pks).order_by().values("letter_id")
        self.units = dict(received.values_list("letter_id", ArrayAgg("unit_id", distinct=True)))
        self.people: dict[int, set[int]] = {}
        steps = RouteStep.objects.filter(letter__in=pks, decided_by__isnull=False)
        handed = Forward.objects.filter(delivery__letter__in=pks)
        for rows in (
            steps.order_by().values_list("letter_id", "decided_by_id"),
            handed.order_by().values_list("delivery__letter_id", "person_id"),
        ):
            for letter_id, person_id in rows:
                self.people.setdefault(letter_id, set()).add(person_id)

    def _add(self, letter_id: int, text: str) -> None:
        self.words.setdefault(letter_id, []).append(text)


def _searchable(pks: Iterable[int] | None) -> QuerySet[Letter]:
    letters = Letter.objects.filter(secrecy=Secrecy.OPEN).exclude(state=LetterState.DISCARDED)
    letters = letters.select_related("unit")
    return letters if pks is None else letters.filter(pk__in=pks)


def _letter_document(letter: Letter, related: _Related) -> SearchDocument:
    people = {letter.drafter_id, letter.signer_id, *related.people.get(letter.pk, ())} - {None}
    units = {letter.unit_id, *related.units.get(letter.pk, ())}
    labels = {f"person={pk}" for pk in people} | {f"unit={pk}" for pk in units}
    labels |= {f"sender={letter.unit_id}", f"kind={letter.kind}", f"speed={letter.speed}"}
    return SearchDocument(
        pk=letter.pk,
        office_id=letter.unit.office_id,
        title=letter.subject,
        passages=(
            # People leave the space of ศธ 04108/ว 12 out as often as not.
            letter.number_text.replace(" ", ""),
            *(passage.text for passage in _letter_passages(letter, attachments=False)),
            *related.words.get(letter.pk, ()),
        ),
        on=_day_of(letter),
        labels=frozenset(labels),
    )


def _letter_passages(letter: Letter, *, attachments: bool = True) -> tuple[SearchPassage, ...]:
    passages = [
        SearchPassage(body_text(letter.body)),
        SearchPassage(letter.number_text, _("Number")),
        SearchPassage(letter.addressee, _("Addressee")),
        SearchPassage(letter.copies_to, _("Copies to")),
        SearchPassage(letter.signer_name, _("Signer")),
        SearchPassage(letter.unit.name, _("From")),
    ]
    if attachments:
        titles = (attachment.title for attachment in letter.attachments.all())
        passages += [SearchPassage(title, _("Attachment")) for title in titles]
    return tuple(passage for passage in passages if passage.text)


def _day_of(letter: Letter) -> date:
    return letter.letter_date or timezone.localdate(letter.created_at)


@dataclass(frozen=True)
class _Words:
    """The words of a file that goes with a letter; ``confidence`` in percent for a scan."""

    letter_id: int
    file_name: str
    text: str
    confidence: int | None


def _file_words(pks: Iterable[int], *, longest: int | None = None) -> Iterator[_Words]:
    """Of attachments, and of the scan that a letter from outside is.

    The document of a letter of ours says what its body says already.
    """
    scans = Letter.objects.filter(pk__in=pks, state=LetterState.OUTSIDE).order_by()
    attached = Attachment.objects.filter(letter__in=pks).order_by("letter", "position", "pk")
    for rows, key, name, blob in (
        (scans, "pk", "pdf__name", "pdf__blob"),
        (attached, "letter_id", "title", "file__blob"),
    ):
        words = f"{blob}__words__text"
        text = F(words) if longest is None else Left(words, longest)
        found = rows.filter(**{f"{blob}__words__isnull": False}).annotate(words=text)
        columns = found.values_list(key, name, "words", f"{blob}__read_confidence")
        yield from (_Words(*row) for row in columns)


def _place_of(words: _Words) -> str:
    if words.confidence is None:
        return _("In “%(file)s”") % {"file": words.file_name}
    return _("In “%(file)s”, read from a scan, %(confidence)s %% sure") % {
        "file": words.file_name,
        "confidence": words.confidence,
    }


def _open_entries(pks: Iterable[int] | None) -> QuerySet[RegisterEntry]:
    entries = RegisterEntry.objects.exclude(
        Q(register__kind__in=SECRET_REGISTERS)
        | Q(letter__secrecy__in=SECRET)
        | Q(delivery__letter__secrecy__in=SECRET)
    )
    return entries if pks is None else entries.filter(pk__in=pks)


def _entry_passages(entry: RegisterEntry) -> tuple[SearchPassage, ...]:
    passages = (
        SearchPassage(f"{entry.number}/{entry.register.year}", _("Register number")),
        SearchPassage(entry.reference, _("Number of the letter")),
        SearchPassage(entry.sender, _("From")),
        SearchPassage(entry.receiver, _("To")),
        SearchPassage(entry.action, _("Action taken")),
        SearchPassage(entry.note, _("Note")),
        SearchPassage(entry.void_reason, _("Reason for voiding")),
    )
    return tuple(passage for passage in passages if passage.text)


def _entry_url(entry: RegisterEntry) -> str:
    """What was registered, or the line in its book."""
    if hasattr(entry, "delivery"):
        return entry.delivery.get_absolute_url()
    if hasattr(entry, "letter"):
        return entry.letter.get_absolute_url()
    book = reverse("circulars:register", args=[entry.register_id])
    return f"{book}?q={entry.reference or entry.number}"


def _batches(rows: QuerySet) -> Iterator[list]:
    source = rows.iterator(chunk_size=BATCH)
    while batch := list(islice(source, BATCH)):
        yield batch


SOURCES = (LettersSource(), EntriesSource())
