"""The preview of a letter: drawn by a task, shown to who may read the letter."""

import io
from collections.abc import Callable
from math import ceil

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from PIL import Image

from circulars.enums import DeliveryState, Secrecy
from circulars.models import Letter
from circulars.pdf import preview_drawing, sealed_letter
from circulars.pdf.pictures import DPI, MAX_PICTURES
from circulars.services import deliveries, letters, previews
from circulars.tasks import draw_preview
from portal.audit.models import AuditRow
from portal.core.models import DeferredState, DeferredTask
from portal.files.errors import FileMissing
from portal.files.service import store_bytes
from portal.files.storage import absolute_path
from portal.org.enums import Role
from portal.org.models import Office
from portal.users.models import User
from tests.extraction import pypdf_text
from tests.factories import letters as make
from tests.factories import person
from tests.factories.letters import World

Run = Callable[..., int]
PARAGRAPH = "<p>เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อย จึงขอให้โรงเรียนรายงานผลภายในกำหนด</p>"


def browser(user: User) -> Client:
    type(user).objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    return client


def fragment(client: Client, letter: Letter, have: str = "") -> object:
    query = {"have": have} if have else {}
    return client.get(reverse("circulars:preview", args=[letter.pk]), query)


def shown(response: object) -> dict[str, object]:
    """What the fragment says of itself."""
    context = response.context
    preview = context["preview"]
    return {
        "version": preview.version if preview else None,
        "pages": list(context["pages"]),
        "current": context["is_current"],
        "failed": context["failed"],
        "waits": context["waits_for_document"],
        "trigger": context["trigger"],
    }


def ordered() -> int:
    return DeferredTask.objects.filter(name="circulars.draw_preview").count()


def sealed(world: World) -> Letter:
    letter = make.signed(world)
    stored = sealed_letter(Letter.objects.select_related("unit__office").get(pk=letter.pk))
    return letters.attach_pdf(letter=letter, pdf=stored)


def break_emblem(world: World) -> None:
    emblem = store_bytes(
        data=b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'></svg>",
        name="emblem.svg", content_type="image/svg+xml", office=world.office, actor=None,
    )  # fmt: skip
    Office.objects.filter(pk=world.office.pk).update(emblem=emblem)
    absolute_path(emblem.blob.path).unlink()


# --- from the first question to the pictures ---


def test_first_question_orders_the_drawing_once(world: World) -> None:
    letter, client = make.draft(world), browser(world.officer)
    first = shown(fragment(client, letter))
    assert first == {
        "version": None, "pages": [], "current": False, "failed": False, "waits": False,
        "trigger": "every 2s",
    }  # fmt: skip
    fragment(client, letter)
    assert ordered() == 1


def test_drawn_letter_is_shown_as_pictures(world: World, run_deferred: Run) -> None:
    letter, client = make.draft(world), browser(world.officer)
    fragment(client, letter)
    run_deferred()
    response = fragment(client, letter)
    assert shown(response) == {
        "version": f"draft-{letter.revision}", "pages": [1], "current": True, "failed": False,
        "waits": False, "trigger": "letter:saved from:document, every 20s",
    }  # fmt: skip
    address = reverse("circulars:preview_page", args=[letter.pk, f"draft-{letter.revision}", 1])
    html = response.content.decode()
    assert html.count(f'src="{address}" width="993" height="1404"') == 1
    assert html.count('alt="Page 1 of 1"') == 1

    picture = client.get(address)
    assert (picture["Content-Type"], picture["Cache-Control"]) == (
        "image/png", "private, max-age=3600",
    )  # fmt: skip
    image = Image.open(io.BytesIO(picture.content))
    assert image.size == (ceil(210 / 25.4 * DPI), ceil(297 / 25.4 * DPI))
    assert len(picture.content) < 100_000
    assert image.convert("L").getextrema() == (0, 255)


def test_page_that_is_up_to_date_gets_nothing(world: World, run_deferred: Run) -> None:
    letter, client = make.draft(world), browser(world.officer)
    fragment(client, letter)
    run_deferred()
    answer = fragment(client, letter, have=f"draft-{letter.revision}")
    assert (answer.status_code, answer.content) == (204, b"")


def test_changed_letter_shows_the_last_pictures_until_it_is_drawn_again(
    world: World, run_deferred: Run
) -> None:
    letter, client = make.draft(world), browser(world.officer)
    fragment(client, letter)
    run_deferred()
    old = f"draft-{letter.revision}"
    letter = letters.change_draft(
        letter=letter, actor=world.officer, revision=letter.revision, subject="เรื่องใหม่"
    )
    while_drawing = shown(fragment(client, letter, have=old))
    assert (while_drawing["version"], while_drawing["current"], ordered()) == (old, False, 2)
    run_deferred()
    assert shown(fragment(client, letter, have=old))["version"] == f"draft-{letter.revision}"


