"""The exclusive registrations as they stand, compiled, in every process.

They hang on the city (``City.exclusives``, None while there is none), so that a request which none of them
concerns pays for one look. A number in the database grows with every change; each process asks for it once a
second, and at once after a change of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import psycopg
import structlog

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.city.model import Origin
from haidang.city.registrations import store
from haidang.city.registrations.model import Definition, claims, converted
from haidang.city.service import City
from haidang.city.store import names
from haidang.city.terms import CORE, Context
from haidang.city.times import to_us

POLL_S = 1.0
_log = structlog.get_logger("haidang.city.registrations")


class Compiled(msgspec.Struct, frozen=True):
    """An exclusive registration ready for commands."""

    no: int
    id: str
    tenant_id: int
    owner: str
    origin: Origin
    definition: Definition
    offered: frozenset[str]
    claimed: dict[str, frozenset[str]]
    """Entity id to IRIs of its attributes."""
    context: Context | None
    """In which the source is written to; None: in the asker's."""
    expires_us: int | None

    def active(self, now_us: int) -> bool:
        """Say whether it has not expired."""
        return self.expires_us is None or self.expires_us > now_us


class Book:
    """What a process knows of the registrations."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._rev = -1
        self.alias = ""
        """By which Via knows this site."""

    async def refresh(self, conn: Connection) -> None:
        """Learn what has changed."""
        alias, rev = await store.site(conn)
        self.alias = alias
        if rev == self._rev:
            return
        found: dict[tuple[int, str], tuple[Compiled, ...]] = {}
        for row in await store.exclusives(conn):
            try:
                one = compiled(row, self._city)
            except Problem as problem:
                # Accepted by another version, unreadable by this one. The others go on.
                _log.warning("a registration cannot be used", registration=row.id, problem=str(problem))
                continue
            for entity_id in one.claimed:
                key = (one.tenant_id, entity_id)
                found[key] = (*found.get(key, ()), one)
        if any(tenant_id not in self._city.terms.tenant_names for tenant_id, _ in found):
            await names.load(conn, self._city.terms)
        if rev > self._rev:  # a slow reading never undoes a newer one
            self._rev = rev
            self._city.exclusives = found or None


_BOOKS: WeakKeyDictionary[City, Book] = WeakKeyDictionary()


def book_of(city: City) -> Book:
    """Return the one book of a city in this process."""
    found = _BOOKS.get(city)
    if found is None:
        found = _BOOKS[city] = Book(city)
    return found


async def refresh(city: City) -> None:
    """Learn at once what has changed."""
    async with city.db.transaction() as conn:
        await book_of(city).refresh(conn)


@asynccontextmanager
async def following(city: City) -> AsyncIterator[None]:
    """Keep the book of this process up to date until the end of the block."""
    await refresh(city)
    task = asyncio.create_task(_follow(city), name="registrations")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _follow(city: City) -> None:
    while True:
        await asyncio.sleep(POLL_S)
        try:
            await refresh(city)
        except (psycopg.Error, Problem, OSError) as error:
            _log.warning("the registrations cannot be read", error=str(error))


def compiled(row: store.Row, city: City) -> Compiled:
    """Compile a stored registration; ``Problem`` where this version cannot read it."""
    definition = converted(row.body)
    claimed: dict[str, set[str]] = {}
    for entity_id, attribute in claims(definition):
        claimed.setdefault(entity_id, set()).add(attribute)
    shown: list[dict[str, Any]] | None = row.context["shown"]
    return Compiled(
        no=row.no,
        id=row.id,
        tenant_id=row.tenant_id,
        owner=row.owner,
        origin=Origin(row.owner_org, row.area_code, row.sector),
        definition=definition,
        offered=definition.offered,
        claimed={entity_id: frozenset(names) for entity_id, names in claimed.items()},
        context=None if shown is None else city.contexts.compile(shown) if shown else CORE,
        expires_us=None if definition.expires_at is None else definition.expires_us,
    )


def now_us(city: City) -> int:
    """Return the clock's time in µs since 1970."""
    return to_us(city.clock.now())
