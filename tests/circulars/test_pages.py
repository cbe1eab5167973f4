"""The pages of letters, as each role meets them."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from circulars.enums import DeliveryState, LetterState, Secrecy
from circulars.models import Delivery, Letter, LetterSettings, RecipientList, Register
from circulars.services import deliveries, letters, recipients
from circulars.services.board import board_rows
from circulars.services.routes import waits_at
from portal.core.templatetags.thai import thai_datetime
from portal.org.enums import Role, UnitKind
from portal.org.models import Unit
from portal.users.models import User
from tests.factories import PASSWORD, SchoolFactory, person
from tests.factories import letters as make
from tests.factories.letters import World


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    """Second factors have their own tests; here everybody signs in with a password."""
    settings.SECOND_FACTOR_ROLES = []


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"circulars:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def post(client: Client, to: str, /, *args: object, **data: object) -> HttpResponse:
    return client.post(reverse(f"circulars:{to}", args=args), data)


def form_data(letter: Letter, **changes: object) -> dict[str, object]:
    return {
        "revision": letter.revision, "subject": "เรื่องใหม่", "address_form": "person",
        "addressee": "ผู้อำนวยการโรงเรียน", "references_text": "", "body": "<p>เนื้อหา</p>",
        "copies_to": "", "speed": "ordinary", "secrecy": "open", "due_on": "",
        **changes,
    }  # fmt: skip


LISTS = ["inbox", "waiting", "sent", "chain", "drafts", "registers"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_for_everybody_and_empty(world: World, browse, name: str) -> None:
    for user in (world.officer, world.director, world.principals[0], world.registry):
        page(browse(user), name)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", ["officer", "director", "principal"])
def test_lists_cost_the_same_with_1_and_with_30(world: World, browse, who: str, name: str) -> None:
    user = {**vars(world), "principal": world.principals[0]}[who]
    client = browse(user)
    make.dispatched(world)
    make.draft(world)
    make.submitted(world)
    page(client, name)
    with CaptureQueriesContext(connection) as few:
        page(client, name)
    for _letter in range(10):
        make.dispatched(world)
        make.draft(world)
        make.submitted(world)
    with CaptureQueriesContext(connection) as many:
        page(client, name)
    assert len(many) == len(few)


def test_board_costs_the_same_with_1_and_with_30(world: World, browse) -> None:
    client = browse(world.officer)
    small = make.dispatched(world, to=world.schools[:1])
    large = make.dispatched(
        world, to=[SchoolFactory(office=world.office).unit for _school in range(30)]
    )
    page(client, "board", small.pk)
    counts = []
    for letter in (small, large):
        with CaptureQueriesContext(connection) as queries:
            page(client, "board", letter.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_new_letter_begins_once_and_is_found_again(world: World, browse) -> None:
    client = browse(world.officer)
    page(client, "new")
    for _click in range(2):
        answer = post(client, "new", unit=world.group.pk, kind="circular")
        letter = Letter.objects.get()
        assert answer.url == reverse("circulars:edit", args=[letter.pk])
    assert (letter.salutation, letter.closing) == ("เรียน", "ขอแสดงความนับถือ")


def test_new_letter_for_another_unit_is_refused(world: World, browse) -> None:
    answer = post(browse(world.officer), "new", unit=world.schools[0].pk, kind="circular")
    assert answer.status_code == 422
    assert not Letter.objects.exists()


def test_who_writes_no_letters_finds_no_page_for_it(world: World, browse) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    answer = browse(teacher).get(reverse("circulars:new"))
    assert answer.status_code == 404


def test_edit_saves_all_parts_at_once(world: World, browse) -> None:
    earlier = make.dispatched(world)
    letter = make.draft(world)
    client = browse(world.officer)
    page(client, "edit", letter.pk)
    line = f"{earlier.number_text} ลงวันที่ 20 พฤศจิกายน 2569"
    data = form_data(
        letter, references_text=f"{line}\nหนังสือจังหวัด", due_on="31/12/2599",
        answer_wanted="on", body="<p>เนื้อหา<script>alert(1)</script></p>",
    )  # fmt: skip
    answer = post(client, "edit", letter.pk, **data)
    assert answer.status_code == 302
    letter.refresh_from_db()
    assert (letter.subject, letter.body, letter.answer_wanted) == (
        "เรื่องใหม่", "<p>เนื้อหา</p>", True,
    )  # fmt: skip
    assert [(row.earlier, row.text) for row in letter.references.all()] == [
        (earlier, line), (None, "หนังสือจังหวัด"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("secrecy", "top_secret"), ("due_on", "1/1/2560"), ("due_on", "20/11/2026"),
     ("speed", "never")],
)  # fmt: skip
def test_edit_says_what_is_wrong_beside_the_field(
    world: World, browse, field: str, value: str
) -> None:
    letter = make.draft(world)
    answer = post(browse(world.officer), "edit", letter.pk, **form_data(letter, **{field: value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    letter.refresh_from_db()
    assert letter.subject == make.CONTENT["subject"]


def test_autosave_answers_with_the_new_revision(world: World, browse) -> None:
    letter = make.draft(world)
    client = browse(world.officer)
    answer = post(client, "autosave", letter.pk, **form_data(letter))
    letter.refresh_from_db()
    assert json.loads(answer.content) == {"revision": letter.revision, "subject": "เรื่องใหม่"}


def test_autosave_of_bad_input_says_which(world: World, browse) -> None:
    letter = make.draft(world)
    answer = post(browse(world.officer), "autosave", letter.pk, **form_data(letter, due_on="xx"))
    assert answer.status_code == 422
    assert list(json.loads(answer.content)["errors"]) == ["due_on"]


def test_autosave_of_an_older_window_changes_nothing(world: World, browse) -> None:
    letter = make.draft(world)
    data = form_data(letter)
    letters.change_draft(
        letter=letter, actor=world.officer, revision=letter.revision, subject="ของอีกหน้าต่าง"
    )
    answer = post(browse(world.officer), "autosave", letter.pk, **data)
    assert answer.status_code == 302
    assert Letter.objects.get().subject == "ของอีกหน้าต่าง"


def test_submit_from_the_form_starts_the_chain(world: World, browse) -> None:
    letter = make.draft(world)
    answer = post(browse(world.officer), "edit", letter.pk, **form_data(letter, then="submit"))
    assert answer.url == letter.get_absolute_url()
    assert Letter.objects.get().state == LetterState.IN_CHAIN


def test_submit_of_an_incomplete_draft_leads_back_with_the_reason(world: World, browse) -> None:
    letter = make.draft(world, to=[])
    client = browse(world.officer)
    typed = form_data(letter, then="submit", addressee="", body="<p></p>")
    answer = post(client, "edit", letter.pk, **typed)
    assert answer.url == reverse("circulars:edit", args=[letter.pk]) + "?check=1"
    shown = client.get(answer.url)
    assert {name: list(words) for name, words in shown.context["form"].errors.items()} == {
        "addressee": ["“addressee” is still missing."],
        "body": ["“text” is still missing."],
        "__all__": ["Choose at least one recipient."],
    }
    html = shown.content.decode()
    assert html.count('class="field-error"') == 3  # beside both fields and the recipients
    answer = client.post(reverse("circulars:letter_move", args=[letter.pk, "submit"]))
    assert answer.url == reverse("circulars:edit", args=[letter.pk]) + "?check=1"


def test_submitting_says_with_whom_the_letter_is(world: World, browse) -> None:
    letter = make.draft(world)
    client = browse(world.officer)
    answer = client.post(reverse("circulars:letter_move", args=[letter.pk, "submit"]), follow=True)
    holder = f"{world.group_director} ({Role.GROUP_DIRECTOR.label} · {world.group})"
    said = [str(message) for message in answer.context["messages"]]
    assert said == [f"Submitted. The letter is now with {holder}."]


def test_submitting_to_an_empty_post_says_so(world: World, browse) -> None:
    world.membership(world.group_director).delete()
    letter = make.draft(world)
    answer = post(browse(world.officer), "edit", letter.pk, **form_data(letter, then="submit"))
    assert answer.url == letter.get_absolute_url()
    assert waits_at(Letter.objects.get()) == (
        f"{Role.GROUP_DIRECTOR.label} · {world.group}, nobody holds this post today"
    )


def test_edit_says_that_nobody_can_sign_in_this_office(world: World, browse) -> None:
    letter = make.draft(world)
    assert page(browse(world.officer), "edit", letter.pk).count("Nobody can sign the letters") == 0
    for user in (world.deputy, world.director):
        world.membership(user).delete()
    Unit.objects.filter(office=world.office, kind=UnitKind.EXECUTIVE).delete()
    assert page(browse(world.officer), "edit", letter.pk).count("Nobody can sign the letters") == 1
    answer = browse(world.officer).post(
        reverse("circulars:letter_move", args=[letter.pk, "submit"]), follow=True
    )
    said = [str(message) for message in answer.context["messages"]]
    assert [words.startswith("Nobody can sign the letters") for words in said] == [True]


def test_edit_by_anybody_else_is_not_found(world: World, browse) -> None:
    letter = make.draft(world)
    for user in (world.group_director, world.registry, world.clerks[0]):
        assert browse(user).get(reverse("circulars:edit", args=[letter.pk])).status_code == 404


def test_recipients_are_added_by_group_and_ticked(world: World, browse) -> None:
    letter = make.draft(world, to=[])
    client = browse(world.officer)
    page(client, "recipients", letter.pk)
    answer = post(
        client, "recipients", letter.pk, revision=letter.revision, action="add", all_schools="on"
    )
    assert answer.url == reverse("circulars:recipients", args=[letter.pk])
    assert letter.recipients.count() == 3
    letter.refresh_from_db()
    post(
        client, "recipients", letter.pk, revision=letter.revision, action="save_list",
        units=[world.schools[0].pk], name="โรงเรียนนำร่อง",
    )  # fmt: skip
    saved = RecipientList.objects.get()
    assert (saved.name, list(saved.members.all())) == ("โรงเรียนนำร่อง", [world.schools[0]])
    assert letter.recipients.count() == 1
    post(client, "delete_list", letter.pk, saved.pk)
    assert not RecipientList.objects.exists()


def test_saving_a_list_without_a_name_says_so(world: World, browse) -> None:
    letter = make.draft(world)
    answer = post(
        browse(world.officer), "recipients", letter.pk, revision=letter.revision,
        action="save_list", units=[world.schools[0].pk], name="",
    )  # fmt: skip
    assert answer.status_code == 422
    assert list(answer.context["naming"].errors) == ["name"]


@pytest.mark.parametrize(
    ("who", "move", "data"),
    [
        ("director", "sign", {"password": PASSWORD, "remark": ""}),
        ("director", "send_back", {"remark": "แก้ไข"}),
    ],
)
def test_moves_from_their_pages(world: World, browse, who: str, move: str, data: dict) -> None:
    letter = make.for_signature(world)
    client = browse(getattr(world, who))
    page(client, "letter", letter.pk)
    page(client, "letter_move", letter.pk, move)
    answer = post(client, "letter_move", letter.pk, move, revision=letter.revision, **data)
    assert answer.url == letter.get_absolute_url()
    page(client, "letter", letter.pk)


def test_signing_with_a_wrong_password_signs_nothing(world: World, browse) -> None:
    letter = make.for_signature(world)
    answer = post(
        browse(world.director), "letter_move", letter.pk, "sign", revision=letter.revision,
        password="wrong",
    )  # fmt: skip
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["password"]
    assert Letter.objects.get().state == LetterState.IN_CHAIN


def test_move_of_somebody_without_it_is_not_found(world: World, browse) -> None:
    letter = make.for_signature(world)
    answer = browse(world.registry).get(reverse("circulars:letter_move", args=[letter.pk, "sign"]))
    assert answer.status_code == 404


def test_stale_move_leads_back_with_a_word(world: World, browse) -> None:
    letter = make.signed(world)
    client = browse(world.director)
    answer = post(client, "letter_move", letter.pk, "sign", revision=letter.revision)
    assert answer.status_code == 302
    assert Letter.objects.get().entry.number == 1


def test_sent_letter_says_who_sent_it_and_when(world: World, browse) -> None:
    by_hand = make.dispatched(world)
    by_itself = letters.dispatch(letter=make.ready(world, send_when_signed=True), actor=None)
    client = browse(world.officer)
    for letter, who in (
        (by_hand, f"Sent by {world.registry}"),
        (by_itself, f"Sent by the portal as soon as {world.director} had signed"),
    ):
        words = f"{who}, {thai_datetime(letter.dispatched_at)}"
        assert client.get(letter.get_absolute_url()).content.decode().count(words) == 1


def test_void_and_copy_from_the_letter(world: World, browse) -> None:
    letter = make.ready(world)
    client = browse(world.officer)
    page(client, "letter_move", letter.pk, "void")
    post(client, "letter_move", letter.pk, "void", reason="ผิด")
    assert Letter.objects.get().state == LetterState.VOID
    page(client, "letter", letter.pk)
    answer = post(client, "copy", letter.pk)
    assert answer.url == reverse("circulars:edit", args=[Letter.objects.latest("pk").pk])


def test_school_opens_registers_acknowledges_and_answers(world: World, browse) -> None:
    letter = make.dispatched(world)
    received = make.delivery(letter, world.schools[0])
    clerk, principal = browse(world.clerks[0]), browse(world.principals[0])
    assert clerk.get(letter.get_received_url()).url == received.get_absolute_url()
    page(clerk, "delivery", received.pk)
    received.refresh_from_db()
    assert received.state == DeliveryState.OPENED
    post(clerk, "delivery_register", received.pk)
    post(principal, "delivery_acknowledge", received.pk)
    post(principal, "delivery_answer", received.pk, text="ดำเนินการแล้ว")
    received.refresh_from_db()
    assert received.state == DeliveryState.ANSWERED
    assert "ดำเนินการแล้ว" in page(browse(world.officer), "answer", received.pk)
    page(principal, "delivery", received.pk)


def test_empty_answer_says_so_beside_the_field(world: World, browse) -> None:
    received = make.delivery(make.dispatched(world), world.schools[0])
    answer = post(browse(world.principals[0]), "delivery_answer", received.pk, text=" ")
    assert answer.status_code == 422
    assert list(answer.context["answer_form"].errors) == ["text"]


def test_forward_from_the_page(world: World, browse) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    received = make.delivery(make.dispatched(world), world.schools[0])
    client = browse(world.clerks[0])
    post(client, "delivery_forward", received.pk, person=teacher.pk, note="ทราบ")
    assert page(browse(teacher), "delivery", received.pk)
    answer = post(client, "delivery_forward", received.pk, person=teacher.pk)
    assert answer.status_code == 422


def test_letter_of_another_school_is_not_found(world: World, browse) -> None:
    letter = make.dispatched(world, to=world.schools[:1])
    received = make.delivery(letter, world.schools[0])
    client = browse(world.clerks[1])
    for url in (
        received.get_absolute_url(), letter.get_received_url(), letter.get_absolute_url(),
        letter.get_board_url(), reverse("circulars:delivery_zip", args=[received.pk]),
        reverse("circulars:answer", args=[received.pk]), letter.pdf.get_absolute_url(),
    ):  # fmt: skip
        assert client.get(url).status_code == 404, url


def test_zip_holds_letter_and_attachments_under_their_legal_names(world: World, browse) -> None:
    letter = make.dispatched(world)
    letter.attachments.create(
        file=make.some_file(world.office, "แนบ.pdf", b"%PDF-1.7 x"), title="แนบ", position=1
    )
    received = make.delivery(letter, world.schools[0])
    answer = browse(world.clerks[0]).get(reverse("circulars:delivery_zip", args=[received.pk]))
    names = ZipFile(BytesIO(b"".join(answer.streaming_content))).namelist()
    year = letter.entry.register.year
    assert names == [f"{year}_MOE04108_1.pdf", f"{year}_MOE04108_1_1.pdf"]


def test_board_shows_chases_exports_and_prints(world: World, browse) -> None:
    letter = make.dispatched(world)
    deliveries.answer(
        delivery=make.delivery(letter, world.schools[0]), actor=world.principals[0], text="x"
    )
    client = browse(world.officer)
    answer = client.get(letter.get_board_url(), {"show": "not_opened"})
    assert [row.unit for row in answer.context["page"].object_list] == sorted(
        world.schools[1:], key=lambda unit: unit.sort_key
    )
    answer = post(client, "board_chase", letter.pk, scope="not_opened")
    assert answer.url == letter.get_board_url() + "?show=not_opened"
    assert set(Delivery.objects.unread().values_list("chase_count", flat=True)) == {1}
    client.get(answer.url)  # takes the first message away
    again = client.get(post(client, "board_chase", letter.pk, scope="not_opened").url)
    said = _("All %(n)s were reminded today already. You can remind them again tomorrow.")
    assert [str(message) for message in again.context["messages"]] == [said % {"n": 2}]
    book = load_workbook(
        BytesIO(client.get(reverse("circulars:board_export", args=[letter.pk])).content)
    )
    rows = list(book.active.iter_rows(min_row=4, values_only=True))
    assert [row[2] for row in rows] == [
        row.unit.name
        for row in Delivery.objects.order_by("unit__position", "unit__sort_key", "pk")
    ]
    assert page(client, "board_proof", letter.pk).count("<tr>") == 4
    live = client.get(letter.get_board_url(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in live


def test_chase_says_where_nobody_can_be_told(world: World, browse) -> None:
    letter = make.dispatched(world)
    for user in (world.principals[0], world.clerks[0]):
        world.membership(user).delete()
    client = browse(world.officer)
    shown = page(client, "board", letter.pk, show="not_opened")
    nobody = f"1 recipient has nobody to tell: {world.schools[0]}."
    assert (shown.count(nobody), shown.count("Remind these 2 recipients")) == (1, 1)
    assert page(client, "board", letter.pk).count(nobody) == 0
    url = reverse("circulars:board_chase", args=[letter.pk])
    for expected in (
        f"2 recipients were reminded. {nobody}",
        f"0 recipients were reminded. 2 had a reminder today already. {nobody}",
    ):
        answer = client.post(url, {"scope": "not_opened"}, follow=True)
        assert [str(message) for message in answer.context["messages"]] == [expected]


def test_board_of_a_letter_not_sent_yet_says_so(world: World, browse) -> None:
    letter = make.ready(world)
    answer = browse(world.officer).get(letter.get_board_url())
    assert answer.status_code == 409


def test_chase_by_a_reader_who_does_not_send_is_not_found(world: World, browse) -> None:
    letter = make.dispatched(world)
    answer = post(browse(world.deputy), "board_chase", letter.pk, scope="not_opened")
    assert answer.status_code == 404
    assert set(Delivery.objects.values_list("chase_count", flat=True)) == {0}


def test_inbox_shows_unread_first_and_filters(world: World, browse) -> None:
    first = make.dispatched(world, subject="แรก", due_on=timezone.localdate() - timedelta(days=1))
    second = make.dispatched(world, subject="สอง", speed="urgent")
    deliveries.open_delivery(
        delivery=make.delivery(second, world.schools[0]), actor=world.clerks[0]
    )
    client = browse(world.clerks[0])
    answer = client.get(reverse("circulars:inbox"))
    assert [row.letter for row in answer.context["unread"]] == [first]
    assert [row.letter for row in answer.context["page"].items] == [second]
    found = client.get(reverse("circulars:inbox"), {"q": "ศธ ๐๔๑๐๘"})
    assert len(found.context["unread"]) + len(found.context["page"].items) == 2
    assert client.get(reverse("circulars:inbox"), {"speed": "urgent"}).context["unread"] == []


def test_registers_show_their_columns_and_the_void(world: World, browse) -> None:
    letter = make.ready(world)
    letters.void(letter=letter, actor=world.officer, reason="พิมพ์ผิด")
    make.dispatched(world, secrecy=Secrecy.SECRET)
    client = browse(world.registry)
    book = letter.entry.register
    shown = page(client, "register", book.pk)
    assert "พิมพ์ผิด" in shown
    assert page(client, "register", book.pk, q="ไม่มี").count("<tr") == 0
    assert (
        browse(world.clerks[0]).get(reverse("circulars:register", args=[book.pk])).status_code
        == 404
    )


def test_reference_search_offers_only_what_one_may_see(world: World, browse) -> None:
    letter = make.dispatched(world, to=world.schools[:1])
    url = reverse("circulars:search_reference")
    assert letter.number_text in browse(world.officer).get(url, {"q": "ประชุม"}).content.decode()
    finds = {
        who: letter.number_text in browse(user).get(url, {"q": "ประชุม"}).content.decode()
        for who, user in {"received": world.clerks[0], "not": world.clerks[1]}.items()
    }
    assert finds == {"received": True, "not": False}


def test_registry_changes_how_letters_are_numbered(world: World, browse) -> None:
    client = browse(world.registry)
    page(client, "settings")
    answer = post(client, "settings", circular_series="ordinary", thai_digits="")
    assert answer.url == reverse("circulars:settings")
    kept = LetterSettings.objects.get(office=world.office)
    assert (kept.circular_series, kept.thai_digits) == ("ordinary", False)
    assert post(client, "settings", circular_series="own", thai_digits="on").status_code == 302
    assert LetterSettings.objects.get().circular_series == "own"


def test_garuda_as_svg_is_refused_as_the_field_says(world: World, browse) -> None:
    client = browse(world.registry)
    assert page(client, "settings").count("SVG drawings are not taken") == 1
    drawing = SimpleUploadedFile("garuda.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    answer = post(client, "settings", circular_series="own", emblem_new=drawing)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["emblem"])
    assert not LetterSettings.objects.filter(emblem__isnull=False).exists()


def test_wrong_series_is_said_beside_the_field(world: World, browse) -> None:
    answer = post(browse(world.registry), "settings", circular_series="none")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["circular_series"])


@pytest.mark.parametrize("who", ["officer", "director", "group_registry"])
def test_settings_are_found_by_the_central_registry_only(world: World, browse, who: str) -> None:
    assert browse(getattr(world, who)).get(reverse("circulars:settings")).status_code == 404


def test_series_is_not_changed_where_it_would_give_a_number_twice(world: World, browse) -> None:
    client = browse(world.registry)
    first = make.signed(world)
    answer = post(client, "settings", circular_series="ordinary", thai_digits="on")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["circular_series"])
    assert make.signed(world).entry.register == first.entry.register
    assert post(client, "settings", circular_series="own").status_code == 302


def test_series_is_changed_while_no_number_can_come_twice(world: World, browse) -> None:
    for _number in range(2):
        letter = make.for_signature(world, kind="letter")
        letters.sign(letter=letter, actor=world.director, revision=letter.revision)
    circular = make.signed(world)
    client = browse(world.registry)
    assert post(client, "settings", circular_series="ordinary").status_code == 302
    assert make.signed(world).number_text != circular.number_text
    Register.objects.update(year=F("year") - 1)
    assert post(client, "settings", circular_series="own").status_code == 302


def test_step_that_nobody_holds_says_so_on_the_letter(world: World, browse) -> None:
    letter = make.submitted(world)
    client = browse(world.officer)
    tags = [step["tag"] for step in client.get(letter.get_absolute_url()).context["steps"]]
    assert tags == ["", "", ""]
    world.membership(world.group_director).delete()
    tags = [step["tag"] for step in client.get(letter.get_absolute_url()).context["steps"]]
    assert [bool(tag) for tag in tags] == [True, False, False]


@pytest.mark.parametrize("action", ["add", "keep", "save_list"])
def test_ticked_group_counts_whichever_button_is_pressed(
    world: World, browse, action: str
) -> None:
    letter = make.draft(world, to=[])
    answer = post(
        browse(world.officer), "recipients", letter.pk, revision=letter.revision, action=action,
        all_schools="on", name="ทุกโรงเรียน",
    )  # fmt: skip
    assert answer.status_code == 302
    assert letter.recipients.count() == 3


def test_school_closed_between_page_and_click_loses_no_tick(world: World, browse) -> None:
    letter = make.draft(world, to=[])
    Unit.objects.filter(pk=world.schools[0].pk).update(
        closed_on=timezone.localdate() - timedelta(days=1)
    )
    answer = post(
        browse(world.officer), "recipients", letter.pk, revision=letter.revision, action="keep",
        units=[unit.pk for unit in world.schools],
    )  # fmt: skip
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["units"])
    boxes = answer.content.decode()
    ticked = [f'value="{unit.pk}" checked' in boxes for unit in world.schools]
    assert ticked == [False, True, True]
    assert letter.recipients.count() == 0


def test_all_unread_letters_can_be_reached(world: World, browse, monkeypatch) -> None:
    monkeypatch.setattr("circulars.views.inbox.UNREAD_SHOWN", 1)
    for _letter in range(3):
        make.dispatched(world)
    client = browse(world.clerks[0])
    first = client.get(reverse("circulars:inbox"))
    assert (len(first.context["unread"]), len(first.context["page"].items)) == (2, 0)
    every = client.get(reverse("circulars:inbox"), {"state": "delivered"})
    assert (len(every.context["unread"]), len(every.context["page"].items)) == (0, 3)


def test_sent_letters_show_how_many_have_registered(world: World, browse) -> None:
    letter = make.dispatched(world)
    deliveries.register(delivery=make.delivery(letter, world.schools[0]), actor=world.clerks[0])
    ready = make.ready(world)
    rows = browse(world.officer).get(reverse("circulars:sent")).context["page"].items
    counts = {row.pk: (row.registered_count, row.delivery_count) for row in rows}
    assert counts == {letter.pk: (1, 3), ready.pk: (None, None)}


def test_signing_after_a_change_of_the_letter_that_was_read_is_refused(
    world: World, browse
) -> None:
    letter = make.for_signature(world)
    client = browse(world.director)
    url = reverse("circulars:letter_move", args=[letter.pk, "sign"])
    assert f"{url}?revision={letter.revision}" in page(client, "letter", letter.pk)
    assert client.get(url, {"revision": letter.revision}).status_code == 200
    recipients.set_recipients(letter=letter, actor=world.officer, units=[world.schools[0].pk])
    assert client.get(url, {"revision": letter.revision}).status_code == 409


def test_saving_an_older_window_keeps_what_was_typed(world: World, browse) -> None:
    letter = make.draft(world)
    data = form_data(letter, subject="พิมพ์ไว้นาน")
    letters.change_draft(
        letter=letter, actor=world.officer, revision=letter.revision, subject="ของอีกหน้าต่าง"
    )
    client = browse(world.officer)
    answer = post(client, "edit", letter.pk, **data)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, ["__all__"])
    assert form["subject"].value() == "พิมพ์ไว้นาน"
    again = post(client, "edit", letter.pk, **{**data, "revision": form["revision"].value()})
    assert again.status_code == 302
    assert Letter.objects.get().subject == "พิมพ์ไว้นาน"


@pytest.mark.parametrize("typed", ["2570", "๒๕๗๐", "ว1", "ว ๑", "04108/ว1"])
def test_search_finds_either_digits(world: World, browse, typed: str) -> None:
    letter = make.dispatched(world, subject="งบประมาณ ปี ๒๕๗๐")
    make.draft(world)
    found = browse(world.officer).get(reverse("circulars:sent"), {"q": typed})
    assert list(found.context["page"].items) == [letter]
    none = browse(world.officer).get(reverse("circulars:sent"), {"q": "2571"})
    assert list(none.context["page"].items) == []


def test_school_refers_to_a_letter_it_received(world: World, browse) -> None:
    received = make.dispatched(world, to=world.schools[:1])
    line = f"{received.number_text} ลงวันที่ ๒๐ พฤศจิกายน ๒๕๖๙"
    draft = make.school_letter(world, to=[world.schools[1]])
    post(browse(world.clerks[0]), "edit", draft.pk, **form_data(draft, references_text=line))
    assert [(row.earlier, row.text) for row in draft.references.all()] == [(received, line)]


def test_board_marks_a_recipient_where_nobody_can_open_the_letter(world: World) -> None:
    world.membership(world.principals[0]).delete()
    world.membership(world.clerks[1]).delete()
    User.objects.filter(pk=world.principals[1].pk).update(is_active=False)
    kept = {}
    for secrecy in (Secrecy.OPEN, Secrecy.SECRET):
        letter = make.dispatched(world, secrecy=secrecy)
        rows = {row.unit_id: row.is_kept for row in board_rows(letter=letter)}
        kept[secrecy] = [rows[unit.pk] for unit in world.schools]
    assert kept == {Secrecy.OPEN: [True, False, True], Secrecy.SECRET: [False, False, True]}


def test_colleague_writes_again_what_a_drafter_who_left_had_returned(world: World, browse) -> None:
    letter = make.submitted(world)
    letters.send_back(letter=letter, actor=world.group_director, remark="แก้ไข")
    client = browse(world.group_director)
    assert client.get(letter.get_absolute_url()).context["may_copy"] is True
    assert browse(world.officer).get(letter.get_absolute_url()).context["may_copy"] is False
    assert browse(world.registry).get(letter.get_absolute_url()).context["may_copy"] is False
    post(client, "copy", letter.pk)
    assert Letter.objects.get(drafter=world.group_director).subject == letter.subject


def test_copy_leaves_a_due_date_that_is_over_behind(world: World) -> None:
    today = timezone.localdate()
    for due, kept in ((today - timedelta(days=1), None), (today, today)):
        letter = make.ready(world, due_on=due)
        assert letters.copy_to_draft(letter=letter, actor=world.officer).due_on == kept


def test_letter_waits_since_it_arrived_not_since_its_recipients_changed(
    world: World, browse
) -> None:
    first, second = make.submitted(world), make.submitted(world)
    recipients.set_recipients(letter=first, actor=world.officer, units=[world.schools[0].pk])
    shown = browse(world.group_director).get(reverse("circulars:waiting")).context["page"]
    assert [letter.pk for letter in shown.object_list] == [first.pk, second.pk]
    arrived = [letter.steps.current().get().arrived_at for letter in (first, second)]
    assert [letter.arrived_at for letter in shown.object_list] == arrived


def test_inbox_sorts_by_the_time_of_arrival(world: World, browse) -> None:
    rows = [make.delivery(make.dispatched(world), world.schools[0]) for _letter in range(2)]
    for row in rows:
        deliveries.open_delivery(delivery=row, actor=world.clerks[0])
    client = browse(world.clerks[0])
    assert "sort=date" in page(client, "inbox")
    answer = client.get(reverse("circulars:inbox"), {"sort": "date"})
    assert list(answer.context["page"].items) == rows
