"""How far the recipients of a letter have come."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from circulars.enums import HEAD_ROLES, INBOX_ROLES, ChaseScope, DeliveryState
from circulars.models import Delivery, Letter
from circulars.services.deliveries import outstanding
from portal.org.models import Acting, Membership

BOARD_FILTERS = {
    "undeliverable": Q(state=DeliveryState.UNDELIVERABLE),
    "opened": Q(opened_at__isnull=False),
    "registered": Q(entry__isnull=False),
    "acknowledged": Q(acknowledged_at__isnull=False),
    "answered": Q(answered_at__isnull=False),
}


@dataclass(frozen=True)
class Progress:
    """Counts of recipients; each one counts in every stage it has reached."""

    total: int
    opened: int
    registered: int
    acknowledged: int
    answered: int
    undeliverable: int

    @property
    def not_opened(self) -> int:
        return self.total - self.undeliverable - self.opened

    @property
    def not_registered(self) -> int:
        return self.total - self.undeliverable - self.registered

    @property
    def not_acknowledged(self) -> int:
        return self.total - self.undeliverable - self.acknowledged

    @property
    def not_answered(self) -> int:
        return self.total - self.undeliverable - self.answered


def progress(letter: Letter) -> Progress:
    """Count the recipients by stage, in one query."""
    counts = letter.deliveries.order_by().aggregate(
        total=Count("pk"),
        **{name: Count("pk", filter=reached) for name, reached in BOARD_FILTERS.items()},
    )
    return Progress(**counts)


def board_rows(*, letter: Letter, show: str = "") -> QuerySet[Delivery]:
    """The recipients of a letter in dictionary order; ``show`` keeps those of one stage.

    ``show`` is a stage that was reached (``opened`` …) or still owed (``not_opened`` …).
    ``is_kept`` says whether anybody can open the letter there today.
    """
    rows: QuerySet[Delivery] = letter.deliveries.all()
    if show in ChaseScope.values:
        rows = outstanding(letter=letter, scope=ChaseScope(show))
    elif show in BOARD_FILTERS:
        rows = rows.filter(BOARD_FILTERS[show])
    return (
        rows.annotate(is_kept=_kept(letter))
        .select_related(
            "unit__school__network", "unit__merged_into", "entry", "opened_by", "acknowledged_by"
        )
        .order_by("unit__position", "unit__sort_key", "pk")
    )


def _kept(letter: Letter) -> Q:
    """Somebody who may see the letter keeps the recipient's inbox today, or its successor's."""
    roles = HEAD_ROLES if letter.is_secret else INBOX_ROLES
    own = Membership.objects.on().filter(role__in=roles, person__is_active=True)
    acting = Acting.objects.on().filter(membership__role__in=roles, person__is_active=True)
    kept = Q()
    for unit in (OuterRef("unit"), OuterRef("unit__merged_into")):
        kept |= Q(Exists(own.filter(unit=unit)))
        kept |= Q(Exists(acting.filter(membership__unit=unit)))
    return kept
