"""Letters and reports between partners: believed only when signed, taken only once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from circulars import tasks_mail
from circulars.enums import Channel, DeliveryState, LetterState, Secrecy
from circulars.exchange import package, requests
from circulars.exchange.errors import PackageRefused, PartnerError, RequestRefused
from circulars.mail.enums import OutboundKind, OutboundState, Way
from circulars.models import Delivery, ExchangeArrival, ExchangeNonce, ExchangePartner, Outbound
from circulars.services import deliveries, exchange
from portal.core.errors import InvalidInput, NotAllowed
from portal.notifications.models import Notice
from portal.org.models import Unit
from portal.org.service import central_registry
from tests.factories import letters as make
from tests.factories.partners import Pair

pytestmark = pytest.mark.django_db
TYPE = "application/zip"


def identity(pair: Pair) -> requests.Identity:
    return requests.Identity(pair.our_key.code, pair.private_key)


def packed(pair: Pair, outbound: Outbound) -> bytes:
    assert outbound.delivery is not None
    return package.build(
        outbound.delivery.letter, number=outbound.token, sender=pair.our_key.code,
        receiver=pair.their_key.code, private_key=pair.private_key,
    )  # fmt: skip


def post(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    meta = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path, body, content_type=TYPE, **meta)  # type: ignore[arg-type]
    return answer.status_code, json.loads(answer.content)


def send(pair: Pair, body: bytes, path: str = requests.LETTERS) -> tuple[int, dict[str, Any]]:
    return post(
        path, body, requests.signed_headers(identity(pair), pair.their_key.code, path, body)
    )


def test_letter_arrives_in_the_central_inbox(pair: Pair) -> None:
    outbound = pair.outbound()
    assert (outbound.way, outbound.address) == (Way.PORTAL, "http://localhost:1")
    status, answer = send(pair, packed(pair, outbound))
    assert (status, answer) == (200, {"package": outbound.token, "state": "delivered"})

    arrival = ExchangeArrival.objects.get()
    delivery, letter = arrival.delivery, arrival.delivery.letter
    assert delivery.unit == central_registry(pair.theirs.office)
    assert (letter.state, letter.channel, letter.unit, letter.drafter) == (
        LetterState.OUTSIDE, Channel.EXCHANGE, pair.to_us.unit, pair.theirs.registry,
    )  # fmt: skip
    original = outbound.delivery.letter  # type: ignore[union-attr]
    assert (letter.number_text, letter.letter_date, letter.subject, letter.body) == (
        original.number_text, original.letter_date, original.subject, original.body,
    )  # fmt: skip
    assert letter.pdf is not None
    assert original.pdf is not None
    assert letter.pdf.blob == original.pdf.blob
    assert Delivery.objects.visible_to(pair.theirs.registry).get() == delivery
    told = Notice.objects.filter(kind="circulars.delivered", about__endswith=f":{letter.pk}")
    assert [row.person for row in told.get().notifications.all()] == [pair.theirs.registry]


def test_same_package_twice_is_one_letter(pair: Pair) -> None:
    body = packed(pair, pair.outbound())
    assert [send(pair, body)[0] for _time in range(2)] == [200, 200]
    assert ExchangeArrival.objects.count() == 1


def test_request_heard_before_is_refused(pair: Pair) -> None:
    body = packed(pair, pair.outbound())
    headers = requests.signed_headers(identity(pair), pair.their_key.code, requests.LETTERS, body)
    assert post(requests.LETTERS, body, headers)[0] == 200
    assert post(requests.LETTERS, body, headers) == (401, {"error": "heard_before"})


def test_request_that_is_not_as_signed_is_refused(pair: Pair) -> None:
    body = packed(pair, pair.outbound())
    good = requests.signed_headers(identity(pair), pair.their_key.code, requests.LETTERS, body)
    later = (timezone.now() + timedelta(seconds=1)).isoformat()
    old = (timezone.now() - timedelta(minutes=10)).isoformat()
    cases = [
        (requests.LETTERS, body + b"x", good, "bad_signature"),
        (requests.STATUS, body, good, "bad_signature"),
        (requests.LETTERS, body, {**good, requests.TIME: later}, "bad_signature"),
        (requests.LETTERS, body, {**good, requests.TIME: old}, "clock"),
        (requests.LETTERS, body, {**good, requests.TIME: "x"}, "no_signature"),
        (requests.LETTERS, body, {**good, requests.NONCE: "short"}, "no_signature"),
        (requests.LETTERS, body, {**good, requests.NONCE: "n" * 32}, "bad_signature"),
        (requests.LETTERS, body, {**good, requests.SENDER: "nobody"}, "unknown_partner"),
        (requests.LETTERS, body, {**good, requests.RECEIVER: "nobody"}, "unknown_partner"),
        (requests.LETTERS, body, {**good, requests.SIGNATURE: "x"}, "bad_signature"),
        (requests.LETTERS, body, {}, "unknown_partner"),
    ]
    for path, sent, headers, code in cases:
        assert post(path, sent, headers) == (401, {"error": code})
    assert (ExchangeArrival.objects.count(), ExchangeNonce.objects.count()) == (0, 0)


def test_partner_that_is_switched_off_is_not_believed(pair: Pair) -> None:
    body = packed(pair, pair.outbound())
    ExchangePartner.objects.filter(pk=pair.to_us.pk).update(is_active=False)
    assert send(pair, body) == (401, {"error": "unknown_partner"})


def test_too_large_a_request_is_not_read(pair: Pair, settings: object) -> None:
    body = packed(pair, pair.outbound())
    settings.EXCHANGE_MAX_BYTES = 100
    assert send(pair, body) == (401, {"error": "too_large"})


def test_only_post_is_answered(pair: Pair) -> None:
    assert Client().get(requests.LETTERS).status_code == 405


def test_broken_package_is_refused_with_its_code(pair: Pair) -> None:
    assert send(pair, b"no package") == (400, {"error": "no_package"})


def test_package_of_another_partner_is_refused(pair: Pair) -> None:
    body = package.build(
        pair.letter(), number="n" * 32, sender="MOE99999", receiver=pair.their_key.code,
        private_key=pair.private_key,
    )  # fmt: skip
    assert send(pair, body) == (400, {"error": "other_sender"})


def test_secret_letter_is_not_taken_in(pair: Pair) -> None:
    letter = pair.letter()
    letter.secrecy = Secrecy.CONFIDENTIAL
    body = package.build(
        letter, number="n" * 32, sender="MOE04108", receiver="MOE04109",
        private_key=pair.private_key,
    )  # fmt: skip
    assert send(pair, body) == (400, {"error": "secret"})
    assert ExchangeArrival.objects.count() == 0


def test_package_with_a_file_that_is_not_accepted_leaves_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    letter = make.dispatched(pair.ours, to=[pair.to_them.unit], kind="letter")
    body = package.build(
        letter, number="n" * 32, sender="MOE04108", receiver="MOE04109",
        private_key=pair.private_key,
    )  # fmt: skip
    assert send(pair, body) == (400, {"error": "bad_file"})
    assert Delivery.objects.filter(unit__office=pair.theirs.office).count() == 0


def report(pair: Pair, outbound: Outbound, **fields: object) -> dict[str, Any]:
    values = {
        "package": outbound.token, "state": "registered", "number": "12/2569",
        "at": timezone.now().isoformat(), **fields,
    }  # fmt: skip
    body = json.dumps(values).encode()
    them = requests.Identity(pair.their_key.code, exchange.secrets.unseal(pair.their_key.secret))
    headers = requests.signed_headers(them, pair.our_key.code, requests.STATUS, body)
    return dict(zip(("status", "answer"), post(requests.STATUS, body, headers), strict=True))


def test_report_moves_the_delivery_of_the_sender(pair: Pair) -> None:
    outbound = pair.outbound()
    said = report(pair, outbound)
    assert said == {"status": 200, "answer": {"package": outbound.token, "state": "registered"}}
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.remote_number) == (DeliveryState.REGISTERED, "12/2569")
    assert delivery.opened_at == delivery.confirmed_at
    assert delivery.confirmed_at is not None


def test_reports_that_overtake_each_other_lose_nothing(pair: Pair) -> None:
    outbound = pair.outbound()
    report(pair, outbound, state="acknowledged")
    report(pair, outbound, state="opened", number="")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.remote_number) == (DeliveryState.ACKNOWLEDGED, "12/2569")


def test_report_from_the_future_counts_as_now(pair: Pair) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    report(pair, pair.outbound(), at=tomorrow)
    confirmed = Delivery.objects.get().confirmed_at
    assert confirmed is not None
    assert confirmed <= timezone.now()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"package": "x"}, "unknown_letter"),
        ({"state": "lost"}, "unknown_state"),
        ({"state": "undeliverable"}, "unknown_state"),
        ({"at": "x"}, "unknown_state"),
    ],
)
def test_report_that_makes_no_sense_is_refused(
    pair: Pair, fields: dict[str, object], code: str
) -> None:
    assert report(pair, pair.outbound(), **fields) == {"status": 401, "answer": {"error": code}}


@pytest.mark.parametrize("body", [b"no json", b"[]"])
def test_report_that_is_no_json_is_refused(pair: Pair, body: bytes) -> None:
    assert send(pair, body, requests.STATUS) == (400, {"error": "no_json"})


def test_partner_reports_on_its_own_letters_only(pair: Pair) -> None:
    outbound = pair.outbound()
    Delivery.objects.update(unit=pair.ours.group)
    assert report(pair, outbound)["answer"] == {"error": "unknown_letter"}


def test_what_becomes_of_a_letter_is_reported_once(pair: Pair) -> None:
    send(pair, packed(pair, pair.outbound()))
    arrival = ExchangeArrival.objects.get()
    assert exchange.report_states() == 0
    deliveries.register(delivery=arrival.delivery, actor=pair.theirs.registry)
    assert exchange.report_states() == 1
    assert exchange.report_states() == 0
    queued = Outbound.objects.get(kind=OutboundKind.STATUS)
    assert queued.details["state"] == "registered"
    assert queued.details["package"] == arrival.package_id
    assert queued.details["number"].startswith("1/")
    assert Delivery.objects.get(letter__unit__office=pair.ours.office).state == "sending"


def test_package_by_hand_is_taken_in_and_reports_nothing(pair: Pair) -> None:
    letter = pair.letter()
    delivery = letter.deliveries.get()
    data = exchange.export_package(delivery=delivery, actor=pair.ours.officer)
    arrival = exchange.import_package(
        office=pair.theirs.office, actor=pair.theirs.registry, data=data
    )
    deliveries.register(delivery=arrival.delivery, actor=pair.theirs.registry)
    assert exchange.report_states() == 0
    with pytest.raises(NotAllowed):
        exchange.import_package(office=pair.theirs.office, actor=pair.theirs.officer, data=data)


def test_package_by_hand_needs_a_known_partner(pair: Pair) -> None:
    data = exchange.export_package(
        delivery=pair.letter().deliveries.get(), actor=pair.ours.officer
    )
    ExchangePartner.objects.filter(pk=pair.to_us.pk).delete()
    with pytest.raises(PackageRefused):
        exchange.import_package(office=pair.theirs.office, actor=pair.theirs.registry, data=data)


def test_delivery_inside_has_no_package(pair: Pair) -> None:
    letter = make.dispatched(pair.ours, to=[central_registry(pair.ours.office)])
    delivery = letter.deliveries.get()
    with pytest.raises(NotAllowed):
        exchange.export_package(delivery=delivery, actor=pair.ours.officer)


def test_key_is_made_once_and_its_private_half_encrypted(pair: Pair) -> None:
    again = exchange.ensure_key(office=pair.ours.office, actor=pair.ours.registry)
    assert again == pair.our_key
    assert pair.private_key not in pair.our_key.secret
    with pytest.raises(NotAllowed):
        exchange.ensure_key(office=pair.ours.office, actor=pair.ours.officer)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"public_key": "x"}, "public_key"),
        ({"url": "http://portal.example.test"}, "url"),
        ({"url": "http://localhost.evil.test"}, "url"),
    ],
)
def test_partner_of_no_use_is_refused(pair: Pair, changes: dict[str, str], field: str) -> None:
    values = {
        "unit": pair.to_them.unit, "code": "X", "url": "https://a.test",
        "public_key": pair.their_key.public_key, **changes,
    }  # fmt: skip
    with pytest.raises(InvalidInput) as refusal:
        exchange.admit_partner(office=pair.ours.office, actor=pair.ours.registry, **values)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_partner_is_an_agency_outside_and_there_once(pair: Pair) -> None:
    values = {
        "office": pair.ours.office, "actor": pair.ours.registry, "code": "Y",
        "url": "https://a.test", "public_key": pair.their_key.public_key,
    }  # fmt: skip
    for unit in (pair.ours.group, pair.to_us.unit, pair.to_them.unit):
        with pytest.raises(InvalidInput) as refusal:
            exchange.admit_partner(unit=unit, **values)  # type: ignore[arg-type]
    assert refusal.value.field == "code"


def test_old_nonces_are_forgotten(pair: Pair) -> None:
    exchange.remember(pair.to_us, "n" * 32)
    with pytest.raises(RequestRefused):
        exchange.remember(pair.to_us, "n" * 32)
    tasks_mail.purge_nonces()
    assert ExchangeNonce.objects.count() == 1
    ExchangeNonce.objects.update(heard_at=timezone.now() - timedelta(days=3))
    tasks_mail.purge_nonces()
    assert ExchangeNonce.objects.count() == 0


def test_portal_that_is_away_is_tried_again(pair: Pair) -> None:
    pair.letter()
    tasks_mail.send_outbound()
    outbound = Outbound.objects.get()
    assert (outbound.state, outbound.attempts) == (OutboundState.FAILED, 1)
    assert "refused" in outbound.reason
    assert Delivery.objects.get().state == DeliveryState.SENDING


def test_partner_gone_meanwhile_waits(pair: Pair) -> None:
    pair.letter()
    ExchangePartner.objects.filter(pk=pair.to_them.pk).update(is_active=False)
    tasks_mail.send_outbound()
    assert Outbound.objects.get().reason == "The office has no key, or the partner is gone."


@pytest.mark.parametrize(
    ("url", "is_final"),
    [
        ("http://partner.example.test", True),
        ("ftp://localhost", True),
        ("https://10.0.0.1", True),
        ("https://no-such-host.invalid", False),
    ],
)
def test_requests_go_to_public_https_addresses_only(pair: Pair, url: str, is_final: bool) -> None:
    with pytest.raises(PartnerError) as error:
        requests.post(url, requests.LETTERS, b"", {}, TYPE)
    assert error.value.is_final is is_final


@pytest.mark.django_db(transaction=True)
def test_answers_of_the_other_portal_are_understood(pair: Pair, live_server: Any) -> None:
    base = live_server.url.replace("127.0.0.1", "localhost")
    ExchangePartner.objects.filter(pk=pair.to_them.pk).update(url=base)
    pair.letter()
    tasks_mail.send_outbound()
    assert Outbound.objects.get().state == OutboundState.SENT
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}

    with pytest.raises(PartnerError, match="401 unknown_partner") as error:
        requests.post(base, requests.LETTERS, b"x", {}, TYPE)
    assert error.value.is_final is False
    with pytest.raises(PartnerError, match="404") as error:
        requests.post(base, "/no/such/page/", b"x", {}, TYPE)
    assert error.value.is_final is True


def test_pages_enter_and_change_partners(pair: Pair, browse: Any) -> None:
    client = browse(pair.ours.registry)
    page = client.get("/circulars/partners/")
    assert pair.our_key.public_key in page.content.decode()
    path = f"/circulars/partners/{pair.to_them.pk}/"
    data = {
        "unit": pair.to_them.unit_id, "code": "NEW", "url": "https://new.test",
        "public_key": pair.their_key.public_key, "is_active": "on",
    }  # fmt: skip
    assert client.post(path, {**data, "public_key": "x"}).status_code == 422
    assert client.post(path, data).status_code == 302
    pair.to_them.refresh_from_db()
    assert (pair.to_them.code, pair.to_them.url) == ("NEW", "https://new.test")
    assert client.get(f"/circulars/partners/{pair.to_us.pk}/").status_code == 404
    assert Unit.objects.outside().filter(office=pair.ours.office).count() == 1


def test_package_is_exported_by_who_sends_the_letter(pair: Pair, browse: Any) -> None:
    delivery = pair.letter().deliveries.get()
    path = f"/circulars/deliveries/{delivery.pk}/package/"
    response = browse(pair.ours.officer).get(path)
    assert response.content[:2] == b"PK"
    assert browse(pair.theirs.registry).get(path).status_code == 404
