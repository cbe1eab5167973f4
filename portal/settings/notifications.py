"""Outgoing notices: how many at a time, how long a worker may hold them."""

from portal.settings.environment import env

NOTIFICATIONS_BATCH = 50  # mails that a worker takes at once
NOTIFICATIONS_SENDERS = env.int("NOTIFICATIONS_SENDERS", default=2)  # at the same time
NOTIFICATIONS_LEASE = env.int("NOTIFICATIONS_LEASE", default=300)  # seconds per batch
