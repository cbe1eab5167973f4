"""What the paper side adds to the page of a received letter."""

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from circulars.models import Delivery, ReceiptStamp
from circulars.permissions import keeps_inbox
from circulars.services import paper, replies, stamps
from circulars.templatetags.letters import stored_files

register = template.Library()

FIELD_LABELS: dict[str, Promise] = {
    "reference": _("Number of the letter"),
    "dated": _("Dated"),
    "sender": _("From"),
    "addressee": _("To"),
    "subject": _("Subject"),
    "speed": _("Speed"),
}


@register.filter
def form_field(form: BaseForm, name: str) -> BoundField:
    """The field of this name."""
    return form[name]


@register.filter
def stamped_file(stamp: ReceiptStamp) -> list[dict[str, object]]:
    """The copy with its stamp as the file list component takes it."""
    return stored_files([stamp.file]) if stamp.file else []


@register.inclusion_tag("circulars/incoming_stamp.html", takes_context=True)
def receipt_stamp(context: Context, delivery: Delivery) -> dict[str, object]:
    """The panel of the receipt stamp."""
    stamp = ReceiptStamp.objects.filter(delivery=delivery).select_related("file__blob").first()
    return {
        "delivery": delivery,
        "stamp": stamp,
        "may_stamp": stamps.may_stamp(context["request"].user, delivery),
        "csrf_token": context.get("csrf_token"),
        "request": context["request"],
    }


@register.inclusion_tag("circulars/incoming_reply.html", takes_context=True)
def letter_replies(context: Context, delivery: Delivery) -> dict[str, object]:
    """The letters that answered a received one, and the button to write one."""
    user = context["request"].user
    return {
        "delivery": delivery,
        "replies": replies.replies_to(delivery=delivery, user=user),
        "may_reply": replies.may_reply(user, delivery),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("circulars/incoming_unchecked.html", takes_context=True)
def unchecked_values(context: Context, delivery: Delivery) -> dict[str, object]:
    """Which values were read from the file and not compared yet."""
    names = paper.unchecked(delivery)
    return {
        "delivery": delivery,
        "labels": [FIELD_LABELS[name] for name in names if name in FIELD_LABELS],
        "may_check": bool(names) and keeps_inbox(context["request"].user, delivery),
        "csrf_token": context.get("csrf_token"),
    }
