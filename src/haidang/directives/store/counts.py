"""SQL of the counts: the lines of ``model.counts``, drawn over all tasks of directives in one statement.

Tasks are grouped by what they are counted by, by the place in which they stand, and by how many days they
took; what is left are some rows for each line, of which sums and medians are made. The instants at which a
band of lateness or "soon" begins come as parameters, so that no row needs a calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.directives.model.counts import BAND_NAMES, MADE_BY_THE_HOUSE, By, Counts, Reading
from haidang.directives.store import sight
from haidang.organisation.permissions import Principal, scope_sql
from haidang.tasks.model.due import local_day, start_of
from haidang.tasks.model.task import BANDS

DIRECTIVE = "directive"


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks are counted, and by what."""

    by: By = "all"
    reading: Reading = "original"
    since: date | None = None
    """First day on which they were given."""
    until: date | None = None
    """Last day on which they were given."""
    open_from: datetime | None = None
    """Only tasks that were still to be done at this moment, or were given later."""
    source_kinds: tuple[str, ...] = (DIRECTIVE,)
    units: tuple[int, ...] | None = None
    """Only tasks that these units lead."""
    leader: str | None = None
    field: str | None = None
    document: int | None = None
    meeting: int | None = None


class Titled(msgspec.Struct, frozen=True):
    """What a document or a meeting is called, and whether the asker may know it."""

    title: str
    secrecy: str
    seen: bool


# Vietnam has kept to UTC+7 since 1975: a fixed offset costs a tenth of a zone's rules, a million times.
_GIVEN_DAY = "(t.given_at AT TIME ZONE INTERVAL '+07:00')::date"
_DAYS = f"greatest(0, (t.reported_at AT TIME ZONE INTERVAL '+07:00')::date - {_GIVEN_DAY})"
_MONTH = "date_trunc('month', t.given_at AT TIME ZONE INTERVAL '+07:00')::date"
_KEYS: dict[By, tuple[str, ...]] = {
    "all": (),
    "unit": ("t.owner_org",),
    "field": ("t.sector",),
    "month": (_MONTH,),
    "unit_month": ("t.owner_org", _MONTH),
    "leader": ("d.given_by",),
    "document": ("d.document_id",),
    "meeting": ("doc.meeting_id",),
}
# What is cancelled is changed no more: its last change is the cancelling.
_OPEN_FROM = (
    "coalesce(t.accepted_at, CASE WHEN t.state = 'cancelled' THEN t.changed_at END, 'infinity') "
    ">= %(open_from)s"
)
# What a task says of its source anybody who gives tasks could write: ``directive_task`` is what was issued.
_ISSUED = (
    "SELECT t.*, x.directive_id, x.directive_id::text AS directive FROM task t "
    "JOIN directive_task x ON x.task_id = t.id WHERE t.parent_id IS NULL"
)
_OTHERS = (
    "SELECT t.*, NULL::bigint AS directive_id, NULL AS directive FROM task t "
    "WHERE t.source_kind = ANY(%(others)s) AND t.parent_id IS NULL"
)
_PARTS = """
SELECT t.*, made.directive_id, made.directive FROM task t JOIN (
    WITH RECURSIVE up AS (
        SELECT id, parent_id AS above FROM task WHERE source_kind = ANY(%(made)s) AND parent_id IS NOT NULL
        UNION ALL
        SELECT up.id, p.parent_id FROM up JOIN task p ON p.id = up.above
        WHERE p.parent_id IS NOT NULL AND p.source_kind = ANY(%(made)s)
    )
    SELECT up.id, top.directive_id, top.directive FROM up JOIN ({roots}) AS top ON top.id = up.above
) AS made USING (id)"""
"""Periods and remainders, whatever stands between them and the directive's own task."""


def _source(cut: Cut) -> str:
    """Return the tasks of the kinds that a cut asks for, with their periods and remainders."""
    roots = [_ISSUED] if DIRECTIVE in cut.source_kinds else []
    if set(cut.source_kinds) - {DIRECTIVE}:
        roots.append(_OTHERS)
    own = " UNION ALL ".join(roots)
    return f"({own} UNION ALL {_PARTS.format(roots=own)})"


