"""Prove that the registers have no gap and no double."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from circulars.enums import RegisterKind
from circulars.services.register_proof import BookProof, prove
from portal.org.models import Office


class Command(BaseCommand):
    help = (
        "Checks for each register and year that every number from 1 to the last exists exactly "
        "once: given, reserved or void. The exit code is 1 when one does not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", help="the code of one office")
        parser.add_argument("--year", type=int, help="one year, in the Buddhist era")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        office = options["office"]
        if office and not Office.objects.filter(code=office).exists():
            self.stderr.write(f"There is no office {office}.")
            raise SystemExit(2)
        books = prove(office=office, year=options["year"])
        if options["json"]:
            text = json.dumps([book.as_json() for book in books], ensure_ascii=False, indent=1)
            self.stdout.write(text)
        else:
            self._write(books)
        if not all(book.is_whole for book in books):
            raise SystemExit(1)

    def _write(self, books: list[BookProof]) -> None:
        for book in books:
            self.stdout.write(
                f"{'whole' if book.is_whole else 'BROKEN'}  {book.office}  {book.year}  "
                f"{RegisterKind(book.kind).name.lower()}  {book.unit}: 1–{book.last_number}, "
                f"{book.given} given, {book.reserved} reserved, {book.void} void"
            )
            for fault, numbers in book.faults.items():
                listed = ", ".join(map(str, numbers))
                self.stdout.write(f"        {fault.replace('_', ' ')}: {listed}")
        broken = sum(not book.is_whole for book in books)
        self.stdout.write(f"{len(books)} registers, {broken} broken")
