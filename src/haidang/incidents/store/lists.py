"""SQL of lists of incidents: what the asker may see, a page at a time by key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.incidents.model.incident import Incident
from haidang.incidents.store.incidents import COLUMNS, row
from haidang.organisation.permissions import Principal, scope_sql

_LINKED = (
    "EXISTS (SELECT FROM incident_link l WHERE l.incident_id = i.id AND l.kind = %(link_kind)s "
    "AND l.ref = %(link_ref)s)"
)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list was asked for."""

    is_open: bool | None = None
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    severities: tuple[int, ...] = ()
    area: str | None = None
    exercise: bool | None = None
    owner: int | None = None
    q: str = ""
    link_kind: str | None = None
    link_ref: str | None = None


def visible(principal: Principal) -> tuple[str, dict[str, Any]]:
    """Return the predicate of what the asker may see; ``desk.visible`` is the same in Python."""
    scope, values = scope_sql(
        principal, "incident.read", org="party.org", area="i.area_code", sector="i.sector"
    )
    if scope in {"TRUE", "FALSE"}:
        return scope, values
    return f"EXISTS (SELECT FROM unnest(i.orgs) AS party (org) WHERE {scope})", values


def _limits(wanted: Filter) -> tuple[list[str], dict[str, Any]]:
    asked: dict[str, tuple[str, Any]] = {
        "is_open": ("i.is_open" if wanted.is_open else "NOT i.is_open", wanted.is_open),
        "states": ("i.state = ANY(%(states)s)", list(wanted.states) or None),
        "kinds": ("i.kind = ANY(%(kinds)s)", list(wanted.kinds) or None),
        "severities": ("i.severity = ANY(%(severities)s)", list(wanted.severities) or None),
        "area": ("i.area_code = %(area)s", wanted.area),
        "exercise": ("i.is_exercise = %(exercise)s", wanted.exercise),
        "owner": ("i.owner_org = %(owner)s", wanted.owner),
        "q": ("(i.title_fold LIKE %(q)s OR i.code = %(q_code)s)", wanted.q or None),
        "link_kind": (
            _LINKED,
            wanted.link_kind,
        ),
    }
    values: dict[str, Any] = {name: value for name, (_, value) in asked.items()}
    values |= {"link_ref": wanted.link_ref, "q_code": wanted.q.strip()}
    pattern = fold(wanted.q).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    values["q"] = f"%{pattern}%"
    return [sql for sql, value in asked.values() if value is not None], values


async def page(
    connection: Connection,
    principal: Principal,
    wanted: Filter,
    *,
    limit: int,
    after: tuple[Any, ...] | None,
) -> list[Incident]:
    """Return a page: open ones by severity and age, others the newest first."""
    scope, values = visible(principal)
    limits, more = _limits(wanted)
    if wanted.is_open:
        order, key = "i.severity, i.reported_at, i.id", "(i.severity, i.reported_at, i.id) > "
    else:
        order, key = "i.reported_at DESC, i.id DESC", "(i.reported_at, i.id) < "
    if after is not None:
        places = ", ".join(f"%(after_{number})s" for number in range(len(after)))
        limits.append(f"{key}({places})")
        values |= {f"after_{number}": value for number, value in enumerate(after)}
    where = " AND ".join([scope, *limits])
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM incident i WHERE {where} ORDER BY {order} LIMIT %(limit)s",
        values | more | {"limit": limit},
    )
    return [row(each) for each in await cursor.fetchall()]


def cursor_of(last: Incident, wanted: Filter) -> str:
    """Return where the next page begins."""
    at = round(last.reported_at.timestamp() * 1_000_000)
    return f"{last.severity}-{at}-{last.id}" if wanted.is_open else f"{at}-{last.id}"


def place_of(cursor: str, wanted: Filter) -> tuple[Any, ...]:
    """Return the key a cursor stands for; ``ValueError`` where it is none of ours."""
    parts = [int(part) for part in cursor.split("-")]
    if len(parts) != (3 if wanted.is_open else 2) or any(part < 0 for part in parts):
        raise ValueError(cursor)
    *severity, at, number = parts
    try:
        moment = datetime.fromtimestamp(at // 1_000_000, UTC).replace(microsecond=at % 1_000_000)
    except (OverflowError, OSError) as cause:
        raise ValueError(cursor) from cause
    return (*severity, moment, number)
