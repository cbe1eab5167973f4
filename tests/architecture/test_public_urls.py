"""Every address needs sign-in, but for a short list that this test prints."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import get_converters

from portal.core.registry import PublicUrl, public_urls

SAMPLES: dict[str, object] = {
    "int": 1,
    "str": "x",
    "slug": "x",
    "path": "x",
    "uuid": "12345678-1234-5678-1234-567812345678",
}


def patterns(
    resolver: URLResolver | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """All patterns with their full names ("circulars:inbox"); nameless ones with their view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from patterns(entry, inner)
        else:
            yield prefix + (entry.name or entry.lookup_str), entry


def needs_sign_in(pattern: URLPattern) -> bool:
    """As Django's LoginRequiredMiddleware decides it."""
    return getattr(pattern.callback, "login_required", True)


def sample_path(name: str, pattern: URLPattern) -> str | None:
    """An address that this pattern answers; None for patterns of regular expressions."""
    kinds = {kind: name for name, kind in get_converters().items()}
    values = {
        argument: SAMPLES.get(kinds.get(converter, ""), "x")
        for argument, converter in pattern.pattern.converters.items()
    }
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        return None


ALL = list(patterns())
CLOSED = sorted(
    {
        path
        for name, pattern in ALL
        if needs_sign_in(pattern) and (path := sample_path(name, pattern))
    }
)


def test_open_urls_are_those_that_apps_declared_with_a_reason() -> None:
    declared = {entry.code: entry for entry in public_urls if isinstance(entry, PublicUrl)}
    for code, entry in sorted(declared.items()):
        print(f"{code}: {entry.why}")  # noqa: T201  (the list is for people to read)
    assert {name for name, pattern in ALL if not needs_sign_in(pattern)} == set(declared)
    assert all(entry.why for entry in declared.values())


@pytest.mark.django_db
@pytest.mark.parametrize("path", CLOSED)
def test_closed_url_sends_a_stranger_to_sign_in(path: str, client: Client) -> None:
    response = client.get(path)
    assert response.status_code == 302
    # The back-office has a page of its own that leads on to the portal's.
    pages = {reverse("account_login"), reverse("admin:login")}
    assert response.headers["Location"].split("?")[0] in pages
