from typing import Any

from django.core.management.base import BaseCommand

from portal.files import sweeping


class Command(BaseCommand):
    help = "Removes uploads that were left lying, contents without a file, and strays on disk."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweeping.sweep()
        self.stdout.write(f"files {swept.files}, contents {swept.blobs}, strays {swept.strays}")
        for file in sweeping.unowned():
            self.stdout.write(f"nobody points at file {file.uid} ({file.size} bytes); kept")
