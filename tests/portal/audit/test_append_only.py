"""The database refuses to change the audit."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from portal.audit import service
from portal.audit.models import AuditRow, Seal, SealedRow

pytestmark = pytest.mark.django_db

MODELS = [AuditRow, Seal, SealedRow]
STATEMENTS = [
    "UPDATE {table} SET {column} = {column}",
    "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
]
COLUMNS = {AuditRow: "action", Seal: "hash", SealedRow: "hash"}


@pytest.fixture
def _as_installed() -> None:
    """The tests let TRUNCATE through to clean up; an installation does not."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in MODELS:
            table = model._meta.db_table
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate")


@pytest.mark.usefixtures("_as_installed")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_database_refuses_to_change(model: type[Model], statement: str) -> None:
    service.record(action="a", actor=None)
    table = model._meta.db_table
    sql = statement.format(table=table, column=COLUMNS[model])

    with (
        pytest.raises(IntegrityError, match=f"{table} is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.usefixtures("_as_installed")
def test_database_refuses_a_session_that_plays_a_replica() -> None:
    service.record(action="a", actor=None)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("DELETE FROM audit_auditrow")


def test_model_cannot_change_or_delete_either() -> None:
    row = service.record(action="a", actor=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    assert AuditRow.objects.get().action == "a"
