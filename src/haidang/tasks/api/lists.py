"""Routes of lists: views, counts, acts on many, and the round trip of a workbook."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.requests import Asked as Request
from haidang.base.requests import Key, page_size, write
from haidang.base.settings import Settings
from haidang.documents import press
from haidang.organisation.permissions import Principal
from haidang.tasks.model.acts import RULES, Act, act_name
from haidang.tasks.service import lists, papers, reading, sources
from haidang.tasks.service.desk import desk_of, wrong
from haidang.tasks.service.lists import Approved
from haidang.tasks.service.reading import Asked
from haidang.tasks.store import inbox

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BULK_MAX = 100


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A task and the version that was seen of it."""

    id: int
    version: int


class Bulk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One act for many tasks; extensions and verdicts that need reasons are made one by one."""

    do: Act
    tasks: Annotated[tuple[Seen, ...], msgspec.Meta(min_length=1, max_length=BULK_MAX)]


class Import(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The approved rows of a diff."""

    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    rows: tuple[Approved, ...]


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(",") if part)


def _numbers(field: str, text: str | None) -> tuple[int, ...]:
    words = _words(text)
    if not all(word.isdecimal() and len(word) < 10 for word in words):
        raise Problem(INVALID, faults=(Fault(field, "cần là số", "must be numbers", text),))
    return tuple(int(word) for word in words)


@get("/api/v1/tasks", opt={"permission": "task.read"}, tags=["tasks"], summary="Tasks")
async def list_tasks(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    view: FromQuery[str] = "unit",
    states: Annotated[str | None, QueryParameter(name="state")] = None,
    priority: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
    org: FromQuery[int | None] = None,
    q: FromQuery[str] = "",
    timeliness: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return a view: mine, unit, coop, assigned, overdue, all (open ones by their end), or done."""
    desk = desk_of(settings, clock)
    asked = Asked(
        view=view, states=_words(states), priorities=_numbers("priority", priority), source_kind=source,
        org=org, q=q, timeliness=timeliness,
    )  # fmt: skip
    async with db.transaction() as connection:
        wanted = await reading.filter_of(connection, desk, principal, asked)
        return await reading.listed(
            connection, desk, principal, wanted, limit=page_size(limit), cursor=cursor
        )


@get("/api/v1/tasks/counts", opt={"permission": "task.read"}, tags=["tasks"], summary="How many in each view")
async def count_tasks(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return how many tasks each view has, counted no further than ``most``."""
    async with db.transaction() as connection:
        return await reading.counts(connection, desk_of(settings, clock), principal)


@post(
    "/api/v1/tasks/bulk",
    opt={"permission": "task.read"},
    tags=["tasks"],
    summary="One act for many tasks",
    status_code=200,
)
async def act_on_many(
    *,
    request: Request,
    key: Key,
    data: JSONBody[Bulk],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Do an act for each task against the version that was seen; each answers for itself, done or refused."""
    name = act_name(data.do)
    if not RULES[name].bulk:
        raise wrong("do", "chỉ làm từng nhiệm vụ", "is done one by one", name)
    desk = desk_of(settings, clock)
    ordered = sorted({each.id: each for each in data.tasks}.values(), key=lambda each: each.id)

    async def work(connection: Connection) -> Any:
        await inbox.lock(connection, [each.id for each in ordered])
        await sources.held(connection, [each.id for each in ordered])
        return {
            "items": [
                await lists.attempt(connection, desk, principal, each.id, data.do, version=each.version)
                for each in ordered
            ]
        }

    return _each(await write(request, db, principal.id, key, work))


def _each(found: dict[str, Any]) -> Response[dict[str, Any]]:
    """Answer 207 where some were refused, each with its reason; 200 where all were done."""
    refused = any("problem" in each for each in found["items"])
    return Response(found, status_code=207 if refused else 200)


@get(
    "/api/v1/tasks/export",
    opt={"permission": "task.read"},
    tags=["tasks"],
    summary="A list as a workbook, or as a paper",
)
async def export_tasks(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    view: FromQuery[str] = "unit",
    states: Annotated[str | None, QueryParameter(name="state")] = None,
    priority: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
    org: FromQuery[int | None] = None,
    q: FromQuery[str] = "",
    timeliness: FromQuery[str | None] = None,
    form: Annotated[Literal["xlsx", "docx", "pdf"], QueryParameter(name="format")] = "xlsx",
) -> Response[bytes]:
    """Return an XLSX of a view, whose yellow columns can be filled and brought back, or a paper of it."""
    desk = desk_of(settings, clock)
    asked = Asked(
        view=view, states=_words(states), priorities=_numbers("priority", priority), source_kind=source,
        org=org, q=q, timeliness=timeliness,
    )  # fmt: skip
    async with db.transaction() as connection:
        wanted = await reading.filter_of(connection, desk, principal, asked)
        if form == "xlsx":
            content = await lists.export(connection, desk, principal, wanted)
            return Response(content, media_type=XLSX, headers=press.headers("nhiem-vu", form))
        report = await papers.listed(
            connection, desk, principal, wanted, view=view, province=settings.province_code
        )
    content = await press.printed(report, form)
    return Response(content, media_type=press.MEDIA[form], headers=press.headers("nhiem-vu", form))


@post(
    "/api/v1/tasks/import/compare",
    opt={"permission": "task.work"},
    tags=["tasks"],
    summary="What a filled workbook would change",
    status_code=200,
)
async def compare_tasks(
    *,
    request: Request,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the diff of a workbook (the body): changed, unchanged, conflicts, refused; writes nothing."""
    content = await request.body()
    async with db.transaction() as connection:
        return await lists.compared(connection, desk_of(settings, clock), principal, content)


@post(
    "/api/v1/tasks/import",
    opt={"permission": "task.work"},
    tags=["tasks"],
    summary="Take the approved rows of a workbook",
    status_code=200,
)
async def import_tasks(
    *,
    request: Request,
    key: Key,
    data: JSONBody[Import],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Write the approved rows, each against the version that was seen; one that has changed again is told."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await lists.apply(connection, desk, principal, data.rows, sha256=data.sha256)

    return _each(await write(request, db, principal.id, key, work))


ROUTES = (list_tasks, count_tasks, act_on_many, export_tasks, compare_tasks, import_tasks)
