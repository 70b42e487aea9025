"""One request of the NGSI-LD door and its reply: headers, context, body, without a framework between."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.problems import FORBIDDEN, INVALID, TOO_LARGE, UNAUTHENTICATED, UNSUPPORTED_MEDIA, Problem
from haidang.base.settings import Settings
from haidang.city.contexts import EMBEDDED_MAX, embedded_size
from haidang.city.forward import Order, Result
from haidang.city.items import bad
from haidang.city.model import LENGTH_REQUIRED, Origin
from haidang.city.ngsild.rescue import UNREADABLE, rescue, unreadable
from haidang.city.service import City
from haidang.city.shapes import decode_batch, decode_one
from haidang.city.terms import CORE, Context
from haidang.city.times import to_us
from haidang.organisation.model import Principal

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

JSON = b"application/json"
LD_JSON = b"application/ld+json"
MERGE_PATCH = b"application/merge-patch+json"
_CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"
_LINK = re.compile(r"<([^>]*)>\s*((?:;[^,<]*)*)")
FUTURE = timedelta(days=1)
"""How far ahead of our clock a device's may be."""
ORIGINS_MAX = 1_000
_origins: dict[int, tuple[Principal, Origin]] = {}
_decode = msgspec.json.Decoder().decode
# An escaped U+0000 after an even number of backslashes.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Reply(msgspec.Struct):
    """What goes back."""

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = []


class Call:
    """One request, read as far as its handler needs."""

    __slots__ = (
        "_receive",
        "_scope",
        "city",
        "context_of",
        "headers",
        "method",
        "params",
        "path",
        "principal",
    )

    def __init__(self, city: City, scope: Scope, receive: Receive, params: list[str]) -> None:
        self.city = city
        self._scope = scope
        self._receive = receive
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.params = params
        """Path parameters, decoded, from left to right."""
        self.context_of: Any = None
        """The context as the asker named it (an address or the definitions themselves), once it was read."""
        self.principal: Principal | None = scope.get("state", {}).get("principal")

    @property
    def db(self) -> Database:
        """The database."""
        return self.city.db

    @property
    def settings(self) -> Settings:
        """The settings of this server."""
        return self.city.settings

    @property
    def clock(self) -> Clock:
        """The clock."""
        return self.city.clock

    @property
    def who(self) -> Principal:
        """Whoever asks; the router has made sure that there is somebody."""
        assert self.principal is not None  # noqa: S101 - checked by ``permit``
        return self.principal

    @property
    def tenant(self) -> str:
        """Name of the tenant asked for; empty is the default one."""
        named = self.headers.get(b"ngsild-tenant")
        return named.decode("latin-1").strip() if named else ""

    def permit(self, permission: str) -> None:
        """Raise where the asker holds ``permission`` nowhere; rows are filtered and checked later."""
        principal = self.principal
        if principal is None or not principal.scopes:
            raise Problem(UNAUTHENTICATED)
        if not principal.may(permission):
            raise Problem(FORBIDDEN, f"Cần quyền {permission}.", f"This needs the permission {permission}.")

    def query(self, *known: str) -> dict[str, str]:
        """Return the query parameters; ``Problem`` (InvalidRequest) for an unknown or a repeated one."""
        text = self._scope["query_string"]
        if not text:
            return {}
        try:
            pairs = parse_qsl(
                text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=64
            )
        except ValueError as cause:
            raise Problem(
                INVALID, "Chuỗi truy vấn không đọc được.", "The query string cannot be read."
            ) from cause
        found: dict[str, str] = {}
        for name, value in pairs:
            if name not in known or name in found:
                raise Problem(
                    INVALID,
                    f"Không nhận tham số “{name[:80]}” ở đây.",
                    f"The parameter {name[:80]!r} is unknown here or comes twice.",
                )
            found[name] = value
        return found

    def options(self, query: dict[str, str], *known: str) -> frozenset[str]:
        """Return the set of ``options``; ``Problem`` (InvalidRequest) for an unknown one."""
        found = frozenset(filter(None, query.get("options", "").split(",")))
        if found - set(known):
            raise Problem(
                INVALID, "“options” không hợp lệ.", f"Unknown options: {sorted(found - set(known))}."
            )
        return found

    def media(self) -> bytes:
        """Return the media type of the body without its parameters."""
        return self.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()

    def context(self, body: object = None) -> Context:
        """Return the compiled context of this request; ``Problem`` where it is not held here."""
        urls: Any = self.link_urls()
        media = self.media()
        if isinstance(body, dict) and media == LD_JSON:
            if urls:
                raise bad(
                    "ld+json không đi cùng tiêu đề Link @context.", "ld+json excludes a Link header context."
                )
            if "@context" not in body:
                raise bad("ld+json cần có @context.", "A body in ld+json needs an @context.")
            urls = body["@context"]
            if embedded_size(urls) > EMBEDDED_MAX:
                raise bad(
                    f"@context tối đa {EMBEDDED_MAX} byte; hãy đăng ký nó ở /jsonldContexts.",
                    f"An embedded @context has at most {EMBEDDED_MAX} bytes; have it hosted instead.",
                    "@context",
                )
        elif isinstance(body, dict) and "@context" in body:
            raise bad(
                "application/json không được có @context.",
                "application/json excludes an @context in the body.",
            )
        self.context_of = urls[0] if isinstance(urls, list) and len(urls) == 1 else urls
        if not urls:
            return self.city.terms.context
        return self.city.contexts.context(urls)

    async def body(self, *media: bytes) -> Any:
        """Read and decode the body, within all limits."""
        return await self._decoded(await self._raw(*media))

    async def _decoded(self, raw: bytes) -> Any:
        try:
            decoded = _decode(raw)
        except UNREADABLE as cause:
            raise unreadable(cause) from cause
        if b"\\u0000" in raw and _NUL.search(raw):
            raise bad("Không nhận ký tự U+0000.", "The character U+0000 is not accepted.")
        if isinstance(decoded, dict) and "@context" in decoded and self.media() == LD_JSON:
            await self.city.contexts.prepare(decoded["@context"])
        return decoded

    async def telemetry(self, *media: bytes) -> Any:
        """Read and decode the body of one entity's attributes; plain telemetry as :meth:`batch` does."""
        if self.city.exclusives is None and self.media() == JSON:
            raw = await self._raw(*media)
            try:
                return decode_one(raw)
            except UNREADABLE:  # anything but plain telemetry, or no JSON at all
                return await self._decoded(raw)
        return await self.body(*media)

    async def batch(self, *media: bytes) -> Any:
        """Read and decode the body of a batch; elements that are no JSON become ``Broken`` beside the others.

        U+0000 is left to whoever reads the elements, who refuses the one that has it. Plain telemetry comes
        back with the attributes as the structs of ``city.shapes``.
        """
        raw = await self._raw(*media)
        try:
            return decode_batch(raw)
        except UNREADABLE:  # anything but plain telemetry, or no JSON at all
            pass
        try:
            return _decode(raw)
        except UNREADABLE as cause:
            rescued = await asyncio.to_thread(rescue, raw)
            if rescued is None:
                raise unreadable(cause) from cause
            return rescued

    async def _raw(self, *media: bytes) -> bytes:
        found = self.media()
        if found not in media:
            raise Problem(
                UNSUPPORTED_MEDIA,
                "Hãy gửi application/json hoặc application/ld+json.",
                f"Send one of: {', '.join(one.decode() for one in media)}.",
            )
        raw = await self._read()
        if not raw:
            raise Problem(INVALID, "Nội dung trống.", "The body is empty.")
        return raw

    async def _read(self) -> bytes:
        limit = self.settings.body_limit_bytes
        declared = self.headers.get(b"content-length")
        if declared is None or not declared.isdigit():
            raise Problem(LENGTH_REQUIRED)
        if int(declared) > limit:
            raise _too_large(limit)
        message = await self._receive()
        raw: bytes = message.get("body", b"")
        if not message.get("more_body"):
            return raw
        parts = [raw]
        size = len(raw)
        while message.get("more_body"):
            message = await self._receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise _too_large(limit)
        return b"".join(parts)

    async def order(self, order: Order, context: Context) -> list[Result]:
        """Send an order to the city, in this request's tenant and context, with the asker's origin."""
        order.tenant = self.tenant
        order.core_context = context is CORE and CORE is not self.city.terms.context
        if context is not CORE and context is not self.city.terms.context:
            order.context = context.parts
        if not self.settings.conformance:
            order.latest_us = to_us(self.clock.now() + FUTURE)
        if not order.origins:
            order.origins = [_origin(self.who)]
        return await self.city.order(self.who, order)

    def link_urls(self) -> list[str]:
        """Return the addresses of contexts in the Link header."""
        link = self.headers.get(b"link")
        if not link:
            return []
        return [
            url for url, parameters in _LINK.findall(link.decode("latin-1")) if _CONTEXT_REL in parameters
        ]


