"""The bell, the list, the choices, and the administrator's page."""

import json
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.audit.models import AuditRow
from portal.core.models import DeferredTask
from portal.core.registry import menu_entries, work_tiles
from portal.notifications.enums import DeliveryState
from portal.notifications.models import Delivery, Notice, Notification, Preference
from portal.notifications.service import notify
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory, person, role_holders

pytestmark = pytest.mark.usefixtures("wording")


@pytest.fixture(autouse=True)
def _in_english(settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def signed_in(client: Client, clerk: User) -> Client:
    clerk.language = "en"
    clerk.save()
    client.force_login(clerk)
    return client


def tell(office, *people: User, kind: str = "sample.news", title: str = "x") -> list[Notification]:
    notify(
        kind=kind, to=people, about=office, actor=people[0], url="/desk/", context={"title": title}
    )
    return list(Notification.objects.filter(notice=Notice.objects.latest("pk")))


class Text(HTMLParser):
    """The words of a page's elements by tag, and the attributes of all."""

    def __init__(self, response) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def links(self, prefix: str) -> list[str | None]:
        return [
            attrs["href"]
            for tag, attrs in self.tags
            if tag == "a" and str(attrs.get("href")).startswith(prefix)
        ]


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# The bell


def bell_words(client: Client) -> str:
    return " ".join(Text(client.get("/notifications/bell/")).words.split())


def test_bell_counts_what_is_unread(signed_in, office, clerk) -> None:
    assert bell_words(signed_in) == ""

    [first] = tell(office, clerk)
    tell(office, clerk)
    tell(office, UserFactory(office=office))
    assert bell_words(signed_in) == "2 unread"

    Notification.objects.filter(pk=first.pk).update(read_at=timezone.now())
    assert bell_words(signed_in) == "1 unread"


def test_bell_does_not_count_what_is_switched_off(signed_in, office, clerk) -> None:
    Preference.objects.create(person=clerk, kind="sample.news", channel="in_app", is_on=False)
    tell(office, clerk)

    assert bell_words(signed_in) == ""


def test_bell_stops_counting_at_a_hundred(signed_in, office, clerk) -> None:
    [first] = tell(office, clerk)
    Notification.objects.bulk_create(
        Notification(notice=first.notice, person=clerk) for _number in range(98)
    )
    assert bell_words(signed_in) == "99 unread"

    tell(office, clerk)
    assert bell_words(signed_in) == "99+ unread"


def test_bell_answers_304_until_something_changes(signed_in, office, clerk) -> None:
    tag = signed_in.get("/notifications/bell/")["ETag"]

    def status() -> int:
        return signed_in.get("/notifications/bell/", headers={"If-None-Match": tag}).status_code

    assert (status(), status()) == (304, 304)
    [note] = tell(office, clerk)
    assert status() == 200
    tag = signed_in.get("/notifications/bell/")["ETag"]
    assert status() == 304
    Notification.objects.filter(pk=note.pk).update(read_at=timezone.now())
    tell(office, clerk)  # the count is one again, of another
    assert status() == 200


def test_bell_says_something_else_in_another_language(signed_in, clerk) -> None:
    english = signed_in.get("/notifications/bell/")["ETag"]
    thai = signed_in.get("/notifications/bell/", headers={"Accept-Language": "th"})["ETag"]
    clerk.language = "th"
    clerk.save()

    assert {english, thai, signed_in.get("/notifications/bell/")["ETag"]} == {
        '"0-0-en"',
        '"0-0-th"',
    } | {thai}


def test_bell_is_kept_by_the_browser_but_asked_again(signed_in) -> None:
    assert signed_in.get("/notifications/bell/")["Cache-Control"] == "private, no-cache"


def test_bell_takes_one_query_for_any_number(signed_in, office, clerk) -> None:
    for count in (1, 30):
        for _number in range(count):
            tell(office, clerk)
        with CaptureQueriesContext(connection) as queries:
            signed_in.get("/notifications/bell/")
        counted = [q["sql"] for q in queries if "notifications_notification" in q["sql"]]
        assert (len(queries), len(counted)) == (2, 1)  # the person, the count


def test_bell_is_counted_from_its_index(office, clerk) -> None:
    [note] = tell(office, clerk)
    now, other = timezone.now(), UserFactory(office=office)
    Notification.objects.bulk_create(
        Notification(
            notice=note.notice, person=[clerk, other][n % 2], read_at=[now, None][n % 3 == 0]
        )
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
        cursor.execute(
            "EXPLAIN SELECT id FROM notifications_notification WHERE person_id = %s AND in_app"
            " AND read_at IS NULL ORDER BY id DESC LIMIT 100",
            [clerk.pk],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert (plan.count("using notifications_unread"), plan.count("Sort")) == (1, 0), plan


# The list


def test_list_shows_ones_own_newest_first(signed_in, office, clerk) -> None:
    for title in ("one", "two", "three"):
        tell(office, clerk, title=title)
    tell(office, UserFactory(office=office), title="not mine")
    Preference.objects.create(person=clerk, kind="sample.quiet", channel="in_app", is_on=False)
    tell(office, clerk, kind="sample.quiet")

    response = signed_in.get("/notifications/")

    assert [line.text for line in response.context["lines"]] == [
        f"ข่าวถึง {clerk}: {title}" for title in ("three", "two", "one")
    ]
    notes = [line.notification for line in response.context["lines"]]
    assert Text(response).links("/notifications/")[-3:] == [
        f"/notifications/{note.pk}/open/" for note in notes
    ]


def test_list_escapes_words(signed_in, office, clerk) -> None:
    tell(office, clerk, title="<script>alert(1)</script>")

    content = signed_in.get("/notifications/").content.decode()
    assert content.count("<script>alert") == 0
    assert content.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 1


def test_list_of_the_unread(signed_in, office, clerk) -> None:
    [read] = tell(office, clerk)
    [unread] = tell(office, clerk)
    Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())

    def shown(query: str) -> list[Notification]:
        response = signed_in.get(f"/notifications/{query}")
        return [line.notification for line in response.context["lines"]]

    assert shown("") == [unread, read]
    assert shown("?show=unread") == [unread]


def test_list_goes_on_by_key(signed_in, office, clerk) -> None:
    [first] = tell(office, clerk)
    Notification.objects.bulk_create(
        Notification(notice=first.notice, person=clerk) for _number in range(30)
    )
    page = signed_in.get("/notifications/").context["page"]
    tell(office, clerk)
    next_page = signed_in.get("/notifications/", {"cursor": page.next_cursor}).context["page"]

    assert (len(page), [note.pk for note in next_page]) == (30, [first.pk])


@pytest.mark.parametrize("query", ["", "?show=unread"])
def test_list_without_anything_says_so(signed_in, query: str) -> None:
    response = signed_in.get(f"/notifications/{query}")

    expected = "Nothing unread" if query else "No notifications yet"
    assert Text(response).words.count(expected) == 1


def test_list_takes_a_fixed_number_of_queries(
    signed_in, office, clerk, django_assert_num_queries
) -> None:
    tell(office, clerk)
    signed_in.get("/notifications/")
    with CaptureQueriesContext(connection) as with_one:
        signed_in.get("/notifications/")
    for _number in range(29):
        tell(OfficeFactory(), clerk)
    with CaptureQueriesContext(connection) as with_thirty:
        signed_in.get("/notifications/")

    def own(queries: CaptureQueriesContext) -> list[str]:
        return [
            q["sql"]
            for q in queries
            if "notifications_" in q["sql"]
            or 'FROM "org_office" WHERE "org_office"."id" IN' in q["sql"]
        ]

    assert (len(own(with_one)), len(own(with_thirty))) == (3, 3)
    assert len(with_one) == len(with_thirty)


# Opening and reading


def test_open_marks_read_and_leads_on(signed_in, office, clerk) -> None:
    [note] = tell(office, clerk)

    response = signed_in.get(f"/notifications/{note.pk}/open/")

    assert (response.status_code, response["Location"]) == (302, "/desk/")
    note.refresh_from_db()
    first_read = note.read_at
    assert first_read is not None
    signed_in.get(f"/notifications/{note.pk}/open/")
    note.refresh_from_db()
    assert note.read_at == first_read


def test_open_works_from_a_mail_of_what_the_portal_does_not_show(signed_in, office, clerk) -> None:
    Preference.objects.create(person=clerk, kind="sample.news", channel="in_app", is_on=False)
    [note] = tell(office, clerk)

    assert signed_in.get(f"/notifications/{note.pk}/open/")["Location"] == "/desk/"


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_open_never_leaves_the_site(signed_in, office, clerk, url: str) -> None:
    [note] = tell(office, clerk)
    Notice.objects.update(url=url)

    assert signed_in.get(f"/notifications/{note.pk}/open/")["Location"] == "/notifications/"


def test_only_ones_own_can_be_opened_and_read(signed_in, office, clerk) -> None:
    [mine] = tell(office, clerk)
    [theirs] = tell(office, UserFactory(office=office))

    def codes(note: Notification) -> tuple[int, int]:
        return (
            signed_in.get(f"/notifications/{note.pk}/open/").status_code,
            signed_in.post(f"/notifications/{note.pk}/read/").status_code,
        )

    assert codes(mine) == (302, 302)
    assert codes(theirs) == (404, 404)
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_read_by_htmx_gives_the_row_again(signed_in, office, clerk) -> None:
    [note] = tell(office, clerk)

    response = signed_in.post(f"/notifications/{note.pk}/read/", headers={"HX-Request": "true"})

    page = Text(response)
    [row] = [attrs for tag, attrs in page.tags if tag == "li"]
    assert row == {"class": "note", "id": f"note-{note.pk}"}
    assert [tag for tag, _attrs in page.tags if tag == "form"] == []
    assert json.loads(response["HX-Trigger"]) == {"notifications:changed": {}}


def test_read_all_covers_what_was_listed_and_not_what_came_since(signed_in, office, clerk) -> None:
    tell(office, clerk)
    [seen] = tell(office, clerk)
    [theirs] = tell(office, UserFactory(office=office))
    [later] = tell(office, clerk)

    response = signed_in.post("/notifications/read/", {"up_to": seen.pk})

    assert response["Location"] == "/notifications/"
    assert said(response) == ["2 notifications marked as read."]
    assert set(Notification.objects.filter(read_at=None)) == {theirs, later}


@pytest.mark.parametrize("up_to", ["", "x", "-1"])
def test_read_all_without_a_sensible_bound_reads_nothing(
    signed_in, office, clerk, up_to: str
) -> None:
    tell(office, clerk)

    response = signed_in.post("/notifications/read/", {"up_to": up_to})

    assert said(response) == ["0 notifications marked as read."]


# Choices


@pytest.mark.usefixtures("only_sample_kinds")
class TestPreferences:
    url = "/notifications/preferences/"

    def boxes(self, client: Client) -> dict[str, tuple[bool, bool]]:
        """(ticked, fixed) by the box's name."""
        return {
            str(attrs["name"]): ("checked" in attrs, "disabled" in attrs)
            for tag, attrs in Text(client.get(self.url)).tags
            if tag == "input" and attrs.get("type") == "checkbox"
        }

    def test_matrix_shows_what_holds(self, signed_in, clerk) -> None:
        Preference.objects.create(person=clerk, kind="sample.news", channel="email", is_on=False)
        Preference.objects.create(person=clerk, kind="sample.alarm", channel="in_app", is_on=False)

        assert self.boxes(signed_in) == {
            "sample.news:in_app": (True, False),
            "sample.news:email": (False, False),
            "sample.alarm:in_app": (True, True),
            "sample.alarm:email": (True, False),
            "sample.quiet:in_app": (True, False),
            "sample.quiet:email": (False, False),
            "sample.broken:in_app": (True, False),
            "sample.broken:email": (True, False),
            "sample.lock:in_app": (True, True),
            "sample.lock:email": (True, True),
        }

    def test_choice_is_kept_where_it_differs(self, signed_in, clerk, office) -> None:
        other = UserFactory(office=office)
        Preference.objects.create(person=other, kind="sample.news", channel="email", is_on=False)
        Preference.objects.create(person=clerk, kind="sample.broken", channel="email", is_on=False)

        response = signed_in.post(
            self.url,
            {"sample.news:in_app": "on", "sample.quiet:email": "on", "sample.broken:email": "on"},
        )

        assert (response["Location"], said(response)) == (self.url, ["Your choice is kept."])
        assert set(clerk.notification_preferences.values_list("kind", "channel", "is_on")) == {
            ("sample.news", "email", False),
            ("sample.alarm", "email", False),
            ("sample.quiet", "in_app", False),
            ("sample.quiet", "email", True),
            ("sample.broken", "in_app", False),
        }
        assert other.notification_preferences.count() == 1

    def test_choice_back_to_the_default_leaves_no_row(self, signed_in, clerk) -> None:
        ticked = [
            "sample.news:in_app",
            "sample.news:email",
            "sample.alarm:email",
            "sample.quiet:in_app",
            "sample.broken:in_app",
            "sample.broken:email",
        ]
        Preference.objects.create(person=clerk, kind="sample.news", channel="email", is_on=False)

        signed_in.post(self.url, dict.fromkeys(ticked, "on"))

        assert clerk.notification_preferences.count() == 0

    def test_mandatory_kind_cannot_be_switched_off(self, signed_in, clerk) -> None:
        Preference.objects.create(person=clerk, kind="sample.lock", channel="email", is_on=False)
        assert self.boxes(signed_in)["sample.lock:email"] == (True, True)

        signed_in.post(self.url, {"sample.lock:in_app": "", "sample.lock:email": ""})

        assert clerk.notification_preferences.filter(kind="sample.lock").count() == 0
        assert "Always on, for your security" in Text(signed_in.get(self.url)).words

    def test_every_box_has_a_name_to_be_read_out(self, signed_in) -> None:
        words = Text(signed_in.get(self.url)).words
        assert words.count("Alarm: By e-mail") == 1


# The administrator


def give_up(note: Notification, reason: str = "550 No such user") -> Delivery:
    delivery = note.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.DEAD, reason=reason, attempts=3
    )
    return delivery


def test_undelivered_is_for_system_administrators_alone(client, office, clerk) -> None:
    people = role_holders(office)
    people["office superuser"] = UserFactory(office=office, is_superuser=True)
    people["installation superuser"] = UserFactory(office=None, is_superuser=True)

    def may(user: User) -> set[str]:
        client.force_login(user)
        codes = {
            "page": client.get("/notifications/undelivered/").status_code,
            "send again": client.post("/notifications/undelivered/send-again/").status_code,
        }
        assert set(codes.values()) <= {200, 302, 404}
        return {name for name, code in codes.items() if code != 404}

    allowed = {name for name, user in people.items() if may(user)}
    assert allowed == {Role.SYSADMIN, "installation superuser"}
    entry = menu_entries.get("notifications.undelivered")
    assert {name for name, user in people.items() if entry.visible_to(user)} == allowed


def test_undelivered_shows_exactly_ones_own_office(client, office, clerk) -> None:
    [mine] = tell(office, clerk)
    [theirs] = tell(office, UserFactory(office=OfficeFactory()))
    [sent] = tell(office, clerk)
    dead = give_up(mine), give_up(theirs)
    sent.deliveries.update(state=DeliveryState.SENT)

    def shown(user: User) -> set[Delivery]:
        client.force_login(user)
        return set(client.get("/notifications/undelivered/").context["page"])

    assert shown(person(Role.SYSADMIN, office=office, language="en")) == {dead[0]}
    assert shown(person(Role.SYSADMIN, office=OfficeFactory())) == set()
    assert shown(UserFactory(office=None, is_superuser=True)) == set(dead)


def test_undelivered_tells_state_and_reason_but_no_content(client, office, clerk) -> None:
    [note] = tell(office, clerk, title="THE-CONTENT")
    give_up(note)
    [waiting] = tell(office, clerk)
    [failed] = tell(office, clerk)
    failed.deliveries.update(state=DeliveryState.FAILED)
    administrator = person(Role.SYSADMIN, office=office, language="en")
    client.force_login(administrator)

    response = client.get("/notifications/undelivered/")

    state = response.context["state"]
    assert (state.waiting, state.failed, state.dead) == (1, 1, 1)
    assert state.oldest == waiting.notice.created_at
    words = Text(response).words
    assert (words.count("550 No such user"), words.count(clerk.email)) == (1, 1)
    assert words.count("THE-CONTENT") == 0


def test_undelivered_without_any_says_so(client, office) -> None:
    client.force_login(person(Role.SYSADMIN, office=office, language="en"))

    response = client.get("/notifications/undelivered/")

    assert Text(response).words.count("Nothing was given up") == 1
    assert response.context["state"].oldest is None


def test_undelivered_takes_a_fixed_number_of_queries(client, office, clerk) -> None:
    client.force_login(person(Role.SYSADMIN, office=office, language="en"))
    give_up(*tell(office, clerk))
    client.get("/notifications/undelivered/")
    counts = []
    for more in (0, 29):
        for _number in range(more):
            give_up(*tell(office, UserFactory(office=office)))
        with CaptureQueriesContext(connection) as queries:
            client.get("/notifications/undelivered/")
        own = [q for q in queries if 'FROM "notifications_delivery"' in q["sql"]]
        counts.append((len(queries) - len(own), len(own)))

    assert counts[0] == counts[1]
    assert counts[0][1] == 2


def test_send_again_gives_another_round_and_is_written_down(
    client, office, clerk, run_deferred: Callable[..., int]
) -> None:
    dead = [give_up(*tell(office, clerk)) for _number in range(3)]
    other = give_up(*tell(office, UserFactory(office=OfficeFactory())))
    administrator = person(Role.SYSADMIN, office=office, language="en")
    client.force_login(administrator)
    DeferredTask.objects.all().delete()

    one = client.post("/notifications/undelivered/send-again/", {"delivery": dead[0].pk})
    assert said(one) == ["1 mail will be sent again."]
    assert set(Delivery.objects.dead()) == {*dead[1:], other}
    rest = client.post("/notifications/undelivered/send-again/")
    assert said(rest)[-1:] == ["2 mails will be sent again."]
    for wrong in (other.pk, "x"):
        client.post("/notifications/undelivered/send-again/", {"delivery": wrong})

    assert set(Delivery.objects.dead()) == {other}
    rows = AuditRow.objects.filter(action="notification.resent").order_by("pk")
    assert list(rows.values_list("actor", "office_id", "data")) == [
        (administrator.pk, office.pk, {"count": 1}),
        (administrator.pk, office.pk, {"count": 2}),
    ]
    run_deferred()
    assert set(
        Delivery.objects.filter(pk__in=[d.pk for d in dead]).values_list("state", "attempts")
    ) == {(DeliveryState.SENT, 1)}


def test_tile_counts_and_lists_for_the_administrator(office, clerk) -> None:
    tile = work_tiles.get("notifications.undelivered")
    administrator = person(Role.SYSADMIN, office=office, language="en")
    give_up(*tell(office, clerk), reason="first")
    give_up(*tell(office, clerk), reason="second")

    assert (tile.count(administrator), tile.count(clerk)) == (2, 0)
    assert [item.meta for item in tile.items(administrator, 1)] == ["second"]
    assert [item.title for item in tile.items(administrator, 5)] == [str(clerk), str(clerk)]
    assert tile.items(clerk, 5) == []
    assert tile.url(administrator) == "/notifications/undelivered/"


# The back-office


def test_back_office_lists_the_mails_of_ones_office_and_sends_again(rf, office, clerk) -> None:
    mine = give_up(*tell(office, clerk))
    theirs = give_up(*tell(office, UserFactory(office=OfficeFactory())))
    page = admin.site.get_model_admin(Delivery)

    def request_of(user: User):
        request = RequestFactory().get("/")
        request.user = user
        request._messages = _Messages()
        return request

    local = request_of(UserFactory(office=office, is_superuser=True, is_staff=True))
    everywhere = request_of(UserFactory(office=None, is_superuser=True, is_staff=True))
    assert set(page.get_queryset(local)) == {mine}
    assert set(page.get_queryset(everywhere)) == {mine, theirs}
    assert (page.person(mine), page.kind(mine)) == (clerk, "News")
    assert "send_again" in page.get_actions(local)

    page.send_again(local, page.get_queryset(local))

    assert set(Delivery.objects.dead()) == {theirs}
    assert local._messages.said == ["1 mail will be sent again."]


class _Messages:
    """Where the back-office's messages go without a session."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def add(self, level: int, message: str, extra_tags: str = "") -> None:
        self.said.append(message)


def test_kind_that_is_no_longer_known_shows_its_code(office, clerk) -> None:
    [note] = tell(office, clerk)
    Notice.objects.update(kind="gone.kind")

    delivery = Delivery.objects.select_related("notification__notice").get(notification=note)
    assert delivery.kind_label == "gone.kind"
