"""Every NGSI-LD route with its permission, and the ASGI app that answers them.

Paths match with and without a trailing slash; nothing is redirected (a 307 would lose the body of a POST).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec
import psycopg

from haidang.base.clock import Clock
from haidang.base.database import Database, refusal_of
from haidang.base.log import logger
from haidang.base.problems import INTERNAL, INVALID, NOT_ALLOWED, NOT_FOUND, Problem
from haidang.base.settings import Settings
from haidang.city.model import BAD_DATA, NO_CONTEXT
from haidang.city.ngsild import (
    batch,
    contexts,
    discovery,
    identity,
    purging,
    read,
    registrations,
    subscriptions,
    temporal,
    temporal_write,
    values,
    write,
)
from haidang.city.ngsild.exchange import Call, Receive, Reply, Scope, Send
from haidang.city.ngsild.problems import document
from haidang.city.service import City

BASE = "/ngsi-ld/v1"
Handler = Callable[[Call], Awaitable[Reply]]


class Route(NamedTuple):
    """One method of one path; ``{}`` stands for a part that varies."""

    method: str
    path: str
    permission: str
    handler: Handler


TABLE: tuple[Route, ...] = (
    Route("GET", "/entities", "entity.read", read.query_entities),
    Route("GET", "/entities/{}", "entity.read", read.retrieve_entity),
    Route("GET", "/entities/{}/attrs/{}/value", "entity.read", values.retrieve),
    Route("POST", "/entityOperations/query", "entity.read", read.post_query),
    Route("GET", "/temporal/entities", "entity.read", temporal.query),
    Route("GET", "/temporal/entities/{}", "entity.read", temporal.retrieve),
    Route("POST", "/temporal/entities", "entity.write", temporal_write.create),
    Route("DELETE", "/temporal/entities/{}", "entity.delete", temporal_write.delete),
    Route("POST", "/temporal/entities/{}/attrs", "entity.write", temporal_write.append),
    Route("DELETE", "/temporal/entities/{}/attrs/{}", "entity.delete", temporal_write.delete_attribute),
    Route("PATCH", "/temporal/entities/{}/attrs/{}/{}", "entity.write", temporal_write.patch_instance),
    Route("DELETE", "/temporal/entities/{}/attrs/{}/{}", "entity.delete", temporal_write.delete_instance),
    Route("POST", "/temporal/entityOperations/query", "entity.read", temporal.post_query),
    Route("GET", "/types", "entity.read", discovery.types),
    Route("GET", "/types/{}", "entity.read", discovery.type_information),
    Route("GET", "/attributes", "entity.read", discovery.attributes),
    Route("GET", "/attributes/{}", "entity.read", discovery.attribute_information),
    Route("GET", "/info/sourceIdentity", "entity.read", identity.source_identity),
    Route("GET", "/jsonldContexts", "entity.read", contexts.every),
    Route("POST", "/jsonldContexts", "entity.write", contexts.add),
    Route("GET", "/jsonldContexts/{}", "entity.read", contexts.serve),
    Route("DELETE", "/jsonldContexts/{}", "entity.write", contexts.remove),
    Route("POST", "/entities", "entity.write", write.create),
    Route("PUT", "/entities/{}", "entity.write", write.replace),
    Route("PATCH", "/entities/{}", "entity.write", write.merge),
    Route("DELETE", "/entities", "entity.delete", purging.purge),
    Route("DELETE", "/entities/{}", "entity.delete", write.delete),
    Route("POST", "/entities/{}/attrs", "entity.write", write.append),
    Route("PATCH", "/entities/{}/attrs", "entity.write", write.patch),
    Route("PATCH", "/entities/{}/attrs/{}", "entity.write", write.patch_attribute),
    Route("PUT", "/entities/{}/attrs/{}", "entity.write", write.replace_attribute),
    Route("DELETE", "/entities/{}/attrs/{}", "entity.write", write.delete_attribute),
    Route("PUT", "/entities/{}/attrs/{}/value", "entity.write", values.put),
    Route("POST", "/entityOperations/create", "entity.write", batch.create),
    Route("POST", "/entityOperations/upsert", "entity.write", batch.upsert),
    Route("POST", "/entityOperations/update", "entity.write", batch.update),
    Route("POST", "/entityOperations/merge", "entity.write", batch.merge),
    Route("POST", "/entityOperations/delete", "entity.delete", batch.delete),
    Route("POST", "/subscriptions", "subscription.manage", subscriptions.create),
    Route("GET", "/subscriptions", "subscription.read", subscriptions.query),
    Route("GET", "/subscriptions/{}", "subscription.read", subscriptions.retrieve),
    Route("PATCH", "/subscriptions/{}", "subscription.manage", subscriptions.patch),
    Route("DELETE", "/subscriptions/{}", "subscription.manage", subscriptions.delete),
    Route("POST", "/csourceRegistrations", "registration.manage", registrations.create),
    Route("GET", "/csourceRegistrations", "registration.read", registrations.query),
    Route("GET", "/csourceRegistrations/{}", "registration.read", registrations.retrieve),
    Route("PATCH", "/csourceRegistrations/{}", "registration.manage", registrations.patch),
    Route("DELETE", "/csourceRegistrations/{}", "registration.manage", registrations.delete),
)

ROUTES: tuple[tuple[str, str, str], ...] = tuple(
    (one.method, BASE + one.path, one.permission) for one in TABLE
)
"""(method, path, permission), for the test that every route declares one and for the description."""

_log = logger("city.ngsild")
_ACCEPT_PATCH = (b"accept-patch", b"application/json, application/ld+json, application/merge-patch+json")
_PROBLEM = (b"content-type", b"application/problem+json")
_UNSUPPORTED = 415


class _Node:
    """One part of a path."""

    __slots__ = ("children", "methods")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.methods: dict[str, Route] = {}


def _tree() -> _Node:
    root = _Node()
    for route in TABLE:
        node = root
        for part in route.path.strip("/").split("/"):
            node = node.children.setdefault(part, _Node())
        node.methods[route.method] = route
    return root


class Broker:
    """The ASGI app at ``/ngsi-ld/v1``; the asker stands in ``scope["state"]["principal"]``."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._root = _tree()
        self._contexts = self._root.children["jsonldContexts"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every failure becomes a problem document."""
        call: Call | None = None
        try:
            route, params = self._find(scope)
            call = Call(self._city, scope, receive, params)
            call.permit(route.permission)
            if b"link" in call.headers:
                await call.city.contexts.prepare(call.link_urls())
            reply = await route.handler(call)
        except Problem as problem:
            reply = refusal(problem, self._city.settings.context_missing_status)
        except RecursionError:
            reply = refusal(Problem(INVALID, "Nội dung lồng quá sâu.", "The body is nested too deeply."))
        except psycopg.Error as error:
            _log.warning("the database refused", path=scope["path"], error=str(error))
            reply = refusal(refusal_of(error) or Problem(INTERNAL))
        except Exception:
            _log.exception("request failed", path=scope["path"])
            reply = refusal(Problem(INTERNAL))
        if call is not None and reply.status < 400 and call.tenant:
            reply.headers = [*reply.headers, (b"ngsild-tenant", call.tenant.encode("latin-1"))]
        headers = reply.headers
        if reply.status != 204:
            headers = [*headers, (b"content-length", str(len(reply.body)).encode())]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    def _find(self, scope: Scope) -> tuple[Route, list[str]]:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        raw = raw.partition(b"?")[0]
        prefix = BASE.encode()
        at = raw.find(prefix)
        parts = raw[at + len(prefix) :].strip(b"/").split(b"/") if at >= 0 else []
        node: _Node | None = self._root
        params: list[str] = []
        for place, part in enumerate(parts):
            text = _decoded(part)
            assert node is not None  # noqa: S101 - left below where it is
            following = node.children.get(text)
            if following is None:
                following = node.children.get("{}")
                params.append(text)
            elif following is self._contexts and len(parts) > place + 1:
                # A context may be named by its whole address, slashes and all.
                rest = b"/".join(parts[place + 1 :])
                return self._of(following.children["{}"], scope, [_decoded(rest)])
            if not text and following is not None:
                raise Problem(BAD_DATA, "Địa chỉ thiếu một phần.", "A part of the address is missing.")
            if following is None:
                raise Problem(NOT_FOUND, "Không có tài nguyên này.", "There is no such resource.")
            node = following
        if node is None or not node.methods:
            raise Problem(NOT_FOUND, "Không có tài nguyên này.", "There is no such resource.")
        return self._of(node, scope, params)

    def _of(self, node: _Node, scope: Scope, params: list[str]) -> tuple[Route, list[str]]:
        route = node.methods.get(scope["method"])
        if route is None:
            allowed = ", ".join(sorted(node.methods))
            raise Problem(NOT_ALLOWED, f"Chỉ nhận: {allowed}.", f"Allowed here: {allowed}.", allow=allowed)
        return route, params


def _decoded(part: bytes) -> str:
    try:
        return (unquote_to_bytes(part) if b"%" in part else part).decode()
    except UnicodeDecodeError as cause:
        raise Problem(INVALID, "Đường dẫn không phải UTF-8.", "The path is not UTF-8.") from cause


def refusal(problem: Problem, context_missing_status: int = NO_CONTEXT.status) -> Reply:
    """Return the reply that tells of a problem."""
    if problem.kind is NO_CONTEXT:
        problem.kind = msgspec.structs.replace(NO_CONTEXT, status=context_missing_status)
    headers = [_PROBLEM]
    if problem.kind is NOT_ALLOWED:
        headers.append((b"allow", problem.extra["allow"].encode()))
    if problem.kind.status == _UNSUPPORTED:
        headers.append(_ACCEPT_PATCH)
    if "retry_after_s" in problem.extra:
        headers.append((b"retry-after", str(problem.extra["retry_after_s"]).encode()))
    return Reply(problem.kind.status, msgspec.json.encode(document(problem)), headers)


def app(city: City, db: Database, settings: Settings, clock: Clock) -> Broker:
    """Make the app; ``db``, ``settings`` and ``clock`` are those the city was opened with."""
    assert db is city.db and settings is city.settings and clock is city.clock  # noqa: S101
    return Broker(city)
