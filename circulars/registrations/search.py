"""What e-office adds to the search."""

from circulars.search import SOURCES
from portal.core import registry


def register() -> None:
    """Called by the app's own register."""
    for source in SOURCES:
        registry.search_sources.register(source)
