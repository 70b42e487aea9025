"""Reading one incident with all that belongs to it, as the asker may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from haidang.alerts.cap.service import reading as cap
from haidang.alerts.service import showing
from haidang.alerts.service.linking import alerts_of_incident
from haidang.base.database import Connection
from haidang.incidents.after_action import store
from haidang.incidents.after_action.model import (
    ENTRIES_MAX,
    LETTERS_MAX,
    AfterAction,
    Entry,
    File,
    Head,
    Lesson,
    LessonTask,
    Linked,
    Reaction,
    Run,
    Step,
    Use,
    decides,
    fitted,
)
from haidang.incidents.model.incident import Incident
from haidang.incidents.model.resources import KIND_WORDS
from haidang.incidents.procedures.book import Book, book_of
from haidang.incidents.procedures.service import reading as procedures
from haidang.incidents.service import clocks, journal
from haidang.incidents.service.desk import Desk, visible
from haidang.incidents.service.lines import lines
from haidang.incidents.store import clocks as clock_store
from haidang.incidents.store import incidents, resources
from haidang.organisation.permissions import Principal
from haidang.organisation.service.audit import verify_log
from haidang.organisation.service.letterhead import letterhead

READ_MAX = 5_000
"""Entries read from each end of a log."""
DECISIONS_MAX = 500
LESSONS_MAX = 200


async def gathered(
    connection: Connection, desk: Desk, principal: Principal, incident_id: int, province: str | None
) -> AfterAction:
    """Return all that a report says of an incident; ``Problem`` (404) where the asker may not see it."""
    incident = await visible(connection, principal, incident_id)
    [line] = await lines(connection, desk, [incident])
    orgs = await incidents.org_names(connection, incident.orgs)
    head = await _head(connection, incident)
    log = await _log(connection, incident, head)
    held, left_out = fitted(log, most=ENTRIES_MAX, letters=LETTERS_MAX)
    return AfterAction(
        id=incident.id, code=incident.code, title=incident.title, text=incident.text,
        kind_vi=line["kind_vi"], kind_en=line["kind_en"], severity=incident.severity, state=incident.state,
        outcome=incident.outcome, source=incident.source, source_ref=incident.source_ref,
        place=incident.place, area=line["area"]["name"] if line["area"] else "",
        location=None if incident.lon is None or incident.lat is None else (incident.lon, incident.lat),
        agency=await letterhead(connection, incident.owner_org, province),
        orgs=tuple(orgs[org] for org in incident.orgs if org in orgs), commander=_commander(desk, line),
        roles=tuple((_role(desk, each["role"]), each["name"]) for each in line["roles"]),
        is_exercise=incident.is_exercise, simulated=incident.simulated, reported_at=incident.reported_at,
        closed_at=incident.closed_at, reactions=await _reactions(connection, desk, incident),
        log=tuple(held), log_left_out=left_out + max(0, head.no - len(log)),
        decisions=tuple(each for each in log if decides(each.kind))[:DECISIONS_MAX], head=head,
        runs=await _runs(connection, desk, incident), uses=await _uses(connection, incident),
        links=await _links(connection, principal, incident),
        lessons=await _lessons(connection, incident, log), made_at=desk.now(),
        files=tuple(File(**each) for each in await store.files(connection, incident.id)),
    )  # fmt: skip


def by_name(actor: str, names: dict[str, str] | None = None) -> str:
    """Return who did something as a paper says it: a person's name, the house itself, or a key."""
    if actor.startswith("system:"):
        return "Hệ thống"
    if actor.startswith("key:"):
        return f"Khóa kết nối {actor.partition(':')[2]}"
    return (names or {}).get(actor, actor)


async def _head(connection: Connection, incident: Incident) -> Head:
    verdict = await verify_log(connection, incident.log)
    return Head(no=verdict.head_no, hash=verdict.head_hash, sound=verdict.sound)


async def _log(connection: Connection, incident: Incident, head: Head) -> list[Entry]:
    found = await journal.entries(connection, incident.id, after=0, limit=READ_MAX)
    if head.no > 2 * READ_MAX:
        found += await journal.entries(connection, incident.id, after=head.no - READ_MAX, limit=READ_MAX)
    elif head.no > READ_MAX:
        found += await journal.entries(connection, incident.id, after=READ_MAX, limit=READ_MAX)
    return [
        Entry(
            no=each["no"], at=each["at"], by=by_name(each["by"]), kind=each["kind"], text=each["text"],
            corrects=each["corrects"], corrected_by=each["corrected_by"], detail=each["detail"],
        )
        for each in found
    ]  # fmt: skip


async def _reactions(connection: Connection, desk: Desk, incident: Incident) -> tuple[Reaction, ...]:
    found = await clock_store.of(connection, [incident.id])
    return tuple(Reaction(**clocks.shown(each, desk.now())) for each in found.get(incident.id, []))


def _role(desk: Desk, word: str) -> str:
    return _book(desk).role(word).vi


