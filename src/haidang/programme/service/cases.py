"""Cases of contractors: opening one, doing the acts of its table, who may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from psycopg.errors import UniqueViolation

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.programme.model import cases as model
from haidang.programme.model.cases import (
    RULES,
    STATES,
    Act,
    Case,
    Hindrance,
    Part,
    Step,
    Warn,
    act_name,
    hinders,
    offered,
)
from haidang.programme.model.records import Contract
from haidang.programme.model.register import Project
from haidang.programme.service.desk import Desk, holds, record, require, visible, wrong
from haidang.programme.store import cases, rows
from haidang.tasks.model.due import end_of

NOT_NOW = kind(
    "contractor-case-act-refused",
    409,
    "Chưa thực hiện được bước này với nhà thầu",
    "This step cannot be taken with the contractor now",
)
NOT_YOURS = kind(
    "contractor-case-part-missing",
    403,
    "Bạn không giữ vai trò này trong vụ việc nhà thầu",
    "You do not stand in this part of the contractor's case",
)
OPEN_ALREADY = kind(
    "contractor-case-open",
    409,
    "Hợp đồng này đang có một vụ việc chưa kết thúc",
    "The contract has a case that is open",
)
HINDRANCES: dict[Hindrance, tuple[str, str]] = {
    "part": ("Việc này thuộc về đơn vị khác.", "This is another's to do."),
    "state": ("Trạng thái hiện tại không cho phép.", "The present state does not allow it."),
    "window": ("Nhà thầu còn thời hạn trả lời.", "The contractor still has time to reply."),
    "plan_runs": ("Kế hoạch khắc phục chưa hết hạn.", "The remediation plan still runs."),
    "office": (
        "Chỉ Văn phòng quyết định bỏ qua một bước hoặc không chờ trả lời.",
        "Only the office decides to skip a step or not to wait for the reply.",
    ),
    "order": (
        "Không bỏ qua bước; nếu có quyết định cho phép, ghi số quyết định vào skips.",
        "Steps are not skipped; where a decision allows it, name it in skips.",
    ),
}


class NewCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contract whose contractor is late, and the warning that opens the case."""

    contract_id: int
    subject: model.Words
    warning: Warn


def parts_of(principal: Principal, project: Project) -> frozenset[Part]:
    """Return the parts in which the asker stands towards the contractors of a project."""
    asked: dict[Part, bool] = {
        "owner": holds(principal, "programme.edit", project),
        "office": holds(principal, "programme.oversee", project),
    }
    return frozenset(part for part, yes in asked.items() if yes)


async def open_case(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, new: NewCase
) -> Case:
    """Warn a contractor in writing; one open case a contract."""
    project = await visible(connection, principal, project_id)
    require(principal, "programme.edit", project)
    found = await rows.where(connection, "contract", Contract, id=new.contract_id, project_id=project_id)
    if not found:
        raise wrong("contract_id", "không thuộc dự án này", "is not of this project", str(new.contract_id))
    if new.warning.skips:
        raise wrong("skips", "bước đầu không bỏ qua gì", "the first step skips nothing")
    now, [number] = desk.now(), await rows.fresh_ids(connection, "contractor_case", 1)
    case = Case(
        id=number, project_id=project_id, contract_id=new.contract_id, contractor_id=found[0].contractor_id,
        owner_org=project.owner_org, state="warned", subject=new.subject, steps=0, created_by=principal.id,
        recorded_at=now, changed_at=now,
    )  # fmt: skip
    case, step = _stepped(desk, principal, case, new.warning, "warned")
    try:
        await rows.add(connection, "contractor_case", [case])
    except UniqueViolation as cause:
        raise Problem(OPEN_ALREADY) from cause
    await cases.add_step(connection, step)
    await _record(connection, desk, principal, project, case=case, step=step)
    return case


def _stepped(
    desk: Desk, principal: Principal, case: Case, act: Act | Warn, state: model.State
) -> tuple[Case, Step]:
    """Return a case after a step, and the step; the time to reply runs in working days of the calendar."""
    if act.dated_on > desk.today():
        raise wrong("dated_on", "chưa đến ngày này", "is still to come", str(act.dated_on))
    until: datetime | None = None
    moves = isinstance(act, Warn) or RULES[act_name(act)].to not in (None, "closed")
    if moves:
        days = getattr(act, "reply_working_days", model.REPLY_WORKING_DAYS)
        until = end_of(desk.tasks.calendar.add_working_days(act.dated_on, days))
    facts: dict[str, Any] = {
        name: msgspec.to_builtins(getattr(act, name))
        for name in ("plan_until", "cut_dong", "new_contract_id")
        if getattr(act, name, None) is not None
    }
    if isinstance(act, model.Reply):
        facts["in_time"] = case.reply_until is None or end_of(act.dated_on) <= case.reply_until
    step = Step(
        case_id=case.id, no=case.steps + 1, act=act_name(act), state=state, document=act.document,
        dated_on=act.dated_on, decided_by=act.decided_by, text=act.text, reply_until=until,
        skips=getattr(act, "skips", ""), facts=facts, by=principal.id, at=desk.now(),
    )  # fmt: skip
    after = msgspec.structs.replace(
        case, state=state, steps=step.no, changed_at=desk.now(),
        reply_until=until if moves else case.reply_until,
        replied=isinstance(act, model.Reply) or (case.replied and not moves),
        plan_until=act.plan_until if isinstance(act, model.Plan) else case.plan_until,
        closed_at=desk.now() if state == "closed" else None,
    )  # fmt: skip
    return after, step


