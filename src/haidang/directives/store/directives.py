"""SQL of directives: their rows, whom they name, their tasks, what they repeat, what they are linked to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.directives.model.directive import CHAIN_MAX, Directive
from haidang.directives.model.names import Via
from haidang.directives.store import sight
from haidang.organisation.permissions import Principal
from haidang.tasks.model.due import Due
from haidang.tasks.model.task import Task
from haidang.tasks.store import inbox
from haidang.tasks.store.tasks import COLUMNS as TASK_COLUMNS
from haidang.tasks.store.tasks import FIELDS as TASK_FIELDS
from haidang.tasks.store.tasks import row as task_row

FIELDS: tuple[str, ...] = Directive.__struct_fields__
COLUMNS = ", ".join(f"v.{name}" for name in FIELDS)
_FROM = "directive v JOIN directive_document d ON d.id = v.document_id"
_DAY = "(({}) AT TIME ZONE INTERVAL '+07:00')::date"
_LIMIT = "coalesce({end}, t.review_at)"
_AT = "coalesce(t.paused_at, %(now)s)"
TIMELINESS = (
    "CASE WHEN t.state IN ('draft', 'cancelled') THEN NULL "
    "WHEN t.state IN ('accepted', 'closed') THEN "
    "CASE WHEN t.reported_at >= {end} THEN 'done_late' ELSE 'done_on_time' END "
    f"WHEN t.state = 'reported' THEN CASE WHEN t.reported_at >= {_LIMIT} THEN 'overdue' "
    "ELSE 'awaiting_verdict' END "
    f"WHEN {_AT} >= {_LIMIT} THEN 'overdue' WHEN {{end}} IS NULL THEN 'no_due' "
    "WHEN t.paused_at IS NULL AND {end} <= %(soon)s THEN 'due_soon' ELSE 'in_time' END"
)
"""``tasks.model.task.timeliness`` in SQL, against an end; a test holds the two together."""
_LATE = (
    "CASE WHEN t.state IN ('accepted', 'closed') THEN "
    f"greatest(1, {_DAY.format('t.reported_at')} - {_DAY.format('{end} - interval ' + chr(39) + '1 microsecond' + chr(39))}) "  # noqa: E501
    f"ELSE greatest(1, {_DAY.format(_AT)} - {_DAY.format(_LIMIT + ' - interval ' + chr(39) + '1 microsecond' + chr(39))}) END"  # noqa: E501
)
_OF_UNITS = (
    "(EXISTS (SELECT FROM directive_party p WHERE p.directive_id = v.id AND p.org_id = ANY(%(units)s)) "
    "OR EXISTS (SELECT FROM directive_task x JOIN task t ON t.id = x.task_id "
    "WHERE x.directive_id = v.id AND t.owner_org = ANY(%(units)s)))"
)
_LINKED = (
    "EXISTS (SELECT FROM directive_link l WHERE l.directive_id = v.id AND l.kind = 'project' "
    "AND l.ref = ANY(string_to_array(%(project)s, ',')))"
)
_BANDS = {"1-30": (1, 30), "31-60": (31, 60), "61-120": (61, 120), ">120": (121, 1_000_000)}


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list was asked for."""

    units: tuple[int, ...] | None = None
    """Directives that name one of these, or whose tasks one of these leads."""
    leader: str | None = None
    field: str | None = None
    document: int | None = None
    meeting: int | None = None
    timeliness: str | None = None
    band: str | None = None
    reading: Literal["original", "current"] = "original"
    q: str = ""
    project: str | None = None
    """Linked to a project by one of these references, by commas: its number, its public id."""
    review_by: Any = None
    """Without an end, and to be looked at again by this day."""
    before: int | None = None
    now: datetime
    soon: datetime


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a directive, with what stands beside it."""

    directive_id: int
    task: Task
    owner: str
    area: str | None
    evidence: int
    text: str
    """The last report, or how far it is."""
    no: int
    """1 for a task that issuing gave; more for the rest of one that was accepted in part."""


class PartyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that a directive names."""

    directive_id: int
    org_id: int
    role: Literal["lead", "coop"]
    raw_text: str = ""
    exceptions: tuple[str, ...] = ()
    via: Via | None = None


