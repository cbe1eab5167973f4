"""What is found, in which order, by whom."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from portal.core.registry import SearchDocument
from portal.core.thai.text import search_form
from portal.search import service
from portal.search.models import Document
from portal.users.models import User
from tests.factories import UserFactory


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("การติดต่อสื่อสาร", "สื่อสาร"),
        ("การติดต่อสื่อสาร", "ต่อสื่อ"),
        ("ศธ ๐๔๑๐๘/๑๒๓", "04108/123"),
        ("ศธ 04108/123", "๐๔๑๐๘/๑๒๓"),
        ("สํานักงาน", "สำนักงาน"),
        ("สำนักงาน", "สํานักงาน"),
        ("นํ้าท่วม", "น้ำท่วม"),
        ("เเขวงวังใหม่", "แขวง"),
        ("ที\u0e48\u0e35ประชุม".replace("ี\u0e48\u0e35", "\u0e48\u0e35"), "ที่ประชุม"),
        ("ประ\u200bชุม\u00a0ใหญ่", "ประชุม"),
        ("PISA 2026", "pisa"),
        ("ศธ", "ศธ"),
        ("เรื่อง ก", "ก"),
        ("อักษรย่อ ศธ", "ศธ"),
        ("ก" * 500 + "ข", "ขข ข"[3:]),
        ("50% ของ_ทั้งหมด\\จริง", "50%"),
        ("50% ของ_ทั้งหมด\\จริง", "ของ_ทั้ง"),
        ("50% ของ_ทั้งหมด\\จริง", "หมด\\จริง"),
        ("ข้อ ' กับ \" เครื่องหมาย", "' \""),
        ("หัวเรื่อง\nเนื้อความอยู่ตรงนี้", "ความอยู่ หัว"),
        ("มี :* กับ & | !", "& :* |"),
    ],
)
def test_text_is_found_however_it_is_typed(texts, user: User, text: str, typed: str) -> None:
    pks = texts.add(user, text)

    assert texts.find(user, typed) == pks


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("กขคง จฉชซ", "กขคง จฉชซฌ"),
        ("abc bcd", "abcd"),
        ("50 ของ ทั้งหมด", "50%"),
        ("ของXทั้ง", "ของ_ทั้ง"),
        ("ประชุม ผู้บริหาร", "ประชุมผู้บริหาร"),
        ("หัวท้าย\nท้ายหัว", "หัวท้ายท้ายหัว"),
        ("ศ ธ", "ศธ"),
        ("หนึ่ง สอง", '"สอง หนึ่ง"'),
    ],
)
def test_text_is_not_found_by_what_does_not_stand_in_it(
    texts, user: User, text: str, typed: str
) -> None:
    texts.add(user, text)

    assert texts.find(user, typed) == []


def test_phrase_in_quotation_marks_stands_together(texts, user: User) -> None:
    together, _apart = texts.add(user, "ประชุม ผู้บริหาร วันนี้", "ผู้บริหาร จะ ประชุม")

    assert texts.find(user, '"ประชุม ผู้บริหาร"') == [together]
    assert texts.find(user, "“ประชุม ผู้บริหาร”") == [together]


@pytest.mark.parametrize("typed", ["", "   ", '""', "\u200b", "\0"])
def test_nothing_typed_finds_nothing(texts, user: User, typed: str) -> None:
    texts.add(user, "ประชุม")

    assert texts.find(user, typed) == []


def test_order_is_titles_then_texts_newest_first(texts, user: User) -> None:
    (old,) = texts.add(user, "ประชุม", on=date(2024, 1, 1))
    (text,) = texts.add(user, "อื่น\nประชุม", on=date(2026, 1, 1))
    (new,) = texts.add(user, "การประชุม", on=date(2025, 1, 1))

    assert texts.find(user, "ประชุม") == [new, old, text]
    assert texts.find(user, "ประชุม", limit=2) == [new, old]


def test_hidden_and_foreign_objects_are_not_found(texts, user: User) -> None:
    hidden, seen = texts.add(user, "ประชุม", "ประชุม")
    texts.add(UserFactory(), "ประชุม")
    texts.hidden = {hidden}

    assert texts.find(user, "ประชุม") == [seen]


@pytest.mark.parametrize("few", [0, 5000])
def test_both_ways_of_asking_for_permission_agree(
    texts, user: User, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.search.finding.FEW", few)
    pks = texts.add(user, *[f"ประชุม {number}" for number in range(10)])
    texts.hidden = set(pks[::2])

    assert sorted(texts.find(user, "ประชุม")) == pks[1::2]
    assert sorted(texts.find(user, "ประชุม")) == pks[1::2]  # with what the cache remembers


def test_labels_narrow(texts, user: User) -> None:
    (urgent,) = texts.add(user, "ประชุม", labels=frozenset({"speed=urgent"}))
    texts.add(user, "ประชุม", labels=frozenset({"speed=ordinary"}))
    (dated,) = texts.add(user, "ประชุม", on=date(2026, 1, 1))

    assert texts.find(user, "ประชุม", "speed=urgent") == [urgent]
    assert texts.find(user, "ประชุม", "year=2569") == [dated]
    assert texts.find(user, "speed=urgent") == []
    assert texts.find(user, "=s") == []


def test_document_that_is_gone_leaves_the_index(texts, user: User) -> None:
    first, second = texts.add(user, "ประชุม", "ประชุม")
    del texts.kept[first]
    service.index(texts, [first, second])

    assert texts.find(user, "ประชุม") == [second]


def test_commonest_word_is_found_by_the_index(texts, user: User) -> None:
    """With statistics, PostgreSQL would scan all rows for words that most of them hold."""
    texts.add(user, *[f"การประชุมครั้งที่ {number}" for number in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_document")
        cursor.execute(
            "EXPLAIN SELECT id FROM search_document"
            " WHERE search_grams(text, labels) @@ '''การ'''::tsquery"
        )
        plan = "\n".join(row for (row,) in cursor.fetchall())
        cursor.execute(
            "SELECT count(*) FROM pg_stats WHERE tablename LIKE 'search_document_%grams'"
        )
        (statistics,) = cursor.fetchone()

    assert ("search_document_grams" in plan, "Seq Scan" in plan, statistics) == (True, False, 0)
    assert len(texts.find(user, "การ", limit=5000)) == 3000


THAI = "กขคงทนมยรสหอเแโาิีึุู่้ำัํ์ๆ ๐๑๒09aB./"


@given(text=st.text(alphabet=THAI, max_size=30), at=st.integers(0, 30), size=st.integers(1, 8))
@pytest.mark.django_db
def test_every_part_of_a_text_finds_it(text: str, at: int, size: int) -> None:
    """The index never loses what a plain look into the text would find."""
    form = search_form(text)
    part = form[at : at + size]
    words = service.words_of(part)
    with connection.cursor() as cursor:
        for word in words:
            from portal.search.terms import index_query

            cursor.execute(
                "SELECT search_grams(%s, '{=x=1}') @@ %s::tsquery",
                [form, index_query([word], [frozenset({"x=1"})])],
            )
            assert cursor.fetchone() == (True,)


def test_document_of_an_unnamed_source_does_not_hold_up_the_others(texts, user: User) -> None:
    from portal.search.models import Pending

    texts.kept[1] = SearchDocument(1, user.office_id, "ประชุม")
    Pending.objects.create(source="no.such", object_id=1)
    Pending.objects.create(source=texts.code, object_id=1)
    service.index_pending()

    assert texts.find(user, "ประชุม") == [1]
    assert not Pending.objects.exists()


def test_document_keeps_only_what_is_searched(texts, user: User) -> None:
    texts.add(user, "เรื่อง ๑\nบรรทัด\nสอง\0\x01")
    document = Document.objects.get()

    assert (document.title, document.text) == ("เรื่อง 1", "เรื่อง 1\nบรรทัด สอง")
    assert document.labels == [f"=office={user.office_id}", f"=source={texts.code}"]
    assert str(document) == "test.texts:1"
