"""Where a private server listens: a socket file, never a network port."""

import hashlib
import tempfile
from pathlib import Path

# The kernel allows 107 bytes for the path of a socket; macOS only 103.
LONGEST_SOCKET_PATH = 100


def socket_dir(data_dir: Path, socket_name: str) -> Path:
    """The directory of the socket: the data directory itself, or a short one in /tmp.

    The short one is derived from the data directory, so every process finds the same.
    """
    data_dir = data_dir.resolve()
    if len(str(data_dir / socket_name).encode()) <= LONGEST_SOCKET_PATH:
        return data_dir
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"portal-{digest}"
