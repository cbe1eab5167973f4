"""The registry, and for each shape a page or loop that uses a double of a coming app."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from portal.core import registry
from portal.core.registry import Registry

DAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Item:
    code: str
    order: int = 100
    label: str = ""


@dataclass(frozen=True)
class Plain:
    code: str


def plain_function() -> None:
    """Has no code of its own."""


def test_registry_iterates_by_order_then_code() -> None:
    items: Registry[Item] = Registry("items")
    for item in (Item("b", 20), Item("c", 10), Item("a", 20)):
        items.register(item)

    assert items.codes() == ["c", "a", "b"]
    assert len(items) == 3


def test_registry_gives_things_without_order_the_middle() -> None:
    items: Registry[object] = Registry("items")
    items.register(Item("last", 101))
    items.register(Plain("middle"))
    items.register(Item("first", 99))

    assert items.codes() == ["first", "middle", "last"]


def test_registering_a_code_again_replaces_it() -> None:
    items: Registry[Item] = Registry("items")
    items.register(Item("a", label="old"))
    items.register(Item("a", label="new"))

    assert [item.label for item in items] == ["new"]


def test_register_gives_the_item_back() -> None:
    items: Registry[Item] = Registry("items")
    item = Item("a")

    assert items.register(item) is item


def test_get_finds_by_code_and_names_the_codes_otherwise() -> None:
    items: Registry[Item] = Registry("items")
    item = items.register(Item("a"))

    assert items.get("a") is item
    assert "a" in items
    with pytest.raises(LookupError, match="items has no 'b'; it has: a"):
        items.get("b")


def test_unregister_takes_out_and_does_not_mind_twice() -> None:
    items: Registry[Item] = Registry("items")
    items.register(Item("a"))
    items.unregister("a")
    items.unregister("a")

    assert "a" not in items
    assert repr(items) == "<Registry items: empty>"


def test_strings_and_functions_are_their_own_code() -> None:
    items: Registry[object] = Registry("items")
    items.register("website:home")
    items.register(plain_function)

    assert items.codes() == [f"{__name__}.plain_function", "website:home"]


def test_thing_without_any_code_is_refused() -> None:
    items: Registry[object] = Registry("items")

    with pytest.raises(TypeError, match="no code"):
        items.register(3)


def test_registries_have_the_names_they_are_imported_by() -> None:
    assert [getattr(registry, each.name) for each in registry.registries] == list(
        registry.registries
    )


# Each shape once, as an app would write it, and the loop that a page would run over it.


class Inbox(registry.MenuEntry):
    code = "double.inbox"
    label = "Inbox"
    url_name = "double:inbox"


class ToSign:
    code = "double.to_sign"
    order = 10
    title = "To sign"
    icon = "pen"

    def url(self, user: object) -> str:
        return "/double/?state=waiting"

    def count(self, user: object) -> int:
        return 2

    def items(self, user: object, limit: int) -> list[registry.WorkItem]:
        return [registry.WorkItem(f"Letter {n}", f"/double/{n}/") for n in (1, 2)][:limit]


class Rooms:
    code = "double.rooms"
    order = 100
    title = "Rooms"
    template = "double/rooms.html"

    def context(self, user: object, unit: object) -> dict[str, int] | None:
        return {"rooms": 12} if unit == "a school" else None


class Stories(registry.SearchSource):
    """A double of a search source."""

    code = "double.stories"
    label = "Stories"

    def documents(self, pks: object = None) -> list[registry.SearchDocument]:
        return [registry.SearchDocument(pk=1, office_id=1, title="Title", on=DAY)]

    def visible_to(self, user: object) -> list[object]:
        return []

    def hits(self, user: object, pks: list[int]) -> list[registry.SearchHit]:
        return [registry.SearchHit(pk, "Title", f"/s/{pk}/") for pk in pks]


class StoriesForJournal:
    code = "double.stories"
    order = 100
    label = "Stories"

    def items(self, office: object, start: date, end: date) -> list[registry.JournalItem]:
        item = registry.JournalItem("Title", "Summary", DAY, "double.story:1")
        return [item] if start <= item.on <= end else []


class StoriesAsEvidence:
    code = "double.stories"
    order = 100
    label = "Stories"
    points = frozenset({"standard.4"})

    def items(self, office: object, start: date, end: date) -> list[registry.EvidenceItem]:
        return [registry.EvidenceItem("Stories published", DAY, count=12)]


class Deadlines:
    code = "double.deadlines"
    order = 100
    label = "Deadlines"

    def entries(self, user: object, start: date, end: date) -> list[registry.CalendarEntry]:
        at = datetime(2026, 11, 20, 1, tzinfo=UTC)
        return [registry.CalendarEntry("Answer due", at, at, all_day=True)]


class Answers:
    code = "double.answers"
    order = 100
    label = "Answers"

    def owed(
        self, office: object, start: date, end: date, unit_ids: object = None
    ) -> list[registry.Obligation]:
        open_one = registry.Obligation(7, "Answer to letter 12", DAY)
        return [open_one, registry.Obligation(8, "Answer to letter 12", DAY, done_on=DAY)]


class Signed(registry.PersonStatistics):
    code = "double.signed"
    order = 100
    label = "Letters"

    def figures(
        self, user: object, start: date, end: date, *, viewer: object
    ) -> list[registry.Figure]:
        return [registry.Figure("Signed", 3, "letters")]


class ToCase:
    code = "double.case"
    order = 100
    label = "Open a case"

    def accepts(self, user: object, letter: object) -> bool:
        return letter == "a complaint"

    def take(self, *, letter: object, actor: object) -> str:
        return "/double/case/1/"


class Drafting:
    code = "double.drafting"
    order = 100

    def draft(self, *, draft: registry.LetterDraft, actor: object) -> str:
        return f"/double/new/?subject={draft.subject}"


class Round:
    code = "double.round"
    order = 100

    def held(self, *, words: str, office: object) -> list[registry.HeldData]:
        return [registry.HeldData("Pupils", "/double/round/", DAY)] if "pupils" in words else []


class Own:
    code = "double.files"

    def may_read(self, user: object, stored_file: object) -> bool | None:
        return {"mine": True, "theirs": False}.get(str(stored_file))

    def watermark(self, user: object, stored_file: object) -> str:
        return ""


class Loader:
    code = "double.demo"
    order = 30

    def load(self, stdout: io.StringIO) -> None:
        stdout.write("30 stories\n")


@pytest.mark.parametrize(
    ("shape", "double"),
    [
        (registry.MenuEntry, Inbox()),
        (registry.WorkTile, ToSign()),
        (registry.SchoolPanel, Rooms()),
        (registry.SearchSource, Stories()),
        (registry.JournalSource, StoriesForJournal()),
        (registry.CalendarSource, Deadlines()),
        (registry.ObligationSource, Answers()),
        (registry.EvidenceSource, StoriesAsEvidence()),
        (registry.PersonStatistics, Signed()),
        (registry.LetterHandler, ToCase()),
        (registry.LetterDrafter, Drafting()),
        (registry.DataAsk, Round()),
        (registry.FileOwner, Own()),
        (registry.DemoLoader, Loader()),
    ],
)
def test_double_has_the_shape_of_its_protocol(shape: type, double: object) -> None:
    assert isinstance(double, shape)
    assert shape.__doc__


def test_menu_entry_is_open_to_all_and_without_badge_unless_it_says_so() -> None:
    entry = Inbox()

    assert (entry.order, entry.icon) == (100, "circle")
    assert entry.visible_to(None) is True
    assert entry.badge(None) is None


def test_work_tiles_with_something_waiting_are_shown() -> None:
    tiles: Registry[registry.WorkTile] = Registry("work_tiles")
    tiles.register(ToSign())

    shown = [(tile.title, [item.title for item in tile.items(None, 1)]) for tile in tiles]
    assert shown == [("To sign", ["Letter 1"])]


def test_school_page_leaves_out_panels_without_context() -> None:
    panels: Registry[registry.SchoolPanel] = Registry("school_panels")
    panels.register(Rooms())

    assert [panel.context(None, "a school") for panel in panels] == [{"rooms": 12}]
    assert [panel.context(None, "a group") for panel in panels] == [None]


def test_search_source_narrows_and_adds_nothing_unless_it_says_so() -> None:
    source = Stories()

    assert (source.order, source.icon, source.filters) == (100, "search", frozenset())
    assert (source.scopes(None), source.choices("speed")) == (None, ())
    assert source.further_passages([1]) == {}


@pytest.mark.parametrize(("month", "found"), [(11, 1), (10, 0)])
def test_journal_collects_what_happened_in_a_month(month: int, found: int) -> None:
    sources: Registry[registry.JournalSource] = Registry("journal_sources")
    sources.register(StoriesForJournal())

    start, end = date(2026, month, 1), date(2026, month, 28)
    items = [item for source in sources for item in source.items(None, start, end)]
    assert len(items) == found


def test_calendar_merges_its_sources() -> None:
    sources: Registry[registry.CalendarSource] = Registry("calendar_sources")
    sources.register(Deadlines())

    entries = [entry for source in sources for entry in source.entries(None, DAY, DAY)]
    assert [entry.title for entry in entries] == ["Answer due"]


def test_obligations_tell_open_from_done() -> None:
    sources: Registry[registry.ObligationSource] = Registry("obligations")
    sources.register(Answers())

    owed = [one for source in sources for one in source.owed(None, DAY, DAY)]
    assert [one.unit_id for one in owed if one.done_on is None] == [7]


def test_evidence_is_counted_for_each_point_of_the_standard() -> None:
    sources: Registry[registry.EvidenceSource] = Registry("evidence")
    sources.register(StoriesAsEvidence())

    point = [source for source in sources if "standard.4" in source.points]
    assert sum(i.count for source in point for i in source.items(None, DAY, DAY)) == 12


def test_report_on_a_person_adds_the_figures_of_all_apps() -> None:
    sources: Registry[registry.PersonStatistics] = Registry("person_statistics")
    sources.register(Signed())

    assert [
        str(f.value) + " " + str(f.unit)
        for s in sources
        for f in s.figures(None, DAY, DAY, viewer=None)
    ] == ["3 letters"]


def test_report_on_a_person_needs_neither_days_nor_a_list() -> None:
    source = Signed()

    assert (
        source.by_day(None, DAY, DAY, viewer=None),
        source.items(None, DAY, DAY, viewer=None, limit=5),
    ) == ({}, ())


@pytest.mark.parametrize(
    ("letter", "buttons"), [("a complaint", ["Open a case"]), ("an invitation", [])]
)
def test_letter_offers_the_handlers_that_accept_it(letter: str, buttons: list[str]) -> None:
    handlers: Registry[registry.LetterHandler] = Registry("letter_handlers")
    handlers.register(ToCase())

    assert [h.label for h in handlers if h.accepts(None, letter)] == buttons
    assert handlers.get("double.case").take(letter=letter, actor=None) == "/double/case/1/"


def test_app_asks_for_a_draft_and_gets_the_address_to_go_on_at() -> None:
    drafters: Registry[registry.LetterDrafter] = Registry("letter_drafts")
    drafters.register(Drafting())

    draft = registry.LetterDraft(subject="Round", body_html="<p></p>", to_unit_ids=(1, 2))
    assert [d.draft(draft=draft, actor=None) for d in drafters] == ["/double/new/?subject=Round"]


@pytest.mark.parametrize(("words", "found"), [("number of pupils", 1), ("roofs", 0)])
def test_data_asks_find_what_is_held_already(words: str, found: int) -> None:
    asks: Registry[registry.DataAsk] = Registry("data_asks")
    asks.register(Round())

    assert len([held for ask in asks for held in ask.held(words=words, office=None)]) == found


@pytest.mark.parametrize(
    ("stored_file", "answer"), [("mine", True), ("theirs", False), ("another app's", None)]
)
def test_first_file_owner_that_knows_the_file_decides(
    stored_file: str, answer: bool | None
) -> None:
    owners: Registry[registry.FileOwner] = Registry("file_owners")
    owners.register(Own())

    answers = [owner.may_read(None, stored_file) for owner in owners]
    assert next((a for a in answers if a is not None), None) is answer


def test_change_of_a_person_reaches_every_listener() -> None:
    listeners: Registry[registry.PersonChanged] = Registry("person_changed")
    told: list[tuple[object, str, date]] = []

    @listeners.register
    def tell(user: object, what: str, on: date) -> None:
        told.append((user, what, on))

    for listener in listeners:
        listener("somchai", "moved", DAY)
    assert told == [("somchai", "moved", DAY)]


def test_demo_data_load_in_order() -> None:
    loaders: Registry[registry.DemoLoader] = Registry("demo_loaders")
    loaders.register(Loader())
    out = io.StringIO()

    for loader in loaders:
        loader.load(out)
    assert out.getvalue() == "30 stories\n"


def test_notification_kind_goes_to_both_channels_by_default() -> None:
    kind = registry.NotificationKind("double.delivered", "Letter arrived")

    assert kind.urgent is False
    assert kind.default_channels == {"in_app", "email"}


def test_public_url_gives_its_reason() -> None:
    urls: Registry[registry.PublicUrl | str] = Registry("public_urls")
    urls.register(registry.PublicUrl("double:home", why="Everyone may read the news."))

    assert urls.codes() == ["double:home"]
