"""SQL of the alert's own row: read under a lock, written many at a time by one statement."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.alerts.model.alert import Alert
from haidang.alerts.model.signal import Rationale
from haidang.base.database import Connection

FIELDS: tuple[str, ...] = tuple(name for name in Alert.__struct_fields__ if name != "rationale")
COLUMNS = ", ".join(f"a.{name}" for name in FIELDS)
_NAMES = ", ".join(FIELDS)
_INSERT = f"INSERT INTO alert ({_NAMES}) SELECT {_NAMES} FROM json_populate_recordset(NULL::alert, %s::json)"
_UPDATE = (
    f"UPDATE alert a SET ({_NAMES}) = ({', '.join(f'n.{name}' for name in FIELDS)}) "
    "FROM json_populate_recordset(NULL::alert, %s::json) n WHERE a.id = n.id"
)
_RATIONALE = "SELECT id, body FROM alert_rationale WHERE id = ANY(%s)"
_RAISING = 7_204_110_215  # any constant of ours; those who raise take turns


async def read(
    connection: Connection, where: str, values: dict[str, Any] | Sequence[Any], more: str = ""
) -> list[Alert]:
    """Return the alerts ``a`` of a condition of ours, each with what its rule said of it."""
    cursor = await connection.execute(f"SELECT {COLUMNS} FROM alert a WHERE {where} {more}", values)
    return await whole(connection, await cursor.fetchall())


async def whole(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> list[Alert]:
    """Return alerts from rows of :data:`COLUMNS`."""
    place = FIELDS.index("rationale_id")
    cursor = await connection.execute(_RATIONALE, (sorted({row[place] for row in rows}),))
    known = {number: msgspec.convert(body, Rationale) for number, body in await cursor.fetchall()}
    return [Alert(rationale=known[row[place]], **dict(zip(FIELDS, row, strict=True))) for row in rows]


async def by_ids(connection: Connection, ids: Iterable[int], *, lock: bool = False) -> list[Alert]:
    """Return alerts in the order of their numbers; ``lock`` holds their rows for the caller's change."""
    more = "ORDER BY a.id" + (" FOR NO KEY UPDATE" if lock else "")
    return await read(connection, "a.id = ANY(%s)", (sorted(set(ids)),), more)


async def open_of(connection: Connection, keys: Iterable[tuple[str, str]]) -> list[Alert]:
    """Return, locked, the open alerts of (rule, subject)."""
    rules, subjects = zip(*sorted(set(keys)), strict=True)
    return await read(
        connection,
        "a.is_open AND (a.rule, a.subject) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        (list(rules), list(subjects)),
        "ORDER BY a.id FOR NO KEY UPDATE",
    )


async def take_turn(connection: Connection) -> None:
    """Wait until nobody else raises alerts, and let nobody else until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_RAISING,))


async def numbers(connection: Connection, count: int) -> list[int]:
    """Return numbers for new alerts."""
    cursor = await connection.execute("SELECT nextval('alert_number') FROM generate_series(1, %s)", (count,))
    return [int(number) for (number,) in await cursor.fetchall()]


async def write(connection: Connection, new: Sequence[Alert], old: Sequence[Alert]) -> None:
    """Add new alerts and write whole rows of known ones; the caller has locked those."""
    for statement, alerts in ((_INSERT, new), (_UPDATE, old)):
        if alerts:
            await connection.execute(
                statement, (msgspec.json.encode([_row(each) for each in alerts]).decode(),)
            )


def _row(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in FIELDS}


async def rationales(connection: Connection, wanted: Iterable[Rationale]) -> dict[Rationale, int]:
    """Return the numbers of wordings, which are kept once each and for ever."""
    found: dict[Rationale, int] = {}
    for each in wanted:
        body = msgspec.json.encode(each)
        fingerprint = hashlib.sha256(body).digest()
        await connection.execute(
            "INSERT INTO alert_rationale (fingerprint, body) VALUES (%s, %s::jsonb) ON CONFLICT DO NOTHING",
            (fingerprint, body.decode()),
        )
        cursor = await connection.execute(
            "SELECT id FROM alert_rationale WHERE fingerprint = %s", (fingerprint,)
        )
        [(found[each],)] = await cursor.fetchall()
    return found


async def note_raises(connection: Connection, alerts: Sequence[Alert], at: datetime) -> None:
    """Note that the conditions of these alerts have come."""
    rows = [
        {
            "at": at, "alert_id": each.id, "rule": each.rule, "subject": each.subject,
            "priority": each.priority, "owner_org": each.owner_org, "area_code": each.area_code,
            "sector": each.sector, "told": each.state == "new", "is_exercise": each.is_exercise,
        }
        for each in alerts
    ]  # fmt: skip
    if rows:
        await connection.execute(
            "INSERT INTO alert_raise SELECT * FROM json_populate_recordset(NULL::alert_raise, %s::json)",
            (msgspec.json.encode(rows).decode(),),
        )


async def note_deed(
    connection: Connection, *, at: datetime, actor: str, act: str, alerts: int, seconds: float | None
) -> None:
    """Note an act of a person on some alerts."""
    await connection.execute(
        "INSERT INTO alert_deed (at, actor, act, alerts, seconds) VALUES (%s, %s, %s, %s, %s)",
        (at, actor, act, alerts, seconds),
    )


async def prune(connection: Connection, before: datetime) -> int:
    """Delete alerts closed before an instant, and what was noted before it; the log stays."""
    await connection.execute("DELETE FROM alert_raise WHERE at < %s", (before,))
    await connection.execute("DELETE FROM alert_deed WHERE at < %s", (before,))
    await connection.execute("DELETE FROM alert_maintenance WHERE until < %s", (before,))
    return (await connection.execute("DELETE FROM alert WHERE closed_at < %s", (before,))).rowcount
