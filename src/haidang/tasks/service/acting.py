"""Doing an act: one function for each, the same way around all of them.

:func:`perform` locks the row, holds the version against what was seen, asks the rules, lets the act make a
new row, and then writes it with its next moment, its notices, its event and its log entry. Whoever gave the
task may follow what is done with it (``sources``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import unchanged
from haidang.tasks.model import acts
from haidang.tasks.model.acts import RULES, Act, Part, Situation, act_name, hinders
from haidang.tasks.model.due import end_of, local_day
from haidang.tasks.model.task import Task
from haidang.tasks.service import dues, giving, sources
from haidang.tasks.service.desk import Desk, hindered, record, visible, wrong
from haidang.tasks.service.doing import Doing
from haidang.tasks.service.giving import check_assignee, scheduled
from haidang.tasks.service.telling import tell
from haidang.tasks.store import records, tasks

replace = msgspec.structs.replace


async def perform(
    connection: Connection, desk: Desk, principal: Principal, task_id: int, act: Act, *, version: int
) -> Task:
    """Do an act and return the task after it; ``Problem`` where it is not open to the asker, or outdated."""
    task = await visible(connection, principal, task_id, lock=True)
    unchanged(task, version)
    situation = await situation_of(connection, desk, principal, task)
    name = act_name(act)
    hindrance = hinders(name, task, situation, desk.now())
    if hindrance is not None:
        raise hindered(hindrance, name)
    doing = Doing(connection, desk, principal, task, situation)
    after = await _DO[type(act)](doing, act)
    to = RULES[name].to
    after = replace(after, state=to or after.state, version=task.version + 1, changed_at=desk.now())
    after = await scheduled(connection, desk, after)
    await tasks.update(connection, after)
    closing = await sources.told(doing, act, after)
    for message in doing.messages:
        await tell(connection, desk, after, message, actor=principal.id)
    body = doing.body | {"from": task.state, "to": after.state}
    await record(connection, desk, principal.id, after, action=name, body=body)
    if closing is not None:
        await closing()
    return after


async def situation_of(connection: Connection, desk: Desk, principal: Principal, task: Task) -> Situation:
    """Return what the rules ask beyond the row: the asker's parts, and what waits for a decision."""
    policy = desk.policy(task)
    refusals = await records.refusals(connection, task.id) if task.bounces else []
    changes = await records.due_changes(connection, task.id)
    reason = policy.pauses.get(task.pause_reason or "")
    refuse_until = None
    if task.given_at is not None:
        day = desk.calendar.add_working_days(local_day(task.given_at), policy.refuse_working_days)
        refuse_until = end_of(day)
    return Situation(
        parts=parts_of(principal, task),
        asker=principal.id,
        asker_org=principal.org_id,
        extension_open=any(each.decision is None for each in changes),
        refusal_open=any(each["decision"] is None for each in refusals),
        refused_by_owner=any(each["org_id"] == task.owner_org for each in refusals),
        refuse_until=refuse_until,
        reopen_until=task.accepted_at and task.accepted_at + timedelta(days=policy.reopen_days),
        pause_by_lead=bool(reason and reason.by_lead),
        bounces_max=policy.bounces_max,
        extensions_own=policy.extensions_own,
    )


def parts_of(principal: Principal, task: Task) -> frozenset[Part]:
    """Return the parts in which the asker stands towards a task."""

    def holds(permission: str, *orgs: int | None) -> bool:
        return any(
            principal.may(permission, org_id=org, area_code=task.area_code, sector=task.sector)
            for org in orgs
            if org is not None
        )

    asked: dict[Part, bool] = {
        "assigner": holds("task.assign", task.assigner_org),
        "lead": holds("task.work", task.owner_org),
        "judge": holds("task.accept", task.assigner_org, task.monitor_org),
        "office": holds("task.oversee", task.assigner_org),
        "party": holds("task.work", task.owner_org, *task.coop_orgs),
    }
    return frozenset(part for part, yes in asked.items() if yes)


async def _give(doing: Doing, _: acts.Give) -> Task:
    ends = dues.ends_of(doing, doing.task.due)
    task = replace(
        doing.task, given_at=doing.now, due_set_at=doing.now, due_end=ends.end, due_original=ends.end,
        review_at=ends.review, state="new",
    )  # fmt: skip
    doing.messages.append(giving.given_message(replace(task, version=task.version + 1)))
    return task


async def _receive(doing: Doing, _: acts.Receive) -> Task:
    return doing.task


