"""A destroyed letter cannot be opened any more: its reader is led to what is left of it."""

from django.utils.translation import gettext as _

from circulars.enums_archive import KeptState
from circulars.models import Delivery, KeptLetter, Letter
from portal.core.errors import StaleAction


def check_received(delivery: Delivery) -> None:
    """Raises StaleAction, which leads to the line of form 20, when this copy is destroyed."""
    kept = getattr(delivery, "kept", None)
    if kept is not None:
        _check(kept)


def check_sent(letter: Letter) -> None:
    """The same for the copy of the unit that wrote the letter."""
    kept = KeptLetter.objects.filter(letter=letter, delivery=None).first()
    if kept is not None:
        _check(kept)


def _check(kept: KeptLetter) -> None:
    if kept.state == KeptState.DESTROYED:
        raise StaleAction(
            _("This letter was destroyed; its line in the register remains."), about=kept
        )
