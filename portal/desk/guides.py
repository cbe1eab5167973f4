"""User guides: Markdown files of ``docs/guides``, with anchors for each page's "?"."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nh3
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown

FOLDER = Path(settings.BASE_DIR) / "docs" / "guides"
_NAME = re.compile(r"[a-z0-9-]+")
_PICTURE = re.compile(r"[a-z0-9-]+\.(png|jpg|webp|svg)")
_LINK = re.compile(r"(?P<guide>[a-z0-9-]+)\.md(?P<anchor>#.*)?")
_ATTRIBUTES = {
    "*": {"id"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "th": {"align"},
    "td": {"align"},
}


class GuideMissing(LookupError):
    """There is no guide or picture of this name."""


@dataclass(frozen=True)
class Heading:
    """A section of a guide, as the list beside it shows it."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Guide:
    name: str
    title: str
    html: SafeString
    sections: tuple[Heading, ...]


def names() -> list[str]:
    """All guides, ``start`` first."""
    found = (path.stem for path in FOLDER.glob("*.md") if _NAME.fullmatch(path.stem))
    return sorted(found, key=lambda name: (name != "start", name))


def guide(name: str) -> Guide:
    """The guide of this name; raises ``GuideMissing``."""
    path = FOLDER / f"{name}.md"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise GuideMissing(name)
    return _read(path, path.stat().st_mtime_ns)


def picture(name: str) -> Path:
    """The file of a guide's picture; raises ``GuideMissing``."""
    path = FOLDER / "img" / name
    if not _PICTURE.fullmatch(name) or not path.is_file():
        raise GuideMissing(name)
    return path


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> Guide:
    reader = Markdown(extensions=["attr_list", "tables", "toc"])
    html = reader.convert(path.read_text(encoding="utf-8"))
    tokens = reader.toc_tokens
    # The extension's types do not describe that tokens nest.
    top: Any = tokens[0] if tokens else {"name": path.stem, "children": []}
    clean = nh3.clean(
        html,
        attributes=_ATTRIBUTES,
        attribute_filter=_address,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )
    return Guide(
        name=path.stem,
        title=top["name"],
        html=mark_safe(clean),
        sections=tuple(Heading(child["id"], child["name"]) for child in top["children"]),
    )


def _address(tag: str, attribute: str, value: str) -> str:
    """Turns the addresses that work in the repository into those that work in the portal."""
    if tag == "img" and attribute == "src":
        return reverse("desk:help_picture", args=[value.rpartition("/")[2]])
    if tag == "a" and attribute == "href" and (link := _LINK.fullmatch(value)):
        return reverse("desk:help", args=[link["guide"]]) + (link["anchor"] or "")
    return value
