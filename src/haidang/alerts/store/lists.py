"""SQL of lists: pages in the order of the queue, groups, counts. All of them hold to the asker's scope."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.alerts.model.alert import QUEUED, Alert
from haidang.alerts.model.folding import Cell, read_key
from haidang.alerts.store.alerts import read
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation.permissions import Principal, scope_sql


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of what may be seen."""

    states: tuple[str, ...] = ()
    """None given: all that is open."""
    priorities: tuple[int, ...] = ()
    areas: tuple[str, ...] | None = None
    """The chosen area and all below it."""
    sector: str | None = None
    rule: str | None = None
    entity: str | None = None
    incident: int | None = None
    active: bool | None = None
    exercise: bool | None = None
    group: str | None = None

    @property
    def open_only(self) -> bool:
        """Whether nothing closed is asked for: then the order is the queue's, else the newest come first."""
        return "closed" not in self.states and self.incident is None


def visible(principal: Principal, permission: str = "alert.read") -> tuple[str, dict[str, Any]]:
    """Return the predicate of the alerts ``a`` within the asker's scope."""
    return scope_sql(principal, permission, org="a.owner_org", area="a.area_code", sector="a.sector")


def condition(principal: Principal, wanted: Filter) -> tuple[str, dict[str, Any]]:
    """Return the predicate of a list and its parameters."""
    where, values = visible(principal)
    limits = [where]
    if wanted.open_only:
        limits.append("a.is_open")
    for text, name, value in (
        ("a.state = ANY(%(states)s)", "states", list(wanted.states) or None),
        ("a.priority = ANY(%(priorities)s)", "priorities", list(wanted.priorities) or None),
        ("a.area_code = ANY(%(areas)s)", "areas", None if wanted.areas is None else list(wanted.areas)),
        ("a.sector = %(sector)s", "sector", wanted.sector),
        ("a.rule = %(rule)s", "rule", wanted.rule),
        ("a.entity_id = %(entity)s", "entity", wanted.entity),
        ("a.incident_id = %(incident)s", "incident", wanted.incident),
        ("a.active = %(active)s", "active", wanted.active),
        ("a.is_exercise = %(exercise)s", "exercise", wanted.exercise),
    ):
        if value is not None:
            limits.append(text)
            values[name] = value
    if wanted.group is not None:
        group, more = _group(wanted.group)
        limits.append(group)
        values |= more
    return " AND ".join(limits), values


def _group(key: str) -> tuple[str, dict[str, Any]]:
    asked = read_key(key)
    limits = [f"a.{column} IS NOT DISTINCT FROM %(group_{column})s" for column in asked]
    return " AND ".join(limits), {f"group_{column}": value for column, value in asked.items()}


async def page(
    connection: Connection, principal: Principal, wanted: Filter, *, limit: int, after: str | None = None
) -> list[Alert]:
    """Return a page: by priority, unacknowledged, oldest; with closed ones the newest first."""
    where, values = condition(principal, wanted)
    values["limit"] = limit
    if not wanted.open_only:
        if after is not None:
            [values["after"]] = _read_cursor(after, 1)
            where += " AND a.id < %(after)s::bigint"
        return await read(connection, where, values, "ORDER BY a.id DESC LIMIT %(limit)s")
    if after is not None:
        parts = _read_cursor(after, 4)
        values |= dict(zip(("p", "k", "f", "i"), parts, strict=True))
        where += (
            " AND (a.priority, a.is_acked, a.first_at, a.id) > "
            "(%(p)s::smallint, %(k)s::boolean, %(f)s::timestamptz, %(i)s::bigint)"
        )
    order = "ORDER BY a.priority, a.is_acked, a.first_at, a.id LIMIT %(limit)s"
    return await read(connection, where, values, order)


def cursor_of(alert: Alert, wanted: Filter) -> str:
    """Return where the page after an alert begins."""
    place: list[Any] = [alert.id]
    if wanted.open_only:
        place = [alert.priority, alert.acked_at is not None, alert.first_at, alert.id]
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _read_cursor(text: str, length: int) -> list[Any]:
    try:
        parts = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=list[Any])
        if len(parts) != length:
            raise ValueError("another list's")
        number = int(parts[-1])
        if not 0 <= number < 1 << 63:
            raise ValueError("no number of an alert")
        if length == 1:
            return [number]
        priority = int(parts[0])
        if priority not in range(1, 5):
            raise ValueError("no priority")
        return [priority, bool(parts[1]), datetime.fromisoformat(parts[2]), number]
    except (ValueError, TypeError, binascii.Error, msgspec.DecodeError) as cause:
        fault = Fault("cursor", "không hợp lệ", "not a cursor of ours", text[:40])
        raise Problem(INVALID, faults=(fault,)) from cause


