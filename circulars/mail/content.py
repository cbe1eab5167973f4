"""The HTML of a stranger's mail, made harmless."""

import html
import re

import nh3

from circulars.body import body_text

TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li",
    "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
"""No picture: one from afar would tell its owner that the mail was read."""

MAX_LETTERS = 500_000
"""Longer texts are cut here; the whole mail is kept beside them."""

_HREF = {"http", "https", "mailto", "tel"}


def safe_html(source: str) -> str:
    """What may be shown of a mail: no script, style, picture or form; links open apart."""
    return nh3.clean(
        source[:MAX_LETTERS],
        tags=set(TAGS),
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes=_HREF,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).replace("\x00", "")


def text_of(source: str) -> str:
    """The words of an HTML mail, a line for each paragraph."""
    blocks = re.sub(r"</(div|h[1-4]|blockquote|pre)>", "</p>", source)
    return body_text(blocks)


def html_of(text: str) -> str:
    """Plain text as paragraphs."""
    paragraphs = (html.escape(part.strip()) for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs if part)
