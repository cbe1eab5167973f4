"""The words of a notice: ``templates/<app>/email/<name>.subject.txt``, ``.txt`` and ``.html``.

They are rendered once for each notice and language. What differs from person to person (the
name, the link that marks the notice read) stands in them as a mark that is replaced for each.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template, select_template
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from portal.core.refs import resolve
from portal.notifications.models import Notice

if TYPE_CHECKING:
    from django.db.models import Model

    from portal.users.models import User

# Characters of a private use area: no text holds them, no escaping changes them.
PERSON_MARK = "\ue0f0"
LINK_MARK = "\ue0f1"
_PLAIN_HTML = "notifications/email/plain.html"
_KEPT = 100


@dataclass(frozen=True, slots=True)
class Words:
    """A notice in one language, with the marks in place."""

    subject: str
    text: str
    html: str

    def for_person(self, name: str, link: str) -> "Words":
        html_name, html_link = escape(name), escape(link)
        return Words(
            subject=_filled(self.subject, name, link),
            text=_filled(self.text, name, link),
            html=_filled(self.html, html_name, html_link),
        )


class Wordings:
    """The words of the notices in hand; one for each run of a sender, so they are never stale."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], Words] = OrderedDict()
        self.preferences_url = absolute(reverse("notifications:preferences"))
        self._link = absolute(reverse("notifications:open", args=[0])).rsplit("0", 1)

    def link(self, notification_id: int) -> str:
        """The page that marks a notification read and leads on to what it is about."""
        return str(notification_id).join(self._link)

    def of(self, notice: Notice, language: str) -> Words:
        key = (notice.pk, language)
        if key not in self._kept:
            self._kept[key] = render_words(notice, language)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]


def render_words(notice: Notice, language: str) -> Words:
    """Subject, text and HTML; without an HTML template the text is wrapped in the layout."""
    known = dict(settings.LANGUAGES)
    with translation.override(language if language in known else settings.LANGUAGE_CODE):
        context = _context(notice, resolve(notice.about), PERSON_MARK) | {
            "url": LINK_MARK,
            "preferences_url": absolute(reverse("notifications:preferences")),
        }
        base = template_base(notice.kind)
        subject = _plain(_template(f"{base}.subject.txt"), context)
        text = _plain(_template(f"{base}.txt"), context)
        html = select_template([f"{base}.html", _PLAIN_HTML]).render(
            {**context, "subject": " ".join(subject.split()), "text": text.strip()}
        )
    return Words(subject=" ".join(subject.split()), text=text.strip() + "\n", html=html)


def line(notice: Notice, about: "Model | None", person: "User") -> str:
    """The one line that the portal shows of a notice, in the language of the page."""
    context = _context(notice, about, person) | {"url": notice.url}
    template = _template(f"{template_base(notice.kind)}.subject.txt")
    return " ".join(_plain(template, context).split())


def template_base(kind: str) -> str:
    """``circulars.delivered`` is worded at ``circulars/email/delivered``."""
    app, _dot, name = kind.partition(".")
    return f"{app}/email/{name}"


def absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _context(notice: Notice, about: "Model | None", person: object) -> dict[str, Any]:
    return {**notice.context, "person": person, "about": about, "actor": notice.actor}


def _template(name: str) -> Template:
    """Compiled once; Django's cached loader keeps it (also in development, until it changes)."""
    return get_template(name).template  # type: ignore[attr-defined]


def _plain(template: Template, context: dict[str, Any]) -> str:
    return template.render(Context(context, autoescape=False))


def _filled(text: str, name: str, link: str) -> str:
    return text.replace(PERSON_MARK, name).replace(LINK_MARK, link)
