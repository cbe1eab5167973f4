"""Rules for all templates of the portal, read from their source."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.core import icons
from portal.desk import guides

ROOT = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(path for path in ROOT.rglob("*.html") if not {"email", "pdf"} & set(path.parts))
COMPONENTS = sorted((ROOT / "components").glob("*.html"))


def source(path: Path) -> str:
    """The template without what it says about itself."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)
    return re.sub(r"{#.*?#}", "", text)


def tags(path: Path) -> str:
    """The template's HTML alone, so that no ``>`` of a condition ends a tag."""
    return re.sub(r"{%.*?%}|{{.*?}}", "", source(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_known(guide: str, section: str) -> bool:
    if guide not in guides.names():
        return False
    return section in {"", *(part.anchor for part in guides.guide(guide).sections)}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_template_keeps_the_content_policy(path):
    """No inline script, handler or style; every script tag carries the nonce."""
    text = re.sub(r"{%.*?%}", "", source(path))
    handlers = re.findall(r"<[^>]*\son[a-z]+=", text)
    styles = re.findall(r"<style|<[^>]*\sstyle=|javascript:", text)
    scripts = [
        tag for tag in re.findall(r"<script[^>]*>", text) if 'type="application/json"' not in tag
    ]
    open_scripts = [tag for tag in scripts if " src=" not in tag or " nonce=" not in tag]
    assert (handlers, styles, open_scripts) == ([], [], [])


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_help_leads_to_a_section_that_exists(path):
    links = re.findall(r'{% help_link "([^"]*)"(?: "([^"]*)")? %}', source(path))
    assert [link for link in links if not is_known(*link)] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_icons_exist(path):
    named = re.findall(r'{% icon "([^"]*)"', source(path))
    named += re.findall(r'\bicon="([^"]*)"', source(path))
    assert [icon for icon in named if not icons.shapes(icon)] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pictures_have_a_text(path):
    assert re.findall(r"<img(?![^>]*\salt=)[^>]*>", tags(path)) == []


@pytest.mark.parametrize("path", COMPONENTS, ids=name)
def test_component_says_what_it_takes(path):
    text = path.read_text(encoding="utf-8").lstrip()
    assert text.startswith("{% comment %}")


@pytest.mark.parametrize("path", COMPONENTS, ids=name)
def test_post_forms_of_components_carry_the_token(path):
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', source(path))
    tokens = re.findall(r"{% csrf_token %}", source(path))
    assert len(tokens) >= len(forms)
