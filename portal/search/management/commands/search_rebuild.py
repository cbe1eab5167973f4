from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.registry import search_sources
from portal.search import service


class Command(BaseCommand):
    help = "Write the search index again, of all sources or of those named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sources", nargs="*", metavar="source")

    def handle(self, *args: Any, sources: list[str], **options: Any) -> None:
        unknown = set(sources) - set(search_sources.codes())
        if unknown:
            known = ", ".join(search_sources.codes())
            raise CommandError(
                f"No source is named {', '.join(sorted(unknown))}; there are {known}."
            )
        for source in search_sources:
            if not sources or source.code in sources:
                start = monotonic()
                count = service.rebuild(source)
                self.stdout.write(f"{source.code}: {count} ({monotonic() - start:.1f} s)")
        service.drop_unknown()
