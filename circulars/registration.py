"""What e-office adds to the pages of the portal."""

from django.utils.translation import gettext_lazy as _

from portal.core import registry
from portal.core.registry import NotificationKind

KINDS = (
    ("waiting", _("A letter waits for my endorsement or signature"), False),
    ("consulted", _("Somebody asks my opinion on a letter"), False),
    ("step_vacant", _("A letter waits at a post that nobody holds"), False),
    ("returned", _("A letter of mine came back"), False),
    ("signed", _("A letter of mine was signed"), False),
    ("delivered", _("A letter arrived for my unit"), True),
    ("chased", _("My unit is reminded of a letter"), True),
    ("answered", _("A letter of mine was answered"), False),
    ("forwarded", _("A letter was handed to me"), False),
)


def register() -> None:
    for code, label, urgent in KINDS:
        registry.notification_kinds.register(
            NotificationKind(code=f"circulars.{code}", label=label, urgent=urgent)
        )
