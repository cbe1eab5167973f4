"""``manage.py demo_data``: an office to try the portal with."""

from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

from portal.core import registry


class Command(BaseCommand):
    help = "Loads the demo data of every app, unless there are people in the database already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="load it although there are people already"
        )

    def handle(self, *args: Any, again: bool = False, **options: Any) -> None:
        if not again and get_user_model().objects.exists():
            self.stdout.write("There are people in the database already: nothing loaded.")
            return
        # All or nothing: after an interrupted load the next one begins from the start.
        with transaction.atomic():
            for loader in registry.demo_loaders:
                loader.load(cast(TextIO, self.stdout))
