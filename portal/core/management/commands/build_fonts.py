from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.pdf.fonts import FontsMissing, build_fonts


class Command(BaseCommand):
    help = "Build the Thai fonts of PDF files from the npm package (skips what is up to date)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="build every face again")

    def handle(self, *, force: bool, **options: Any) -> None:
        try:
            written = build_fonts(force=force)
        except FontsMissing as error:
            raise CommandError(str(error)) from error
        for path in written:
            self.stdout.write(f"built {path}")
        if not written:
            self.stdout.write("fonts are up to date")
