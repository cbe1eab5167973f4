"""The seal on the stored letter, and what happens while it cannot be made."""

import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from django.core.management import CommandError, call_command
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from circulars.enums import LetterState
from circulars.models import Letter, RegisterEntry
from circulars.pdf import letter_pdf, sealed_letter
from circulars.sealing import SealUnavailable, make_certificate, seal, seal_path
from circulars.services import letters
from circulars.tasks import build_pdf
from portal.core.models import DeferredState, DeferredTask
from portal.files.errors import FileMissing
from portal.files.models import StoredFile
from portal.files.service import open_stored, store_bytes
from portal.files.storage import absolute_path
from portal.org.models import Office
from tests.extraction import pypdf_text, without_space
from tests.factories import OfficeFactory
from tests.factories import letters as make
from tests.factories.letters import World

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def _own_seals(settings, tmp_path: Path) -> None:
    settings.SEAL_DIR = tmp_path / "seals"


def read(file: StoredFile) -> bytes:
    with open_stored(file) as source:
        return source.read()


def reload(letter: Letter) -> Letter:
    return Letter.objects.select_related("unit__office", "pdf__blob", "entry__register").get(
        pk=letter.pk
    )


def certificate_of(office: Office, passphrase: bytes | None = None) -> x509.Certificate:
    _key, certificate, _more = pkcs12.load_key_and_certificates(
        seal_path(office).read_bytes(), passphrase
    )
    return certificate


def is_intact(data: bytes, office: Office, tmp_path: Path) -> bool:
    """Whether the one signature covers the whole file and is the office's."""
    pem = tmp_path / "trusted.pem"
    pem.write_bytes(certificate_of(office).public_bytes(Encoding.PEM))
    trusted = ValidationContext(trust_roots=[load_cert_from_pemder(str(pem))])
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    status = validate_pdf_signature(signature, trusted)
    return status.bottom_line and status.coverage.name == "ENTIRE_FILE"


# --- the seal ---


def test_stored_letter_carries_the_seal_of_its_office(world: World, tmp_path: Path) -> None:
    letter = reload(make.signed(world))
    stored = sealed_letter(letter)
    assert is_intact(read(stored), world.office, tmp_path) is True
    assert stored.name == f"{letter.entry.register.year}_MOE04108_1.pdf"
    assert (stored.content_type, stored.office) == ("application/pdf", world.office)


def test_seal_says_who_seals_and_forbids_changes(world: World) -> None:
    data = read(sealed_letter(reload(make.signed(world))))
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    assert signature.field_name == "OfficeSeal"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Name"] == world.office.name
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert signature.signer_cert.subject.native == {
        "country_name": "TH",
        "organization_name": world.office.name,
        "common_name": world.office.short_name,
    }


def test_one_changed_byte_breaks_the_seal(world: World, tmp_path: Path) -> None:
    data = read(sealed_letter(reload(make.signed(world))))
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    first, length, second, rest = (int(x) for x in signature.sig_object["/ByteRange"])
    # In the text, in the pages' tables, and right before and after the signature itself.
    inside = [length // 3, length // 2, first + length - 20, second + rest - 8]
    assert is_intact(data, world.office, tmp_path) is True
    for place in inside:
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            intact = is_intact(bytes(changed), world.office, tmp_path)
        except (PdfReadError, SignatureValidationError, ValueError):  # cannot even be read
            intact = False
        assert intact is False, place


def test_added_content_breaks_the_seal(world: World, tmp_path: Path) -> None:
    data = read(sealed_letter(reload(make.signed(world))))
    assert is_intact(data + b"\n% added\n", world.office, tmp_path) is False


def test_seal_of_another_office_is_not_taken_for_ours(world: World, tmp_path: Path) -> None:
    other = OfficeFactory()
    data = seal(letter_pdf(reload(make.signed(world))), office=other)
    make_certificate(world.office)
    assert is_intact(data, other, tmp_path) is True
    assert is_intact(data, world.office, tmp_path) is False


def test_sealed_text_still_extracts(world: World) -> None:
    text = without_space(pypdf_text(read(sealed_letter(reload(make.signed(world))))))
    assert text.count("การประชุมผู้บริหารสถานศึกษา") == 1


# --- the certificate ---


def test_first_letter_of_an_office_makes_its_certificate_once(world: World) -> None:
    letter = reload(make.signed(world))
    sealed_letter(letter)
    made = seal_path(world.office).read_bytes()
    sealed_letter(letter)
    assert seal_path(world.office).read_bytes() == made
    assert seal_path(world.office).stat().st_mode & 0o777 == 0o600


def test_office_without_certificate_cannot_seal_in_production(world: World, settings) -> None:
    settings.SEAL_SELF_SIGNED = False
    letter = reload(make.signed(world))
    with pytest.raises(SealUnavailable) as refused:
        sealed_letter(letter)
    assert f"{world.office.code}.p12" in str(refused.value)
    assert not seal_path(world.office).exists()


@pytest.mark.parametrize("damage", ["passphrase", "content"])
def test_certificate_that_cannot_be_opened_is_named(world: World, settings, damage: str) -> None:
    settings.SEAL_PASSPHRASE = "right"
    path = make_certificate(world.office)
    if damage == "passphrase":
        settings.SEAL_PASSPHRASE = "wrong"
    else:
        path.write_bytes(b"not a certificate")
    with pytest.raises(SealUnavailable) as refused:
        seal(b"%PDF-1.7", office=world.office)
    assert path.name in str(refused.value)


def test_certificate_with_a_passphrase_seals(world: World, settings) -> None:
    settings.SEAL_PASSPHRASE = "ลับมาก"
    data = seal(letter_pdf(reload(make.signed(world))), office=world.office)
    assert len(PdfFileReader(io.BytesIO(data)).embedded_signatures) == 1
    with pytest.raises(ValueError, match="password"):
        certificate_of(world.office)
    assert certificate_of(world.office, "ลับมาก".encode()) is not None


def test_certificate_out_of_date_is_refused(world: World) -> None:
    make_certificate(world.office, days=-1)
    with pytest.raises(SealUnavailable) as refused:
        seal(b"%PDF-1.7", office=world.office)
    assert f"{world.office.code}.p12" in str(refused.value)


def test_new_certificate_is_used_at_once(world: World) -> None:
    make_certificate(world.office)
    pdf = letter_pdf(reload(make.signed(world)))
    first = PdfFileReader(io.BytesIO(seal(pdf, office=world.office))).embedded_signatures[0]
    seal_path(world.office).unlink()
    path = make_certificate(world.office)
    os.utime(path, ns=(1, 1))
    second = PdfFileReader(io.BytesIO(seal(pdf, office=world.office))).embedded_signatures[0]
    assert first.signer_cert.serial_number != second.signer_cert.serial_number


def test_worker_that_loses_the_race_takes_the_other_certificate(world: World) -> None:
    make_certificate(world.office)
    with pytest.raises(FileExistsError):
        make_certificate(world.office)
    assert [path.name for path in seal_path(world.office).parent.iterdir()] == [
        f"{world.office.code}.p12"
    ]


def test_command_makes_a_certificate(db: None, capsys: pytest.CaptureFixture) -> None:
    office = OfficeFactory()
    call_command("make_seal_certificate", office.code, "--days", "30")
    assert capsys.readouterr().out == f"made {seal_path(office)}\n"
    left = certificate_of(office).not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=31)


