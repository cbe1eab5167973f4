"""The shapes of what apps hang into :mod:`portal.core.registry`.

An app writes a small class with these attributes and methods (subclassing the Protocol is
allowed and gives the defaults), and registers one instance of it in ``apps.ready()``. ``code``
is unique in its registry and begins with the app's name ("circulars.inbox"); ``order`` sorts,
smaller first, 100 where it is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, TextIO, TypeAlias, runtime_checkable

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

if TYPE_CHECKING:
    from portal.files.models import StoredFile
    from portal.org.models import Office, Unit
    from portal.users.models import User

Text: TypeAlias = str | Promise


@runtime_checkable
class MenuEntry(Protocol):
    """One line of the main menu, shown to whom ``visible_to`` says.

    ``icon`` is a Bootstrap icon name; ``badge`` a number of things waiting, or None.
    """

    code: str
    order: int = 100
    label: Text
    url_name: str
    icon: str = "circle"

    def visible_to(self, user: "User") -> bool:
        return True

    def badge(self, user: "User") -> int | None:
        return None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits, as "my work" shows it. ``tone`` is a Bootstrap tone or empty."""

    title: Text
    url: str
    meta: Text = ""
    due_on: date | None = None
    tone: str = ""


@runtime_checkable
class WorkTile(Protocol):
    """A kind of work that can wait for a person; shown when something does."""

    code: str
    order: int = 100
    title: Text
    icon: str = "inbox"

    def url(self, user: "User") -> str:
        """The list of all of it."""

    def count(self, user: "User") -> int: ...

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        """The most pressing ones, at most ``limit``."""


@runtime_checkable
class SchoolPanel(Protocol):
    """A part of a school's page. ``context`` fills ``template``; None leaves the panel out."""

    code: str
    order: int = 100
    title: Text
    template: str

    def context(self, user: "User", unit: "Unit") -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the index holds of one object, in plain text.

    A query's words may stand in ``title`` or any of ``passages``; hits in the title come first,
    the newest ``on`` first. ``labels`` ("unit=12", "speed=urgent") are what the result can be
    narrowed by; office, source and year are added by themselves.
    """

    pk: int
    office_id: int
    title: str
    passages: tuple[str, ...] = ()
    on: date | None = None
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SearchPassage:
    """A text in which words may have been found; ``label`` says where it stands."""

    text: str
    label: Text = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A found object as the page shows it to one person."""

    pk: int
    title: str
    url: str
    meta: Text = ""
    on: date | None = None
    passages: tuple[SearchPassage, ...] = ()


@runtime_checkable
class SearchSource(Protocol):
    """Feeds one kind of object into the search, and says who may find it.

    ``filters`` names the labels that its documents bear, so that the page offers them.
    """

    code: str
    order: int = 100
    label: Text
    icon: str = "search"
    filters: frozenset[str] = frozenset()

    def documents(self, pks: Sequence[int] | None = None) -> Iterable[SearchDocument]:
        """All documents, or those of the given objects; a missing one is taken out."""

    def visible_to(self, user: "User") -> Sequence[QuerySet]:
        """Querysets of one column of keys; ``user`` may find what is in any of them."""

    def scopes(self, user: "User") -> frozenset[str] | None:
        """Labels of which every object that ``user`` may see bears one, if there are such.

        They only make it faster, so name nothing that a document may gain later.
        """
        return None

    def choices(self, name: str) -> Sequence[tuple[str, Text]]:
        """The values that the filter "kind" or "speed" offers, with their words."""
        return ()

    def hits(self, user: "User", pks: Sequence[int]) -> Iterable[SearchHit]:
        """How to show these objects to ``user``, in any order."""

    def further_passages(self, pks: Sequence[int]) -> Mapping[int, Sequence[SearchPassage]]:
        """Long texts, asked for only where a word was not found in the hit's own ones."""
        return {}


@dataclass(frozen=True, slots=True)
class JournalItem:
    """Something that could go into the monthly journal."""

    title: str
    summary: str
    on: date
    ref: str
    pictures: tuple["StoredFile", ...] = ()


