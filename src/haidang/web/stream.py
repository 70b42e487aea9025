"""``GET /api/v1/stream``: the live stream (server-sent events) of one screen.

Query: ``topics=entities,alerts,incidents,…``, ``area=<code>``, ``type=<name>,…``, ``after=<seq>``
(as ``Last-Event-ID``, which a script cannot set). Events: ``hello``, ``changes`` (its id is the ``seq`` to
resume from), ``feed``, ``alert``, ``incident``, ``task``, ``warning`` (or, for many at once, ``alerts``,
``incidents``, …: fetch the list again), ``reset`` (fetch the snapshot again) and ``beat`` every 15 seconds.

The stream lives as long as the right to see it: it checks the session again with each beat, and at once when
rights change. It never prolongs a session, otherwise a forgotten screen would stay signed in for ever.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from urllib.parse import parse_qs

from haidang.base.database import Database
from haidang.base.problems import INVALID, TOO_MANY, Fault, Problem
from haidang.organisation.permissions import Principal
from haidang.organisation.store import areas
from haidang.web.asgi import Receive, Scope, Send, answer, header
from haidang.web.connections import HangUp
from haidang.web.guard import require
from haidang.web.hub import BEAT_S, TOPICS, Audience, Client, Hub, framed
from haidang.web.identity import Identity, credential_of

PER_PRINCIPAL = 24
"""Streams that one account may hold; the windows of one browser share one."""
TOTAL = 2_000
FIELDS_MAX = 50
PATH = "/api/v1/stream"
PERMISSION = "entity.read"

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would otherwise collect the stream into blocks
]


class Stream:
    """The handler; one per application."""

    def __init__(
        self, *, hub: Hub, identity: Identity, db: Database, hang_up: HangUp = lambda _: None
    ) -> None:
        self._hub = hub
        self._hang_up = hang_up
        self._identity = identity
        self._db = db
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until either side ends it."""
        principal: Principal = scope["state"]["principal"]
        require(principal, PERMISSION)
        audience, after = await self._wishes(scope, principal)
        if scope["state"].get("head"):
            await answer(send, 200, headers=_HEADERS)
            return
        if self._open[principal.id] >= PER_PRINCIPAL or self._open.total() >= TOTAL:
            raise Problem(
                TOO_MANY,
                "Có quá nhiều màn hình trực tiếp đang mở.",
                "Too many live screens are open.",
                retry_after_s=30,
            )
        self._open[principal.id] += 1
        client = Client(audience)
        if peer := scope.get("client"):
            client.hang_up = lambda: self._hang_up(peer)
        try:
            await self._hub.join(client, after)
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._pump(scope, receive, send, client)
        finally:
            self._hub.leave(client)
            self._open[principal.id] -= 1
            if not self._open[principal.id]:
                del self._open[principal.id]

    async def _pump(self, scope: Scope, receive: Receive, send: Send, client: Client) -> None:
        watcher = asyncio.create_task(_until_gone(receive, client))
        loop = asyncio.get_running_loop()
        check_at = loop.time() + BEAT_S / 2
        try:
            while True:
                chunk = await client.take()
                if client.closed:
                    break
                if client.recheck or loop.time() >= check_at:
                    client.recheck = False
                    check_at = loop.time() + BEAT_S / 2  # each beat looks, frames between them do not
                    if not await self._still(scope, client.audience.principal):
                        # The browser asks again by itself, is then known anew, and starts from a snapshot.
                        chunk = framed("reset", {})
                        client.closed = True
                client.sending = True
                await send(
                    {"type": "http.response.body", "body": chunk or self._hub.beat(), "more_body": True}
                )
                client.sending = False
            await send({"type": "http.response.body", "body": b""})
        finally:
            watcher.cancel()

    async def _still(self, scope: Scope, principal: Principal) -> bool:
        """Say whether the credential still stands for the same rights."""
        credential = credential_of(scope)
        if credential is None:
            return False
        try:
            now = await self._identity.check(credential, touch=False)
        except Problem:
            return False
        return now.scopes == principal.scopes

    async def _wishes(self, scope: Scope, principal: Principal) -> tuple[Audience, int | None]:
        query = _query(scope)
        topics = _words(query, "topics") or TOPICS
        if unknown := topics - TOPICS:
            named = ", ".join(sorted(unknown))
            fault = Fault("topics", f"Không có chủ đề {named}.", f"There is no topic {named}.", named)
            raise Problem(INVALID, faults=(fault,))
        area = query.get("area", [""])[-1]
        codes: frozenset[str] | None = None
        if area:
            async with self._db.transaction() as connection:
                codes = await areas.subtree(connection, area)
        types = _words(query, "type") or None
        after = query.get("after", [""])[-1] or header(scope, b"last-event-id") or ""
        if after and not (after.isascii() and after.isdigit() and len(after) <= 18):
            raise Problem(
                INVALID,
                faults=(
                    Fault(
                        "after", "Cần số thứ tự của sổ thay đổi.", "A sequence number is needed.", after[:40]
                    ),
                ),
            )
        return Audience(principal, topics, codes, types), int(after) if after else None


def _query(scope: Scope) -> dict[str, list[str]]:
    try:
        return parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=FIELDS_MAX)
    except ValueError as cause:
        raise Problem(
            INVALID, "Chuỗi truy vấn có quá nhiều tham số.", "The query string has too many parameters."
        ) from cause


def _words(query: dict[str, list[str]], name: str) -> frozenset[str]:
    return frozenset(word for value in query.get(name, []) for word in value.split(",") if word)


async def _until_gone(receive: Receive, client: Client) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    client.close()
