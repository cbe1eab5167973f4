"""The large office: every row that the portal would have written itself, and no other."""

import pytest
from django.db.models import Count, F, Max, Min, Q

from benchmarks.data import GROUPS, build_office, clerk_of, staff_of
from benchmarks.data_letters import build_letters
from benchmarks.database import execute
from benchmarks.dispatch import TABLES, ready_letter
from circulars.enums import DeliveryState, RegisterKind
from circulars.models import Delivery, Letter, Register, RegisterEntry
from circulars.services import letters as letter_service
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Office

SCHOOLS, LETTERS, DELIVERIES = 5, 40, 100

pytestmark = pytest.mark.django_db


@pytest.fixture
def bench_office() -> Office:
    return build_office(code="9901", schools=SCHOOLS)


@pytest.fixture
def written(bench_office: Office) -> Office:
    build_letters(bench_office, letters=LETTERS, deliveries=DELIVERIES)
    return bench_office


@pytest.fixture(autouse=True)
def _no_vacuum(monkeypatch: pytest.MonkeyPatch) -> None:
    """VACUUM cannot run in the transaction that a test is."""
    monkeypatch.setattr("benchmarks.dispatch.vacuum", lambda *tables: None)


def test_office_has_its_units_and_a_post_for_everybody(bench_office: Office) -> None:
    kinds = dict(bench_office.units.values_list("kind").annotate(Count("pk")).order_by())
    assert kinds == {
        UnitKind.OFFICE: 1,
        UnitKind.EXECUTIVE: 1,
        UnitKind.GROUP: GROUPS,
        UnitKind.SCHOOL: SCHOOLS,
    }
    posts = Membership.objects.filter(unit__office=bench_office)
    assert posts.count() == bench_office.users.count() == 3 + 3 * GROUPS + 2 * SCHOOLS


def test_people_of_a_school_are_found_by_its_number(bench_office: Office) -> None:
    schools = list(bench_office.units.filter(kind=UnitKind.SCHOOL).order_by("pk"))

    posts = [clerk_of(bench_office, number).memberships.get() for number in range(SCHOOLS)]

    assert [post.unit for post in posts] == schools
    assert {post.role for post in posts} == {Role.SCHOOL_CLERK}


def test_two_offices_are_kept_apart(bench_office: Office) -> None:
    other = build_office(code="9902", schools=2)

    assert staff_of(other).director.memberships.get().unit.office == other
    assert bench_office.users.filter(memberships__unit__office=other).count() == 0


def test_letters_have_numbers_without_gap_and_are_all_sent(written: Office) -> None:
    letters = Letter.objects.filter(unit__office=written)
    assert letters.count() == LETTERS
    assert letters.exclude(entry__reference=F("number_text")).count() == 0
    books = Register.objects.annotate(
        lines=Count("entries"), lowest=Min("entries__number"), highest=Max("entries__number")
    )
    kinds = {book.kind for book in books}
    assert kinds == {RegisterKind.CIRCULAR, RegisterKind.OUTGOING, RegisterKind.INCOMING}
    assert {(b.lowest, b.highest - b.lines, b.last_number - b.lines) for b in books} == {(1, 0, 0)}


def test_deliveries_have_what_their_state_says(written: Office) -> None:
    deliveries = Delivery.objects.filter(unit__office=written)
    assert deliveries.count() == DELIVERIES
    unread = Q(state=DeliveryState.DELIVERED)
    waiting = unread | Q(state=DeliveryState.OPENED)
    assert deliveries.filter(unread, opened_at__isnull=False).count() == 0
    assert deliveries.exclude(unread).filter(opened_at=None).count() == 0
    assert deliveries.filter(waiting, entry__isnull=False).count() == 0
    assert deliveries.exclude(waiting).filter(entry=None).count() == 0
    answered = deliveries.filter(state=DeliveryState.ANSWERED)
    assert answered.filter(answers=None).count() == 0


def test_the_same_call_gives_the_same_rows(written: Office) -> None:
    execute("DROP TABLE bench_school, bench_plan, bench_delivery")  # a commit would
    other = build_office(code="9903", schools=SCHOOLS)
    build_letters(other, letters=LETTERS, deliveries=DELIVERIES)

    def rows(office: Office) -> list[tuple[object, ...]]:
        entries = RegisterEntry.objects.filter(register__unit__office=office)
        return sorted(entries.values_list("number", "subject", "register__kind"))

    assert rows(other) == rows(written)


@pytest.mark.parametrize("deliveries", [LETTERS - 1, LETTERS * SCHOOLS + 1])
def test_letters_to_nobody_or_to_a_school_twice_are_refused(
    bench_office: Office, deliveries: int
) -> None:
    with pytest.raises(ValueError, match="deliveries of 40 letters to 5 schools"):
        build_letters(bench_office, letters=LETTERS, deliveries=deliveries)


def test_ready_letter_is_sent_by_the_portal_itself(bench_office: Office) -> None:
    letter = ready_letter(bench_office, 3)

    letter_service.dispatch(letter=letter, actor=staff_of(bench_office).registry)

    assert Delivery.objects.filter(letter=letter).count() == 3
    assert set(TABLES) == {
        "circulars_delivery",
        "notifications_notice",
        "notifications_notification",
        "notifications_delivery",
        "core_deferredtask",
    }
