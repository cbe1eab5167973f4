from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField

from portal.core.forms import PortalForm
from portal.core.registry import NotificationKind, notification_kinds
from portal.notifications.enums import Channel
from portal.notifications.services.choices import Choice, choices_of, is_fixed

if TYPE_CHECKING:
    from portal.users.models import User


class ChoicesForm(PortalForm):
    """A box for each kind and channel."""

    def __init__(self, *args: Any, person: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = choices_of(person)
        for kind in notification_kinds:
            for channel in Channel:
                self.fields[_name(kind, channel)] = forms.BooleanField(
                    label=f"{kind.label}: {channel.label}",
                    initial=current[kind.code, channel],
                    disabled=is_fixed(kind, channel),
                    required=False,
                )

    def rows(self) -> Iterator[tuple[NotificationKind, list[tuple[Channel, BoundField]]]]:
        """(kind, its boxes with their channels), as the table shows them."""
        for kind in notification_kinds:
            yield kind, [(channel, self[_name(kind, channel)]) for channel in Channel]

    def choices(self) -> dict[Choice, bool]:
        return {
            (kind.code, channel.value): self.cleaned_data[_name(kind, channel)]
            for kind in notification_kinds
            for channel in Channel
        }


def _name(kind: NotificationKind, channel: Channel) -> str:
    return f"{kind.code}:{channel.value}"
