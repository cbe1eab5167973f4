from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.files.scanning import queue_unscanned


class Command(BaseCommand):
    help = "Queues every stored content that clamd has not judged yet."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.CLAMD_URL:
            raise CommandError("CLAMD_URL is empty: there is no scanner")
        self.stdout.write(f"{queue_unscanned()} contents queued")
