"""SQL of what tells whether the register is as it was: the head of its log, the last rows of tables."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from haidang.base.database import Connection

WATCHED = (
    "project", "project_total", "plan_node", "capital_plan", "payment", "commitment", "acceptance",
    "contract", "contract_change", "package", "bid", "milestone", "progress", "price_appraisal",
    "equipment_item",
)  # fmt: skip
_LAST = ", ".join(f"pg_sequence_last_value('{table}_id_seq'::regclass)" for table in WATCHED)
_PLAN, _PAYMENT, _COMMITMENT = (WATCHED.index(name) for name in ("capital_plan", "payment", "commitment"))


class Stamp(NamedTuple):
    """What the register was like when something was read of it."""

    place: tuple[int, datetime]
    """Database and the start of its server: numbers of one say nothing of another."""
    head: int
    """The last entry of the chained log; every use case that writes ends with one."""
    last: tuple[int | None, ...]
    """The last number given in each watched table, for rows that came without an entry."""
    writing: bool
    """This transaction has written: what it sees is nobody else's yet."""


async def stamp(connection: Connection) -> Stamp:
    """Return the stamp as this transaction sees it."""
    cursor = await connection.execute(
        "SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), "
        "pg_postmaster_start_time(), "
        "coalesce((SELECT no FROM chain_head WHERE log = 'programme'), 0), "
        f"pg_current_xact_id_if_assigned() IS NOT NULL, {_LAST}"
    )
    [(oid, started, head, writing, *last)] = await cursor.fetchall()
    return Stamp((int(oid), started), int(head), tuple(last), bool(writing))


_HARMLESS = (
    "bottleneck", "case", "decision", "file", "flag", "import.compare", "import.reject", "ledger",
    "meeting", "report", "snapshot",
)  # fmt: skip
"""Acts that no plan, payment, promise or project follows from."""
_TOUCHED = """
SELECT EXISTS (SELECT FROM chain c WHERE c.log = 'programme' AND c.no > %(head)s AND NOT (
           c.action LIKE ANY (%(harmless)s)
           OR (c.action LIKE 'programme.record.%%' AND c.body NOT LIKE '%%commitment%%')
           OR (c.action LIKE 'programme.payment.%%'
               AND coalesce((c.body::jsonb ->> 'plan_year')::int, 0) >= %(year)s)))
    OR EXISTS (SELECT FROM capital_plan p WHERE p.id > %(plan)s AND p.plan_year < %(year)s)
    OR EXISTS (SELECT FROM payment p WHERE p.id > %(payment)s AND p.plan_year < %(year)s)
    OR EXISTS (SELECT FROM commitment p WHERE p.id > %(commitment)s AND p.plan_year < %(year)s)
"""


async def past_touched(connection: Connection, seen: Stamp, year: int) -> bool:
    """Say whether anything since a stamp may have changed the years before a year."""
    cursor = await connection.execute(
        _TOUCHED,
        {
            "head": seen.head, "year": year, "plan": seen.last[_PLAN] or 0,
            "payment": seen.last[_PAYMENT] or 0, "commitment": seen.last[_COMMITMENT] or 0,
            "harmless": [f"programme.{word}%" for word in _HARMLESS],
        },
    )  # fmt: skip
    [(found,)] = await cursor.fetchall()
    return bool(found)


_TENDERS = ("package", "bid", "project")


async def tenders_touched(connection: Connection, seen: Stamp, now: Stamp) -> bool:
    """Say whether packages, bids or projects may have changed since a stamp."""
    if any(seen.last[WATCHED.index(name)] != now.last[WATCHED.index(name)] for name in _TENDERS):
        return True
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM chain c WHERE c.log = 'programme' AND c.no > %(head)s AND NOT ("
        "c.action LIKE ANY (%(harmless)s) OR c.action LIKE 'programme.payment.%%' "
        "OR c.action LIKE 'programme.plan.%%' OR c.action LIKE 'programme.total.%%' "
        "OR (c.action LIKE 'programme.record.%%' AND c.body NOT LIKE '%%package%%' "
        "AND c.body NOT LIKE '%%\"bid\"%%')))",
        {"head": seen.head, "harmless": [f"programme.{word}%" for word in _HARMLESS]},
    )
    [(found,)] = await cursor.fetchall()
    return bool(found)


MANY = 500
"""Projects above which all are read again rather than those that were touched."""
_ENTRIES = """
SELECT c.action, c.subject, c.body FROM chain c
WHERE c.log = 'programme' AND c.no > %(head)s AND c.no <= %(now)s AND NOT c.action LIKE ANY (%(harmless)s)
LIMIT %(many)s
"""


async def touched_projects(connection: Connection, seen: Stamp, now: Stamp) -> set[int] | None:
    """Return which projects may have changed since a stamp; None where it cannot be told, or is many.

    By the entries of the log, and by the rows that are new in the watched tables.
    """
    harmless = [f"programme.{word}%" for word in _HARMLESS]
    cursor = await connection.execute(
        _ENTRIES, {"head": seen.head, "now": now.head, "harmless": harmless, "many": MANY + 1}
    )
    entries = await cursor.fetchall()
    found: set[int] = set()
    for action, subject, body in entries:
        kind, _, number = subject.partition(":")
        told = msgspec.json.decode(body)
        if kind == "project" and number.isdecimal():
            found.add(int(number))
        elif kind == "payment" and "project_id" in told:
            found.add(told["project_id"])
        elif action == "programme.plan.revise" and "first" in told:
            found |= await _new_rows(connection, "capital_plan", told["first"] - 1, told["last"])
        else:
            return None
    for table, before, last in zip(WATCHED, seen.last, now.last, strict=True):
        if before != last and table not in {"project", "plan_node"}:
            found |= await _new_rows(connection, table, before or 0, last or 0)
        elif before != last:
            return None
        if len(found) > MANY:
            return None
    return None if len(entries) > MANY else found


async def _new_rows(connection: Connection, table: str, after: int, last: int) -> set[int]:
    cursor = await connection.execute(
        f"SELECT DISTINCT project_id FROM {table} WHERE id > %s AND id <= %s AND project_id IS NOT NULL "
        "LIMIT %s",
        (after, last, MANY + 1),
    )
    return {number for (number,) in await cursor.fetchall()}
