"""What an act on a step's task means to its step, within the act's own transaction.

The tasks room tells of every act on a task of ours (``tasks.service.sources``). What does not suit the
procedure is refused here, whichever way it came; what ends the task ends the step and opens the next ones.
"""

from __future__ import annotations

from typing import Any

from haidang.base.problems import INVALID, Fault, Problem
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model.plan import State
from haidang.incidents.procedures.model.procedure import Step
from haidang.incidents.procedures.model.run import Run, StepRow
from haidang.incidents.procedures.service import actions, roles
from haidang.incidents.procedures.service.course import ACTOR, NOT_NOW, NOT_THE_ROLE, Course, replace
from haidang.incidents.procedures.service.stepping import SOURCE, advance
from haidang.incidents.procedures.store import runs
from haidang.incidents.service.desk import Desk
from haidang.incidents.store import incidents
from haidang.incidents.tables import load_tables
from haidang.organisation.permissions import system
from haidang.tasks.model import acts
from haidang.tasks.model.acts import Act
from haidang.tasks.model.task import DONE, Task
from haidang.tasks.service import acting, sources
from haidang.tasks.service.doing import Doing
from haidang.tasks.service.sources import Closing
from haidang.tasks.store import records

JUDGED = (acts.Accept, acts.AcceptPartly, acts.Return)


def state_of(task: Task, step: Step) -> State:
    """Return how a step stands by its task."""
    if task.state in DONE:
        return "done"
    if task.state == "cancelled":
        return "skipped"
    return "approving" if task.state == "reported" and step.approve is not None else "open"


async def followed(doing: Doing, act: Act, after: Task) -> Closing | None:
    """Tick a step with its task; ``Problem`` where the procedure forbids the act."""
    place = await runs.of_task(doing.connection, after.id)
    if place is None:
        return None
    # The step of a task changes only with the task, whose row this act holds: what is read here stands.
    run = await runs.get(doing.connection, place[0])
    if run is None or (run.state == "stopped" and not isinstance(act, acts.Reopen)):
        return None
    incident = await incidents.get(doing.connection, run.incident_id)
    assert incident is not None  # noqa: S101 - a foreign key
    step, row = run.rule(place[1]), run.row(place[1])
    await _allowed(doing, act, incident, run, step)
    ends_here = after.state == "reported" and step.approve is None
    if ends_here or doing.principal.id == ACTOR:
        doing.messages.clear()  # nobody's verdict is awaited, nor told
    state = state_of(after, step)
    if state == row.state:
        return (lambda: _accept(doing, after)) if ends_here else None
    tables = load_tables(doing.desk.data_dir)
    desk = Desk(doing.desk.clock, tables, doing.desk)
    run = await runs.get(doing.connection, run.id, lock=True)
    assert run is not None  # noqa: S101 - it was there, and runs are never deleted
    course = Course(doing.connection, desk, incident, run, doing.principal.id)
    await _tick(course, step, after, state, _why(act))
    return course.close


async def _allowed(doing: Doing, act: Act, incident: Incident, run: Run, step: Step) -> None:
    if isinstance(act, JUDGED) and step.approve is not None:
        who = await roles.approver(doing.connection, incident, step.approve)
        if not await roles.stands_in(doing.connection, doing.principal, incident, who):
            raise Problem(NOT_THE_ROLE, role=step.approve)
    if isinstance(act, acts.Report) and step.evidence == "photo":
        files = await records.evidence(doing.connection, doing.task.id)
        superseded = {each.supersedes for each in files}
        if not any(each.media_type.startswith("image/") and each.id not in superseded for each in files):
            fault = Fault("evidence", "cần đính kèm ảnh hiện trường", "a photo must be attached to the task")
            raise Problem(INVALID, faults=(fault,))
    if isinstance(act, acts.Reopen):
        latest = await runs.running(doing.connection, incident.id)
        other = latest is not None and latest.id != run.id
        if not incident.is_open or run.state == "stopped" or other:
            raise Problem(
                NOT_NOW,
                "Sự cố đã kết thúc hoặc đang theo quy trình khác.",
                "The incident has ended, or follows another procedure now.",
            )


async def _tick(course: Course, step: Step, task: Task, state: State, why: str) -> None:
    """Write how the step stands now, say so, act, and let what needed it begin."""
    row = course.run.row(step.id)
    if state == "approving":
        await course.put(replace(row, state=state))
        course.say("step_reported", f"Chờ duyệt: {step.vi}", step=step.id, task_id=task.id)
        await _tell_approver(course, step, task)
        return
    if state == "open":
        word = "Bị trả lại" if row.state == "approving" else "Mở lại"
        await course.put(
            replace(
                row,
                state=state,
                settled_at=None,
                settled_by=None,
                approved_at=None,
                approved_by=None,
                reason="",
            )
        )
        course.say("step_returned", f"{word}: {step.vi}. {why}".strip(), step=step.id, task_id=task.id)
    elif state == "done":
        await _done(course, step, row, task)
    else:
        await course.put(
            replace(row, state="skipped", settled_at=course.now, settled_by=course.actor, reason=why)
        )
        course.say("step_skipped", f"Bỏ qua: {step.vi}. Lý do: {why}", step=step.id, task_id=task.id)
    await advance(course)


async def _done(course: Course, step: Step, row: StepRow, task: Task) -> None:
    by = task.reported_by or course.actor
    row = replace(row, state="done", settled_at=course.now, settled_by=by)
    if step.approve is not None:
        row = replace(row, approved_by=course.actor, approved_at=course.now)
    await course.put(row)
    reports = await records.reports(course.connection, task.id)
    detail: dict[str, Any] = {
        "task_id": task.id, "done_by": by, "text": reports[-1]["text"] if reports else ""
    }  # fmt: skip
    if step.approve is None:
        course.say("step_done", f"Đã xong: {step.vi}", step=step.id, actor=by, **detail)
    else:
        course.say("step_approved", f"Đã duyệt: {step.vi}", step=step.id, role=step.approve, **detail)
    if course.actor == ACTOR:
        course.actor = by
    await actions.act(course, step, "done", task)


async def _tell_approver(course: Course, step: Step, task: Task) -> None:
    assert step.approve is not None  # noqa: S101 - the state says so
    await course.notify(
        await roles.approver(course.connection, course.incident, step.approve),
        key=f"procedure-approve:{task.id}:{task.version}",
        kind="reported",
        vi=f"Chờ bạn duyệt: {course.incident.code} · {step.vi}",
        en=f"Awaits your approval: {course.incident.code} · {step.en}",
        task=task,
    )


async def _accept(doing: Doing, after: Task) -> None:
    """Take a report as the end of a step that nobody approves; in the same transaction."""
    await acting.perform(
        doing.connection, doing.desk, system("procedures"), after.id, acts.Accept(), version=after.version
    )


def _why(act: Act) -> str:
    text = getattr(act, "text", "")
    return text if isinstance(text, str) else ""


def held(run: Run) -> list[int]:
    """Return the tasks of a run that are still somebody's."""
    return [
        row.task_id for row in run.steps if row.task_id is not None and row.state in {"open", "approving"}
    ]


sources.follow(SOURCE, followed, runs.hold)
