"""What the archive adds to the pages of the portal."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from circulars.enums import DRAFTING_ROLES
from circulars.enums_archive import (
    EXECUTIVES,
    KEEPERS,
    UNIT_HEADS,
    DestructionState,
    ListState,
    LoanState,
)
from circulars.models import ArchiveList, Destruction, Loan
from circulars.querysets_archive import places
from circulars.services import archive, archive_destruction, archive_loans
from circulars.services.archive_lists import deadline
from circulars.workflow_archive import ARCHIVE_LIST, DESTRUCTION, LOAN
from portal.core import registry
from portal.core.registry import FileOwner, MenuEntry, NotificationKind, WorkItem, WorkTile
from portal.org.enums import Role
from portal.org.permissions import unit_ids
from portal.workflow.service import available, register_table

if TYPE_CHECKING:
    from portal.files.models import StoredFile
    from portal.users.models import User

KINDS = (
    ("archive_survey", gettext_lazy("The yearly survey of letters to destroy is due"), False),
    ("archive_waits", gettext_lazy("A list of the archive waits for me"), False),
    ("archive_seat", gettext_lazy("I am appointed to a destruction committee"), False),
    ("loan_waits", gettext_lazy("Somebody asks to borrow a kept letter"), False),
    ("loan_decided", gettext_lazy("My loan of a kept letter was decided"), False),
    ("loan_overdue", gettext_lazy("A lent letter is overdue"), True),
)
TOLD_OF_MOVES = (DESTRUCTION, ARCHIVE_LIST)


class ArchiveEntry(MenuEntry):
    code = "circulars.archive"
    order = 26
    label = gettext_lazy("Archive")
    url_name = "circulars:archive"
    icon = "archive"

    def visible_to(self, user: "User") -> bool:
        return bool(unit_ids(user, (*DRAFTING_ROLES, Role.DIRECTOR, Role.DEPUTY)))


class ToFileTile(WorkTile):
    """Finished letters that the unit's registry has not put away."""

    code = "circulars.to_file"
    order = 25
    title = gettext_lazy("To put away")
    icon = "archive"
    most = 100

    def url(self, user: "User") -> str:
        return reverse("circulars:to_file")

    def count(self, user: "User") -> int:
        if not unit_ids(user, KEEPERS):
            return 0
        rows = archive.received_to_file(user).order_by().values("pk")[: self.most]
        return rows.count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        if not unit_ids(user, KEEPERS):
            return []
        rows = archive.received_to_file(user).select_related("letter__unit")
        return [
            WorkItem(
                title=row.letter.subject,
                url=row.get_absolute_url(),
                meta=f"{row.letter.number_text} · {row.letter.unit}",
                due_on=None,
                tone="",
            )
            for row in rows.order_by("delivered_at", "pk")[:limit]
        ]


class LoanTile(WorkTile):
    """Loans that wait for a head, or to be handed out."""

    code = "circulars.loans"
    order = 23
    title = gettext_lazy("Loans to decide")
    icon = "box-arrow-up"

    def rows(self, user: "User") -> "QuerySet[Loan]":
        asked = Q(state=LoanState.ASKED) & places(user, UNIT_HEADS, EXECUTIVES)
        lends = Q(state=LoanState.CONFIRMED) & places(user, UNIT_HEADS, EXECUTIVES, "kept__unit")
        fetched = Q(state=LoanState.APPROVED) & places(
            user, KEEPERS, (Role.REGISTRY,), "kept__unit"
        )
        return Loan.objects.filter(asked | lends | fetched)

    def url(self, user: "User") -> str:
        return reverse("circulars:loans")

    def count(self, user: "User") -> int:
        return self.rows(user).count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        rows = self.rows(user).select_related("kept", "borrower").order_by("due_on", "pk")
        return [_loan_item(loan) for loan in rows[:limit]]


