"""How the chain is computed: each row's hash covers its content and the hash before it."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

FIELDS = (
    "id",
    "txid",
    "at",
    "action",
    "actor_id",
    "office_id",
    "about_type",
    "about_id",
    "data",
    "ip",
    "request_id",
    "session",
)
GENESIS = "0" * 64


def row_hash(previous: str, values: tuple[Any, ...]) -> str:
    """SHA-256 (hex) over the hash before a row and the row's values in the order of FIELDS."""
    text = json.dumps(
        values, default=_moment, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
