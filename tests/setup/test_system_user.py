"""Root hands PostgreSQL to an account without rights, and opens no more than that needs."""

import os
import pwd
from pathlib import Path

import pytest

from portal.embedded.holding import Hold
from portal.embedded.postgres import Postgres
from portal.embedded.system_user import SystemUser, let_pass, let_read, unprivileged


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_who_is_not_root_runs_the_server_himself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unprivileged(tmp_path) is None


def test_root_takes_nobody_or_who_owns_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    nobody = pwd.getpwnam("nobody")
    assert unprivileged(tmp_path / "new") == SystemUser(nobody.pw_uid, nobody.pw_gid)
    owner = tmp_path.stat()
    own = SystemUser(owner.st_uid, owner.st_gid) if owner.st_uid else unprivileged(Path("/new"))
    assert unprivileged(tmp_path) == own


def test_let_pass_opens_closed_folders_for_passing_only_and_says_which(
    server_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed, data = server_folder / "closed", server_folder / "closed" / "open" / "data"
    data.mkdir(parents=True)
    closed.chmod(0o700)
    data.parent.chmod(0o755)
    data.chmod(0o700)
    let_pass(data)
    assert [mode(path) for path in (closed, data.parent, data)] == ["0o701", "0o755", "0o700"]
    said = capsys.readouterr().err
    assert said == (
        f"Note: {closed} may now be passed by other accounts (chmod o+x), "
        "because PostgreSQL does not run as root.\n"
    )
    let_pass(data)
    assert capsys.readouterr().err == ""


def test_let_read_opens_a_tree_that_was_installed_for_one_account(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "bin").mkdir(parents=True)
    program, library = tree / "bin" / "program", tree / "library"
    program.touch(0o700)
    library.touch(0o600)
    for folder in (tree, tree / "bin"):
        folder.chmod(0o700)
    let_read(tree)
    assert [mode(path) for path in (tree, tree / "bin", program, library)] == [
        "0o705",
        "0o705",
        "0o705",
        "0o604",
    ]
    library.chmod(0o600)
    let_read(tree)  # what lies open as a whole is not walked through again
    assert mode(library) == "0o600"


@pytest.mark.slow
def test_server_starts_in_a_folder_that_is_closed_to_others(server_folder: Path) -> None:
    (server_folder / "closed").mkdir(mode=0o700)
    with Hold(Postgres(server_folder / "closed" / "data", forgetful=True)) as hold:
        assert hold.server.answers()