def _origin(principal: Principal) -> Origin:
    """Return :func:`origin_of`; the door hands out the same principal again and again."""
    known = _origins.get(id(principal))
    if known is None or known[0] is not principal:
        if len(_origins) >= ORIGINS_MAX:
            _origins.clear()
        known = _origins[id(principal)] = (principal, origin_of(principal))
    return known[1]


def origin_of(principal: Principal) -> Origin:
    """Return the origin of entities that a principal creates over NGSI-LD.

    The owner is its own org. Area and sector are those it may write for: the sector if all its rights name
    one,
    the area if its rights lie in one tree (the code of its root is the shortest).
    """
    scopes = [scope for scope in principal.scopes if "entity.write" in scope.permissions]
    owners = {org for scope in scopes for org in scope.org_ids or ()}
    owner = principal.org_id
    if owner is None or (owners and owner not in owners and all(scope.org_ids for scope in scopes)):
        owner = min(owners, default=0 if owner is None else owner)
    sectors = {scope.sector for scope in scopes}
    area: str | None = None
    if scopes and all(scope.area_codes for scope in scopes):
        codes = sorted(
            {code for scope in scopes for code in scope.area_codes or ()}, key=lambda code: (len(code), code)
        )
        if len(codes) == 1 or len(codes[0]) < len(codes[1]):
            area = codes[0]
    return Origin(owner, area, sectors.pop() if len(sectors) == 1 else None, principal.id)


def warning_headers(results: list[Result]) -> list[tuple[bytes, bytes]]:
    """Return ``NGSILD-Warning`` for what was accepted but looks wrong; at most ten are named."""
    texts = [text for one in results for text in one.warnings][:10]
    return [(b"ngsild-warning", f'199 - "{text}"'.encode("ascii", "backslashreplace")) for text in texts]


def _too_large(limit: int) -> Problem:
    return Problem(TOO_LARGE, f"Tối đa {limit} byte.", f"At most {limit} bytes.", limit_bytes=limit)
