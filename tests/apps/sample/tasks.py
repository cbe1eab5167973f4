import time
from pathlib import Path

from portal.core.context import origin
from portal.core.errors import NotAllowed, NotReady
from portal.core.tasks import portal_task
from tests.apps.sample.models import Mark


@portal_task("sample.mark")
def mark(note: str) -> None:
    Mark.objects.create(note=note, request_id=origin().request_id)


@portal_task("sample.fail", back_off=(60, 300))
def fail(note: str) -> None:
    Mark.objects.create(note=note)
    raise ValueError(f"the secret of {note}")


@portal_task("sample.not_ready", back_off=())
def not_ready() -> None:
    raise NotReady


@portal_task("sample.refused", back_off=())
def refused() -> None:
    raise NotAllowed(action="sample.refused")


@portal_task("sample.hang", lease=3)
def hang(folder: str) -> None:
    """Hang the first time, so that the worker can be killed over it; be quick the second."""
    started = Path(folder) / "started"
    if started.exists():
        Mark.objects.create(note="second run")
        return
    started.touch()
    time.sleep(600)
