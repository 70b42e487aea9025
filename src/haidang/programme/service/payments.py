"""Payments: an owner's estimate, finance's confirmation, and the sums of both, apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.programme.model import payments as model
from haidang.programme.model.payments import (
    RULES,
    Act,
    Hindrance,
    NewEstimate,
    NewPayment,
    Part,
    Payment,
    act_name,
    hinders,
    offered,
    period_of,
)
from haidang.programme.model.records import Contract
from haidang.programme.model.register import FundSource, Project
from haidang.programme.service.desk import Desk, balanced, holds, record, require, visible, wrong
from haidang.programme.store import payments, rows

NOT_NOW = kind(
    "payment-act-refused",
    409,
    "Không thực hiện được với khoản giải ngân lúc này",
    "This cannot be done with the payment now",
)
NOT_YOURS = kind(
    "payment-part-missing",
    403,
    "Việc này thuộc về chủ đầu tư hoặc cơ quan tài chính",
    "This is the owner's or the finance department's to do",
)
HINDRANCES: dict[Hindrance, tuple[str, str]] = {
    "part": ("Bạn không giữ vai trò này.", "You do not stand in this part."),
    "state": ("Trạng thái hiện tại không cho phép.", "The present state does not allow it."),
}
replace = msgspec.structs.replace


def parts_of(principal: Principal, project: Project) -> frozenset[Part]:
    """Return the parts in which the asker stands towards the payments of a project."""
    asked: dict[Part, bool] = {
        "owner": holds(principal, "programme.edit", project),
        "finance": holds(principal, "payment.confirm", project),
    }
    return frozenset(part for part, yes in asked.items() if yes)


async def estimate(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, new: NewEstimate
) -> Payment:
    """Note what the owner expects to be paid in a month."""
    project = await visible(connection, principal, project_id)
    require(principal, "programme.edit", project)
    facts = msgspec.structs.asdict(new) | {"state": "estimate"}
    return await _make(connection, desk, principal, project, facts, action="payment.estimate")


async def enter(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, new: NewPayment
) -> Payment:
    """Enter a payment that the Treasury has made and nobody had estimated; finance's to do."""
    project = await visible(connection, principal, project_id)
    require(principal, "payment.confirm", project)
    facts = msgspec.structs.asdict(new) | {
        "state": "confirmed", "confirmed_by": principal.id, "confirmed_at": desk.now(),
        "period": period_on(desk, new.paid_on, new.plan_year),
    }  # fmt: skip
    return await _make(connection, desk, principal, project, facts, action="payment.enter")


async def _make(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    project: Project,
    facts: dict[str, Any],
    *,
    action: str,
) -> Payment:
    await _check(connection, project, facts)
    now = desk.now()
    [number] = await rows.fresh_ids(connection, "payment", 1)
    made = Payment(
        id=number, project_id=project.id, owner_org=project.owner_org, created_by=principal.id,
        recorded_at=now, changed_at=now, **facts,
    )  # fmt: skip
    with balanced():
        await rows.add(connection, "payment", [made])
    await record(
        connection, desk, principal.id, action=action, subject=f"payment:{number}", about=project,
        body=_said(made),
    )  # fmt: skip
    return made


async def _check(connection: Connection, project: Project, facts: dict[str, Any]) -> None:
    if facts["kind"] != "volume" and facts["contract_id"] is None:
        raise wrong("contract_id", "tạm ứng và thu hồi theo hợp đồng", "advances are under a contract")
    if facts["fund_source_id"] not in {
        each.id for each in await rows.where(connection, "fund_source", FundSource)
    }:
        raise wrong("fund_source_id", "không có nguồn vốn này", "there is no such fund source")
    if facts["contract_id"] is not None and not await rows.where(
        connection, "contract", Contract, id=facts["contract_id"], project_id=project.id
    ):
        raise wrong("contract_id", "không thuộc dự án này", "is not of this project")


