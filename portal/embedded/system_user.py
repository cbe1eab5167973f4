"""PostgreSQL refuses to run as root: who runs it instead, and what that account may reach."""

import os
import pwd
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

SEARCH = stat.S_IXOTH
READ_AND_SEARCH = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True)
class SystemUser:
    """An account without rights of its own, by number."""

    uid: int
    gid: int


def unprivileged(data_dir: Path) -> SystemUser | None:
    """The account for a server whose data is in ``data_dir``; None when we are not root."""
    if os.geteuid() != 0:
        return None
    if data_dir.exists() and (owner := data_dir.stat()).st_uid != 0:
        return SystemUser(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return SystemUser(nobody.pw_uid, nobody.pw_gid)


def let_pass(path: Path) -> None:
    """Let other accounts walk through the folders above ``path``, and say where that was new.

    Only the right to pass is given (``chmod o+x``), not the right to list or read.
    """
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & SEARCH:
            folder.chmod(mode | SEARCH)
            sys.stderr.write(
                f"Note: {folder} may now be passed by other accounts (chmod o+x), "
                "because PostgreSQL does not run as root.\n"
            )


def let_read(tree: Path) -> None:
    """Let other accounts read and run everything under ``tree``."""
    if tree.stat().st_mode & READ_AND_SEARCH == READ_AND_SEARCH:
        return
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        if path.is_dir() or mode & stat.S_IXUSR:
            path.chmod(mode | READ_AND_SEARCH)
        else:
            path.chmod(mode | stat.S_IROTH)
