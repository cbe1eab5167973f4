"""Lets tests that commit empty the audit's tables afterwards, as they do with every table.

In a test database only TRUNCATE is let through; changing and deleting stay refused. The tests of
the trigger itself switch it on again inside their own transaction.
"""

from typing import Any

import pytest
from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate

TABLES = ("audit_auditrow", "audit_seal", "audit_sealedrow")


def _allow_truncate(sender: AppConfig, **kwargs: Any) -> None:
    if sender.label != "audit":
        return
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


@pytest.fixture(scope="session", autouse=True)
def _audit_can_be_emptied() -> None:
    post_migrate.connect(_allow_truncate, dispatch_uid="tests.audit")
