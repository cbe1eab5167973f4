from celery import shared_task

from portal.core.tasks import portal_task
from portal.notifications import sending


@portal_task("notifications.send_due", lease=900)
def send_due() -> None:
    sending.send_due()


@shared_task(name="notifications.sweep")
def sweep() -> None:
    sending.sweep()
