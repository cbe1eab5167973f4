"""How something leaves the house: one interface, an adapter for each way.

An adapter for AMSS++ or SmartOBEC is one more class here and one more ``Way``; what it would
have to do is described in docs/exchange.md.
"""

import json
import smtplib
from contextlib import suppress
from typing import Protocol

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext as _

from circulars.emails import message_for
from circulars.exchange import package, requests
from circulars.exchange.errors import PartnerError
from circulars.mail import addresses
from circulars.mail.enums import OutboundKind, Security, Way
from circulars.mail.secrets import SecretLost, unseal
from circulars.models import ExchangeKey, ExchangePartner, Mailbox, Outbound
from portal.core.errors import InvalidInput
from portal.notifications.service import Failure, failure_of

PACKAGE_TYPE = "application/zip"
SMTP_FAULTS = (smtplib.SMTPException, OSError, ValueError)


class NotSent(Exception):
    """It did not leave; ``failure`` says why and whether to try again."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Adapter(Protocol):
    """Carries what is in the outbox to its address, one row at a time."""

    way: Way

    def send(self, outbound: Outbound) -> None:
        """Return when the other side has it; raises ``NotSent``."""

    def close(self) -> None:
        """Let go of connections; called when a run is over."""


class EmailAdapter:
    """From the central mailbox over SMTP; a connection is kept for all mails of a run."""

    way = Way.EMAIL

    def __init__(self) -> None:
        self._lines: dict[int, BaseEmailBackend] = {}

    def send(self, outbound: Outbound) -> None:
        mailbox = Mailbox.objects.filter(office=outbound.office, is_active=True).first()
        if mailbox is None:
            raise NotSent(Failure(_("The office has no central mailbox.")))
        try:
            message = message_for(outbound, mailbox)
            line = self._line(mailbox)
            _transmit(line, message, mailbox)
        except (InvalidInput, SecretLost) as error:
            raise NotSent(Failure(str(error))) from error
        except SMTP_FAULTS as error:
            self._drop(mailbox)
            raise NotSent(failure_of(error)) from error

    def close(self) -> None:
        for line in self._lines.values():
            with suppress(*SMTP_FAULTS):
                line.close()
        self._lines.clear()

    def _line(self, mailbox: Mailbox) -> BaseEmailBackend:
        if mailbox.pk not in self._lines:
            line = _own_server(mailbox) if mailbox.smtp_host else get_connection()
            line.open()
            self._lines[mailbox.pk] = line
        return self._lines[mailbox.pk]

    def _drop(self, mailbox: Mailbox) -> None:
        """After a failure the next mail gets a new connection."""
        line = self._lines.pop(mailbox.pk, None)
        if line is not None:
            with suppress(*SMTP_FAULTS):
                line.close()


class PortalAdapter:
    """To a partner's portal, as a signed request over HTTPS."""

    way = Way.PORTAL

    def send(self, outbound: Outbound) -> None:
        key = ExchangeKey.objects.filter(office=outbound.office).first()
        partner = _partner_of(outbound)
        if key is None or partner is None:
            raise NotSent(Failure(_("The office has no key, or the partner is gone.")))
        try:
            identity = requests.Identity(key.code, unseal(key.secret))
            path, body, kind = _request(outbound, partner, identity)
            headers = requests.signed_headers(identity, partner.code, path, body)
            requests.post(partner.url, path, body, headers, kind)
        except SecretLost as error:
            raise NotSent(Failure(str(error))) from error
        except PartnerError as error:
            raise NotSent(Failure(str(error), permanent=error.is_final)) from error

    def close(self) -> None:
        """Each request has a connection of its own."""


def adapters() -> dict[str, Adapter]:
    """A fresh set for one run of the outbox."""
    made: tuple[Adapter, ...] = (EmailAdapter(), PortalAdapter())
    return {adapter.way: adapter for adapter in made}


def _own_server(mailbox: Mailbox) -> BaseEmailBackend:
    """The SMTP server of the mailbox itself, which lets nobody else write in its name."""
    addresses.check_port(mailbox.smtp_host, mailbox.smtp_port)
    addresses.resolve(mailbox.smtp_host, mailbox.smtp_port)
    return get_connection(
        host=mailbox.smtp_host,
        port=mailbox.smtp_port,
        username=mailbox.username,
        password=unseal(mailbox.secret),
        use_ssl=mailbox.smtp_security == Security.TLS,
        use_tls=mailbox.smtp_security == Security.STARTTLS,
    )


def _transmit(line: BaseEmailBackend, message: EmailMultiAlternatives, mailbox: Mailbox) -> None:
    """Hand the mail over to the agency first; a copy that fails does not send it twice."""
    if not (isinstance(line, SmtpBackend) and line.connection):
        line.send_messages([message])
        return
    encoding = message.encoding or "utf-8"
    data = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own
    sender = sanitize_address(mailbox.address, encoding)
    line.connection.sendmail(sender, [sanitize_address(message.to[0], encoding)], data)
    for copy in message.cc:
        with suppress(smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            line.connection.sendmail(sender, [sanitize_address(copy, encoding)], data)


def _partner_of(outbound: Outbound) -> ExchangePartner | None:
    if outbound.arrival is not None:
        return outbound.arrival.partner
    unit = outbound.delivery.unit if outbound.delivery else None
    return ExchangePartner.objects.filter(unit=unit, is_active=True).first()


def _request(
    outbound: Outbound, partner: ExchangePartner, identity: requests.Identity
) -> tuple[str, bytes, str]:
    """(path, body, content type) of a letter or of a report about one."""
    if outbound.kind == OutboundKind.STATUS or outbound.delivery is None:
        body = json.dumps(outbound.details, ensure_ascii=False).encode()
        return requests.STATUS, body, "application/json"
    body = package.build(
        outbound.delivery.letter,
        number=outbound.token,
        sender=identity.code,
        receiver=partner.code,
        private_key=identity.private_key,
    )
    return requests.LETTERS, body, PACKAGE_TYPE
