"""SQL of the lists: one statement for each page, on an index in the order in which it is shown.

Open tasks are ordered by their end (those without one last), others by number, newest first. A view starts
either from the tasks (my own; everything, for whoever sees the whole house) or from the parties of some
units; both indexes carry the order, so that a page reads little more than what it shows.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.text import fold
from haidang.organisation.permissions import Principal, scope_sql
from haidang.tasks.model.task import Task
from haidang.tasks.store.tasks import COLUMNS, FIELDS, row

NAMES = (
    "owner.name, assigner.name, who.display_name, "
    "(SELECT count(*) FROM task c WHERE c.parent_id = t.id), t.due_sort::text"
)
_JOINS = (
    " JOIN org owner ON owner.id = t.owner_org JOIN org assigner ON assigner.id = t.assigner_org"
    " LEFT JOIN account who ON who.id = t.assignee"
)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of what may be seen."""

    orgs: tuple[int, ...] | None = None
    """Only tasks of these units; None: of whichever may be seen."""
    parts: tuple[str, ...] | None = None
    """In these parts: lead, assigner, monitor, coop."""
    assignee: int | None = None
    is_open: bool = True
    states: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    source_kind: str | None = None
    q: str = ""
    timeliness: str | None = None
    now: datetime
    soon: datetime
    """The end of the last day that is soon."""
    parent_id: int | None = None


class Line(msgspec.Struct, frozen=True):
    """A task in a list, with the names that stand beside it."""

    task: Task
    owner: str
    assigner: str
    assignee: str | None
    children: int
    due_sort: str


_TIMELINESS = {
    "overdue": "t.due_sort <= %(now)s AND coalesce(t.paused_at, %(now)s) >= t.due_sort "
    "AND (t.state <> 'reported' OR t.reported_at >= t.due_sort)",
    "awaiting_verdict": "t.state = 'reported' AND t.reported_at < t.due_sort",
    "due_soon": "t.due_sort > %(now)s AND t.due_sort <= %(soon)s AND t.due_end IS NOT NULL "
    "AND t.state NOT IN ('reported', 'suspended')",
    "in_time": "t.due_end IS NOT NULL AND t.state <> 'reported' AND CASE WHEN t.state = 'suspended' "
    "THEN t.paused_at < t.due_end ELSE t.due_sort > %(soon)s END",
    "no_due": "t.due_end IS NULL AND coalesce(t.paused_at, %(now)s) < t.due_sort AND t.state <> 'reported'",
}


def visible(principal: Principal, permission: str = "task.read") -> tuple[str, dict[str, Any]]:
    """Return the predicate of the tasks ``t`` of which some party lies within the asker's scope."""
    where, values = scope_sql(principal, permission, org="seen.org_id", area="t.area_code", sector="t.sector")
    if where in {"TRUE", "FALSE"}:
        return where, {}
    return f"EXISTS (SELECT 1 FROM task_party seen WHERE seen.task_id = t.id AND {where})", values


def statement(
    principal: Principal, wanted: Filter, *, limit: int, after: str | None
) -> tuple[str, dict[str, Any]]:
    """Return the one statement of a page and its parameters; the plan of it is what the bench shows."""
    limits, values = _limits(principal, wanted)
    source, key = "task t", "t"
    if wanted.orgs is not None:
        limits.append("p.org_id = ANY(%(orgs)s)")
        values["orgs"] = list(wanted.orgs)
        if wanted.parts is not None:
            limits.append("p.part = ANY(%(parts)s)")
            values["parts"] = list(wanted.parts)
        source, key = "task_party p JOIN task t ON t.id = p.task_id", "p"
        limits.append("p.is_open" if wanted.is_open else "NOT p.is_open")
    limits.append("t.is_open" if wanted.is_open else "NOT t.is_open")
    number = "p.task_id" if key == "p" else "t.id"
    order = f"{key}.due_sort, {number}" if wanted.is_open else f"{number} DESC"
    if after is not None:
        limits.append(_after(values, after, f"{key}.due_sort", number, wanted.is_open))
    distinct = f"DISTINCT ON ({order.removesuffix(' DESC')}) " if wanted.orgs is not None else ""
    values["limit"] = limit
    return (
        f"SELECT {distinct}{COLUMNS}, {NAMES} FROM {source}{_JOINS} WHERE {' AND '.join(limits)} "
        f"ORDER BY {order} LIMIT %(limit)s"
    ), values


def _limits(principal: Principal, wanted: Filter) -> tuple[list[str], dict[str, Any]]:
    where, values = visible(principal)
    values |= {"now": wanted.now, "soon": wanted.soon}
    limits = [where] if where != "TRUE" else []
    for condition, name, value in (
        ("t.assignee = %(assignee)s", "assignee", wanted.assignee),
        ("t.state = ANY(%(states)s)", "states", list(wanted.states) or None),
        ("t.priority = ANY(%(priorities)s)", "priorities", list(wanted.priorities) or None),
        ("t.source_kind = %(source)s", "source", wanted.source_kind),
        ("t.parent_id = %(parent)s", "parent", wanted.parent_id),
        ("strpos(t.title_fold, %(q)s) > 0", "q", fold(wanted.q) or None),
    ):
        if value is not None:
            limits.append(condition)
            values[name] = value
    if wanted.timeliness is not None:
        limits.append(_TIMELINESS[wanted.timeliness])
    return limits, values


async def page(
    connection: Connection, principal: Principal, wanted: Filter, *, limit: int, after: str | None = None
) -> list[Line]:
    """Return a page of tasks that the asker may see."""
    query, values = statement(principal, wanted, limit=limit, after=after)
    cursor = await connection.execute(query, values)
    cut = len(FIELDS)
    return [Line(row(each[:cut]), *each[cut:]) for each in await cursor.fetchall()]


async def count(connection: Connection, principal: Principal, wanted: Filter, most: int) -> int:
    """Return how many tasks a list has, counted no further than ``most``."""
    query, values = statement(principal, wanted, limit=most, after=None)
    cursor = await connection.execute(f"SELECT count(*) FROM ({query}) AS listed", values)
    [(number,)] = await cursor.fetchall()
    return int(number)


async def lock(connection: Connection, ids: Sequence[int]) -> None:
    """Lock tasks in the order of their numbers, before any of their acts takes its turn at the log."""
    await connection.execute("SELECT 1 FROM task WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (sorted(ids),))


def cursor_of(line: Line, is_open: bool) -> str:
    """Return where the page after a line begins."""
    text = msgspec.json.encode([line.due_sort, line.task.id] if is_open else [line.task.id])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _after(values: dict[str, Any], after: str, due: str, number: str, is_open: bool) -> str:
    try:
        parts: Sequence[Any] = msgspec.json.decode(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if is_open:
            sort, task_id = parts
            if sort != "infinity":
                datetime.fromisoformat(sort)
            values |= {"after_sort": sort, "after_id": int(task_id)}
            return f"({due}, {number}) > (%(after_sort)s::timestamptz, %(after_id)s::bigint)"
        [task_id] = parts
        values["after_id"] = int(task_id)
    except (ValueError, TypeError, binascii.Error, msgspec.DecodeError) as cause:
        raise Problem(
            INVALID, faults=(Fault("cursor", "không hợp lệ", "not a cursor of ours", after[:40]),)
        ) from cause
    return f"{number} < %(after_id)s::bigint"
