"""What the mail server's answers mean, and when to try again."""

import smtplib
from dataclasses import dataclass
from datetime import timedelta

# After the first, second … failure of a mail; then it is given up. About five days in all.
BACK_OFF = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60, 24 * 60)
)
# While the server cannot be reached, one worker asks again this often; that is no mail's fault.
OUTAGE_PAUSE = timedelta(minutes=1)

_MAX_REASON = 300
_PERMANENT = range(500, 600)
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Failure:
    """``permanent``: never try again. ``is_over``: the connection is of no more use."""

    reason: str
    permanent: bool = False
    is_over: bool = False


def failure_of(error: Exception) -> Failure:
    """Read a refusal (RFC 5321, section 4.2: 4yz may pass later, 5yz will not).

    A refusal of our own sender address is about us, not about the mail: it is tried again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answer(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Failure(_reason(error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Failure(f"{type(error).__name__}: {error}"[:_MAX_REASON], permanent=True)
    return Failure(f"{type(error).__name__}: {error}"[:_MAX_REASON], is_over=True)


def _answer(code: int, text: bytes | str) -> Failure:
    return Failure(_reason(code, text), permanent=code in _PERMANENT, is_over=code == _CLOSING)


def _reason(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:_MAX_REASON]
