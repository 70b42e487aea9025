"""SQL of the register: forms, indicators, methods, targets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.indicators.model.register import Form, Indicator, Method, Target
from haidang.organisation.permissions import Principal, scope_sql

_FORM = (
    "f.code, f.version, f.vi, f.en, f.period_kind, f.due, f.sector, f.collector_org, f.pack, "
    "f.opened_through, f.active"
)
_COLUMNS = tuple(Indicator.__struct_fields__)
_INDICATOR = ", ".join(f"i.{name}" for name in _COLUMNS)
_METHOD = ", ".join(f"m.{name}" for name in Method.__struct_fields__)


def _form(found: Sequence[Any]) -> Form:
    return msgspec.convert(dict(zip(Form.__struct_fields__, found, strict=True)), Form)


def indicator_of(found: Sequence[Any]) -> Indicator:
    """Return an indicator from its columns in the order of the struct."""
    return msgspec.convert(dict(zip(_COLUMNS, found, strict=True)), Indicator)


def readable(principal: Principal, permission: str = "indicator.read") -> tuple[str, dict[str, Any]]:
    """Return the predicate of the indicators (``i``) whose entry in the register an asker may see."""
    if not principal.may(permission):
        return "FALSE", {}
    own, values = scope_sql(principal, permission, org="i.owner_org", area=None, sector="i.sector")
    owed, more = scope_sql(principal, permission, org="d.org_id", area=None, sector="i.sector")
    return (
        f"(i.owner_org IS NULL OR i.shared OR {own} OR EXISTS (SELECT FROM indicator_duty d "
        f"WHERE d.indicator_id = i.id AND {owed}))"
    ), values | more


async def turn(connection: Connection) -> None:
    """Wait until no other process brings declarations in; the turn ends with the transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('indicator_register', 0))")


async def forms(connection: Connection, *, active: bool = True) -> list[Form]:
    """Return the forms, by code."""
    cursor = await connection.execute(
        f"SELECT {_FORM} FROM indicator_form f WHERE f.active OR NOT %s ORDER BY f.code", (active,)
    )
    return [_form(found) for found in await cursor.fetchall()]


async def forms_seen(connection: Connection, principal: Principal) -> list[Form]:
    """Return the forms of the packs, and those that the asker's units collect or owe."""
    kept, values = scope_sql(principal, "indicator.read", org="f.collector_org", area=None, sector="f.sector")
    owed, more = scope_sql(principal, "indicator.read", org="d.org_id", area=None, sector="f.sector")
    cursor = await connection.execute(
        f"SELECT {_FORM} FROM indicator_form f WHERE f.pack IS NOT NULL OR {kept} OR EXISTS (SELECT FROM "
        f"indicator_duty d JOIN indicator i ON i.id = d.indicator_id WHERE i.form_code = f.code AND {owed}) "
        "ORDER BY f.code LIMIT 2000",
        values | more,
    )
    return [_form(found) for found in await cursor.fetchall()]


async def form(connection: Connection, code: str, *, lock: bool = False) -> Form | None:
    """Return a form."""
    cursor = await connection.execute(
        f"SELECT {_FORM} FROM indicator_form f WHERE f.code = %s" + (" FOR NO KEY UPDATE" if lock else ""),
        (code,),
    )
    found = await cursor.fetchone()
    return _form(found) if found else None


async def add_form(connection: Connection, new: Form, by: str, at: datetime) -> None:
    """Add a form."""
    await connection.execute(
        "INSERT INTO indicator_form (code, version, vi, en, period_kind, due, sector, collector_org, pack, "
        "opened_through, active, created_by, created_at, changed_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (new.code, new.version, new.vi, new.en, new.period_kind, Jsonb(msgspec.to_builtins(new.due)),
        new.sector,
         new.collector_org, new.pack, new.opened_through, new.active, by, at, at),
    )  # fmt: skip


async def put_form(connection: Connection, row: Form, at: datetime) -> None:
    """Write what may change of a form; its period stays."""
    await connection.execute(
        "UPDATE indicator_form SET version = %s, vi = %s, en = %s, due = %s, sector = %s, collector_org = "
        "%s, "
        "active = %s, changed_at = %s WHERE code = %s",
        (row.version, row.vi, row.en, Jsonb(msgspec.to_builtins(row.due)), row.sector, row.collector_org,
         row.active, at, row.code),
    )  # fmt: skip