@pytest.mark.parametrize("code", ["unknown", "twice"])
def test_command_refuses(db: None, code: str) -> None:
    office = OfficeFactory()
    if code == "twice":
        make_certificate(office)
        code = office.code
    with pytest.raises(CommandError):
        call_command("make_seal_certificate", code)


# --- the task ---


def test_task_keeps_the_sealed_letter_and_makes_it_ready(
    world: World, run_deferred: Run, tmp_path: Path
) -> None:
    letter = make.signed(world)
    run_deferred()
    letter = reload(letter)
    assert letter.state == LetterState.READY
    assert letter.pdf.is_attached is True
    assert is_intact(read(letter.pdf), world.office, tmp_path) is True


def test_task_run_twice_changes_nothing(world: World, run_deferred: Run) -> None:
    letter = make.signed(world)
    run_deferred()
    before = reload(letter).pdf
    build_pdf(letter.pk)
    assert reload(letter).pdf == before
    assert StoredFile.objects.count() == 1


def test_run_that_comes_second_leaves_a_file_that_is_swept(world: World) -> None:
    letter = reload(make.signed(world))
    first, second = sealed_letter(letter), sealed_letter(letter)
    letters.attach_pdf(letter=letter, pdf=first)
    assert list(StoredFile.objects.order_by("pk").values_list("pk", "is_attached")) == [
        (first.pk, True),
        (second.pk, False),
    ]


def test_failed_rendering_leaves_the_letter_signed_and_works_later(
    world: World, run_deferred: Run
) -> None:
    emblem = store_bytes(
        data=b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'></svg>",
        name="emblem.svg", content_type="image/svg+xml", office=world.office, actor=None,
    )  # fmt: skip
    Office.objects.filter(pk=world.office.pk).update(emblem=emblem)
    path = absolute_path(emblem.blob.path)
    hidden = path.rename(path.with_suffix(".away"))
    letter = make.signed(world)

    run_deferred(propagate=False)
    failed = reload(letter)
    assert (failed.state, failed.pdf, failed.pdf_failures) == (LetterState.SIGNED_PENDING, None, 1)
    with pytest.raises(FileMissing):
        build_pdf(letter.pk)
    assert reload(letter).pdf_failures == 2

    hidden.rename(path)
    run_deferred(later=True)
    ready = reload(letter)
    assert (ready.state, ready.pdf_failures) == (LetterState.READY, 0)
    assert (ready.number_text, ready.entry_id) == (failed.number_text, failed.entry_id)
    assert RegisterEntry.objects.filter(register=failed.entry.register).count() == 1


def test_missing_certificate_leaves_the_letter_signed_until_somebody_retries(
    world: World, settings, run_deferred: Run
) -> None:
    settings.SEAL_SELF_SIGNED = False
    letter = make.signed(world)
    run_deferred(propagate=False)
    task = DeferredTask.objects.get(name="circulars.build_pdf")
    assert (task.state, task.error_code) == (DeferredState.PENDING, "seal_unavailable")
    assert reload(letter).state == LetterState.SIGNED_PENDING

    make_certificate(world.office)
    letters.retry_pdf(letter=letter, actor=world.officer)
    run_deferred()
    assert reload(letter).state == LetterState.READY
    run_deferred(later=True)
    assert RegisterEntry.objects.count() == 1
    assert StoredFile.objects.count() == 1
