"""What a document may load while it is rendered: files of our own, nothing from a network."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from weasyprint.urls import URLFetcher, URLFetcherResponse


class RefusedUrl(ValueError):
    """A document asked for something outside what it may load."""


class LocalFetcher(URLFetcher):
    """Answers four kinds of address, and refuses and remembers all others.

    ``image:<name>`` bytes the caller passed · ``static:<path>`` a static file of the project ·
    ``file:`` below one of ``folders`` (the fonts' folder always) · ``data:``.
    """

    def __init__(self, images: Mapping[str, bytes], folders: tuple[Path, ...] = ()) -> None:
        super().__init__(allowed_protocols={"file", "data"}, allow_redirects=False)
        self._images = images
        self._folders = [Path(folder).resolve() for folder in (settings.FONTS_DIR, *folders)]
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        try:
            return self._answer(url, headers)
        except (RefusedUrl, SuspiciousFileOperation, OSError) as error:
            self.refused.append(url[:200])
            raise RefusedUrl(f"not available to a PDF: {url[:200]}") from error

    def _answer(self, url: str, headers: dict[str, str] | None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = unquote(parts.path)
        if parts.scheme == "image" and path in self._images:
            return URLFetcherResponse(url, self._images[path])
        if parts.scheme == "static" and (found := finders.find(path)):
            return super().fetch(Path(found).as_uri(), headers)
        if parts.scheme == "data" or (parts.scheme == "file" and self._is_ours(parts.path)):
            return super().fetch(url, headers)
        raise RefusedUrl(url[:200])

    def _is_ours(self, url_path: str) -> bool:
        path = Path(url2pathname(url_path)).resolve()
        return any(path.is_relative_to(folder) for folder in self._folders)