async def opened(connection: Connection, code: str, through: date) -> None:
    """Note up to which period the submissions of a form have been made."""
    await connection.execute("UPDATE indicator_form SET opened_through = %s WHERE code = %s", (through, code))


async def get(connection: Connection, indicator_id: int, *, lock: bool = False) -> Indicator | None:
    """Return an indicator."""
    cursor = await connection.execute(
        f"SELECT {_INDICATOR} FROM indicator i WHERE i.id = %s" + (" FOR NO KEY UPDATE" if lock else ""),
        (indicator_id,),
    )
    found = await cursor.fetchone()
    return indicator_of(found) if found else None


async def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Indicator]:
    """Return indicators by their numbers."""
    cursor = await connection.execute(
        f"SELECT {_INDICATOR} FROM indicator i WHERE i.id = ANY(%s)", (sorted(ids),)
    )
    return {each.id: each for each in map(indicator_of, await cursor.fetchall())}


async def by_codes(connection: Connection, codes: Collection[str] | None = None) -> dict[str, Indicator]:
    """Return indicators by their codes; all of them where none are named."""
    cursor = await connection.execute(
        f"SELECT {_INDICATOR} FROM indicator i WHERE %(codes)s::text[] IS NULL OR i.code = ANY(%(codes)s)",
        {"codes": None if codes is None else sorted(codes)},
    )
    return {each.code: each for each in map(indicator_of, await cursor.fetchall())}


async def page(
    connection: Connection,
    principal: Principal,
    *,
    limit: int,
    after: str | None = None,
    q: str | None = None,
    **equal: Any,
) -> list[Indicator]:
    """Return indicators that the asker may see, by code; ``equal`` are columns and what they are."""
    where, values = readable(principal)
    limits = [where]
    for name, value in equal.items():
        if value is not None:
            limits.append(f"i.{name} = %(eq_{name})s")
            values[f"eq_{name}"] = value
    if after is not None:
        limits.append("i.code > %(after)s")
    if q:
        limits.append("i.fold LIKE '%%' || %(q)s || '%%'")
        values["q"] = fold(q).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    cursor = await connection.execute(
        f"SELECT {_INDICATOR} FROM indicator i WHERE {' AND '.join(limits)} ORDER BY i.code LIMIT %(limit)s",
        values | {"after": after, "limit": limit},
    )
    return [indicator_of(found) for found in await cursor.fetchall()]


async def seen(connection: Connection, principal: Principal, ids: Collection[int]) -> set[int]:
    """Return which of these indicators the asker may see: in the register, or by a value about its own."""
    where, values = readable(principal)
    cursor = await connection.execute(
        f"SELECT i.id FROM indicator i WHERE i.id = ANY(%(ids)s) AND {where}", values | {"ids": sorted(ids)}
    )
    found = {number for (number,) in await cursor.fetchall()}
    if rest := set(ids) - found:
        about, values = scope_sql(
            principal, "indicator.read", org="p.org_id", area="p.area_code", sector="i.sector"
        )
        cursor = await connection.execute(
            "SELECT i.id FROM indicator i WHERE i.id = ANY(%(ids)s) AND EXISTS "
            "(SELECT FROM indicator_place p JOIN indicator_value v "
            f"ON v.indicator_id = i.id AND v.place_id = p.id AND v.state > 0 WHERE {about})",
            values | {"ids": sorted(rest)},
        )
        found |= {number for (number,) in await cursor.fetchall()}
    return found