def test_lost_pictures_are_drawn_again(world: World, run_deferred: Run) -> None:
    letter, client = make.draft(world), browser(world.officer)
    fragment(client, letter)
    run_deferred()
    cache.clear()
    assert shown(fragment(client, letter))["version"] is None
    run_deferred()
    assert shown(fragment(client, letter))["current"] is True


def test_task_run_twice_draws_once(world: World) -> None:
    letter = make.draft(world)
    draw_preview(letter.pk)
    drawn = previews.preview_pdf(letter)
    draw_preview(letter.pk)
    assert previews.preview_pdf(letter) is drawn or previews.preview_pdf(letter) == drawn


def test_long_letter_has_its_first_pages_drawn(world: World) -> None:
    letter = make.draft(world, body=PARAGRAPH * 160)
    drawing = preview_drawing(Letter.objects.select_related("unit__office").get(pk=letter.pk))
    assert len(drawing.pictures) == MAX_PICTURES
    assert drawing.total > MAX_PICTURES
    previews.keep_preview(letter, drawing)
    html = fragment(browser(world.officer), letter).content.decode()
    said = f"The letter has {drawing.total} pages; all of them are in the PDF."
    assert (html.count(said), html.count("<img ")) == (1, MAX_PICTURES)


# --- the PDF ---


def test_pdf_of_a_draft_is_the_one_drawn(world: World, run_deferred: Run) -> None:
    letter, client = make.draft(world), browser(world.officer)
    address = reverse("circulars:preview_pdf", args=[letter.pk])
    assert client.get(address).status_code == 409
    run_deferred()
    response = client.get(address)
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "application/pdf", "private, no-store",
    )  # fmt: skip
    assert response["Content-Disposition"] == f'inline; filename="draft-{letter.pk}.pdf"'
    assert pypdf_text(response.content).count("ร่าง") == 1


def test_pdf_of_a_sealed_letter_is_the_stored_file(world: World) -> None:
    letter = sealed(world)
    response = browser(world.officer).get(reverse("circulars:preview_pdf", args=[letter.pk]))
    assert response.url == f"{reverse('files:download', args=[letter.pdf.uid])}?inline=1"


def test_pictures_of_a_sealed_letter_come_from_the_stored_file(
    world: World, run_deferred: Run
) -> None:
    letter, client = sealed(world), browser(world.officer)
    fragment(client, letter)
    run_deferred()
    state = shown(fragment(client, letter))
    assert (state["version"], state["current"], state["trigger"]) == (
        f"sealed-{letter.pdf_id}", True, "",
    )  # fmt: skip
    assert pypdf_text(previews.preview_pdf(letter)).count("ร่าง") == 0


@pytest.mark.parametrize(
    ("failures", "said"),
    [
        (0, "The letter is signed. The document is being made and sealed."),
        (
            1,
            (
                "The letter is signed and has its number, but the document could not be made "
                "yet. The portal tries again."
            ),
        ),
    ],
)
def test_signed_letter_waits_for_its_document(world: World, failures: int, said: str) -> None:
    letter = make.signed(world)
    Letter.objects.filter(pk=letter.pk).update(pdf_failures=failures)
    response = fragment(browser(world.officer), letter)
    state = shown(response)
    assert (state["waits"], state["trigger"], ordered()) == (True, "every 2s", 0)
    assert response.content.decode().count(said) == 1
    draw_preview(letter.pk)
    assert previews.last_preview(letter) is None


# --- faults ---


def test_failed_drawing_is_told_and_tried_again(
    world: World, run_deferred: Run, weasyprint_errors: list[str]
) -> None:
    break_emblem(world)
    letter, client = make.draft(world), browser(world.officer)
    fragment(client, letter)
    with pytest.raises(FileMissing):
        run_deferred()
    response = fragment(client, letter)
    state = shown(response)
    assert (state["failed"], state["current"]) == (True, False)
    said = "The preview could not be made. It is tried again in a moment."
    assert response.content.decode().count(said) == 1

    Office.objects.filter(pk=world.office.pk).update(emblem=None)
    cache.clear()  # as after a minute
    fragment(client, letter)
    run_deferred(propagate=False)
    assert shown(fragment(client, letter))["current"] is True
    assert weasyprint_errors == []


def test_failed_drawing_is_not_tried_for_hours(world: World, run_deferred: Run) -> None:
    break_emblem(world)
    letter = make.draft(world)
    fragment(browser(world.officer), letter)
    run_deferred(propagate=False)
    task = DeferredTask.objects.get(name="circulars.draw_preview")
    assert (task.state, task.error_code) == (DeferredState.DEAD, "file_missing")


# --- who may see it ---


def addresses(letter: Letter) -> list[str]:
    version = previews.version_of(letter)
    return [
        reverse("circulars:preview", args=[letter.pk]),
        reverse("circulars:preview_page", args=[letter.pk, version, 1]),
        reverse("circulars:preview_pdf", args=[letter.pk]),
    ]


