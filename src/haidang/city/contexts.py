"""JSON-LD contexts without a JSON-LD processor: where they come from, what is taken of them, what is refused.

An address is looked up in this order: the core context (compiled in), the site's own, the folder
``<data_dir>/contexts`` (``index.json`` maps addresses to files there), the table ``context``, and only then
the network: https from hosts that ``context_allow_hosts`` names, never a private address, 3 s, 1 MB, no
redirects. Everything is checked before it is kept, so that a broken document leaves what was there.

Of a document only the names are taken (term to IRI, prefixes, ``@vocab``): NGSI-LD says the kind of each
attribute itself, so coercions change nothing here.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.network import PrivateHost, UnresolvedHost, resolve
from haidang.base.problems import TOO_LARGE, Problem
from haidang.base.settings import Settings
from haidang.city.items import bad
from haidang.city.store import contexts as store
from haidang.city.store.contexts import Held
from haidang.city.terms import CORE, Context, Terms, compile_context, is_core_url, is_uri, no_context

BYTES_MAX = 1_000_000
"""Of a context that is hosted or downloaded."""
EMBEDDED_MAX = 64 * 1024
"""Bytes of the contexts of one request together that have no address."""
TERMS_MAX = 10_000
HELD_MAX = 1_000
"""Contexts in the table."""
DEPTH_MAX = 5
"""Contexts that name contexts."""
COMPILED_BYTES = 16_000_000
FRESH_S = 5.0
"""How long a process trusts what it read of the table: another one may have deleted or renewed it."""
FAILED_S = 60.0
DOWNLOAD_S = 3.0
CACHED = timedelta(days=7)
"""How long a download serves before it is fetched again."""

Fetch = Callable[[str], Awaitable[bytes]]
_encode = msgspec.json.Encoder().encode
_TERM = re.compile(r"[^\s\x00-\x1f]{1,512}\Z")
_log = structlog.get_logger("haidang.city.contexts")


class Contexts:
    """All contexts that this process can compile."""

    def __init__(self, db: Database, settings: Settings, clock: Clock, terms: Terms) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._terms = terms
        self._bodies: dict[str, tuple[float, Any]] = {}
        """Address to (until when it is trusted, value of @context)."""
        self._failed: dict[str, float] = {}
        self._hits: Counter[str] = Counter()
        """Uses of contexts of the table that are not counted there yet."""
        self._compiled: OrderedDict[bytes, tuple[Context, int]] = OrderedDict()
        self._compiled_bytes = 0
        self.fetch: Fetch = self._download
        """How a document comes from an allowed host."""
        for url, path in _preloaded(settings.data_dir).items():
            self._bodies[url] = (float("inf"), path)

    @property
    def folder(self) -> dict[str, Any]:
        """Address to value of @context, of those of the site's folder."""
        return {url: value for url, (until, value) in self._bodies.items() if until == float("inf")}

    def context(self, value: Any) -> Context:
        """Return the compiled context of what stands under @context; ``prepare`` has looked it up before."""
        parts = list(self._parts(value, 0))
        if not parts:
            return CORE
        if parts == [self._terms.context.parts]:
            return self._terms.context
        return self.compile([one for group in parts for one in group])

    def compile(self, definitions: Sequence[dict[str, Any]]) -> Context:
        """Return term definitions compiled; ``Problem`` where they mean nothing."""
        raw = _encode(definitions)
        key = hashlib.sha256(raw).digest()
        found = self._compiled.get(key)
        if found is not None:
            self._compiled.move_to_end(key)
            return found[0]
        context = checked(list(definitions))
        self._compiled[key] = (context, len(raw))
        self._compiled_bytes += len(raw)
        while self._compiled_bytes > COMPILED_BYTES and len(self._compiled) > 1:
            self._compiled_bytes -= self._compiled.popitem(last=False)[1][1]
        return context

    async def prepare(self, value: Any, depth: int = 0) -> None:
        """Look up every address in an @context; ``Problem`` where one cannot be had."""
        if depth > DEPTH_MAX:
            raise bad("Ngữ cảnh lồng quá sâu.", "The context nests too deeply.", "@context")
        for url in _urls(value):
            if self._terms.known_context(url):
                continue
            now = time.monotonic()
            if self._bodies.get(url, (0.0, None))[0] < now:
                await self._look_up(url, now)
            if depth == 0:
                self._hits[url] += 1
            await self.prepare(self._bodies[url][1], depth + 1)

    async def host(self, body: Any, owner_org: int | None) -> Held:
        """Keep a context for somebody and return it with its address; ``Problem`` where it is broken."""
        value = _value(body)
        if len(_encode(body)) > BYTES_MAX:
            raise Problem(TOO_LARGE, f"Tối đa {BYTES_MAX} byte.", f"At most {BYTES_MAX} bytes.")
        await self.prepare(value)
        self.context(value)
        id_ = secrets.token_hex(8)
        url = f"{self._settings.address}/ngsi-ld/v1/jsonldContexts/{id_}"
        held = Held(url, id_, "Hosted", {"@context": value}, owner_org, self._clock.now())
        await self._keep(held)
        return held

    async def implied(self, value: Any, owner_org: int | None) -> Held:
        """Give contexts that have no one address one of their own (5.13.1); the same always get the same."""
        id_ = hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()[:16]
        found = await self.find(id_)
        if found is not None:
            return found
        url = f"{self._settings.address}/ngsi-ld/v1/jsonldContexts/{id_}"
        held = Held(url, id_, "ImplicitlyCreated", {"@context": value}, owner_org, self._clock.now())
        await self._keep(held)
        return held

    async def find(self, name: str) -> Held | None:
        """Return a context of the table by address or id."""
        async with self._db.transaction() as conn:
            await self._count(conn)
            return await store.find(conn, name)

    async def every(self, kind: str | None) -> list[Held]:
        """Return all contexts of the table, or those of a kind."""
        async with self._db.transaction() as conn:
            await self._count(conn)
            return await store.every(conn, kind)

    async def _count(self, conn: Connection) -> None:
        """Write down what was used since the last time."""
        if self._hits:
            hits, self._hits = self._hits, Counter()
            await store.used(conn, hits, self._clock.now())

    async def remove(self, held: Held) -> None:
        """Forget a context."""
        async with self._db.transaction() as conn:
            await store.remove(conn, held.url)
        self._bodies.pop(held.url, None)

    async def reload(self, held: Held) -> None:
        """Download a context again; what is held stays where the new document cannot be had or is broken."""
        value = await self._downloaded(held.url)
        await self._keep(held._replace(body={"@context": value}, created_at=self._clock.now()))

    async def _keep(self, held: Held) -> None:
        async with self._db.transaction() as conn:
            if await store.count(conn) >= HELD_MAX:
                raise Problem(TOO_LARGE, f"Tối đa {HELD_MAX} ngữ cảnh.", f"At most {HELD_MAX} contexts.")
            await store.put(conn, held)
        self._bodies[held.url] = (time.monotonic() + FRESH_S, held.body["@context"])

    async def _look_up(self, url: str, now: float) -> None:
        held = await self.find(url)
        if held is not None:
            self._bodies[url] = (now + FRESH_S, held.body["@context"])
            if held.kind == "Cached" and self._clock.now() >= held.created_at + CACHED:
                with contextlib.suppress(Problem):  # what is held serves on where it cannot be renewed
                    await self.reload(held)
            return
        self._bodies.pop(url, None)
        if self._failed.get(url, 0.0) > now or not self._allowed(url):
            raise no_context(url)
        value = await self._downloaded(url)
        id_ = hashlib.sha256(url.encode()).hexdigest()[:16]
        await self._keep(Held(url, id_, "Cached", {"@context": value}, None, self._clock.now()))

    def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.hostname in self._settings.context_allow_hosts

    async def _downloaded(self, url: str) -> Any:
        try:
            if not self._allowed(url):
                raise no_context(url)
            raw = await self.fetch(url)
            value = _value(msgspec.json.decode(raw))
            await self.prepare(value, 1)
            self.context(value)
        except (Problem, httpx.HTTPError, OSError, ValueError, RecursionError, TimeoutError) as cause:
            if len(self._failed) > HELD_MAX:
                self._failed.clear()
            self._failed[url] = time.monotonic() + FAILED_S
            _log.warning("a context cannot be had", url=url[:200], reason=str(cause)[:200])
            raise no_context(url) from cause
        return value

    async def _download(self, url: str) -> bytes:
        where = httpx.URL(url)
        try:
            target = await resolve(where.host, where.port or 443, ())
        except (PrivateHost, UnresolvedHost) as cause:
            raise OSError(f"not a public host: {cause}") from cause
        async with (
            httpx.AsyncClient(timeout=DOWNLOAD_S, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "GET",
                where.copy_with(host=target.address),
                headers={"host": where.netloc.decode(), "accept": "application/ld+json, application/json"},
                extensions={"sni_hostname": where.host},
            ) as response,
        ):
            if response.status_code != 200:
                raise OSError(f"status {response.status_code}")
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > BYTES_MAX:
                    raise OSError("too long")
        return bytes(raw)

    def _parts(self, value: Any, depth: int) -> Iterable[Sequence[dict[str, Any]]]:
        if depth > DEPTH_MAX:
            raise bad("Ngữ cảnh lồng quá sâu.", "The context nests too deeply.", "@context")
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield (one,)
            elif isinstance(one, str):
                if is_core_url(one):
                    continue
                if one == self._terms.local_url:
                    yield self._terms.context.parts
                elif one in self._bodies:
                    yield from self._parts(self._bodies[one][1], depth + 1)
                else:
                    raise no_context(one)
            else:
                raise _broken("@context")


