import re

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.sql import SQL, Identifier

from portal.core.thai.collation import KEY_LENGTH, sort_key

# In the order of the Royal Society's dictionary; one rule to a line.
ORDERED = {
    "consonants then vowels": (
        "ก กก กกุธภัณฑ์ กง กฎ กฎหมาย กด กตัญญู กรณี กรม กรรมการ กระ กระดาษ กล กลม กวาด กะ กะทิ "
        "กัก กัน กัลยาณมิตร กา กาก กาฬ กำ กำกับ กำนัน กิ่ง กิน กีฬา กึ่ง กุ้ง กุมภาพันธ์ กู กู้ "
        "เก เกณฑ์ เกลอ เกวียน เกษียน เกาะ เกียรติ เกือบ แก แก้ว แกะ โกรธ โกหก ใกล้ ไก่ ไกล ขวด ขอ"
    ),
    "leading vowels": "ปลา ปี แปลก โปรด ไป พลบ พลา เพล เพลง เพลา แพ แพทย์ โพธิ์ ไพร ฟ้า",
    "tones": "กอ ก่อ ก้อ กอก ไต ไต่ ไต้ ไต๊ ไต๋ ไตร",
    "maitaikhu": "เกง เก็ง เก่ง เก้ง เก๊ง เก๋ง แหง แหง่ แห่ง แห้ง แหงน",
    "thanthakhat": "การ การ์ การณ์ การ์ด การุณย์ จันท จันท์ จันทร จันทร์ จันทรา สงฆ สงฆ์",
    "ru and lu": "รวย รัก ไร ฤกษ์ ฤดี ฤทธิ์ ฤๅษี ลง ไล่ วัด",
    "silent and carrier": "หญ้า หญิง หนา หมา หลวง หวัง หอ เหตุ แห่ ให้ ไหน อย่า อยู่ อวด เอก โอกาส",
}


def in_order(words: list[str]) -> list[str]:
    """``words`` by their keys; from the other end first, so that equal keys show."""
    return sorted(sorted(words, reverse=True), key=sort_key)


@pytest.mark.parametrize("rule", ORDERED)
def test_sort_key_royal_society_order(rule: str) -> None:
    words = ORDERED[rule].split()
    assert in_order(words) == words


def test_sort_key_all_letters_in_order() -> None:
    letters = [*"กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮ"]
    assert in_order(letters) == letters


def test_sort_key_all_vowels_in_order() -> None:
    words = [f"ก{vowel}" for vowel in "ะัาำิีึืุู"] + [f"{vowel}ก" for vowel in "เแโใไ"]
    assert in_order(words) == words


def test_sort_key_all_marks_in_order() -> None:
    words = [f"ก{mark}" for mark in ["", *"๎์็่้๊๋"]]
    assert in_order(words) == words


def test_sort_key_names_by_given_name_then_family() -> None:
    names = ["สม ใจดี", "สม ชัยศรี", "สมชาย กล้า", "สมชาย ขาว", "สมชัย ยิ้ม"]
    assert in_order(names) == [
        "สม ใจดี", "สม ชัยศรี", "สมชัย ยิ้ม", "สมชาย กล้า", "สมชาย ขาว",
    ]  # fmt: skip


def test_sort_key_digits_then_thai_then_latin_then_other() -> None:
    words = ["1", "๒", "3 ก", "กา", "a", "B", "é", "z", "漢"]
    assert in_order(words) == [
        "1",
        "๒",
        "3 ก",
        "กา",
        "a",
        "B",
        "é",
        "z",
        "漢",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [("๑", "2"), ("a", "A"), ("e", "é"), ("กา", "กๅ"), ("วัดโพธิ์", "วัดโพธิ์ (เก่า)"), ("2", "๒")],
)
def test_sort_key_way_of_writing_comes_last(first: str, second: str) -> None:
    assert sort_key(first) < sort_key(second)


def test_sort_key_punctuation_is_passed_over() -> None:
    words = ["บ้าน-ควน", "บ้านคลอง", "“บ้านควน”", "บ้านเขา"]
    assert in_order(words) == ["บ้านเขา", "บ้านคลอง", "บ้าน-ควน", "“บ้านควน”"]


def test_sort_key_of_damaged_spelling_is_the_same() -> None:
    assert sort_key("เเม่นํ้า\u200b") == sort_key("แม่น้ำ")


def test_sort_key_empty() -> None:
    assert sort_key(" ") == ""


@given(st.text() | st.text(alphabet="กขเแาำ่้็์ a(๑"))
def test_sort_key_is_short_ascii_pairs(text: str) -> None:
    key = sort_key(text)
    assert re.fullmatch("([0-9][a-p])*", key) is not None
    assert len(key) <= KEY_LENGTH


@given(st.text(alphabet="กขคาำ่้็์ "), st.text(alphabet="กขคเแาำ่้็์ "))
def test_sort_key_prefix_comes_first(start: str, rest: str) -> None:
    assert sort_key(start) <= sort_key(start + "ก" + rest)


def test_sort_key_cut_keeps_whole_weights() -> None:
    assert sort_key("กขค", length=5) == sort_key("กข")


@pytest.mark.django_db
def test_sort_key_same_order_under_every_collation() -> None:
    words = [*" ".join(ORDERED.values()).split(), "Zebra", "apple", "ปลา 2", "(ก)"]
    keys = sorted({sort_key(word) for word in words})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collname FROM pg_collation WHERE collprovider IN ('b', 'c')"
            " AND collencoding IN (-1, pg_char_to_encoding('UTF8'))"
        )
        collations = [row[0] for row in cursor.fetchall()]
        orders = [_ordered_by_database(cursor, keys, collation) for collation in collations]
    assert {"C", "POSIX"} <= set(collations)
    assert orders == [keys] * len(collations)


def _ordered_by_database(cursor: CursorWrapper, keys: list[str], collation: str) -> list[str]:
    query = SQL("SELECT key FROM unnest(%s) AS key ORDER BY key COLLATE {}")
    cursor.execute(query.format(Identifier(collation)).as_string(cursor.connection), [keys])
    return [row[0] for row in cursor.fetchall()]
