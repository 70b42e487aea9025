"""Reading procedures: those of the site, how an incident's stands, and its runs for the report afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.book import Book, book_of
from haidang.incidents.procedures.model.plan import SETTLED
from haidang.incidents.procedures.model.procedure import Procedure, Step
from haidang.incidents.procedures.model.run import ActionRow, Run, StepRow
from haidang.incidents.procedures.service import acting, roles
from haidang.incidents.procedures.service.facts import of_incident
from haidang.incidents.procedures.service.roles import Filled
from haidang.incidents.procedures.store import actions as action_store
from haidang.incidents.procedures.store import runs
from haidang.incidents.service.desk import Desk, visible
from haidang.incidents.store import incidents
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.task import WORKED, Task
from haidang.tasks.store import records, tasks


def listed(desk: Desk) -> dict[str, Any]:
    """Return every procedure of the site, and what is wrong in files."""
    book = book_of(desk.tasks.data_dir)
    order = sorted(book.procedures.values(), key=lambda each: (each.sector, each.procedure))
    return {
        "items": [_short(each) | {"steps": len(each.steps)} for each in order],
        "faults": [msgspec.to_builtins(fault) for fault in book.faults],
        "next": None,
    }


def one(desk: Desk, name: str) -> dict[str, Any]:
    """Return a procedure whole; ``Problem`` (404) where there is none."""
    book = book_of(desk.tasks.data_dir)
    found = book.procedures.get(name)
    if found is None:
        raise missing(f"Không có quy trình “{name}”.", f"There is no procedure {name!r}.")
    return _short(found) | {
        "steps": [_rule(book, step) for step in found.steps],
        "samples": [msgspec.to_builtins(each) for each in found.samples],
    }


async def of_incident_asked(
    connection: Connection, desk: Desk, principal: Principal, incident_id: int
) -> dict[str, Any]:
    """Return how an incident's procedure stands, those before it, and what else may apply."""
    incident = await visible(connection, principal, incident_id)
    found = await runs.of_incident(connection, incident.id)
    book = book_of(desk.tasks.data_dir)
    current = found[0] if found else None
    facts = of_incident(incident, desk.now())
    return {
        "run": None if current is None
        else await _shown(connection, desk, principal, incident, current, book),
        "former": [_run(each) for each in found[1:]],
        "choices": [
            _short(each) | {"applies": applies} for each, applies in book.choices(facts, incident.sector)
        ]
        if incident.is_open
        else [],
        "now": desk.now(),
    }  # fmt: skip


async def brief(
    connection: Connection, incident_ids: Iterable[int], now: datetime
) -> dict[int, dict[str, Any]]:
    """Return for each incident its latest run in a line: name, version, steps settled, steps, late ones."""
    return {
        incident: {
            "name": name, "version": edition, "state": state, "done": done, "of": count, "late": late
        }
        for incident, name, edition, state, done, count, late in await runs.brief(
            connection, incident_ids, now
        )
    }  # fmt: skip


async def for_report(connection: Connection, incident_id: int) -> list[dict[str, Any]]:
    """Return the runs of an incident, the first first, with steps, lateness and actions as they ended."""
    found = (await runs.of_incident(connection, incident_id))[::-1]
    late = await runs.lateness(connection, [each.id for each in found])
    acted = await action_store.of_runs(connection, [each.id for each in found])
    shown = []
    for run in found:
        steps = [
            {
                "id": row.step, "vi": run.rule(row.step).vi, "en": run.rule(row.step).en,
                "role": run.rule(row.step).role, "state": row.state, "within": run.rule(row.step).within,
                "opened_at": row.opened_at, "settled_at": row.settled_at, "by": row.settled_by,
                "approved_by": row.approved_by, "reason": row.reason, "task_id": row.task_id,
                "was_late": (run.id, row.step) in late, "late": late.get((run.id, row.step), []),
                "actions": [_action(each) for each in acted.get((run.id, row.step), [])],
            }
            for row in run.steps
        ]  # fmt: skip
        shown.append(_run(run) | {"steps": steps})
    return shown


