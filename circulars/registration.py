"""What e-office adds to the pages of the portal."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from circulars.action_names import ACTION_NAMES, DETAIL_NAMES, DETAIL_VALUES
from circulars.enums import DRAFTING_ROLES, LetterState
from circulars.models import Delivery, Letter, RouteStep
from circulars.registrations import (
    archive,
    handling,
    incoming,
    mail,
    registers,
    search,
    statistics,
)
from circulars.services.access import mark_of_file, may_read_file
from circulars.services.deliveries import unread_count
from circulars.services.routes import tell_vacant_steps
from portal.audit.service import name_actions, name_details
from portal.core import registry
from portal.core.registry import (
    FileOwner,
    MenuEntry,
    NotificationKind,
    PublicUrl,
    WorkItem,
    WorkTile,
)
from portal.org.enums import Role, UnitKind
from portal.org.permissions import has_role, unit_ids

if TYPE_CHECKING:
    from portal.files.models import StoredFile
    from portal.users.models import User

KINDS = (
    ("waiting", gettext_lazy("A letter waits for my endorsement or signature"), False),
    ("consulted", gettext_lazy("Somebody asks my opinion on a letter"), False),
    ("question_withdrawn", gettext_lazy("A question to me was taken back"), False),
    ("step_vacant", gettext_lazy("A letter waits at a post that nobody holds"), False),
    ("returned", gettext_lazy("A letter of mine came back"), False),
    ("signed", gettext_lazy("A letter of mine was signed"), False),
    ("unsent", gettext_lazy("A letter of mine could not be sent"), False),
    ("voided", gettext_lazy("A letter of mine was made void"), False),
    ("delivered", gettext_lazy("A letter arrived for my unit"), True),
    ("chased", gettext_lazy("My unit is reminded of a letter"), True),
    ("answered", gettext_lazy("A letter of mine was answered"), False),
    ("forwarded", gettext_lazy("A letter was handed to me"), False),
)


class InboxEntry(MenuEntry):
    code = "circulars.inbox"
    order = 20
    label = gettext_lazy("Letters in")
    url_name = "circulars:inbox"
    icon = "inbox"

    def badge(self, user: "User") -> int | None:
        return unread_count(user) or None


class WaitingEntry(MenuEntry):
    code = "circulars.waiting"
    order = 21
    label = gettext_lazy("Waiting for me")
    url_name = "circulars:waiting"
    icon = "pen"

    def badge(self, user: "User") -> int | None:
        # A letter has one current step, so steps count as letters do, for less.
        return handling.waiting_count(user) or None


class SentEntry(MenuEntry):
    code = "circulars.sent"
    order = 22
    label = gettext_lazy("Letters out")
    url_name = "circulars:sent"
    icon = "send"

    def visible_to(self, user: "User") -> bool:
        return bool(unit_ids(user, (*DRAFTING_ROLES, Role.DIRECTOR, Role.DEPUTY)))


class RegistersEntry(MenuEntry):
    code = "circulars.registers"
    order = 23
    label = gettext_lazy("Registers")
    url_name = "circulars:registers"
    icon = "journal-text"

    def visible_to(self, user: "User") -> bool:
        return bool(unit_ids(user, (*DRAFTING_ROLES, Role.DIRECTOR, Role.DEPUTY)))


class LetterTile(WorkTile):
    """Letters of the sender's side that wait for somebody."""

    def letters(self, user: "User") -> "QuerySet[Letter]":
        raise NotImplementedError

    def count(self, user: "User") -> int:
        return self.letters(user).count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        rows = self.letters(user).select_related("unit").order_by("updated_at", "pk")[:limit]
        return [
            WorkItem(
                title=letter.subject or _("(no subject)"),
                url=letter.get_absolute_url(),
                meta=f"{letter.unit} · {letter.get_state_display()}",
                due_on=letter.due_on,
                tone="danger" if letter.speed != "ordinary" else "",
            )
            for letter in rows
        ]


class WaitingTile(LetterTile):
    code = "circulars.waiting"
    order = 10
    title = gettext_lazy("To endorse or sign")
    icon = "pen"

    def url(self, user: "User") -> str:
        return reverse("circulars:waiting")

    def letters(self, user: "User") -> "QuerySet[Letter]":
        return Letter.objects.waiting_for(user)


class ReturnedTile(LetterTile):
    code = "circulars.returned"
    order = 12
    title = gettext_lazy("Returned to me")
    icon = "arrow-return-left"

    def url(self, user: "User") -> str:
        return reverse("circulars:drafts")

    def letters(self, user: "User") -> "QuerySet[Letter]":
        return Letter.objects.filter(drafter=user, state=LetterState.RETURNED)


class ReadyTile(LetterTile):
    code = "circulars.ready"
    order = 13
    title = gettext_lazy("Signed, to be sent")
    icon = "send-check"

    def url(self, user: "User") -> str:
        return reverse("circulars:sent")

    def letters(self, user: "User") -> "QuerySet[Letter]":
        return Letter.objects.visible_to(user).unsent().looked_after_by(user)


