"""Pages obey the strict content policy: nothing inline, nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOTS = [settings.BASE_DIR / "templates", *sorted(settings.BASE_DIR.glob("*/**/templates"))]
# Mail programs and the PDF know no content policy, and need their styles inside.
OTHER_MEDIA = {"email", "pdf"}
COMMENT = re.compile(r"{% comment.*?{% endcomment %}|{#.*?#}", re.DOTALL)
RULES = {
    "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style(?![^>]*nonce=)", re.IGNORECASE),
    "inline script": re.compile(
        r"<script(?![^>]*(?:\ssrc=|nonce=|type=\"application/json\"))", re.IGNORECASE
    ),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx evaluating script": re.compile(r"hx-on|hx-(?:vals|headers)=[\"']js:", re.IGNORECASE),
    "asset from elsewhere": re.compile(
        r"<(?:script|img|link|iframe|source)[^>]*\s(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
}


def pages() -> list[Path]:
    found = []
    for root in ROOTS:
        if not {"node_modules", ".venv", "var"} & set(root.relative_to(settings.BASE_DIR).parts):
            found += [
                path
                for path in sorted(root.rglob("*.html"))
                if not OTHER_MEDIA & set(path.relative_to(root).parts)
            ]
    return found


def broken_rules(html: str) -> list[str]:
    html = COMMENT.sub("", html)
    return [name for name, pattern in RULES.items() if pattern.search(html)]


def test_templates_hold_nothing_inline() -> None:
    broken = {
        str(path.relative_to(settings.BASE_DIR)): rules
        for path in pages()
        if (rules := broken_rules(path.read_text()))
    }
    assert broken == {}


def test_there_are_pages_to_look_at() -> None:
    assert settings.BASE_DIR / "templates" / "base.html" in pages()


@pytest.mark.parametrize(
    ("html", "rules"),
    [
        ('<p style="color:red">', ["inline style"]),
        ("<style>p {}</style>", ["style element"]),
        ("<script>go()</script>", ["inline script"]),
        ('<button onclick="go()">', ["event handler"]),
        ('<a href="javascript:go()">', ["script address"]),
        ("<p hx-on::load='go()'>", ["htmx evaluating script"]),
        ('<img alt="" src="https://example.org/x.png">', ["asset from elsewhere"]),
        ('<script src="{% static "js/page.js" %}" defer></script>', []),
        ('<script type="application/json">{}</script>', []),
        ("{% comment %}<script>{% endcomment %}{# <style> #}", []),
        ('<p data-style="x" class="on-line">style = on</p>', []),
    ],
)
def test_rules_tell_good_from_bad(html: str, rules: list[str]) -> None:
    assert broken_rules(html) == rules
