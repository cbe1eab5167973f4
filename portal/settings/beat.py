"""What runs by the clock. Each entry names a task; a test looks for every one of them."""

from celery.schedules import crontab

from portal.settings.correspondence import MAIL_POLL_SECONDS

CELERY_BEAT_SCHEDULE = {
    "core.republish_deferred": {
        "task": "core.republish_deferred",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "core.purge_deferred": {
        "task": "core.purge_deferred",
        "schedule": crontab(hour=3, minute=10),
    },
    "accounts.purge": {
        "task": "accounts.purge",
        "schedule": crontab(hour=3, minute=20),
    },
    "audit.seal": {
        "task": "audit.seal",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "files.sweep": {
        "task": "files.sweep",
        "schedule": crontab(minute=40),
    },
    "circulars.tell_vacant_steps": {
        "task": "circulars.tell_vacant_steps",
        "schedule": crontab(hour=7, minute=0),
    },
    "search.index_pending": {
        "task": "search.index_pending",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "circulars.archive_surveys": {
        "task": "circulars.archive_surveys",
        "schedule": crontab(hour=6, minute=20),
    },
    "circulars.archive_loans": {
        "task": "circulars.archive_loans",
        "schedule": crontab(hour=6, minute=30),
    },
    "circulars.escalate": {
        "task": "circulars.escalate",
        "schedule": crontab(minute="5,35"),
    },
    "circulars.hand_over_desks": {
        "task": "circulars.hand_over_desks",
        "schedule": crontab(hour=0, minute=15),
    },
    "circulars.tell_vacant_work": {
        "task": "circulars.tell_vacant_work",
        "schedule": crontab(hour=7, minute=5),
    },
    "circulars.poll_mailboxes": {
        "task": "circulars.poll_mailboxes",
        "schedule": float(MAIL_POLL_SECONDS),
        "options": {"expires": MAIL_POLL_SECONDS},
    },
    "circulars.sweep_outbound": {
        "task": "circulars.sweep_outbound",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "circulars.purge_nonces": {
        "task": "circulars.purge_nonces",
        "schedule": crontab(hour=3, minute=30),
    },
    "notifications.sweep": {
        "task": "notifications.sweep",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
}