def period_on(desk: Desk, paid_on: date, plan_year: int) -> int:
    """Return the period of a payment's day; ``Problem`` where it is before the plan year, or to come."""
    period = period_of(paid_on, plan_year)
    if period is None:
        raise wrong("paid_on", "trước năm kế hoạch", "before the plan year begins", str(paid_on))
    if paid_on > desk.today():
        raise wrong("paid_on", "chưa đến ngày này", "is still to come", str(paid_on))
    return period


def _said(payment: Payment) -> dict[str, Any]:
    names = (
        "project_id", "contract_id", "fund_source_id", "plan_year", "period", "kind", "carry_over", "state",
        "estimate_dong", "confirmed_dong", "paid_on", "treasury_ref", "exception",
    )  # fmt: skip
    return {name: getattr(payment, name) for name in names}


async def perform(
    connection: Connection, desk: Desk, principal: Principal, payment_id: int, act: Act, *, version: int
) -> Payment:
    """Do an act and return the payment after it; ``Problem`` where it is not open, outdated or unbalanced."""
    before, project = await _seen(connection, principal, payment_id, lock=True)
    unchanged(before, version)
    name = act_name(act)
    hindrance = hinders(name, before.state, parts_of(principal, project))
    if hindrance is not None:
        vi, en = HINDRANCES[hindrance]
        found = NOT_YOURS if hindrance == "part" else NOT_NOW
        raise Problem(found, vi, en, act=name, hindrance=hindrance)
    after = _done(desk, principal, before, act)
    after = replace(after, state=RULES[name].to, version=before.version + 1, changed_at=desk.now())
    with balanced():
        await rows.put(connection, "payment", after)
    body = _said(after) | {"from": before.state, "to": after.state}
    if isinstance(act, model.Reverse | model.Cancel):
        body |= {"document": getattr(act, "document", ""), "note": act.note}
    await record(
        connection, desk, principal.id, action=f"payment.{name}", subject=f"payment:{payment_id}",
        about=project, body=body,
    )  # fmt: skip
    return after


def _done(desk: Desk, principal: Principal, before: Payment, act: Act) -> Payment:
    match act:
        case model.Reestimate():
            return replace(
                before, estimate_dong=act.estimate_dong, period=act.period or before.period,
                note=act.note or before.note,
            )  # fmt: skip
        case model.Confirm():
            return replace(
                before, confirmed_dong=act.confirmed_dong, paid_on=act.paid_on, treasury_ref=act.treasury_ref,
                exception=act.exception, period=period_on(desk, act.paid_on, before.plan_year),
                confirmed_by=principal.id, confirmed_at=desk.now(),
            )  # fmt: skip
        case model.Cancel():
            return replace(before, note=act.note)
        case model.Reverse():
            return replace(before, reversed_at=desk.now(), reversed_by=act.document, note=act.note)


async def _seen(
    connection: Connection, principal: Principal, payment_id: int, *, lock: bool = False
) -> tuple[Payment, Project]:
    found = await rows.get(connection, "payment", Payment, payment_id, lock=lock)
    if found is None:
        raise missing("Không có khoản giải ngân này.", "There is no such payment.")
    return found, await visible(connection, principal, found.project_id)


async def opened(connection: Connection, principal: Principal, payment_id: int) -> dict[str, Any]:
    """Return a payment with what the asker may do now."""
    found, project = await _seen(connection, principal, payment_id)
    return line(found, parts_of(principal, project))


def line(payment: Payment, parts: frozenset[Part]) -> dict[str, Any]:
    """Return a payment as the API says it."""
    return dict(msgspec.to_builtins(payment)) | {"acts": offered(payment.state, parts)}


async def of_project(
    connection: Connection, principal: Principal, project_id: int, year: int | None
) -> list[dict[str, Any]]:
    """Return the payments of a project in sight, the latest period first."""
    project = await visible(connection, principal, project_id)
    parts = parts_of(principal, project)
    found: Sequence[Payment] = await payments.of_project(connection, project_id, year)
    return [line(each, parts) for each in found]
