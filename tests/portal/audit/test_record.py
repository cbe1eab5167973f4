"""What a row says, and where it takes it from."""

import re
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path

from portal.audit import service
from portal.audit.models import AuditRow
from portal.core.context import originating
from portal.core.errors import NotAllowed
from tests.apps.sample.models import Mark, Paper
from tests.factories import GroupFactory, OfficeFactory, SchoolFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@login_not_required
def recording(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = True
    request.session.save()
    service.record(action="sample.seen", actor=None)
    return HttpResponse(request.session.session_key)


urlpatterns = [path("record/", recording), path("", include("portal.urls"))]


def only() -> AuditRow:
    return AuditRow.objects.get()


def test_record_keeps_who_what_and_about_what() -> None:
    user = UserFactory()
    paper = Paper.objects.create(office=user.office)

    row = service.record(action="sample.read", actor=user, about=paper, data={"page": 2})

    assert only() == row
    assert (only().action, only().actor, only().about) == (
        "sample.read",
        user,
        f"sample.paper:{paper.pk}",
    )
    assert only().data == {"page": 2}
    assert str(only()) == f"sample.read #{row.pk}"


def test_record_outside_of_a_request_has_no_address() -> None:
    service.record(action="sample.done", actor=None)

    row = only()
    assert (row.ip, row.request_id, row.session, row.about, row.office) == (None, "", "", "", None)


def test_record_notes_its_transaction() -> None:
    first = service.record(action="a", actor=None)
    second = service.record(action="b", actor=None)
    first.refresh_from_db()
    second.refresh_from_db()

    assert first.txid == second.txid > 0


# The office of a row


def test_office_is_that_of_the_object() -> None:
    office = OfficeFactory()
    paper = Paper.objects.create(office=office)

    row = service.record(action="a", actor=UserFactory(), about=paper)
    assert row.office_id == office.pk


def test_office_is_that_of_the_objects_unit() -> None:
    school = SchoolFactory()

    row = service.record(action="a", actor=None, about=school)
    assert row.office_id == school.unit.office_id


def test_office_of_an_office_is_itself() -> None:
    office = OfficeFactory()

    assert service.record(action="a", actor=None, about=office).office_id == office.pk


def test_office_is_else_that_of_the_actor() -> None:
    user = UserFactory()
    mark = Mark.objects.create(note="belongs to nobody")

    assert service.record(action="a", actor=user, about=mark).office_id == user.office_id


def test_office_that_is_given_wins() -> None:
    office = OfficeFactory()
    group = GroupFactory()

    row = service.record(action="a", actor=UserFactory(), about=group, office_id=office.pk)
    assert row.office_id == office.pk


# Ids, not contents


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"ids": [1, 2], "to": "signed"}, {"ids": [1, 2], "to": "signed"}),
        ({"ids": frozenset({3})}, {"ids": [3]}),
        ({"old": {"role": None}, "urgent": True}, {"old": {"role": None}, "urgent": True}),
        ({1: OfficeFactory._meta.model}, {"1": str(OfficeFactory._meta.model)}),
        ({"code": "x" * 100}, {"code": "x" * 100}),
        (None, {}),
    ],
)
def test_data_are_ids_and_codes(data: Any, kept: dict[str, Any]) -> None:
    service.record(action="a", actor=None, data=data)

    assert only().data == kept


@pytest.mark.parametrize("data", [{"body": "x" * 101}, {"all": [{"body": "x" * 101}]}])
def test_contents_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not contents"):
        service.record(action="a", actor=None, data=data)

    assert AuditRow.objects.count() == 0


# The request


def test_request_gives_its_number_address_and_session() -> None:
    response = Client().get("/record/")

    row = only()
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])
    assert row.request_id == response["X-Request-ID"]
    assert row.ip == "127.0.0.1"
    assert re.fullmatch(r"[0-9a-f]{16}", row.session)
    assert row.session != response.content.decode()[:16]


def test_two_requests_of_one_session_share_its_hash_only() -> None:
    client = Client()
    client.get("/record/")
    client.get("/record/")

    first, second = AuditRow.objects.order_by("pk")
    assert first.session == second.session
    assert first.request_id != second.request_id


def test_every_response_carries_a_request_number() -> None:
    response = Client().get("/nowhere/")

    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        (0, "203.0.113.7", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "unknown", "10.0.0.9"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_address_is_the_one_our_own_proxies_saw(
    settings: Any, rf: RequestFactory, proxies: int, forwarded: str, expected: str
) -> None:
    """A browser may claim to be forwarded for anyone; only our proxies' entries count."""
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.9")

    assert service.client_ip(request) == expected


def test_address_over_a_unix_socket_is_unknown(rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="")
    with originating(request_id="x", request=request):
        assert service.record(action="a", actor=None).ip is None


def test_session_without_a_key_has_no_hash(rf: RequestFactory) -> None:
    assert service.session_hash(rf.get("/")) == ""


# Denials


def test_denial_is_recorded_once() -> None:
    user = UserFactory()
    refusal = NotAllowed(action="sample.sign")

    service.record_denial(refusal, actor=user)
    service.record_denial(refusal, actor=user)

    assert (only().action, only().actor, only().data) == (
        "access.denied",
        user,
        {"tried": "sample.sign"},
    )


def test_denial_whose_row_was_rolled_back_is_recorded_again() -> None:
    refusal = NotAllowed(action="sample.sign")
    refusal.recorded = 12345

    service.record_denial(refusal, actor=None)

    assert refusal.recorded == only().pk