def row(values: Sequence[Any]) -> Directive:
    """Return a directive from its columns in the order of :data:`COLUMNS`."""
    found = dict(zip(FIELDS, values, strict=True))
    found["due"] = msgspec.convert(found["due"], Due)
    return Directive(**found)


async def insert(connection: Connection, directive: Directive) -> int:
    """Add a directive (its ``id`` is not used) and return its number."""
    names = [name for name in FIELDS if name != "id"]
    cursor = await connection.execute(
        f"INSERT INTO directive ({', '.join(names)}, fold) "
        f"VALUES ({', '.join(f'%({name})s' for name in names)}, %(fold)s) RETURNING id",
        {name: getattr(directive, name) for name in names}
        | {
            "due": Jsonb(msgspec.to_builtins(directive.due)),
            "fold": fold(f"{directive.text} {directive.action} {directive.product}"),
        },
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def update(connection: Connection, directive: Directive) -> None:
    """Write what may change beside the wording; the caller has locked the row and counted the version."""
    await connection.execute(
        "UPDATE directive SET version = %s, follows_id = %s, review_on = %s WHERE id = %s",
        (directive.version, directive.follows_id, directive.review_on, directive.id),
    )


async def add_parties(connection: Connection, parties: Iterable[PartyRow]) -> None:
    """Keep whom a directive names."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO directive_party (directive_id, org_id, role, raw_text, exceptions, via) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (each.directive_id, each.org_id, each.role, each.raw_text, list(each.exceptions),
                 None if each.via is None else Jsonb(msgspec.to_builtins(each.via)))
                for each in parties
            ],
        )  # fmt: skip


async def add_tasks(connection: Connection, directive_id: int, tasks: Iterable[int]) -> None:
    """Keep which tasks a directive became."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO directive_task (task_id, directive_id) VALUES (%s, %s)",
            [(task, directive_id) for task in tasks],
        )


async def get(
    connection: Connection, principal: Principal, directive_id: int, *, lock: bool = False
) -> Directive | None:
    """Return a directive that the asker may see; ``lock`` holds its row."""
    seen, values = sight.directives(principal)
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM {_FROM} WHERE v.id = %(id)s AND {seen}"
        + (" FOR NO KEY UPDATE OF v" if lock else ""),
        values | {"id": directive_id},
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def page(
    connection: Connection, principal: Principal, wanted: Filter, *, limit: int
) -> list[Directive]:
    """Return directives that the asker may see, the last issued first."""
    seen, values = sight.directives(principal)
    limits = [seen]
    asked: tuple[tuple[str, str, Any], ...] = (
        ("v.given_by = %(leader)s", "leader", wanted.leader),
        ("v.sector = %(field)s", "field", wanted.field),
        ("v.document_id = %(document)s", "document", wanted.document),
        ("d.meeting_id = %(meeting)s", "meeting", wanted.meeting),
        ("strpos(v.fold, %(q)s) > 0", "q", fold(wanted.q) or None),
        ("v.review_on <= %(review_by)s", "review_by", wanted.review_by),
        (_LINKED, "project", wanted.project),
        ("v.id < %(before)s", "before", wanted.before),
        (
            _OF_UNITS,
            "units",
            None if wanted.units is None else list(wanted.units),
        ),
    )
    for condition, name, value in asked:
        if value is not None:
            limits.append(condition)
            values[name] = value
    if wanted.timeliness is not None or wanted.band is not None:
        limits.append(_standing(principal, wanted, values))
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM {_FROM} WHERE {' AND '.join(limits)} ORDER BY v.id DESC LIMIT %(limit)s",
        values | {"limit": limit},
    )
    return [row(each) for each in await cursor.fetchall()]


async def leaders(connection: Connection, principal: Principal, *, since: date, limit: int) -> list[str]:
    """Return who has given directives since a day, as they are written, most of them first."""
    seen, values = sight.directives(principal)
    cursor = await connection.execute(
        f"SELECT v.given_by FROM {_FROM} WHERE v.given_on >= %(since)s AND {seen} "
        "GROUP BY v.given_by ORDER BY count(*) DESC, v.given_by LIMIT %(limit)s",
        values | {"since": since, "limit": limit},
    )
    return [str(leader) for (leader,) in await cursor.fetchall()]


