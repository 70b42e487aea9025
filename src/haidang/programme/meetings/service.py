"""Planning a meeting, changing it, writing its decisions down; who sees it and who prepares it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from psycopg.errors import UniqueViolation

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, missing, unchanged
from haidang.programme.meetings import store
from haidang.programme.meetings.model import (
    DECISIONS_MAX,
    FROZEN,
    STATES,
    Decision,
    DecisionPatch,
    Meeting,
    MeetingPatch,
    NewDecision,
    NewMeeting,
    given,
    lacks,
    plan_year_of,
    title_of,
)
from haidang.programme.model.register import Program
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, known_orgs, record, wrong
from haidang.programme.store import register, rows
from haidang.tasks.model.due import faults

SAME_DAY = kind(
    "programme-meeting-known", 409, "Ngày này đã có cuộc họp của chương trình",
    "The programme has a meeting on that day already",
)  # fmt: skip
NOT_NOW = kind(
    "programme-meeting-act-refused", 409, "Không thực hiện được với cuộc họp lúc này",
    "This cannot be done with the meeting now",
)  # fmt: skip
LISTED_MAX = 200
HINDRANCES: dict[str, tuple[str, str]] = {
    "issued": ("Tài liệu họp đã phát hành.", "The pack is issued."),
    "concluded": ("Cuộc họp đã kết luận.", "The meeting is concluded."),
    "not_held": ("Chưa đến ngày họp.", "The day of the meeting is still to come."),
    "no_decisions": ("Chưa ghi quyết định nào.", "No decision was written down."),
}


def not_now(act: str, hindrance: str) -> Problem:
    """Return the refusal of an act, with what stands in its way."""
    vi, en = HINDRANCES[hindrance]
    return Problem(NOT_NOW, vi, en, act=act, hindrance=hindrance)


def prepares(principal: Principal, program: Program) -> bool:
    """Say whether the asker prepares meetings of a programme: who plans for it, or watches over it."""
    return any(
        principal.may(permission, org_id=program.owner_org)
        for permission in ("programme.plan", "programme.oversee")
    )


async def seen_program(connection: Connection, principal: Principal, program_id: int) -> Program:
    """Return a programme of which the asker sees everything; ``Problem`` (404) where that is not so.

    A part of a pack would be another paper under the same number.
    """
    program = await programs.visible(connection, principal, program_id)
    names = await register.names_in_sight(connection, principal, program_id)
    whole = principal.may("programme.read", org_id=program.owner_org)
    if not whole or len(names) != await register.count(connection, program_id):
        raise missing("Không có cuộc họp nào của chương trình này.", "There are no meetings of it.")
    return program


async def prepared(connection: Connection, principal: Principal, program_id: int) -> Program:
    """Return a programme whose meetings the asker prepares."""
    program = await seen_program(connection, principal, program_id)
    if not prepares(principal, program):
        principal.require("programme.oversee", org_id=program.owner_org)
    return program


async def opened(
    connection: Connection, principal: Principal, meeting_id: int, *, lock: bool = False
) -> tuple[Meeting, Program]:
    """Return a meeting that the asker may see; ``Problem`` (404) where there is none for this asker."""
    meeting = await rows.get(connection, store.MEETINGS, Meeting, meeting_id, lock=lock)
    if meeting is None:
        raise missing("Không có cuộc họp này.", "There is no such meeting.")
    return meeting, await seen_program(connection, principal, meeting.program_id)


async def working(
    connection: Connection, principal: Principal, meeting_id: int, act: str
) -> tuple[Meeting, Program]:
    """Return, locked, a meeting that the asker prepares and that is not concluded."""
    meeting, program = await opened(connection, principal, meeting_id, lock=True)
    if not prepares(principal, program):
        principal.require("programme.oversee", org_id=program.owner_org)
    if meeting.state == "concluded":
        raise not_now(act, "concluded")
    return meeting, program


async def plan(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, new: NewMeeting
) -> Meeting:
    """Plan a meeting; one a day and programme."""
    program = await prepared(connection, principal, program_id)
    if principal.org_id is None:
        raise wrong("owner_org", "người chuẩn bị phải thuộc một đơn vị", "whoever prepares it needs a unit")
    now, [number] = desk.now(), await rows.fresh_ids(connection, store.MEETINGS, 1)
    meeting = Meeting(
        id=number, program_id=program_id, owner_org=principal.org_id, held_on=new.held_on, cutoff=new.cutoff,
        title=_line(new.title) or title_of(new.cutoff), plan_year=new.plan_year or plan_year_of(new.cutoff),
        chair=_line(new.chair), place=_line(new.place), questions=tuple(map(_line, new.questions)),
        created_by=principal.id, recorded_at=now, changed_at=now,
    )  # fmt: skip
    _check(desk, meeting)
    await _same_day(connection, meeting)
    await rows.add(connection, store.MEETINGS, [meeting])
    await record(
        connection, desk, principal.id, action="meeting.plan", subject=f"meeting:{number}", about=program,
        body=msgspec.to_builtins(new),
    )  # fmt: skip
    return meeting


def _line(text: str) -> str:
    return " ".join(text.split())


def _check(desk: Desk, meeting: Meeting) -> None:
    if meeting.cutoff > meeting.held_on:
        raise wrong("cutoff", "không sau ngày họp", "not after the meeting", str(meeting.cutoff))
    if not date(meeting.plan_year, 1, 1) <= meeting.cutoff <= date(meeting.plan_year + 1, 12, 31):
        raise wrong("plan_year", "không hợp với ngày chốt số liệu", "does not fit the cut-off")
    if abs((meeting.held_on - desk.today()).days) > 3_660:
        raise wrong("held_on", "quá xa hôm nay", "too far from today", str(meeting.held_on))


async def _same_day(connection: Connection, meeting: Meeting) -> None:
    known = await rows.where(
        connection, store.MEETINGS, Meeting, program_id=meeting.program_id, held_on=meeting.held_on
    )
    for each in known:
        if each.id != meeting.id:
            raise Problem(SAME_DAY, meeting_id=each.id)


async def change(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    meeting_id: int,
    patch: MeetingPatch,
    *,
    version: int,
) -> Meeting:
    """Change what is said of a meeting; its days and year until the pack is issued."""
    before, program = await working(connection, principal, meeting_id, "change")
    unchanged(before, version)
    said = given(patch)
    if before.state == "issued" and any(said.get(name, getattr(before, name)) != getattr(before, name)
                                        for name in FROZEN):  # fmt: skip
        raise not_now("change", "issued")
    for name in ("title", "chair", "place"):
        if name in said:
            said[name] = _line(said[name])
    after = msgspec.structs.replace(before, **said)
    _check(desk, after)
    await _same_day(connection, after)
    differing = changes(before, after)
    if not differing:
        return before
    after = msgspec.structs.replace(after, version=before.version + 1, changed_at=desk.now())
    await put(connection, after)
    await record(
        connection, desk, principal.id, action="meeting.change", subject=f"meeting:{meeting_id}",
        about=program, body=differing,
    )  # fmt: skip
    return after


async def put(connection: Connection, meeting: Meeting) -> None:
    """Write a whole row; the caller has locked it and counted the version."""
    try:
        await rows.put(connection, store.MEETINGS, meeting)
    except UniqueViolation as cause:
        raise Problem(SAME_DAY) from cause


async def decide(
    connection: Connection, desk: Desk, principal: Principal, meeting_id: int, new: NewDecision
) -> Decision:
    """Write a decision down; it is a draft of the meeting until the meeting is concluded."""
    meeting, program = await working(connection, principal, meeting_id, "decide")
    there = await store.decisions(connection, meeting_id)
    if len(there) >= DECISIONS_MAX:
        raise wrong("text", f"tối đa {DECISIONS_MAX} quyết định", f"at most {DECISIONS_MAX} decisions")
    now, [number] = desk.now(), await rows.fresh_ids(connection, store.DECISIONS, 1)
    facts = msgspec.structs.asdict(new)
    made = Decision(
        id=number, meeting_id=meeting_id, created_by=principal.id, recorded_at=now, changed_at=now, **facts
    )
    made = await _checked(connection, meeting, made)
    await rows.add(connection, store.DECISIONS, [made])
    await _told(connection, desk, principal, meeting, program, act="decide", decision=made)
    return made


async def amend(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    decision_id: int,
    patch: DecisionPatch,
    *,
    version: int,
) -> Decision:
    """Change a decision that is still a draft."""
    before, meeting, program = await _draft(connection, principal, decision_id, "amend")
    unchanged(before, version)
    after = await _checked(connection, meeting, msgspec.structs.replace(before, **given(patch)))
    if not changes(before, after):
        return before
    after = msgspec.structs.replace(after, version=before.version + 1, changed_at=desk.now())
    await rows.put(connection, store.DECISIONS, after)
    await _told(connection, desk, principal, meeting, program, act="amend", decision=after)
    return after


async def drop(
    connection: Connection, desk: Desk, principal: Principal, decision_id: int, *, version: int
) -> int:
    """Take a draft away and return its meeting; the log keeps what it said."""
    before, meeting, program = await _draft(connection, principal, decision_id, "drop")
    unchanged(before, version)
    await store.drop(connection, decision_id)
    await _told(connection, desk, principal, meeting, program, act="drop", decision=before)
    return meeting.id


async def _draft(
    connection: Connection, principal: Principal, decision_id: int, act: str
) -> tuple[Decision, Meeting, Program]:
    known = await store.decision(connection, decision_id)
    if known is None:
        raise missing("Không có quyết định này.", "There is no such decision.")
    meeting, program = await working(connection, principal, known.meeting_id, act)  # its row is held first
    found = await store.decision(connection, decision_id, lock=True)
    if found is None:
        raise missing("Không có quyết định này.", "There is no such decision.")
    return found, meeting, program


async def _checked(connection: Connection, meeting: Meeting, decision: Decision) -> Decision:
    """Return a decision as it is kept; ``Problem`` where a project, a unit or a due is none."""
    if not decision.text.strip():
        raise wrong("text", "không được để trống", "must not be empty")
    if decision.due is not None and (wanting := faults(decision.due)):
        raise wrong(wanting[0].field, wanting[0].vi, wanting[0].en)
    lead = decision.lead_org
    if decision.project_id is not None:
        projects = await register.of_program(connection, meeting.program_id, [decision.project_id])
        if decision.project_id not in projects:
            raise wrong("project_id", "không thuộc chương trình", "is not of the programme")
        lead = lead if lead is not None or decision.version > 1 else projects[decision.project_id].owner_org
    await known_orgs(connection, "lead_org", (lead,))
    await known_orgs(connection, "coop_orgs", decision.coop_orgs)
    return msgspec.structs.replace(
        decision, text=_line(decision.text).rstrip(".;"), product=_line(decision.product).rstrip(".;"),
        lead_org=lead, coop_orgs=tuple(org for org in dict.fromkeys(decision.coop_orgs) if org != lead),
    )  # fmt: skip


async def _told(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    meeting: Meeting,
    program: Program,
    *,
    act: str,
    decision: Decision,
) -> None:
    names = ("project_id", "text", "lead_org", "coop_orgs", "due", "product")
    body = {"decision": decision.id, "version": decision.version} | {
        name: msgspec.to_builtins(getattr(decision, name)) for name in names
    }
    await record(
        connection, desk, principal.id, action=f"meeting.{act}", subject=f"meeting:{meeting.id}",
        about=program, body=body,
    )  # fmt: skip


async def listed(connection: Connection, principal: Principal, program_id: int) -> dict[str, Any]:
    """Return the meetings of a programme of which the asker sees everything, the latest first."""
    program = await seen_program(connection, principal, program_id)
    found = await store.listed(connection, program_id, limit=LISTED_MAX)
    names = await rows.names(connection, "org", "name", [each["owner_org"] for each in found])
    return {
        "program": {"id": program.id, "name": program.name, "simulated": program.simulated},
        "may_prepare": prepares(principal, program),
        "items": [_said(each, names[each["owner_org"]]) for each in found],
    }


def _said(facts: dict[str, Any], owner: str) -> dict[str, Any]:
    state = "concluded" if facts["concluded_at"] else "issued" if facts["issued_at"] else "planned"
    vi, en = STATES[state]  # type: ignore[index]  # one of the three words above
    return facts | {"state": state, "state_vi": vi, "state_en": en, "owner_name": owner}


async def shown(
    connection: Connection, principal: Principal, meeting: Meeting, program: Program
) -> dict[str, Any]:
    """Return a meeting as the API says it, with its decisions and what the asker may do."""
    heavy = ("pack", "conclusion")
    facts = {name: value for name, value in msgspec.structs.asdict(meeting).items() if name not in heavy}
    found = await store.decisions(connection, meeting.id)
    names = await rows.names(connection, "org", "name", _orgs(meeting, found))
    projects = await rows.names(
        connection, "project", "name", [each.project_id for each in found if each.project_id]
    )
    may = prepares(principal, program) and meeting.state != "concluded"
    return _said(facts, names[meeting.owner_org]) | {
        "program": {"id": program.id, "name": program.name, "simulated": program.simulated},
        "decisions": [_decision_said(each, names, projects) for each in found],
        "acts": [
            *(["change", "decide"] if may else []),
            *(["issue"] if may and meeting.state == "planned" else []),
            *(["conclude"] if meeting.state != "concluded" and principal.may("directive.issue") else []),
        ],
    }


def _orgs(meeting: Meeting, found: Sequence[Decision]) -> Iterable[int]:
    leads = [each.lead_org for each in found if each.lead_org is not None]
    return {meeting.owner_org, *leads, *(org for each in found for org in each.coop_orgs)}


def _decision_said(each: Decision, names: dict[int, str], projects: dict[int, str]) -> dict[str, Any]:
    return msgspec.structs.asdict(each) | {
        "lead_name": names.get(each.lead_org or 0), "coop_names": [names.get(org) for org in each.coop_orgs],
        "project_name": projects.get(each.project_id or 0), "lacks": list(lacks(each)),
    }  # fmt: skip
