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
    "overdue": "{key}.due_sort <= %(now)s AND coalesce(t.paused_at, %(now)s) >= t.due_sort "
    "AND (t.state <> 'reported' OR t.reported_at >= t.due_sort)",
    "awaiting_verdict": "t.state = 'reported' AND t.reported_at < t.due_sort",
    "due_soon": "{key}.due_sort > %(now)s AND {key}.due_sort <= %(soon)s AND t.due_end IS NOT NULL "
    "AND t.state NOT IN ('reported', 'suspended')",
    "in_time": "t.due_end IS NOT NULL AND t.state <> 'reported' AND CASE WHEN t.state = 'suspended' "
    "THEN t.paused_at < t.due_end ELSE t.due_sort > %(soon)s END",
    "no_due": "t.due_end IS NULL AND coalesce(t.paused_at, %(now)s) < t.due_sort AND t.state <> 'reported'",
}
"""The derived values as conditions; ``model.task.timeliness`` is the rule, a test holds both together."""


def visible(principal: Principal, permission: str = "task.read") -> tuple[str, dict[str, Any]]:
    """Return the predicate of the tasks ``t`` of which some party lies within the asker's scope."""
    where, values = scope_sql(principal, permission, org="seen.org_id", area="t.area_code", sector="t.sector")
    if where in {"TRUE", "FALSE"}:
        return where, {}
    return f"EXISTS (SELECT 1 FROM task_party seen WHERE seen.task_id = t.id AND {where})", values


def statement(
    principal: Principal, wanted: Filter, *, limit: int, after: str | None
) -> tuple[str, dict[str, Any]]:
    """Return the one statement of a page and its parameters; the plan of it is what the bench shows.

    Within, the keys of the page are found in the order of an index; names are looked up for these only.
    """
    values: dict[str, Any] = {"now": wanted.now, "soon": wanted.soon, "limit": limit}
    by_party = wanted.orgs is not None
    key, number = ("p", "p.task_id") if by_party else ("t", "t.id")
    limits = [*_limits(principal, wanted, values), *(_parties(wanted, values) if by_party else ())]
    limits.append(f"{'' if wanted.is_open else 'NOT '}{key}.is_open")
    if wanted.timeliness is not None:
        limits.append(_TIMELINESS[wanted.timeliness].format(key=key))
    if after is not None:
        limits.append(_after(values, after, f"{key}.due_sort", number, wanted.is_open))
    source = "task_party p JOIN task t ON t.id = p.task_id" if by_party else "task t"
    # Several parties of one task may be asked for; one of one unit stands once.
    distinct = "DISTINCT " if by_party and not _one(wanted.orgs, wanted.parts) else ""
    keys = f"{key}.due_sort AS due_key, {number} AS id_key" if wanted.is_open else f"{number} AS id_key"
    order = "due_key, id_key" if wanted.is_open else "id_key DESC"
    return (
        f"SELECT {COLUMNS}, {NAMES} FROM (SELECT {distinct}{keys} FROM {source} WHERE {' AND '.join(limits)} "
        f"ORDER BY {order} LIMIT %(limit)s) AS listed JOIN task t ON t.id = id_key{_JOINS} ORDER BY {order}"
    ), values


def _one(orgs: tuple[int, ...] | None, parts: tuple[str, ...] | None) -> bool:
    return orgs is not None and len(orgs) == 1 and parts is not None and len(parts) == 1


def _parties(wanted: Filter, values: dict[str, Any]) -> list[str]:
    limits = []
    for column, name, chosen in (("p.org_id", "orgs", wanted.orgs), ("p.part", "parts", wanted.parts)):
        if chosen is not None and len(chosen) == 1:  # an index in this order needs no sort then
            limits.append(f"{column} = %({name})s")
            values[name] = chosen[0]
        elif chosen is not None:
            limits.append(f"{column} = ANY(%({name})s)")
            values[name] = list(chosen)
    return limits


def _limits(principal: Principal, wanted: Filter, values: dict[str, Any]) -> list[str]:
    limits = []
    if not _all_visible(principal, wanted):
        where, scope = visible(principal)
        limits.append(where)
        values |= scope
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
    return limits


def _all_visible(principal: Principal, wanted: Filter) -> bool:
    """Say whether every task of the asked units lies within the asker's scope, whatever its area, sector."""
    if wanted.orgs is None:
        return principal.everywhere("task.read")
    return all(principal.may("task.read", org_id=org, area_code=None, sector=None) for org in wanted.orgs)


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


async def by_unit(connection: Connection, principal: Principal, now: datetime) -> list[tuple[str, int, int]]:
    """Return (lead unit, its open tasks, those overdue) as far as the asker sees them, without exercises."""
    where, values = visible(principal)
    late = _TIMELINESS["overdue"].format(key="t")
    cursor = await connection.execute(
        f"""
        SELECT o.name, count(*)::int, (count(*) FILTER (WHERE {late}))::int
        FROM task t JOIN org o ON o.id = t.owner_org
        WHERE t.is_open AND NOT t.is_exercise AND t.parent_id IS NULL AND {where}
        GROUP BY o.id, o.name ORDER BY 3 DESC, 2 DESC, o.id
        """,
        values | {"now": now},
    )
    return await cursor.fetchall()


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
