"""Which kinds reach a person by which channel."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.registry import NotificationKind, notification_kinds
from portal.notifications.enums import Channel
from portal.notifications.models import Preference

if TYPE_CHECKING:
    from portal.users.models import User

Choice = tuple[str, str]
"""(kind, channel)"""


def is_fixed(kind: NotificationKind, channel: str) -> bool:
    """Urgent kinds always show in the portal; mandatory ones leave nothing to choose."""
    return kind.mandatory or (kind.urgent and channel == Channel.IN_APP)


def choices_of(person: "User") -> dict[Choice, bool]:
    """For every registered kind and channel, whether it is on."""
    chosen = {
        (row.kind, row.channel): row.is_on for row in Preference.objects.filter(person=person)
    }
    return {
        (kind.code, channel): _is_on(kind, channel, chosen.get((kind.code, channel)))
        for kind in notification_kinds
        for channel in Channel.values
    }


@transaction.atomic
def choose(*, person: "User", choices: Mapping[Choice, bool]) -> None:
    """Keep what differs from the kinds' own defaults; what is fixed stays as it is.

    Rows rather than a full matrix: a new default reaches everyone who never chose otherwise.
    """
    Preference.objects.filter(person=person).delete()
    Preference.objects.bulk_create(
        Preference(person=person, kind=kind.code, channel=channel, is_on=is_on)
        for kind in notification_kinds
        for channel in Channel.values
        if not is_fixed(kind, channel)
        and (is_on := choices[kind.code, channel]) != (channel in kind.default_channels)
    )


def _is_on(kind: NotificationKind, channel: str, chosen: bool | None) -> bool:
    if kind.urgent and channel == Channel.IN_APP:
        return True
    usual = channel in kind.default_channels
    return usual if chosen is None or kind.mandatory else chosen
