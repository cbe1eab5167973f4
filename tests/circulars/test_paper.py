"""Registering paper letters: the form, what is offered, refusals, doubles."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circulars.enums import Channel, DeliveryState, Secrecy
from circulars.models import Delivery, Letter, ReceiptStamp, RegisterEntry
from circulars.services import outside, paper
from circulars.services.reading import Source, first_page_text, read_file, read_page
from portal.core.errors import NotAllowed
from portal.core.pdf import render_pdf
from portal.files.enums import ReadState
from portal.files.models import BlobText, StoredFile
from portal.files.rules import UploadRules
from portal.files.service import store, store_upload
from portal.files.storage import absolute_path
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.service import central_registry
from portal.users.models import User
from tests.factories import person
from tests.factories.files import image_bytes, pdf_bytes, upload
from tests.factories.letters import World, make_world

Browse = Callable[[User], Client]
pytestmark = pytest.mark.django_db

PAGE = reverse("circulars:paper_letter")
SUBJECT = "ขอเชิญประชุม"
AGENCY = "สำนักงานจังหวัดพัทลุง"
HEAD = [
    "ด่วนที่สุด",
    "ที่ พท ๐๐๑๗/๑๒๓ สำนักงานจังหวัดพัทลุง",
    "๒ พฤศจิกายน ๒๕๖๙",
    "เรื่อง ขอเชิญประชุม",
    "เรียน ผู้อำนวยการเขต",
]
READ = {
    "reference": "พท 0017/123",
    "dated": "02/11/2569",
    "sender": AGENCY,
    "addressee": "ผู้อำนวยการเขต",
    "subject": SUBJECT,
    "speed": "most_urgent",
}


@pytest.fixture
def world() -> World:
    return make_world(schools=2)


def letter_pdf(lines: list[str] | None = None) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in lines or HEAD)
    return render_pdf(f"<html><body>{paragraphs}</body></html>", title="scan")


def uploaded(user: User, data: bytes, name: str = "scan.pdf") -> StoredFile:
    return store_upload(upload=upload(data, name), actor=user, rules=UploadRules())


def posted(unit: Unit, **values: object) -> dict[str, object]:
    fields = {
        "unit": unit.pk, "reference": "พท 0017/123", "dated": "2/11/69", "sender": AGENCY,
        "addressee": "ผู้อำนวยการเขต", "subject": SUBJECT, "speed": "ordinary", "secrecy": "open",
        "due_on": "", "action": "", "note": "",
    }  # fmt: skip
    return {**fields, **values}


def registry(world: World) -> Unit:
    return central_registry(world.office)


def taken(world: World, **values: object) -> paper.TakenIn:
    fields = {
        "unit": registry(world), "actor": world.registry, "sender": AGENCY, "subject": SUBJECT,
        "reference": "พท 0017/123", "dated": date(2026, 11, 2),
    }  # fmt: skip
    return paper.take_in(**{**fields, **values})  # type: ignore[arg-type]


def test_saving_gives_the_number_at_once_and_an_empty_form(world: World, browse: Browse) -> None:
    page = browse(world.registry)
    files = [uploaded(world.registry, letter_pdf()), uploaded(world.registry, b"map", "a.txt")]
    answer = page.post(
        PAGE,
        posted(
            registry(world), documents=[str(file.uid) for file in files], speed="urgent",
            due_on="๒๕ พ.ย. ๒๕๗๐", action="ส่งกลุ่มนโยบาย", note="ทางไปรษณีย์",
        ),
        follow=True,
    )  # fmt: skip

    delivery = Delivery.objects.get()
    letter, entry = delivery.letter, delivery.entry
    assert entry is not None
    assert delivery.state == DeliveryState.REGISTERED
    assert (entry.number, entry.reference, entry.dated) == (1, "พท 0017/123", date(2026, 11, 2))
    assert (entry.sender, entry.receiver, entry.subject) == (AGENCY, "ผู้อำนวยการเขต", SUBJECT)
    assert (entry.action, entry.note) == ("ส่งกลุ่มนโยบาย", "ทางไปรษณีย์")
    assert (letter.channel, letter.speed, letter.due_on) == (
        Channel.PAPER, "urgent", date(2027, 11, 25),
    )  # fmt: skip
    assert letter.pdf == files[0]
    assert [(row.file, row.title) for row in letter.attachments.all()] == [(files[1], "a.txt")]
    assert ReceiptStamp.objects.get().delivery == delivery
    form = answer.context["form"]
    assert {name: form[name].value() for name in ("reference", "dated", "sender", "subject")} == {
        "reference": None, "dated": None, "sender": None, "subject": None,
    }  # fmt: skip
    assert form["addressee"].value() == "ผู้อำนวยการเขต"
    assert answer.context["last"] == delivery
    assert str(next(iter(answer.context["messages"]))) == f"Registered as number {entry}."


@pytest.mark.parametrize(
    "typed", ["2/11/69", "02112569", "๒ พ.ย. ๒๕๖๙", "2 พฤศจิกายน 2569", "2-11-2569"]
)
def test_date_is_taken_as_people_type_it(world: World, browse: Browse, typed: str) -> None:
    browse(world.registry).post(PAGE, posted(registry(world), dated=typed))

    assert Letter.objects.get().letter_date == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (
            "dated", "2/11/2026",
            "2026 looks like a year CE. Write it in the Buddhist era: 2569.",
        ),
        (
            "dated", "2/11/26",
            "This is the year 2526. If 26 stood for the year CE, write 2569.",
        ),
        ("dated", "1/1/2590", "This day is still to come. Check the date of the letter."),
        ("due_on", "32/1/2570", "There is no such day in the calendar."),
        ("subject", "", "This field is required."),
        ("sender", " ", "This field is required."),
        (
            "secrecy", "top_secret",
            (
                "Top secret letters may not be sent electronically (regulation on official "
                "correspondence, clause 29 as amended by no. 4). Use a sealed paper letter."
            ),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field(
    world: World, browse: Browse, field: str, typed: str, message: str
) -> None:
    answer = browse(world.registry).post(PAGE, posted(registry(world), **{field: typed}))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [message]}
    assert answer.context["form"]["reference"].value() == "พท 0017/123"
    assert Letter.objects.count() == 0
    assert RegisterEntry.objects.count() == 0


def test_letter_without_scan_number_or_date_can_be_registered(
    world: World, browse: Browse
) -> None:
    browse(world.registry).post(PAGE, posted(registry(world), reference="", dated=""))

    assert RegisterEntry.objects.get().dated is None
    assert ReceiptStamp.objects.count() == 0


def test_first_file_is_a_page_that_can_be_looked_at(world: World, browse: Browse) -> None:
    words = uploaded(world.registry, "คำ".encode(), "a.txt")
    answer = browse(world.registry).post(PAGE, posted(registry(world), documents=str(words.uid)))

    assert answer.context["form"].errors == {
        "documents": ["The first file is the letter itself: a PDF or a picture. Move it up."]
    }


def test_files_of_somebody_else_or_used_before_are_not_taken(world: World, browse: Browse) -> None:
    theirs = uploaded(world.officer, letter_pdf())
    page = browse(world.registry)
    answer = page.post(PAGE, posted(registry(world), documents=str(theirs.uid)))
    assert answer.context["form"].errors == {
        "documents": ["A file is no longer there. Please upload it again."]
    }

    own = uploaded(world.registry, letter_pdf())
    fields = posted(registry(world), documents=str(own.uid))
    page.post(PAGE, fields)
    again = page.post(PAGE, fields)

    assert again.context["form"].errors == {
        "documents": ["A file is no longer there. Please upload it again."]
    }
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"%PDF-1.7 cut off", "scan.pdf", "The PDF is damaged and cannot be opened."),
        (
            pdf_bytes(user_password="x"), "scan.pdf",
            "The PDF asks for a password. Save it without one and try again.",
        ),
    ],
)  # fmt: skip
def test_refused_file_is_told_and_the_typing_stays(
    world: World, browse: Browse, data: bytes, name: str, message: str
) -> None:
    fields = posted(registry(world), documents_new=SimpleUploadedFile(name, data))
    answer = browse(world.registry).post(PAGE, fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"documents": [message]}
    assert answer.context["form"]["subject"].value() == SUBJECT


def test_file_over_the_limit_is_refused(
    world: World, browse: Browse, settings: pytest.FixtureRequest
) -> None:
    settings.FILES_MAX_BYTES = 1_000_000  # type: ignore[attr-defined]
    big = SimpleUploadedFile("สแกน.pdf", b"%PDF-1.7" + b"0" * 1_000_001)
    answer = browse(world.registry).post(PAGE, posted(registry(world), documents_new=big))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["documents"]
    assert StoredFile.objects.count() == 0


def test_name_that_turns_around_is_set_right(world: World, browse: Browse) -> None:
    scan = SimpleUploadedFile("\u202efdp.exe.pdf", letter_pdf())
    browse(world.registry).post(PAGE, posted(registry(world), documents_new=scan))

    letter = Letter.objects.get()
    assert letter.pdf is not None
    assert "\u202e" not in letter.pdf.name


# --- what is read from the file ---


def test_upload_says_what_its_first_page_says(world: World, browse: Browse) -> None:
    outside.agency(office=world.office, name="สำนักงาน จังหวัดพัทลุง", actor=world.registry)
    file = uploaded(world.registry, letter_pdf())

    answer = browse(world.registry).get(reverse("circulars:paper_read"), {"file": file.uid})

    assert answer.json() == {
        "values": READ | {"sender": "สำนักงาน จังหวัดพัทลุง"},
        "note": "Fields were filled from the text of the file. Compare them with the paper.",
        "again": False,
    }


def test_only_own_uploads_are_read(world: World, browse: Browse) -> None:
    theirs = uploaded(world.officer, letter_pdf())
    page = browse(world.registry)
    addresses = [{"file": theirs.uid}, {"file": "nonsense"}, {}]

    answers = [page.get(reverse("circulars:paper_read"), values) for values in addresses]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_page_without_script_fills_empty_fields_and_keeps_typed_ones(
    world: World, browse: Browse
) -> None:
    scan = SimpleUploadedFile("scan.pdf", letter_pdf())
    fields = posted(
        registry(world), subject="", sender="", reference="", dated="", addressee="ท่านผู้อำนวยการ"
    )
    page = browse(world.registry)
    answer = page.post(PAGE, {**fields, "documents_new": scan})

    form = answer.context["form"]
    assert answer.status_code == 200
    assert form.errors == {}
    assert {name: form[name].value() for name in READ} == READ | {"addressee": "ท่านผู้อำนวยการ"}
    assert form.offered == {key: value for key, value in READ.items() if key != "addressee"}
    assert form.given[0].file == StoredFile.objects.get()
    assert answer.content.decode().count('<p class="read-mark"') == 6
    assert answer.content.decode().count("hidden>") >= 1
    assert 'aria-describedby="id_subject_read"' in answer.content.decode()


def test_button_reads_the_file_again(world: World, browse: Browse) -> None:
    file = uploaded(world.registry, letter_pdf())
    fields = posted(registry(world), documents=str(file.uid), reference="", then="read")

    answer = browse(world.registry).post(PAGE, fields)

    assert answer.context["form"].offered == {"reference": "พท 0017/123", "speed": "most_urgent"}
    assert Letter.objects.count() == 0


def test_values_not_compared_stay_marked_on_the_letter(world: World, browse: Browse) -> None:
    fields = posted(
        registry(world),
        read_reference="พท 0017/123", read_subject="ขอเชิญประชม", read_sender=AGENCY,
        read_dated="2/11/69", checked=["sender"],
    )  # fmt: skip
    page = browse(world.registry)
    page.post(PAGE, fields)

    delivery = Delivery.objects.get()
    shown = page.get(delivery.get_absolute_url()).content.decode()
    assert paper.unchecked(delivery) == ["dated", "reference"]
    assert "Read from the file and not compared with the paper yet" in shown
    assert "Dated · Number of the letter" in shown

    page.post(reverse("circulars:values_checked", args=[delivery.pk]))
    assert Letter.objects.get().details == {}


def test_only_the_registry_notes_values_as_compared(world: World, browse: Browse) -> None:
    delivery = taken(world, details={"unchecked": ["subject"]}).delivery
    address = reverse("circulars:values_checked", args=[delivery.pk])

    assert browse(world.officer).post(address).status_code == 404
    with pytest.raises(NotAllowed):
        paper.note_checked(delivery=delivery, actor=world.director)
    paper.note_checked(delivery=delivery, actor=world.registry)
    paper.note_checked(delivery=delivery, actor=world.registry)
    assert Letter.objects.get().details == {}


def scan_of(world: World, state: ReadState, words: str = "") -> StoredFile:
    file = store(upload=ContentFile(image_bytes(), "scan.png"), office=world.office, actor=None)
    file.blob.read_state = state
    file.blob.save()
    if words:
        BlobText.objects.create(blob=file.blob, text=words)
    return file


@pytest.mark.parametrize(
    ("state", "words", "source"),
    [
        (ReadState.WAITING, "", Source.WAITING),
        (ReadState.NEEDS_OCR, "", Source.NONE),
        (ReadState.FAILED, "", Source.NONE),
        (ReadState.SCANNED, "", Source.NONE),
        (ReadState.SCANNED, "\n".join(HEAD), Source.SCAN),
    ],
)
def test_scan_is_as_good_as_the_program_that_read_it(
    world: World, state: ReadState, words: str, source: Source
) -> None:
    page = read_page(scan_of(world, state, words), office=world.office)

    assert page.source == source
    assert page.reading.reference == ("พท 0017/123" if words else None)


@pytest.mark.parametrize(
    ("state", "words", "note", "again"),
    [
        (
            ReadState.WAITING, "",
            "This scan is still being read. Type the fields, or read the file again later.", True,
        ),
        (
            ReadState.NEEDS_OCR, "",
            "This file is a picture without text. Please type the fields.", False,
        ),
        (
            ReadState.SCANNED, "\n".join(HEAD),
            "A program read these values from the scan and may be wrong. Compare them.", False,
        ),
        (
            ReadState.SCANNED, "ใบเสร็จรับเงิน",
            "Nothing in this file looks like the head of a letter. Please type the fields.", False,
        ),
    ],
)  # fmt: skip
def test_note_says_how_the_file_was_read(
    world: World, browse: Browse, state: ReadState, words: str, note: str, again: bool
) -> None:
    file = scan_of(world, state, words)
    StoredFile.objects.filter(pk=file.pk).update(uploaded_by=world.registry, is_attached=False)

    answer = browse(world.registry).get(reverse("circulars:paper_read"), {"file": file.uid})

    assert (answer.json()["note"], answer.json()["again"]) == (note, again)


def test_pdf_without_text_or_without_its_bytes_offers_nothing(world: World) -> None:
    blank = store(upload=ContentFile(pdf_bytes(), "a.pdf"), office=world.office, actor=None)
    assert first_page_text(blank).source == Source.WAITING
    assert read_file(blank, office=world.office) is None

    absolute_path(blank.blob.path).unlink()
    assert first_page_text(blank).text == ""


def test_read_file_gives_the_reading_of_a_text(world: World) -> None:
    file = store(upload=ContentFile(letter_pdf(), "a.pdf"), office=world.office, actor=None)
    reading = read_file(file, office=world.office)

    assert reading is not None
    assert (reading.reference, reading.sender) == ("พท 0017/123", AGENCY)


# --- doubles ---


@pytest.mark.parametrize("typed", ["พท 0017/123", "พท ๐๐๑๗/๑๒๓", "พท0017 / 123"])
def test_double_is_warned_of_with_a_link_and_is_no_block(
    world: World, browse: Browse, typed: str
) -> None:
    first = taken(world).delivery
    page = browse(world.registry)
    fields = posted(registry(world), reference=typed)

    warned = page.post(PAGE, fields)

    assert warned.status_code == 422
    assert [twin["delivery"] for twin in warned.context["twins"]] == [first]
    assert f'href="{first.get_absolute_url()}"' in warned.content.decode()
    assert Letter.objects.count() == 1

    page.post(PAGE, {**fields, "seen": warned.context["seen"]})
    assert list(RegisterEntry.objects.order_by("number").values_list("number", flat=True)) == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"sender": "จังหวัดอื่น"},
        {"reference": "พท 0017/124"},
        {"dated": date(2026, 11, 3)},
        {"dated": None},
        {"reference": ""},
    ],
)
def test_letters_that_differ_are_no_doubles(world: World, other: dict[str, object]) -> None:
    taken(world)

    assert taken(world, **other).doubles == []


def test_same_paper_at_another_school_is_no_double(world: World) -> None:
    taken(world, unit=world.schools[0], actor=world.clerks[0])
    central = taken(world)

    assert taken(world, unit=world.schools[1], actor=world.clerks[1]).doubles == []
    assert taken(world).doubles == [central.delivery]


def test_double_that_the_clerk_may_not_open_is_named_without_subject(
    world: World, browse: Browse
) -> None:
    clerk = world.clerks[0]
    taken(world, unit=world.schools[0], actor=clerk, secrecy=Secrecy.CONFIDENTIAL, subject="ชื่อลับ")

    warned = browse(clerk).post(PAGE, posted(world.schools[0]))

    assert [twin["may_open"] for twin in warned.context["twins"]] == [False]
    assert "ชื่อลับ" not in warned.content.decode()


def test_doubles_are_shown_while_typing(world: World, browse: Browse) -> None:
    first = taken(world).delivery
    page = browse(world.registry)
    address = reverse("circulars:paper_doubles")
    values = {"unit": registry(world).pk, "sender": AGENCY, "reference": "พท 0017/123"}

    found = page.get(address, {**values, "dated": "2/11/69"}).content.decode()

    assert f'<input type="hidden" name="seen" value="{first.pk}">' in found
    assert page.get(address, {**values, "dated": "2/11/2026"}).content == b""
    assert page.get(address, values).content.strip() == b""


def test_who_was_faster_is_shown_after_saving(world: World, browse: Browse) -> None:
    first, second = taken(world).delivery, taken(world).delivery
    page = browse(world.registry)
    query = {"unit": registry(world).pk, "last": second.pk, "twins": f"{first.pk},x"}

    answer = page.get(PAGE, query)

    assert [twin["delivery"] for twin in answer.context["faster"]["twins"]] == [first]
    assert "Somebody registered this letter too." in answer.content.decode()


# --- who, where, how many queries ---


def test_who_keeps_an_inbox_registers_paper(world: World, browse: Browse) -> None:
    everybody = {
        "registry": world.registry, "group_registry": world.group_registry,
        "group_director": world.group_director, "officer": world.officer,
        "director": world.director, "deputy": world.deputy, "clerk": world.clerks[0],
        "principal": world.principals[0], "auditor": person(Role.AUDITOR, office=world.office),
    }  # fmt: skip

    able = {name for name, user in everybody.items() if browse(user).get(PAGE).status_code == 200}

    assert able == {
        "registry", "group_registry", "group_director", "clerk", "principal",
    }  # fmt: skip
    assert browse(world.officer).get(reverse("circulars:agency_options")).status_code == 404


def test_nobody_registers_for_another_unit(world: World, browse: Browse) -> None:
    answer = browse(world.clerks[0]).post(PAGE, posted(world.schools[1]))

    assert list(answer.context["form"].errors) == ["unit"]


def test_clerk_of_two_units_chooses_and_comes_back_to_the_same(
    world: World, browse: Browse
) -> None:
    from tests.factories.org import MembershipFactory

    MembershipFactory(person=world.registry, unit=world.group, role=Role.GROUP_REGISTRY)
    page = browse(world.registry)

    answer = page.post(PAGE, posted(world.group), follow=True)

    assert answer.context["unit"] == world.group
    assert answer.context["form"].fields["unit"].widget.is_hidden is False
    assert Delivery.objects.get().unit == world.group


def test_completions_begin_with_what_was_written_lately(world: World, browse: Browse) -> None:
    taken(world, addressee="ผอ.เขต")
    taken(world, sender="สพฐ.", subject="อื่น")
    taken(world, sender="ลับ", subject="ลับ", secrecy=Secrecy.SECRET, actor=world.registry)
    outside.agency(office=world.office, name="อำเภอพัทลุง", actor=world.registry)
    page = browse(world.registry)

    context = page.get(PAGE).context
    options = page.get(reverse("circulars:agency_options"), {"sender": "พัทลุง"})

    assert context["agencies"] == ["สพฐ.", AGENCY]
    assert context["subjects"] == ["อื่น", SUBJECT]
    assert context["addressees"] == ["ผอ.เขต"]
    assert options.context["options"] == [AGENCY, "อำเภอพัทลุง"]


def test_yesterdays_letters_are_not_counted_today(world: World, browse: Browse) -> None:
    old, new = taken(world).delivery, taken(world, reference="2").delivery
    assert old.entry is not None
    RegisterEntry.objects.filter(pk=old.entry.pk).update(
        registered_at=timezone.now() - timedelta(days=1)
    )

    context = browse(world.registry).get(PAGE).context

    assert (list(context["today"]), context["today_count"]) == ([new], 1)


@pytest.mark.parametrize("letters", [1, 30])
def test_form_costs_the_same_however_many_letters_there_are(
    world: World, browse: Browse, letters: int, django_assert_num_queries: Callable
) -> None:
    for number in range(letters):
        taken(world, reference=f"พท 0017/{number}", sender=f"หน่วยงาน {number}")
    page = browse(world.registry)
    page.get(PAGE)

    with django_assert_num_queries(17):
        page.get(PAGE)
