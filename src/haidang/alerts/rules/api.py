"""Routes of rules: what holds, what it would have come to, modes, overrides, reading the packs again."""

from __future__ import annotations

from typing import Any

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.alerts.rules import deciding
from haidang.alerts.rules.deciding import NewMode, NewOverride
from haidang.alerts.rules.reading import schema
from haidang.alerts.rules.trial import Asked as Trial
from haidang.alerts.rules.trial import trial
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.city.service import City
from haidang.organisation.permissions import Principal

R = "/api/v1/alert-rules"


@get(R, opt={"permission": "alert.read"}, tags=["alerts"], summary="Rules of alerts")
async def list_rules(
    db: NamedDependency[Database], city: NamedDependency[City], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return every rule with its mode, faults of packs, and up to when everything was looked at."""
    async with db.transaction() as connection:
        return await deciding.listed(connection, city, principal)


@get(R + "/schema", opt={"permission": "alert.read"}, tags=["alerts"], summary="Grammar of rules")
async def rule_schema() -> dict[str, Any]:
    """Return the grammar of ``rules.yaml`` as JSON Schema."""
    return schema()


@get(R + "/{name:str}", opt={"permission": "alert.read"}, tags=["alerts"], summary="One rule")
async def get_rule(
    name: FromPath[str],
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a rule in full, its overrides, and what it would have told while on trial."""
    async with db.transaction() as connection:
        return await deciding.shown(connection, city, principal, name)


@post(
    R + "/{name:str}/trial",
    opt={"permission": "alert.rule"},
    tags=["alerts"],
    summary="Try a rule on history",
    status_code=200,
)
async def try_rule(
    *,
    name: FromPath[str],
    data: JSONBody[Trial],
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return how often the rule would have fired, at which entities, with examples. Writes nothing."""
    async with db.transaction() as connection:
        rule = deciding.rule_of(await deciding.book_now(connection, city), name)
    if data.set:
        rule = deciding.with_values(rule, data.set)
    return await trial(city, principal, rule, data)


@put(R + "/{name:str}/mode", opt={"permission": "alert.rule"}, tags=["alerts"], summary="Switch a rule")
async def put_mode(
    *,
    request: Asked,
    key: Key,
    name: FromPath[str],
    data: JSONBody[NewMode],
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Switch a rule on, off, or to trial, for the whole site."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        return await deciding.set_mode(connection, city, principal, name, data, version=version)

    return await write(request, db, principal.id, key, work)


@get(R + "/{name:str}/overrides", opt={"permission": "alert.read"}, tags=["alerts"], summary="Overrides")
async def list_overrides(
    name: FromPath[str],
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return what differs for single entities."""
    async with db.transaction() as connection:
        return await deciding.overrides(connection, city, principal, name)


@put(
    R + "/{name:str}/overrides",
    opt={"permission": "alert.rule"},
    tags=["alerts"],
    summary="Override a rule for an entity",
)
async def put_override(
    *,
    request: Asked,
    key: Key,
    name: FromPath[str],
    data: JSONBody[NewOverride],
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Give a rule other values for one entity, or switch it off there; ``If-Match: "0"`` for a new one."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        return await deciding.set_override(connection, city, principal, name, data, version=version)

    return await write(request, db, principal.id, key, work)


@delete(
    R + "/{name:str}/overrides", opt={"permission": "alert.rule"}, tags=["alerts"], summary="End an override"
)
async def end_override(
    *,
    request: Asked,
    key: Key,
    name: FromPath[str],
    entity: FromQuery[str],
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> None:
    """Let the rule be for the entity as for all others."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        await deciding.drop_override(connection, city, principal, name, entity, version=version)

    await write(request, db, principal.id, key, work)


@post(
    R + "/reload",
    opt={"permission": "alert.rule"},
    tags=["alerts"],
    summary="Read the packs again",
    status_code=200,
)
async def reload_rules(
    *,
    request: Asked,
    key: Key,
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
) -> Any:
    """Let every process read the packs' rules again; a faulty set is not taken, and its faults are told."""

    async def work(connection: Connection) -> Any:
        return await deciding.reload(connection, city, principal)

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_rules,
    rule_schema,
    get_rule,
    try_rule,
    put_mode,
    list_overrides,
    put_override,
    end_override,
    reload_rules,
)