def _standing(principal: Principal, wanted: Filter, values: dict[str, Any]) -> str:
    """Return the predicate of directives with a task, of those the asker sees, that stands so."""
    end = "t.due_original" if wanted.reading == "original" else "t.due_end"
    visible, scope = inbox.visible(principal)
    values |= scope | {"now": wanted.now, "soon": wanted.soon}
    limits = ["x.directive_id = v.id", visible]
    if wanted.timeliness is not None:
        limits.append(f"({TIMELINESS.format(end=end)}) = %(timeliness)s")
        values["timeliness"] = wanted.timeliness
    if wanted.units is not None:
        limits.append("t.owner_org = ANY(%(units)s)")
    if wanted.band is not None:
        values["late_from"], values["late_to"] = _BANDS[wanted.band]
        limits.append(f"({TIMELINESS.format(end=end)}) = 'overdue'")
        limits.append(f"({_LATE.format(end=end)}) BETWEEN %(late_from)s AND %(late_to)s")
    return (
        f"EXISTS (SELECT FROM directive_task x JOIN task t ON t.id = x.task_id WHERE {' AND '.join(limits)})"
    )


BANDS = tuple(_BANDS)


async def of_document(connection: Connection, principal: Principal, document_id: int) -> list[Directive]:
    """Return the directives of a document that the asker may see, in the order of its text."""
    seen, values = sight.directives(principal)
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM {_FROM} WHERE v.document_id = %(document)s AND {seen} "
        "ORDER BY v.span_start, v.id",
        values | {"document": document_id},
    )
    return [row(each) for each in await cursor.fetchall()]


async def tasks_of(
    connection: Connection, principal: Principal, ids: Sequence[int]
) -> tuple[list[TaskLine], dict[int, int]]:
    """Return the tasks of directives that the asker may see, and how many of each are out of sight.

    What was left of a task that was accepted in part is a task of the directive like the first one.
    """
    visible, values = inbox.visible(principal)
    cursor = await connection.execute(
        f"""
        WITH RECURSIVE given AS (
            SELECT task_id AS id, directive_id, 1 AS no FROM directive_task WHERE directive_id = ANY(%(ids)s)
            UNION ALL
            SELECT r.id, g.directive_id, g.no + 1 FROM given g
            JOIN task r ON r.parent_id = g.id AND r.source_kind = 'remainder'
        )
        SELECT g.directive_id, g.no, {visible} AS seen, o.name, o.area_code,
               (SELECT count(*)::int FROM task_evidence e WHERE e.task_id = t.id AND NOT EXISTS
                   (SELECT FROM task_evidence later WHERE later.supersedes = e.id)),
               coalesce((SELECT r.text FROM task_report r WHERE r.task_id = t.id ORDER BY r.no DESC LIMIT 1),
                        t.progress_text),
               {TASK_COLUMNS}
        FROM given g JOIN task t ON t.id = g.id JOIN org o ON o.id = t.owner_org
        ORDER BY g.directive_id, o.name_sort, t.id
        """,
        values | {"ids": list(ids)},
    )
    shown: list[TaskLine] = []
    hidden: dict[int, int] = {}
    for directive_id, no, seen, owner, area, evidence, text, *rest in await cursor.fetchall():
        if not seen:
            hidden[directive_id] = hidden.get(directive_id, 0) + 1
            continue
        assert len(rest) == len(TASK_FIELDS)  # noqa: S101 - the columns are asked for above
        shown.append(
            TaskLine(
                directive_id=directive_id, no=no, task=task_row(rest), owner=owner, area=area,
                evidence=evidence, text=text,
            )
        )  # fmt: skip
    return shown, hidden


async def task_ids(connection: Connection, directive_id: int) -> list[int]:
    """Return the tasks that issuing gave, in the order in which they are held."""
    cursor = await connection.execute(
        "SELECT task_id FROM directive_task WHERE directive_id = %s ORDER BY task_id", (directive_id,)
    )
    return [number for (number,) in await cursor.fetchall()]


