"""Who may read a file, and what comes over the wire."""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from portal.audit.models import AuditRow
from portal.files import service
from portal.files.enums import CONTENT_TYPES, FileKind, ScanState
from portal.files.models import StoredFile
from portal.files.storage import absolute_path
from tests.factories import OfficeFactory, UserFactory
from tests.factories.files import image_bytes, pdf_bytes, stored_file

DATA = bytes(range(256)) * 400  # more than one chunk
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@pytest.fixture
def file(office, clerk, owner) -> StoredFile:
    made = stored_file(office=office, data=DATA, name="รายงาน ปี 2569.txt")
    owner.allow(clerk, made)
    return made


@pytest.fixture
def signed_in(client: Client, clerk) -> Client:
    client.force_login(clerk)
    return client


def body(response) -> bytes:
    """What was sent; the client closes a stream that was read to its end."""
    return b"".join(response) if response.streaming else response.content


def status(client: Client, file: StoredFile, **kwargs: object) -> int:
    response = client.get(service.url(file), **kwargs)
    body(response)
    return response.status_code


# Rights


def test_download_is_decided_by_the_owner_of_the_file(
    client, office, clerk, owner, settings
) -> None:
    """Everyone's exact set, with files around that could leak."""
    uploader, stranger = UserFactory(office=office), UserFactory(office=OfficeFactory())
    files = {
        "allowed": stored_file(office=office, actor=uploader),
        "denied": stored_file(office=office, actor=uploader),
        "unknown": stored_file(office=office, actor=uploader),
        "loose": stored_file(office=office, actor=uploader, attached=False),
        "emblem": stored_file(office=office, actor=uploader),
    }
    office.emblem = files["emblem"]
    office.save()
    owner.allow(clerk, files["allowed"])
    owner.deny(clerk, files["denied"])
    owner.deny(uploader, files["loose"])

    def readable(user) -> set[str]:
        client.force_login(user)
        codes = {name: status(client, file) for name, file in files.items()}
        assert set(codes.values()) <= {200, 404}
        return {name for name, code in codes.items() if code == 200}

    assert readable(clerk) == {"allowed", "emblem"}
    assert readable(uploader) == {"loose", "emblem"}
    assert readable(stranger) == {"emblem"}
    assert readable(UserFactory(office=None, is_superuser=True)) == {"emblem"}


def test_download_without_sign_in_gives_only_an_emblem(client, office) -> None:
    emblem, other = stored_file(office=office), stored_file(office=office)
    office.emblem = emblem
    office.save()

    assert body(client.get(service.url(emblem))) == b"hello"
    for url in (service.url(other), f"/files/{uuid4()}/"):
        response = client.get(url)
        assert (response.status_code, response["Location"]) == (
            302,
            f"/accounts/login/?next={quote(url)}",
        )


def test_download_of_an_unknown_file_is_not_found(signed_in) -> None:
    assert signed_in.get(f"/files/{uuid4()}/").status_code == 404


def test_download_refuses_to_be_posted_to(signed_in, file) -> None:
    assert signed_in.post(service.url(file)).status_code == 405


def test_download_is_written_down_once_for_each_reading(signed_in, file, clerk) -> None:
    assert status(signed_in, file) == 200
    for part in ("bytes=0-9", "bytes=10-19", "bytes=-5"):
        assert status(signed_in, file, headers={"Range": part}) == 206
    known = {"If-None-Match": f'"{file.blob.sha256}"'}
    assert status(signed_in, file, headers=known) == 304
    signed_in.head(service.url(file))

    rows = AuditRow.objects.filter(action="file.read")
    assert (
        list(rows.values_list("actor", "about_type", "about_id", "office_id"))
        == [(clerk.pk, "files.storedfile", str(file.pk), file.office_id)] * 2
    )


def test_download_takes_a_fixed_number_of_queries(
    signed_in, file, django_assert_num_queries
) -> None:
    with django_assert_num_queries(3):  # the person, the file with its content, the audit row
        assert status(signed_in, file) == 200


# Headers


