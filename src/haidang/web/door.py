"""The door: what happens to every request before and after the room that answers it.

One plain ASGI callable, because the measurements of devices pass here thousands of times a second; whatever
a device does not need (cookies, access lines) costs it nothing.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from typing import Any

from haidang.base.database import ASKER
from haidang.base.log import logger
from haidang.base.problems import TOO_LARGE, UNAVAILABLE, Problem
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal, system
from haidang.web import metrics
from haidang.web.asgi import Application, Header, Message, Receive, Scope, Send, header
from haidang.web.identity import ANONYMOUS, Identity, credential_of, cross_site
from haidang.web.patience import Patience
from haidang.web.problems import BROKER, CROSS_SITE, problem_of, refuse

CSP = (
    "default-src 'self'; worker-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
BODY_S = 120.0
"""How long a whole body may take to come: 8 MiB then need 70 kB/s. Whoever drips bytes holds nothing open."""
OWN_SECRET = "/internal/"  # noqa: S105 - a path: whoever calls it shows a secret of its own
RIGHTS = (
    "/api/v1/session",
    "/api/v1/accounts",
    "/api/v1/roles",
    "/api/v1/keys",
    "/api/v1/orgs",
    "/api/v1/first-",
    "/api/v1/set-password",
)
"""Writes below these paths may change who may do what."""

_HOUSE = os.urandom(10).hex()
"""Tells the requests of this process from all others'."""
_numbers = itertools.count(1)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_log = logger("web.access")


class Door:
    """Wraps the whole application."""

    def __init__(
        self, inner: Application, *, settings: Settings, identity: Identity, body_s: float = BODY_S
    ) -> None:
        self._inner = inner
        self._patience = Patience(body_s)
        self._settings = settings
        self._identity = identity
        self._headers = security_headers(settings.public_url)
        self.open = True
        """False once the server is stopping: new requests are refused, those under way are finished."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one HTTP request through."""
        if scope["type"] != "http":  # there are no websockets in this house
            await send({"type": "websocket.close", "code": 1008})
            return
        visit = _Visit(scope, send, self._headers)
        scope.setdefault("state", {})
        scope["state"]["request_id"] = visit.request_id
        try:
            await self._pass(scope, receive, visit)
        except Exception as error:
            await self._failed(scope, visit, error)
        finally:
            visit.close(scope)

    async def _pass(self, scope: Scope, receive: Receive, visit: _Visit) -> None:
        state = scope["state"]
        path = scope["path"]
        state["principal"] = ANONYMOUS
        if not self.open:
            raise Problem(UNAVAILABLE, "Máy chủ đang dừng.", "The server is stopping.", retry_after_s=5)
        receive = self._bounded(scope, receive)
        if not path.startswith(OWN_SECRET):
            who = state["principal"] = await self._who(scope, path)
            ASKER.set(who.id)
        if scope["method"] in SAFE:
            await self._inner(scope, receive, visit.send)
            return
        if cross_site(scope, self._settings.public_url) and not _shows_key(scope):
            raise Problem(
                CROSS_SITE,
                "Yêu cầu ghi phải đến từ chính trang này.",
                "A request that writes must come from this site's own pages.",
            )
        try:
            await self._inner(scope, receive, visit.send)
        finally:
            if path.startswith(RIGHTS):
                self._identity.forget()

    async def _who(self, scope: Scope, path: str) -> Principal:
        principal = await self._identity.principal(scope)
        if principal is ANONYMOUS and self._settings.conformance and path.startswith(BROKER):
            # The conformance suite shows no credentials; the profile is named "not for production".
            return system("conformance")
        return principal

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Refuse a body over the limit: by its declared length at once, an undeclared one while it comes.

        One that does not come to its end in time is refused too.
        """
        limit = self._settings.body_limit_bytes
        declared = header(scope, b"content-length")
        if declared is not None and not (
            declared.isascii() and declared.isdigit() and int(declared) <= limit
        ):
            raise _too_large(limit)
        if scope["method"] in SAFE:
            return receive
        return self._patience.bounded(receive if declared is not None else _counted(receive, limit))

    async def _failed(self, scope: Scope, visit: _Visit, error: Exception) -> None:
        problem = problem_of(error)
        visit.problem = problem.kind.code
        if problem.kind.status >= 500 and not isinstance(error, Problem):
            _log.exception("request failed", request_id=visit.request_id, path=scope["path"], exc_info=error)
        if not visit.started:
            await refuse(visit.send, problem, request_id=visit.request_id, instance=scope["path"])


class _Visit:
    """One request on its way through the door."""

    __slots__ = (
        "_headers",
        "_send",
        "bytes_sent",
        "problem",
        "request_id",
        "started",
        "started_at",
        "status",
    )

    def __init__(self, scope: Scope, send: Send, headers: list[Header]) -> None:
        given = header(scope, b"x-request-id")
        self.request_id = (
            given if given and _REQUEST_ID.fullmatch(given) else f"{_HOUSE}{next(_numbers):012x}"
        )
        self.started_at = time.perf_counter()
        self.started = False
        self.status = 0
        self.bytes_sent = 0
        self.problem: str | None = None
        self._send = send
        self._headers = headers

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            own = message.get("headers", ())
            extra = self._headers
            if any(name in _OURS for name, _ in own):
                named = {name for name, _ in own}
                extra = [pair for pair in extra if pair[0] not in named]
            message["headers"] = [*own, *extra, (b"x-request-id", self.request_id.encode())]
        else:
            self.bytes_sent += len(message.get("body", b""))
        await self._send(message)

    def close(self, scope: Scope) -> None:
        """Count and log what was answered; never the query, which may carry a token, nor any header."""
        seconds = time.perf_counter() - self.started_at
        path = scope["path"]
        metrics.request_done(scope["method"], path, self.status, seconds)
        if self.status < 400 and (path.startswith((BROKER, "/assets/", "/health/")) or path == "/metrics"):
            return
        facts: dict[str, Any] = {"problem": self.problem} if self.problem else {}
        _log.info(
            "request",
            method=scope["method"],
            path=path,
            status=self.status,
            ms=round(seconds * 1000, 1),
            bytes=self.bytes_sent,
            principal=scope["state"]["principal"].id,
            request_id=self.request_id,
            **facts,
        )


def security_headers(public_url: str | None) -> list[Header]:
    """Return the headers that go with every answer."""
    headers = [
        (b"content-security-policy", CSP.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self), payment=()"),
    ]
    if public_url and public_url.startswith("https://"):
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    return headers


_OURS = frozenset(name for name, _ in security_headers("https://"))


def _shows_key(scope: Scope) -> bool:
    # Not any Authorization: a browser adds "Basic" by itself where a proxy asks for a password.
    credential = credential_of(scope)
    return credential is not None and credential.kind == "key"


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return counting


def _too_large(limit: int) -> Problem:
    mebibytes = limit / (1024 * 1024)
    return Problem(
        TOO_LARGE,
        f"Dữ liệu gửi lên vượt quá {mebibytes:g} MiB; hãy chia nhỏ.",
        f"The body is larger than {mebibytes:g} MiB; send it in smaller parts.",
        limit_bytes=limit,
    )


def heads(inner: Application) -> Application:
    """Answer HEAD as GET without the body, everywhere and in one place."""

    async def with_heads(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await inner(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {
                    "type": "http.response.body",
                    "body": b"",
                    "more_body": message.get("more_body", False),
                }
            await send(message)

        await inner({**scope, "method": "GET", "state": {**scope["state"], "head": True}}, receive, bodiless)

    return with_heads
