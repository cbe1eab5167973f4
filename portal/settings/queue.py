"""Celery: tasks survive the worker that was killed over them."""

from portal.settings.beat import CELERY_BEAT_SCHEDULE  # noqa: F401  (a setting)
from portal.settings.environment import env

REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")

CELERY_BROKER_URL = env(
    "CELERY_BROKER_URL", default=REDIS_URL.replace("unix://", "redis+socket://")
)
CELERY_TASK_DEFAULT_QUEUE = env("CELERY_QUEUE", default="portal")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # After this many seconds an unacknowledged task goes to another worker; none runs longer.
    "visibility_timeout": 3600,
    # A page does not wait for a broker that is away: the sweeper of core.tasks publishes later.
    "max_retries": 0,
    "socket_connect_timeout": 2,
}
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Bangkok"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

DEFERRED_KEEP_DAYS = 14  # days that finished rows of portal.core.tasks are kept
