"""SQL of what a site decides about rules: modes, overrides for single entities, the number that grows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from haidang.alerts.rules.model import Mode
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql


class ModeRow(NamedTuple):
    """What a site has decided about a rule."""

    rule: str
    mode: Mode
    reason: str
    by: str
    at: datetime
    version: int


class OverrideRow(NamedTuple):
    """What differs for one entity."""

    rule: str
    entity: str
    changes: dict[str, Any]
    off: bool
    until: datetime | None
    reason: str
    by: str
    at: datetime
    version: int


class Subject(NamedTuple):
    """Whose an entity is."""

    eid: int
    type_id: int
    owner_org: int
    area: str | None
    sector: str | None


async def revision(conn: Connection) -> int:
    """Return the number that grows with every change."""
    row = await (await conn.execute("SELECT revision FROM rule_revision")).fetchone()
    return int(row[0]) if row else 0


async def revise(conn: Connection) -> None:
    """Let everybody read again, once this is committed."""
    await conn.execute("UPDATE rule_revision SET revision = revision + 1")


async def modes(conn: Connection) -> dict[str, ModeRow]:
    """Return the decided modes by rule."""
    found = await conn.execute("SELECT rule, mode, reason, by, at, version FROM rule_mode")
    return {row[0]: ModeRow(*row) for row in await found.fetchall()}


async def mode(conn: Connection, rule: str) -> ModeRow | None:
    """Return what was decided about a rule, and hold it."""
    found = await conn.execute(
        "SELECT rule, mode, reason, by, at, version FROM rule_mode WHERE rule = %s FOR UPDATE", (rule,)
    )
    row = await found.fetchone()
    return None if row is None else ModeRow(*row)


async def set_mode(conn: Connection, row: ModeRow) -> None:
    """Write a rule's mode."""
    await conn.execute(
        "INSERT INTO rule_mode (rule, mode, reason, by, at, version) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (rule) DO UPDATE SET mode = excluded.mode, reason = excluded.reason, by = excluded.by,"
        " at = excluded.at, version = excluded.version",
        row,
    )


_OVERRIDE = "SELECT o.rule, o.entity, o.changes, o.off, o.until, o.reason, o.by, o.at, o.version"


async def overrides(conn: Connection) -> list[OverrideRow]:
    """Return every override."""
    found = await conn.execute(_OVERRIDE + " FROM rule_override o ORDER BY o.rule, o.entity")
    return [OverrideRow(*row) for row in await found.fetchall()]


async def overrides_of(conn: Connection, principal: Principal, rule: str) -> list[OverrideRow]:
    """Return a rule's overrides of entities that the principal may read."""
    scope, values = scope_sql(principal, "entity.read")
    found = await conn.execute(
        f"{_OVERRIDE} FROM rule_override o JOIN entity e ON e.tenant_id = 0 AND e.id = o.entity"
        f" WHERE o.rule = %(rule)s AND {scope} ORDER BY o.entity LIMIT 2000",
        values | {"rule": rule},
    )
    return [OverrideRow(*row) for row in await found.fetchall()]


async def override(conn: Connection, rule: str, entity: str) -> OverrideRow | None:
    """Return one override, and hold it."""
    found = await conn.execute(
        _OVERRIDE + " FROM rule_override o WHERE o.rule = %s AND o.entity = %s FOR UPDATE", (rule, entity)
    )
    row = await found.fetchone()
    return None if row is None else OverrideRow(*row)


async def set_override(conn: Connection, row: OverrideRow) -> None:
    """Write an override."""
    await conn.execute(
        "INSERT INTO rule_override (rule, entity, changes, off, until, reason, by, at, version)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (rule, entity) DO UPDATE SET"
        " changes = excluded.changes, off = excluded.off, until = excluded.until, reason = excluded.reason,"
        " by = excluded.by, at = excluded.at, version = excluded.version",
        row._replace(changes=Jsonb(row.changes)),  # type: ignore[arg-type]
    )


async def drop_override(conn: Connection, rule: str, entity: str) -> None:
    """Delete an override."""
    await conn.execute("DELETE FROM rule_override WHERE rule = %s AND entity = %s", (rule, entity))


async def subject(conn: Connection, entity: str) -> Subject | None:
    """Return whose an entity of the default tenant is."""
    found = await conn.execute(
        "SELECT eid, type_id, owner_org, area_code, sector FROM entity WHERE tenant_id = 0 AND id = %s",
        (entity,),
    )
    row = await found.fetchone()
    return None if row is None else Subject(*row)


async def shadows(
    conn: Connection, principal: Principal, rule: str, limit: int
) -> list[tuple[str, str, datetime, Any]]:
    """Return (entity, kind, at, value) of what a rule on trial would have told, newest first."""
    scope, values = scope_sql(principal, "entity.read")
    found = await conn.execute(
        f"SELECT s.entity, s.kind, s.at, s.value FROM rule_shadow s"
        f" JOIN entity e ON e.tenant_id = 0 AND e.id = s.entity"
        f" WHERE s.rule = %(rule)s AND {scope} ORDER BY s.no DESC LIMIT %(limit)s",
        values | {"rule": rule, "limit": limit},
    )
    return await found.fetchall()
