"""Making the documents of a list, outside the request."""

from circulars.services import merging
from portal.core.tasks import portal_task


@portal_task("circulars.merge_letters")
def merge_letters(run_id: int) -> None:
    """Make each person's letter that is not there yet; goes on where it was broken off."""
    merging.make_documents(run_id)
