"""The clock of procedures: late steps escalate, once; conditions are looked at again.

A rung stands in ``procedure_late`` by (run, step, version of the due, rung): it falls once, after a restart,
with two servers, with a clock that jumps. A due that is moved is another version: it can be late again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from haidang.base.clock import LOCAL
from haidang.base.database import Connection, Database
from haidang.incidents.procedures.model.procedure import Rung, Step
from haidang.incidents.procedures.service.course import ACTOR, Course
from haidang.incidents.procedures.service.stepping import advance
from haidang.incidents.procedures.store import runs
from haidang.incidents.service.desk import Desk
from haidang.incidents.store import incidents
from haidang.tasks.model.task import WORKED, Task
from haidang.tasks.store import tasks

ROUND = 200


class Fall(NamedTuple):
    """A rung that is due: number 0 is that the step is late at all."""

    number: int
    at: datetime
    rung: Rung | None


async def tick(db: Database, desk: Desk) -> int:
    """Look at every run in which something may have changed by itself; return how many were looked at."""
    looked = after = 0
    while True:
        async with db.transaction() as connection:
            ids = await runs.to_look_at(connection, desk.now(), ROUND, after)
        for number in ids:
            async with db.transaction() as connection:
                await _look(connection, desk, number)
        looked += len(ids)
        if len(ids) < ROUND:
            return looked
        after = ids[-1]


async def _look(connection: Connection, desk: Desk, run_id: int) -> None:
    run = await runs.get(connection, run_id, lock=True)
    incident = None if run is None else await incidents.get(connection, run.incident_id)
    if run is None or incident is None or run.state != "running":
        return
    course = Course(connection, desk, incident, run, ACTOR)
    fallen = await runs.fallen(connection, run.id)
    for row in run.steps:
        if row.state == "open" and row.task_id is not None:
            task = await tasks.get(connection, row.task_id)
            if task is not None:
                course.takes_part(task.owner_org)
                await _late(course, run.rule(row.step), task, fallen)
    await advance(course)
    await course.close()


async def _late(course: Course, step: Step, task: Task, fallen: set[tuple[str, int, int]]) -> None:
    for fall in due_rungs(step, task, course.now):
        if (step.id, task.due_version, fall.number) in fallen:
            continue
        told = "" if fall.rung is None else fall.rung.escalate_to
        if not await runs.fall(
            course.connection, course.run.id, step.id, due_version=task.due_version, rung=fall.number,
            due_at=fall.at, at=course.now, told=told,
        ):  # fmt: skip
            continue
        if fall.rung is None:
            end = f"{task.due_end.astimezone(LOCAL):%H:%M %d/%m}" if task.due_end else ""
            course.say("step_late", f"Trễ hạn {end}: {step.vi}", step=step.id, task_id=task.id)
        else:
            await _escalate(course, step, task, fall.number, fall.rung)


async def _escalate(course: Course, step: Step, task: Task, number: int, rung: Rung) -> None:
    who = await course.filled(rung.escalate_to)
    names = await incidents.org_names(course.connection, [who.org_id])
    unit = names.get(who.org_id, f"#{who.org_id}")
    await course.notify(
        who,
        key=f"procedure-late:{task.id}:{task.due_version}:{number}",
        kind="escalation",
        vi=f"Bước trễ hạn: {course.incident.code} · {step.vi}",
        en=f"A step is late: {course.incident.code} · {step.en}",
        task=task,
    )
    course.say(
        "step_escalated", f"Báo {unit}: bước trễ hạn {step.vi}", step=step.id, task_id=task.id,
        role=rung.escalate_to, org=who.org_id,
    )  # fmt: skip


def due_rungs(step: Step, task: Task, now: datetime) -> Iterator[Fall]:
    """Yield what is due of a late step, in order; nothing while it is done, judged or its clock stands."""
    if task.due_end is None or task.state not in WORKED or now < task.due_end:
        return
    yield Fall(0, task.due_end, None)
    for number, rung in enumerate(step.on_late, 1):
        at = task.due_end + timedelta(minutes=rung.after)
        if now >= at:
            yield Fall(number, at, rung)
