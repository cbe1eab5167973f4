import datetime
import re
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Length
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.paging import Page, keyset_page
from portal.users.models import User
from tests.factories.org import OfficeFactory

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
ORDERS = [
    ("username",),
    ("-username",),
    ("first_name",),
    ("first_name", "-last_name"),
    ("-last_login", "first_name"),
    ("last_login", "-date_joined"),
    ("-last_login",),
    ("pk",),
    ("-date_joined", "-pk"),
]
# (first name, last name, last login in minutes after noon or never, joined in minutes after noon)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("กขค"),
        st.sampled_from("มย"),
        st.none() | st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=14,
)


def add_users(rows: list[tuple[str, str, int | None, int]], prefix: str) -> None:
    User.objects.bulk_create(
        User(
            username=f"{prefix}{number}",
            first_name=first,
            last_name=last,
            last_login=None if login is None else NOON + datetime.timedelta(minutes=login),
            date_joined=NOON + datetime.timedelta(minutes=joined, microseconds=number % 2),
        )
        for number, (first, last, login, joined) in enumerate(rows)
    )


def walk(order: tuple[str, ...], size: int) -> Iterator[Page[User]]:
    page = keyset_page(User.objects.all(), order=order, cursor=None, size=size)
    yield page
    while page.next_cursor:
        page = keyset_page(User.objects.all(), order=order, cursor=page.next_cursor, size=size)
        yield page


def whole(order: tuple[str, ...]) -> list[User]:
    tie = [] if order[-1].lstrip("-") == "pk" else ["-pk" if order[-1].startswith("-") else "pk"]
    return list(User.objects.order_by(*order, *tie))


@settings(max_examples=60)
@given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_pages_partition_the_list(rows: list, order: tuple[str, ...], size: int) -> None:
    with transaction.atomic():
        add_users(rows, "a")
        expected = whole(order)
        pages = list(walk(order, size))
        back = pages[-1]
        backwards = [back.items]
        while back.previous_cursor:
            back = keyset_page(
                User.objects.all(), order=order, cursor=back.previous_cursor, size=size
            )
            backwards.insert(0, back.items)
        transaction.set_rollback(True)
    assert [user for page in pages for user in page] == expected
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert backwards[1:] == [page.items for page in pages[1:]]
    assert backwards[0] == pages[0].items


@settings(max_examples=60)
@given(
    rows=ROWS,
    late=st.lists(ROWS, max_size=4),
    order=st.sampled_from(ORDERS),
    size=st.integers(1, 5),
)
def test_rows_added_meanwhile_repeat_and_hide_nothing(
    rows: list, late: list, order: tuple[str, ...], size: int
) -> None:
    with transaction.atomic():
        add_users(rows, "a")
        before = whole(order)
        seen: list[User] = []
        for number, page in enumerate(walk(order, size)):
            seen += page
            if number < len(late):
                add_users(late[number], f"late{number}x")
        after = whole(order)
        transaction.set_rollback(True)
    assert len(seen) == len({user.pk for user in seen})
    assert [user for user in seen if user in before] == before
    assert seen == [user for user in after if user in seen]


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_rows_with_equal_and_empty_values(order: tuple[str, ...], size: int) -> None:
    add_users([(first, "ม", login, 0) for first in "กข" for login in (None, 2, 1, None, 1)], "a")
    pages = list(walk(order, size))
    assert [user for page in pages for user in page] == whole(order)


@pytest.fixture
def ten() -> list[User]:
    add_users([("ก", "ม", None, 0)] * 10, "a")
    return whole(("username",))


def page_of(cursor: str | None, **changes) -> Page[User]:
    arguments = {"order": ("username",), "size": 4} | changes
    queryset: QuerySet[User] = arguments.pop("queryset", User.objects.all())
    return keyset_page(queryset, cursor=cursor, **arguments)


def test_first_page_has_no_previous(ten: list[User]) -> None:
    page = page_of(None)
    assert (page.items, page.previous_cursor) == (ten[:4], None)


def test_last_page_has_no_next(ten: list[User]) -> None:
    page = page_of(page_of(page_of(None).next_cursor).next_cursor)
    assert (page.items, page.next_cursor) == (ten[8:], None)


def test_full_last_page_has_no_next(ten: list[User]) -> None:
    page = page_of(page_of(None, size=5).next_cursor, size=5)
    assert (page.items, page.next_cursor) == (ten[5:], None)


