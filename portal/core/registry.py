"""Where apps meet without importing each other.

An app registers objects in ``apps.ready()``; the page or loop that needs them iterates. The
shapes are in :mod:`portal.core.protocols` and ``protocols_reports``, and can be imported from here
as well.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from portal.core.protocols import (
    CalendarEntry,
    CalendarSource,
    DataAsk,
    DemoAccount,
    DemoLoader,
    FileOwner,
    HeldData,
    JournalItem,
    JournalSource,
    LetterDraft,
    LetterDrafter,
    LetterHandler,
    MenuEntry,
    NotificationKind,
    Obligation,
    ObligationSource,
    PersonChanged,
    PublicUrl,
    SchoolPanel,
    SearchDocument,
    SearchHit,
    SearchPassage,
    SearchSource,
    WorkItem,
    WorkTile,
)
from portal.core.protocols_reports import (
    DoneItem,
    EvidenceItem,
    EvidenceSource,
    Figure,
    PersonStatistics,
)

__all__ = [
    "CalendarEntry",
    "CalendarSource",
    "DataAsk",
    "DemoAccount",
    "DemoLoader",
    "DoneItem",
    "EvidenceItem",
    "EvidenceSource",
    "Figure",
    "FileOwner",
    "HeldData",
    "JournalItem",
    "JournalSource",
    "LetterDraft",
    "LetterDrafter",
    "LetterHandler",
    "MenuEntry",
    "NotificationKind",
    "Obligation",
    "ObligationSource",
    "PersonChanged",
    "PersonStatistics",
    "PublicUrl",
    "Registry",
    "SchoolPanel",
    "SearchDocument",
    "SearchHit",
    "SearchPassage",
    "SearchSource",
    "WorkItem",
    "WorkTile",
    "calendar_sources",
    "data_asks",
    "demo_accounts",
    "demo_loaders",
    "evidence",
    "file_owners",
    "journal_sources",
    "letter_drafts",
    "letter_handlers",
    "menu_entries",
    "notification_kinds",
    "obligations",
    "person_changed",
    "person_statistics",
    "public_urls",
    "registries",
    "school_panels",
    "search_sources",
    "work_tiles",
]

T = TypeVar("T")

DEFAULT_ORDER = 100


class Registry(Generic[T]):
    """Objects of one shape by their code, iterated by order and then code.

    Registering a code again replaces the object, so that ``ready()`` may run twice.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}

    def __repr__(self) -> str:
        return f"<Registry {self.name}: {', '.join(self.codes()) or 'empty'}>"

    def register(self, item: T) -> T:
        """Add ``item`` and give it back, so that this also serves as a decorator."""
        self._items[code_of(item)] = item
        return item

    def unregister(self, code: str) -> None:
        """Take out what has this code, if anything has."""
        self._items.pop(code, None)

    def get(self, code: str) -> T:
        """The object of this code. Raises LookupError naming the codes that exist."""
        if code not in self._items:
            raise LookupError(f"{self.name} has no {code!r}; it has: {', '.join(self.codes())}")
        return self._items[code]

    def codes(self) -> list[str]:
        return [code_of(item) for item in self]

    def __contains__(self, code: object) -> bool:
        return code in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._items.values(), key=_sort_key))

    def __len__(self) -> int:
        return len(self._items)


def code_of(item: object) -> str:
    """``item.code``; a string is its own code, a plain function goes by its full name."""
    if isinstance(item, str):
        return item
    code = getattr(item, "code", None)
    if isinstance(code, str):
        return code
    if callable(item) and hasattr(item, "__qualname__"):
        return f"{item.__module__}.{item.__qualname__}"
    raise TypeError(f"{item!r} has no code to be registered by")


def _sort_key(item: Any) -> tuple[int, str]:
    return getattr(item, "order", DEFAULT_ORDER), code_of(item)


menu_entries: Registry[MenuEntry] = Registry("menu_entries")
work_tiles: Registry[WorkTile] = Registry("work_tiles")
school_panels: Registry[SchoolPanel] = Registry("school_panels")
search_sources: Registry[SearchSource] = Registry("search_sources")
journal_sources: Registry[JournalSource] = Registry("journal_sources")
calendar_sources: Registry[CalendarSource] = Registry("calendar_sources")
obligations: Registry[ObligationSource] = Registry("obligations")
evidence: Registry[EvidenceSource] = Registry("evidence")
person_statistics: Registry[PersonStatistics] = Registry("person_statistics")
letter_handlers: Registry[LetterHandler] = Registry("letter_handlers")
letter_drafts: Registry[LetterDrafter] = Registry("letter_drafts")
data_asks: Registry[DataAsk] = Registry("data_asks")
person_changed: Registry[PersonChanged] = Registry("person_changed")
file_owners: Registry[FileOwner] = Registry("file_owners")
notification_kinds: Registry[NotificationKind] = Registry("notification_kinds")
demo_loaders: Registry[DemoLoader] = Registry("demo_loaders")
demo_accounts: Registry[DemoAccount] = Registry("demo_accounts")
public_urls: Registry[PublicUrl | str] = Registry("public_urls")

registries: tuple[Registry[Any], ...] = (
    menu_entries,
    work_tiles,
    school_panels,
    search_sources,
    journal_sources,
    calendar_sources,
    obligations,
    evidence,
    person_statistics,
    letter_handlers,
    letter_drafts,
    data_asks,
    person_changed,
    file_owners,
    notification_kinds,
    demo_loaders,
    demo_accounts,
    public_urls,
)
