"""Statistics of letters: the numbers, whose they are, and that secret letters stay unnamed."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from circulars.enums import Secrecy
from circulars.enums_statistics import Done, Measure
from circulars.models import Assignment, Delivery, Handling, HandlingStep, Letter, RouteStep
from circulars.permissions_statistics import scope_of
from circulars.registrations.statistics import LetterWork
from circulars.resources_statistics import statistics_workbook
from circulars.services import assignments, deliveries, handling, work_done
from circulars.services.overview import behind, decisions, overview, slowest
from circulars.services.statistics import Numbers, UnitLine, people, statistics, trend
from circulars.templatetags.statistics_tags import change, elapsed, seconds
from portal.audit.models import AuditRow
from portal.core.periods import Period, PeriodKind
from portal.core.registry import menu_entries
from portal.org.enums import Role
from portal.org.models import Unit
from portal.users.models import User
from tests.factories import GroupFactory, SectionFactory, acting, person, role_holders
from tests.factories.handling import director_post, fresh, ordered, received, work_of
from tests.factories.letters import World, delivery, dispatched, draft, signed, submitted

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def month() -> Period:
    return Period.of(PeriodKind.MONTH, timezone.localdate())


def numbers(user: User, *, schools: bool = False) -> dict[Unit, tuple[int, int, int, int]]:
    """What each unit's line says: received, sent, pending, overdue."""
    found = statistics(scope_of(user, schools=schools), month())
    return {
        line.unit: (line.now.received, line.now.sent, line.now.pending, line.now.overdue)
        for line in found.units
    }


def put_back(row: Delivery, **hours: float) -> None:
    """The times of a delivery, so many hours before now."""
    now = timezone.now()
    Delivery.objects.filter(pk=row.pk).update(
        **{name: now - hours_ * HOUR for name, hours_ in hours.items()}
    )


# Whose letters


def test_each_role_sees_exactly_its_units(world: World):
    section = SectionFactory(office=world.office, parent=world.group)
    other = GroupFactory(office=world.office)
    Unit.objects.filter(pk=other.pk).update(closed_on=date(2020, 1, 1))
    holders = role_holders(world.office)
    inside = set(Unit.objects.inside().open().filter(office=world.office)) - set(world.schools)
    inside = {unit for unit in inside if not unit.is_school}
    seen = {role: set(scope_of(user).units) for role, user in holders.items()}
    expected = {role: set() for role in Role}
    expected |= dict.fromkeys((Role.DIRECTOR, Role.DEPUTY, Role.REGISTRY), inside)
    for role in (Role.GROUP_DIRECTOR, Role.PRINCIPAL):
        expected[role] = {holders[role].memberships.get().unit}
    assert seen == expected
    assert set(scope_of(world.group_director).units) == {world.group, section}


def test_schools_are_seen_by_those_who_see_the_office(world: World):
    for user in (world.director, world.deputy, world.registry):
        assert set(scope_of(user, schools=True).units) == set(world.schools)
    assert set(scope_of(world.principals[0], schools=True).units) == {world.schools[0]}


def test_acting_director_sees_the_office(world: World):
    acting(world.officer, world.membership(world.director))
    user = User.objects.get(pk=world.officer.pk)
    assert scope_of(user).is_office


def test_person_without_an_office_sees_nothing():
    assert scope_of(User(is_superuser=True)).units == ()


# Numbers


