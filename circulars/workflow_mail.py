"""What becomes of a mail to the central mailbox."""

from django.utils.translation import gettext_lazy as _

from circulars.effects import mail as effects
from circulars.mail.enums import MailState
from circulars.permissions import keeps_mailbox, nobody
from portal.workflow.service import Move, Table

S = MailState

MAIL = Table(
    kind="circulars.mail",
    model="circulars.IncomingMail",
    states=MailState,
    initial=S.WAITING,
    moves=(
        Move(
            name="register",
            label=_("Register"),
            source={S.WAITING},
            target=S.REGISTERED,
            may=keeps_mailbox,
            needs=("delivery",),
            effect=effects.register,
            icon="journal-check",
        ),
        Move(
            name="set_aside",
            label=_("Set aside"),
            source={S.WAITING},
            target=S.SET_ASIDE,
            may=keeps_mailbox,
            needs=("reason",),
            effect=effects.set_aside,
            tone="secondary",
            icon="archive",
        ),
        Move(
            name="take_back",
            label=_("Back to the waiting ones"),
            source={S.SET_ASIDE, S.LINKED},
            target=S.WAITING,
            may=keeps_mailbox,
            effect=effects.take_back,
            tone="secondary",
            icon="arrow-counterclockwise",
        ),
        Move(
            name="refuse",
            label=_("Answer and remove as top secret"),
            source={S.WAITING, S.SET_ASIDE},
            target=S.REFUSED,
            may=keeps_mailbox,
            effect=effects.refuse,
            tone="danger",
            icon="shield-x",
            confirm=_(
                "The sender is told to send it again on paper. Then the mail is removed here and "
                "in the mailbox, for good."
            ),
        ),
        Move(
            name="link",
            label=_("Put to the letter that it answers"),
            source={S.WAITING},
            target=S.LINKED,
            may=nobody,
            system=True,
            button=False,
        ),
    ),
)