class OverdueLoanTile(LoanTile):
    code = "circulars.loans_overdue"
    order = 6
    title = gettext_lazy("Lent letters overdue")
    icon = "alarm"

    def rows(self, user: "User") -> "QuerySet[Loan]":
        mine = Q(borrower=user) | places(user, KEEPERS, (Role.REGISTRY,), "kept__unit")
        return Loan.objects.overdue().filter(mine)

    def url(self, user: "User") -> str:
        return reverse("circulars:loans") + "?state=overdue"


class ChainTile(WorkTile):
    """Destructions and lists at a stage where this person is the next to act."""

    code = "circulars.archive_chain"
    order = 24
    title = gettext_lazy("Archive: waits for me")
    icon = "list-check"

    def url(self, user: "User") -> str:
        return reverse("circulars:destructions")

    def count(self, user: "User") -> int:
        return len(self._rows(user))

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        return [
            WorkItem(
                title=str(row),
                url=row.get_absolute_url(),
                meta=row.get_state_display(),
                due_on=self._due(row),
                tone="",
            )
            for row in self._rows(user)[:limit]
        ]

    def _rows(self, user: "User") -> list[Any]:
        chains = archive_destruction.running(user) | Destruction.objects.visible_to(user).filter(
            state=DestructionState.DESTROYED
        )
        lists = ArchiveList.objects.visible_to(user).filter(
            state__in=(ListState.DRAFT, ListState.PROPOSED, ListState.APPROVED)
        )
        rows: list[Any] = [
            row for row in chains.select_related("house") if self._is_next(user, row)
        ]
        rows += [row for row in lists.select_related("house") if _next(ARCHIVE_LIST, row, user)]
        return rows

    def _is_next(self, user: "User", row: Destruction) -> bool:
        if _next(DESTRUCTION, row, user):
            return True
        seat = row.seats.filter(person=user).first()
        if seat is None:
            return False
        if row.state == DestructionState.COMMITTEE:
            return archive_destruction.undecided_lines(row, seat) > 0
        return row.state == DestructionState.DESTROYED and seat.signed_at is None

    def _due(self, row: Any) -> Any:
        if isinstance(row, ArchiveList):
            return deadline(row)
        if row.state == DestructionState.SURVEY:
            return archive_destruction.survey_deadline(row.year)
        return None


class LentFiles(FileOwner):
    """An electronic letter lent is a right to read for some days."""

    code = "circulars.lent_files"

    def may_read(self, user: "User", stored_file: "StoredFile") -> bool | None:
        return archive_loans.may_read_lent(user, stored_file) or None


def register() -> None:
    """Called once when the app is ready."""
    for table in (LOAN, ARCHIVE_LIST, DESTRUCTION):
        register_table(table, readme="circulars/README.md")
    for position, (code, label, urgent) in enumerate(KINDS):
        registry.notification_kinds.register(_kind(code, label, urgent, position))
    registry.menu_entries.register(ArchiveEntry())
    for tile in (OverdueLoanTile, LoanTile, ChainTile, ToFileTile):
        registry.work_tiles.register(tile())
    registry.file_owners.register(LentFiles())


def _next(table: Any, row: Any, user: "User") -> bool:
    """Whether a move that carries the chain on is this person's; not returning or ending it."""
    aside = ("send_back", "cancel", "order_electronic", "reclaim", "lapse", "answer")
    return any(move.name not in aside for move in available(table, row, user))


def _loan_item(loan: Loan) -> WorkItem:
    return WorkItem(
        title=loan.kept.shown_subject,
        url=loan.get_absolute_url(),
        meta=_("%(borrower)s · %(state)s")
        % {"borrower": loan.borrower or loan.agency, "state": loan.get_state_display()},
        due_on=loan.due_on,
        tone="danger" if loan.is_overdue else "",
    )


def _kind(code: str, label: Promise, urgent: bool, position: int) -> NotificationKind:
    return NotificationKind(
        code=f"circulars.{code}", label=label, urgent=urgent, order=80 + position
    )