async def _assign(doing: Doing, act: acts.Assign) -> Task:
    await check_assignee(doing.connection, doing.task.owner_org, act.assignee)
    doing.body |= {"assignee": act.assignee, "before": doing.task.assignee}
    if act.assignee is not None:
        doing.say("assigned", ("assignee",), "Bạn được phân công", "It was assigned to you")
    return replace(doing.task, assignee=act.assignee)


async def _start(doing: Doing, _: acts.Start) -> Task:
    return doing.task


async def _progress(doing: Doing, act: acts.Progress) -> Task:
    doing.body |= {"text": act.text, "percent": act.percent}
    if act.file_sha256:
        doing.body["file_sha256"] = act.file_sha256
    percent = act.percent if act.percent is not None else doing.task.progress_pct
    return replace(doing.task, progress_text=act.text, progress_pct=percent)


async def _report(doing: Doing, act: acts.Report) -> Task:
    task, number = doing.task, doing.task.reports + 1
    if task.product and not act.product and not await records.evidence(doing.connection, task.id):
        raise wrong("product", f"cần sản phẩm: {task.product}", f"the product is needed: {task.product}")
    await records.add_report(
        doing.connection, task.id, number, at=doing.now, by=doing.by, text=act.text, product=act.product
    )
    doing.body |= {"report": number, "text": act.text, "product": act.product}
    doing.say("reported", ("assigner",), "Có báo cáo kết quả chờ công nhận", "A result awaits your verdict")
    return replace(task, reports=number, reported_at=doing.now, reported_by=doing.by)


async def _accept(doing: Doing, act: acts.Accept) -> Task:
    await _verdict(doing, "accepted", act.text)
    doing.say("accepted", ("assignee",), "Kết quả đã được công nhận", "The result was accepted")
    return replace(doing.task, accepted_at=doing.now, accepted_by=doing.by)


async def _accept_partly(doing: Doing, act: acts.AcceptPartly) -> Task:
    task = doing.task
    giving.check_due(act.due)
    await _verdict(doing, "partly", act.text)
    facts: dict[str, Any] = {
        "title": act.rest, "due": act.due, "owner_org": task.owner_org, "assignee": task.assignee,
        "assigner_org": task.assigner_org, "assigner": doing.by, "monitor_org": task.monitor_org,
        "coop_orgs": task.coop_orgs, "area_code": task.area_code, "sector": task.sector,
        "priority": task.priority, "product": task.product, "by_document": task.by_document,
        "source_kind": "remainder", "source_id": str(task.id), "is_exercise": task.is_exercise,
        "parent_id": task.id, "depth": min(task.depth + 1, giving.DEPTH_MAX),
    }  # fmt: skip
    rest = await giving.make(doing.connection, doing.desk, doing.by, facts)
    doing.body["rest"] = rest.id
    doing.say("accepted", ("assignee",), "Kết quả được công nhận một phần", "The result was accepted in part")
    return replace(task, accepted_at=doing.now, accepted_by=doing.by)


async def _return(doing: Doing, act: acts.Return) -> Task:
    await _verdict(doing, "returned", act.text)
    doing.say("returned", ("assignee",), f"Kết quả bị trả lại ({act.text})", f"Result returned ({act.text})")
    return replace(doing.task, reported_at=None, reported_by=None, returns=doing.task.returns + 1)


async def _verdict(doing: Doing, verdict: str, why: str) -> None:
    await records.set_verdict(
        doing.connection,
        doing.task.id,
        doing.task.reports,
        verdict=verdict,
        at=doing.now,
        by=doing.by,
        why=why,
    )
    doing.body |= {"report": doing.task.reports, "verdict": verdict, "text": why}


async def _close(doing: Doing, _: acts.Close) -> Task:
    return replace(doing.task, closed_at=doing.now)


async def _reopen(doing: Doing, act: acts.Reopen) -> Task:
    task = replace(
        doing.task, accepted_at=None, accepted_by=None, closed_at=None, reported_at=None, reported_by=None,
        reopened=doing.task.reopened + 1,
    )  # fmt: skip
    doing.body["text"] = act.text
    doing.say("reopened", ("assignee",), f"Được mở lại ({act.text})", f"Reopened ({act.text})")
    if act.due is None:
        return task
    return await dues.moved(doing, task, act.due, kind="reopening", reason=act.text)


