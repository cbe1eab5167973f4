from django.utils.translation import gettext_lazy as _

from portal.core.errors import PortalError


class FileRefused(PortalError):
    """A file is not taken (or not given out); the message says why and what to do."""

    code = "file_refused"


class FileMissing(PortalError):
    """The row is there but its bytes are not: a damaged store or an unfinished restore."""

    code = "file_missing"

    def __init__(self) -> None:
        super().__init__(_("The content of this file is missing. Tell the administrator."))


class FileDamaged(PortalError):
    """The bytes on disk are not those that were stored."""

    code = "file_damaged"

    def __init__(self) -> None:
        super().__init__(_("The content of this file is damaged. Tell the administrator."))


class ScannerUnavailable(Exception):
    """clamd did not answer, or not with a verdict; the scan is tried again later."""
