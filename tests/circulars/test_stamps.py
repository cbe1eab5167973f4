"""The receipt stamp: measured on the page, never on the letter's own file."""

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import RectangleObject

from circulars import tasks
from circulars.enums import Channel, Secrecy
from circulars.models import Delivery, LetterSettings, ReceiptStamp
from circulars.pdf.stamp import (
    CannotStamp,
    Place,
    draw_stamp,
    first_page_png,
    picture_as_pdf,
    stamp_pdf,
    stamped_copy,
)
from circulars.services import deliveries, outside, paper, stamps
from circulars.services.access import may_read_file
from circulars.services.stamps import Words
from portal.core.errors import InvalidInput, NotAllowed, NotReady
from portal.core.pdf import render_pdf
from portal.core.thai.dates import short
from portal.core.thai.digits import to_thai
from portal.files.models import StoredFile
from portal.files.service import open_stored, store
from portal.files.storage import absolute_path
from portal.org.models import Unit
from portal.org.service import central_registry
from portal.users.models import User
from tests.extraction import READERS, Reader, without_space
from tests.factories import letters as make
from tests.factories.files import image_bytes, pdf_bytes
from tests.factories.letters import World, make_world

Browse = Callable[[User], Client]
pytestmark = pytest.mark.django_db

WORDS = Words(["สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต ๒"], "๑๒๓๔", "๒๐ พ.ย. ๒๕๖๙", "๑๔.๐๕ น.")
FORM_12 = 42
"""The page of form 12, from 0."""

DPI = 254
CLOSE = 0.3  # mm
A4 = (210.0, 297.0)


@pytest.fixture
def world() -> World:
    return make_world(schools=1)


def frame(data: bytes) -> tuple[float, float, float, float]:
    """Left, top, width and height in mm of the stamp's frame on the first page as it is shown.

    The only thing on the page that is neither white nor of another colour than the stamp's.
    """
    document = pypdfium2.PdfDocument(data)
    try:
        picture = document[0].render(scale=DPI / 72).to_pil().convert("RGB")
    finally:
        document.close()
    red, _green, blue = picture.split()
    ink = Image.eval(Image.merge("L", [blue]), lambda value: value)
    difference = Image.merge("L", [Image.eval(red, lambda value: 255 - value)])
    is_blue = Image.composite(
        difference, Image.new("L", picture.size), ink.point(lambda v: v > 90 and 255)
    )
    left, top, right, bottom = is_blue.point(lambda value: 255 if value > 100 else 0).getbbox()
    per_mm = DPI / 25.4
    return left / per_mm, top / per_mm, (right - left) / per_mm, (bottom - top) / per_mm


def blank(width: float = A4[0], height: float = A4[1], pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=width * 72 / 25.4, height=height * 72 / 25.4)
    return writer


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def near(value: tuple[float, ...], expected: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= CLOSE for a, b in zip(value, expected, strict=True))


def test_stamp_has_the_size_and_the_words_of_form_12() -> None:
    data = stamp_pdf(WORDS)
    page = PdfReader(io.BytesIO(data)).pages[0]
    size = [float(length) * 25.4 / 72 for length in (page.mediabox.width, page.mediabox.height)]

    assert len(PdfReader(io.BytesIO(data)).pages) == 1
    assert near(tuple(size), (50, 25))
    assert near(frame(data), (0, 0, 50, 25))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_words_of_the_stamp_can_be_read(reader: Reader) -> None:
    assert without_space(reader(stamp_pdf(WORDS))) == without_space(
        "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต ๒เลขรับ๑๒๓๔วันที่๒๐ พ.ย. ๒๕๖๙เวลา๑๔.๐๕ น."
    )


@pytest.mark.parametrize(
    "agency",
    [
        ["โรงเรียนบ้านทดสอบ"],
        ["สำนักงานเขตพื้นที่การศึกษาประถมศึกษานครศรีธรรมราช เขต ๔"],
        ["สพป.พัทลุง เขต ๒", "กลุ่มส่งเสริมการศึกษาทางไกล เทคโนโลยีสารสนเทศและการสื่อสาร"],
        ["โรงเรียน" + "ชุมชนวัดบ้านทุ่ง" * 8],
    ],
)
def test_long_names_leave_the_stamp_its_size(agency: list[str]) -> None:
    data = stamp_pdf(Words(agency, "1", "20 พ.ย. 2569", "14.05 น."))

    assert len(PdfReader(io.BytesIO(data)).pages) == 1
    assert near(frame(data), (0, 0, 50, 25))


