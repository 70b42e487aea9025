"""Routes of documents: registering them, reading them again, confirming what was read, issuing."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, repeated, version_of, write
from haidang.base.settings import Settings
from haidang.directives.model.candidate import Reason
from haidang.directives.service import issuing, registering, runs, showing, telling
from haidang.directives.service.desk import desk_of, secret, visible
from haidang.directives.service.issuing import Issue
from haidang.directives.service.registering import Facts
from haidang.directives.store.documents import Filter
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.service import evidence

DOCUMENTS = "/api/v1/directive-documents"
D = DOCUMENTS + "/{document_id:int}"
NAME_MAX = 300


class NewDocument(Facts, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A text that was pasted, or a reference only (secret ones: never a text)."""

    text: str | None = None
    reference_only: Facts | None = None
    owner_org: int | None = None

    def facts(self) -> Facts:
        """Return what is said of the document, beside or within ``reference_only``, once."""
        beside = {name: getattr(self, name) for name in Facts.__struct_fields__}
        said = {name: value for name, value in beside.items() if value is not msgspec.UNSET}
        within = {} if self.reference_only is None else self.reference_only.given()
        for name in said.keys() & within.keys():
            if said[name] != within[name]:
                raise Problem(INVALID, faults=(Fault(name, "được nêu hai lần", "is said twice"),))
        return Facts(**(said | within))


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="withdraw"):
    """The document is taken back; nothing was issued from it."""

    reason: Reason


class MakeSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="make_secret"):
    """It turned out to be secret: its text and file are taken away, a reference stays."""

    reason: Reason


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act; its word stands in ``act``, its facts beside it."""

    do: Withdraw | MakeSecret


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(",") if part)


@get(DOCUMENTS, opt={"permission": "directive.read"}, tags=["directives"], summary="Documents")
async def list_documents(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    states: Annotated[str | None, QueryParameter(name="state")] = None,
    kind: FromQuery[str | None] = None,
    meeting: FromQuery[int | None] = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return documents that the asker may see, the last registered first."""
    wanted = Filter(
        states=_words(states), kinds=_words(kind), meeting=meeting, q=q[:200], before=cursor_number(cursor)
    )
    async with db.transaction() as connection:
        return await showing.listed(connection, principal, wanted, limit=page_size(limit))


@post(
    DOCUMENTS,
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="Register a document",
)
async def register_document(
    *,
    request: Asked,
    key: Key,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    name: FromQuery[Annotated[str, msgspec.Meta(max_length=NAME_MAX)] | None] = None,
    issued_on: FromQuery[date | None] = None,
    secrecy: FromQuery[Literal["normal", "restricted", "secret"] | None] = None,
    readers: FromQuery[str | None] = None,
    owner_org: FromQuery[int | None] = None,
) -> Any:
    """Read the body as a file named ``name``; without a name it is JSON with a text, or a reference only."""
    desk = desk_of(settings, clock)
    if (before := await repeated(request, db, principal.id, key)) is not None:
        return before  # what was registered is known now: a repeat is no second document
    body = await request.body()
    incoming: registering.Incoming | None = None
    if name is not None:
        facts = Facts(**_told(issued_on, secrecy, readers))
        incoming = await registering.file_in(
            db, settings, desk, principal, name, body, owner_org=owner_org, facts=facts
        )
    else:
        new = _decoded(body)
        owner_org, facts = new.owner_org, new.facts()
        if new.text is not None:
            incoming = await registering.text_in(
                db, desk, principal, new.text, owner_org=owner_org, facts=facts
            )

    async def work(connection: Connection) -> Any:
        document = await registering.register(
            connection, desk, principal, incoming, facts, owner_org=owner_org
        )
        return await showing.registered_answer(connection, desk, principal, document)

    return await write(request, db, principal.id, key, work)


def _told(issued_on: date | None, secrecy: str | None, readers: str | None) -> dict[str, Any]:
    words = _words(readers)
    if not all(word.isdecimal() and len(word) < 10 for word in words):
        raise Problem(INVALID, faults=(Fault("readers", "cần là số", "must be numbers"),))
    numbers = None if readers is None else tuple(int(word) for word in words)
    found: dict[str, Any] = {"issued_on": issued_on, "secrecy": secrecy, "readers": numbers}
    return {name: value for name, value in found.items() if value is not None}


