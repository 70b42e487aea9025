"""The subscriptions as they stand, compiled once for each change, and what their owners may read now."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

import msgspec
import structlog

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.city.query.grammar import parse
from haidang.city.service import City
from haidang.city.subscriptions import store
from haidang.city.subscriptions.model import Compiled, converted, geo_of, selectors_of, status
from haidang.city.terms import CORE, CORE_URL, Context, Terms, is_core_url, no_context
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
        self._owners: dict[str, tuple[float, Principal | None]] = {}

    async def refresh(self, conn: Connection) -> None:
        """Learn what has changed."""
        revision = await store.revision(conn)
        if revision == self._revision:
            return
        found: dict[int, Compiled] = {}
        for row in await store.every(conn):
            try:
                found[row.no] = compiled(row, self._city.terms)
            except Problem as problem:
                # Accepted once, unreadable now: its context is no more. The others go on.
                _log.warning("a subscription cannot be used", subscription=row.id, problem=str(problem))
        self._compiled = found
        self._revision = revision

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


def context_of(terms: Terms, urls: list[str]) -> Context:
    """Return the context that these addresses mean; ``Problem`` (ld-context-not-available)."""
    for url in urls:
        if not terms.known_context(url):
            raise no_context(url)
    return CORE if urls and all(map(is_core_url, urls)) else terms.context


def compiled(row: store.Row, terms: Terms) -> Compiled:
    """Compile a stored subscription; ``Problem`` where its context is not available any more."""
    definition = converted(row.body)
    asked_in = context_of(terms, row.context)
    shown_in, url = asked_in, row.context[0] if len(row.context) == 1 else CORE_URL
    if not row.context and terms.local_url is not None and asked_in is terms.context:
        url = terms.local_url
    if definition.jsonld_context is not None:
        url = definition.jsonld_context
        shown_in = context_of(terms, [url])
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
        asked_in=asked_in,
        context=shown_in,
        context_url=url,
        triggers=triggers,
        watched=None if watched is None else frozenset(asked_in.expand(name) for name in watched),
        types=tuple(
            (one.types, each) for one, each in zip(selectors, definition.entities or (), strict=True)
        ),
        selectors=selectors,
        q=None if definition.q is None else parse(definition.q),
        geo=geo_of(definition),
    )
