"""What of a rich text is kept, and how it reads without its tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulars.body import MAX_DEPTH, MAX_SPAN, body_text, clean_body, text_to_body

ALLOWED = [
    "<p>ด้วย <strong>สำนักงาน</strong> <em>กำหนด</em> <u>ประชุม</u><br>วันนี้</p>",
    "<ol><li><p>หนึ่ง</p></li><li><p>สอง</p><ul><li><p>ย่อย</p></li></ul></li></ol>",
    "<table><thead><tr><th>ที่</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
]


@pytest.mark.parametrize("body", ALLOWED)
def test_clean_body_keeps_what_the_editor_offers(body: str) -> None:
    assert clean_body(body) == body


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("<p>ก<script>alert(1)</script></p>", "<p>ก</p>"),
        ("<style>p { color: red }</style><p>ก</p>", "<p>ก</p>"),
        ('<p style="color: red" class="x" onclick="x()">ก</p>', "<p>ก</p>"),
        ('<p><a href="javascript:x()">ก</a></p>', "<p>ก</p>"),
        ('<p><img src="http://example.com/x.png">ก</p>', "<p>ก</p>"),
        ('<p>ก</p><iframe src="/"></iframe>', "<p>ก</p>"),
        ("<h1>ก</h1>", "ก"),
        ("<p>ก<!-- ข --></p>", "<p>ก</p>"),
        ("<p>a &amp; b &lt; c</p>", "<p>a &amp; b &lt; c</p>"),
        ("<p>ก", "<p>ก</p>"),
        ("", ""),
    ],
)
def test_clean_body_drops_the_rest_but_its_text(source: str, kept: str) -> None:
    assert clean_body(source) == kept


@pytest.mark.parametrize(
    ("span", "kept"),
    [
        ("2", ' colspan="2"'),
        (str(MAX_SPAN), f' colspan="{MAX_SPAN}"'),
        ("999", f' colspan="{MAX_SPAN}"'),
        ("99999999", ""),
        ("1", ""),
        ("0", ""),
        ("-3", ""),
        ("๒", ""),
        ("x", ""),
    ],
)
def test_clean_body_limits_the_columns_a_cell_covers(span: str, kept: str) -> None:
    source = f'<table><tbody><tr><td colspan="{span}">ก</td></tr></tbody></table>'
    assert clean_body(source) == f"<table><tbody><tr><td{kept}>ก</td></tr></tbody></table>"


def test_clean_body_keeps_both_spans_of_a_cell() -> None:
    source = '<table><tbody><tr><th rowspan="3" colspan="2">ก</th></tr></tbody></table>'
    kept = '<table><tbody><tr><th colspan="2" rowspan="3">ก</th></tr></tbody></table>'
    assert clean_body(source) == kept


def test_clean_body_flattens_what_is_too_deep() -> None:
    cleaned = clean_body("<ul><li>" * 2000 + "ลึก" + "</li></ul>" * 2000)
    assert cleaned.count("<") == 2 * MAX_DEPTH
    assert body_text(cleaned).endswith("ลึก")


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("<p></p><p>ก</p><p><br></p><p> </p>", "<p>ก</p>"),
        ("<p>ก</p><p></p><p>ข</p>", "<p>ก</p><p></p><p>ข</p>"),
        ("<p><br></p>", ""),
    ],
)
def test_clean_body_drops_empty_paragraphs_at_the_ends_only(source: str, kept: str) -> None:
    assert clean_body(source) == kept


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("<p>นํ้า</p>", "<p>น้ำ</p>"),
        ("<p>เเก้ว</p>", "<p>แก้ว</p>"),
        ("<p>ก&nbsp;ข\u00a0ค</p>", "<p>ก ข ค</p>"),
        ("<p>ก\u200bข</p>", "<p>กข</p>"),
    ],
)
def test_clean_body_normalises_thai(source: str, kept: str) -> None:
    assert clean_body(source) == kept


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<ol>", "<li>", "</li>", "</ol>", "<table>", "<tr>", "<td colspan=3>",
             "</table>", "<b>", "<script>", "</script>", "<br>", "ก", " ", "&amp;", "&nbsp;", "<",
             "ํ", "า", "้"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_clean_body_twice_changes_nothing(pieces: list[str]) -> None:
    once = clean_body("".join(pieces))
    assert clean_body(once) == once


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>ก</p><p>ข &amp; ค</p>", "ก\nข & ค"),
        ("<p>ก<br>ข</p>", "ก\nข"),
        ("<ol><li><p>ก</p></li><li><p>ข</p></li></ol>", "1. ก\n2. ข"),
        ("<ul><li>ก</li></ul>", "- ก"),
        ("<ol><li><p>ก</p><ul><li><p>ข</p></li></ul></li><li>ค</li></ol>", "1. ก\n- ข\n2. ค"),
        ("<ol>" + "<li><p>ก</p></li>" * 10 + "</ol>", "\n".join(f"{n}. ก" for n in range(1, 11))),
        ("<ol><li><p>ก</p><p>ข</p></li></ol>", "1. ก\nข"),
        ("<table><tr><td>ก</td><td>ข</td></tr><tr><td>ค</td></tr></table>", "ก ข\nค"),
        ("<li>ก</li>", "ก"),
        ("<p>ก\nข</p>", "ก ข"),
        ("", ""),
    ],
)
def test_body_text_reads_line_by_line(body: str, text: str) -> None:
    assert body_text(body) == text


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("ก\n\n ข <ค> & ง ", "<p>ก</p><p>ข &lt;ค&gt; &amp; ง</p>"),
        ("\n", ""),
    ],
)
def test_text_to_body_makes_paragraphs(text: str, body: str) -> None:
    assert text_to_body(text) == body
    assert clean_body(body) == body