def _book(desk: Desk) -> Book:
    return book_of(desk.tasks.data_dir)


def _commander(desk: Desk, line: dict[str, Any]) -> str:
    found = line["commander"]
    if found is None:
        return ""
    role = _role(desk, found["role"])
    return f"{found['name']} ({role})" if found["name"] else role


async def _runs(connection: Connection, desk: Desk, incident: Incident) -> tuple[Run, ...]:
    found = await procedures.for_report(connection, incident.id)
    steps = [step for run in found for step in run["steps"]]
    names = await _people(
        connection, [word for step in steps for word in (step["by"], step["approved_by"]) if word]
    )
    dues = await store.dues(connection, [step["task_id"] for step in steps if step["task_id"] is not None])
    return tuple(
        Run(
            procedure=run["procedure"], version=run["edition"], vi=run["vi"], en=run["en"],
            state=run["state"], started_at=run["started_at"], ended_at=run["ended_at"], reason=run["reason"],
            steps=tuple(_step(desk, step, names, dues) for step in run["steps"]),
        )
        for run in found
    )  # fmt: skip


def _step(desk: Desk, step: dict[str, Any], names: dict[str, str], dues: dict[int, datetime | None]) -> Step:
    return Step(
        title_vi=step["vi"], title_en=step["en"], state=step["state"], opened_at=step["opened_at"],
        role=_role(desk, step["role"]) if step["role"] else "Tự động", settled_at=step["settled_at"],
        within=step["within"], due_at=dues.get(step["task_id"] or 0), late=step["was_late"],
        reason=step["reason"] or "",
        by=by_name(step["by"] or "", names), approved_by=by_name(step["approved_by"] or "", names),
        actions=tuple(each["vi"] for each in step["actions"] if each["vi"]),
    )  # fmt: skip


async def _people(connection: Connection, actors: Iterable[str]) -> dict[str, str]:
    numbers = {int(word[8:]) for word in actors if word.startswith("account:") and word[8:].isdecimal()}
    names = await incidents.account_names(connection, numbers)
    return {f"account:{number}": name for number, name in names.items()}


async def _uses(connection: Connection, incident: Incident) -> tuple[Use, ...]:
    return tuple(
        Use(
            name=each["name"], kind_vi=KIND_WORDS[each["kind"]][0], kind_en=KIND_WORDS[each["kind"]][1],
            org=each["org_name"], sent_at=each["sent_at"], on_way_at=each["on_way_at"],
            on_scene_at=each["on_scene_at"], ended_at=each["ended_at"],
        )
        for each in await resources.uses(connection, incident.id)
    )  # fmt: skip


async def _links(connection: Connection, principal: Principal, incident: Incident) -> tuple[Linked, ...]:
    """What is linked, alerts and warnings with their titles where the asker may read them."""
    seen = [
        alert
        for alert in await alerts_of_incident(connection, incident.id)
        if principal.may("alert.read", org_id=alert.owner_org, area_code=alert.area_code, sector=alert.sector)
    ]
    titles = {str(row["id"]): _alert(row) for row in await showing.rows(connection, seen)}
    found = [
        Linked(
            kind=each["kind"], ref=each["ref"], at=each["at"],
            title=titles.get(each["ref"], ("", ""))[0] if each["kind"] == "alert" else "",
            note=each["note"] or (titles.get(each["ref"], ("", ""))[1] if each["kind"] == "alert" else ""),
        )
        for each in (await incidents.links(connection, [incident.id])).get(incident.id, [])
        if each["kind"] != "warning"
    ]  # fmt: skip
    return (*found, *await _warnings(connection, incident))


def _alert(row: dict[str, Any]) -> tuple[str, str]:
    """Return an alert's title with its entity, and its priority and how often it fired."""
    entity = row["entity"]["name"] if row["entity"] else ""
    title = " – ".join(filter(None, [row["title_vi"], entity]))
    return title, f"P{row['priority']}, {row['count']} lần"


async def _warnings(connection: Connection, incident: Incident) -> list[Linked]:
    return [
        Linked(
            kind="warning", ref=row["identifier"] or str(row["id"]), title=row["headline"], at=row["sent"],
            note=f"{row['status']}, {row['msg_type']}, {row['state']}",
        )
        for row in await cap.of_incident(connection, incident.id)
    ]  # fmt: skip


async def _lessons(connection: Connection, incident: Incident, log: Sequence[Entry]) -> tuple[Lesson, ...]:
    tasks = await store.lesson_tasks(connection, incident.id)
    texts = {entry.no: entry.text for entry in log}
    return tuple(
        Lesson(
            no=entry.no, text=texts.get(entry.corrected_by or 0, entry.text), by=entry.by, at=entry.at,
            task=LessonTask(**tasks[entry.no]) if entry.no in tasks else None,
        )
        for entry in log
        if entry.kind == "lesson"
    )[:LESSONS_MAX]  # fmt: skip
