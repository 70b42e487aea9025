"""Opening steps: as tasks where people do them, by their actions where nobody is asked; and what follows."""

from __future__ import annotations

from typing import Any

from haidang.incidents.model.incident import marked
from haidang.incidents.procedures import conditions
from haidang.incidents.procedures.model.plan import UNDECIDED, State, is_finished, plan
from haidang.incidents.procedures.model.procedure import FALLBACK_ROLE, Step
from haidang.incidents.procedures.service import actions, roles
from haidang.incidents.procedures.service.course import ACTOR, Course, replace
from haidang.incidents.procedures.service.facts import gather
from haidang.incidents.procedures.store import runs
from haidang.tasks.model.due import Due
from haidang.tasks.model.task import Task
from haidang.tasks.service import giving

SOURCE = "incident_step"
"""Kind of source of a step's task."""
PRODUCTS = {"text": "", "photo": "Ảnh hiện trường", "document": "Số, ngày văn bản hoặc tệp kèm theo"}
_TITLE_MAX = 500


async def advance(course: Course) -> None:
    """Let every step that can now begin, be asked about or be passed over; until nothing more follows."""
    for _ in range(len(course.run.steps) + 1):
        states = await _planned(course)
        moved = [step for step in course.run.text.steps if states[step.id] != course.run.row(step.id).state]
        if not moved:
            break
        for step in moved:
            await _enter(course, step, states[step.id])
    await settle_run(course)


async def settle_run(course: Course) -> None:
    """End a run in which nothing is left to do or to watch; let one whose step opened again go on."""
    run, finished = course.run, is_finished(course.run.states)
    if finished and run.state == "running":
        course.run = replace(run, state="finished", ended_at=course.now, ended_by=course.actor)
        course.say("procedure", f"Hoàn thành quy trình “{run.text.vi}”", state="finished")
    elif not finished and run.state == "finished":
        course.run = replace(run, state="running", ended_at=None, ended_by=None)
    else:
        return
    await runs.set_state(course.connection, course.run)


async def _planned(course: Course) -> dict[str, State]:
    run = course.run
    open_ones = [step for step in run.text.steps if run.row(step.id).state in UNDECIDED]
    names = {name for step in open_ones if step.when for name in conditions.names_of(step.when)}
    facts = await gather(course.connection, course.desk, course.incident, names) if names else {}
    return plan(run.text, run.states, run.answers, lambda text: conditions.truth(text, facts))


async def _enter(course: Course, step: Step, state: State) -> None:
    if state == "open":
        await _open(course, step)
        return
    row = await course.put(replace(course.run.row(step.id), state=state))
    if state == "unneeded":
        course.say("step_unneeded", f"Chưa cần: {step.vi}", step=step.id, when=step.when, answer=row.answer)
    elif state == "asked":
        course.say(
            "step_asked", f"Thiếu dữ liệu, cần người quyết định: {step.vi}", step=step.id, when=step.when
        )
        await course.ask(step)


async def _open(course: Course, step: Step) -> None:
    row = replace(course.run.row(step.id), state="open", opened_at=course.now)
    if step.role is not None:
        task = await _give(course, step, step.role, step.vi)
        await course.put(replace(row, task_id=task.id))
        course.say(
            "step_opened", f"Bắt đầu bước: {step.vi}", step=step.id, task_id=task.id, org=task.owner_org
        )
        await actions.act(course, step, "opened", task)
        return
    await course.put(row)
    course.say("step_opened", f"Bắt đầu bước tự động: {step.vi}", step=step.id)
    await actions.act(course, step, "opened", None)
    await settle_automatic(course, step)


async def settle_automatic(course: Course, step: Step) -> None:
    """End an automatic step whose actions have ended well; one that failed becomes somebody's task."""
    row = course.run.row(step.id)
    if not step.automatic or row.state != "open" or row.task_id is not None:
        return
    ended = await actions.outcome(course, step)
    if ended == "under_way":
        return
    if ended == "done":
        await course.put(replace(row, state="done", settled_at=course.now, settled_by=ACTOR))
        course.say("step_done", f"Đã xong (tự động): {step.vi}", step=step.id, actor=ACTOR)
        return
    title = f"Thực hiện thủ công, hành động tự động không thành: {step.vi}"
    task = await _give(course, step, FALLBACK_ROLE, title)
    await course.put(replace(row, task_id=task.id))
    course.say("step_by_hand", title, step=step.id, task_id=task.id, org=task.owner_org)


async def _give(course: Course, step: Step, role: str, title: str) -> Task:
    """Give the step's task to the unit that fills its role."""
    incident, lead = course.incident, await course.filled(role)
    approver = None
    if step.approve is not None:
        approver = await roles.approver(course.connection, incident, step.approve)
    # Nobody of a unit judges what another unit has given it; where lead and approver are one unit, the unit
    # gives the task to itself, and another of its people than the doer approves.
    own = approver is not None and approver.org_id == lead.org_id
    assigner = lead.org_id if own else incident.owner_org
    monitor = (
        approver.org_id if approver is not None and approver.org_id not in {assigner, lead.org_id} else None
    )
    facts: dict[str, Any] = {
        "title": marked(incident, f"{incident.code} · {title}")[:_TITLE_MAX],
        "description": f"{step.en}\n\n{incident.title}\n{incident.place}".strip(),
        "product": PRODUCTS[step.evidence],
        "due": Due(precision="none") if step.within is None else Due(precision="minutes", count=step.within),
        "owner_org": lead.org_id, "assignee": lead.account_id, "assigner_org": assigner,
        "assigner": course.run.started_by, "monitor_org": monitor, "area_code": incident.area_code,
        "sector": incident.sector, "priority": incident.severity, "source_kind": SOURCE,
        "source_id": f"{incident.id}:{step.id}", "is_exercise": incident.is_exercise,
    }  # fmt: skip
    course.takes_part(lead.org_id, *(() if approver is None else (approver.org_id,)))
    return await giving.make(course.connection, course.desk.tasks, course.actor, facts)
