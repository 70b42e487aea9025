"""Reading tasks: lists, one task with all that stands beside it, its log."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation.permissions import Principal
from haidang.tasks.model.acts import RULES, offered
from haidang.tasks.model.task import Task, band, days_late, soon, timeliness
from haidang.tasks.model.words import due_words, left_words
from haidang.tasks.service.acting import situation_of
from haidang.tasks.service.desk import Desk, visible
from haidang.tasks.service.giving import soon_end
from haidang.tasks.store import inbox, notices, people, records, tasks
from haidang.tasks.store.inbox import Filter, Line

VIEWS = ("mine", "unit", "coop", "assigned", "overdue", "all", "done")
TIMELINESS = ("overdue", "due_soon", "in_time", "awaiting_verdict", "no_due")
COUNT_MAX = 1_000


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a list was asked for."""

    view: str = "unit"
    states: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    source_kind: str | None = None
    org: int | None = None
    q: str = ""
    timeliness: str | None = None


async def filter_of(connection: Connection, desk: Desk, principal: Principal, asked: Asked) -> Filter:
    """Return a view as the store asks it; ``Problem`` where a word is none of ours."""
    for field, value, known in (
        ("view", asked.view, VIEWS), ("timeliness", asked.timeliness or TIMELINESS[0], TIMELINESS)
    ):  # fmt: skip
        if value not in known:
            words = ", ".join(known)
            raise Problem(INVALID, faults=(Fault(field, f"một trong: {words}", f"one of: {words}", value),))
    now = desk.now()
    facts: dict[str, Any] = {
        "now": now, "soon": soon_end(desk, now), "states": asked.states, "priorities": asked.priorities,
        "source_kind": asked.source_kind, "q": asked.q[:200], "timeliness": asked.timeliness,
    }  # fmt: skip
    facts |= _view(asked.view, principal)
    if asked.org is not None:
        facts["orgs"] = await people.below(connection, asked.org)
    elif asked.view in {"unit", "coop", "assigned"}:
        facts["orgs"] = await people.below(connection, principal.org_id or 0)
    elif asked.view != "mine":
        facts["orgs"] = _scope_orgs(principal)
    if facts.get("orgs") is not None:
        facts.setdefault("parts", None)
    return Filter(**facts)


def _view(view: str, principal: Principal) -> dict[str, Any]:
    word, _, number = principal.id.partition(":")
    views: dict[str, dict[str, Any]] = {
        "mine": {"assignee": int(number) if word == "account" else 0},
        "unit": {"parts": ("lead",)},
        "coop": {"parts": ("coop",)},
        "assigned": {"parts": ("assigner", "monitor")},
        "overdue": {"timeliness": "overdue"},
        "done": {"is_open": False},
    }
    return views.get(view, {})


def _scope_orgs(principal: Principal) -> tuple[int, ...] | None:
    """Return the units over which ``task.read`` is held, so that the list starts from them; None: all."""
    found: set[int] = set()
    for scope in principal.scopes:
        if "task.read" in scope.permissions:
            if scope.org_ids is None:
                return None
            found |= scope.org_ids
    return tuple(sorted(found))