async def unfinished(connection: Connection, incident_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the steps of running procedures that somebody must look after, for a handover of shifts."""
    found = []
    for incident_id in incident_ids:
        run = await runs.running(connection, incident_id)
        if run is not None:
            found += [
                {
                    "incident_id": incident_id, "procedure": run.procedure, "step": row.step,
                    "vi": run.rule(row.step).vi, "en": run.rule(row.step).en, "state": row.state,
                    "task_id": row.task_id, "opened_at": row.opened_at,
                }
                for row in run.steps
                if row.state in {"open", "approving", "asked"}
            ]  # fmt: skip
    return found


def _short(each: Procedure) -> dict[str, Any]:
    return {
        "procedure": each.procedure, "version": each.version, "vi": each.vi, "en": each.en,
        "sector": each.sector, "applies_when": each.applies_when,
    }  # fmt: skip


def _run(run: Run) -> dict[str, Any]:
    settled = sum(row.state in SETTLED for row in run.steps)
    return {
        "id": run.id, "procedure": run.procedure, "edition": run.edition, "vi": run.text.vi,
        "en": run.text.en, "state": run.state, "version": run.version, "sha256": run.sha256,
        "started_at": run.started_at, "started_by": run.started_by, "ended_at": run.ended_at,
        "reason": run.reason, "done": settled, "of": len(run.steps),
    }  # fmt: skip


def _rule(book: Book, step: Step) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(step)
    for name in ("role", "approve"):
        word = getattr(step, name)
        found[name] = None if word is None else msgspec.to_builtins(book.role(word))
    return found


async def _shown(  # noqa: PLR0917 - who asks, and about what
    connection: Connection, desk: Desk, principal: Principal, incident: Incident, run: Run, book: Book
) -> dict[str, Any]:
    late = await runs.lateness(connection, [run.id])
    acted = await action_store.of_runs(connection, [run.id])
    words = {run.started_by} | {row.settled_by for row in run.steps} | {row.approved_by for row in run.steps}
    names = await incidents.account_names(
        connection,
        {int(word[8:]) for word in words if word and word.startswith("account:") and word[8:].isdecimal()},
    )
    named = {f"account:{number}": name for number, name in names.items()}
    steps = []
    for row in run.steps:
        task = None if row.task_id is None else await tasks.get(connection, row.task_id)
        mine = acted.get((run.id, row.step), [])
        failed = any(each.state in {"failed", "unknown"} for each in _last(mine))
        shown = await _step(connection, desk, incident, run, row, task, book)
        steps.append(
            shown
            | {
                "by": named.get(row.settled_by or "", row.settled_by),
                "actions": [_action(each) for each in mine],
                "escalations": late.get((run.id, row.step), []),
                "acts": await acting.offered(
                    connection, desk, principal, incident, run, row, task, failed=failed
                ),
            }
        )
        if shown["approve"] is not None:
            shown["approve"]["by"] = named.get(row.approved_by or "", row.approved_by)
    return _run(run) | {"started_by": named.get(run.started_by, run.started_by), "steps": steps}


async def _step(  # noqa: PLR0917 - a step, and what it is shown with
    connection: Connection, desk: Desk, incident: Incident, run: Run, row: StepRow, task: Task | None,
    book: Book,
) -> dict[str, Any]:  # fmt: skip
    step = run.rule(row.step)
    now = desk.now()
    late = task is not None and task.due_end is not None and task.state in WORKED and now >= task.due_end
    lead = None if step.role is None else await _role(connection, incident, book, step.role, task)
    approver = None
    if step.approve is not None:
        approving = await roles.approver(connection, incident, step.approve)
        approver = await _filled(connection, book, step.approve, approving)
    return {
        "id": step.id, "vi": step.vi, "en": step.en, "version": row.version, "state": row.state, "late": late,
        "role": lead, "needs": list(step.needs), "when": step.when, "answer": row.answer,
        "within": step.within, "evidence": step.evidence, "automatic": step.automatic,
        "opened_at": row.opened_at, "due_at": None if task is None else task.due_end,
        "settled_at": row.settled_at, "reason": row.reason, "task_id": row.task_id,
        "task_state": None if task is None else task.state,
        "note": "" if task is None else await _note(connection, task),
        "approve": None if approver is None else approver | {"by": None, "at": row.approved_at},
    }  # fmt: skip


async def _note(connection: Connection, task: Task) -> str:
    found = await records.reports(connection, task.id)
    return str(found[-1]["text"]) if found else task.progress_text


async def _role(
    connection: Connection, incident: Incident, book: Book, word: str, task: Task | None
) -> dict[str, Any]:
    who = await roles.filled(connection, incident, word)
    if task is not None:  # whose it was given, whatever became of the role
        who = Filled(task.owner_org, task.assignee, named=who.named)
    return await _filled(connection, book, word, who)


async def _filled(connection: Connection, book: Book, word: str, who: Filled) -> dict[str, Any]:
    orgs = await incidents.org_names(connection, [who.org_id])
    people = await incidents.account_names(connection, [] if who.account_id is None else [who.account_id])
    found: dict[str, Any] = msgspec.to_builtins(book.role(word))
    return found | {
        "org": {"id": who.org_id, "name": orgs.get(who.org_id, f"#{who.org_id}")},
        "person": people.get(who.account_id or 0), "named": who.named,
    }  # fmt: skip


def _action(row: ActionRow) -> dict[str, Any]:
    return {
        "action": row.place, "no": row.no, "kind": row.kind, "target": row.target, "state": row.state,
        "made_at": row.made_at, "at": row.ended_at, "ref": row.ref, "vi": row.vi, "en": row.en,
    }  # fmt: skip


def _last(rows: Sequence[ActionRow]) -> list[ActionRow]:
    return list({(each.place, each.target): each for each in rows}.values())
