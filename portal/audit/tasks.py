from celery import shared_task

from portal.audit import service


@shared_task(name="audit.seal")
def seal() -> None:
    """Close what was written since the last time; safe to run at once with another."""
    service.seal()
