"""How large the benchmarks are: ``quick`` ends within 15 minutes, ``full`` is what is promised."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Sizes of each benchmark; the office of the inbox has 114 schools in both scales."""

    name: str
    letters: int
    deliveries: int
    few_recipients: int
    many_recipients: int
    searched_letters: int
    numbers: int
    mails: int
    pdfs: int
    pdfs_for_memory: int
    page_seconds: float
    register_lines: int
    register_requests: int
    register_pdf_lines: int
    rounds: int
    """Rounds of each benchmark; what takes a moment goes more often."""


QUICK = Scale(
    name="quick",
    letters=1_000,
    deliveries=114_000,
    few_recipients=114,
    many_recipients=3_000,
    searched_letters=20_000,
    numbers=1_000,
    mails=500,
    pdfs=60,
    pdfs_for_memory=120,
    page_seconds=4,
    register_lines=100_000,
    register_requests=100,
    register_pdf_lines=300,
    rounds=5,
)
FULL = Scale(
    name="full",
    letters=10_000,
    deliveries=1_140_000,
    few_recipients=114,
    many_recipients=30_000,
    searched_letters=200_000,
    numbers=2_000,
    mails=2_000,
    pdfs=300,
    pdfs_for_memory=300,
    page_seconds=8,
    register_lines=1_000_000,
    register_requests=300,
    register_pdf_lines=1_000,
    rounds=7,
)
SCALES = {scale.name: scale for scale in (QUICK, FULL)}