def test_school_received_registered_and_owes(world: World):
    letter = dispatched(world, due_on=timezone.localdate() + timedelta(days=3), answer_wanted=True)
    for unit in world.schools[:2]:
        put_back(delivery(letter, unit), delivered_at=0.5)
    deliveries.acknowledge(delivery=delivery(letter, world.schools[0]), actor=world.principals[0])
    Letter.objects.filter(pk=letter.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert numbers(world.director, schools=True) == {
        world.schools[0]: (1, 0, 0, 1),  # acknowledged, but the answer is overdue
        world.schools[1]: (1, 0, 1, 1),
        world.schools[2]: (1, 0, 1, 1),
    }
    assert numbers(world.principals[0]) == {world.schools[0]: (1, 0, 0, 1)}


def test_group_signed_a_letter(world: World):
    signed(world)
    assert numbers(world.group_director) == {world.group: (0, 1, 0, 0)}
    assert numbers(world.director)[world.group] == (0, 1, 0, 0)


def test_void_letter_is_not_sent(world: World):
    letter = signed(world)
    Letter.objects.filter(pk=letter.pk).update(state="void")
    assert numbers(world.group_director)[world.group] == (0, 0, 0, 0)


def test_closed_matter_is_not_pending(world: World):
    row = received(world)
    registry_unit = row.unit
    assert numbers(world.director)[registry_unit] == (1, 0, 1, 0)
    handled = handling.propose(
        delivery=row, actor=world.registry, to=[[director_post(world)]], owners=[]
    )
    Handling.objects.filter(pk=handled.pk).update(
        state="closed", closed_at=timezone.now() - timedelta(seconds=1)
    )
    assert numbers(world.director)[registry_unit] == (1, 0, 0, 0)


def test_office_does_not_count_what_schools_get_elsewhere(world: World):
    received(world, unit=world.schools[0], by=world.clerks[0])
    assert numbers(world.director, schools=True)[world.schools[0]] == (0, 0, 0, 0)
    assert numbers(world.principals[0])[world.schools[0]] == (1, 0, 1, 0)


def test_pending_is_as_of_the_end_of_the_period(world: World):
    letter = dispatched(world)
    row = delivery(letter, world.schools[0])
    deliveries.acknowledge(delivery=row, actor=world.principals[0])
    before = month().before
    middle = before.starts_at + timedelta(days=10)
    Delivery.objects.filter(pk=row.pk).update(delivered_at=middle)
    found = statistics(scope_of(world.principals[0]), month())
    line = found.units[0]
    assert (line.now.received, line.now.pending) == (0, 0)
    assert (line.before.received, line.before.pending) == (1, 1)  # acknowledged later
    assert line.changes == {"received": -1, "sent": 0, "pending": -1, "overdue": 0}


def test_medians_of_each_step(world: World):
    letter = dispatched(world)
    now = timezone.now()
    for unit, clerk, hours in zip(world.schools, world.clerks, (1, 2, 9), strict=True):
        row = delivery(letter, unit)
        put_back(row, delivered_at=hours)
        deliveries.register(delivery=fresh(row), actor=clerk)
    steps = RouteStep.objects.filter(letter=letter)
    steps.update(decided_at=now)
    for step, hours in zip(steps.order_by("position"), (4, 2, 6), strict=True):
        RouteStep.objects.filter(pk=step.pk).update(arrived_at=now - hours * HOUR)
    found = statistics(scope_of(world.director), month())
    times = {line.unit: line.now.times for line in found.units}
    executive = world.membership(world.director).unit
    assert _hours(times[world.group][Measure.ENDORSE]) == 4
    assert _hours(times[executive][Measure.ENDORSE]) == 2
    assert _hours(times[executive][Measure.SIGN]) == 6
    assert _hours(found.total.now.time(Measure.ENDORSE)) == 3  # the mean of the middle two
    schools = statistics(scope_of(world.director, schools=True), month())
    assert _hours(schools.total.now.time(Measure.REGISTER)) == 2
    assert schools.total.now.time(Measure.ACKNOWLEDGE) is None


def test_medians_of_orders_and_work(world: World):
    handled = ordered(world)
    work = work_of(handled)
    assignments.accept(assignment=work, actor=world.group_director)
    assignments.report(assignment=work, actor=world.group_director, text="แล้วเสร็จ")
    now = timezone.now()
    HandlingStep.objects.filter(handling=handled, kind="order").update(
        arrived_at=now - 5 * HOUR, decided_at=now
    )
    Assignment.objects.filter(pk=work.pk).update(arrived_at=now - 7 * HOUR, reported_at=now)
    found = statistics(scope_of(world.director), month())
    assert _hours(found.total.now.time(Measure.ORDER)) == 5
    assert _hours(found.total.now.time(Measure.WORK)) == 7


def test_secret_letters_count_for_heads_alone(world: World):
    letter = dispatched(world)
    Letter.objects.filter(pk=letter.pk).update(secrecy=Secrecy.SECRET)
    assert numbers(world.group_director)[world.group][1] == 1
    assert numbers(world.director)[world.group][1] == 1
    assert numbers(world.deputy)[world.group][1] == 0
    assert numbers(world.registry)[world.group][1] == 0
    assert numbers(world.principals[0])[world.schools[0]][0] == 1
    assert numbers(world.director, schools=True)[world.schools[0]][0] == 0


def test_trend_of_a_month_has_each_day(world: World):
    dispatched(world)
    steps = trend(scope_of(world.director), month())
    assert len(steps) == len(month().days)
    assert sum(went for _step, _came, went in steps) == 1
    schools = trend(scope_of(world.director, schools=True), month())
    assert (sum(came for _s, came, _w in schools), sum(w for _s, _c, w in schools)) == (3, 0)


# People


def test_people_are_counted_by_what_they_did(world: World):
    letter = dispatched(world)
    row = delivery(letter, world.schools[0])
    deliveries.acknowledge(delivery=row, actor=world.principals[0])
    lines = {line.person: dict(line.done) for line in people(scope_of(world.director), month())}
    assert lines == {
        world.officer: {Done.DRAFTED: 1},
        world.group_director: {Done.ENDORSED: 1},
        world.group_registry: {},
        world.deputy: {Done.ENDORSED: 1},
        world.director: {Done.SIGNED: 1},
        world.registry: {Done.SENT: 1},
    }
    school = {line.person: line.total for line in people(scope_of(world.principals[0]), month())}
    assert school == {world.principals[0]: 2, world.clerks[0]: 0}


def test_open_and_late_work_of_people(world: World):
    handled = ordered(world)
    work = work_of(handled)
    assignments.accept(assignment=work, actor=world.group_director)
    Assignment.objects.filter(pk=work.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    lines = {line.person: (line.open, line.overdue) for line in people(_scope(world), month())}
    assert lines[world.group_director] == (1, 1)
    assert lines[world.officer] == (0, 0)


def test_person_alone_sees_only_the_own_work_with_secret_letters(world: World):
    letter = draft(world)
    Letter.objects.filter(pk=letter.pk).update(secrecy=Secrecy.SECRET)
    own = people(scope_of(world.officer), month(), only=world.officer)
    assert [(line.person, dict(line.done)) for line in own] == [(world.officer, {Done.DRAFTED: 1})]
    others = people(scope_of(world.director), month())
    assert sum(line.total for line in others) == 0


# The daily record


def test_daily_record_counts_and_lists_what_was_done(world: World):
    letter = submitted(world)
    source, today = LetterWork(), timezone.localdate()
    assert [
        (str(figure.label), figure.value)
        for figure in source.figures(world.officer, today, today, viewer=world.officer)
    ] == [("Letters drafted", 1)]
    assert source.by_day(world.officer, today, today, viewer=world.officer) == {today: 1}
    items = source.items(world.officer, today, today, viewer=world.officer, limit=5)
    assert [(item.title, item.url) for item in items] == [
        (letter.subject, letter.get_absolute_url())
    ]
    yesterday = today - timedelta(days=1)
    assert source.by_day(world.officer, yesterday, yesterday, viewer=world.officer) == {}


def test_received_letter_is_listed_where_it_was_received(world: World):
    letter = dispatched(world)
    deliveries.register(delivery=delivery(letter, world.schools[0]), actor=world.clerks[0])
    items = work_done.items(world.clerks[0], month(), viewer=world.clerks[0], limit=5)
    assert [(str(item.what), item.url) for item in items] == [
        ("Letters registered", letter.get_received_url())
    ]


def test_list_leaves_out_what_the_viewer_may_not_see(world: World):
    submitted(world)
    stranger = person(Role.OFFICER, office=world.office)
    for viewer in (stranger, None):
        assert work_done.items(world.officer, month(), viewer=viewer, limit=5) == []
    assert len(work_done.items(world.officer, month(), viewer=world.group_director, limit=5)) == 1


def test_secret_letter_is_counted_for_its_person_alone_and_never_listed(world: World):
    letter = submitted(world)
    Letter.objects.filter(pk=letter.pk).update(secrecy=Secrecy.CONFIDENTIAL)
    source, today = LetterWork(), timezone.localdate()

    def counted(viewer: User | None) -> int:
        figures = source.figures(world.officer, today, today, viewer=viewer)
        return sum(figure.value for figure in figures)

    assert [counted(viewer) for viewer in (world.officer, world.group_director, None)] == [1, 0, 0]
    for viewer in (world.officer, world.group_director):
        assert source.items(world.officer, today, today, viewer=viewer, limit=5) == []


# Pages


def test_page_shows_no_more_than_the_scope(world: World, browse):
    submitted(world, subject="เรื่องที่ไม่ควรปรากฏ")
    for user in (world.director, world.group_director, world.principals[0], world.officer):
        page = browse(user).get(reverse("circulars:statistics"))
        assert page.status_code == 200
        assert page.content.decode().find("เรื่องที่ไม่ควรปรากฏ") == -1
        units = (
            [line.unit for line in page.context["found"].units] if "found" in page.context else []
        )
        assert units == list(scope_of(user).units)
    page = browse(world.officer).get(reverse("circulars:statistics"), {"of": "schools"})
    assert [line.person for line in page.context["people"]] == [world.officer]


def test_person_without_a_post_is_told_so(world: World, browse):
    page = browse(person(None, office=world.office)).get(reverse("circulars:statistics"))
    assert "You hold no post" in page.content.decode()


@pytest.mark.parametrize("kind", PeriodKind)
def test_page_of_each_kind_of_period(world: World, browse, kind):
    page = browse(world.director).get(reverse("circulars:statistics"), {"period": kind.value})
    assert page.context["period"] == Period.of(kind, timezone.localdate())
    assert page.context["asked"].after == ""


def test_period_before_is_one_click_away(world: World, browse):
    client = browse(world.director)
    page = client.get(reverse("circulars:statistics"))
    older = client.get(reverse("circulars:statistics") + page.context["asked"].before)
    assert older.context["period"] == month().before
    assert older.context["asked"].after != ""


@pytest.mark.parametrize("query", ["period=week", "on=gestern", "on=2999-01-01", "on=1001-01-01"])
def test_nonsense_is_not_found(world: World, browse, query):
    address = reverse("circulars:statistics")
    assert browse(world.director).get(f"{address}?{query}").status_code == 404


def test_schools_page(world: World, browse):
    dispatched(world)
    page = browse(world.registry).get(reverse("circulars:statistics"), {"of": "schools"})
    assert [line.unit for line in page.context["found"].units] == list(
        Unit.objects.filter(pk__in=[unit.pk for unit in world.schools])
    )
    assert page.context["people"] == []
    assert "of=schools" in page.context["asked"].before


def test_director_and_deputies_alone_have_the_overview(world: World, browse):
    address = reverse("circulars:statistics_director")
    found = {
        role: browse(user).get(address).status_code
        for role, user in role_holders(world.office).items()
    }
    expected = dict.fromkeys(Role, 404) | {Role.DIRECTOR: 200, Role.DEPUTY: 200}
    assert found == expected


def test_overview_names_what_waits_and_who_is_behind(world: World):
    submitted(world)
    letter = dispatched(world, due_on=timezone.localdate() + timedelta(days=1))
    Letter.objects.filter(pk=letter.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    found = overview(world.director, month())
    assert {line.unit for line in found.schools_behind} == set(world.schools)
    assert {(step.unit, step.measure) for step in found.slowest} == {
        (world.group, Measure.ENDORSE),
        (world.membership(world.director).unit, Measure.ENDORSE),
        (world.membership(world.director).unit, Measure.SIGN),
    }
    assert decisions(world.director) == []
    assert [one.count for one in decisions(world.group_director)] == [1]


def test_slowest_and_most_behind_come_first(world: World):
    def line(unit: Unit, overdue: int, pending: int, hours: int | None) -> UnitLine:
        time = None if hours is None else hours * HOUR
        now = Numbers(overdue=overdue, pending=pending, times={Measure.SIGN: time})
        return UnitLine(unit, now, Numbers())

    first, second, third = world.schools
    lines = [line(first, 0, 5, 1), line(second, 2, 2, 9), line(third, 0, 0, None)]
    assert [row.unit for row in behind(lines)] == [second, first]
    assert [step.unit for step in slowest(lines)] == [second, first]


def test_excel_has_units_people_and_trend(world: World, browse):
    signed(world)
    answer = browse(world.group_director).get(reverse("circulars:statistics_export"))
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Units", "People", "Trend"]
    units = list(book["Units"].iter_rows(values_only=True))
    assert units[2][:5] == ("Unit", "Received", "Sent", "Pending", "Overdue")
    assert units[3][:5] == (str(world.group), 0, 1, 0, 0)
    assert units[-1][0] == "Together"
    names = [row[0] for row in book["People"].iter_rows(min_row=4, values_only=True)]
    assert set(names) == {
        str(user) for user in (world.officer, world.group_director, world.group_registry)
    }
    assert AuditRow.objects.filter(action="statistics.export").count() == 1


def test_excel_never_calculates_a_name(world: World):
    Unit.objects.filter(pk=world.group.pk).update(short_name="=1+1")
    found = statistics(scope_of(world.group_director), month())
    book = load_workbook(BytesIO(statistics_workbook(found, [], [])))
    assert book["Units"]["A4"].value == "'=1+1"


def test_queries_stay_the_same_with_many(
    world: World, browse, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(menu_entries, "_items", {})
    client = browse(world.director)
    address = reverse("circulars:statistics")
    letter = dispatched(world)
    client.get(address)
    for number in (0, 29):
        for _one in range(number):
            group = GroupFactory(office=world.office)
            person(Role.OFFICER, group)
        for row in letter.deliveries.all():
            put_back(row, delivered_at=1)
        with django_assert_num_queries(PAGE_QUERIES):
            page = client.get(address)
    assert len(page.context["found"].units) == 32


# Person, office, roles; units; people, what they did, their open work;
# five measures for the units and five together, each for two periods; two of the trend.
PAGE_QUERIES = 3 + 1 + 3 + 20 + 2


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (None, "–"),
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=4), "4 min"),
        (timedelta(hours=3, minutes=5), "3 h 5 min"),
        (timedelta(days=2, hours=3, minutes=40), "2 d 3 h"),
    ],
)
def test_elapsed_time_in_words(time, words):
    assert elapsed(time) == words


def test_no_time_is_no_bar():
    assert (seconds(None), seconds(HOUR)) == (0, 3600)


@pytest.mark.parametrize(
    ("now", "css", "shown"),
    [(3, "change-up", ">2<"), (0, "change-down", ">1<"), (1, "change-none", ">=<")],
)
def test_change_says_more_than_a_colour(now, css, shown):
    html = change(now, 1)
    assert f'class="figure-change {css}"' in html
    assert shown in html
    assert "before: 1" in html


def _hours(time: timedelta | None) -> float | None:
    return None if time is None else round(time.total_seconds() / 3600, 1)


def _scope(world: World):
    return scope_of(world.director)


def test_day_of_bangkok_counts_not_that_of_greenwich(world: World):
    letter = draft(world)
    late = timezone.make_aware(datetime(2026, 3, 31, 23, 59, 59))
    Letter.objects.filter(pk=letter.pk).update(created_at=late)
    source = LetterWork()
    march = (date(2026, 3, 1), date(2026, 3, 31))
    april = (date(2026, 4, 1), date(2026, 4, 30))
    assert source.by_day(world.officer, *march, viewer=world.officer) == {date(2026, 3, 31): 1}
    assert source.by_day(world.officer, *april, viewer=world.officer) == {}
