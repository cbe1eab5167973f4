"""What an office expects of itself for each speed class (clause 28)."""

from collections.abc import Mapping

from django.db import transaction

from circulars.effects.deadlines import Target, target_of
from circulars.enums import Speed
from circulars.models import SpeedTarget
from circulars.services.settings import may_change_settings
from portal.audit.service import record
from portal.core.errors import NotAllowed
from portal.org.models import Office
from portal.users.models import User


def targets_of(office: Office) -> dict[str, Target]:
    """The targets of all speed classes, slowest first."""
    return {speed.value: target_of(office, speed) for speed in Speed}


def change_targets(*, office: Office, actor: User, targets: Mapping[str, Target]) -> None:
    """Set them. Raises ``NotAllowed`` unless the actor keeps the central registry there."""
    if actor.office_id != office.pk or not may_change_settings(actor):
        raise NotAllowed(action="handling.targets", about=office)
    with transaction.atomic():
        for speed, target in targets.items():
            SpeedTarget.objects.update_or_create(
                office=office,
                speed=speed,
                defaults={"step_hours": target.step_hours, "work_days": target.work_days},
            )
        data = {speed: [t.step_hours, t.work_days] for speed, t in targets.items()}
        record(action="handling.targets", actor=actor, about=office, data=data)
