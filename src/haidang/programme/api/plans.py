"""Routes of capital plans: the tree with its sums, revisions, what held when, and the money of a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.api.programs import ROOT, P
from haidang.programme.model.plans import PlanKind, Revision
from haidang.programme.model.register import Place
from haidang.programme.service import looking, nodes, plans, snapshots
from haidang.programme.service.desk import desk_of
from haidang.programme.service.nodes import NewNode
from haidang.programme.service.snapshots import NewSnapshot

MANY_MAX = 5_000


class Revisions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What decisions set; all of it or nothing."""

    revisions: Annotated[tuple[Revision, ...], msgspec.Meta(min_length=1, max_length=MANY_MAX)]


class Nodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of a year, in their order, and projects below them."""

    year: Annotated[int, msgspec.Meta(ge=1990, le=2100)]
    nodes: Annotated[tuple[NewNode, ...], msgspec.Meta(max_length=MANY_MAX)] = ()
    places: Annotated[tuple[Place, ...], msgspec.Meta(max_length=MANY_MAX)] = ()


@get(P + "/tree", opt={"permission": "programme.read"}, tags=["programme"], summary="A year's plan as a tree")
async def get_tree(
    *,
    program_id: FromPath[int],
    year: FromQuery[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    valid_on: FromQuery[date | None] = None,
    known_at: FromQuery[datetime | None] = None,
    plan_kind: FromQuery[PlanKind] = "annual",
) -> dict[str, Any]:
    """Return the lines with own, projects and total, projects in sight, and what does not add up."""
    when = looking.When(year=year, valid_on=valid_on, known_at=known_at)
    async with db.transaction() as connection:
        return await looking.tree(
            connection, desk_of(settings, clock), principal, program_id, when, plan_kind=plan_kind
        )


@post(
    P + "/nodes",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="Add lines, place projects",
)
async def add_nodes(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[Nodes],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add lines of a year and put projects under lines."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        keys = await nodes.add(connection, desk, principal, program_id, data.nodes, year=data.year)
        await nodes.place(connection, desk, principal, program_id, data.places)
        return {"nodes": keys}

    return await write(request, db, principal.id, key, work)


@get(P + "/plans", opt={"permission": "programme.read"}, tags=["programme"], summary="Plans as of two clocks")
async def get_plans(
    *,
    program_id: FromPath[int],
    year: FromQuery[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    valid_on: FromQuery[date | None] = None,
    known_at: FromQuery[datetime | None] = None,
    plan_kind: FromQuery[PlanKind] = "annual",
) -> dict[str, Any]:
    """Return each line's plan as first assigned beside the one that held on a day, with their days."""
    when = looking.When(year=year, valid_on=valid_on, known_at=known_at)
    async with db.transaction() as connection:
        return await looking.beside(
            connection, desk_of(settings, clock), principal, program_id, when, plan_kind=plan_kind
        )


@post(P + "/plans", opt={"permission": "programme.plan"}, tags=["programme"], summary="Revise plans")
async def revise_plans(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[Revisions],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Let decisions set amounts of many lines; what they touch is superseded and stays readable."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await plans.revise(connection, desk, principal, program_id, data.revisions)

    return await write(request, db, principal.id, key, work)


@get(P + "/money", opt={"permission": "programme.read"}, tags=["programme"], summary="Money of a year")
async def get_money(
    *,
    program_id: FromPath[int],
    year: FromQuery[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    valid_on: FromQuery[date | None] = None,
    known_at: FromQuery[datetime | None] = None,
    cutoff: FromQuery[date | None] = None,
    by: FromQuery[Literal["owner", "phase", "source", "period", "month", "project"] | None] = None,
) -> dict[str, Any]:
    """Return plans by denominator, confirmed payments, estimates apart, and each rate with what it is of.

    Over the projects in sight; ``by`` splits confirmed payments.
    """
    when = looking.When(year=year, valid_on=valid_on, known_at=known_at, cutoff=cutoff)
    async with db.transaction() as connection:
        return await looking.money_of(
            connection, desk_of(settings, clock), principal, program_id, when, by=by
        )


@get(P + "/unspent", opt={"permission": "programme.read"}, tags=["programme"], summary="What a year has left")
async def get_unspent(
    *,
    program_id: FromPath[int],
    year: FromQuery[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return by project and source what was not spent, what a decision carried over, and what lapses."""
    async with db.transaction() as connection:
        return await looking.left_over(connection, desk_of(settings, clock), principal, program_id, year)


@get(P + "/snapshots", opt={"permission": "programme.plan"}, tags=["programme"], summary="Issued figures")
async def list_snapshots(
    program_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the reports whose figures were frozen, the latest first."""
    async with db.transaction() as connection:
        return {"items": await snapshots.listed(connection, principal, program_id), "next": None}


@post(P + "/snapshots", opt={"permission": "programme.plan"}, tags=["programme"], summary="Freeze figures")
async def freeze_figures(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[NewSnapshot],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Freeze the figures of a report as it is issued, with their SHA-256."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await snapshots.freeze(connection, desk, principal, program_id, data)

    return await write(request, db, principal.id, key, work)


@get(
    ROOT + "/snapshots/{snapshot_id:int}",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="One issued report",
)
async def get_snapshot(
    snapshot_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return frozen figures, whether they are as issued, and whether the register brings them back."""
    async with db.transaction() as connection:
        return await snapshots.opened(connection, principal, snapshot_id)


ROUTES = (
    get_tree, add_nodes, get_plans, revise_plans, get_money, get_unspent, list_snapshots, freeze_figures,
    get_snapshot,
)  # fmt: skip
