"""The pages of the work on received letters, as each person meets them."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from circulars.enums import LetterState, PhraseUse
from circulars.enums_handling import (
    ORDER_PHRASES,
    AssignmentState,
    HandlingState,
    HandlingStepKind,
)
from circulars.models import Assignment, DeskHandover, Handling, Letter, Phrase, SpeedTarget
from circulars.services import assignments, handling
from circulars.services.desk_choices import value_of
from portal.core.registry import work_tiles
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import PASSWORD, person
from tests.factories import handling as make
from tests.factories import letters as make_letters
from tests.factories.files import pdf_bytes, upload
from tests.factories.letters import World


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    """Second factors have their own tests; here everybody signs in with a password."""
    settings.SECOND_FACTOR_ROLES = []


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def move_url(handled: Handling, name: str) -> str:
    return reverse("circulars:handling_move", args=[handled.delivery_id, name])


def act(client: Client, url: str, **data: object) -> HttpResponse:
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer


def state(handled: Handling) -> str:
    return Handling.objects.values_list("state", flat=True).get(pk=handled.pk)


def buttons(body: str) -> set[str]:
    return set(re.findall(r"/(?:deliveries/\d+/handle|desks/\d+|assignments/\d+)/(\w+)/", body))


def test_letter_that_is_not_registered_says_what_comes_first(world: World, browse) -> None:
    row = make.received(world)
    type(row).objects.filter(pk=row.pk).update(entry=None, state="opened")
    body = page(browse(world.registry), row.get_absolute_url())
    assert "Register the letter first" in body
    assert buttons(body) == set()


def test_whole_way_by_the_pages(world: World, browse) -> None:
    row = make.received(world)
    body = page(browse(world.registry), row.get_absolute_url())
    assert buttons(body) == {"propose"}
    url = reverse("circulars:handling_move", args=[row.pk, "propose"])
    page(browse(world.registry), url)
    group = value_of(make.group_lead(world).post)
    act(
        browse(world.registry), url, to=value_of(make.director_post(world)),
        remark="เพื่อโปรดสั่งการ", lead=group,
    )  # fmt: skip
    handled = Handling.objects.get()
    body = page(browse(world.director), row.get_absolute_url())
    assert buttons(body) == {
        "approve", "order", "note", "pass_on", "send_back", "ask", "inform",
    }  # fmt: skip
    assert "เพื่อโปรดสั่งการ" in body
    page(browse(world.director), move_url(handled, "approve"))
    act(browse(world.director), move_url(handled, "approve"), remark="ดำเนินการตามเสนอ")
    work = make.work_of(handled)
    body = page(browse(world.group_director), row.get_absolute_url())
    assert buttons(body) == {"accept", "report", "share_out", "give_back", "ask", "inform"}
    work_url = lambda name: reverse("circulars:work_move", args=[work.pk, name])  # noqa: E731
    act(browse(world.group_director), work_url("accept"))
    assert state(handled) == HandlingState.IN_WORK
    page(browse(world.group_director), work_url("share_out"))
    act(
        browse(world.group_director), work_url("share_out"),
        lead=value_of(make.named(world.officer)), note="ช่วยดำเนินการ",
    )  # fmt: skip
    part = make.work_of(handled, world.officer)
    part_url = reverse("circulars:work_move", args=[part.pk, "report"])
    page(browse(world.officer), part_url)
    act(
        browse(world.officer), part_url, text="เสร็จแล้ว",
        enclosures_new=upload(pdf_bytes(), "ผล.pdf"),
    )  # fmt: skip
    file = part.reports.get().files.get()
    served = browse(world.group_director).get(file.get_absolute_url())
    assert b"".join(served.streaming_content).startswith(b"%PDF")
    assert browse(world.clerks[0]).get(file.get_absolute_url()).status_code == 404
    act(browse(world.group_director), reverse("circulars:work_move", args=[part.pk, "close"]))
    act(browse(world.group_director), work_url("report"), text="เรียบร้อย")
    assert state(handled) == HandlingState.REPORTED
    body = page(browse(world.director), row.get_absolute_url())
    assert buttons(body) == {
        "close", "close_unfinished", "ask_more", "give_more", "ask", "inform",
    }  # fmt: skip
    act(browse(world.director), move_url(handled, "close"))
    assert state(handled) == HandlingState.CLOSED
    assert "Closed by" in page(browse(world.director), row.get_absolute_url())


def test_every_page_of_the_way_opens_and_works(world: World, browse) -> None:
    handled = make.proposed(world)
    client = browse(world.director)
    officer = value_of(make.named(world.officer))
    for name, data in (
        ("ask", {"to": officer, "question": "งบพอไหม"}),
        ("inform", {"to": value_of(make.post(world.deputy))}),
        ("send_back", {"step": handled.steps.get(kind="propose").pk, "remark": "เพิ่มเอกสาร"}),
    ):
        page(client, move_url(handled, name))
        act(client, move_url(handled, name), **data)
    registry = browse(world.registry)
    page(registry, move_url(handled, "pass_on"))
    act(registry, move_url(handled, "pass_on"), to=value_of(make.director_post(world)))
    page(registry, move_url(handled, "pull_back"))
    act(registry, move_url(handled, "pull_back"))
    act(
        registry, move_url(handled, "pass_on"), to=value_of(make.post(world.group_director)),
        beside=value_of(make.post(world.deputy)), then=value_of(make.director_post(world)),
    )  # fmt: skip
    for user in (world.group_director, world.deputy):
        act(browse(user), move_url(handled, "pass_on"), remark="เห็นควร")
    page(client, move_url(handled, "order"))
    act(client, move_url(handled, "order"), lead=officer, remark="มอบ", due_on="31/12/2569")
    page(client, move_url(handled, "give_more"))
    act(
        client, move_url(handled, "give_more"), note="ช่วยด้วย",
        joint=value_of(make.named(world.group_registry)),
    )  # fmt: skip
    act(client, move_url(handled, "close_unfinished"), remark="พอแล้ว")
    page(client, move_url(handled, "reopen"))
    act(client, move_url(handled, "reopen"), remark="มีเรื่องเพิ่ม")
    assert state(handled) == HandlingState.IN_WORK


def test_phrases_of_the_unit_are_offered_first(world: World, browse) -> None:
    handled = make.proposed(world)
    Phrase.objects.create(unit=handled.delivery.unit, use=PhraseUse.REMARK, text="ชอบ ดำเนินการ")
    body = page(browse(world.director), move_url(handled, "note"))
    words = re.search(r'data-usual-words="([^"]+)"', body).group(1)
    assert json.loads(unescape(words)) == ["ชอบ ดำเนินการ", *ORDER_PHRASES]


def test_question_and_vacant_desk_have_their_pages(world: World, browse) -> None:
    handled = make.proposed(world)
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="งบ?"
    )
    question = handled.steps.get(kind=HandlingStepKind.CONSULT)
    url = reverse("circulars:desk_move", args=[question.pk, "give_opinion"])
    assert "You are asked: งบ?" in page(browse(world.officer), url)
    act(browse(world.officer), url, remark="พอ")
    order = handled.steps.current().get()
    world.membership(world.director).delete()
    url = reverse("circulars:desk_move", args=[order.pk, "reassign"])
    page(browse(world.registry), url)
    answer = browse(world.registry).post(url, {"to": value_of(make.named(world.officer))})
    assert answer.status_code == 422
    assert "cannot order here" in answer.content.decode()
    act(browse(world.registry), url, to=value_of(make.post(world.deputy)))


def test_work_pages_of_the_giver(world: World, browse) -> None:
    handled = make.ordered(world, make.lead(world.officer))
    work = make.work_of(handled)
    client = browse(world.director)
    body = page(client, handled.delivery.get_absolute_url())
    assert {"pull_back", "reassign"} <= buttons(body)
    url = reverse("circulars:work_move", args=[work.pk, "reassign"])
    page(client, url)
    act(client, url, to=value_of(make.named(world.group_registry)))
    taken = browse(world.group_registry)
    url = reverse("circulars:work_move", args=[work.pk, "give_back"])
    assert taken.post(url, {"remark": " "}).status_code == 422
    act(taken, url, remark="ไม่ใช่งานกลุ่มนี้")
    assert Assignment.objects.get().state == AssignmentState.RETURNED


def test_mistakes_stay_beside_their_field(world: World, browse) -> None:
    handled = make.proposed(world)
    url = move_url(handled, "order")
    officer = value_of(make.named(world.officer))
    for data in ({}, {"lead": "person:999999"}, {"lead": officer, "joint": officer},
                 {"lead": officer, "due_on": "1/1/2560"}):  # fmt: skip
        assert browse(world.director).post(url, data).status_code == 422
    url = move_url(handled, "pass_on")
    answer = browse(world.director).post(url, {"joint": officer})
    assert answer.status_code == 422
    assert "Choose who leads." in answer.content.decode()
    assert state(handled) == HandlingState.PROPOSED


@pytest.mark.parametrize("name", ["order", "approve", "give_more", "nothing"])
def test_what_is_not_offered_is_not_there(world: World, browse, name: str) -> None:
    handled = make.proposed(world)
    assert browse(world.registry).post(move_url(handled, name), {}).status_code == 404
    assert browse(world.officer).get(move_url(handled, name)).status_code == 404


def test_late_click_leads_back_to_the_letter_as_it_is(world: World, browse) -> None:
    handled = make.proposed(world)
    handling.note(handling=handled, actor=world.director)
    answer = browse(world.director).post(move_url(handled, "note"), {}, follow=True)
    assert "Someone was faster" in answer.content.decode()


def test_parts_of_letters_one_may_not_see_are_not_there(world: World, browse) -> None:
    handled = make.ordered(world, make.lead(world.officer))
    work = make.work_of(handled)
    for url in (
        reverse("circulars:work_move", args=[work.pk, "report"]),
        reverse("circulars:desk_move", args=[handled.steps.first().pk, "give_opinion"]),
    ):
        assert browse(world.clerks[0]).get(url).status_code == 404


TABS = ["assigned", "to_order", "reported", "late_below", "copies", "no_holder"]


@pytest.mark.parametrize("tab", TABS)
def test_lists_open_empty_and_unknown_ones_are_not_there(world: World, browse, tab: str) -> None:
    body = page(browse(world.officer), reverse("circulars:work", args=[tab]))
    assert "Nothing waits for you" in body
    assert browse(world.officer).get(f"/circulars/my-work/{tab}x/").status_code == 404


@pytest.mark.parametrize("tab", ["assigned", "to_order"])
def test_lists_cost_the_same_with_1_and_with_30(world: World, browse, tab: str) -> None:
    def one_more() -> None:
        if tab == "assigned":
            make.ordered(world, make.lead(world.director))
        else:
            make.proposed(world)

    client = browse(world.director)
    url = reverse("circulars:work", args=[tab])
    one_more()
    page(client, url)
    with CaptureQueriesContext(connection) as few:
        page(client, url)
    for _number in range(29):
        one_more()
    with CaptureQueriesContext(connection) as many:
        body = page(client, url)
    assert body.count('class="row-link"') == 30
    assert len(many) == len(few)


def test_page_of_a_letter_costs_the_same_with_1_and_with_12_parts(world: World, browse) -> None:
    client = browse(world.director)
    handled = make.ordered(world)
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="?"
    )
    page(client, handled.delivery.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        page(client, handled.delivery.get_absolute_url())
    for _number in range(12):
        who = person(Role.OFFICER, world.group)
        handling.give_more(handling=handled, actor=world.director, owners=[make.joint(who)])
        handling.ask(handling=handled, actor=world.director, to=[make.named(who)], question="?")
    with CaptureQueriesContext(connection) as many:
        page(client, handled.delivery.get_absolute_url())
    assert len(many) == len(few)


def tile(code: str, user: User) -> tuple[int, list[str]]:
    found = work_tiles.get(f"circulars.{code}")
    fresh = User.objects.get(pk=user.pk)
    return found.count(fresh), [item.url for item in found.items(fresh, 5)]


def test_tiles_show_what_waits_and_what_is_late(world: World) -> None:
    first = make.proposed(world)
    second = make.ordered(world, make.lead(world.officer))
    url = second.get_absolute_url()
    assert tile("to_order", world.director) == (1, [first.get_absolute_url()])
    assert tile("assigned", world.officer) == (1, [url])
    assert tile("late_below", world.director) == (0, [])
    Assignment.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert tile("late_below", world.director) == (1, [url])
    handling.inform(handling=second, actor=world.director, to=[make.named(world.group_registry)])
    assert tile("copies", world.group_registry) == (1, [url])


def test_tile_of_reports_and_of_work_without_holder(world: World) -> None:
    handled = make.ordered(world)
    work = make.work_of(handled)
    assignments.share_out(
        assignment=work, actor=world.group_director, owners=[make.lead(world.officer)]
    )
    part = make.work_of(handled, world.officer)
    membership = world.membership(world.officer)
    membership.ends_on = timezone.localdate() - timedelta(days=1)
    membership.save()
    assert tile("no_holder", world.group_director) == (1, [handled.get_absolute_url()])
    assignments.reassign(
        assignment=part, actor=world.group_director, to=make.named(world.group_registry)
    )
    assignments.report(assignment=part, actor=world.group_registry, text="เสร็จ")
    assert tile("reported", world.group_director) == (1, [handled.get_absolute_url()])


def test_waiting_menu_counts_letters_desks_and_work(world: World, browse) -> None:
    make.proposed(world)
    make_letters.for_signature(world)
    body = page(browse(world.director), reverse("circulars:waiting"))
    assert "To remark or order" in body
    from portal.core.registry import menu_entries

    fresh = User.objects.get(pk=world.director.pk)
    assert menu_entries.get("circulars.waiting").badge(fresh) == 2


# Many at once.


def keys(body: str) -> list[str]:
    return re.findall(r'name="letters"[^>]* value="([^"]+)"', body)


def test_batch_offers_only_what_was_opened(world: World, browse) -> None:
    handled = make.proposed(world)
    letter = make_letters.for_signature(world)
    client = browse(world.director)
    url = reverse("circulars:batch")
    body = page(client, url)
    assert keys(body) == []
    assert body.count("Not opened yet") == 2
    page(client, handled.delivery.get_absolute_url())
    assert len(keys(page(client, url))) == 1
    page(client, letter.get_absolute_url())
    chosen = keys(page(client, url))
    assert len(chosen) == 2
    assert client.post(url, {"letters": chosen, "password": "wrong"}).status_code == 422
    act(client, url, letters=chosen, password=PASSWORD, remark="ทราบ")
    assert state(handled) == HandlingState.CLOSED
    assert Letter.objects.get(pk=letter.pk).state == LetterState.SIGNED_PENDING


def test_batch_says_of_each_letter_what_became_of_it(world: World, browse) -> None:
    first, second = make.proposed(world), make.proposed(world)
    client = browse(world.director)
    for handled in (first, second):
        page(client, handled.delivery.get_absolute_url())
    chosen = keys(page(client, reverse("circulars:batch")))
    handling.note(handling=first, actor=world.director)
    answer = client.post(reverse("circulars:batch"), {"letters": chosen, "password": PASSWORD})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "Someone was faster" in body
    assert state(second) == HandlingState.CLOSED


def test_batch_refuses_none_and_the_unopened(world: World, browse) -> None:
    handled = make.proposed(world)
    step = handled.steps.current().get()
    client = browse(world.director)
    for chosen in ([], [f"handling-{handled.pk}-{step.pk}"]):
        answer = client.post(reverse("circulars:batch"), {"letters": chosen, "password": PASSWORD})
        assert answer.status_code == 422
    assert state(handled) == HandlingState.PROPOSED


# Settings and desks.


def test_registry_sets_target_times(world: World, browse) -> None:
    url = reverse("circulars:targets")
    assert browse(world.officer).get(url).status_code == 404
    page(browse(world.registry), url)
    data = {f"{speed}_{what}": 5 for speed in ("ordinary", "urgent", "very_urgent", "most_urgent")
            for what in ("hours", "days")}  # fmt: skip
    assert browse(world.registry).post(url, {**data, "urgent_hours": 0}).status_code == 422
    act(browse(world.registry), url, **data)
    assert set(SpeedTarget.objects.values_list("step_hours", "work_days")) == {(5, 5)}


def test_desk_is_shown_before_it_is_handed_over(world: World, browse) -> None:
    make.ordered(world, make.lead(world.officer))
    other = person(Role.OFFICER, world.group)
    url = reverse("circulars:desk_handovers")
    assert browse(world.officer).get(url).status_code == 404
    client = browse(world.group_director)
    page(client, url)
    data = {"person": world.officer.pk, "successor": other.pk, "starts_on": "20/11/2569"}
    data["starts_on"] = timezone.localdate().isoformat()
    body = client.post(url, data).content.decode()
    assert "Hand all of this over" in body
    assert not DeskHandover.objects.exists()
    act(client, url, **data, confirmed="1")
    assert Assignment.objects.get().membership.person == other
    assert "Desks handed over" in page(client, url)
    same = {**data, "successor": world.officer.pk, "confirmed": "1"}
    assert client.post(url, same).status_code == 422
