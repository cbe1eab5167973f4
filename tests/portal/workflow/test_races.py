"""Two people act on one object at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from portal.audit.models import AuditRow
from portal.core.errors import StaleAction
from portal.org.enums import Role
from portal.workflow.service import apply_move
from tests.apps.sample.models import Paper, PaperState
from tests.apps.sample.workflow import PAPER
from tests.factories import OfficeFactory, person

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_sign_at_once_and_one_does(settings) -> None:
    office = OfficeFactory()
    directors = [person(role=Role.DIRECTOR, office=office) for _ in range(8)]
    paper = Paper.objects.create(office=office, state=PaperState.WAITING)
    start = Barrier(len(directors))

    def sign(director) -> str:
        try:
            start.wait(timeout=10)
            apply_move(PAPER, "sign", pk=paper.pk, actor=director)
        except StaleAction as stale:
            return stale.state
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(directors)) as pool:
        outcomes = sorted(pool.map(sign, directors))

    assert outcomes == ["done"] + ["signed"] * 7
    assert Paper.objects.get().number == 1
    assert AuditRow.objects.filter(action="sample.paper.sign").count() == 1


def test_second_person_waits_for_the_first_and_is_told_the_new_state() -> None:
    office = OfficeFactory()
    director = person(role=Role.DIRECTOR, office=office)
    paper = Paper.objects.create(office=office, state=PaperState.WAITING, writer=director)
    told: list[str] = []
    began = Event()

    def sign() -> None:
        try:
            began.set()
            apply_move(PAPER, "sign", pk=paper.pk, actor=director)
        except StaleAction as stale:
            told.append(stale.state)
        finally:
            connection.close()

    second = Thread(target=sign)
    with transaction.atomic():
        apply_move(PAPER, "void", pk=paper.pk, actor=director)
        second.start()
        began.wait(timeout=10)
        second.join(timeout=0.3)
        assert second.is_alive()
        assert told == []
    second.join(timeout=10)

    assert told == ["void"]
    assert Paper.objects.get().state == PaperState.VOID
