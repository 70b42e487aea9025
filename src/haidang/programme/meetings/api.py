"""Routes of meetings and their decisions; the pack and the conclusion stand in ``actions.meetings``."""

from __future__ import annotations

from typing import Any

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.api.programs import P
from haidang.programme.meetings import service
from haidang.programme.meetings.model import DecisionPatch, MeetingPatch, NewDecision, NewMeeting
from haidang.programme.service.desk import desk_of

READ = {"permission": "programme.read"}
M = "/api/v1/programme/meetings/{meeting_id:int}"
D = "/api/v1/programme/meeting-decisions/{decision_id:int}"


@get(P + "/meetings", opt=READ, tags=["programme"], summary="Disbursement meetings of a programme")
async def list_meetings(
    program_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the meetings, the latest first; for whoever sees every project of the programme."""
    async with db.transaction() as connection:
        return await service.listed(connection, principal, program_id)


@post(P + "/meetings", opt=READ, tags=["programme"], summary="Plan a disbursement meeting")
async def plan_meeting(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[NewMeeting],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Plan a meeting; who plans for the programme or watches over it prepares it."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await service.plan(connection, desk, principal, program_id, data)
        return await _shown(connection, principal, made.id)

    return await write(request, db, principal.id, key, work)


async def _shown(connection: Connection, principal: Principal, meeting_id: int) -> dict[str, Any]:
    meeting, program = await service.opened(connection, principal, meeting_id)
    return await service.shown(connection, principal, meeting, program)


@get(M, opt=READ, tags=["programme"], summary="One meeting with its decisions")
async def get_meeting(
    meeting_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return a meeting, its decisions, and what the asker may do with it now."""
    async with db.transaction() as connection:
        return await _shown(connection, principal, meeting_id)


@patch(M, opt=READ, tags=["programme"], summary="Change a meeting")
async def change_meeting(
    *,
    request: Asked,
    key: Key,
    meeting_id: FromPath[int],
    data: JSONBody[MeetingPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change title, chair, place, questions; days and year until the pack is issued."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await service.change(connection, desk, principal, meeting_id, data, version=version)
        return await _shown(connection, principal, meeting_id)

    return await write(request, db, principal.id, key, work)


@post(M + "/decisions", opt=READ, tags=["programme"], summary="Write a decision of the meeting down")
async def add_decision(
    *,
    request: Asked,
    key: Key,
    meeting_id: FromPath[int],
    data: JSONBody[NewDecision],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Keep a decision as a draft of the meeting; only its wording is needed at once."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await service.decide(connection, desk, principal, meeting_id, data)
        return await _shown(connection, principal, meeting_id)

    return await write(request, db, principal.id, key, work)


@patch(D, opt=READ, tags=["programme"], summary="Change a decision that is a draft")
async def change_decision(
    *,
    request: Asked,
    key: Key,
    decision_id: FromPath[int],
    data: JSONBody[DecisionPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change wording, project, units, due or product."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await service.amend(connection, desk, principal, decision_id, data, version=version)
        return await _shown(connection, principal, made.meeting_id)

    return await write(request, db, principal.id, key, work)


@delete(D, opt=READ, tags=["programme"], summary="Take a draft away", status_code=200)
async def drop_decision(
    *,
    request: Asked,
    key: Key,
    decision_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Take a draft away; what it said stays in the log."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        meeting = await service.drop(connection, desk, principal, decision_id, version=version)
        return await _shown(connection, principal, meeting)

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_meetings,
    plan_meeting,
    get_meeting,
    change_meeting,
    add_decision,
    change_decision,
    drop_decision,
)
