"""Which servers the portal lets itself be sent to by what somebody typed."""

import socket
from ipaddress import ip_address

from django.conf import settings
from django.utils.translation import gettext as _

from portal.core.errors import InvalidInput

MAIL_PORTS = frozenset({25, 143, 465, 587, 993, 2525})


def is_inside(host: str) -> bool:
    """Whether the installation itself names this host as one of its own network."""
    return host.lower() in {name.lower() for name in settings.INSIDE_HOSTS}


def check_port(host: str, port: int) -> None:
    """Mail is asked for at the ports of mail only. Raises ``InvalidInput``."""
    if port not in MAIL_PORTS and not is_inside(host):
        raise InvalidInput(_("This is not a port of a mail server."), field="port")


def resolve(host: str, port: int) -> str:
    """The address to connect to, looked up once: what was checked is what is called.

    Raises ``InvalidInput`` for a name that leads into a private network, unless the
    installation allows it, and ``OSError`` when there is no such name.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not is_inside(host) and not all(_is_public(address) for address in addresses):
        raise InvalidInput(
            _("This server is inside a private network. The administrator can allow it."),
            field="host",
        )
    return addresses[0]


def _is_public(address: str) -> bool:
    number = ip_address(address.split("%")[0])
    mapped = getattr(number, "ipv4_mapped", None)
    return (mapped or number).is_global and not number.is_multicast
