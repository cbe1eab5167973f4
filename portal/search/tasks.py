from celery import shared_task

from portal.search import service


@shared_task(name="search.index_pending")
def index_pending() -> None:
    service.index_pending()
