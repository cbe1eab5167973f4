"""Sending: one delivery a recipient, and the notices, in one transaction."""

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.notices import keepers_of, tell
from circulars.effects.outbound import check_secrecy, queue_letters
from circulars.enums import DeliveryState
from circulars.kinds import kind_of
from circulars.models import Delivery, Letter
from portal.core.errors import NotReady
from portal.files.enums import ScanState
from portal.org.enums import UnitKind
from portal.users.models import User

DELIVER = """
WITH RECURSIVE way (unit_id, heir_id) AS (
    SELECT unit.id, unit.merged_into_id
    FROM circulars_recipient AS recipient
    JOIN org_unit AS unit ON unit.id = recipient.unit_id
    WHERE recipient.letter_id = %(letter)s
      AND unit.closed_on < %(today)s AND unit.merged_into_id IS NOT NULL
    UNION
    SELECT way.unit_id, heir.merged_into_id
    FROM way JOIN org_unit AS heir ON heir.id = way.heir_id
    WHERE heir.closed_on < %(today)s AND heir.merged_into_id IS NOT NULL
)
INSERT INTO circulars_delivery (letter_id, unit_id, state, delivered_at, chase_count)
SELECT recipient.letter_id,
       coalesce(successor.id, unit.id),
       CASE WHEN bool_or(unit.kind = %(outside)s
                         AND coalesce(unit.closed_on, %(today)s) >= %(today)s)
            THEN %(sending)s
            WHEN bool_or(coalesce(successor.closed_on, unit.closed_on, %(today)s) >= %(today)s
                         OR successor.id IS NOT NULL AND successor.closed_on IS NULL)
            THEN %(delivered)s ELSE %(undeliverable)s END,
       %(moment)s, 0
FROM circulars_recipient AS recipient
JOIN org_unit AS unit ON unit.id = recipient.unit_id
LEFT JOIN (way JOIN org_unit AS successor
                  ON successor.id = way.heir_id
                 AND (successor.merged_into_id IS NULL
                      OR successor.closed_on >= %(today)s))
       ON way.unit_id = unit.id
WHERE recipient.letter_id = %(letter)s
GROUP BY recipient.letter_id, coalesce(successor.id, unit.id)
"""


INFECTED = "infected"
"""Code of the refusal that waiting does not mend."""


def goes_out(letter: Letter) -> bool:
    """Whether somebody gets the letter; an order may stand by itself."""
    return kind_of(letter).wants_recipients or letter.recipients.exists()


def dispatch(*, obj: Letter, actor: User | None) -> None:
    """Deliver the letter to each recipient at once.

    A school that was merged since gets it through its successor (once, even when the successor
    is a recipient too); one that closed without a successor is kept as undeliverable, so that
    the sender sees it without asking (amendment 4, appendix 6, 4.2.2). What goes to an agency
    outside is on its way until a server there has taken it.
    """
    _check_attachments(obj)
    check_secrecy(obj)
    moment = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            DELIVER,
            {
                "delivered": DeliveryState.DELIVERED,
                "undeliverable": DeliveryState.UNDELIVERABLE,
                "outside": UnitKind.OUTSIDE,
                "sending": DeliveryState.SENDING,
                "moment": moment,
                "today": timezone.localdate(moment),
                "letter": obj.pk,
            },
        )
        if not cursor.rowcount:
            raise NotReady(_("The letter has no recipients."))
    obj.dispatched_at = moment
    obj.dispatched_by = actor
    queue_letters(obj)
    arrived = Delivery.objects.filter(letter=obj, state=DeliveryState.DELIVERED)
    tell("delivered", keepers_of(obj, arrived), obj, actor, obj.get_received_url())


def _check_attachments(letter: Letter) -> None:
    blobs = dict(letter.attachments.values_list("file__blob__scan_state", "title"))
    if title := blobs.get(ScanState.INFECTED):
        raise NotReady(
            _(
                "“%(title)s” carries a virus and must not be sent. Void this letter and "
                "write it again with a clean file."
            )
            % {"title": title},
            code=INFECTED,
        )
    if title := next(filter(None, map(blobs.get, _unscanned())), None):
        raise NotReady(
            _("“%(title)s” is still being checked for viruses. Please try again in a moment.")
            % {"title": title}
        )


def _unscanned() -> tuple[ScanState, ...]:
    """Verdicts with which a file is not given out, so that its letter has to wait too."""
    if settings.CLAMD_URL and settings.FILES_REQUIRE_SCAN:
        return (ScanState.WAITING, ScanState.NOT_SCANNED, ScanState.FAILED)
    return (ScanState.WAITING,)