async def _suspend(doing: Doing, act: acts.Suspend) -> Task:
    reason = doing.desk.policy(doing.task).pauses.get(act.reason)
    if reason is None:
        known = ", ".join(doing.desk.policy(doing.task).pauses)
        raise wrong("reason", f"một trong: {known}", f"one of: {known}", act.reason)
    if "assigner" not in doing.situation.parts and not reason.by_lead:
        raise hindered("part", "suspend")
    if reason.document and not act.document:
        raise wrong("document", "cần số văn bản", "a document is needed")
    doing.body |= {"reason": act.reason, "text": act.text, "document": act.document}
    return replace(
        doing.task, state_before=doing.task.state, paused_at=doing.now, pause_reason=act.reason,
        pause_document=act.document or None,
    )  # fmt: skip


async def _resume(doing: Doing, act: acts.Resume) -> Task:
    doing.body["text"] = act.text
    return await dues.resumed(doing)


async def _cancel(doing: Doing, act: acts.Cancel) -> Task:
    if doing.task.by_document and not act.document:
        raise wrong("document", "cần số văn bản", "a document is needed")
    doing.body |= {"text": act.text, "document": act.document}
    doing.say("cancelled", ("assignee",), "Nhiệm vụ đã hủy", "The task was cancelled")
    return replace(doing.task, paused_at=None, pause_reason=None, pause_document=None, state_before=None)


async def _transfer(doing: Doing, act: acts.Transfer) -> Task:
    task = doing.task
    if act.owner_org in {task.owner_org, task.monitor_org}:
        raise wrong("owner_org", "phải là đơn vị khác", "must be another unit", str(act.owner_org))
    if task.by_document and not act.document:
        raise wrong("document", "cần số văn bản", "a document is needed")
    doing.principal.require("task.assign", org_id=act.owner_org, area_code=task.area_code, sector=task.sector)
    if act.owner_org not in await tasks.org_names(doing.connection, [act.owner_org]):
        raise wrong("owner_org", "không có đơn vị này", "there is no such unit")
    await records.decide_refusals(
        doing.connection, task.id, decision="transferred", at=doing.now, by=doing.by
    )
    doing.body |= {"old_owner": task.owner_org, "new_owner": act.owner_org, "text": act.text,
                   "document": act.document}  # fmt: skip
    doing.say("given", ("assignee",), "Nhiệm vụ được chuyển đến đơn vị", "The task was transferred to you")
    return replace(
        task, owner_org=act.owner_org, assignee=None, given_at=doing.now,
        coop_orgs=tuple(org for org in task.coop_orgs if org != act.owner_org),
    )  # fmt: skip


async def _refuse(doing: Doing, act: acts.Refuse) -> Task:
    task = doing.task
    await records.add_refusal(
        doing.connection, task.id, task.owner_org, at=doing.now, by=doing.by, ground=act.ground,
        proposed=act.proposed_org,
    )  # fmt: skip
    doing.body |= {"ground": act.ground, "proposed_org": act.proposed_org}
    doing.say(
        "refused",
        ("assigner",),
        f"Đơn vị báo không thuộc thẩm quyền: {act.ground}",
        f"Not ours: {act.ground}",
    )
    return replace(task, bounces=task.bounces + 1)


async def _insist(doing: Doing, act: acts.Insist) -> Task:
    await records.decide_refusals(
        doing.connection, doing.task.id, decision="insisted", at=doing.now, by=doing.by
    )
    doing.body["text"] = act.text
    doing.say("insisted", ("assignee",), f"Đơn vị tiếp tục chủ trì ({act.text})", f"It stays ({act.text})")
    return doing.task


_Do = Callable[[Doing, Any], Awaitable[Task]]
_DO: dict[type, _Do] = {
    acts.Give: _give, acts.Receive: _receive, acts.Assign: _assign, acts.Start: _start,
    acts.Progress: _progress, acts.Report: _report, acts.Accept: _accept, acts.AcceptPartly: _accept_partly,
    acts.Return: _return, acts.Close: _close, acts.Reopen: _reopen,
    acts.AskExtension: dues.ask_extension, acts.DecideExtension: dues.decide_extension,
    acts.SetDue: dues.set_due, acts.RecordEvent: dues.record_event, acts.Review: dues.review,
    acts.Suspend: _suspend, acts.Resume: _resume, acts.Cancel: _cancel, acts.Transfer: _transfer,
    acts.Refuse: _refuse, acts.Insist: _insist,
}  # fmt: skip
"""Which function does which act."""
