"""Bootstrap icons as inline SVG: one small file each instead of a 1 MB sprite or a font."""

import re
from functools import lru_cache

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_NAME = re.compile(r"[a-z0-9-]+")
_OUTER = re.compile(r"<svg[^>]*>(?P<shapes>.*)</svg>", re.DOTALL)


class UnknownIcon(LookupError):
    """A template asks for an icon that the installed library does not have."""


@lru_cache(maxsize=512)
def shapes(name: str) -> str:
    """The inside of the icon's SVG file; raises ``UnknownIcon``."""
    path = settings.NODE_MODULES / "bootstrap-icons" / "icons" / f"{name}.svg"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise UnknownIcon(name)
    found = _OUTER.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise UnknownIcon(name)
    return " ".join(found["shapes"].split())


def svg(name: str, *, label: str = "", css: str = "") -> SafeString:
    """An inline icon: decoration by default, an image with a name when ``label`` is given."""
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    classes = f"icon {css}".strip()
    return mark_safe(
        f'<svg class="{escape(classes)}" viewBox="0 0 16 16" fill="currentColor" {role}>'
        f"{shapes(name)}</svg>"
    )