def checked(definitions: list[dict[str, Any]]) -> Context:
    """Compile term definitions; raise ``Problem`` that names the term that means nothing."""
    if sum(map(len, definitions)) > TERMS_MAX:
        raise bad(f"Quá {TERMS_MAX} thuật ngữ.", f"More than {TERMS_MAX} terms.", "@context")
    for part in definitions:
        for term, meaning in part.items():
            if not _TERM.match(term) or (
                meaning is not None and not isinstance(meaning, str | dict | bool | int | float)
            ):
                raise _broken(term)
            iri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if not term.startswith("@") and not (iri is None or isinstance(iri, str)):
                raise _broken(term)
    context = compile_context({"@context": definitions})
    for term, iri in context.terms.items():
        if not is_uri(iri) or len(iri) > 2_048:
            raise _broken(term)
    if not is_uri(context.vocabulary):
        raise _broken("@vocab")
    return context


def embedded_size(value: Any) -> int:
    """Return the bytes of those contexts of a request that have no address."""
    parts = value if isinstance(value, list) else [value]
    return sum(len(_encode(one)) for one in parts if not isinstance(one, str))


def _urls(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [one for one in parts if isinstance(one, str)]


def _value(body: Any) -> Any:
    if not isinstance(body, dict) or not isinstance(body.get("@context"), dict | list | str):
        raise bad(
            "Cần một đối tượng JSON có @context.",
            "A context is an object with the member @context.",
            "@context",
        )
    return body["@context"]


def _broken(term: str) -> Problem:
    return bad(
        f"Ngữ cảnh hỏng ở “{term[:80]}”.", f"The context is broken at {term[:80]!r}.", f"@context.{term[:80]}"
    )


def _preloaded(data_dir: Path) -> dict[str, Any]:
    """Read ``contexts/index.json`` ({address: file name}) and its files, without those that are broken."""
    folder = data_dir / "contexts"
    index = folder / "index.json"
    if not index.is_file():
        return {}
    found: dict[str, Any] = {}
    for url, name in msgspec.json.decode(index.read_bytes(), type=dict[str, str]).items():
        try:
            value = _value(msgspec.json.decode((folder / Path(name).name).read_bytes()))
            checked([one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)])
        except (OSError, ValueError, Problem) as cause:
            _log.warning("a context of the folder cannot be read", url=url, file=name, reason=str(cause))
            continue
        found[url] = value
    return found