def counted_tasks(principal: Principal, cut: Cut) -> tuple[str, dict[str, Any]]:
    """Return FROM and WHERE of the tasks ``t`` that are counted, as far as the asker may count them."""
    where, values = scope_sql(
        principal, "directive.read", org="t.owner_org", area="t.area_code", sector="t.sector"
    )
    values |= {
        "others": [kind for kind in cut.source_kinds if kind != DIRECTIVE],
        "made": sorted(MADE_BY_THE_HOUSE),
    }
    limits = [
        where, "t.given_at IS NOT NULL", "t.state <> 'draft'", "NOT t.is_exercise",
        "t.due_precision <> 'recurring'",
    ]  # fmt: skip
    for condition, name, value in (
        ("t.given_at >= %(since)s", "since", cut.since and start_of(cut.since)),
        ("t.given_at < %(until)s", "until", cut.until and start_of(cut.until + timedelta(days=1))),
        (_OPEN_FROM, "open_from", cut.open_from),
        ("t.owner_org = ANY(%(units)s)", "units", None if cut.units is None else list(cut.units)),
        ("t.sector = %(field)s", "field", cut.field),
        ("d.given_by = %(leader)s", "leader", cut.leader),
        ("d.document_id = %(document)s", "document", cut.document),
        ("doc.meeting_id = %(meeting)s", "meeting", cut.meeting),
    ):
        if value is not None:
            limits.append(condition)
            values[name] = value
    return f"FROM {_source(cut)} AS t{_join(cut)} WHERE {' AND '.join(limits)}", values


def _join(cut: Cut) -> str:
    """Return the joins to the directive and its document, where the cut asks for them."""
    if cut.by not in {"leader", "document", "meeting"} and (cut.leader, cut.document, cut.meeting) == (
        None, None, None,
    ):  # fmt: skip
        return ""
    return (
        " LEFT JOIN directive d ON d.id = t.directive_id"
        " LEFT JOIN directive_document doc ON doc.id = d.document_id"
    )


def place_sql(cut: Cut) -> str:
    """Return the expression of where a task ``t`` stands: the words of ``STANDINGS``, overdue by its band."""
    end = "t.due_original" if cut.reading == "original" else "t.due_end"
    limit = f"coalesce({end}, t.review_at)"
    bands = " ".join(
        f"WHEN {limit} > %(band_{number})s THEN 'overdue {name}'" for number, (_, name) in enumerate(BANDS)
    )
    overdue = f"CASE {bands} ELSE 'overdue {BAND_NAMES[-1]}' END"
    return (
        "CASE WHEN t.state IN ('cancelled', 'suspended') THEN t.state "
        f"WHEN t.state IN ('accepted', 'closed') THEN CASE WHEN t.reported_at >= {end} THEN 'done_late' "
        "ELSE 'done_on_time' END "
        f"WHEN t.state = 'reported' AND t.reported_at IS NOT NULL THEN CASE WHEN t.reported_at >= {limit} "
        f"THEN {overdue} ELSE 'awaiting_verdict' END "
        f"WHEN {limit} <= %(now)s THEN {overdue} "
        f"WHEN {end} IS NULL THEN 'no_due' WHEN {end} <= %(soon)s THEN 'due_soon' ELSE 'in_time' END"
    )


def moments(now: datetime, soon: datetime) -> dict[str, Any]:
    """Return the instants of :func:`place_sql`; ``soon`` is the end of the last day that is soon."""
    # days_late is at most n where the last day in time is at the earliest n days ago.
    today = local_day(now)
    first = {
        f"band_{number}": start_of(today - timedelta(days=most)) for number, (most, _) in enumerate(BANDS)
    }
    return first | {"now": now, "soon": soon}


