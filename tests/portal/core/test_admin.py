"""Deferred tasks in the back-office."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from portal.audit.models import AuditRow
from portal.core.models import DeferredState, DeferredTask
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/back-office/core/deferredtask/"


@pytest.fixture
def admin_client(client: Client, settings) -> Client:
    settings.SECOND_FACTOR_ENFORCED = False
    client.force_login(UserFactory(is_staff=True, is_superuser=True, office=None))
    return client


def task(state: DeferredState) -> DeferredTask:
    over = state != DeferredState.PENDING
    return DeferredTask.objects.create(
        name="sample.mark",
        state=state,
        attempts=3,
        error_code="ValueError",
        publish_after=timezone.now(),
        finished_at=timezone.now() if over else None,
    )


def test_tasks_are_listed_and_read(admin_client: Client) -> None:
    dead = task(DeferredState.DEAD)

    assert admin_client.get(LIST, {"q": "ValueError"}).context["cl"].result_count == 1
    assert admin_client.get(f"{LIST}{dead.pk}/change/").status_code == 200


def test_tasks_cannot_be_added_changed_or_deleted(admin_client: Client) -> None:
    dead = task(DeferredState.DEAD)

    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{dead.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"{LIST}{dead.pk}/change/", {"name": "x"}).status_code == 403


def test_tasks_given_up_are_tried_again_and_others_left_alone(admin_client: Client) -> None:
    rows = [task(state) for state in DeferredState]
    response = admin_client.post(
        LIST, {"action": "try_again", "_selected_action": [row.pk for row in rows]}
    )

    found = {row.pk: row for row in DeferredTask.objects.all()}
    assert [(found[row.pk].state, found[row.pk].attempts) for row in rows] == [
        (DeferredState.PENDING, 3),
        (DeferredState.DONE, 3),
        (DeferredState.PENDING, 0),
    ]
    assert len(list(get_messages(response.wsgi_request))) == 1


def test_trying_again_is_audited(admin_client: Client) -> None:
    dead = task(DeferredState.DEAD)
    admin_client.post(LIST, {"action": "try_again", "_selected_action": [dead.pk]})

    row = AuditRow.objects.get(action="back_office.changed")
    assert row.about == f"core.deferredtask:{dead.pk}"