def _decoded(body: bytes) -> NewDocument:
    try:
        new = msgspec.json.decode(body, type=NewDocument)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        raise Problem(INVALID, faults=(Fault("body", "JSON không hợp lệ", str(cause)[:200]),)) from cause
    if new.reference_only is not None and new.text is not None:
        raise secret()
    if new.reference_only is None and new.text is None:
        raise Problem(
            INVALID,
            faults=(
                Fault("text", "cần text, reference_only hoặc tên tệp", "text, reference_only or a name"),
            ),
        )
    return new


@get(D, opt={"permission": "directive.read"}, tags=["directives"], summary="One document")
async def get_document(
    document_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a document with text, references, readings, proposals and directives."""
    async with db.transaction() as connection:
        return await showing.opened(connection, desk_of(settings, clock), principal, document_id)


@get(D + "/file", opt={"permission": "directive.read"}, tags=["directives"], summary="Its file")
async def get_document_file(
    document_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Return the file as an attachment, never to be shown within our pages."""
    async with db.transaction() as connection:
        found = await visible(connection, principal, document_id)
    if found.file_sha256 is None or found.file_name is None:
        raise missing("Văn bản này không có tệp.", "This document has no file.")
    path = evidence.place(settings.data_dir, found.file_sha256, registering.FOLDER)
    if not path.is_file():
        raise missing("Tệp không còn trên đĩa.", "The file is no longer on the disk.")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(found.file_name)}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    content = await asyncio.to_thread(path.read_bytes)
    return Response(content, media_type=found.file_type or "application/octet-stream", headers=headers)


@patch(D, opt={"permission": "directive.register"}, tags=["directives"], summary="Change its facts")
async def change_document(
    *,
    request: Asked,
    key: Key,
    document_id: FromPath[int],
    data: JSONBody[Facts],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change number, day, issuer, signatory, subject, meeting, secrecy; the text stays as it was read."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await registering.change(connection, desk, principal, document_id, data, version=version)
        return await showing.opened(connection, desk, principal, document_id)

    return await write(request, db, principal.id, key, work)


@post(
    D + "/acts",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="Act on a document",
    status_code=200,
)
async def act_on_document(
    *,
    request: Asked,
    key: Key,
    document_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Withdraw a document from which nothing was issued, or take the text of a secret one away."""
    version, desk = version_of(seen), desk_of(settings, clock)
    act = registering.make_secret if isinstance(data.do, MakeSecret) else registering.withdraw
    gone: list[str] = []

    async def work(connection: Connection) -> Any:
        done = await act(connection, desk, principal, document_id, data.do.reason, version=version)
        gone.extend(done if isinstance(done, list) else ())
        return await showing.opened(connection, desk, principal, document_id)

    answer = await write(request, db, principal.id, key, work)
    await asyncio.to_thread(registering.remove_files, settings, gone)
    return answer


@post(
    D + "/read",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="Read it again",
    status_code=200,
)
async def read_document(
    *,
    request: Asked,
    key: Key,
    document_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Make a new run; what people settled or touched stays, other open proposals are replaced."""
    desk = desk_of(settings, clock)
    _, text, read = await runs.reread(db, desk, principal, document_id)

    async def work(connection: Connection) -> Any:
        await runs.keep_run(connection, desk, principal, document_id, text, read)
        return await showing.opened(connection, desk, principal, document_id)

    return await write(request, db, principal.id, key, work)


@post(
    D + "/issue",
    opt={"permission": "directive.issue"},
    tags=["directives"],
    summary="Issue directives and their tasks",
)
async def issue_document(
    *,
    request: Asked,
    key: Key,
    document_id: FromPath[int],
    data: JSONBody[Issue],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Issue accepted proposals: all of them with their tasks, or none (422 says what is missing of each)."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await issuing.issue(connection, desk, principal, document_id, data)
        lines = await telling.lines(connection, desk, principal, made)
        return {"directives": lines, "tasks": [task["id"] for line in lines for task in line["tasks"]]}

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_documents, register_document, get_document, get_document_file, change_document, act_on_document,
    read_document, issue_document,
)  # fmt: skip
