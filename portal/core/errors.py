"""The one family of errors whose text a person may read."""

from django.db.models import Model
from django.dispatch import Signal
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Sent where a denial leaves the program (a page, a task): ``exception`` says what was refused.
denied = Signal()


class PortalError(Exception):
    """Something a person should be told. ``str()`` is the sentence, ``code`` names it in logs.

    ``about`` is the object it happened to; pages lead back to it.
    """

    code = "error"
    status = 400
    default_message: str | Promise = _("That did not work. Please try again.")

    def __init__(
        self, message: str | Promise = "", *, about: Model | None = None, code: str = ""
    ) -> None:
        self.message = message or self.default_message
        self.about = about
        self.code = code or self.code
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class StaleAction(PortalError):
    """Someone was faster: the object has left the state the action starts from.

    ``state`` is the state it is in now.
    """

    code = "stale"
    status = 409
    default_message = _("Someone was faster. Please look at the page as it is now.")

    def __init__(
        self,
        message: str | Promise = "",
        *,
        state: str = "",
        about: Model | None = None,
        code: str = "",
    ) -> None:
        super().__init__(message, about=about, code=code)
        self.state = state


class NotAllowed(PortalError):
    """This person may not do or see this. Pages answer as if it did not exist (404).

    ``action`` is what was tried; ``recorded`` is the audit row that already tells of it.
    """

    code = "not_allowed"
    status = 404
    default_message = _("You may not do this.")

    def __init__(
        self,
        message: str | Promise = "",
        *,
        action: str = "",
        about: Model | None = None,
        code: str = "",
    ) -> None:
        super().__init__(message, about=about, code=code)
        self.action = action
        self.recorded: int | None = None


class InvalidInput(PortalError):
    """What was typed cannot be accepted. ``field`` is the form field to put the message at."""

    code = "invalid"
    status = 400
    default_message = _("Please check what you entered.")

    def __init__(
        self,
        message: str | Promise = "",
        *,
        field: str | None = None,
        about: Model | None = None,
        code: str = "",
    ) -> None:
        super().__init__(message, about=about, code=code)
        self.field = field


class NotReady(PortalError):
    """It is allowed, but something has to happen first (a PDF is still being made)."""

    code = "not_ready"
    status = 409
    default_message = _("This is not ready yet. Please try again in a moment.")
