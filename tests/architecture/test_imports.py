"""Who may import whom; the contracts stand in pyproject.toml."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def lint_imports(folder: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-logo", "--cache-dir", tmp_path / "cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_contracts_are_kept(tmp_path: Path) -> None:
    done = lint_imports(settings.BASE_DIR, tmp_path)
    assert done.returncode == 0, done.stdout


def test_import_contracts_notice_an_import_upwards(tmp_path: Path) -> None:
    for package, code in (("circulars", ""), ("portal", "import circulars\n")):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(code)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["portal", "circulars"]\n'
        '[[tool.importlinter.contracts]]\nname = "Order"\ntype = "layers"\n'
        'layers = ["circulars", "portal"]\n'
    )
    done = lint_imports(tmp_path, tmp_path)
    assert "portal -> circulars (l.1)" in done.stdout
    assert done.returncode == 1
