"""Charts: Thai on page and paper, nothing the CSP refuses, the same figures in the table."""

import re
from io import BytesIO

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from pypdf import PdfReader

from portal.core.charts import Chart, ChartData, ChartKind, Series, chart, drawing
from portal.core.charts.drawing import _clean
from portal.core.charts.outline import NoGlyph, shape
from portal.core.pdf import render_pdf
from portal.core.templatetags.charts import bar, figure

DATA = ChartData(
    title="หนังสือเข้าและออก <ก>",
    unit="ฉบับ",
    head="เดือน",
    categories=("ต.ค. 2568", "พ.ย. 2568", "จำนวนทั่วทั้งปี"),
    series=(Series("เข้า", (12, 20, None)), Series("ทำส่ง", (5.5, 9, 3))),
    source="ข้อมูลวันที่ 20 พ.ย. 2569",
)


@pytest.fixture(params=ChartKind)
def drawn(request) -> Chart:
    return chart(request.param, DATA)


def test_page_shows_each_label_and_mark_in_thai(drawn):
    svg = drawn.web()
    shown = set(re.findall(r"<text[^>]*>([^<]+)</text>", svg))
    assert {"ต.ค. 2568", "พ.ย. 2568", "จำนวนทั่วทั้งปี", "เข้า", "ทำส่ง", "ฉบับ"} <= shown
    marks = re.findall(r"<title>([^<]+)</title>", svg)
    assert sorted(marks) == sorted([
        "ต.ค. 2568 · เข้า: 12 ฉบับ",
        "พ.ย. 2568 · เข้า: 20 ฉบับ",
        "ต.ค. 2568 · ทำส่ง: 5.5 ฉบับ",
        "พ.ย. 2568 · ทำส่ง: 9 ฉบับ",
        "จำนวนทั่วทั้งปี · ทำส่ง: 3 ฉบับ",
    ])  # fmt: skip


def test_page_needs_no_style_or_script(drawn):
    svg = drawn.web()
    assert re.findall(r"(?:style|class|on\w+)=\"([^\"]*)\"|<(?:style|script)", svg) == [
        "chart-drawing"
    ]
    assert re.findall(r"#fe00\w+", svg) == []
    assert {"var(--chart-1)", "var(--chart-2)"} <= set(re.findall(r"var\(--[a-z0-9-]+\)", svg))


def test_drawing_has_a_name_and_a_description(drawn):
    svg = drawn.web()
    label = re.search(r'aria-labelledby="([^"]+)"', svg)[1]
    assert f'<title id="{label}">หนังสือเข้าและออก &lt;ก&gt;</title>' in svg
    assert "ฉบับ · ข้อมูลวันที่ 20 พ.ย. 2569</desc>" in svg


def test_paper_has_outlines_and_light_colours_only(drawn):
    svg = drawn.paper()
    assert "<text" not in svg
    assert "var(" not in svg
    assert '"#24407a"' in svg
    assert "#fe00" not in svg


def test_paper_is_drawn_in_a_pdf(drawn):
    data = render_pdf(f"<p>ก</p><figure>{drawn.paper()}</figure>", title="t")
    assert len(PdfReader(BytesIO(data)).pages) == 1


def test_category_without_any_value_keeps_its_place():
    data = ChartData("t", "u", ("ม.ค.", "ก.พ."), (Series("x", (1, None)),))
    svg = chart(ChartKind.COLUMNS, data).web()
    assert re.findall(r"<text[^>]*>(ม.ค.|ก.พ.)</text>", svg) == ["ม.ค.", "ก.พ."]


def test_columns_stand_beside_each_other():
    svg = chart(ChartKind.COLUMNS, DATA).web()
    places = re.findall(r'<path d="M([0-9.]+),[^"]*" fill="var\(--chart-\d\)"><title>', svg)
    assert len({float(place) for place in places}) == 5


def test_same_data_are_drawn_once(monkeypatch):
    first = chart(ChartKind.COLUMNS, DATA)
    monkeypatch.setattr(drawing, "_draw", lambda spec: pytest.fail("again"))
    assert chart(ChartKind.COLUMNS, DATA) == first


def test_one_series_has_no_legend():
    data = ChartData("t", "u", ("a",), (Series("only", (1,)),))
    assert ">only<" not in re.sub(r"<title>.*?</title>", "", chart(ChartKind.COLUMNS, data).web())


def test_series_of_another_length_is_refused():
    with pytest.raises(ValueError, match="'x' has 2 values"):
        ChartData("t", "u", ("a",), (Series("x", (1, 2)),))


def test_five_series_are_refused():
    with pytest.raises(ValueError, match="at most 4"):
        ChartData("t", "u", (), tuple(Series(str(n), ()) for n in range(5)))


def test_character_without_glyph_is_refused():
    with pytest.raises(NoGlyph):
        shape("漢", 400, 13)


def test_cleaning_keeps_what_draws():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g><path d="M0,0"/></g>'
        '<g role="x" opacity="1"><rect fill="red" opacity="0.5"/></g></svg>'
    )
    assert _clean(svg) == (
        '<svg xmlns="http://www.w3.org/2000/svg"><g><rect fill="red" opacity="0.5" /></g></svg>'
    )


def test_component_shows_the_figures_as_a_table():
    html = render_to_string("components/chart.html", {"chart": chart(ChartKind.COLUMNS, DATA)})
    cells = re.findall(r'<td class="num">([^<]*)</td>', html)
    assert cells == ["12", "5.5", "20", "9", "–", "3"]
    assert "<svg" in html


def test_component_says_when_nothing_was_counted():
    empty = ChartData("t", "u", ("a",), (Series("x", (0,)),))
    html = render_to_string("components/chart.html", {"chart": chart(ChartKind.COLUMNS, empty)})
    assert "Nothing was counted in this period." in html
    assert "<svg" not in html


@pytest.mark.parametrize(
    ("value", "most", "width"), [(3, 12, "25.0"), (0, 0, "0.0"), (None, 5, "0.0"), (9, 3, "100.0")]
)
def test_bar_is_as_long_as_its_share(value, most, width):
    assert f'<rect width="{width}%"' in bar(value, most)


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (1200, "1,200"), (2.5, "2.5"), (3.0, "3")]
)
def test_figure_is_short(value, shown):
    assert figure(value) == shown


def test_bar_is_a_tag():
    html = Template("{% load charts %}{% bar 1 2 '3' %}").render(Context())
    assert "var(--chart-3)" in html
