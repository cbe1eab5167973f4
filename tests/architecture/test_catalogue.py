"""The Thai catalogue is complete and equal to the source."""

import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test.utils import override_settings

from portal.core import catalogue

pytestmark = pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")


@pytest.fixture
def source_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with three messages and a catalogue of its own."""
    (tmp_path / "page.py").write_text(
        "_('Sign in')\n_('Read %(count)s letters' % {})\nngettext('%(n)s day', '%(n)s days', 2)\n"
    )
    monkeypatch.chdir(tmp_path)
    with override_settings(LOCALE_PATHS=[tmp_path / "locale"]):
        yield tmp_path


def write(folder: Path, *entries: polib.POEntry) -> None:
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    file.extend(entries)
    target = folder / "locale" / catalogue.FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(target))


SIGN_IN = ("Sign in", "เข้าสู่ระบบ")
READ = ("Read %(count)s letters", "อ่านหนังสือ %(count)s ฉบับ")


def entry(msgid: str, msgstr: str, **more) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


def days(text: str = "%(n)s วัน") -> polib.POEntry:
    return polib.POEntry(msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: text})


def test_catalogue_of_the_portal_has_no_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(settings.BASE_DIR)
    assert list(catalogue.problems()) == []


def test_complete_catalogue_has_no_problems(source_tree: Path) -> None:
    write(source_tree, entry(*SIGN_IN), entry(*READ), days())
    assert list(catalogue.problems()) == []


def test_every_kind_of_problem_is_named(source_tree: Path) -> None:
    write(
        source_tree,
        entry(*SIGN_IN, flags=["fuzzy"]),
        entry(READ[0], "อ่านหนังสือ %(number)s ฉบับ"),
        entry("Gone", "หายไป"),
        entry("Long gone", "หายไปนาน", obsolete=True),
    )
    assert list(catalogue.problems()) == [
        "not in the catalogue: '%(n)s day'",
        "fuzzy: 'Sign in'",
        "other placeholders: 'Read %(count)s letters'",
        "no longer used: 'Gone'",
        "no longer used: 'Long gone'",
    ]


def test_empty_translation_is_a_problem_also_in_a_plural(source_tree: Path) -> None:
    write(source_tree, entry(SIGN_IN[0], " "), entry(*READ), days(""))
    assert list(catalogue.problems()) == [
        "not translated: 'Sign in'",
        "not translated: '%(n)s day'",
    ]


def test_check_leaves_the_catalogue_alone(source_tree: Path) -> None:
    write(source_tree, entry(*SIGN_IN))
    before = catalogue.source_file().stat().st_mtime_ns
    list(catalogue.problems())
    assert catalogue.source_file().stat().st_mtime_ns == before
    files = sorted(path.name for path in (source_tree / "locale").rglob("*") if path.is_file())
    assert files == ["django.po"]


def test_missing_catalogue_is_the_only_problem(source_tree: Path) -> None:
    assert list(catalogue.problems()) == [f"{catalogue.source_file()} is missing"]


def test_update_brings_new_messages_and_drops_gone_ones(source_tree: Path) -> None:
    write(source_tree, entry(*SIGN_IN), entry("Gone", "หายไป"))
    catalogue.update_catalogue()
    kept = {item.msgid: item.msgstr for item in polib.pofile(str(catalogue.source_file()))}
    assert kept == {"Sign in": "เข้าสู่ระบบ", "Read %(count)s letters": "", "%(n)s day": ""}


def test_compile_writes_only_when_the_catalogue_changed(source_tree: Path) -> None:
    assert catalogue.compile_catalogue() is False
    write(source_tree, entry(*SIGN_IN))
    assert catalogue.compile_catalogue() is True
    assert catalogue.compile_catalogue() is False
    compiled = polib.mofile(str(catalogue.source_file().with_suffix(".mo")))
    assert [(item.msgid, item.msgstr) for item in compiled] == [SIGN_IN]
