"""One letter for many people: the list, a look at what it makes, and the making."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.merging import FILLED, make_document
from circulars.kinds import kind_of
from circulars.merging_words import PLACEHOLDER, filled, filled_details
from circulars.models import Letter, MergeRow, MergeRun
from circulars.people_lists import NAME, POSITION, UNIT, PeopleList
from circulars.services.letters import change_draft, lock_editable
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.org.models import Membership
from portal.users.models import User


@dataclass(frozen=True)
class Progress:
    total: int
    made: int
    ready: int

    @property
    def is_complete(self) -> bool:
        return self.ready == self.total


def list_of(memberships: Sequence[Membership]) -> PeopleList:
    """The chosen people with their positions and units."""
    rows = [
        {
            NAME: post.person.get_full_name(),
            POSITION: post.position_title,
            UNIT: post.unit.name,
        }
        for post in memberships
    ]
    return PeopleList([NAME, POSITION, UNIT], rows)


def unknown_names(letter: Letter, columns: Sequence[str]) -> list[str]:
    """The blanks of the letter that no column of the list fills."""
    texts = [getattr(letter, name) for name in FILLED]
    texts += [value for value in letter.details.values() if isinstance(value, str)]
    used = {name.strip() for text in texts for name in PLACEHOLDER.findall(text)}
    return sorted(used - set(columns))


def set_list(*, letter: Letter, actor: User, revision: int, people: PeopleList) -> MergeRun:
    """Make ``people`` those for whom the draft is written, in place of an earlier list.

    The revision grows, so that nobody signs for people they did not see. Raises
    ``InvalidInput`` for a list without people, ``NotAllowed`` for a secret letter or a kind that
    is not made for many.
    """
    if letter.is_secret or not kind_of(letter).is_for_many:  # lists are not kept sealed
        raise NotAllowed(action="letter.merge", about=letter)
    if not people.rows:
        raise InvalidInput(_("There is nobody on the list."), field="file")
    with transaction.atomic():
        fresh = lock_editable(letter, actor, revision)
        MergeRun.objects.filter(letter=fresh).delete()
        run = MergeRun.objects.create(letter=fresh, columns=people.columns, made_by=actor)
        MergeRow.objects.bulk_create(
            MergeRow(run=run, position=position, values=values)
            for position, values in enumerate(people.rows, 1)
        )
        _grow(fresh)
        record(action="letter.merge", actor=actor, about=fresh, data={"people": len(people.rows)})
    return run


def drop_list(*, letter: Letter, actor: User, revision: int) -> None:
    """The draft is for one person again."""
    with transaction.atomic():
        fresh = lock_editable(letter, actor, revision)
        MergeRun.objects.filter(letter=fresh).delete()
        _grow(fresh)


def add_table(*, letter: Letter, actor: User, revision: int, people: PeopleList) -> Letter:
    """Write the list as a table at the end of the text: one letter that names them all."""
    if not people.rows:
        raise InvalidInput(_("There is nobody on the list."), field="file")
    head = _row(["ที่", *people.columns], "th")
    rows = [
        _row([str(number), *values.values()], "td") for number, values in enumerate(people.rows, 1)
    ]
    table = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    return change_draft(
        letter=letter, actor=actor, revision=revision, body=f"{letter.body}{table}"
    )


def preview_for(letter: Letter, row: MergeRow) -> Letter:
    """The draft as it would be for one person; not to be saved."""
    escaped = {name: html.escape(value, quote=False) for name, value in row.values.items()}
    for name in FILLED:
        setattr(letter, name, filled(getattr(letter, name),
                                     escaped if name == "body" else row.values))  # fmt: skip
    letter.details = filled_details(letter.details, row.values)
    return letter


def make_documents(run_id: int) -> int:
    """Make what is still to be made of a signed list; returns how many documents it made.

    Each person's letter, number and mark on the list are one transaction under the lock of the
    list, so however often it is broken off or started twice, each person has exactly one.
    """
    made = 0
    while _make_next(run_id):
        made += 1
    return made


def progress(run: MergeRun) -> Progress:
    rows = run.rows.all()
    return Progress(
        total=rows.count(),
        made=rows.exclude(letter=None).count(),
        ready=rows.filter(letter__pdf__isnull=False).count(),
    )


def _make_next(run_id: int) -> bool:
    with transaction.atomic():
        MergeRun.objects.select_for_update().get(pk=run_id)
        run = MergeRun.objects.select_related("letter__unit__office", "letter__signer").get(
            pk=run_id
        )
        if run.started_at is None or run.finished_at is not None:
            return False
        row = run.rows.filter(letter=None).order_by("position").first()
        if row is None:
            run.finished_at = timezone.now()
            run.save(update_fields=["finished_at"])
            return False
        make_document(run, row)
    return True


def _grow(letter: Letter) -> None:
    letter.revision += 1
    letter.save(update_fields=["revision", "updated_at"])


def _row(cells: Sequence[str], tag: str) -> str:
    inner = "".join(f"<{tag}>{html.escape(cell, quote=False)}</{tag}>" for cell in cells)
    return f"<tr>{inner}</tr>"
