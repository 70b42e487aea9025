"""The rooms' way into the one ordered event log.

A room appends inside its own transaction, so that an event exists exactly when the change it tells of does.
The city's writer, the only one that gives sequence numbers, takes the rows over and is woken by NOTIFY.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
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

_APPEND_MANY = """
WITH appended AS (
    INSERT INTO event_inbox (topic, kind, ref, body, owner_org, area_code, sector)
    SELECT e.topic, e.kind, e.ref, e.body, e.owner_org, e.area_code, e.sector
    FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS (
        topic text, kind text, ref text, body jsonb, owner_org int, area_code text, sector text
    )) WITH ORDINALITY AS e (topic, kind, ref, body, owner_org, area_code, sector, no)
    ORDER BY e.no
)
SELECT pg_notify('event_inbox', '')
"""


class Event(msgspec.Struct, frozen=True):
    """What a room tells the log; the three at the end say who may hear of it."""

    topic: str
    kind: str
    ref: str
    body: dict[str, Any]
    owner_org: int | None = None
    area_code: str | None = None
    sector: str | None = None


async def append_many(connection: Connection, events: Sequence[Event]) -> None:
    """Put many events into the log in their order by one statement, as :func:`append` does one."""
    if events:
        await connection.execute(_APPEND_MANY, (msgspec.json.encode(events).decode(),))


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
