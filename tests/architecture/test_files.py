"""What every file of the project must keep to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

LONGEST = 420  # lines; a file near 400 is split by noun
SKIPPED = {"node_modules", "var", "migrations", "__pycache__", "htmlcov"}
TEXT = {".py", ".html", ".txt", ".md", ".toml", ".json", ".yml", ".yaml", ".js", ".css", ".in"}
# Put together, so that this file does not hold what it looks for.
PLACES = re.compile(
    "|".join(["/" + "work/", "pypi" + r"\.org", "registry" + r"\.npmjs", "pythonhosted" + r"\."])
)


def project_files(*suffixes: str) -> Iterator[Path]:
    for path in sorted(settings.BASE_DIR.rglob("*")):
        parts = path.relative_to(settings.BASE_DIR).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts)
        if hidden or SKIPPED & set(parts) or not path.is_file():
            continue
        if path.suffix in suffixes:
            yield path


def relative(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def test_no_source_file_is_too_long() -> None:
    long = {
        relative(path): length
        for path in project_files(".py")
        if not relative(path).startswith("tests/")
        and (length := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    found = [relative(path) for path in project_files(*TEXT, "") if PLACES.search(read(path))]
    assert found == []


def read(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")


@pytest.mark.parametrize("text", ["see /" + "work/x", "https://pypi" + ".org/simple"])
def test_forbidden_places_are_recognised(text: str) -> None:
    assert PLACES.search(text)


def test_lock_files_pin_without_addresses() -> None:
    locks = ["package-lock.json", "requirements/base.txt", "requirements/dev.txt"]
    texts = {name: (settings.BASE_DIR / name).read_text() for name in locks}
    assert [
        name for name, text in texts.items() if '"resolved"' in text or "-url" in _urls(text)
    ] == []
    assert "--hash=sha256:" in texts["requirements/base.txt"]


def _urls(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.startswith("--"))