class VacantTile(LetterTile):
    code = "circulars.vacant"
    order = 14
    title = gettext_lazy("Waiting at a post that nobody holds")
    icon = "person-gear"

    def url(self, user: "User") -> str:
        return reverse("circulars:chain")

    def letters(self, user: "User") -> "QuerySet[Letter]":
        mine = Q(drafter=user) | Q(unit__in=unit_ids(user, (Role.GROUP_DIRECTOR, Role.PRINCIPAL)))
        if has_role(user, Role.REGISTRY):
            mine |= ~Q(unit__kind=UnitKind.SCHOOL)
        vacant = RouteStep.objects.current().vacant()
        return Letter.objects.visible_to(user).filter(mine, pk__in=vacant.values("letter"))


class DeliveryTile(WorkTile):
    """Letters received that still want something."""

    def deliveries(self, user: "User") -> "QuerySet[Delivery]":
        raise NotImplementedError

    def url(self, user: "User") -> str:
        return reverse("circulars:inbox")

    def count(self, user: "User") -> int:
        return self.deliveries(user).count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        rows = self.deliveries(user).select_related("letter__unit", "unit")
        return [
            WorkItem(
                title=delivery.letter.subject,
                url=delivery.get_absolute_url(),
                meta=f"{delivery.letter.number_text} · {delivery.letter.unit}",
                due_on=delivery.letter.due_on,
                tone="danger" if delivery.letter.speed != "ordinary" else "",
            )
            for delivery in rows.order_by("letter__due_on", "delivered_at", "pk")[:limit]
        ]


class OverdueTile(DeliveryTile):
    code = "circulars.overdue"
    order = 5
    title = gettext_lazy("Answer overdue")
    icon = "alarm"

    def deliveries(self, user: "User") -> "QuerySet[Delivery]":
        return Delivery.objects.visible_to(user).overdue()


class ToRegisterTile(DeliveryTile):
    code = "circulars.to_register"
    order = 11
    title = gettext_lazy("To register")
    icon = "inbox"

    def deliveries(self, user: "User") -> "QuerySet[Delivery]":
        return Delivery.objects.kept_by(user).unregistered()


class HandedTile(DeliveryTile):
    """Letters that somebody of the unit handed to me and that I have not opened."""

    code = "circulars.handed"
    order = 16
    title = gettext_lazy("Handed to me")
    icon = "person-check"

    def deliveries(self, user: "User") -> "QuerySet[Delivery]":
        return Delivery.objects.filter(forwards__person=user, forwards__seen_at=None)


class OwedToMeTile(DeliveryTile):
    """Recipients that are late with what my letters asked for."""

    code = "circulars.owed"
    order = 15
    title = gettext_lazy("Recipients behind with my letters")
    icon = "hourglass-split"

    def deliveries(self, user: "User") -> "QuerySet[Delivery]":
        return Delivery.objects.filter(letter__drafter=user).overdue()

    def url(self, user: "User") -> str:
        return reverse("circulars:sent")

    def count(self, user: "User") -> int:
        return self.deliveries(user).values("letter").distinct().count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        late = self.deliveries(user).order_by().values("letter")
        letters = Letter.objects.filter(pk__in=late).order_by("due_on", "pk")[:limit]
        return [
            WorkItem(
                title=letter.subject,
                url=letter.get_board_url(),
                meta=letter.number_text,
                due_on=letter.due_on,
                tone="danger",
            )
            for letter in letters
        ]


class LetterFiles(FileOwner):
    code = "circulars.files"

    def may_read(self, user: "User", stored_file: "StoredFile") -> bool | None:
        return may_read_file(user, stored_file)

    def watermark(self, user: "User", stored_file: "StoredFile") -> str:
        return mark_of_file(user, stored_file)


class VacancyWatch:
    """Somebody's post changed: letters may wait where nobody is any more."""

    code = "circulars.vacancies"

    def __call__(self, user: "User", what: str, on: date) -> None:
        tell_vacant_steps(office_id=user.office_id)


def register() -> None:
    """Called once when the app is ready."""
    name_actions(ACTION_NAMES)
    name_details(DETAIL_NAMES, values=DETAIL_VALUES)
    for position, (code, label, urgent) in enumerate(KINDS):
        registry.notification_kinds.register(_kind(code, label, urgent, position))
    for entry in (InboxEntry, WaitingEntry, SentEntry, RegistersEntry):
        registry.menu_entries.register(entry())
    for tile in (WaitingTile, ToRegisterTile, ReturnedTile, ReadyTile, VacantTile, OverdueTile,
                 HandedTile, OwedToMeTile):  # fmt: skip
        registry.work_tiles.register(tile())
    registry.file_owners.register(LetterFiles())
    registry.person_changed.register(VacancyWatch())
    archive.register()
    handling.register()
    mail.register()
    incoming.register()
    search.register()
    statistics.register()
    registers.register()
    registry.public_urls.register(
        PublicUrl(code="letter_check:check", why="Anybody with the paper may check the letter.")
    )


def _kind(code: str, label: Promise, urgent: bool, position: int) -> NotificationKind:
    return NotificationKind(
        code=f"circulars.{code}", label=label, urgent=urgent, order=20 + position
    )
