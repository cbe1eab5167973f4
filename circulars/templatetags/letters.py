"""How the states of letters look: a tone and an icon beside the word."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe

from circulars.body import clean_body
from circulars.enums import DeliveryState, LetterState, Speed
from circulars.models import Attachment, Delivery, Letter
from portal.files.models import StoredFile

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
}

DELIVERY_LOOK = {
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


@register.inclusion_tag("components/status_tag.html")
def letter_state(letter: Letter) -> dict[str, str]:
    tone, icon = LETTER_LOOK[LetterState(letter.state)]
    return {"label": letter.get_state_display(), "tone": tone, "icon": icon}


@register.inclusion_tag("components/status_tag.html")
def delivery_state(delivery: Delivery) -> dict[str, str]:
    tone, icon = DELIVERY_LOOK[DeliveryState(delivery.state)]
    return {"label": delivery.get_state_display(), "tone": tone, "icon": icon}


@register.inclusion_tag("circulars/_marks.html")
def letter_marks(letter: Letter) -> dict[str, object]:
    """Speed and secrecy, when they are more than ordinary."""
    return {"letter": letter, "speed_tone": SPEED_TONE.get(Speed(letter.speed), "")}


@register.filter
def letter_body(html: str) -> SafeString:
    """The text of a letter, cleaned once more on its way out."""
    return mark_safe(clean_body(html))


@register.filter
def attachment_files(attachments: Iterable[Attachment]) -> list[dict[str, object]]:
    """Attachments as the file list component takes them."""
    return [_file(attachment.file, attachment.title) for attachment in attachments]


@register.filter
def stored_files(files: Iterable[StoredFile]) -> list[dict[str, object]]:
    return [_file(file, file.name) for file in files]


def _file(file: StoredFile, name: str) -> dict[str, object]:
    return {
        "name": name,
        "url": file.get_absolute_url(),
        "size": file.blob.size,
        "note": file.name if file.name != name else "",
        "preview_url": f"{file.get_absolute_url()}?inline=1" if file.is_viewable else "",
    }
