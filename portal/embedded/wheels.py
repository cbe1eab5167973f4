"""Server programs that come in Python wheels."""

import importlib.util
from pathlib import Path

from portal.embedded.errors import EmbeddedError


def wheel_folder(package: str, *, server: str, setting: str) -> Path:
    """The folder of an installed package, found without running its code.

    Raises ``EmbeddedError`` where it is not installed: ``server`` is what it brings, ``setting``
    names another server to use instead.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"{server} is not installed in this environment: run `make run` or `make test`, or "
            f"set {setting} to a server of your own."
        )
    return Path(spec.submodule_search_locations[0]).resolve()
