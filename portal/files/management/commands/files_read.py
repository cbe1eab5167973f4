from typing import Any

from django.core.management.base import BaseCommand

from portal.files import ocr
from portal.files.reading import queue_unread


class Command(BaseCommand):
    help = "Queue contents whose words are not known yet, and scans once Tesseract is there."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{queue_unread()} contents will be read.")
        if not ocr.is_available():
            self.stdout.write(
                "Scans cannot be read here: install tesseract-ocr and tesseract-ocr-tha."
            )
