from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.files import sweeping
from portal.files.models import Blob


class Command(BaseCommand):
    help = "Reads every stored content and names those that are missing or have changed."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for blob, what in sweeping.damaged():
            found += 1
            self.stdout.write(f"{what}: {blob.sha256} ({blob.files.count()} files)")
        if found:
            raise CommandError(f"{found} of {Blob.objects.count()} contents are damaged")
        self.stdout.write(f"{Blob.objects.count()} contents are whole")
