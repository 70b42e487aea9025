"""Acts on a step. What its task can do, its task does: one way in, and ``following`` ticks the step."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model import acts
from haidang.incidents.procedures.model.acts import RULES, StepAct, act_name
from haidang.incidents.procedures.model.procedure import Step
from haidang.incidents.procedures.model.run import Run, StepRow
from haidang.incidents.procedures.service import actions, roles
from haidang.incidents.procedures.service.course import NOT_NOW, Course
from haidang.incidents.procedures.service.stepping import advance, settle_automatic
from haidang.incidents.procedures.store import actions as action_store
from haidang.incidents.procedures.store import runs
from haidang.incidents.service.desk import NOT_YOURS, Desk, holds, visible
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.tasks.model import acts as task_acts
from haidang.tasks.model.task import Task
from haidang.tasks.service import acting
from haidang.tasks.service import desk as tasks_desk
from haidang.tasks.store import tasks

replace = msgspec.structs.replace


async def perform(  # noqa: PLR0917 - an act, and what it is done to
    connection: Connection, desk: Desk, principal: Principal, incident_id: int, step_id: str, act: StepAct,
    *, version: int,
) -> None:  # fmt: skip
    """Do an act on a step of an incident's running procedure against the version that was seen."""
    incident = await visible(connection, principal, incident_id)
    seen = await runs.latest(connection, incident.id)
    row = _row(seen, step_id)
    task: Task | None = None
    if row.task_id is not None:  # the task first, then the run: the one order of locks
        task = await tasks.get(connection, row.task_id, lock=True)
    assert seen is not None  # noqa: S101 - the row is of it
    run = await runs.get(connection, seen.id, lock=True)
    row = _row(run, step_id)
    assert run is not None  # noqa: S101
    unchanged(row, version)
    step = run.rule(step_id)
    hindrance = hinders(act_name(act), run, row, step)
    if hindrance is not None:
        raise Problem(NOT_NOW, *HINDRANCES[hindrance], act=act_name(act), hindrance=hindrance)
    worker = RULES[act_name(act)].part == "worker"
    own = isinstance(act, acts.Skip) and skips_own(principal, row, task)
    if own or (worker and not may_work(principal, incident, step, act_name(act))):
        raise Problem(
            NOT_YOURS,
            "Việc này thuộc về trực ban hoặc chỉ huy sự cố.",
            "This is the incident's unit's to do.",
        )
    if task is not None and (translated := _translated(act)) is not None:
        whom = actions.on_behalf(principal.id) if worker else principal
        if worker:
            whom = replace(whom, name=principal.name, org_id=principal.org_id)
        await acting.perform(connection, desk.tasks, whom, task.id, translated, version=task.version)
        return
    course = Course(connection, desk, incident, run, principal.id)
    await _do(course, step, row, act, task)
    await course.close()


HINDRANCES: dict[str, tuple[str, str]] = {
    "state": ("Trạng thái hiện tại của bước không cho phép.", "The step's present state does not allow it."),
    "run": ("Quy trình đã dừng.", "The procedure was stopped."),
    "automatic": ("Bước tự động: không ai thực hiện thay.", "An automatic step is nobody's to do."),
}


def hinders(name: str, run: Run, row: StepRow, step: Step) -> str | None:
    """Return what stands against an act on a step, whoever asks."""
    if run.state == "stopped":
        return "run"
    if row.state not in RULES[name].states or (name == "answer" and step.when is None):
        return "state"
    if name in {"start", "done"} and row.task_id is None:
        return "automatic"
    return None


def may_work(principal: Principal, incident: Incident, step: Step, name: str) -> bool:
    """Say whether the asker may decide about a step; to skip what a role approves is the commander's."""
    command = holds(principal, "incident.command", incident, incident.owner_org)
    if name == "skip" and step.approve is not None:
        return command
    return command or holds(principal, "incident.work", incident, incident.owner_org)


def skips_own(principal: Principal, row: StepRow, task: Task | None) -> bool:
    """Say whether somebody would do without the approval of what they have done themselves."""
    return row.state == "approving" and task is not None and task.reported_by == principal.id


