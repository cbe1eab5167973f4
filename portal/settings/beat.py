"""What runs by the clock. Each entry names a task; a test looks for every one of them."""

from celery.schedules import crontab

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
    "notifications.sweep": {
        "task": "notifications.sweep",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
}
