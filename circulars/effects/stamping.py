"""Ordering the copy of a letter with its receipt stamp."""

from circulars.models import Delivery, ReceiptStamp
from portal.core.tasks import defer

TASK = "circulars.stamp_letter"


def order_stamp(delivery: Delivery) -> ReceiptStamp:
    """Have the stamp drawn on a copy of the letter, once its number stands in the register."""
    stamp, created = ReceiptStamp.objects.get_or_create(delivery=delivery)
    if created:
        defer(TASK, stamp.pk)
    return stamp
