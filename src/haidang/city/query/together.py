"""Entities by id, asked for at the same moment, from one statement: the reading twin of the group commit.

Whoever asks while nobody else does is answered at once. While two statements are under way, those who ask are
collected and go together with the next one, so that a thousand readers cost the database a few dozen
statements. Only askers with the same rights and the same tenant share a statement, and its predicate decides,
as for one alone, what they see; a statement begins after the last of its askers came, so nobody reads the
past of his own write.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from haidang.base.database import Database
from haidang.base.problems import UNAVAILABLE, Problem
from haidang.city.query.sql import Question, where
from haidang.city.store import read
from haidang.city.store.read import Row
from haidang.city.terms import Terms
from haidang.organisation.permissions import Principal, Scope

LANES = 2
"""Statements under way at once: one is decoded here while the database answers the other."""
TOGETHER_MAX = 200
"""Ids of one statement."""

Key = tuple[str, tuple[Scope, ...]]
"""(tenant, rights): whoever shares it sees the same."""


class _Asked(NamedTuple):
    id: str
    answer: asyncio.Future[Row | None]


class Together:
    """Answers readers of single entities in groups."""

    def __init__(self, db: Database, terms: Terms) -> None:
        self._db = db
        self._terms = terms
        self._waiting: dict[Key, tuple[Principal, list[_Asked]]] = {}
        self._busy = 0
        """Lanes that will still look at what waits; counted by themselves, for a task is done only later."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def entity(self, principal: Principal, id_: str, *, tenant: str = "") -> Row | None:
        """Return one entity, None where it does not exist for the asker."""
        asked = _Asked(id_, asyncio.get_running_loop().create_future())
        self._waiting.setdefault((tenant, principal.scopes), (principal, []))[1].append(asked)
        if self._busy < LANES:
            self._busy += 1
            task = asyncio.create_task(self._lane(), name="entities by id")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await asked.answer

    async def _lane(self) -> None:
        try:
            while self._waiting:
                key = next(iter(self._waiting))
                principal, group = self._waiting.pop(key)
                if len(group) > TOGETHER_MAX:
                    self._waiting[key] = principal, group[TOGETHER_MAX:]
                await self._answer(principal, key[0], group[:TOGETHER_MAX])
        finally:
            self._busy -= 1

    async def _answer(self, principal: Principal, tenant: str, group: list[_Asked]) -> None:
        found: dict[str, Row] = {}
        failure: Exception | None = Problem(UNAVAILABLE)
        try:
            found = await self._read(principal, tenant, {one.id for one in group})
        except Exception as error:
            failure = error
        else:
            failure = None
        finally:
            for one in group:
                if one.answer.done():  # whoever asked has gone
                    continue
                if failure is None:
                    one.answer.set_result(found.get(one.id))
                else:
                    one.answer.set_exception(failure)

    async def _read(self, principal: Principal, tenant: str, ids: set[str]) -> dict[str, Row]:
        asked = where(Question(tenant=tenant, ids=tuple(ids)), self._terms, self._terms.context, principal)
        async with self._db.reading() as conn:
            rows = await read.page(conn, asked.sql, asked.values, len(ids), 0)
        return {row.id: row for row in rows}
