"""Work on registers outside the request; ids in, safe to run twice."""

from circulars.models import RegisterPaper
from circulars.register_papers import make_and_keep
from circulars.services import papers
from portal.core.tasks import portal_task


@portal_task("circulars.make_register_paper", lease=1800)
def make_register_paper(paper_id: int) -> None:
    """Make a register's PDF, Excel file or pack, unless an earlier run has."""
    paper = RegisterPaper.objects.select_related(
        "register__unit__office", "unit__office", "requested_by"
    ).get(pk=paper_id)
    if paper.made_at is not None:
        return
    try:
        make_and_keep(paper)
    except Exception:
        papers.note_failure(paper_id=paper_id)
        raise
