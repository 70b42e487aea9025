"""Orders and their results, and their way from another process to the one that writes."""

from __future__ import annotations

import hmac
import os
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any

import httpx
import msgspec

from haidang.base.database import Connection, Database
from haidang.base.log import logger
from haidang.base.problems import INTERNAL, KINDS, NOT_FOUND, TOO_LARGE, UNAVAILABLE, Fault, Problem
from haidang.base.settings import Settings
from haidang.city.items import Op
from haidang.city.model import Origin
from haidang.city.store import write
from haidang.city.times import ALWAYS
from haidang.organisation.model import Principal

PATH = "/internal/v1/write"
TIMEOUT_S = 60.0
PROBLEM = b"application/problem+json"
_log = logger("city.forward")
BODY_MAX_BYTES = 64 * 1024 * 1024


class Order(msgspec.Struct):
    """What is asked of the city for one or many entities."""

    op: Op
    tenant: str
    bodies: list[Any]
    """NGSI-LD JSON, or ids for a deletion. The list belongs to whoever carries the order out."""
    origins: Sequence[Origin] = ()
    """One for all, or one for each body."""
    entity_id: str | None = None
    attribute: str = ""
    dataset: str | None = None
    all_instances: bool = False
    core_context: bool = False
    """Names are of the core context alone, not of the site's."""
    context: Sequence[dict[str, Any]] = ()
    """Term definitions of a context of the asker's own; then it is neither the core's nor the site's."""
    latest_us: int = ALWAYS
    """The latest time of observation that is taken, in µs; feeds have a rule of their own and set none."""


class Result(msgspec.Struct, gc=False):
    """What became of one body of an order."""

    id: str
    created: bool = False
    changed: bool = False
    problem: Problem | None = None
    not_updated: tuple[tuple[str, str], ...] = ()
    """(attribute name, reason in English)."""
    warnings: tuple[str, ...] = ()


class _Envelope(msgspec.Struct):
    principal: Principal
    order: Order


class _Refusal(msgspec.Struct):
    code: str
    vi: str
    en: str
    faults: tuple[Fault, ...] = ()
    extra: dict[str, Any] = {}


class _Answer(msgspec.Struct):
    id: str
    created: bool = False
    changed: bool = False
    refusal: _Refusal | None = None
    not_updated: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


def own_address(settings: Settings, conn: Connection) -> str:
    """Return where the other servers of the site reach this one's writer.

    ``internal_url`` says so; else the address listened on; and where that is every address of the machine,
    the one from which it talks to the database, for whoever shares the database is on that side.
    """
    if settings.internal_url:
        return settings.internal_url.rstrip("/") + PATH
    host = settings.host
    towards_database = _local_host(conn)
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - not bound here
        host = towards_database or settings.near_host or "127.0.0.1"
    elif towards_database is not None and _loopback(host) and not _loopback(towards_database):
        _log.warning("no other machine can forward writes to this one: set host or internal_url", host=host)
    return f"http://[{host}]:{settings.port}{PATH}" if ":" in host else f"http://{host}:{settings.port}{PATH}"


def _local_host(conn: Connection) -> str | None:
    """Return our end of the connection to the database; None where that is a Unix socket, on this machine."""
    with socket.socket(fileno=os.dup(conn.fileno())) as ours:
        if ours.family == socket.AF_UNIX:
            return None
        return str(ours.getsockname()[0]).partition("%")[0]


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Forwarder:
    """Sends orders to the process that writes."""

    def __init__(self, db: Database, client: httpx.AsyncClient | None = None) -> None:
        self._db = db
        self._client = client

    async def close(self) -> None:
        """Close the connections to the writer."""
        if self._client is not None:
            await self._client.aclose()

    async def send(self, principal: Principal, order: Order) -> list[Result]:
        """Send one order; ``Problem`` (unavailable) where the writer cannot be reached."""
        async with self._db.transaction() as conn:
            address = await write.writer_address(conn)
        if address is None:
            raise _away()
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        url, secret = address
        try:
            response = await self._client.post(
                url,
                content=msgspec.json.encode(_Envelope(principal, order)),
                headers={"authorization": f"Bearer {secret}"},
            )
        except httpx.HTTPError as cause:
            raise _away() from cause
        if response.status_code == 200:
            answers = msgspec.json.decode(response.content, type=list[_Answer])
            return [_received(one) for one in answers]
        if response.status_code == 422:
            raise _problem(msgspec.json.decode(response.content, type=_Refusal))
        raise _away()


def door(city: Any) -> Callable[..., Any]:
    """Return the ASGI app at ``/internal/v1/write`` that takes orders of other processes.

    Only who knows the secret of this writer is let in; everybody else finds nothing here.
    """

    async def app(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        expected = f"Bearer {city.secret}".encode()
        if city.writer is None or scope["method"] != "POST" or not hmac.compare_digest(given, expected):
            await _answer(send, 404, Problem(NOT_FOUND).document(scope["path"]), PROBLEM)
            return
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > BODY_MAX_BYTES:
                await _answer(send, 422, _refusal(Problem(TOO_LARGE)))
                return
            if not message.get("more_body"):
                break
        try:
            envelope = msgspec.json.decode(body, type=_Envelope)
            results = await city.order(envelope.principal, envelope.order)
        except Problem as problem:
            await _answer(send, 422, _refusal(problem))
            return
        except (msgspec.DecodeError, UnicodeDecodeError):
            await _answer(send, 400, _refusal(Problem(INTERNAL)))
            return
        await _answer(send, 200, [_sent(one) for one in results])

    return app


def _sent(one: Result) -> _Answer:
    refusal = None if one.problem is None else _refusal(one.problem)
    return _Answer(one.id, one.created, one.changed, refusal, one.not_updated, one.warnings)


def _received(one: _Answer) -> Result:
    problem = None if one.refusal is None else _problem(one.refusal)
    return Result(one.id, one.created, one.changed, problem, one.not_updated, one.warnings)


def _refusal(problem: Problem) -> _Refusal:
    return _Refusal(problem.kind.code, problem.vi, problem.en, problem.faults, problem.extra)


def _problem(refusal: _Refusal) -> Problem:
    kind = KINDS.get(refusal.code, INTERNAL)
    return Problem(kind, refusal.vi, refusal.en, faults=refusal.faults, **refusal.extra)


async def _answer(
    send: Callable[..., Any], status: int, body: object, media: bytes = b"application/json"
) -> None:
    content = msgspec.json.encode(body)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media),
                (b"content-length", str(len(content)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": content})


def _away() -> Problem:
    return Problem(
        UNAVAILABLE,
        "Tiến trình ghi chưa sẵn sàng; hãy gửi lại.",
        "The process that writes cannot be reached; send it again.",
        retry_after_s=2,
    )
