"""One run of the benchmarks, from the empty database to the table."""

import sys
from collections.abc import Callable, Collection, Iterable
from time import monotonic

from django.core.management import call_command

from benchmarks import database, dispatch, inbox, letters, mails, numbers, registers, search
from benchmarks.data import build_office
from benchmarks.data_letters import build_letters
from benchmarks.report import Figure, table, write_json
from benchmarks.scales import Scale
from circulars.models import Letter
from portal.org.models import Office
from portal.settings.environment import VAR_DIR

BENCH_JSON = VAR_DIR / "bench.json"
AREA, COUNTRY, SEARCHED = "9302", "1000", "9303"
SEARCHED_DELIVERIES = 4
"""Recipients of each letter of the office that is searched: a clerk sees one in thirty."""
FAST = 3
"""So many times the rounds for what takes a moment."""

Measure = Callable[[Scale], Figure | Iterable[Figure]]


def run(scale: Scale, names: Collection[str], *, keep: bool = False) -> int:
    """Measure what ``names`` says, or everything; the exit code.

    ``keep`` takes the data that a run of the same scale left.
    """
    start = monotonic()
    if not keep:
        _say(f"Building data ({scale.name}): {scale.letters:,} letters, {scale.deliveries:,} sent")
        _build(scale)
    plan = _plan(*(Office.objects.get(code=code) for code in (AREA, COUNTRY, SEARCHED)))
    unknown = set(names) - set(plan)
    if unknown:
        _say(f"No benchmark is named {', '.join(sorted(unknown))}; there are {', '.join(plan)}.")
        return 2
    figures: list[Figure] = []
    for name, measures in plan.items():
        if not names or name in names:
            for measure in measures:
                _say(f"{monotonic() - start:5.0f} s  {name} …")
                made = measure(scale)
                for figure in [made] if isinstance(made, Figure) else made:
                    figures.append(figure)
                    _say(f"         {figure.ratio:.2f} of the ceiling, {figure.size}")
    _say(f"\n{table(figures)}")
    write_json(figures, BENCH_JSON)
    return 0 if all(figure.ok for figure in figures) else 1


def _build(scale: Scale) -> None:
    """An area office with its past, and a country of as many schools as a letter may go to."""
    database.recreate()
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    area = build_office(code=AREA, schools=scale.few_recipients)
    build_letters(area, letters=scale.letters, deliveries=scale.deliveries)
    build_office(code=COUNTRY, schools=scale.many_recipients)
    searched = build_office(code=SEARCHED, schools=scale.few_recipients)
    found, sent = scale.searched_letters, SEARCHED_DELIVERIES * scale.searched_letters
    build_letters(searched, letters=found, deliveries=sent)
    search.write_texts(searched)
    database.vacuum()


def _plan(area: Office, country: Office, searched: Office) -> dict[str, list[Measure]]:
    def letter() -> Letter:
        return Letter.objects.filter(unit__office=area).select_related("drafter").earliest("pk")

    return {
        "dispatch": [
            lambda scale: dispatch.measure(area, scale.few_recipients, FAST * scale.rounds),
            lambda scale: dispatch.measure(country, scale.many_recipients, scale.rounds),
        ],
        "inbox": [lambda scale: inbox.measure(area, scale.page_seconds, scale.rounds)],
        "numbers": [lambda scale: numbers.measure(country, scale.numbers, scale.rounds)],
        "search": [lambda scale: search.measure(searched)],
        "mails": [lambda scale: mails.measure(country, letter(), scale.mails, scale.rounds)],
        "letters": [lambda scale: letters.measure(area, scale.pdfs, scale.pdfs_for_memory)],
        "registers": [
            lambda scale: registers.measure_page(
                area, scale.register_lines, scale.register_requests
            ),
            lambda scale: registers.measure_pdf(area, scale.register_pdf_lines, scale.rounds),
        ],
    }


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
