"""Starting, changing, stopping a procedure for an incident; looking again at what may have changed."""

from __future__ import annotations

import hashlib

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import UNAVAILABLE, Problem
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.book import book_of
from haidang.incidents.procedures.model.plan import is_settled
from haidang.incidents.procedures.model.procedure import Procedure
from haidang.incidents.procedures.model.run import Run
from haidang.incidents.procedures.reading import digest
from haidang.incidents.procedures.service import actions
from haidang.incidents.procedures.service.course import NOT_NOW, Course, course_of, replace
from haidang.incidents.procedures.service.facts import of_incident
from haidang.incidents.procedures.service.following import held
from haidang.incidents.procedures.service.stepping import advance
from haidang.incidents.procedures.store import actions as action_store
from haidang.incidents.procedures.store import runs
from haidang.incidents.service.desk import Desk
from haidang.incidents.store import incidents
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.organisation.store import chain as chain_store
from haidang.tasks.model import acts
from haidang.tasks.service import acting
from haidang.tasks.service.desk import LOG as TASKS
from haidang.tasks.store import tasks


async def hold_logs(connection: Connection) -> None:
    """Take the turn in the log of tasks before a use case takes that of alerts: the one order of logs.

    Whoever links alerts to an incident and then starts its procedure calls this first.
    """
    await chain_store.lock_head(connection, TASKS, chain.GENESIS)


async def start(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    incident_id: int,
    name: str | None = None,
    *,
    reason: str = "",
) -> Run | None:
    """Start a procedure for an incident, in the place of the one that runs; whoever calls has asked who may.

    Without a name the one is taken that applies; None, and nothing is started, where none or several do.
    """
    incident = await incidents.get(connection, incident_id, lock=True)
    if incident is None:
        raise missing("Không có sự cố này.", "There is no such incident.")
    if not incident.is_open:
        raise Problem(NOT_NOW, "Sự cố đã kết thúc.", "The incident has ended.")
    procedure = _chosen(desk, incident, name)
    if procedure is None:
        return None
    why = reason or f"Chuyển sang quy trình “{procedure.vi}”"
    await stop(connection, desk, principal.id, incident_id, why)
    text = digest(procedure)
    run = Run(
        id=0, incident_id=incident.id, procedure=procedure.procedure, edition=procedure.version,
        text=procedure, sha256=hashlib.sha256(text).hexdigest(), state="running", version=1,
        started_at=desk.now(), started_by=principal.id,
    )  # fmt: skip
    number = await runs.insert(connection, run)
    course = await course_of(connection, desk, incident, number, principal.id)
    course.say(
        "procedure", f"Bắt đầu quy trình “{procedure.vi}”, phiên bản {procedure.version}", state="running",
        sha256=run.sha256, reason=reason,
    )  # fmt: skip
    await advance(course)
    await course.close()
    return course.run


def _chosen(desk: Desk, incident: Incident, name: str | None) -> Procedure | None:
    book = book_of(desk.tasks.data_dir)
    if name is None:
        return book.chosen(of_incident(incident, desk.now()), incident.sector)
    if name not in book.procedures:
        raise missing(f"Không có quy trình “{name}”.", f"There is no procedure {name!r}.")
    return book.procedures[name]


async def stop(connection: Connection, desk: Desk, actor: str, incident_id: int, reason: str) -> Run | None:
    """End an incident's running procedure: open steps' tasks are cancelled, what has not begun is skipped.

    Whoever calls holds the incident; its tasks are held before the run, as an act on a task does.
    """
    before = await runs.lock_tasks(connection, incident_id)
    run = await runs.running(connection, incident_id, lock=True)
    incident = await incidents.get(connection, incident_id)
    if run is None or incident is None:
        return None
    if set(held(run)) - set(before):  # a step has opened in between: its task is not ours to hold any more
        raise Problem(UNAVAILABLE, "Hãy thử lại.", "Try again.", retry_after_s=1)
    course = Course(connection, desk, incident, run, actor)
    ended = "finished" if is_settled(run.states) else "stopped"
    course.run = replace(run, state=ended, ended_at=course.now, ended_by=actor, reason=reason)
    await runs.set_state(connection, course.run)
    await action_store.call_off(connection, run.id, course.now)
    for row in run.steps:
        if row.state in {"done", "skipped", "unneeded"}:
            continue
        if row.task_id is not None:
            task = await tasks.get(connection, row.task_id)
            if task is not None:
                act = acts.Cancel(text=reason, document="")
                whom = actions.on_behalf(actor)
                await acting.perform(connection, desk.tasks, whom, task.id, act, version=task.version)
        await course.put(
            replace(row, state="skipped", settled_at=course.now, settled_by=actor, reason=reason)
        )
    words = {"finished": "Kết thúc", "stopped": "Dừng"}
    text = f"{words[ended]} quy trình “{run.text.vi}”: {reason}"
    skipped = [row.step for row in course.run.steps if row.reason == reason and row.state == "skipped"]
    course.say("procedure", text, state=ended, skipped=skipped)
    await course.close()
    return course.run


async def look(connection: Connection, desk: Desk, incident_id: int, actor: str) -> None:
    """Look again at the conditions of an incident's procedure, after something of it has changed.

    Whoever calls holds rows and logs of its own, so nothing is waited for here: where the run or the log of
    tasks is somebody else's for the moment, the clock looks within a minute.
    """
    run = await runs.running_at_once(connection, incident_id, TASKS)
    incident = await incidents.get(connection, incident_id)
    if run is None or incident is None:
        return
    course = Course(connection, desk, incident, run, actor)
    await advance(course)
    await course.close()


def encoded(run: Run) -> bytes:
    """Return the text of a run as it was hashed."""
    return msgspec.json.encode(run.text, order="deterministic")