async def offered(  # noqa: PLR0917 - who asks, and about what
    connection: Connection, desk: Desk, principal: Principal, incident: Incident, run: Run, row: StepRow,
    task: Task | None, *, failed: bool,
) -> list[str]:  # fmt: skip
    """Return the acts that are open to the asker, in the table's order."""
    step = run.rule(row.step)
    found = []
    for name, rule in RULES.items():
        if hinders(name, run, row, step) is not None or (name == "repeat_action" and not failed):
            continue
        if rule.part == "worker":
            open_to = may_work(principal, incident, step, name)
            open_to = open_to and not (name == "skip" and skips_own(principal, row, task))
        else:
            open_to = task is not None and await _of_task(connection, desk, principal, task, name)
            if rule.part == "role" and step.approve is not None:
                who = await roles.approver(connection, incident, step.approve)
                open_to = open_to and await roles.stands_in(connection, principal, incident, who)
        if open_to:
            found.append(name)
    return found


_TASK_WORDS = {"start": "start", "done": "report", "approve": "accept", "return": "return"}


async def _of_task(connection: Connection, desk: Desk, principal: Principal, task: Task, name: str) -> bool:
    if not tasks_desk.may_see(principal, task):
        return False
    situation = await acting.situation_of(connection, desk.tasks, principal, task)
    return task_acts.hinders(_TASK_WORDS[name], task, situation, desk.now()) is None


def _translated(act: StepAct) -> task_acts.Act | None:
    """Return the act on the task that says the same."""
    match act:
        case acts.Start():
            return task_acts.Start()
        case acts.Done():
            return task_acts.Report(text=act.text, product=act.product)
        case acts.Approve():
            return task_acts.Accept(text=act.text)
        case acts.Return():
            return task_acts.Return(text=act.text)
        case acts.Skip():
            return task_acts.Cancel(text=act.reason)
        case _:
            return None


async def _do(course: Course, step: Step, row: StepRow, act: StepAct, task: Task | None) -> None:
    if isinstance(act, acts.Skip):
        await course.put(
            replace(row, state="skipped", settled_at=course.now, settled_by=course.actor, reason=act.reason)
        )
        course.say("step_skipped", f"Bỏ qua: {step.vi}. Lý do: {act.reason}", step=step.id)
    elif isinstance(act, acts.Answer):
        await course.put(replace(row, answer=act.needed, reason=act.reason))
        word = "Cần thực hiện" if act.needed else "Không cần thực hiện"
        course.say("step_answered", f"{word}: {step.vi}. {act.reason}", step=step.id, needed=act.needed)
    elif isinstance(act, acts.RepeatAction):
        await _repeat(course, step, act, task)
    await advance(course)


async def _repeat(course: Course, step: Step, act: acts.RepeatAction, task: Task | None) -> None:
    rows = (await action_store.of_runs(course.connection, [course.run.id])).get((course.run.id, step.id), [])
    mine = [each for each in rows if each.place == act.action]
    last: dict[str, Any] = {each.target: each for each in mine}
    failed = [each for each in last.values() if each.state in {"failed", "unknown"}]
    if not failed:
        raise Problem(
            NOT_NOW, "Hành động này không có gì để làm lại.", "There is nothing of this action to repeat.",
            act="repeat_action", hindrance="state",
        )  # fmt: skip
    action = step.actions[act.action]
    word = actions.WORDS[failed[0].kind]
    course.say("action_repeated", f"Làm lại: {word}. {act.reason}", step=step.id, action=failed[0].kind)
    targets = {each.target for each in failed if each.target}
    await actions.perform(
        course, step, act.action, action, task, no=max(each.no for each in mine) + 1,
        only=frozenset(targets) if targets else None,
    )  # fmt: skip
    await settle_automatic(course, step)


def _row(run: Run | None, step_id: str) -> StepRow:
    if run is not None and step_id in run.states:
        return run.row(step_id)
    raise missing("Không có bước này.", "There is no such step.")