def test_draft_is_seen_by_its_drafter_alone(world: World) -> None:
    letter = make.draft(world)
    draw_preview(letter.pk)
    other_office = person(Role.DIRECTOR)
    everybody = [
        world.officer, world.group_director, world.group_registry, world.deputy, world.director,
        world.registry, world.principals[0], world.clerks[0], other_office,
    ]  # fmt: skip
    for address in addresses(letter):
        seen = [user for user in everybody if browser(user).get(address).status_code == 200]
        assert seen == [world.officer], address


def test_letter_in_the_chain_is_seen_by_who_endorses_it(world: World) -> None:
    letter = make.submitted(world)
    draw_preview(letter.pk)
    for address in addresses(letter):
        assert browser(world.group_director).get(address).status_code == 200
        assert browser(world.clerks[0]).get(address).status_code == 404


def test_recipient_sees_the_pages_once_the_letter_is_opened(world: World) -> None:
    letter = letters.dispatch(letter=sealed(world), actor=world.registry)
    draw_preview(letter.pk)
    page = addresses(letter)[1]
    clerk = world.clerks[0]
    assert browser(clerk).get(page).status_code == 404
    delivery = make.delivery(letter, world.schools[0])
    deliveries.open_delivery(delivery=delivery, actor=clerk)
    assert make.delivery(letter, world.schools[0]).state == DeliveryState.OPENED
    assert browser(clerk).get(page).status_code == 200
    assert browser(world.clerks[1]).get(page).status_code == 404


def test_recipient_never_sees_a_version_from_before_the_signature(world: World) -> None:
    letter = make.submitted(world)
    draw_preview(letter.pk)
    before = addresses(letter)[1]
    Letter.objects.filter(pk=letter.pk).update(revision=letter.revision + 1)
    letter.refresh_from_db()
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    letters.sign(letter=letter, actor=world.director, revision=letter.revision)
    letters.attach_pdf(letter=letter, pdf=make.some_file(world.office))
    letters.dispatch(letter=letter, actor=world.registry)
    delivery = make.delivery(letter, world.schools[0])
    deliveries.open_delivery(delivery=delivery, actor=world.clerks[0])
    assert browser(world.officer).get(before).status_code == 200
    assert browser(world.clerks[0]).get(before).status_code == 404
    shown = browser(world.clerks[0]).get(reverse("circulars:preview", args=[letter.pk]))
    assert shown.context["preview"] is None


def test_pictures_of_a_secret_letter_are_not_kept_by_browsers(world: World) -> None:
    letter = make.draft(world, secrecy=Secrecy.SECRET)
    draw_preview(letter.pk)
    picture = browser(world.officer).get(addresses(letter)[1])
    assert picture["Cache-Control"] == "private, no-store"


def test_looking_at_pages_of_a_secret_letter_is_recorded_once_in_a_while(
    world: World,
) -> None:
    letter = make.submitted(world, secrecy=Secrecy.SECRET)
    draw_preview(letter.pk)
    _preview, picture, pdf = addresses(letter)
    for user in (world.officer, world.group_director):
        client = browser(user)
        for _look in range(2):
            assert client.get(picture).status_code == client.get(pdf).status_code == 200
    looks = AuditRow.objects.filter(action="letter.see_secret_pages").order_by("pk")
    assert [(row.actor, row.about) for row in looks] == [
        (world.officer, f"circulars.letter:{letter.pk}"),
        (world.group_director, f"circulars.letter:{letter.pk}"),
    ]
    cache.delete_many([f"letter-preview:{letter.pk}:seen-by-{world.officer.pk}"])
    browser(world.officer).get(pdf)
    assert looks.all().count() == 3


def test_looking_at_pages_that_are_no_secret_or_not_shown_is_not_recorded(world: World) -> None:
    opened, secret = make.draft(world), make.draft(world, secrecy=Secrecy.SECRET)
    draw_preview(opened.pk)
    browser(world.officer).get(addresses(opened)[1])
    browser(world.director).get(addresses(secret)[1])
    assert AuditRow.objects.filter(action="letter.see_secret_pages").count() == 0


def test_page_that_was_not_drawn_is_a_404(world: World) -> None:
    letter, client = make.draft(world), browser(world.officer)
    assert client.get(addresses(letter)[1]).status_code == 404
    assert client.get(reverse("circulars:preview", args=[10**6])).status_code == 404


def test_preview_needs_a_sign_in(world: World) -> None:
    letter = make.draft(world)
    answers = {Client().get(address).status_code for address in addresses(letter)}
    assert answers == {302}


def test_preview_costs_few_queries(
    world: World, run_deferred: Run, django_assert_num_queries
) -> None:
    letter, client = make.draft(world), browser(world.officer)
    fragment(client, letter)
    run_deferred()
    with django_assert_num_queries(4):
        fragment(client, letter, have=f"draft-{letter.revision}")
