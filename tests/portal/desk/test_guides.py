"""The guides: Markdown made safe, with anchors, pictures and links that work in both places."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from portal.desk import guides
from tests.factories import UserFactory

TEXT = """# First steps

Read [the other](other.md#part), [a site](https://example.com/) and <script>alert(1)</script>.

## Work {#work}

![What one sees](img/work.png)

| a | b |
|---|---|
| 1 | 2 |

## Plain heading

[bad](javascript:alert(1)) <b onclick="x()">bold</b>
"""


@pytest.fixture
def folder(monkeypatch, tmp_path: Path) -> Path:
    (tmp_path / "img").mkdir()
    (tmp_path / "start.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "other.md").write_text("no heading", encoding="utf-8")
    (tmp_path / "a-guide.md").write_text("# A\n", encoding="utf-8")
    (tmp_path / "README notes.md").write_text("# Not a guide\n", encoding="utf-8")
    (tmp_path / "img" / "work.png").write_bytes(b"\x89PNG")
    monkeypatch.setattr(guides, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def reader(client: Client, db) -> Client:
    client.force_login(UserFactory())
    return client


@pytest.mark.usefixtures("folder")
def test_guides_are_listed_with_the_start_first():
    assert guides.names() == ["start", "a-guide", "other"]


@pytest.mark.usefixtures("folder")
def test_guide_has_its_title_and_sections():
    guide = guides.guide("start")
    assert guide.title == "First steps"
    assert [(section.anchor, section.title) for section in guide.sections] == [
        ("work", "Work"),
        ("plain-heading", "Plain heading"),
    ]


@pytest.mark.usefixtures("folder")
def test_guide_without_a_heading_goes_by_its_name():
    guide = guides.guide("other")
    assert (guide.title, guide.sections) == ("other", ())


@pytest.mark.usefixtures("folder")
def test_guide_is_made_safe():
    html = guides.guide("start").html
    assert re.findall(r"<script|onclick|javascript:", html) == []
    assert re.findall(r"<b>bold</b>", html) == ["<b>bold</b>"]


@pytest.mark.usefixtures("folder")
def test_addresses_lead_to_pages_of_the_portal():
    html = guides.guide("start").html
    assert re.findall(r'(?:href|src)="([^"]*)"', html) == [
        "/desk/help/other/#part",
        "https://example.com/",
        "/desk/help/pictures/work.png",
    ]


def test_changed_guide_is_read_again(folder: Path):
    first = guides.guide("a-guide").title
    path = folder / "a-guide.md"
    path.write_text("# B\n", encoding="utf-8")
    import os

    os.utime(path, ns=(1, 1))
    assert (first, guides.guide("a-guide").title) == ("A", "B")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["missing", "../start", "Start", ""])
def test_unknown_guide(name):
    with pytest.raises(guides.GuideMissing):
        guides.guide(name)


@pytest.mark.usefixtures("folder")
def test_page_shows_the_guide_and_the_others(reader):
    response = reader.get("/desk/help/start/")
    assert response.status_code == 200
    assert [guide.name for guide in response.context["guides"]] == ["start", "a-guide", "other"]


@pytest.mark.usefixtures("folder")
def test_index_opens_the_first_guide(reader):
    assert reader.get("/desk/help/").headers["Location"] == "/desk/help/start/"


def test_index_without_guides_is_not_found(reader, monkeypatch, tmp_path):
    monkeypatch.setattr(guides, "FOLDER", tmp_path)
    assert reader.get("/desk/help/").status_code == 404


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "path", ["missing/", "pictures/none.png", "pictures/start.md", "pictures/..%2Fstart.md"]
)
def test_unknown_page_or_picture_is_not_found(reader, path):
    assert reader.get(f"/desk/help/{path}").status_code == 404


@pytest.mark.usefixtures("folder")
def test_picture_is_given_out(reader):
    response = reader.get("/desk/help/pictures/work.png")
    assert b"".join(response.streaming_content) == b"\x89PNG"
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == "private, max-age=3600"


def test_real_guides_have_all_their_pictures_and_links():
    folder = Path(settings.BASE_DIR) / "docs" / "guides"
    broken = []
    for name in guides.names():
        html = guides.guide(name).html
        for picture in re.findall(r'src="/desk/help/pictures/([^"]*)"', html):
            broken += [(name, picture)] if not (folder / "img" / picture).is_file() else []
        for other, anchor in re.findall(r'href="/desk/help/([a-z0-9-]+)/(?:#([^"]*))?"', html):
            known = {"", *(section.anchor for section in guides.guide(other).sections)}
            broken += [(name, other, anchor)] if anchor not in known else []
    assert broken == []
