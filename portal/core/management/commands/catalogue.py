"""``manage.py catalogue compile|check|update``: the Thai words of the pages."""

import os
import shutil
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.core import catalogue

SHOWN = 40


class Command(BaseCommand):
    help = "Compiles the Thai catalogue, checks that it is complete, or updates it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["compile", "check", "update"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "compile":
            catalogue.compile_catalogue()
            return
        if shutil.which("xgettext") is None:
            raise CommandError("This needs gettext: sudo apt-get install gettext")
        os.chdir(settings.BASE_DIR)
        if action == "update":
            catalogue.update_catalogue()
        found = list(catalogue.problems())
        for line in found[:SHOWN]:
            self.stderr.write(f"  {line}")
        if len(found) > SHOWN:
            self.stderr.write(f"  … and {len(found) - SHOWN} more")
        if found:
            raise CommandError(f"The Thai catalogue has {len(found)} problems.")
        self.stdout.write("The Thai catalogue is complete.")
