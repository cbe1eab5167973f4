"""The pages of the registers, as each role meets them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from circulars.enums import PaperKind, RegisterKind, Secrecy
from circulars.models import Register, RegisterEntry, RegisterPaper, Reservation
from circulars.services import deliveries, letters, registers
from portal.org.enums import Role
from portal.org.service import central_registry
from portal.users.models import User
from tests.factories import PASSWORD, GroupFactory, person
from tests.factories import letters as make
from tests.factories.letters import World
from tests.factories.registers import entry_of, move_back, reserved

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    settings.SECOND_FACTOR_ROLES = []


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"circulars:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def post(client: Client, to: str, /, *args: object, **data: object) -> HttpResponse:
    return client.post(reverse(f"circulars:{to}", args=args), data)


def in_days(days: int) -> str:
    day = timezone.localdate() + timedelta(days=days)
    return f"{day.day}/{day.month}/{day.year + 543}"


def book(world: World, kind: RegisterKind) -> str:
    return f"{central_registry(world.office).pk}-{kind}"


def secret_and_open_books(world: World) -> None:
    """Of the office, a school and a group, an open and a secret book each."""
    line = registers.Line(subject="เรื่อง", sender="ก", receiver="ข")
    hidden = registers.Line(sender="ก", receiver="ข")
    keepers = (
        (central_registry(world.office), world.registry),
        (world.schools[0], world.principals[0]),
        (world.group, world.group_director),
    )
    for unit, keeper in keepers:
        for kind, written in (
            (RegisterKind.OUTGOING, line), (RegisterKind.SECRET_OUTGOING, hidden)
        ):  # fmt: skip
            registers.enter(unit=unit, kind=kind, actor=keeper, line=written)


VISIBLE = {
    "registry": {"office open", "office secret"},
    "director": {"office open", "office secret"},
    "deputy": {"office open"},
    "group director": {"group open", "group secret"},
    "group registry": {"group open"},
    "officer": set(),
    "director of another group": set(),
    "principal": {"school open", "school secret"},
    "school clerk": {"school open"},
    "principal of another school": set(),
    "auditor": set(),
    "system administrator": set(),
    "another office": set(),
}


@pytest.mark.parametrize("who", VISIBLE)
def test_visible_books_are_exactly_these(world: World, browse: Browse, who: str) -> None:
    secret_and_open_books(world)
    users = {
        "registry": world.registry,
        "director": world.director,
        "deputy": world.deputy,
        "group director": world.group_director,
        "group registry": world.group_registry,
        "officer": world.officer,
        "director of another group": person(
            Role.GROUP_DIRECTOR, GroupFactory(office=world.office)
        ),
        "principal": world.principals[0],
        "school clerk": world.clerks[0],
        "principal of another school": world.principals[1],
        "auditor": person(Role.AUDITOR, office=world.office),
        "system administrator": person(Role.SYSADMIN, office=world.office),
        "another office": person(Role.REGISTRY),
    }
    names = {
        central_registry(world.office): "office", world.schools[0]: "school", world.group: "group"
    }  # fmt: skip
    client, seen = browse(users[who]), set()
    for register in Register.objects.select_related("unit"):
        status = client.get(register.get_absolute_url()).status_code
        listed = register in Register.objects.visible_to(users[who])
        assert (status == 200) == listed
        taken = post(client, "register_take", register.pk, kind=PaperKind.EXCEL)
        assert (taken.status_code == 200) == listed
        if listed:
            seen.add(f"{names[register.unit]} {'secret' if register.is_secret else 'open'}")
    assert seen == VISIBLE[who]


def test_book_shows_the_nine_columns_and_every_state(world: World, browse: Browse) -> None:
    make.signed(world)
    reserved(world, count=1)
    letters.void(letter=make.signed(world), actor=world.officer, reason="พิมพ์ผิด")
    register = Register.objects.get()
    shown = page(browse(world.registry), "register", register.pk)
    heads = [part.split("</th>")[0].split(">")[-1].strip() for part in shown.split("<th ")[1:]]
    assert heads[0] == "Registration date"
    assert heads[2:] == ["Number", "Dated", "From", "To", "Subject", "Action taken", "Note"]
    assert shown.count('<tr class="is-void">') == 1
    assert shown.count('<span class="void-reason">พิมพ์ผิด</span>') == 1
    assert shown.count("งานประชุม</a>") == 1
    assert "Make void" not in shown


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [3, 2, 1]),
        ({"sort": "number"}, [1, 2, 3]),
        ({"state": "reserved"}, [2]),
        ({"state": "void"}, [3]),
        ({"state": "given"}, [1]),
        ({"q": "๓"}, [3]),
        ({"q": "ประชุมผู้บริหาร"}, [3, 1]),
    ],
)
def test_book_is_searched_filtered_and_sorted(
    world: World, browse: Browse, query: dict[str, str], numbers: list[int]
) -> None:
    world.group.name = "กลุ่มอำนวยการ"  # a number in it would be found as well
    world.group.save()
    make.signed(world, subject="การประชุมผู้บริหารสถานศึกษา", addressee="ผู้อำนวยการ")
    reserved(world, count=1)
    letters.void(letter=make.signed(world), actor=world.officer, reason="พิมพ์ผิด")
    register = Register.objects.get()
    answer = browse(world.registry).get(register.get_absolute_url(), query)
    assert [entry.number for entry in answer.context["page"].items] == numbers


def test_lists_cost_the_same_with_1_and_with_30(world: World, browse: Browse) -> None:
    client, unit = browse(world.registry), central_registry(world.office)
    line = registers.Line(subject="เรื่อง", sender="ก", receiver="ข")

    def write() -> None:
        registers.enter(unit=unit, kind=RegisterKind.OUTGOING, actor=world.registry, line=line)
        reserved(world, kind=RegisterKind.OUTGOING, count=2)
        pack = RegisterPaper.objects.create(
            kind=PaperKind.PACK, unit=unit, requested_by=world.registry
        )
        assert pack.register is None

    def counts() -> dict[str, int]:
        register, reservation = Register.objects.get(), Reservation.objects.earliest("pk")
        found = {}
        for name, *args in (
            ("registers",), ("register", register.pk), ("reservations",), ("packs",),
            ("reservation", reservation.pk), ("register_enter",), ("reserve",),
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                page(client, name, *args)
            found[name] = len(queries)
        return found

    write()
    page(client, "registers")
    few = counts()
    for _turn in range(29):
        write()
    assert counts() == few


def test_number_is_given_on_the_page(world: World, browse: Browse) -> None:
    client = browse(world.registry)
    chosen = book(world, RegisterKind.ORDER)
    assert page(client, "register_enter", book=chosen).count("selected") >= 1
    data = {"book": chosen, "subject": "แต่งตั้งกรรมการ", "sender": "กลุ่ม", "receiver": "ทุกคน"}
    answer = post(client, "register_enter", **data)
    entry = RegisterEntry.objects.get()
    assert answer.url == entry.register.get_absolute_url()
    assert entry.subject == "แต่งตั้งกรรมการ"
    assert post(client, "register_enter", **data, dated="1/1/2560").status_code == 422
    shown = page(client, "register", entry.register_id)
    void_url = reverse("circulars:register_void", args=[entry.pk])
    assert shown.count(void_url) == 1
    assert client.get(void_url).status_code == 200
    assert client.post(void_url, {"reason": ""}).status_code == 422
    assert client.post(void_url, {"reason": "ซ้ำ"}).url == entry.register.get_absolute_url()
    assert void_url not in page(client, "register", entry.register_id)
    assert browse(world.director).get(void_url).status_code == 404


def test_letters_line_cannot_be_made_void_on_the_page(world: World, browse: Browse) -> None:
    entry = make.signed(world).entry
    url = reverse("circulars:register_void", args=[entry.pk])
    assert browse(world.registry).post(url, {"reason": "ซ้ำ"}).status_code == 422


def test_reserved_number_is_used_on_the_page(world: World, browse: Browse) -> None:
    made = reserved(world, kind=RegisterKind.OUTGOING, count=1)
    move_back(made, days=1)
    entry = entry_of(made, made.first_number)
    client = browse(world.registry)
    chosen = book(world, RegisterKind.OUTGOING)
    assert page(client, "register_enter", book=chosen).count(f'value="{entry.pk}"') == 1
    data = {"book": chosen, "subject": "เรื่อง", "sender": "ก", "receiver": "ข", "number": entry.pk}
    post(client, "register_enter", **data)
    entry.refresh_from_db()
    assert (entry.subject, entry.dated) == (
        "เรื่อง",
        timezone.localdate() - timedelta(days=1),
    )


def test_reserving_looking_after_and_giving_up(world: World, browse: Browse) -> None:
    client = browse(world.registry)
    data = {
        "book": book(world, RegisterKind.OUTGOING), "count": 2, "purpose": "งาน",
        "person": world.officer.pk, "expires_on": in_days(5),
    }  # fmt: skip
    assert post(client, "reserve", **{**data, "expires_on": in_days(-2)}).status_code == 422
    answer = post(client, "reserve", **data)
    made = Reservation.objects.get()
    assert answer.url == made.get_absolute_url()
    assert page(client, "reservations", left="on").count(made.get_absolute_url()) == 1
    own = browse(world.officer)
    assert page(own, "reservation", made.pk).count('type="checkbox"') == 2
    assert post(own, "reservation", made.pk, numbers=["1"], reason="").status_code == 422
    assert post(own, "reservation", made.pk, numbers=["1"], reason="ไม่ใช้").status_code == 302
    assert page(own, "reservation", made.pk).count('type="checkbox"') == 1
    assert browse(world.clerks[0]).get(made.get_absolute_url()).status_code == 404
    assert "Give up" not in page(browse(world.director), "reservation", made.pk)
    assert post(own, "reservation", made.pk, numbers=["2"], reason="ไม่ใช้").status_code == 302
    assert page(own, "reservations", left="on").count(made.get_absolute_url()) == 0


def test_signer_chooses_a_number_on_the_page(world: World, browse: Browse) -> None:
    made = reserved(world, count=1)
    move_back(made, days=1)
    entry = entry_of(made, 1)
    letter = make.for_signature(world)
    client = browse(world.director)
    shown = page(client, "letter_move", letter.pk, "sign")
    assert shown.count(f'value="{entry.pk}"') == 1
    answer = post(
        client, "letter_move", letter.pk, "sign",
        revision=letter.revision, number=str(entry.pk), password=PASSWORD,
    )  # fmt: skip
    assert answer.status_code == 302
    letter.refresh_from_db()
    assert letter.entry == entry
    other = make.for_signature(world)
    assert 'name="number"' not in page(client, "letter_move", other.pk, "sign")


def test_clerk_chooses_a_number_when_registering(world: World, browse: Browse) -> None:
    school, clerk = world.schools[0], world.clerks[0]
    made = reserved(
        world, unit=school, kind=RegisterKind.INCOMING, actor=clerk, person=clerk, count=1
    )
    received = make.delivery(make.dispatched(world), school)
    client = browse(clerk)
    assert page(client, "delivery", received.pk).count('name="number"') == 1
    entry = entry_of(made, 1)
    post(client, "delivery_register", received.pk, number=str(entry.pk))
    received.refresh_from_db()
    assert received.entry == entry


def test_pack_is_made_and_its_numbers_are_keyed_in(
    world: World, browse: Browse, run_deferred: Callable[..., int]
) -> None:
    client = browse(world.registry)
    unit = central_registry(world.office)
    data = {
        "unit": unit.pk, "kinds": ["outgoing", "incoming"], "count": 2, "purpose": "ไฟดับ",
        "expires_on": in_days(3),
    }  # fmt: skip
    assert page(client, "packs").count("<form") >= 1
    assert post(client, "packs", **{**data, "expires_on": in_days(-1)}).status_code == 422
    answer = post(client, "packs", **data)
    pack = RegisterPaper.objects.get()
    assert answer.url == pack.get_absolute_url()
    assert "Being made" in client.get(answer.url).content.decode()
    polled = client.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in polled
    run_deferred()
    polled = client.get(answer.url, headers={"HX-Request": "true"})
    assert polled["HX-Refresh"] == "true"
    pack.refresh_from_db()
    assert polled.content.decode().count(str(pack.file.uid)) == 1
    block = pack.blocks.get(register__kind=RegisterKind.OUTGOING)
    assert page(client, "key_in", block.pk).count("<fieldset") == 2
    wrong = post(client, "key_in", block.pk, **{"1-outcome": "used", "2-outcome": "void"})
    assert wrong.status_code == 422
    wrong = post(
        client, "key_in", block.pk,
        **{"1-outcome": "void", "1-void_reason": "เขียนผิด", "2-outcome": "void"},
    )  # fmt: skip
    assert wrong.status_code == 422
    assert wrong.content.decode().count("Say why the number is void.") >= 1
    assert block.entries.unused().count() == 2
    done = post(
        client, "key_in", block.pk,
        **{
            "1-outcome": "used", "1-written_on": in_days(0), "1-sender": "ก", "1-receiver": "ข",
            "1-subject": "เรื่อง", "2-outcome": "",
        },
    )  # fmt: skip
    assert done.url == block.get_absolute_url()
    assert block.entries.unused().count() == 1
    post(client, "key_in", block.pk, **{"2-outcome": "void", "2-void_reason": "เขียนผิด"})
    assert "Every number of this block is reconciled." in page(client, "key_in", block.pk)
    for stranger in (world.clerks[0], world.officer):
        other = browse(stranger)
        assert other.get(pack.get_absolute_url()).status_code == 404
        assert other.get(reverse("circulars:key_in", args=[block.pk])).status_code == 404


def test_pages_for_keepers_offer_nothing_to_readers(world: World, browse: Browse) -> None:
    make.signed(world)
    register = Register.objects.get()
    reader = browse(world.deputy)
    assert "Give a number" not in page(reader, "register", register.pk)
    assert "Reserve numbers" not in page(reader, "registers")
    assert "<form" in page(browse(world.registry), "packs")
    assert "A new pack" not in page(reader, "packs")
    data = {
        "book": book(world, RegisterKind.ORDER),
        "subject": "ก",
        "sender": "ข",
        "receiver": "ค",
    }
    assert post(reader, "register_enter", **data).status_code == 422


def test_secret_subject_is_nowhere_in_a_book(world: World, browse: Browse) -> None:
    letter = make.dispatched(world, secrecy=Secrecy.SECRET, subject="ความลับสุดยอด")
    received = make.delivery(letter, world.schools[0])
    deliveries.acknowledge(delivery=received, actor=world.principals[0])
    for register in Register.objects.all():
        reader = world.registry if register.unit != world.schools[0] else world.principals[0]
        assert "ความลับสุดยอด" not in page(browse(reader), "register", register.pk)