async def parties(connection: Connection, ids: Sequence[int]) -> list[tuple[PartyRow, str]]:
    """Return whom directives name, with their names of today."""
    cursor = await connection.execute(
        "SELECT p.directive_id, p.org_id, p.role, p.raw_text, p.exceptions, p.via, o.name "
        "FROM directive_party p JOIN org o ON o.id = p.org_id WHERE p.directive_id = ANY(%s) "
        "ORDER BY p.directive_id, p.role DESC, o.name_sort, o.id",
        (list(ids),),
    )
    return [
        (
            PartyRow(
                directive_id=each[0], org_id=each[1], role=each[2], raw_text=each[3],
                exceptions=tuple(each[4]), via=msgspec.convert(each[5], Via | None),
            ),
            each[6],
        )
        for each in await cursor.fetchall()
    ]  # fmt: skip


async def earlier(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int | None, Any]]:
    """Return, for directives and all that they repeat one after the other, (what it repeats, given on)."""
    cursor = await connection.execute(
        """
        WITH RECURSIVE back AS (
            SELECT v.id, v.follows_id, v.given_on, 0 AS depth FROM directive v WHERE v.id = ANY(%(ids)s)
            UNION
            SELECT v.id, v.follows_id, v.given_on, b.depth + 1 FROM directive v
            JOIN back b ON b.follows_id = v.id WHERE b.depth < %(most)s
        )
        SELECT DISTINCT id, follows_id, given_on FROM back
        """,
        {"ids": list(ids), "most": CHAIN_MAX},
    )
    return {number: (follows, given_on) for number, follows, given_on in await cursor.fetchall()}


async def named(
    connection: Connection, principal: Principal, ids: Iterable[int], *, column: str = "id"
) -> list[dict[str, Any]]:
    """Return directives in a few words, by their number or by what they repeat or replace."""
    if column not in {"id", "follows_id", "replaces_id"}:
        raise ValueError(column)
    seen, values = sight.directives(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT v.id, v.no, v.follows_id, v.replaces_id, v.given_on, v.action, d.id AS document_id, "
            f"d.number AS document_number, d.kind AS document_kind FROM {_FROM} "
            f"WHERE v.{column} = ANY(%(ids)s) AND {seen} ORDER BY v.given_on, v.id",
            values | {"ids": sorted(set(ids))},
        )
        return await cursor.fetchall()


async def leads_in(connection: Connection, documents: Sequence[int]) -> dict[int, set[int]]:
    """Return the directives of documents that nothing has replaced, with the units that lead them."""
    cursor = await connection.execute(
        "SELECT v.id, array_agg(p.org_id) FROM directive v JOIN directive_party p ON p.directive_id = v.id "
        "AND p.role = 'lead' WHERE v.document_id = ANY(%s) "
        "AND NOT EXISTS (SELECT FROM directive n WHERE n.replaces_id = v.id) GROUP BY v.id ORDER BY v.id",
        (list(documents),),
    )
    return {number: set(orgs) for number, orgs in await cursor.fetchall()}


async def numbers(connection: Connection, document_id: int) -> int:
    """Return how many directives a document has; the caller holds it."""
    cursor = await connection.execute(
        "SELECT count(*)::int FROM directive WHERE document_id = %s", (document_id,)
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def links(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return what directives are linked to."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT directive_id, kind, ref, title FROM directive_link WHERE directive_id = ANY(%s) "
            "ORDER BY directive_id, kind, ref",
            (list(ids),),
        )
        return await cursor.fetchall()


async def add_link(
    connection: Connection, directive_id: int, link: Mapping[str, str], *, at: datetime, by: str
) -> bool:
    """Link a directive; False where it is linked to that already."""
    made = await connection.execute(
        "INSERT INTO directive_link (directive_id, kind, ref, title, at, by) VALUES (%s, %s, %s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        (directive_id, link["kind"], link["ref"], link["title"], at, by),
    )
    return made.rowcount > 0


async def drop_link(connection: Connection, directive_id: int, kind: str, ref: str) -> bool:
    """Take a link away; False where there is none."""
    gone = await connection.execute(
        "DELETE FROM directive_link WHERE directive_id = %s AND kind = %s AND ref = %s",
        (directive_id, kind, ref),
    )
    return gone.rowcount > 0
