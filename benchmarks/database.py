"""The database of the benchmarks: made anew for each run, filled by COPY."""

from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from benchmarks.settings import ADMIN_DATABASE


def recreate() -> None:
    """Drop what an earlier run left and migrate an empty database."""
    connection.close()
    name = sql.Identifier(settings.DATABASES["default"]["NAME"])
    admin = psycopg2.connect(**{**connect_options(), "dbname": ADMIN_DATABASE})
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
    finally:
        admin.close()
    call_command("migrate", verbosity=0, interactive=False)


def connect_options() -> dict[str, Any]:
    """What psycopg2 needs to reach the same database as Django."""
    params = connection.get_connection_params()
    return {key: params[key] for key in ("dbname", "user", "password", "host", "port", "options")
            if params.get(key)}  # fmt: skip


def execute(statement: str, params: object = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def scalar(statement: str, params: object = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


def vacuum(*tables: str) -> None:
    """Take the dead rows out, so that every round finds its tables as the first one did."""
    execute(f"VACUUM (ANALYZE) {', '.join(tables)}" if tables else "VACUUM (ANALYZE)")


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows by COPY; None is NULL, everything else goes as its text."""
    buffer = StringIO()
    for row in rows:
        buffer.write("\t".join(map(_field, row)) + "\n")
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", buffer)


def _field(value: object) -> str:
    if value is None:
        return r"\N"
    return str(value).replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")
