"""How far the recipients of a letter have come."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from circulars.enums import ChaseScope, DeliveryState
from circulars.models import Delivery, Letter, Outbound
from circulars.services.deliveries import has_keepers, outstanding

BOARD_FILTERS = {
    "undeliverable": Q(state=DeliveryState.UNDELIVERABLE),
    "opened": Q(opened_at__isnull=False),
    "registered": Q(entry__isnull=False) | Q(confirmed_at__isnull=False),
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
        rows.annotate(is_kept=has_keepers(letter), **_way_out())
        .select_related(
            "unit__school__network", "unit__merged_into", "entry", "opened_by", "acknowledged_by"
        )
        .order_by("unit__position", "unit__sort_key", "pk")
    )


def _way_out() -> dict[str, Subquery]:
    """Of an agency outside: how the last sending to it went, and what a server said of it."""
    sent = Outbound.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
    return {
        f"way_{name}": Subquery(sent.values(name)[:1])
        for name in ("state", "reason", "address", "way")
    }
