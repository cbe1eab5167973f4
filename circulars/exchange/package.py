"""A letter as one file that another system can check and read; see docs/exchange.md.

A ZIP with ``manifest.json`` (the letter and the hashes of its files), ``manifest.sig`` (the
sender's Ed25519 signature over exactly those bytes) and ``files/``.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.utils import timezone

from circulars.exchange import keys
from circulars.exchange.errors import PackageRefused
from circulars.filenames import named_files
from circulars.models import Letter
from portal.files.service import open_stored

FORMAT = "education-area-portal.letter"
VERSION = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
MAX_FILES = 100
MAX_MANIFEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of a package; its hash was checked."""

    name: str
    title: str
    is_document: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says, once its signature and hashes were found right."""

    number: str
    sender: str
    receiver: str
    letter: dict[str, Any]
    files: Sequence[Enclosed]


def build(letter: Letter, *, number: str, sender: str, receiver: str, private_key: str) -> bytes:
    """The package of a signed letter. ``number`` names it for receipts and against doubles."""
    titles = {row.file_id: row.title for row in letter.attachments.all()}
    entries: list[dict[str, Any]] = []
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, name in named_files(letter):
            with open_stored(file) as source:
                data = source.read()
            archive.writestr(f"files/{name}", data)
            entries.append(
                {
                    "name": name,
                    "title": titles.get(file.pk, letter.subject),
                    "role": "document" if file.pk == letter.pdf_id else "attachment",
                    "size": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                }
            )
        manifest = _manifest(letter, number, sender, receiver, entries)
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        archive.writestr(MANIFEST, text)
        archive.writestr(SIGNATURE, keys.sign(private_key, text))
    return target.getvalue()


def sender_of(data: bytes) -> str:
    """The code of who says to have sent a package; to find the key that proves it."""
    with _opened(data) as archive:
        manifest, _text = _read_manifest(archive)
        return str(_part(manifest, "sender").get("code", ""))


def read(data: bytes, *, public_key: str, receiver: str) -> Package:
    """Check signature, addressee and hashes; raises ``PackageRefused`` with a code."""
    with _opened(data) as archive:
        manifest, text = _read_manifest(archive)
        if not keys.is_signed(public_key, text, _read(archive, SIGNATURE, 200).decode("latin-1")):
            raise PackageRefused(code="bad_signature")
        if (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
            raise PackageRefused(code="unknown_format")
        if _part(manifest, "receiver").get("code") != receiver:
            raise PackageRefused(code="other_receiver")
        return Package(
            number=_text(manifest, "id"),
            sender=str(_part(manifest, "sender").get("code", "")),
            receiver=receiver,
            letter=_part(manifest, "letter"),
            files=_files(archive, manifest),
        )


def _manifest(
    letter: Letter, number: str, sender: str, receiver: str, files: list[dict[str, Any]]
) -> dict[str, Any]:
    office = letter.unit.office
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": number,
        "created_at": timezone.now().isoformat(),
        "sender": {"code": sender, "name": office.name, "unit": letter.unit.name},
        "receiver": {"code": receiver},
        "letter": {
            "number": letter.number_text,
            "date": letter.letter_date.isoformat() if letter.letter_date else None,
            "kind": letter.kind,
            "subject": letter.subject,
            "salutation": letter.salutation,
            "addressee": letter.addressee,
            "body": letter.body,
            "closing": letter.closing,
            "signer": [letter.signer_name, *letter.signer_lines],
            "speed": letter.speed,
            "secrecy": letter.secrecy,
            "due_on": letter.due_on.isoformat() if letter.due_on else None,
            "answer_wanted": letter.answer_wanted,
            "references": [row.text for row in letter.references.all()],
            "content_sha256": letter.content_hash,
        },
        "files": files,
    }


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise PackageRefused(code="no_package") from error
    size = sum(entry.file_size for entry in archive.infolist())
    if len(archive.infolist()) > MAX_FILES + 2 or size > settings.EXCHANGE_MAX_BYTES * 2:
        raise PackageRefused(code="too_large")
    return archive


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    try:
        with archive.open(name) as source:
            data = source.read(limit + 1)
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise PackageRefused(code="no_package") from error
    if len(data) > limit:
        raise PackageRefused(code="too_large")
    return data


def _read_manifest(archive: zipfile.ZipFile) -> tuple[dict[str, Any], bytes]:
    text = _read(archive, MANIFEST, MAX_MANIFEST)
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PackageRefused(code="no_package") from error
    if not isinstance(manifest, dict):
        raise PackageRefused(code="no_package")
    return manifest, text


def _files(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> list[Enclosed]:
    """The files that the manifest names, all of them and no other."""
    entries = manifest.get("files")
    if not isinstance(entries, list) or not all(isinstance(row, dict) for row in entries):
        raise PackageRefused(code="no_package")
    rows = cast("list[dict[str, Any]]", entries)
    named = {f"files/{row.get('name')}" for row in rows}
    present = set(archive.namelist()) - {MANIFEST, SIGNATURE}
    if named != present or len(named) != len(rows):
        raise PackageRefused(code="other_files")
    return [_file(archive, row) for row in rows]


def _file(archive: zipfile.ZipFile, row: dict[str, Any]) -> Enclosed:
    data = _read(archive, f"files/{row['name']}", settings.EXCHANGE_MAX_BYTES)
    if hashlib.sha256(data).hexdigest() != row.get("sha256"):
        raise PackageRefused(code="bad_hash")
    return Enclosed(
        name=str(row["name"]),
        title=str(row.get("title", ""))[:200],
        is_document=row.get("role") == "document",
        data=data,
    )


def _part(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    part = manifest.get(name)
    if not isinstance(part, dict):
        raise PackageRefused(code="no_package")
    return part


def _text(manifest: dict[str, Any], name: str) -> str:
    value = manifest.get(name)
    if not isinstance(value, str) or not 8 <= len(value) <= 64:
        raise PackageRefused(code="no_package")
    return value


def moment_of(text: object) -> datetime | None:
    """A time as the partners write it (ISO 8601 with its zone); None for anything else."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
