"""The Thai catalogue: compiled without gettext's tools, checked against the source with them."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.core.management.commands import makemessages
from django.test.utils import override_settings

LANGUAGE = "th"
FILE = Path(LANGUAGE) / "LC_MESSAGES" / "django.po"
# Everything that no page or mail of the portal comes from.
IGNORED = (
    "locale",
    "tests",
    "benchmarks",
    "docs",
    "requirements",
    "scripts",
    "var",
    "node_modules",
    ".venv",
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")

Key = tuple[str | None, str]


def source_file() -> Path:
    """The catalogue that people edit."""
    return Path(settings.LOCALE_PATHS[0]) / FILE


def compile_catalogue() -> bool:
    """Write the ``.mo`` beside the catalogue unless it is newer; whether it was written."""
    source = source_file()
    compiled = source.with_suffix(".mo")
    if not source.exists():
        return False
    if compiled.exists() and compiled.stat().st_mtime > source.stat().st_mtime:
        return False
    polib.pofile(str(source)).save_as_mofile(str(compiled))
    return True


def update_catalogue() -> None:
    """Bring new messages of the source into the catalogue and take gone ones out."""
    source_file().parent.mkdir(parents=True, exist_ok=True)
    _extract()


def problems() -> Iterator[str]:
    """What keeps the catalogue from being complete and equal to the source, one per line."""
    source = source_file()
    if not source.exists():
        yield f"{source} is missing"
        return
    entries = {_key(entry): entry for entry in polib.pofile(str(source))}
    live = {key for key, entry in entries.items() if not entry.obsolete}
    used = _used_keys()
    for _, message in sorted(used - live, key=str):
        yield f"not in the catalogue: {message!r}"
    for key, entry in entries.items():
        if entry.obsolete or key not in used:
            yield f"no longer used: {entry.msgid!r}"
        else:
            yield from _faults(entry)


def _faults(entry: polib.POEntry) -> Iterator[str]:
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}"
    if not all(text.strip() for text in texts):
        yield f"not translated: {entry.msgid!r}"
    elif any(_placeholders(text) != _placeholders(_pattern(entry)) for text in texts):
        yield f"other placeholders: {entry.msgid!r}"


def _pattern(entry: polib.POEntry) -> str:
    """Thai has one form, which must hold what the English plural holds."""
    return entry.msgid_plural or entry.msgid


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid


def _used_keys() -> set[Key]:
    """What the source holds now."""
    with tempfile.TemporaryDirectory() as folder, override_settings(LOCALE_PATHS=[folder]):
        _extract(_Elsewhere(Path(folder)))
        return {_key(entry) for entry in polib.pofile(str(Path(folder) / FILE))}


class _Elsewhere(makemessages.Command):
    """Django's own command, but for the folder: it insists on one named ``locale`` beside."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def find_files(self, root: str) -> list[Any]:
        (self.folder / FILE).parent.mkdir(parents=True)
        found = super().find_files(root)
        for file in found:
            file.locale_dir = str(self.folder)
        return found


def _extract(command: BaseCommand | str = "makemessages") -> None:
    """Let Django collect the messages into the catalogue; needs gettext's programs."""
    call_command(
        command,
        locale=[LANGUAGE],
        ignore_patterns=list(IGNORED),
        no_location=True,
        no_obsolete=True,
        verbosity=0,
    )