def statement(principal: Principal, cut: Cut, now: datetime, soon: datetime) -> tuple[str, dict[str, Any]]:
    """Return the one statement of a count and its parameters."""
    source, values = counted_tasks(principal, cut)
    columns = [f"k{number}" for number in range(len(_KEYS[cut.by]))]
    selected = "".join(f"{key} AS {name}, " for key, name in zip(_KEYS[cut.by], columns, strict=True))
    names = "".join(f"{name}, " for name in columns)
    shown = "".join(f"c.{name}, " for name in columns)
    over = f"PARTITION BY {', '.join(columns)}" if columns else ""
    same = " AND ".join(["TRUE", *(f"c.{name} IS NOT DISTINCT FROM m.{name}" for name in columns)])
    query = f"""
    WITH cells AS MATERIALIZED (
        SELECT {selected}{place_sql(cut)} AS stands,
            CASE WHEN t.state IN ('accepted', 'closed') THEN {_DAYS} END AS took, count(*) AS n,
            count(*) FILTER (WHERE t.reports > 0) AS reported,
            count(*) FILTER (WHERE t.returns > 0) AS returned, sum(t.extensions) AS extensions
        {source} GROUP BY {names}stands, took
    ), by_day AS (
        SELECT {names}took, sum(n) AS n FROM cells WHERE took IS NOT NULL GROUP BY {names}took
    ), ranked AS (
        SELECT {names}took, sum(n) OVER ({over} ORDER BY took) AS upto, sum(n) OVER ({over}) AS total
        FROM by_day
    ), middle AS (
        SELECT {names}(min(took) FILTER (WHERE upto >= div(total + 1, 2))
            + min(took) FILTER (WHERE upto >= div(total, 2) + 1)) / 2.0 AS median
        FROM ranked{" GROUP BY " + ", ".join(columns) if columns else ""}
    )
    SELECT {shown}c.stands, sum(c.n)::bigint, sum(c.reported)::bigint, sum(c.returned)::bigint,
        sum(c.extensions)::bigint, min(m.median)::float8
    FROM cells c LEFT JOIN middle m ON {same} GROUP BY {shown}c.stands
    """
    return query, values | moments(now, soon)


async def counted(
    connection: Connection, principal: Principal, cut: Cut, *, now: datetime, soon: datetime
) -> dict[tuple[Any, ...], Counts]:
    """Return the counts of each line by its key."""
    query, values = statement(principal, cut, now, soon)
    cursor = await connection.execute(query, values)
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    width = len(_KEYS[cut.by])
    for row in await cursor.fetchall():
        found.setdefault(tuple(row[:width]), []).append(row[width:])
    return {key: _counts(rows) for key, rows in found.items()}


def _counts(rows: list[tuple[Any, ...]]) -> Counts:
    places: dict[str, int] = {}
    bands: dict[str, int] = {}
    for place, number in _placed(rows):
        name, _, late = place.partition(" ")
        places[name] = places.get(name, 0) + number
        if late:
            bands[late] = number
    return Counts(
        given=sum(places.values()), **places, bands=bands, reported=sum(row[2] for row in rows),
        returned=sum(row[3] for row in rows), extensions=sum(row[4] for row in rows), median_days=rows[0][5],
    )  # fmt: skip


def _placed(rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, int]]:
    return ((str(row[0]), int(row[1])) for row in rows)


async def org_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units."""
    cursor = await connection.execute("SELECT id, name FROM org WHERE id = ANY(%s)", (sorted(ids),))
    return dict(await cursor.fetchall())


async def documents(connection: Connection, principal: Principal, ids: Iterable[int]) -> dict[int, Titled]:
    """Return documents by their numbers; one without number and subject is called by kind, day and file."""
    where, values = sight.documents(principal)
    cursor = await connection.execute(
        "SELECT d.id, coalesce(nullif(concat_ws(' ', nullif(d.number, ''), nullif(d.subject, '')), ''), "
        "concat(upper(left(d.kind, 1)), substr(d.kind, 2), ' không số', "
        "' ngày ' || to_char(d.issued_on, 'DD/MM/YYYY'), ' (' || d.file_name || ')')), "
        f"d.secrecy, {where} "
        "FROM directive_document d WHERE d.id = ANY(%(ids)s)",
        values | {"ids": sorted(ids)},
    )
    return {row[0]: Titled(*row[1:]) for row in await cursor.fetchall()}


async def meetings(connection: Connection, principal: Principal, ids: Iterable[int]) -> dict[int, Titled]:
    """Return meetings by their numbers."""
    where, values = sight.meetings(principal)
    cursor = await connection.execute(
        f"SELECT m.id, m.title || coalesce(to_char(m.held_on, ' (DD/MM/YYYY)'), ''), m.secrecy, {where} "
        "FROM meeting m WHERE m.id = ANY(%(ids)s)",
        values | {"ids": sorted(ids)},
    )
    return {row[0]: Titled(*row[1:]) for row in await cursor.fetchall()}
