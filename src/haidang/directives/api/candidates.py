"""Routes of proposals: adding, merging, confirming, and what was said to them."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.base.settings import Settings
from haidang.directives.model import candidate
from haidang.directives.service import confirming, showing
from haidang.directives.service.confirming import Defaults, Merge, Span
from haidang.directives.service.desk import desk_of, visible
from haidang.organisation.permissions import Principal

D = "/api/v1/directive-documents/{document_id:int}"


class Confirming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act on a proposal; its word stands in ``act``, its facts beside it."""

    do: candidate.Act


@post(
    D + "/candidates",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="Add a proposal by hand",
)
async def add_candidate(
    *,
    request: Asked,
    key: Key,
    document_id: FromPath[int],
    data: JSONBody[Span],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add the passage from ``start`` to ``end``; the engine is asked for a first guess of it."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await confirming.add(connection, desk, principal, document_id, data)
        [shown] = await showing.proposal(connection, desk, principal, [made])
        return shown

    return await write(request, db, principal.id, key, work)


@post(
    D + "/candidates/merge",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="Make one proposal of several",
)
async def merge_candidates(
    *,
    request: Asked,
    key: Key,
    document_id: FromPath[int],
    data: JSONBody[Merge],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Merge open or accepted proposals; the new one is open."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await confirming.merge(connection, desk, principal, document_id, data.ids)
        [shown] = await showing.proposal(connection, desk, principal, [made])
        return shown

    return await write(request, db, principal.id, key, work)


@post(
    D + "/accept-complete",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="Accept all that lack nothing",
    status_code=200,
)
async def accept_complete(
    *,
    request: Asked,
    key: Key,
    document_id: FromPath[int],
    data: JSONBody[Defaults],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Accept every open proposal that lacks nothing, or only a due or a product that the body fills in."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        done = await confirming.accept_complete(connection, desk, principal, document_id, data)
        document = await visible(connection, principal, document_id)
        return {
            "accepted": [each.id for each in done],
            "candidates": await showing.proposals(connection, desk, document),
        }

    return await write(request, db, principal.id, key, work)


@post(
    "/api/v1/directive-candidates/{candidate_id:int}/acts",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="Act on a proposal",
    status_code=200,
)
async def act_on_candidate(
    *,
    request: Asked,
    key: Key,
    candidate_id: FromPath[int],
    data: JSONBody[Confirming],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Accept, correct, reject, split, reopen; answers with what stands in its place."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        found = await confirming.perform(connection, desk, principal, candidate_id, data.do, version=version)
        return {"candidates": await showing.proposal(connection, desk, principal, found)}

    return await write(request, db, principal.id, key, work)


@get(
    "/api/v1/directive-candidates/{candidate_id:int}/verdicts",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="What was said to a proposal",
)
async def list_verdicts(
    candidate_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return every verdict, the first first, with who gave it when and what changed."""
    async with db.transaction() as connection:
        return await confirming.verdicts(connection, principal, candidate_id)


ROUTES = (add_candidate, merge_candidates, accept_complete, act_on_candidate, list_verdicts)
