"""The rooms' way into the one ordered event log.

A room appends inside its own transaction, so that an event exists exactly when the change it tells of does.
The city's writer, the only one that gives sequence numbers, takes the rows over and is woken by NOTIFY.
"""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from haidang.base.database import Connection

CHANNEL = "event_inbox"
"""NOTIFY channel that wakes the writer; the message carries nothing, the table is the truth."""

_APPEND = """
WITH appended AS (
    INSERT INTO event_inbox (topic, kind, ref, body, owner_org, area_code, sector)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
)
SELECT pg_notify('event_inbox', '')
"""


async def append(
    connection: Connection,
    *,
    topic: str,
    kind: str,
    ref: str,
    body: dict[str, Any],
    owner_org: int | None = None,
    area_code: str | None = None,
    sector: str | None = None,
) -> None:
    """Put an event into the log with the caller's transaction; it gets its number after the commit."""
    await connection.execute(_APPEND, (topic, kind, ref, Jsonb(body), owner_org, area_code, sector))
