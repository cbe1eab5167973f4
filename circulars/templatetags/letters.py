"""How the states of letters look: a tone and an icon beside the word."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from django import template
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from circulars.body import clean_body
from circulars.enums import DeliveryState, LetterState, Secrecy, Speed
from circulars.filters import ListFilter
from circulars.kinds import kind_of
from circulars.linter.content import label_of
from circulars.models import Attachment, Delivery, Letter
from portal.core.templatetags.portal_tags import status_tag
from portal.core.thai import dates
from portal.files.models import StoredFile
from portal.workflow.service import Move

register = template.Library()

LETTER_LOOK = {
    LetterState.DRAFT: ("neutral", "pencil"),
    LetterState.IN_CHAIN: ("info", "arrow-up-circle"),
    LetterState.RETURNED: ("warning", "arrow-return-left"),
    LetterState.SIGNED_PENDING: ("info", "hourglass-split"),
    LetterState.READY: ("brand", "pen-fill"),
    LetterState.DISPATCHED: ("success", "send-check"),
    LetterState.VOID: ("danger", "x-octagon"),
    LetterState.DISCARDED: ("neutral", "trash"),
    LetterState.OUTSIDE: ("brand", "box-arrow-in-right"),
}

DELIVERY_LOOK = {
    DeliveryState.SENDING: ("neutral", "send"),
    DeliveryState.DELIVERED: ("warning", "envelope"),
    DeliveryState.OPENED: ("info", "envelope-open"),
    DeliveryState.REGISTERED: ("brand", "journal-check"),
    DeliveryState.ACKNOWLEDGED: ("success", "check2-circle"),
    DeliveryState.ANSWERED: ("success", "reply-fill"),
    DeliveryState.UNDELIVERABLE: ("danger", "exclamation-octagon-fill"),
}

SPEED_TONE = {
    Speed.URGENT: "warning",
    Speed.VERY_URGENT: "danger",
    Speed.MOST_URGENT: "danger",
}


@register.simple_tag
def letter_state(letter: Letter) -> SafeString:
    state = LetterState(letter.state)
    label = str(state.label)
    if state is LetterState.READY and not kind_of(letter).wants_recipients:
        label = _("Signed")
    return status_tag(label, *LETTER_LOOK[state])


@register.filter
def move_label(move: Move, letter: Letter) -> str:
    """What a move is called for this kind of letter: memos are approved, letters signed."""
    if move.name == "sign" and not kind_of(letter).signed:
        return _("Approve")
    return str(move.label)


@register.filter
def kind_details(letter: Letter) -> list[tuple[str, str]]:
    """What only this kind of letter has, by name, as its form writes it."""
    shown = []
    for part in kind_of(letter).parts:
        value = letter.details.get(part.name)
        if value:
            words = dates.long(date.fromisoformat(value)) if part.name == "held_on" else value
            shown.append((label_of(part), _("Yes") if value is True else str(words)))
    return shown


@register.simple_tag
def delivery_state(delivery: Delivery) -> SafeString:
    state = DeliveryState(delivery.state)
    return status_tag(str(state.label), *DELIVERY_LOOK[state])


@register.simple_tag
def letter_marks(letter: Letter) -> SafeString:
    """Speed and secrecy, when they are more than ordinary."""
    speed, marks = Speed(letter.speed), []
    if tone := SPEED_TONE.get(speed):
        marks.append(status_tag(str(speed.label), tone, "lightning-charge-fill"))
    if letter.is_secret:
        label = str(Secrecy(letter.secrecy).label)
        marks.append(status_tag(label, "danger", "shield-lock-fill"))
    return mark_safe(" ".join(marks))


@register.simple_tag(takes_context=True)
def list_filter_bar(context: Context, filters: ListFilter) -> SafeString:
    """The bar above a list; while nothing is filtered it is the same for everybody."""
    path = context["request"].path
    if any(filters.data.get(name) for name in filters.filters):
        return _filter_bar(filters.form, path)
    kind: Callable[[dict[str, str]], ListFilter] = type(filters)
    return _empty_filter_bar(kind, path, get_language())


@lru_cache(maxsize=64)
def _empty_filter_bar(
    kind: Callable[[dict[str, str]], ListFilter], path: str, language: str | None
) -> SafeString:
    return _filter_bar(kind({}).form, path)


def _filter_bar(form: BaseForm, path: str) -> SafeString:
    return render_to_string("components/filter_bar.html", {"form": form, "reset_url": path})


@register.filter
def letter_body(html: str) -> SafeString:
    """The text of a letter, cleaned once more on its way out."""
    return mark_safe(clean_body(html))


@register.filter
def attachment_files(attachments: Iterable[Attachment]) -> list[dict[str, object]]:
    """Attachments as the file list component takes them; of secret letters without pictures."""
    return [
        _file(attachment.file, attachment.title, is_secret=attachment.letter.is_secret)
        for attachment in attachments
    ]


@register.filter
def stored_files(files: Iterable[StoredFile]) -> list[dict[str, object]]:
    return [_file(file, file.name) for file in files]


def _file(file: StoredFile, name: str, *, is_secret: bool = False) -> dict[str, object]:
    return {
        "name": name,
        "url": file.get_absolute_url(),
        "size": file.blob.size,
        "note": file.name if file.name != name else "",
        "preview_url": f"{file.get_absolute_url()}?inline=1" if file.is_viewable else "",
        "thumbnail_url": "" if is_secret else file.thumbnail_url,
        "reading_note": "" if is_secret else file.blob.reading_note,
    }
