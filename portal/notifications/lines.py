"""The line to the mail server: one connection for all mails of a run."""

import smtplib

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from portal.notifications.emails import NoticeMail
from portal.notifications.outcomes import failure_of

SENDING_ERRORS = (smtplib.SMTPException, OSError, ValueError)


class Line:
    """Opened for the first mail, and once more where the server ended it between two mails.

    Servers take only so many mails over one connection; a new one for each batch would take
    longer than its mails. What was in hand when the connection ended goes out again under the
    same Message-ID.
    """

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self._taken = 0

    def open(self) -> None:
        """Connect and sign in unless that is done; raises one of ``SENDING_ERRORS``."""
        if self._backend is None:
            backend = get_connection()
            backend.open()
            self._backend, self._taken = backend, 0

    def send(self, mail: NoticeMail) -> None:
        """Hand a mail over; raises what the server's refusal is in ``SENDING_ERRORS``."""
        try:
            self._transmit(mail)
        except SENDING_ERRORS as error:
            if not (self._taken and failure_of(error).is_over):
                raise
            self.close()
            self._transmit(mail)
        self._taken += 1

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def _transmit(self, mail: NoticeMail) -> None:
        """Django's SMTP backend parses both addresses again for each mail, which takes longer
        than all the rest; ours are bare and ASCII already.
        """
        self.open()
        backend = self._backend
        if isinstance(backend, SmtpBackend) and backend.connection:
            data = mail.message().as_bytes(linesep="\r\n")
            backend.connection.sendmail(mail.from_email, mail.to, data)
        elif backend is not None:
            backend.send_messages([mail])
