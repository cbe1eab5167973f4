"""What runs by the clock and after commits for the archive; safe to run twice."""

from celery import shared_task

from circulars.services import archive_destruction, archive_loans
from portal.core.tasks import portal_task


@shared_task(name="circulars.archive_surveys")
def archive_surveys() -> None:
    """Every morning of the first 60 days of a year: begin the surveys of clause 66."""
    archive_destruction.begin_surveys()


@shared_task(name="circulars.archive_loans")
def archive_loans_due() -> None:
    """Every morning: end rights to read, remind of paper that is late."""
    archive_loans.remind()


@portal_task("circulars.archive_remove_files")
def archive_remove_files(destruction_id: int) -> None:
    """Delete the files of letters whose destruction is recorded."""
    archive_destruction.remove_destroyed_files(destruction_id)
