"""The words of a query are marked in the text as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.thai.text import search_form
from portal.search.snippets import Mapped, marked, snippet

LONG = "ยาว " * 60


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("การติดต่อสื่อสาร", "สื่อสาร", "การติดต่อ<mark>สื่อสาร</mark>"),
        ("ที่ ๐๔๑๐๘/๑๒๓ ลง", "04108/123", "ที่ <mark>๐๔๑๐๘/๑๒๓</mark> ลง"),
        ("สํานักงานเเขวง", "สำนักงาน", "<mark>สํานักงาน</mark>เเขวง"),
        ("สํานักงานเเขวง", "แขวง", "สํานักงาน<mark>เเขวง</mark>"),
        ("นํ้าใจ", "น้ำ", "<mark>นํ้า</mark>ใจ"),
        ("ที่นี่", "ที", "<mark>ที่</mark>นี่"),
        ("PISA  และ\u200b pisa", "pisa", "<mark>PISA</mark>  และ\u200b <mark>pisa</mark>"),
        ("<b>ด่วน</b> & ที่สุด", "ด่วน", "&lt;b&gt;<mark>ด่วน</mark>&lt;/b&gt; &amp; ที่สุด"),
        ("กขคง", "กข ขค", "<mark>กขค</mark>ง"),
        ("กข", "ฮ", "กข"),
        ("", "ก", ""),
    ],
)
def test_marked_text(text: str, typed: str, shown: str) -> None:
    assert marked(text, [search_form(word) for word in typed.split()]) == shown


def test_snippet_is_cut_around_the_first_word() -> None:
    text = f"{LONG}ก่อน ประชุมใหญ่ {LONG}"

    shown = snippet(text, ["ประชุม"])
    assert (shown[0], shown[-1], len(shown) < 200) == ("…", "…", True)
    assert "ก่อน <mark>ประชุม</mark>ใหญ่" in shown


def test_snippet_of_a_long_text_looks_further_down() -> None:
    text = "\n".join([LONG] * 200 + ["ท้ายสุด ประชุม"])

    assert snippet(text, ["ประชุม"]).endswith("ท้ายสุด <mark>ประชุม</mark>")


def test_snippet_without_the_word_is_empty() -> None:
    assert snippet(LONG, ["ประชุม"]) == ""


def test_text_that_normalising_turns_about_is_shown_as_it_is_searched() -> None:
    text = "ก\u0e48\u200b\n\u0e34ข"
    mapped = Mapped(text)
    mapped.span(0, 1)

    assert search_form(mapped.original) == mapped.form


@given(st.text(alphabet="กขทำําีิ่้เแโ \u200b\u00a0๑1aA<&", max_size=40), st.integers(0, 40))
def test_marking_never_changes_the_words(text: str, at: int) -> None:
    form = search_form(text)
    word = form[at : at + 3].strip()
    shown = marked(text, [word] if word else [])
    plain = shown.replace("<mark>", "").replace("</mark>", "")
    plain = plain.replace("&lt;", "<").replace("&amp;", "&")

    assert search_form(plain) == form
    assert ("<mark>" in shown) == bool(word)