def test_download_sends_the_whole_file_as_an_attachment(signed_in, file) -> None:
    response = signed_in.get(service.url(file))

    assert response.status_code == 200
    assert body(response) == DATA
    assert {
        name: response[name]
        for name in (
            "Content-Length", "Content-Type", "Content-Disposition", "X-Content-Type-Options",
            "Accept-Ranges", "ETag", "Cache-Control", "Content-Security-Policy",
        )
    } == {
        "Content-Length": str(len(DATA)),
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Disposition": f"attachment; filename*=utf-8''{quote('รายงาน ปี 2569.txt')}",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.blob.sha256}"',
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": SANDBOX,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "data", "disposition", "sandboxed"),
    [
        (FileKind.PDF, pdf_bytes(), "inline", False),
        (FileKind.PNG, image_bytes(), "inline", True),
        (FileKind.TXT, b"<script>alert(1)</script>", "attachment", True),
    ],
)
def test_download_inside_the_page_only_for_pictures_and_pdf(
    signed_in, office, clerk, owner, kind: FileKind, data: bytes, disposition: str, sandboxed: bool
) -> None:
    file = stored_file(
        office=office, data=data, name=f"a.{kind}", content_type=CONTENT_TYPES[kind]
    )
    owner.allow(clerk, file)

    response = signed_in.get(service.url(file), {"inline": "1"})

    assert response["Content-Disposition"] == f'{disposition}; filename="a.{kind}"'
    assert response["Content-Security-Policy"].endswith("sandbox") == sandboxed
    assert body(response) == data
    if disposition == "inline":
        assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_head_gives_the_headers_without_the_bytes(signed_in, file) -> None:
    response = signed_in.head(service.url(file))

    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(len(DATA))


def test_head_of_a_range(signed_in, file) -> None:
    response = signed_in.head(service.url(file), headers={"Range": "bytes=0-9"})

    assert (response.status_code, response["Content-Length"]) == (206, "10")


@pytest.mark.parametrize("known", ['"{0}"', 'W/"{0}"', '"other", "{0}"', "*"])
def test_download_of_what_the_browser_has_is_not_sent_again(signed_in, file, known: str) -> None:
    response = signed_in.get(
        service.url(file), headers={"If-None-Match": known.format(file.blob.sha256)}
    )

    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == f'"{file.blob.sha256}"'


# Ranges

