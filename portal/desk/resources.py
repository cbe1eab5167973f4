"""The audit as a table for a spreadsheet."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.audit.models import AuditRow

CHUNK = 2000
# What a spreadsheet would take for a formula at the beginning of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written to it, line by line."""

    def write(self, value: str) -> str:
        return value


def audit_csv(rows: QuerySet[AuditRow], *, language: str) -> Iterator[str]:
    """The rows as lines of CSV with a byte order mark, so that spreadsheets read the Thai.

    Lines are made as they are sent: the list may be longer than memory.
    """
    writer = csv.writer(_Echo())
    with translation.override(language):
        yield "\ufeff" + writer.writerow(_header())
        for row in rows.select_related("actor").iterator(chunk_size=CHUNK):
            yield writer.writerow([_cell(value) for value in _values(row)])


def _header() -> list[str]:
    return [
        _("Number"),
        _("Time"),
        _("Person"),
        _("User name"),
        _("Action"),
        _("Action code"),
        _("Object"),
        _("Details"),
        _("IP address"),
        _("Request"),
        _("Session"),
    ]


def _values(row: AuditRow) -> list[Any]:
    return [
        row.pk,
        timezone.localtime(row.at).isoformat(sep=" ", timespec="seconds"),
        row.actor or "",
        row.actor.username if row.actor else "",
        row.action_label,
        row.action,
        row.about_label,
        json.dumps(row.data, ensure_ascii=False) if row.data else "",
        row.ip or "",
        row.request_id,
        row.session,
    ]


def _cell(value: object) -> str:
    """Text as it is shown; an apostrophe keeps a spreadsheet from calculating it."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
