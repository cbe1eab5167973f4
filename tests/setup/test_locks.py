import subprocess
import sys
from pathlib import Path

from portal.embedded.locks import FileLock, alone

TRY = """
import sys
from pathlib import Path
from portal.embedded.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.try_take(), lock.read())
"""


def try_elsewhere(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", TRY, path], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_lock_taken_keeps_another_process_out_and_tells_who_has_it(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "folder" / "lock")
    lock.take()
    lock.write("first, and longer")
    lock.write("second")
    assert try_elsewhere(lock.path) == "False second"
    lock.release()
    lock.release()
    assert try_elsewhere(lock.path) == "True second"


def test_lock_shared_can_be_had_alone_only_by_the_last(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    first.share()
    second.share()
    assert first.try_take() is False
    second.release()
    assert first.try_take() is True
    first.release()


def test_lock_of_a_file_that_is_not_there_reads_as_empty(tmp_path: Path) -> None:
    assert FileLock(tmp_path / "lock").read() == ""


def test_alone_lets_go_at_the_end(tmp_path: Path) -> None:
    with alone(tmp_path / "lock"):
        assert try_elsewhere(tmp_path / "lock") == "False"
    assert try_elsewhere(tmp_path / "lock") == "True"
