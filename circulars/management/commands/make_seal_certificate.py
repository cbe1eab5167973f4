from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from circulars.sealing import VALID_DAYS, make_certificate, seal_path
from portal.org.models import Office


class Command(BaseCommand):
    help = (
        "Makes a self-made certificate with which an office seals its letters. For trying out: "
        "a real office gets one from a certification authority and puts it at the same place."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("office", help="area code of the office, as in 9302")
        parser.add_argument("--days", type=int, default=VALID_DAYS, help="how long it is valid")

    def handle(self, *, office: str, days: int, **options: Any) -> None:
        found = Office.objects.filter(code=office).first()
        if found is None:
            raise CommandError(f"There is no office with the area code {office}.")
        try:
            path = make_certificate(found, days=days)
        except FileExistsError as error:
            raise CommandError(
                f"{seal_path(found)} is there already; move it away first."
            ) from error
        self.stdout.write(f"made {path}")