def test_stamp_stands_at_the_upper_right() -> None:
    copy = stamped_copy(written(blank(pages=3)), stamp=stamp_pdf(WORDS))

    assert near((copy.width, copy.height), A4)
    assert near(frame(copy.data), (A4[0] - 50 - 8, 8, 50, 25))
    assert len(PdfReader(io.BytesIO(copy.data)).pages) == 3


@pytest.mark.parametrize(("left", "top"), [(0, 0), (30, 120), (160, 272)])
def test_stamp_stands_where_it_was_put(left: float, top: float) -> None:
    copy = stamped_copy(written(blank()), stamp=stamp_pdf(WORDS), place=Place(left, top))

    assert near(frame(copy.data), (left, top, 50, 25))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_scan_is_stamped_as_it_is_shown(turn: int) -> None:
    writer = blank()
    writer.pages[0].rotate(turn)

    copy = stamped_copy(written(writer), stamp=stamp_pdf(WORDS), place=Place(20, 30))

    assert near((copy.width, copy.height), A4 if turn in (0, 180) else A4[::-1])
    assert near(frame(copy.data), (20, 30, 50, 25))


def test_cropped_and_shifted_page_is_stamped_as_it_is_shown() -> None:
    writer = blank()
    page: PageObject = writer.pages[0]
    page.mediabox = RectangleObject((-50, -70, 545, 772))
    page.cropbox = RectangleObject((-20, -40, 500, 700))

    copy = stamped_copy(written(writer), stamp=stamp_pdf(WORDS), place=Place(10, 10))

    assert near(frame(copy.data), (10, 10, 50, 25))


def test_page_smaller_than_the_stamp_is_stamped_at_its_corner() -> None:
    copy = stamped_copy(written(blank(40, 60)), stamp=stamp_pdf(WORDS))

    assert near(frame(copy.data)[:2], (0, 8))


def test_text_of_the_page_stays() -> None:
    data = render_pdf("<p>ที่ ศธ 04108/1</p><p>เรื่อง ทดสอบ</p>", title="x")
    copy = stamped_copy(data, stamp=stamp_pdf(WORDS))
    text = without_space(PdfReader(io.BytesIO(copy.data)).pages[0].extract_text())

    assert text.startswith(without_space("ที่ ศธ 04108/1 เรื่อง ทดสอบ"))
    assert text.count("เลขรับ") == 1


def test_pdf_locked_against_changes_gets_its_stamp() -> None:
    locked = pdf_bytes(user_password="", owner="owner")

    assert near(frame(stamped_copy(locked, stamp=stamp_pdf(WORDS)).data)[2:], (50, 25))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"no pdf", b""])
def test_damaged_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(CannotStamp):
        stamped_copy(data, stamp=stamp_pdf(WORDS))


