from django.utils.translation import gettext_lazy as _

from portal.core.errors import PortalError


class PackageRefused(PortalError):
    """A package is not what it should be; ``code`` says to the other side's program why."""

    code = "package_refused"
    default_message = _("This package is damaged or not from a partner.")


class RequestRefused(PortalError):
    """A signed request is not believed."""

    code = "request_refused"
    status = 401
    default_message = _("This request is not believed.")


class PartnerError(Exception):
    """The partner's portal did not take what it was sent; ``is_final`` when it never will."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
