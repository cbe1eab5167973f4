from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.workflow.diagrams import MissingMarkers, block, mermaid, put_into
from portal.workflow.service import registered
from portal.workflow.tables import Registered


class Command(BaseCommand):
    help = "Print each table of moves as a Mermaid diagram, or bring the READMEs up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help="Write the diagrams into the READMEs."
        )
        parser.add_argument(
            "--check", action="store_true", help="End with 1 when a README is out of date."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stale = [entry for entry in registered() if self._handle(entry, **options)]
        if options["check"] and stale:
            names = ", ".join(entry.table.kind for entry in stale)
            raise CommandError(f"Out of date, run with --write: {names}")

    def _handle(self, entry: Registered, *, write: bool, check: bool, **options: Any) -> bool:
        """Whether the README was out of date."""
        if not write and not check:
            self.stdout.write(f"%% {entry.table.kind}\n{mermaid(entry.table)}")
            return False
        path = Path(settings.BASE_DIR) / entry.readme
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        current = _brought_up_to_date(text, entry)
        if write and current != text:
            path.write_text(current, encoding="utf-8")
            self.stdout.write(f"{entry.readme}: {entry.table.kind}")
        return current != text


def _brought_up_to_date(text: str, entry: Registered) -> str:
    """``text`` with the diagram in its place, or at the end where it has none yet."""
    try:
        return put_into(text, entry.table)
    except MissingMarkers:
        return f"{text}\n{block(entry.table)}\n"