@pytest.mark.parametrize(
    ("size", "page"), [((80, 120), A4), ((120, 80), A4[::-1]), ((100, 100), A4)]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_becomes_one_a4_page(
    kind: str, size: tuple[int, int], page: tuple[float, float]
) -> None:
    data = picture_as_pdf(image_bytes(kind, size=size))
    pages = PdfReader(io.BytesIO(data)).pages
    width, height = (
        float(v) * 25.4 / 72 for v in (pages[0].mediabox.width, pages[0].mediabox.height)
    )

    assert len(pages) == 1
    assert near((width, height), page)


def test_picture_of_the_page_is_for_the_screen() -> None:
    with Image.open(io.BytesIO(first_page_png(written(blank())))) as picture:
        assert (picture.width, picture.format) == (720, "PNG")


@pytest.mark.realdata
def test_stamp_is_as_large_as_the_form_in_the_gazette(shared_data: Path) -> None:
    """The form's picture has a frame of 5 × 2.5 cm, as its clause says."""
    law = shared_data.parent / "domain" / "law" / "saraban-2526-with-2548.pdf"
    document = pypdfium2.PdfDocument(law.read_bytes())
    try:
        page = document[FORM_12].render(scale=DPI / 72, grayscale=True).to_pil()
    finally:
        document.close()
    width, height = page.size
    box = (int(width * 0.36), int(height * 0.45), int(width * 0.70), int(height * 0.62))
    dark = page.crop(box).point(lambda value: 255 if value < 160 else 0)
    per_mm = DPI / 25.4
    across = [x for x in range(dark.width) if _share(dark.crop((x, 0, x + 1, dark.height))) > 0.3]
    down = [y for y in range(dark.height) if _share(dark.crop((0, y, dark.width, y + 1))) > 0.3]

    assert abs((across[-1] - across[0]) / per_mm - 50) < 1.5
    assert abs((down[-1] - down[0]) / per_mm - 25) < 1.5


def _share(strip: Image.Image) -> float:
    """How much of a strip is dark."""
    return strip.histogram()[255] / (strip.width * strip.height)


# --- of a registered letter ---


def scanned(world: World, data: bytes, name: str = "scan.pdf", **values: object) -> Delivery:
    file = store(
        upload=ContentFile(data, name), office=world.office, actor=world.registry, attached=False
    )
    return paper.take_in(
        unit=central_registry(world.office), actor=world.registry, sender="สพฐ.", subject="เรื่อง",
        document=file, **values,  # type: ignore[arg-type]
    ).delivery  # fmt: skip


def drawn(delivery: Delivery) -> ReceiptStamp:
    tasks.stamp_letter(ReceiptStamp.objects.get(delivery=delivery).pk)
    return ReceiptStamp.objects.select_related("file__blob", "delivery__letter__pdf__blob").get(
        delivery=delivery
    )


def content(file: StoredFile | None) -> bytes:
    assert file is not None
    with open_stored(file) as source:
        return source.read()


def test_registering_orders_the_stamp_and_the_original_stays(
    world: World, run_deferred: Callable[..., int]
) -> None:
    data = written(blank(pages=2))
    delivery = scanned(world, data)
    before = delivery.letter.pdf.blob.sha256  # type: ignore[union-attr]

    run_deferred()

    stamp = ReceiptStamp.objects.get()
    letter = Delivery.objects.get().letter
    assert stamp.is_drawn
    assert near(frame(content(stamp.file)), (152, 8, 50, 25))
    assert letter.pdf is not None
    assert (letter.pdf.blob.sha256, content(letter.pdf)) == (before, data)
    assert stamp.file is not None
    assert stamp.file.blob.sha256 != before
    assert (stamp.page_width, stamp.page_height) == (Decimal("210.0"), Decimal("297.0"))
    assert [file.is_attached for file in (stamp.file, stamp.picture)] == [True, True]


def test_number_on_the_stamp_is_the_registers(world: World) -> None:
    scanned(world, pdf_bytes())
    delivery = scanned(world, pdf_bytes(pages=2))
    assert delivery.entry is not None

    words = stamps.words_of(delivery)

    assert words.agency == [to_thai(world.office.name)]
    assert (words.number, words.date) == ("๒", to_thai(short(delivery.entry.registered_at)))


def test_stamp_names_who_received_it_in_the_offices_digits(world: World) -> None:
    LetterSettings.objects.create(office=world.office, thai_digits=False)

    def agency(unit: Unit, clerk: User) -> list[str]:
        taken = paper.take_in(unit=unit, actor=clerk, sender="สพฐ.", subject="เรื่อง")
        return stamps.words_of(taken.delivery).agency

    assert agency(world.group, world.group_registry) == [str(world.office), world.group.name]
    assert agency(world.schools[0], world.clerks[0]) == [world.schools[0].name]
    assert agency(central_registry(world.office), world.registry) == [world.office.name]


def test_letter_without_number_has_no_words(world: World) -> None:
    sender = outside.agency(office=world.office, name="สพฐ.", actor=world.registry)
    delivery = outside.enter(
        unit=central_registry(world.office), actor=world.registry, sender=sender,
        channel=Channel.EMAIL, subject="x",
    )  # fmt: skip
    with pytest.raises(NotReady):
        stamps.words_of(delivery)
    assert not stamps.may_stamp(world.registry, delivery)


def test_scanned_picture_gets_a_pdf_copy(world: World) -> None:
    data = image_bytes("JPEG", size=(1240, 1754))
    delivery = scanned(world, data, "scan.jpg")

    stamp = drawn(delivery)

    assert stamp.file is not None
    assert stamp.file.content_type == "application/pdf"
    assert content(stamp.delivery.letter.pdf) == data


def test_what_cannot_be_stamped_is_told_and_not_tried_for_ever(
    world: World, browse: Browse
) -> None:
    delivery = scanned(world, b"words", "a.txt")

    stamp = drawn(delivery)

    assert (stamp.refusal, stamp.file, stamp.failures) == ("cannot_stamp", None, 0)
    shown = browse(world.registry).get(delivery.get_absolute_url()).content.decode()
    assert "This file can carry no stamp" in shown
    assert 'hx-trigger="every 2s"' not in shown


def test_missing_bytes_are_counted_and_tried_again(world: World, browse: Browse) -> None:
    delivery = scanned(world, pdf_bytes())
    path = absolute_path(delivery.letter.pdf.blob.path)  # type: ignore[union-attr]
    data = path.read_bytes()
    path.unlink()
    stamp = ReceiptStamp.objects.get()

    with pytest.raises(Exception, match="missing"):
        tasks.stamp_letter.run(stamp.pk) if hasattr(tasks.stamp_letter, "run") else drawn(delivery)
    assert ReceiptStamp.objects.get().failures == 1
    shown = browse(world.registry).get(delivery.get_absolute_url()).content.decode()
    assert "The copy could not be made yet." in shown

    path.write_bytes(data)
    assert (drawn(delivery).is_drawn, ReceiptStamp.objects.get().failures) == (True, 0)


def test_copies_of_a_secret_letter_are_encrypted_too(world: World) -> None:
    stamp = drawn(scanned(world, pdf_bytes(), secrecy=Secrecy.CONFIDENTIAL))

    kept = StoredFile.objects.filter(pk__in=[stamp.file_id, stamp.picture_id])
    assert [bool(file.blob.sealed_key) for file in kept] == [True, True]


def test_drawing_twice_changes_nothing(world: World) -> None:
    first = drawn(scanned(world, pdf_bytes()))

    again = drawn(first.delivery)

    assert again.file == first.file


def test_stamp_moved_while_it_is_drawn_keeps_the_newer_place(world: World) -> None:
    delivery = scanned(world, pdf_bytes())
    stamp = ReceiptStamp.objects.select_related("delivery__letter__pdf__blob").get()
    late = draw_stamp(stamp)
    stamps.place(stamp=stamp, actor=world.registry, left=Decimal(10), top=Decimal(20))

    assert stamps.keep(stamp=stamp, stamped=late) is False
    newer = drawn(delivery)
    assert near(frame(content(newer.file))[:2], (10, 20))


def test_clerk_puts_the_stamp_elsewhere_and_back(world: World, browse: Browse) -> None:
    delivery = scanned(world, pdf_bytes())
    first = drawn(delivery)
    page = browse(world.registry)
    address = reverse("circulars:stamp_place", args=[delivery.pk])

    page.post(address, {"left": "20", "top": "30.5"})
    moved = drawn(delivery)
    page.post(address, {"left": "", "top": ""})
    back = drawn(delivery)

    assert near(frame(content(moved.file))[:2], (20, 30.5))
    assert near(frame(content(back.file))[:2], (152, 8))
    assert StoredFile.objects.get(pk=first.file_id).is_attached is False
    assert StoredFile.objects.get(pk=back.file_id).is_attached is True


@pytest.mark.parametrize(
    ("left", "top", "field", "message"),
    [
        ("161", "0", "left", "The stamp has to stand on the page: between 0 and 160.0 mm."),
        ("0", "273", "top", "The stamp has to stand on the page: between 0 and 272.0 mm."),
        ("10", "", "top", "Give both distances, or none."),
        ("", "10", "left", "Give both distances, or none."),
        ("-1", "10", "left", "Ensure this value is greater than or equal to 0."),
    ],
)
def test_stamp_stays_on_the_page(
    world: World, browse: Browse, left: str, top: str, field: str, message: str
) -> None:
    delivery = scanned(world, written(blank()))
    drawn(delivery)
    address = reverse("circulars:stamp_place", args=[delivery.pk])

    answer = browse(world.registry).post(address, {"left": left, "top": top})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [message]}
    assert ReceiptStamp.objects.get().revision == 1