async def perform(
    connection: Connection, desk: Desk, principal: Principal, case_id: int, act: Act, *, version: int
) -> Case:
    """Do an act and return the case after it; ``Problem`` with the hindrance where it is not open."""
    before, project = await _seen(connection, principal, case_id, lock=True)
    unchanged(before, version)
    name = act_name(act)
    parts = parts_of(principal, project)
    hindrance = hinders(name, before, parts, desk.now(), desk.today(), skips=bool(getattr(act, "skips", "")))
    if hindrance is not None:
        vi, en = HINDRANCES[hindrance]
        found = NOT_YOURS if hindrance in {"part", "office"} else NOT_NOW
        raise Problem(found, vi, en, act=name, hindrance=hindrance)
    if isinstance(act, model.Replace) and act.new_contract_id is not None and not await rows.where(
        connection, "contract", Contract, id=act.new_contract_id, project_id=project.id
    ):  # fmt: skip
        raise wrong("new_contract_id", "không thuộc dự án này", "is not of this project")
    after, step = _stepped(desk, principal, before, act, RULES[name].to or before.state)
    after = msgspec.structs.replace(after, version=before.version + 1)
    await rows.put(connection, "contractor_case", after)
    await cases.add_step(connection, step)
    await _record(connection, desk, principal, project, case=after, step=step)
    return after


async def _record(
    connection: Connection, desk: Desk, principal: Principal, project: Project, *, case: Case, step: Step
) -> None:  # fmt: skip
    await record(
        connection, desk, principal.id, action=f"case.{step.act}", subject=f"case:{case.id}", about=project,
        told=False,
        body={"contract_id": case.contract_id, "no": step.no, "state": case.state, "document": step.document,
              "dated_on": step.dated_on, "decided_by": step.decided_by, "skips": step.skips,
              "facts": step.facts},
    )  # fmt: skip


async def _seen(
    connection: Connection, principal: Principal, case_id: int, *, lock: bool = False
) -> tuple[Case, Project]:
    """Return a case; what is against a contractor is seen by its owner and the office only."""
    case = await rows.get(connection, "contractor_case", Case, case_id, lock=lock)
    if case is not None:
        project = await rows.get(connection, "project", Project, case.project_id)
        if project is not None and parts_of(principal, project):
            return case, project
    raise missing("Không có vụ việc này.", "There is no such case.")


async def opened(connection: Connection, desk: Desk, principal: Principal, case_id: int) -> dict[str, Any]:
    """Return a case with its steps and what the asker may do now."""
    case, project = await _seen(connection, principal, case_id)
    [line] = await lines(connection, [case])
    acts = offered(case, parts_of(principal, project), desk.now(), desk.today())
    steps = await cases.steps(connection, case_id)
    return line | {"acts": acts, "log": [msgspec.to_builtins(step) for step in steps]}


async def lines(connection: Connection, found: list[Case]) -> list[dict[str, Any]]:
    """Return cases as lists carry them."""
    contractors = await rows.names(connection, "contractor", "name", (case.contractor_id for case in found))
    projects = await rows.names(connection, "project", "name", (case.project_id for case in found))
    numbers = await rows.names(connection, "contract", "contract_no", (case.contract_id for case in found))
    return [
        dict(msgspec.to_builtins(case)) | {
            "state_vi": STATES[case.state][0], "state_en": STATES[case.state][1],
            "contractor_name": contractors[case.contractor_id], "project_name": projects[case.project_id],
            "contract_no": numbers[case.contract_id],
        }
        for case in found
    ]  # fmt: skip


async def listed(
    connection: Connection,
    principal: Principal,
    *,
    project: int | None,
    only_open: bool,
    after: int | None,
    limit: int,
) -> dict[str, Any]:
    """Return a page of cases in sight."""
    found = await cases.page(
        connection, principal, project=project, only_open=only_open, after=after, limit=limit + 1
    )
    shown = found[:limit]
    return {
        "items": await lines(connection, shown),
        "next": str(shown[-1].id) if len(found) > limit else None,
    }