async def listed(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    wanted: Filter,
    *,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of a list."""
    lines = await inbox.page(connection, principal, wanted, limit=limit + 1, after=cursor)
    shown = lines[:limit]
    return {
        "items": [line_of(desk, line) for line in shown],
        "next": inbox.cursor_of(shown[-1], wanted.is_open) if len(lines) > limit else None,
        "now": desk.now(),
    }


async def counts(connection: Connection, desk: Desk, principal: Principal) -> dict[str, Any]:
    """Return how many tasks stand in each view, counted no further than :data:`COUNT_MAX`."""
    found = {}
    for view in ("mine", "unit", "coop", "assigned", "overdue"):
        wanted = await filter_of(connection, desk, principal, Asked(view=view))
        found[view] = await inbox.count(connection, principal, wanted, COUNT_MAX)
    return {"counts": found, "most": COUNT_MAX}


def line_of(desk: Desk, line: Line) -> dict[str, Any]:
    """Return a task as a list carries it."""
    task = line.task
    return clock_of(desk, task) | {
        "id": task.id, "version": task.version, "title": task.title, "state": task.state,
        "priority": task.priority, "parent_id": task.parent_id, "is_exercise": task.is_exercise,
        "owner": {"id": task.owner_org, "name": line.owner},
        "assigner": {"id": task.assigner_org, "name": line.assigner},
        "assignee": None if task.assignee is None else {"id": task.assignee, "name": line.assignee or ""},
        "source": {"kind": task.source_kind, "id": task.source_id},
        "progress": {"percent": task.progress_pct, "text": task.progress_text},
        "children": line.children, "area_code": task.area_code, "sector": task.sector,
    }  # fmt: skip


def clock_of(desk: Desk, task: Task) -> dict[str, Any]:
    """Return what the clock says of a task, in both readings, in numbers and in words."""
    now, calendar = desk.now(), desk.calendar
    due = due_words(task.due, task.due_end, task.review_at)
    left = left_words(task, now, calendar, desk.policy(task))
    late = days_late(task, task.due_end, now)
    return {
        "due": {
            "precision": task.due.precision, "text": task.due.text, "inferred": task.due.inferred,
            "end": task.due_end, "original_end": task.due_original, "review_at": task.review_at,
            "vi": due.vi, "en": due.en,
        },
        "clock": {"vi": left.vi, "en": left.en},
        "timeliness": timeliness(task, task.due_end, now, calendar),
        "timeliness_original": timeliness(task, task.due_original, now, calendar),
        "soon": soon(task, now, calendar), "days_late": late, "band": band(late),
    }  # fmt: skip


async def opened(connection: Connection, desk: Desk, principal: Principal, task_id: int) -> dict[str, Any]:
    """Return one task with its parties, reports, dues, evidence, parts, and what the asker may do now."""
    task = await visible(connection, principal, task_id)
    situation = await situation_of(connection, desk, principal, task)
    reports = await records.reports(connection, task.id)
    changes = await records.due_changes(connection, task.id)
    evidence = await records.evidence(connection, task.id)
    refusals = await records.refusals(connection, task.id)
    parts = await tasks.children(connection, task.id)
    orgs = await tasks.org_names(connection, {*task.orgs, *(each.owner_org for each in parts)})
    words = {task.assigner, task.reported_by, f"account:{task.assignee}"}
    words |= {each[name] for each in reports for name in ("by", "verdict_by")}
    words |= {each[name] for each in refusals for name in ("by", "decided_by")}
    words |= {word for each in changes for word in (each.asked_by, each.decided_by)}
    who = await naming(connection, words | {each.by for each in evidence})

    def org(number: int | None) -> dict[str, Any] | None:
        return None if number is None else {"id": number, "name": orgs.get(number, f"#{number}")}

    open_change = next((each for each in changes if each.decision is None), None)
    superseded = {each.supersedes for each in evidence}
    return clock_of(desk, task) | {
        "id": task.id, "version": task.version, "title": task.title, "description": task.description,
        "product": task.product, "state": task.state, "priority": task.priority,
        "is_exercise": task.is_exercise, "source": {"kind": task.source_kind, "id": task.source_id},
        "by_document": task.by_document, "parent_id": task.parent_id, "area_code": task.area_code,
        "sector": task.sector, "policy": task.policy, "owner": org(task.owner_org),
        "assigner": org(task.assigner_org) | {"by": who(task.assigner)},  # type: ignore[operator]
        "monitor": org(task.monitor_org), "coop": [org(each) for each in task.coop_orgs],
        "assignee": None if task.assignee is None
        else {"id": task.assignee, "name": who(f"account:{task.assignee}")},
        "given_at": task.given_at, "reported_at": task.reported_at, "accepted_at": task.accepted_at,
        "closed_at": task.closed_at, "created_at": task.created_at, "changed_at": task.changed_at,
        "progress": {"percent": task.progress_pct, "text": task.progress_text},
        "paused": None if task.paused_at is None
        else {"since": task.paused_at, "reason": task.pause_reason, "document": task.pause_document},
        "counts": {"returns": task.returns, "bounces": task.bounces, "extensions": task.extensions,
                   "reopened": task.reopened},
        "reports": [
            each | {"by": who(each["by"]), "verdict_by": who(each["verdict_by"])} for each in reports],
        "due_changes": [
            {name: getattr(each, name) for name in (
                "id", "kind", "asked_at", "in_time", "reason", "document", "old_end", "new_end", "decision",
                "decided_at", "why")}
            | {"asked_by": who(each.asked_by), "decided_by": who(each.decided_by)}
            for each in changes
        ],
        "extension_open": open_change is not None,
        "refusals": [each | {"by": who(each["by"]), "decided_by": who(each["decided_by"])}
                     for each in refusals],
        "evidence": [
            {name: getattr(each, name) for name in (
                "id", "name", "media_type", "size_bytes", "sha256", "scan", "at", "supersedes")}
            | {"by": who(each.by), "superseded": each.id in superseded}
            for each in evidence
        ],
        "reminders": await notices.reminders(connection, task.id),
        "children": [
            clock_of(desk, each)
            | {"id": each.id, "title": each.title, "state": each.state, "owner": org(each.owner_org)}
            for each in parts
        ],
        "acts": offered(task, situation, desk.now()),
        "may": sorted(situation.parts),
        "pauses": {name: {"vi": each.vi, "en": each.en, "document": each.document, "by_lead": each.by_lead}
                   for name, each in desk.policy(task).pauses.items()},
        "now": desk.now(),
    }  # fmt: skip


async def naming(connection: Connection, words: set[Any]) -> Any:
    """Return a function that says the name behind ``account:7``; other words stay as they are."""
    numbers = [
        int(word.partition(":")[2])
        for word in words
        if isinstance(word, str) and word.startswith("account:") and word.partition(":")[2].isdecimal()
    ]
    names = await tasks.account_names(connection, numbers)

    def who(word: str | None) -> str | None:
        if word is None or not word.startswith("account:"):
            return word
        return names.get(int(word.partition(":")[2]), word)

    return who


async def timeline(
    connection: Connection, principal: Principal, task_id: int, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return the log of a task, newest first, with the names of who acted."""
    await visible(connection, principal, task_id)
    found = await tasks.timeline(connection, task_id, before, limit + 1)
    who = await naming(connection, {each["actor"] for each in found})
    shown = [each | {"actor": who(each["actor"])} for each in found[:limit]]
    return {"items": shown, "next": str(found[limit - 1]["no"]) if len(found) > limit else None}


async def colleagues(connection: Connection, principal: Principal, task_id: int) -> list[dict[str, Any]]:
    """Return the people of a task's lead unit, for whoever may hand it to one of them."""
    task = await visible(connection, principal, task_id)
    if not principal.may("task.work", org_id=task.owner_org, area_code=task.area_code, sector=task.sector):
        return []
    return await people.people(connection, await people.below(connection, task.owner_org))


BULK = tuple(name for name, rule in RULES.items() if rule.bulk)
"""Acts that may be done for many tasks at once."""