def test_place_is_checked_by_the_database_too(world: World) -> None:
    scanned(world, pdf_bytes())
    with pytest.raises(IntegrityError):
        ReceiptStamp.objects.update(left=-1, top=0)


def test_only_who_keeps_the_inbox_stamps(world: World, browse: Browse) -> None:
    delivery = scanned(world, pdf_bytes())
    stamp = drawn(delivery)
    everybody = {
        "registry": world.registry, "director": world.director, "officer": world.officer,
        "clerk": world.clerks[0], "group_registry": world.group_registry,
    }  # fmt: skip
    address = reverse("circulars:stamp_place", args=[delivery.pk])

    able = {
        name for name, user in everybody.items() if browse(user).get(address).status_code == 200
    }
    read = {name for name, user in everybody.items() if may_read_file(user, stamp.file)}

    assert able == {"registry"}
    assert read == {"registry", "director"}
    with pytest.raises(NotAllowed):
        stamps.place(stamp=stamp, actor=world.director, left=None, top=None)
    with pytest.raises(NotAllowed):
        stamps.begin(delivery=delivery, actor=world.director)


def test_letter_of_the_portal_is_stamped_when_asked_for(world: World, browse: Browse) -> None:
    letter = make.dispatched(world)
    delivery = make.delivery(letter, world.schools[0])
    page = browse(world.clerks[0])
    address = reverse("circulars:stamp_begin", args=[delivery.pk])
    assert page.post(address).status_code == 404

    deliveries.register(delivery=delivery, actor=world.clerks[0])
    assert ReceiptStamp.objects.count() == 0
    shown = page.get(delivery.get_absolute_url()).content.decode()
    assert "Make a stamped copy" in shown
    page.post(address)
    page.post(address)

    assert ReceiptStamp.objects.get().delivery == delivery


