"""The subscriptions as they stand, compiled once for each change, and what their owners may read now."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import structlog

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.city.query.grammar import parse
from haidang.city.service import City
from haidang.city.subscriptions import store
from haidang.city.subscriptions.matching import Screen
from haidang.city.subscriptions.model import Compiled, converted, geo_of, selectors_of, status
from haidang.city.terms import CORE, CORE_URL, Context, is_core_url
from haidang.city.times import to_us
from haidang.organisation.permissions import Principal, Scope
from haidang.organisation.service.standing import standing

_STANDING_S = 5.0
_ATTRIBUTES = frozenset({"attributeCreated", "attributeUpdated", "attributeDeleted"})
_log = structlog.get_logger("haidang.city.subscriptions")


class Book:
    """All subscriptions, ready to be matched."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._revision = (0, 0)
        self._compiled: dict[int, Compiled] = {}
        self.screen = Screen(())
        """Those that wait for changes, by what they name."""
        self._posted: set[str] = set()
        self._owners: dict[str, tuple[float, Principal | None]] = {}
        self._refreshing = asyncio.Lock()

    async def refresh(self, conn: Connection) -> None:
        """Learn what has changed."""
        # One at a time: a reading that began before a subscription was made must not end after, and in place
        # of, one that knows it. Whatever the subscription waits for would be passed over in between.
        async with self._refreshing:
            await self._refresh(conn)

    async def _refresh(self, conn: Connection) -> None:
        revision = await store.revision(conn)
        if revision == self._revision:
            return
        found: dict[int, Compiled] = {}
        for row in await store.every(conn):
            try:
                found[row.no] = compiled(row, self._city)
            except Problem as problem:
                # Accepted by another version, unreadable by this one. The others go on.
                _log.warning("a subscription cannot be used", subscription=row.id, problem=str(problem))
        self._compiled = found
        self.screen = Screen(one for one in found.values() if one.definition.time_interval is None)
        self._revision = revision

    def post(self, uri: str) -> None:
        """Note that something for an endpoint is being put into the outbox."""
        self._posted.add(uri)

    def posted_to(self) -> set[str]:
        """Return the endpoints noted since the last call; whatever the transaction came to."""
        found, self._posted = self._posted, set()
        return found

    def get(self, no: int) -> Compiled | None:
        """Return one subscription; None where it was deleted meanwhile."""
        return self._compiled.get(no)

    def active(self) -> list[Compiled]:
        """Return those that are neither paused nor expired."""
        now_us = to_us(self._city.clock.now())
        return [one for one in self._compiled.values() if status(one.definition, now_us) == "active"]

    async def may_see(self, conn: Connection, one: Compiled, origins: list[list[object]]) -> bool:
        """Say whether the owner may read entities of these origins now, as it could when it subscribed."""
        who = await self._standing(conn, one.owner.id)
        return who is not None and all(
            each.may("entity.read", org_id=org, area_code=area, sector=sector)  # type: ignore[arg-type]
            for org, area, sector in origins
            for each in (who, one.owner)
        )

    async def owner_now(self, conn: Connection, one: Compiled) -> Principal | None:
        """Return the owner with what it holds now."""
        return await self._standing(conn, one.owner.id)

    async def _standing(self, conn: Connection, id_: str) -> Principal | None:
        now = asyncio.get_running_loop().time()
        known = self._owners.get(id_)
        if known is None or known[0] < now:
            known = (now + _STANDING_S, await standing(conn, id_, self._city.clock.now()))
            self._owners[id_] = known
        return known[1]


_BOOKS: WeakKeyDictionary[City, Book] = WeakKeyDictionary()


def book_of(city: City) -> Book:
    """Return the one book of a city in this process."""
    found = _BOOKS.get(city)
    if found is None:
        found = _BOOKS[city] = Book(city)
    return found


async def known_context(city: City, said: list[Any]) -> Context:
    """Return the context that addresses and definitions mean; ``Problem`` where one cannot be had."""
    if not said:
        return city.terms.context
    await city.contexts.prepare(said)
    return city.contexts.context(said)


async def kept_context(
    city: City, said: list[Any], shown: str | None, owner_org: int | None
) -> dict[str, Any]:
    """Return what a subscription keeps of its contexts: their definitions, so that it outlives them.

    Notifications in plain JSON name their context by its address, so contexts without one get one here.
    """
    asked_in = await known_context(city, said)
    shown_in = None if shown is None else await known_context(city, [shown])
    kept: dict[str, Any] = {
        "said": said,
        "parts": asked_in.parts if said else None,
        "shown": None if shown_in is None else shown_in.parts,
    }
    own = _own(said)
    if shown is None and own and not (len(own) == 1 and isinstance(own[0], str)):
        kept["url"] = (await city.contexts.implied(said, owner_org)).url
    return kept


def _own(said: list[Any]) -> list[Any]:
    """Return the contexts beside the core one, which goes without saying."""
    return [one for one in said if not (isinstance(one, str) and is_core_url(one))]


def asked_in(city: City, row: store.Row) -> Context:
    """Return the context in which a stored subscription was written."""
    return _context(city, row.context["parts"])


def _context(city: City, parts: list[dict[str, Any]] | None) -> Context:
    if parts is None:
        return city.terms.context
    return city.contexts.compile(parts) if parts else CORE


def compiled(row: store.Row, city: City) -> Compiled:
    """Compile a stored subscription; ``Problem`` where this version cannot read it."""
    terms, definition = city.terms, converted(row.body)
    written_in = shown_in = asked_in(city, row)
    said = row.context["said"]
    own = _own(said)
    url = CORE_URL
    if definition.jsonld_context is not None:
        url, shown_in = definition.jsonld_context, _context(city, row.context["shown"])
    elif not said and terms.local_url is not None:
        url = terms.local_url
    elif len(own) == 1 and isinstance(own[0], str):
        url = own[0]
    elif "url" in row.context:
        url = row.context["url"]
    elif own:
        shown_in = CORE  # kept before contexts without an address were given one
    triggers: frozenset[str] = frozenset(
        definition.notification_trigger or ("attributeCreated", "attributeUpdated")
    )
    if "entityUpdated" in triggers:
        triggers |= _ATTRIBUTES
    selectors = selectors_of(definition)
    watched = definition.watched_attributes
    scopes = tuple(msgspec.convert(one, Scope) for one in row.scopes)
    return Compiled(
        no=row.no,
        id=row.id,
        tenant_id=row.tenant_id,
        tenant=terms.tenant_names.get(row.tenant_id, ""),
        from_seq=row.from_seq,
        owner=Principal(row.owner, row.owner, row.owner_org, scopes),
        definition=definition,
        asked_in=written_in,
        context=shown_in,
        context_url=url,
        triggers=triggers,
        watched=None if watched is None else frozenset(written_in.expand(name) for name in watched),
        types=tuple(
            (one.types, each) for one, each in zip(selectors, definition.entities or (), strict=True)
        ),
        selectors=selectors,
        q=None if definition.q is None else parse(definition.q, frozenset(definition.expanding)),
        geo=geo_of(definition),
    )