async def locked(connection: Connection, principal: Principal, wanted: Filter, limit: int) -> list[Alert]:
    """Return, locked in the order of their numbers, the alerts of a list that the asker may see."""
    where, values = condition(principal, wanted)
    values["limit"] = limit
    return await read(connection, where, values, "ORDER BY a.id LIMIT %(limit)s FOR NO KEY UPDATE")


def queued(wanted: Filter) -> Filter:
    """Return what a queue shows: what stands before an operator, unless other states are asked for."""
    return wanted if wanted.states else msgspec.structs.replace(wanted, states=QUEUED)


async def in_groups(
    connection: Connection, principal: Principal, wanted: Filter, keys: Sequence[str], limit: int
) -> list[Alert]:
    """Return the queued alerts of some groups, in the order of the queue."""
    if not keys:
        return []
    where, values = condition(principal, queued(wanted))
    choices = []
    for number, key in enumerate(keys):
        limits = []
        for column, value in read_key(key).items():
            name = f"g{number}_{column}"
            values[name] = value
            limits.append(f"a.{column} IS NOT DISTINCT FROM %({name})s")
        choices.append(f"({' AND '.join(limits)})")
    values["limit"] = limit
    return await read(
        connection,
        f"{where} AND ({' OR '.join(choices)})",
        values,
        "ORDER BY a.priority, a.is_acked, a.first_at, a.id LIMIT %(limit)s",
    )


async def cells(connection: Connection, principal: Principal, wanted: Filter) -> list[Cell]:
    """Count the queue in the finest cells that any fold tells apart."""
    where, values = condition(principal, queued(wanted))
    cursor = await connection.execute(
        "SELECT a.priority, a.group_by, a.rule, a.area_code, a.sector, a.source, a.entity_type, count(*), "
        "count(*) FILTER (WHERE a.state = 'new'), extract(epoch FROM min(a.first_at))::float8, "
        "max(a.rationale_id), (array_agg(a.id ORDER BY a.id))[1:3] "
        f"FROM alert a WHERE {where} GROUP BY 1, 2, 3, 4, 5, 6, 7",
        values,
    )
    return [
        Cell(
            priority=priority, group_by=by, rule=rule, area=area, sector=sector, source=source, type=kind,
            count=count, new=new, first=first, rationale_id=why, sample=tuple(sample),
        )
        for priority, by, rule, area, sector, source, kind, count, new, first, why, sample
        in await cursor.fetchall()
    ]  # fmt: skip


async def counts(connection: Connection, principal: Principal, wanted: Filter) -> dict[str, int]:
    """Return how many open alerts are in each state."""
    where, values = condition(principal, msgspec.structs.replace(wanted, states=()))
    cursor = await connection.execute(
        f"SELECT a.state, count(*) FROM alert a WHERE {where} GROUP BY 1", values
    )
    found = dict.fromkeys(("new", "acked", "cleared", "shelved", "suppressed"), 0)
    found.update(await cursor.fetchall())
    return found


async def titles(connection: Connection, rationale_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the titles of wordings, in both languages."""
    cursor = await connection.execute(
        "SELECT id, body->>'title_vi', body->>'title_en' FROM alert_rationale WHERE id = ANY(%s)",
        (list(rationale_ids),),
    )
    return {number: (vi, en) for number, vi, en in await cursor.fetchall()}


async def raises_by_minute(
    connection: Connection, principal: Principal, areas: tuple[str, ...] | None, since: datetime
) -> dict[int, int]:
    """Return how many alerts came before an operator in each minute (of the epoch) since an instant."""
    where, values = visible(principal)
    values |= {"since": since, "areas": None if areas is None else list(areas)}
    cursor = await connection.execute(
        "SELECT floor(extract(epoch FROM a.at) / 60)::bigint, count(*) FROM alert_raise a "
        f"WHERE {where} AND a.told AND NOT a.is_exercise AND a.at >= %(since)s "
        "AND (%(areas)s::text[] IS NULL OR a.area_code = ANY(%(areas)s)) GROUP BY 1",
        values,
    )
    return dict(await cursor.fetchall())


async def operators(connection: Connection, since: datetime) -> int:
    """Return how many people have acted on alerts since an instant."""
    cursor = await connection.execute(
        "SELECT count(DISTINCT actor) FROM alert_deed WHERE at >= %s AND actor LIKE 'account:%%'", (since,)
    )
    [(number,)] = await cursor.fetchall()
    return int(number)
