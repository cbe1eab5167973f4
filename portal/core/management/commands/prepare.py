"""``manage.py prepare``: everything between installing and the first page."""

import unicodedata
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.core import registry
from portal.core.catalogue import compile_catalogue

COLUMNS = ("Who", "User name", "Password", "Also needed")


class Command(BaseCommand):
    help = "Compiles the catalogue, builds the fonts, migrates, loads demo data once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--files-only", action="store_true", help="leave the database alone")
        parser.add_argument("--accounts", type=Path, help="write the table of demo accounts here")

    def handle(
        self,
        *args: Any,
        files_only: bool = False,
        accounts: Path | None = None,
        **options: Any,
    ) -> None:
        compile_catalogue()
        call_command("build_fonts", stdout=StringIO())
        if files_only:
            return
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DEMO:
            call_command("demo_data", stdout=self.stdout)
        if accounts:
            accounts.write_text(accounts_table() if settings.DEMO else "")


def accounts_table() -> str:
    """The demo accounts in columns; empty when there are none."""
    rows = [
        (str(account.role), account.username, account.password, str(account.note))
        for account in registry.demo_accounts
    ]
    if not rows:
        return ""
    table = [COLUMNS, *rows]
    widths = [max(_width(row[column]) for row in table) for column in range(len(COLUMNS))]
    lines = [
        "  " + "   ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in table
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Cells on a terminal: Thai vowels and tone marks above and below take none."""
    return sum(unicodedata.category(character) != "Mn" for character in text)
