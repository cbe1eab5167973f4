import pytest
from django.test import Client

from portal.audit import service
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/back-office/audit/auditrow/"


@pytest.fixture
def admin_client(client: Client, settings) -> Client:
    settings.SECOND_FACTOR_ENFORCED = False
    client.force_login(UserFactory(is_staff=True, is_superuser=True, office=None))
    return client


def test_rows_are_listed_found_and_read(admin_client: Client) -> None:
    row = service.record(action="sample.read", actor=UserFactory())
    service.record(action="sample.other", actor=None)

    found = admin_client.get(LIST, {"q": "sample.read"}).context["cl"]
    assert [each.pk for each in found.result_list] == [row.pk]
    assert admin_client.get(f"{LIST}{row.pk}/change/").status_code == 200


def test_rows_cannot_be_added_changed_or_deleted(admin_client: Client) -> None:
    row = service.record(action="sample.read", actor=None)

    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/change/", {"action": "x"}).status_code == 403