def test_page_shows_how_far_the_copy_is(world: World, browse: Browse) -> None:
    delivery = scanned(world, pdf_bytes())
    page = browse(world.registry)
    address = reverse("circulars:stamp_state", args=[delivery.pk])

    waiting = page.get(address).content.decode()
    stamp = drawn(delivery)
    done = page.get(address).content.decode()

    assert "The stamped copy is being made." in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert 'hx-trigger="every 2s"' not in done
    assert f'href="{stamp.file.get_absolute_url()}?inline=1"' in done  # type: ignore[union-attr]
    copy = page.get(stamp.file.get_absolute_url())  # type: ignore[union-attr]
    assert b"".join(copy.streaming_content) == content(stamp.file)  # type: ignore[attr-defined]
    other = scanned(world, pdf_bytes(pages=2))
    ReceiptStamp.objects.filter(delivery=other).delete()
    assert page.get(reverse("circulars:stamp_state", args=[other.pk])).status_code == 404


def test_place_page_without_picture_still_takes_numbers(world: World, browse: Browse) -> None:
    delivery = scanned(world, pdf_bytes())
    page = browse(world.registry)
    address = reverse("circulars:stamp_place", args=[delivery.pk])

    assert "data-stamp-page" not in page.get(address).content.decode()
    page.post(address, {"left": "5", "top": "5"})
    stamp = ReceiptStamp.objects.get()
    assert (stamp.left, stamp.top) == (Decimal(5), Decimal(5))
    with pytest.raises(InvalidInput):
        stamps.place(stamp=stamp, actor=world.registry, left=Decimal(-1), top=Decimal(0))
