"""Uploads ahead of a form: what the page sends, and what breaks on the way."""

import errno
import json
import os
import socket
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.files import service
from portal.files.enums import DOCUMENTS
from portal.files.models import Blob, StoredFile
from portal.files.rules import UploadRules
from tests.factories import UserFactory
from tests.factories.files import image_bytes, pdf_bytes, stored_file, upload

PDF = pdf_bytes()
RULES = UploadRules(field="attachments", kinds=DOCUMENTS).dumps()


@pytest.fixture
def signed_in(client: Client, clerk, settings) -> Client:
    settings.LANGUAGE_CODE = "en"
    client.force_login(clerk)
    return client


@pytest.fixture
def temporary(settings, tmp_path: Path) -> Path:
    """Where Django puts what is arriving."""
    folder = tmp_path / "arriving"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = folder
    return folder


def send(client: Client, *files: SimpleUploadedFile, rules: str = RULES) -> tuple[int, dict]:
    response = client.post("/files/upload/", {"rules": rules, "file": list(files)})
    return response.status_code, json.loads(response.content)


class Inputs(HTMLParser):
    """The (name, value) of every input."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str | None, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            given = dict(attrs)
            self.found.append((given.get("name"), given.get("value")))


def test_upload_keeps_the_file_for_the_uploader_alone(signed_in, clerk, office) -> None:
    status, answer = send(signed_in, upload(PDF, "หนังสือ.pdf"))

    file = StoredFile.objects.get()
    assert status == 201
    assert (file.name, file.uploaded_by, file.office, file.is_attached) == (
        "หนังสือ.pdf",
        clerk,
        office,
        False,
    )
    [row] = answer["files"]
    assert (row["uid"], row["name"], answer["errors"]) == (str(file.uid), "หนังสือ.pdf", [])
    assert Inputs(row["html"]).found == [
        ("attachments", str(file.uid)),
        ("attachments_title", ""),
        ("attachments_remove", str(file.uid)),
    ]


def test_upload_escapes_the_name_in_its_row(signed_in) -> None:
    _status, answer = send(signed_in, upload(PDF, "a&b'.pdf"))

    assert answer["files"][0]["name"] == "a&b'.pdf"
    assert answer["files"][0]["html"].count("a&b'") == 0


def test_upload_of_several_tells_of_each(signed_in) -> None:
    status, answer = send(
        signed_in, upload(PDF, "a.pdf"), upload(image_bytes(), "b.png"), upload(b"", "c.pdf")
    )

    assert status == 201
    assert [row["name"] for row in answer["files"]] == ["a.pdf"]
    assert answer["errors"] == [
        {
            "name": "b.png",
            "message": "“b.png” is a file of the kind “PNG picture”, which is not accepted here.",
        },
        {"name": "c.pdf", "message": "“c.pdf” is empty."},
    ]


def test_upload_without_a_file_is_told(signed_in) -> None:
    assert send(signed_in) == (
        400,
        {"files": [], "errors": [{"name": "", "message": "No file arrived. Please try again."}]},
    )


@pytest.mark.parametrize("rules", ["", "forged", UploadRules().dumps() + "x"])
def test_upload_under_rules_that_are_not_ours_is_refused(signed_in, on_disk, rules: str) -> None:
    status, answer = send(signed_in, upload(PDF), rules=rules)

    assert (status, answer["errors"]) == (
        400,
        [{"name": "", "message": "Reload the page and try again."}],
    )
    assert on_disk() == []


def test_upload_strips_pictures_where_the_rules_say_so(signed_in) -> None:
    sent = image_bytes("JPEG", comment=b"Secret")
    send(signed_in, upload(sent, "a.jpg"), rules=UploadRules(strip_image=True).dumps())

    with service.open_stored(StoredFile.objects.get()) as source:
        assert source.read().count(b"Secret") == 0


def test_upload_of_a_file_over_the_limit_is_refused_before_it_is_kept(
    signed_in, settings, on_disk, temporary
) -> None:
    settings.FILES_MAX_BYTES = 1_000_000

    status, answer = send(signed_in, upload(b"x" * 3_000_000, "a.txt"), upload(b"fine", "b.txt"))

    assert (status, [row["name"] for row in answer["files"]]) == (201, ["b.txt"])
    assert answer["errors"] == [
        {"name": "a.txt", "message": "“a.txt” is larger than the 1 MB that are accepted."}
    ]
    assert send(signed_in, upload(b"x" * 1_000_001, "a.txt"))[0] == 413
    assert (len(on_disk()), list(temporary.iterdir())) == (1, [])


class FaultyDisk:
    """A temporary file whose disk answers every write with an error."""

    def __init__(self, number: int) -> None:
        self._error = OSError(number, os.strerror(number))
        self.closed = False

    def write(self, data: bytes) -> int:
        raise self._error

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("where", ["while it arrives", "when it is kept"])
def test_upload_on_a_full_disk_is_told(signed_in, on_disk, monkeypatch, where: str) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    disk = FaultyDisk(errno.ENOSPC)
    with monkeypatch.context() as patched:
        if where == "while it arrives":
            patched.setattr("portal.files.uploads.TemporaryFile", lambda **where: disk)
        else:
            patched.setattr(os, "fsync", full)
        status, answer = send(signed_in, upload(PDF, "a.pdf"))

    message = "There is no space left to store “a.pdf”. Tell the administrator."
    assert (status, answer["errors"]) == (507, [{"name": "a.pdf", "message": message}])
    assert on_disk() == []
    assert disk.closed == (where == "while it arrives")


def test_upload_on_another_fault_of_the_disk_is_an_error(signed_in, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("portal.files.uploads.TemporaryFile", lambda **at: FaultyDisk(errno.EIO))
        with pytest.raises(OSError, match="Input/output error"):
            send(signed_in, upload(PDF, "a.pdf"))


def test_upload_of_too_many_left_lying_is_refused(signed_in, settings) -> None:
    settings.FILES_MAX_UNATTACHED = 0

    status, answer = send(signed_in, upload(PDF, "a.pdf"))

    assert (status, answer["errors"][0]["message"]) == (
        429,
        "You have too many uploads that are not used yet. Remove some and try again.",
    )


def test_upload_needs_a_sign_in(client, db) -> None:
    response = client.post("/files/upload/", {"file": upload(PDF)})

    assert (response.status_code, StoredFile.objects.count()) == (302, 0)


def test_upload_needs_the_token(clerk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)

    assert client.post("/files/upload/", {"rules": RULES, "file": upload(PDF)}).status_code == 403
    assert StoredFile.objects.count() == 0


def test_upload_is_only_posted_to(signed_in) -> None:
    assert signed_in.get("/files/upload/").status_code == 405


# Discarding


def test_discard_takes_exactly_ones_own_unused_uploads(signed_in, clerk, office) -> None:
    mine = stored_file(office=office, actor=clerk, attached=False)
    used = stored_file(office=office, actor=clerk, attached=False)
    office.emblem = used
    office.save()
    others = [
        used,
        stored_file(office=office, actor=clerk),
        stored_file(office=office, actor=UserFactory(office=office), attached=False),
    ]

    codes = [signed_in.post(f"/files/{file.uid}/discard/").status_code for file in [mine, *others]]

    assert codes == [204, 404, 404, 404]
    assert set(StoredFile.objects.all()) == set(others)


# Cut off, on a real connection


@pytest.fixture
def session(live_server, clerk) -> dict[str, str]:
    client = Client()
    client.force_login(clerk)
    token = "a" * 32
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    return {"Cookie": cookies, "X-CSRFToken": token, "Referer": live_server.url}


def multipart(data: bytes) -> tuple[bytes, str]:
    boundary = "----portal"
    fields = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="rules"\r\n\r\n{RULES}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    return fields.encode() + data + f"\r\n--{boundary}--\r\n".encode(), boundary


def post_over_socket(url: str, headers: dict[str, str], body: bytes, *, send: int) -> str:
    """POST ``body`` but stop after ``send`` bytes of it; the status line, or "" for none."""
    address = urlsplit(url)
    lines = [f"POST {address.path} HTTP/1.1", f"Host: {address.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        connection.sendall(head + body[:send])
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").readline().decode().strip()


@pytest.mark.parametrize("part", [0.1, 0.5, 0.999])
def test_upload_cut_off_half_way_leaves_nothing_behind(
    transactional_db, live_server, session, on_disk, temporary, part: float
) -> None:
    body, boundary = multipart(b"line of text\n" * 200_000)
    headers = {**session, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    url = f"{live_server.url}/files/upload/"

    answer = post_over_socket(url, headers, body, send=int(len(body) * part))

    assert answer in {"HTTP/1.1 400 Bad Request", ""}
    assert (StoredFile.objects.count(), Blob.objects.count(), on_disk()) == (0, 0, [])
    assert list(temporary.iterdir()) == []
    assert post_over_socket(url, headers, body, send=len(body)) == "HTTP/1.1 201 Created"
    assert StoredFile.objects.get().size == 2_600_000


def test_upload_broken_off_by_a_reset_leaves_nothing_behind(
    transactional_db, live_server, session, on_disk, temporary
) -> None:
    body, boundary = multipart(b"line of text\n" * 200_000)
    address = urlsplit(live_server.url)
    lines = ["POST /files/upload/ HTTP/1.1", f"Host: {address.netloc}"]
    lines += [f"{name}: {value}" for name, value in session.items()]
    lines += [f"Content-Type: multipart/form-data; boundary={boundary}"]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
    connection = socket.create_connection((address.hostname, address.port), 10)
    connection.sendall(head + body[: len(body) // 2])
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()

    whole = post_over_socket(
        f"{live_server.url}/files/upload/",
        {**session, "Content-Type": f"multipart/form-data; boundary={boundary}"},
        body,
        send=len(body),
    )
    assert whole == "HTTP/1.1 201 Created"
    assert [file.size for file in StoredFile.objects.all()] == [2_600_000]
    assert (len(on_disk()), list(temporary.iterdir())) == (1, [])
