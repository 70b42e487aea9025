"""Routes of an incident's papers: the after-action report, a lesson that becomes a task, the handover."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, write
from haidang.base.settings import Settings
from haidang.documents import press
from haidang.incidents.after_action.gathering import gathered
from haidang.incidents.after_action.handover import sheet
from haidang.incidents.after_action.lessons import LessonToTask, to_task
from haidang.incidents.after_action.model import AfterAction
from haidang.incidents.after_action.paper import paper
from haidang.incidents.service import shifts
from haidang.incidents.service.desk import desk_of
from haidang.organisation.permissions import Principal
from haidang.organisation.service.letterhead import letterhead

I = "/api/v1/incidents/{incident_id:int}"  # noqa: E741 - the path of one incident


@get(
    f"{I}/after-action",
    opt={"permission": "incident.read"},
    tags=["incidents"],
    summary="The after-action report",
)
async def after_action(
    *,
    incident_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    form: Annotated[Literal["json", "docx", "pdf"], QueryParameter(name="format")] = "json",
) -> Response[Any]:
    """Return what the log says: timeline, times against targets, steps, resources, decisions, lessons."""
    async with db.transaction() as connection:
        found = await gathered(
            connection, desk_of(settings, clock), principal, incident_id, settings.province_code
        )
    if form == "json":
        return Response(found, headers={"cache-control": "no-store"})
    content = await press.printed(paper(found), form)
    return Response(content, media_type=press.MEDIA[form], headers=press.headers(_name(found), form))


def _name(found: AfterAction) -> str:
    """Return the name of the file: ASCII, with the exercise in it."""
    return f"{'dien-tap-' if found.is_exercise else ''}bao-cao-su-co-{found.code}"


@post(
    f"{I}/lessons/{{no:int}}/task",
    opt={"permission": "incident.work"},
    tags=["incidents"],
    summary="Make a task of a lesson",
)
async def give_lesson(
    *,
    request: Asked,
    key: Key,
    incident_id: FromPath[int],
    no: FromPath[int],
    data: JSONBody[LessonToTask],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Give a unit the task that a lesson of the log asks for; each lesson becomes one task at most."""

    async def work(connection: Connection) -> Any:
        return await to_task(connection, desk_of(settings, clock), principal, incident_id, data, no=no)

    return await write(request, db, principal.id, key, work)


@get(
    "/api/v1/shifts/handover/{handover_id:int}/sheet",
    opt={"permission": "shift.work"},
    tags=["incidents"],
    summary="The sheet of a handover",
)
async def handover_sheet(
    *,
    handover_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    form: Annotated[press.Form, QueryParameter(name="format")] = "docx",
) -> Response[bytes]:
    """Return what was handed over as the record that both sign: on paper, or signed in the house already."""
    async with db.transaction() as connection:
        row = await shifts.one(connection, desk_of(settings, clock), principal, handover_id)
        agency = await letterhead(connection, row["org"]["id"], settings.province_code)
    content = await press.printed(sheet(row, agency, clock.now()), form)
    name = f"ban-giao-ca-{handover_id}"
    return Response(content, media_type=press.MEDIA[form], headers=press.headers(name, form))


ROUTES = (after_action, give_lesson, handover_sheet)
