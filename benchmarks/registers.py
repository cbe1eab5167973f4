"""Registers: the page of a very long one against a short one, and a register as PDF."""

from functools import partial
from time import perf_counter
from urllib.parse import quote

from django.test import Client
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.data import clerk_of
from benchmarks.database import execute, vacuum
from benchmarks.inbox import SCHOOL
from benchmarks.letters import typesetting
from benchmarks.report import Figure
from benchmarks.timing import interleaved, seconds
from circulars.enums import RegisterKind
from circulars.filters import EntryFilter
from circulars.models import Register, RegisterEntry
from circulars.pdf.registers import register_html, register_pdf
from portal.core.paging import keyset_page
from portal.core.pdf.fetcher import LocalFetcher
from portal.org.models import Office

MOST_SLOWER = 1.5
"""So many times the p95 of the short register's page may the long one's be."""
PDF_REACH = 0.7
SHORT = 1_000
PAGE_YEAR, PDF_YEAR = 2560, 2561
"""Years before all other data of the benchmarks."""
SLOWEST = 0.95

_FILL = """
INSERT INTO circulars_registerentry (register_id, number, registered_at, registered_by_id,
       reference, dated, sender, receiver, subject, action, note, void_reason, voided_at)
SELECT %(register)s, n, moment, NULL, 'ศธ 04001/' || n, moment::date,
       'สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน', 'ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา',
       (ARRAY['ขอเชิญประชุมผู้บริหารสถานศึกษา', 'การรายงานข้อมูลนักเรียนรายบุคคล',
              'แผนการใช้จ่ายงบประมาณประจำปี'])[1 + n %% 3] || ' ครั้งที่ ' || n,
       'กลุ่มอำนวยการ', '', CASE WHEN n %% 50 = 0 THEN 'พิมพ์ผิด' ELSE '' END,
       CASE WHEN n %% 50 = 0 THEN moment END
  FROM generate_series(1, %(lines)s) n
  CROSS JOIN LATERAL (
        SELECT make_timestamptz(%(year)s - 543, 1, 2, 9, 0, 0, 'Asia/Bangkok')
               + n * (interval '350 days' / %(lines)s) AS moment) moments
"""


class WrongPage(Exception):
    """An answer was not the register that was asked for."""


def measure_page(office: Office, lines: int, requests: int) -> Figure:
    """The p95 of the first and the second page of a register, signed in, in this process."""
    long = _register(office, RegisterKind.INCOMING, PAGE_YEAR, lines)
    short = _register(office, RegisterKind.OUTGOING, PAGE_YEAR, SHORT)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(clerk_of(office, SCHOOL))
    paths = {register: _two_pages(client, register) for register in (long, short)}
    taken: dict[Register, list[float]] = {long: [], short: []}
    order = [long, short]
    for turn in range(requests):
        for register in order:
            path = paths[register][turn % 2]
            start = perf_counter()
            answer = client.get(path)
            taken[register].append(perf_counter() - start)
            if answer.status_code != 200:
                raise WrongPage(path)
        order.reverse()
    slow, fast = (_p95(taken[register]) for register in (long, short))
    return Figure(
        name="register page",
        size=f"{lines:,} lines against {SHORT:,}",
        unit="pages",
        work=1 / slow,
        ceiling=1 / fast,
        reach=1 / MOST_SLOWER,
        note=f"p95 {slow * 1000:.0f} ms against {fast * 1000:.0f} ms",
    )


def measure_pdf(office: Office, lines: int, rounds: int) -> Figure:
    """Registers of ``lines`` lines a second, read from the database, against their bare HTML."""
    register = _register(office, RegisterKind.INCOMING, PDF_YEAR, lines)
    html = register_html(register)
    rates = interleaved(
        rounds,
        work=lambda: 1 / seconds(partial(register_pdf, register)),
        ceiling=partial(_by_weasyprint, html, *typesetting()),
    )
    return Figure(
        name="register PDF",
        size=f"{lines:,} lines",
        unit="registers",
        work=rates.work,
        ceiling=rates.ceiling,
        reach=PDF_REACH,
    )


def _register(office: Office, kind: RegisterKind, year: int, lines: int) -> Register:
    """A register of so many lines; the one of an earlier run of the same scale."""
    unit = clerk_of(office, SCHOOL).memberships.get().unit
    register, is_new = Register.objects.get_or_create(
        unit=unit, kind=kind, year=year, defaults={"last_number": lines}
    )
    if is_new:
        execute(_FILL, {"register": register.pk, "lines": lines, "year": year})
        vacuum("circulars_registerentry", "circulars_register")
    return Register.objects.select_related("unit__office").get(pk=register.pk)


def _two_pages(client: Client, register: Register) -> tuple[str, str]:
    """The first page and the one after it, each of the register's last lines."""
    first = register.get_absolute_url()
    entries = RegisterEntry.objects.filter(register=register)
    page = keyset_page(entries, order=EntryFilter.sorts["-number"], cursor=None)
    second = f"{first}?cursor={quote(page.next_cursor or '')}"
    last = f"<strong>{register.last_number}</strong>".encode()
    if [last in client.get(path).content for path in (first, second)] != [True, False]:
        raise WrongPage(first)
    return first, second


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * SLOWEST)]


def _by_weasyprint(html: str, configuration: FontConfiguration, css: CSS) -> float:
    def write() -> bytes:
        page = HTML(string=html, base_url="file:///relative/", url_fetcher=LocalFetcher({}))
        return page.write_pdf(font_config=configuration, stylesheets=[css])

    return 1 / seconds(write)