def test_empty_list_is_one_empty_page() -> None:
    assert page_of(None) == Page([], None, None)


def test_page_costs_one_query(ten: list[User], django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        first = page_of(None)
    with django_assert_num_queries(1):
        page_of(first.next_cursor)


def test_cursor_after_which_all_is_gone_gives_first_page(ten: list[User]) -> None:
    cursor = page_of(page_of(None).next_cursor).next_cursor
    User.objects.filter(pk__in=[user.pk for user in ten[8:]]).delete()
    assert page_of(cursor).items == ten[:4]


def test_back_where_rows_were_added_shows_full_first_page(ten: list[User]) -> None:
    second = page_of(page_of(None).next_cursor)
    User.objects.filter(pk=ten[0].pk).delete()
    back = page_of(second.previous_cursor)
    assert (back.items, back.previous_cursor) == (ten[1:5], None)


@pytest.mark.parametrize("cursor", ["", "x", "W10:abc", "ก:ข", "a" * 9000, "\x00"])
def test_bad_cursor_gives_first_page(ten: list[User], cursor: str) -> None:
    assert page_of(cursor) == page_of(None)


def test_forged_cursor_gives_first_page(ten: list[User]) -> None:
    cursor = page_of(None).next_cursor
    assert cursor is not None
    assert page_of(cursor[:-1] + ("a" if cursor[-1] != "a" else "b")) == page_of(None)


def test_cursor_of_other_order_gives_first_page(ten: list[User]) -> None:
    cursor = page_of(None, order=("-username",)).next_cursor
    assert page_of(cursor) == page_of(None)


def test_cursor_of_other_model_gives_first_page(ten: list[User]) -> None:
    Group.objects.bulk_create(Group(name=name) for name in "กขค")
    cursor = keyset_page(Group.objects.all(), order=("name",), cursor=None, size=2).next_cursor
    assert page_of(cursor, order=("first_name",)) == page_of(None, order=("first_name",))


def test_order_by_related_row_that_may_be_missing(
    ten: list[User], office_names: list[str]
) -> None:
    queryset = User.objects.select_related("office")
    first = page_of(None, queryset=queryset, order=("-office__short_name", "username"))
    second = page_of(
        first.next_cursor, queryset=queryset, order=("-office__short_name", "username")
    )
    third = page_of(
        second.next_cursor, queryset=queryset, order=("-office__short_name", "username")
    )
    seen = [
        user.office and user.office.short_name for page in (first, second, third) for user in page
    ]
    assert seen == [None] * 6 + office_names


@pytest.fixture
def office_names(ten: list[User]) -> list[str]:
    """Offices of the first four; returned as they come in descending order."""
    offices = [OfficeFactory(short_name="ก"), OfficeFactory(short_name="ข")]
    for number, user in enumerate(ten[:4]):
        user.office = offices[number % 2]
        user.save()
    return ["ข", "ข", "ก", "ก"]


def test_order_by_annotation(ten: list[User]) -> None:
    User.objects.filter(pk=ten[3].pk).update(first_name="กกก")
    queryset = User.objects.annotate(length=Length("first_name"))
    page = page_of(None, queryset=queryset, order=("-length", "username"), size=1)
    rest = page_of(page.next_cursor, queryset=queryset, order=("-length", "username"), size=20)
    assert page.items + rest.items == [ten[3], *ten[:3], *ten[4:]]


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.50"),
        uuid.UUID(int=7),
        datetime.date(2026, 11, 20),
        NOON,
        True,
        1.25,
    ],
)
def test_cursor_carries_every_type(ten: list[User], value: object) -> None:
    queryset = User.objects.annotate(key=Value(value))
    page = page_of(None, queryset=queryset, order=("key", "username"))
    assert (
        page_of(page.next_cursor, queryset=queryset, order=("key", "username")).items == ten[4:8]
    )


def test_order_by_unreadable_type(ten: list[User]) -> None:
    queryset = User.objects.annotate(key=F("date_joined") - timezone.now())
    with pytest.raises(TypeError, match="timedelta"):
        page_of(None, queryset=queryset, order=("key",))


def test_page_size_must_be_positive() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        page_of(None, size=0)


def test_page_query_has_a_bound_for_the_index(ten: list[User], django_assert_num_queries) -> None:
    cursor = page_of(None).next_cursor
    with django_assert_num_queries(1) as queries:
        page_of(cursor)
    assert re.findall(r'"username" >= \'(\w+)\'', queries[0]["sql"]) == [ten[3].username]
