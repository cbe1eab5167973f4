"""The package of a letter: what it holds, and what is refused."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest

from circulars.exchange import keys, package
from circulars.exchange.errors import PackageRefused
from tests.factories.partners import Pair

pytestmark = pytest.mark.django_db
NUMBER = "n" * 32


@pytest.fixture
def data(pair: Pair) -> bytes:
    return package.build(
        pair.letter(), number=NUMBER, sender="MOE04108", receiver="MOE04109",
        private_key=pair.private_key,
    )  # fmt: skip


def read(pair: Pair, data: bytes, receiver: str = "MOE04109") -> package.Package:
    return package.read(data, public_key=pair.our_key.public_key, receiver=receiver)


def changed(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The package with its members changed by somebody on the way."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def resigned(pair: Pair, data: bytes, change: Callable[[dict], None]) -> bytes:
    """A package whose sender itself writes something wrong."""

    def rewrite(members: dict[str, bytes]) -> None:
        manifest = json.loads(members[package.MANIFEST])
        change(manifest)
        text = json.dumps(manifest).encode()
        members[package.MANIFEST] = text
        members[package.SIGNATURE] = keys.sign(pair.private_key, text).encode()

    return changed(data, rewrite)


def test_package_says_what_the_letter_says(pair: Pair, data: bytes) -> None:
    found = read(pair, data)
    letter = found.letter
    assert (found.number, found.sender, found.receiver) == (NUMBER, "MOE04108", "MOE04109")
    assert (letter["number"], letter["subject"], letter["speed"], letter["secrecy"]) == (
        "ศธ 04108/1", "การประชุมผู้บริหารสถานศึกษา", "ordinary", "open",
    )  # fmt: skip
    assert [(row.is_document, row.data[:5]) for row in found.files] == [(True, b"%PDF-")]
    assert found.files[0].name.endswith("_MOE04108_1.pdf")
    assert package.sender_of(data) == "MOE04108"


def refusal(pair: Pair, data: bytes, receiver: str = "MOE04109") -> str:
    with pytest.raises(PackageRefused) as refused:
        read(pair, data, receiver)
    return refused.value.code


def test_changed_word_breaks_the_signature(pair: Pair, data: bytes) -> None:
    def change(members: dict[str, bytes]) -> None:
        text = members[package.MANIFEST].replace(b"ordinary", b"urgent")
        members[package.MANIFEST] = text

    assert refusal(pair, changed(data, change)) == "bad_signature"


def test_changed_file_breaks_its_hash(pair: Pair, data: bytes) -> None:
    def change(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("files/"))
        members[name] += b"x"

    assert refusal(pair, changed(data, change)) == "bad_hash"


def test_file_more_or_less_is_refused(pair: Pair, data: bytes) -> None:
    def more(members: dict[str, bytes]) -> None:
        members["files/extra.exe"] = b"x"

    def less(members: dict[str, bytes]) -> None:
        del members[next(name for name in members if name.startswith("files/"))]

    assert refusal(pair, changed(data, more)) == "other_files"
    assert refusal(pair, changed(data, less)) == "other_files"


def test_signature_of_somebody_else_is_refused(pair: Pair, data: bytes) -> None:
    with pytest.raises(PackageRefused) as refused:
        package.read(data, public_key=pair.their_key.public_key, receiver="MOE04109")
    assert refused.value.code == "bad_signature"


def test_package_for_another_office_is_refused(pair: Pair, data: bytes) -> None:
    assert refusal(pair, data, receiver="MOE04110") == "other_receiver"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: m.update(version=2), "unknown_format"),
        (lambda m: m.update(format="x"), "unknown_format"),
        (lambda m: m.update(id=5), "no_package"),
        (lambda m: m.update(id="short"), "no_package"),
        (lambda m: m.update(letter=[]), "no_package"),
        (lambda m: m.update(files="x"), "no_package"),
        (lambda m: m.update(files=[1]), "no_package"),
        (lambda m: m["files"].append(m["files"][0]), "other_files"),
        (lambda m: m.update(receiver=None), "no_package"),
    ],
)
def test_signed_nonsense_is_refused(
    pair: Pair, data: bytes, change: Callable[[dict], None], code: str
) -> None:
    assert refusal(pair, resigned(pair, data, change)) == code


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK", b"no zip",
        changed(b"PK\x05\x06" + bytes(18), lambda members: None),
        changed(b"PK\x05\x06" + bytes(18), lambda m: m.update({package.MANIFEST: b"[]"})),
        changed(b"PK\x05\x06" + bytes(18), lambda m: m.update({package.MANIFEST: b"{"})),
        changed(b"PK\x05\x06" + bytes(18), lambda m: m.update({package.MANIFEST: b"{}"})),
    ],
)  # fmt: skip
def test_what_is_no_package_is_refused(pair: Pair, data: bytes) -> None:
    assert refusal(pair, data) == "no_package"


def test_bomb_is_refused_before_it_is_unpacked(pair: Pair, data: bytes, settings: object) -> None:
    settings.EXCHANGE_MAX_BYTES = 100
    assert refusal(pair, data) == "too_large"


def test_thousand_members_are_refused(pair: Pair, data: bytes) -> None:
    bomb = changed(data, lambda m: m.update({f"files/{n}": b"" for n in range(1000)}))
    assert refusal(pair, bomb) == "too_large"


def test_keys_are_text_that_can_be_checked() -> None:
    private, public = keys.new_pair()
    assert (len(public), keys.is_public_key(public)) == (44, True)
    signature = keys.sign(private, b"x")
    assert keys.is_signed(public, b"x", signature) is True
    assert keys.is_signed(public, b"y", signature) is False
    assert keys.is_signed(public, b"x", "no base64!") is False
    assert [keys.is_public_key(text) for text in ("", "x", "AAAA", "ไทย")] == [False] * 4


@pytest.mark.parametrize(
    ("text", "is_moment"),
    [("2026-11-20T09:00:00+07:00", True), ("2026-11-20T09:00:00", False), ("x", False)],
)
def test_times_need_their_zone(text: str, is_moment: bool) -> None:
    assert (package.moment_of(text) is not None) is is_moment
