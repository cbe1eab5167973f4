"""How mails look, and where a letter to an agency outside has come."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from circulars.mail.content import html_of, safe_html
from circulars.mail.enums import MailState, OutboundState
from circulars.models import Delivery, IncomingMail, MailAttachment
from portal.core.templatetags.portal_tags import status_tag

register = template.Library()

MAIL_LOOK = {
    MailState.WAITING: ("warning", "envelope"),
    MailState.REGISTERED: ("success", "journal-check"),
    MailState.SET_ASIDE: ("neutral", "archive"),
    MailState.REFUSED: ("danger", "shield-x"),
    MailState.LINKED: ("info", "reply"),
}

WAY_LOOK = {
    OutboundState.PENDING: ("neutral", "hourglass-split"),
    OutboundState.CLAIMED: ("neutral", "hourglass-split"),
    OutboundState.SENT: ("success", "send-check"),
    OutboundState.FAILED: ("warning", "arrow-repeat"),
    OutboundState.DEAD: ("danger", "exclamation-octagon-fill"),
}


@register.simple_tag
def mail_state(mail: IncomingMail) -> SafeString:
    state = MailState(mail.state)
    return status_tag(str(state.label), *MAIL_LOOK[state])


@register.simple_tag
def way_out(delivery: Delivery) -> SafeString:
    """The last sending to an agency outside, from the ``way_state`` annotated to the row."""
    state = getattr(delivery, "way_state", None)
    if not state:
        return mark_safe("")
    known = OutboundState(state)
    return status_tag(str(known.label), *WAY_LOOK[known])


@register.filter
def mail_text(mail: IncomingMail) -> SafeString:
    """The words of a mail, cleaned once more on their way out."""
    return mark_safe(safe_html(mail.html or html_of(mail.text)))


@register.filter
def mail_files(rows: Iterable[MailAttachment]) -> list[dict[str, object]]:
    """Attachments as the file list component takes them; a refused one says why."""
    return [_file(row) for row in rows]


def _file(row: MailAttachment) -> dict[str, object]:
    if row.file is None:
        note = _("Not taken: %(why)s") % {"why": row.refusal}
        return {"name": row.name, "url": "", "size": row.size, "note": note, "preview_url": ""}
    address = row.file.get_absolute_url()
    return {
        "name": row.name,
        "url": address,
        "size": row.size,
        "note": "",
        "preview_url": f"{address}?inline=1" if row.file.is_viewable else "",
    }