@runtime_checkable
class JournalSource(Protocol):
    """Offers the editor of the monthly journal what happened in a month."""

    code: str
    order: int = 100
    label: Text

    def items(self, office: "Office", start: date, end: date) -> Iterable[JournalItem]:
        """What happened from ``start`` to ``end``, both days included."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An entry of the calendar. Both ends are aware datetimes; all-day ones run to midnight."""

    title: Text
    starts_at: datetime
    ends_at: datetime
    url: str = ""
    all_day: bool = False


@runtime_checkable
class CalendarSource(Protocol):
    """Adds dated things (due letters, closing rounds) to the calendar that a person sees."""

    code: str
    order: int = 100
    label: Text

    def entries(self, user: "User", start: date, end: date) -> Iterable[CalendarEntry]: ...


@dataclass(frozen=True, slots=True)
class Obligation:
    """``unit`` owes ``what`` by ``due_on``; ``done_on`` is None while it is open."""

    unit_id: int
    what: Text
    due_on: date
    done_on: date | None = None
    url: str = ""


@runtime_checkable
class ObligationSource(Protocol):
    """Who owes what by when: answers to letters, data of a round, reports."""

    code: str
    order: int = 100
    label: Text

    def owed(
        self, office: "Office", start: date, end: date, unit_ids: Sequence[int] | None = None
    ) -> Iterable[Obligation]:
        """What falls due from ``start`` to ``end``, in the given units or all of the office."""


@runtime_checkable
class LetterHandler(Protocol):
    """Makes a case of an incoming letter (a complaint, a press request, data for a round).

    ``accepts`` says whether the button is offered; ``take`` makes the case and gives its URL.
    """

    code: str
    order: int = 100
    label: Text

    def accepts(self, user: "User", letter: Model) -> bool: ...

    def take(self, *, letter: Model, actor: "User") -> str: ...


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """What an app asks e-office to draft; ``source`` is the reference of what it is about."""

    subject: str
    body_html: str
    to_unit_ids: tuple[int, ...]
    source: str = ""
    due_on: date | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class LetterDrafter(Protocol):
    """Takes an app's draft into e-office and gives the URL where the officer goes on with it."""

    code: str
    order: int = 100

    def draft(self, *, draft: LetterDraft, actor: "User") -> str: ...


@dataclass(frozen=True, slots=True)
class HeldData:
    """Where data that someone is about to ask for is held already, and as of which day."""

    title: Text
    url: str
    as_of: date


@runtime_checkable
class DataAsk(Protocol):
    """Do we hold this already? Asked before schools are asked for data once more."""

    code: str
    order: int = 100

    def held(self, *, words: str, office: "Office") -> Iterable[HeldData]: ...


class PersonChanged(Protocol):
    """Called by ``org.service`` in its transaction when someone's memberships change.

    ``what`` is "appointed", "ended", "moved" or "acting"; ``on`` the day it takes effect.
    """

    def __call__(self, user: "User", what: str, on: date) -> None: ...


@runtime_checkable
class FileOwner(Protocol):
    """Says whether a person may read a stored file; None when the file is not the app's.

    ``watermark`` gives the words that stand on each page of what this person gets of it.
    """

    code: str

    def may_read(self, user: "User", stored_file: "StoredFile") -> bool | None: ...

    def watermark(self, user: "User", stored_file: "StoredFile") -> str:
        return ""


@dataclass(frozen=True, slots=True)
class NotificationKind:
    """A kind of notice. Urgent ones always show in the portal; ``default_channels`` hold until
    changed. Nobody can switch off a mandatory kind: it always comes by its default channels.
    """

    code: str
    label: Text
    urgent: bool = False
    mandatory: bool = False
    default_channels: frozenset[str] = frozenset({"in_app", "email"})
    order: int = 100


@runtime_checkable
class DemoLoader(Protocol):
    """Loads an app's part of the demo data; run by ``manage.py demo_data`` in order."""

    code: str
    order: int = 100

    def load(self, stdout: TextIO) -> None: ...


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo data, listed when `make run` is ready.

    ``role`` is the post in words; ``note`` what signing in needs besides the password.
    """

    code: str
    role: Text
    username: str
    password: str
    note: Text = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """A URL that needs no sign-in: its name ("website:home") and the reason."""

    code: str
    why: str
    order: int = 100
