"""Routes of letters to contractors: drafted, read as papers, signed, withdrawn."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.documents import press
from haidang.organisation.permissions import Principal
from haidang.programme.letters import service
from haidang.programme.letters.model import NewLetter
from haidang.programme.letters.paper import paper
from haidang.programme.service.desk import desk_of

L = "/api/v1/programme/contractor-letters"
ONE = L + "/{letter_id:int}"
READ = {"permission": "programme.read"}
Form = Annotated[Literal["json", "docx", "pdf"], QueryParameter(name="format")]


class Withdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a draft is not sent."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


@get(L, opt=READ, tags=["programme"], summary="Letters to contractors")
async def list_contractor_letters(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    project: FromQuery[int | None] = None,
    case: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return letters of projects that the asker keeps or watches over; nobody else sees them."""
    async with db.transaction() as connection:
        return await service.listed(
            connection, principal, project=project, case=case, before=cursor_number(cursor),
            limit=page_size(limit),
        )  # fmt: skip


@post(
    "/api/v1/programme/projects/{project_id:int}/contractor-letters",
    opt=READ,
    tags=["programme"],
    summary="Draft the letter of a step",
)
async def draft_contractor_letter(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[NewLetter],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Keep what it is to say, with the facts of the register; no number and no step before it is signed."""

    async def work(connection: Connection) -> Any:
        return await service.draft(
            connection, desk_of(settings, clock), principal, project_id, data,
            province=settings.province_code,
        )  # fmt: skip

    return await write(request, db, principal.id, key, work)


@get(ONE, opt=READ, tags=["programme"], summary="A letter to a contractor")
async def read_contractor_letter(
    *,
    letter_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    form: Form = "json",
) -> Response[Any]:
    """Return a letter as it was drafted or signed."""
    async with db.transaction() as connection:
        shown, row, said = await service.opened(connection, principal, letter_id)
    if form == "json":
        return Response(shown | {"letter": said}, headers={"cache-control": "no-store"})
    drawn = paper(said, number=row.number, signed_on=row.signed_on, until=row.reply_until)
    content = await press.printed(drawn, form)
    name = f"cong-van-nha-thau-{letter_id}"
    return Response(content, media_type=press.MEDIA[form], headers=press.headers(name, form))


@post(f"{ONE}/sign", opt=READ, tags=["programme"], summary="Sign a letter off", status_code=200)
async def sign_contractor_letter(
    *,
    request: Asked,
    key: Key,
    seen: Seen = None,
    letter_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Give it its number and do its step: the owner's or the office's, as the procedure says."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        return await service.sign(connection, desk_of(settings, clock), principal, letter_id, version=version)

    return await write(request, db, principal.id, key, work)


@post(f"{ONE}/withdraw", opt=READ, tags=["programme"], summary="Do not send a draft", status_code=200)
async def withdraw_contractor_letter(
    *,
    request: Asked,
    key: Key,
    seen: Seen = None,
    letter_id: FromPath[int],
    data: JSONBody[Withdrawal],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Decide that a draft is not sent, and why."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        return await service.withdraw(
            connection, desk_of(settings, clock), principal, letter_id, data.reason, version=version
        )

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_contractor_letters, draft_contractor_letter, read_contractor_letter, sign_contractor_letter,
    withdraw_contractor_letter,
)  # fmt: skip
