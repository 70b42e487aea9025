"""Routes of the pack, the slides and the conclusion of a disbursement meeting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from haidang.actions.meetings import concluding, issuing
from haidang.actions.meetings.concluding import NewConclusion
from haidang.actions.meetings.notice import Notice
from haidang.actions.meetings.notice import paper as notice_paper
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, repeated, version_of, write
from haidang.base.settings import Settings
from haidang.directives.service.desk import desk_of as directives_desk
from haidang.directives.service.desk import words_of
from haidang.documents import press
from haidang.documents.report import Report
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.meetings import paper, service
from haidang.programme.meetings.api import READ, M
from haidang.programme.meetings.slides import slides
from haidang.programme.service.desk import desk_of

Form = Annotated[Literal["json", "docx", "pdf"], QueryParameter(name="format")]


@get(M + "/pack", opt=READ, tags=["programme"], summary="The pack of a meeting")
async def get_pack(
    *,
    meeting_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    form: Form = "json",
) -> Response[Any]:
    """Return what the meeting is told: as it was issued, or as it would be issued now."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        meeting, program = await service.opened(connection, principal, meeting_id)
        pack = await issuing.pack_of(connection, settings, desk, meeting, program)
    cases = issuing.seen_cases(principal, pack)
    if form == "json":
        shown = msgspec.structs.replace(pack, cases=tuple(cases))
        body = {"pack": shown, "sha256": meeting.sha256, "number": meeting.number, "state": meeting.state}
        return Response(body, headers={"cache-control": "no-store"})
    report = paper.paper(pack, cases=cases, symbol=meeting.number, sha256=meeting.sha256 or "")
    return await _printed(report, form, f"bao-cao-giai-ngan-{meeting.cutoff:%Y-%m-%d}")


async def _printed(report: Report, form: Literal["docx", "pdf"], name: str) -> Response[Any]:
    content = await press.printed(report, form)
    return Response(content, media_type=press.MEDIA[form], headers=press.headers(name, form))


@get(M + "/slides", opt=READ, tags=["programme"], summary="The pack for a screen in the room")
async def get_slides(
    *,
    meeting_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the same figures without what a public room must not see, and the decisions until now."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        meeting, program = await service.opened(connection, principal, meeting_id)
        pack = await issuing.pack_of(connection, settings, desk, meeting, program)
        said = await service.shown(connection, principal, meeting, program)
    own = directives_desk(settings, clock)
    return {
        "meeting": {
            "id": meeting.id, "title": meeting.title, "held_on": meeting.held_on, "state": meeting.state,
            "number": meeting.number, "sha256": meeting.sha256, "program": program.name,
            "simulated": program.simulated, "plan_year": meeting.plan_year,
        },
        "cutoff": pack.cutoff, "plan_as_of": pack.plan_as_of, "made_at": pack.made_at,
        "slides": slides(pack),
        "decisions": [
            {
                "id": each["id"], "project": each["project_name"], "lead": each["lead_name"],
                "due": None if each["due"] is None else words_of(own, each["due"], desk.now()),
            }
            for each in said["decisions"]
        ],
    }  # fmt: skip


@post(M + "/issue", opt=READ, tags=["programme"], summary="Issue the pack: number it and freeze it")
async def issue_pack(
    *,
    request: Asked,
    key: Key,
    meeting_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Freeze the pack as it is now, with its hash, under the next number of reports."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await issuing.issue(connection, settings, desk, principal, meeting_id, version=version)
        meeting, program = await service.opened(connection, principal, meeting_id)
        return await service.shown(connection, principal, meeting, program)

    return await write(request, db, principal.id, key, work)


@post(
    M + "/conclude",
    opt={"permission": "directive.issue"},
    tags=["programme"],
    summary="Conclude a meeting: its decisions become directives and tasks",
)
async def conclude_meeting(
    *,
    request: Asked,
    key: Key,
    meeting_id: FromPath[int],
    data: JSONBody[NewConclusion],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Register the notice, issue its directives with their tasks, link them to projects: all or none."""
    version, desk = version_of(seen), directives_desk(settings, clock)
    if (before := await repeated(request, db, principal.id, key)) is not None:
        return before  # what was concluded cannot be read again
    read = await concluding.read(db, settings, desk, principal, meeting_id, data)

    async def work(connection: Connection) -> Any:
        made = await concluding.conclude(
            connection, settings, desk, principal, meeting_id, data, read_before=read, version=version
        )
        meeting, program = await service.opened(connection, principal, meeting_id)
        return {
            "meeting": await service.shown(connection, principal, meeting, program),
            "document": {"id": made.document.id, "number": made.document.number},
            "directives": [each.id for each in made.directives],
        }

    return await write(request, db, principal.id, key, work)


@get(M + "/conclusion", opt=READ, tags=["programme"], summary="The notice of a meeting's conclusion")
async def get_conclusion(
    *,
    meeting_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    form: Form = "json",
) -> Response[Any]:
    """Return the notice as it was issued; as JSON null where the meeting is not concluded yet."""
    async with db.transaction() as connection:
        meeting, _ = await service.opened(connection, principal, meeting_id)
    if meeting.conclusion is None and form != "json":
        raise missing("Cuộc họp chưa kết luận.", "The meeting is not concluded.")
    notice = msgspec.json.decode(meeting.conclusion, type=Notice) if meeting.conclusion else None
    if form == "json" or notice is None:
        body = {
            "notice": notice, "sha256": meeting.conclusion_sha256, "document_id": meeting.document_id,
        }  # fmt: skip
        return Response(body, headers={"cache-control": "no-store"})
    return await _printed(notice_paper(notice), form, f"thong-bao-ket-luan-{meeting.held_on:%Y-%m-%d}")


ROUTES = (get_pack, get_slides, issue_pack, conclude_meeting, get_conclusion)
