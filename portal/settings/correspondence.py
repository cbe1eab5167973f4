"""Letters to and from outside: the central mailbox and the partners' portals."""

from portal.settings.environment import env

# Keys for stored passwords and private keys, newest first; follow from SECRET_KEY when empty.
MAIL_ENCRYPTION_KEYS = env.list("MAIL_ENCRYPTION_KEYS", default=[])
# Servers inside one's own network that may be named as mail server or partner ("mail.lan").
# Any other name must belong to a public address, so that nobody looks around inside with it.
INSIDE_HOSTS = env.list("INSIDE_HOSTS", default=[])
MAIL_TIMEOUT = env.int("MAIL_TIMEOUT", default=30)  # seconds for each answer of a server
MAIL_MAX_BYTES = env.int("MAIL_MAX_BYTES", default=80_000_000)  # a mail with its attachments
MAIL_POLL_SECONDS = env.int("MAIL_POLL_SECONDS", default=120)
# What goes out with a mail; more is left at an address that the mail names (appendix 7, 5.3.9).
MAIL_ATTACH_BYTES = env.int("MAIL_ATTACH_BYTES", default=20_000_000)
MAIL_SUMMARY_LETTERS = 1500  # how much of a letter's text its mail repeats

EXCHANGE_MAX_BYTES = env.int("EXCHANGE_MAX_BYTES", default=100_000_000)  # a letter as a package
EXCHANGE_CLOCK_SECONDS = 300  # how far the clocks of two partners may differ
# Certificates that partners' portals are checked against, besides those of the system.
EXCHANGE_CA_FILE = env("EXCHANGE_CA_FILE", default="")
