"""Who would sign a draft as things stand today, for the preview's signature block."""

from circulars.enums import StepKind, StepState
from circulars.models import Letter
from circulars.services.routes import usual_stops
from portal.org.models import Membership, Unit
from portal.org.service import SignatureBlock, holders, signature_block

_OVER = (StepState.CANCELLED, StepState.RETURNED)


def expected_signature(letter: Letter) -> SignatureBlock | None:
    """The block of the post that signs: the one in the chain, else the usual one of the unit.

    ``None`` while nobody holds that post.
    """
    post = _post_in_chain(letter) or _usual_post(letter)
    if post is None:
        return None
    unit, role, membership = post
    people = [membership.person] if membership else holders(unit=unit, roles=[role])
    return signature_block(people[0], unit=unit, roles=[role]) if people else None


def _post_in_chain(letter: Letter) -> tuple[Unit, str, Membership | None] | None:
    step = (
        letter.steps.filter(kind=StepKind.SIGN)
        .exclude(state__in=_OVER)
        .select_related("unit__office", "membership__person")
        .last()
    )
    return (step.unit, step.role, step.membership) if step else None


def _usual_post(letter: Letter) -> tuple[Unit, str, Membership | None] | None:
    stops = usual_stops(letter)
    if not stops:
        return None
    last = stops[-1]
    return Unit.objects.select_related("office").get(pk=last.unit_id), last.role, None
