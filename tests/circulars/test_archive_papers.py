"""Forms 19–25 and the record of a destruction, on paper and as Excel."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from circulars.archive_words import DESTRUCTION, HANDOVER, KEPT, LOAN, OWN, STORING
from circulars.enums_archive import DestructionState
from circulars.pdf.archive import certificate_html, form_html
from portal.users.models import User
from tests.factories import archive as make
from tests.factories.archive import Chain
from tests.factories.letters import World

D = DestructionState
Browse = Callable[[User], Client]


def page(name: str, *args: object) -> str:
    return reverse(f"circulars:{name}", args=args)


@pytest.mark.parametrize("form", [STORING, KEPT, HANDOVER, OWN, LOAN, DESTRUCTION])
def test_form_has_the_regulations_columns(world: World, form: Any) -> None:
    row = tuple(f"ช่อง{n}" for n in range(len(form.columns)))
    html = form_html(form=form, rows=[row], unit=make.central(world), year=2568)
    positions = [html.index(f"<th>{name}") for name, _width in form.columns]
    assert positions == sorted(positions)
    assert sum(width for _name, width in form.columns) == 100
    assert len(row) == len(form.headings)


def test_form_on_paper_numbers_its_sheets(world: World, browse: Browse) -> None:
    make.paper(world, 40)
    chain = Chain(world)
    url = page("destruction_paper", chain.destruction.pk, "pdf")
    pages = PdfReader(BytesIO(browse(world.registry).get(url).content)).pages
    assert len(pages) == 3
    assert ["แผ่นที่ ๑" in pages[0].extract_text(), "แผ่นที่ ๓" in pages[2].extract_text()] == [
        True, True,
    ]  # fmt: skip
    box = pages[0].mediabox
    assert box.width > box.height


def test_register_as_excel_has_the_columns_of_form_20(world: World, browse: Browse) -> None:
    kept = make.paper(world, 2)
    url = page("kept_register", world.group.pk, "xlsx")
    client = browse(world.group_registry)
    sheet = load_workbook(BytesIO(client.get(f"{url}?year=2569").content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2] == KEPT.headings
    assert [row[:1] + row[3:6] for row in rows[3:]] == [
        [str(row.number), row.reference, row.subject, row.folder.code] for row in kept
    ]
    assert client.get(f"{url}?year=2500").status_code == 404


def test_certificate_says_that_the_archives_were_silent(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.DESTROYED)
    html = certificate_html(chain.destruction)
    assert "ถือว่าให้ความเห็นชอบแล้ว" in html
    assert "หนังสือกระดาษ ๑ ฉบับ หนังสืออิเล็กทรอนิกส์ ๐ ฉบับ" in html