async def add(connection: Connection, new: Indicator, by: str, at: datetime) -> int:
    """Add an indicator; return its number."""
    names = [name for name in _COLUMNS if name != "id"]
    values = [Jsonb(msgspec.to_builtins(new.thresholds)) if name == "thresholds" else getattr(new, name)
              for name in names]  # fmt: skip
    cursor = await connection.execute(
        f"INSERT INTO indicator ({', '.join(names)}, fold, created_by, created_at, changed_at) "
        f"VALUES ({', '.join(['%s'] * (len(names) + 4))}) RETURNING id",
        (*values, _folded(new), by, at, at),
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def put(connection: Connection, row: Indicator, at: datetime) -> None:
    """Write an indicator; the caller has locked it and counted the version."""
    names = [name for name in _COLUMNS if name != "id"]
    values = [Jsonb(msgspec.to_builtins(row.thresholds)) if name == "thresholds" else getattr(row, name)
              for name in names]  # fmt: skip
    await connection.execute(
        f"UPDATE indicator SET {', '.join(f'{name} = %s' for name in names)}, fold = %s, changed_at = %s "
        "WHERE id = %s",
        (*values, _folded(row), at, row.id),
    )


def _folded(row: Indicator) -> str:
    return fold(f"{row.code} {row.vi} {row.en}")


async def methods(connection: Connection, ids: Collection[int]) -> dict[int, list[Method]]:
    """Return the methods of indicators, the latest version first."""
    cursor = await connection.execute(
        f"SELECT {_METHOD} FROM indicator_method m WHERE m.indicator_id = ANY(%s) "
        "ORDER BY m.indicator_id, m.version DESC",
        (sorted(ids),),
    )
    found: dict[int, list[Method]] = {number: [] for number in ids}
    for row in await cursor.fetchall():
        method = Method(**dict(zip(Method.__struct_fields__, row, strict=True)))
        found[method.indicator_id].append(method)
    return found


async def add_method(connection: Connection, new: Method) -> None:
    """Add a version of a method, which ends the one before on its first day."""
    await connection.execute(
        "UPDATE indicator_method SET valid_to = %s WHERE indicator_id = %s AND valid_to IS NULL",
        (new.valid_from, new.indicator_id),
    )
    await connection.execute(
        "INSERT INTO indicator_method (indicator_id, version, valid_from, valid_to, vi, en, formula, "
        "legal_basis, created_by, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (new.indicator_id, new.version, new.valid_from, new.valid_to, new.vi, new.en, new.formula,
         new.legal_basis, new.created_by, new.created_at),
    )  # fmt: skip


async def targets(connection: Connection, indicator_id: int, place_id: int) -> list[Target]:
    """Return the targets and the points on the way to them that hold, in their order."""
    cursor = await connection.execute(
        "SELECT start, value, is_goal, decision FROM indicator_target WHERE indicator_id = %s AND place_id "
        "= %s "
        "AND superseded_at IS NULL ORDER BY start",
        (indicator_id, place_id),
    )
    return [
        Target(start=start, value=value, is_goal=goal, decision=decision)
        for start, value, goal, decision in await cursor.fetchall()
    ]


async def targets_of(
    connection: Connection, indicators: Collection[int], places: Collection[int]
) -> dict[tuple[int, int], list[Target]]:
    """Return the targets of many indicators at many places, by both."""
    cursor = await connection.execute(
        "SELECT indicator_id, place_id, start, value, is_goal, decision FROM indicator_target "
        "WHERE indicator_id = ANY(%s) AND place_id = ANY(%s) AND superseded_at IS NULL ORDER BY start",
        (sorted(indicators), sorted(places)),
    )
    found: dict[tuple[int, int], list[Target]] = {}
    for indicator, place, start, value, goal, decision in await cursor.fetchall():
        one = Target(start=start, value=value, is_goal=goal, decision=decision)
        found.setdefault((indicator, place), []).append(one)
    return found


async def set_targets(
    connection: Connection, indicator_id: int, place_id: int, new: Iterable[Target], *, by: str, at: datetime
) -> None:
    """Set targets; those of the same periods that held are superseded, the others stay."""
    for each in new:
        await connection.execute(
            "UPDATE indicator_target SET superseded_at = %s WHERE indicator_id = %s AND place_id = %s "
            "AND start = %s AND superseded_at IS NULL",
            (at, indicator_id, place_id, each.start),
        )
        await connection.execute(
            "INSERT INTO indicator_target (indicator_id, place_id, start, value, is_goal, decision, set_by, "
            "set_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (indicator_id, place_id, each.start, each.value, each.is_goal, each.decision, by, at),
        )
