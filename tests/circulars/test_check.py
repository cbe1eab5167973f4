"""The public page behind the QR code tells only what it may."""

import hashlib
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from circulars.enums import LetterState, Secrecy
from circulars.models import Letter
from circulars.pdf import sealed_letter
from circulars.services import letters
from portal.core.thai.dates import long
from portal.files.service import open_stored
from tests.factories import letters as make
from tests.factories.letters import World

SAID = {
    "copies_to": "สำเนาที่ไม่ควรเห็น",
    "body": "<p>ข้อความที่ไม่ควรเห็น</p>",
    "addressee": "ผู้รับที่ไม่ควรเห็น",
    "subject": "เรื่องที่อาจเห็นได้",
}
UNKNOWN = "A" * 22


@pytest.fixture
def anybody(db: None, settings) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def sealed(world: World, **fields: object) -> Letter:
    letter = make.signed(world, **{**SAID, **fields})
    stored = sealed_letter(Letter.objects.select_related("unit__office").get(pk=letter.pk))
    return letters.attach_pdf(letter=letter, pdf=stored)


def page_of(letter: Letter) -> str:
    return reverse("letter_check:check", args=[letter.check_token])


def main_text(html: str) -> list[str]:
    """The texts inside the main part, one for each element."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
    main = re.sub(r"<svg.*?</svg>", "", main, flags=re.DOTALL)
    pieces = (" ".join(unescape(text).split()) for text in re.split(r"<[^>]+>", main))
    return [piece for piece in pieces if piece]


def facts(html: str) -> dict[str, str]:
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", html, re.DOTALL)
    return {name: unescape(value).strip() for name, value in pairs}


def test_page_shows_exactly_these_texts(world: World, anybody: Client) -> None:
    letter = sealed(world)
    with open_stored(letter.pdf) as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    assert main_text(anybody.get(page_of(letter)).content.decode()) == [
        "Check a letter",
        "This letter is genuine.",
        (
            "It was signed, numbered and sealed in this portal. Compare it with the paper or file "
            "before you."
        ),
        "Number",
        "ศธ 04108/ว 1",
        "Date",
        long(letter.letter_date),
        "Agency",
        world.office.name,
        "Subject",
        SAID["subject"],
        "SHA-256 of the file",
        digest,
        "Is my file the same?",
        "Choose the PDF or drop it here. It does not leave your device.",
        (
            "Without this page: compute the SHA-256 of your file and compare it with the one "
            "above, character by character."
        ),
        "certutil -hashfile letter.pdf SHA256",
        "(Windows)",
        "sha256sum letter.pdf",
        "(Linux)",
        "shasum -a 256 letter.pdf",
        "(macOS)",
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        {"secrecy": Secrecy.CONFIDENTIAL},
        {"secrecy": Secrecy.SECRET},
        {"names_person": True},
    ],
)
def test_subject_is_not_shown_where_it_may_hurt(
    world: World, anybody: Client, hidden: dict
) -> None:
    letter = sealed(world, **hidden)
    html = anybody.get(page_of(letter)).content.decode()
    assert facts(html)["Subject"] == "Not shown here."
    assert html.count(SAID["subject"]) == 0


def test_nothing_else_of_the_letter_is_in_the_page(world: World, anybody: Client) -> None:
    letter = sealed(world)
    html = anybody.get(page_of(letter)).content.decode()
    people = [world.officer, world.director, world.deputy, world.group_director]
    secrets = [
        "ที่ไม่ควรเห็น",
        world.group.name,
        letter.content_hash,
        *(person.last_name + person.first_name for person in people),
        *(person.first_name for person in people),
        *(unit.name for unit in world.schools),
    ]
    assert [secret for secret in secrets if secret in html] == []


def test_void_letter_says_so(world: World, anybody: Client) -> None:
    letter = letters.void(letter=sealed(world), actor=world.officer, reason="เหตุผลลับ")
    html = anybody.get(page_of(letter)).content.decode()
    assert main_text(html)[1:3] == [
        "This letter is void.",
        "It was signed, but never took effect. Its number is not used again.",
    ]
    assert html.count("This letter is genuine.") == 0
    assert html.count("เหตุผลลับ") == 0


def test_letter_voided_before_its_document_has_no_hash(world: World, anybody: Client) -> None:
    letter = letters.void(letter=make.signed(world, **SAID), actor=world.officer, reason="x")
    html = anybody.get(page_of(letter)).content.decode()
    assert list(facts(html)) == ["Number", "Date", "Agency", "Subject"]
    assert html.count("Is my file the same?") == 0


def test_letter_whose_document_is_not_made_yet_is_unknown(world: World, anybody: Client) -> None:
    assert anybody.get(page_of(make.signed(world))).status_code == 404


def test_sent_letter_is_known(world: World, anybody: Client) -> None:
    letter = letters.dispatch(letter=sealed(world), actor=world.registry)
    assert letter.state == LetterState.DISPATCHED
    assert anybody.get(page_of(letter)).status_code == 200


def test_letter_of_a_school_names_the_school(world: World, anybody: Client) -> None:
    draft = make.school_letter(world, to=[world.schools[1]])
    letters.submit(letter=draft, actor=world.clerks[0])
    signed = letters.sign(letter=draft, actor=world.principals[0], revision=draft.revision)
    letter = letters.attach_pdf(letter=signed, pdf=make.some_file(world.office))
    html = anybody.get(page_of(letter)).content.decode()
    assert facts(html)["Agency"] == world.schools[0].name


@pytest.mark.parametrize("token", ["x", UNKNOWN, "ก" * 22, "A" * 300, "%00"])
def test_unknown_address_is_a_404_in_the_public_look(anybody: Client, token: str) -> None:
    response = anybody.get(f"/v/{token}/")
    assert response.status_code == 404
    assert response.templates[0].name == "404.html"
    assert "base_public.html" in [template.name for template in response.templates]


def test_known_and_unknown_address_ask_the_database_the_same(
    world: World, anybody: Client
) -> None:
    asked = []
    for address in (page_of(sealed(world)), f"/v/{UNKNOWN}/"):
        with CaptureQueriesContext(connection) as queries:
            anybody.get(address)
        asked.append([re.sub(r"'[^']*'", "?", query["sql"]) for query in queries])
    assert asked[0] == asked[1]
    assert len([sql for sql in asked[0] if "circulars_" in sql]) == 1


def test_page_is_kept_out_of_search_engines_and_caches(world: World, anybody: Client) -> None:
    response = anybody.get(page_of(sealed(world)))
    headers = ("X-Robots-Tag", "Cache-Control", "Referrer-Policy")
    assert [response[name] for name in headers] == [
        "noindex, nofollow", "private, no-store", "no-referrer",
    ]  # fmt: skip
    assert response.content.decode().count('<meta name="robots" content="noindex, nofollow">') == 1


def test_page_needs_no_sign_in_and_starts_no_session(world: World, anybody: Client) -> None:
    response = anybody.get(page_of(sealed(world)))
    assert (response.status_code, list(response.cookies)) == (200, ["csrftoken"])


def test_page_only_answers_reading(world: World, anybody: Client) -> None:
    assert anybody.post(page_of(sealed(world))).status_code == 405


def test_asking_too_often_is_answered_with_429(world: World, settings) -> None:
    settings.LETTER_CHECKS_PER_MINUTE = 3
    address = page_of(sealed(world))
    first, second = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    answers = [
        first.get(path).status_code for path in (address, f"/v/{UNKNOWN}/", address, address)
    ]
    assert answers == [200, 404, 200, 429]
    assert first.get(address)["Retry-After"] == "60"
    assert second.get(address).status_code == 200


def test_counter_that_ends_between_two_steps_lets_the_request_through(
    world: World, anybody: Client, settings
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert anybody.get(page_of(sealed(world))).status_code == 200


def test_page_speaks_thai_by_default(world: World, settings) -> None:
    settings.LANGUAGE_CODE = "th"
    html = Client().get(page_of(sealed(world))).content.decode()
    assert html.count('<html lang="th">') == 1