SIZE = len(DATA)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=0-999999999", 0, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-999999999", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE}", SIZE - 1, SIZE - 1),
        ("bytes=1-80000", 1, 80_000),
    ],
)
def test_range_is_sent_in_part(signed_in, file, asked: str, first: int, last: int) -> None:
    response = signed_in.get(service.url(file), headers={"Range": asked})

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == DATA[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_range_after_the_end_is_not_satisfiable(signed_in, file, asked: str) -> None:
    response = signed_in.get(service.url(file), headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{SIZE}")
    assert response.content == b""


def test_range_of_an_empty_file_is_not_satisfiable(signed_in, office, clerk, owner) -> None:
    empty = stored_file(office=office, data=b"")
    owner.allow(clerk, empty)

    assert body(signed_in.get(service.url(empty))) == b""
    for asked in ("bytes=0-0", "bytes=-5"):
        response = signed_in.get(service.url(empty), headers={"Range": asked})
        assert response.status_code == 416


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", ""]
)
def test_range_that_is_malformed_or_multiple_gets_the_whole_file(
    signed_in, file, asked: str
) -> None:
    response = signed_in.get(service.url(file), headers={"Range": asked})

    assert response.status_code == 200
    assert body(response) == DATA


def test_range_holds_only_for_the_version_that_if_range_names(signed_in, file) -> None:
    def answer(version: str) -> int:
        return status(signed_in, file, headers={"Range": "bytes=0-9", "If-Range": version})

    assert answer(f'"{file.blob.sha256}"') == 206
    assert answer('"another version"') == 200
    assert answer(f'W/"{file.blob.sha256}"') == 200
    assert answer("Fri, 20 Nov 2026 08:00:00 GMT") == 200


# Through the web server


def test_download_through_the_web_server_names_the_path_to_it_alone(
    settings, signed_in, file
) -> None:
    settings.FILES_X_ACCEL = "/protected/"

    response = signed_in.get(service.url(file), headers={"Range": "bytes=0-9"})

    assert (response.status_code, response.content) == (200, b"")
    assert response["X-Accel-Redirect"] == f"/protected/{file.blob.path}"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Security-Policy"] == SANDBOX


# Viruses and missing bytes


def set_state(file: StoredFile, state: ScanState) -> None:
    file.blob.scan_state = state
    file.blob.save()


@pytest.mark.parametrize(
    ("state", "scanner", "strict", "status"),
    [
        (ScanState.NOT_SCANNED, "", False, 200),
        (ScanState.NOT_SCANNED, "", True, 200),
        (ScanState.CLEAN, "tcp://x:1", True, 200),
        (ScanState.WAITING, "tcp://x:1", False, 503),
        (ScanState.WAITING, "", False, 200),
        (ScanState.FAILED, "tcp://x:1", False, 200),
        (ScanState.FAILED, "tcp://x:1", True, 503),
        (ScanState.NOT_SCANNED, "tcp://x:1", False, 200),
        (ScanState.NOT_SCANNED, "tcp://x:1", True, 503),
        (ScanState.INFECTED, "tcp://x:1", False, 403),
        (ScanState.INFECTED, "", False, 403),
    ],
)
def test_download_follows_the_scan(
    settings, signed_in, file, state: ScanState, scanner: str, strict: bool, status: int
) -> None:
    settings.CLAMD_URL = scanner
    settings.FILES_REQUIRE_SCAN = strict
    set_state(file, state)

    response = signed_in.get(service.url(file))

    content = body(response)
    assert response.status_code == status
    assert (content == DATA) == (status == 200)
    assert response.get("Retry-After") == ("5" if status == 503 else None)


def test_download_of_an_infected_file_is_refused_to_its_uploader_too(
    client, office, clerk
) -> None:
    file = stored_file(office=office, actor=clerk, attached=False, data=b"virus")
    set_state(file, ScanState.INFECTED)
    client.force_login(clerk)

    response = client.get(service.url(file), {"inline": "1"})

    assert response.status_code == 403
    assert b"virus" not in response.content.replace(b"virus scanner", b"")


def test_download_of_missing_bytes_tells_the_person(signed_in, file) -> None:
    absolute_path(file.blob.path).unlink()

    response = signed_in.get(service.url(file))

    assert response.status_code != 200
    assert AuditRow.objects.filter(action="file.read").count() == 0


# All in one


def zipped(pairs: Iterable[tuple[StoredFile, str]]) -> zipfile.ZipFile:
    response = service.zip_response(pairs, name="หนังสือ.zip")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == (
        f"attachment; filename*=utf-8''{quote('หนังสือ.zip')}"
    )
    return zipfile.ZipFile(BytesIO(body(response)))


def test_zip_holds_all_files_under_distinct_safe_names(office) -> None:
    one = stored_file(office=office, data=DATA)
    two = stored_file(office=office, data=b"two")

    archive = zipped([(one, "2569_MOE1_5.pdf"), (two, "../บันทึก.pdf"), (two, "บันทึก.pdf")])

    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        "2569_MOE1_5.pdf": DATA,
        "บันทึก.pdf": b"two",
        "บันทึก (2).pdf": b"two",
    }


def test_zip_is_made_while_it_is_sent(office) -> None:
    one = stored_file(office=office, data=DATA * 10)

    pieces = list(service.zip_response([(one, "a.txt")]))

    assert max(len(piece) for piece in pieces) < 70_000
    assert len(pieces) > 10


def test_zip_leaves_out_what_is_not_given_out_and_says_so(settings, office) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.CLAMD_URL = "tcp://x:1"
    files = [stored_file(office=office, data=bytes([n]), name=f"{n}.txt") for n in range(4)]
    for file, state in zip(
        files,
        [ScanState.CLEAN, ScanState.INFECTED, ScanState.WAITING, ScanState.CLEAN],
        strict=True,
    ):
        set_state(file, state)
    absolute_path(files[3].blob.path).unlink()

    archive = zipped([(file, file.name) for file in files])

    assert archive.namelist() == ["0.txt", "files left out.txt"]
    assert archive.read("files left out.txt").decode().splitlines() == [
        "1.txt: “1.txt” contains a virus and is not given out.",
        "2.txt: The virus scan has not finished.",
        "3.txt: The content of this file is missing. Tell the administrator.",
    ]
