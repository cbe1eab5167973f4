"""Papers of the registers: asked for by a person, made by a task, kept for a while."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from circulars.enums import PaperKind
from circulars.models import Register, RegisterPaper
from portal.audit.service import record
from portal.core.errors import NotAllowed
from portal.core.tasks import defer
from portal.files.models import StoredFile
from portal.users.models import User

LARGE = 200
"""A register with more lines is made by a task."""


def is_large(register: Register) -> bool:
    return register.last_number > LARGE


def ask_paper(*, register: Register, kind: PaperKind, actor: User) -> RegisterPaper:
    """Have a register made into a file. Raises ``NotAllowed`` for one that actor cannot see."""
    check_reads(register=register, actor=actor)
    with transaction.atomic():
        paper = RegisterPaper.objects.create(
            kind=kind, unit_id=register.unit_id, register=register, requested_by=actor
        )
        note_paper(register=register, kind=kind, actor=actor)
        defer("circulars.make_register_paper", paper.pk)
    return paper


def check_reads(*, register: Register, actor: User) -> None:
    if not Register.objects.visible_to(actor).filter(pk=register.pk).exists():
        raise NotAllowed(action="register.paper", about=register)


def note_paper(*, register: Register, kind: PaperKind, actor: User) -> None:
    """Record who took a register away, and how."""
    record(action="register.paper", actor=actor, about=register, data={"kind": str(kind)})


def keep_paper(*, paper: RegisterPaper, file: StoredFile) -> bool:
    """Keep what the task made, once; says whether this run was the first."""
    return bool(
        RegisterPaper.objects.filter(pk=paper.pk, made_at=None).update(
            file=file, made_at=timezone.now()
        )
    )


def note_failure(*, paper_id: int) -> None:
    """Count a failed attempt, so that the page can say so."""
    RegisterPaper.objects.filter(pk=paper_id, made_at=None).update(failures=F("failures") + 1)


def may_read_paper(user: User, file: StoredFile) -> bool | None:
    """A paper goes with its register; ``None`` for a file that is no paper."""
    papers = RegisterPaper.objects.filter(file=file)
    if not papers.exists():
        return None
    return papers.visible_to(user).exists()
