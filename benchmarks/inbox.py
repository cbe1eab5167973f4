"""A clerk's inbox under sixteen clients, against a bare page of the same server."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.bare import ROWS
from benchmarks.data import clerk_of
from benchmarks.report import Figure
from benchmarks.servers import free_port, listens, running
from benchmarks.settings import BENCH_PAGE
from benchmarks.timing import interleaved
from circulars.enums import DeliveryState
from circulars.models import Delivery
from portal.org.models import Office
from portal.users.models import User

REACH = 0.5
CLIENTS = 16
SCHOOL = 7
"""The number of the school whose clerk looks; any other has as many letters."""


class WrongPage(Exception):
    """An answer was not the page that was asked for."""


def measure(office: Office, page_seconds: float, rounds: int) -> Figure:
    """Pages a second of granian with as many workers as cores, each page of 50 rows."""
    clerk = clerk_of(office, SCHOOL)
    received = _open_all(clerk)
    inbox = reverse("circulars:inbox")
    bare = f"{reverse('bench_bare')}?unit={clerk.memberships.get().unit_id}"
    port = free_port()
    granian = ["-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    granian += ["--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "1"]
    granian += ["--workers", str(os.cpu_count() or 1), "portal.wsgi:application"]
    with running("web server", *granian, ready=listens(port)):
        ask = partial(_request, port, _signed_in(clerk))
        page = asyncio.run(_page(port, ask(inbox)))
        if page.count(b'class="row-link"') != ROWS:
            raise WrongPage(f"{inbox} does not show {ROWS} rows")
        BENCH_PAGE.write_bytes(page)

        def run(path: str) -> float:
            return asyncio.run(_rate(port, ask(path), len(page), page_seconds))

        run(inbox), run(bare)  # untimed: templates are compiled, connections made
        rates = interleaved(rounds, work=partial(run, inbox), ceiling=partial(run, bare))
    return Figure(
        name="inbox page",
        size=f"{CLIENTS} clients, {ROWS} rows of {received:,}",
        unit="pages",
        work=rates.work,
        ceiling=rates.ceiling,
        reach=REACH,
        note=f"{len(page) / 1024:.0f} KiB",
    )


def _open_all(clerk: User) -> int:
    """Leave nothing unread, so that the page has one list; how many letters the school has."""
    received = Delivery.objects.filter(unit__memberships__person=clerk)
    unread = received.unread().values("pk")
    Delivery.objects.filter(pk__in=unread).update(
        state=DeliveryState.OPENED, opened_at=timezone.now(), opened_by=clerk
    )
    return received.count()


def _signed_in(user: User) -> str:
    """The session cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _request(port: int, session: str, path: str) -> bytes:
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()


async def _rate(port: int, request: bytes, size: int, seconds: float) -> float:
    """Pages a second that all clients together get; each asks again when it has its answer."""
    start = perf_counter()
    counts = await asyncio.gather(
        *(_client(port, request, size, start + seconds) for _one in range(CLIENTS))
    )
    return sum(counts) / (perf_counter() - start)


async def _client(port: int, request: bytes, size: int, end: float) -> int:
    count = 0
    async with _connected(port) as (reader, writer):
        while perf_counter() < end:
            if len(await _answer(reader, writer, request)) != size:
                raise WrongPage("a page was not as long as the first one")
            count += 1
    return count


async def _page(port: int, request: bytes) -> bytes:
    async with _connected(port) as (reader, writer):
        return await _answer(reader, writer, request)


@asynccontextmanager
async def _connected(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> bytes:
    """The body of one answer over a connection that stays open."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    if b" 200 " not in lines[0]:
        raise WrongPage(lines[0].decode())
    length = next(line for line in lines if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))
