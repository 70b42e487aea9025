"""Routes of payments and of contractor cases: their acts stand in ``docs/programme.md``."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.api.programs import ROOT
from haidang.programme.api.projects import J
from haidang.programme.model.cases import Act as CaseAct
from haidang.programme.model.payments import Act, NewEstimate, NewPayment
from haidang.programme.service import cases, payments
from haidang.programme.service.cases import NewCase
from haidang.programme.service.desk import desk_of

PAYMENT = ROOT + "/payments/{payment_id:int}"
CASE = ROOT + "/contractor-cases/{case_id:int}"


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act on a payment; its word stands in ``act``, its facts beside it."""

    do: Act


class CaseDoing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act in a contractor's case."""

    do: CaseAct


@get(J + "/payments", opt={"permission": "programme.read"}, tags=["programme"], summary="Payments")
async def list_payments(
    project_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    year: FromQuery[int | None] = None,
) -> dict[str, Any]:
    """Return the payments of a project, estimates and confirmed ones, with the acts open to the asker."""
    async with db.transaction() as connection:
        return {"items": await payments.of_project(connection, principal, project_id, year), "next": None}


@post(
    J + "/estimates", opt={"permission": "programme.edit"}, tags=["programme"], summary="Estimate a payment"
)
async def estimate_payment(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[NewEstimate],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Note what the owner expects to be paid in a month."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await payments.estimate(connection, desk, principal, project_id, data)
        return await payments.opened(connection, principal, made.id)

    return await write(request, db, principal.id, key, work)


@post(J + "/payments", opt={"permission": "payment.confirm"}, tags=["programme"], summary="Enter a payment")
async def enter_payment(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[NewPayment],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Enter a payment that the Treasury has made, with its reference."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await payments.enter(connection, desk, principal, project_id, data)
        return await payments.opened(connection, principal, made.id)

    return await write(request, db, principal.id, key, work)


@get(PAYMENT, opt={"permission": "programme.read"}, tags=["programme"], summary="One payment")
async def get_payment(
    payment_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return a payment with the acts open to the asker."""
    async with db.transaction() as connection:
        return await payments.opened(connection, principal, payment_id)


@post(
    PAYMENT + "/acts",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Act on a payment",
    status_code=200,
)
async def act_on_payment(
    *,
    request: Asked,
    key: Key,
    payment_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Confirm by the Treasury's reference, reverse, reestimate, cancel: ``{"do": {"act": "confirm", …}}``."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await payments.perform(connection, desk, principal, payment_id, data.do, version=version)
        return await payments.opened(connection, principal, payment_id)

    return await write(request, db, principal.id, key, work)


@get(
    ROOT + "/contractor-cases",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Cases of contractors",
)
async def list_cases(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    project: FromQuery[int | None] = None,
    only_open: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return cases of projects that the asker keeps or watches over; nobody else sees them."""
    async with db.transaction() as connection:
        return await cases.listed(
            connection, principal, project=project, only_open=only_open, after=cursor_number(cursor),
            limit=page_size(limit),
        )  # fmt: skip


@post(
    J + "/contractor-cases",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="Warn a contractor",
)
async def open_case(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[NewCase],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Open a case by a written warning; one open case a contract."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await cases.open_case(connection, desk, principal, project_id, data)
        return await cases.opened(connection, desk, principal, made.id)

    return await write(request, db, principal.id, key, work)


@get(CASE, opt={"permission": "programme.read"}, tags=["programme"], summary="One case")
async def get_case(
    case_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a case with every step, its document, day, person and time to reply."""
    async with db.transaction() as connection:
        return await cases.opened(connection, desk_of(settings, clock), principal, case_id)


@post(
    CASE + "/acts",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Act in a case",
    status_code=200,
)
async def act_in_case(
    *,
    request: Asked,
    key: Key,
    case_id: FromPath[int],
    data: JSONBody[CaseDoing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Demand, take a remediation plan, cut scope, replace, note a reply, close."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await cases.perform(connection, desk, principal, case_id, data.do, version=version)
        return await cases.opened(connection, desk, principal, case_id)

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_payments, estimate_payment, enter_payment, get_payment, act_on_payment, list_cases, open_case,
    get_case, act_in_case,
)  # fmt: skip
