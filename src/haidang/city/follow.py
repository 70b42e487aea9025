"""Tell the subscribers of a process that does not write what the writer has committed elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import psycopg

from haidang.base.database import Database
from haidang.base.log import logger
from haidang.base.problems import Problem
from haidang.city.model import Changed, Entity, Group, Kind, Origin
from haidang.city.store import names, write
from haidang.city.terms import Terms
from haidang.city.writer.fold import Known
from haidang.city.writer.states import entity_of

POLL_S = 0.25
ROWS_MAX = 10_000

_log = logger("city.follow")


class Follower:
    """Reads the log behind the writer, at most 250 ms late."""

    def __init__(self, db: Database, terms: Terms, callbacks: Sequence[Callable[[Group], None]]) -> None:
        self._db = db
        self._terms = terms
        self._callbacks = callbacks
        self._seq = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin at the present head."""
        async with self._db.transaction() as conn:
            _, head = await write.head(conn)
        self.follow(head)

    def follow(self, after: int) -> None:
        """Begin after a number of the log."""
        self._seq = after
        self._task = asyncio.create_task(self._run(), name="city follower")

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                group = await self._next()
            except (psycopg.Error, Problem) as error:
                _log.warning("cannot follow the log", error=str(error))
                group = None
            if group is None:
                await asyncio.sleep(POLL_S)
                continue
            for callback in list(self._callbacks):
                try:
                    callback(group)
                except Exception:
                    _log.exception("a subscriber failed")

    async def _next(self) -> Group | None:
        async with self._db.transaction() as conn:
            _, head = await write.head(conn)
            if head <= self._seq:
                return None
            last = min(head, self._seq + ROWS_MAX)
            rows = await write.log_rows(conn, self._seq, last)
            await names.load(conn, self._terms)
            states = await write.entities_by_number(conn, sorted({row[2] for row in rows} - {0}))
        known = Known(self._terms)
        entities = {state[0]: entity_of(state, known) for state in states}
        changes: dict[int, Changed] = {}
        at_us = 0
        for seq, kind, eid, rest, row_us in rows:
            at_us = max(at_us, row_us)
            if kind == Kind.EVENT:
                changes[-seq] = Changed(seq, kind, None, event=rest)
                continue
            entity = entities.get(eid) or (_from_passport(eid, rest["@e"]) if kind == Kind.DELETE else None)
            if entity is not None:
                changes[eid] = Changed(
                    seq,
                    kind if eid in entities else Kind.DELETE,
                    entity,
                    self._terms.type_names(entity.type_id)[0],
                    self._terms.tenant_names[entity.tenant_id],
                )
        self._seq = last
        return Group(last, at_us, list(changes.values()))


def _from_passport(eid: int, passport: dict[str, Any]) -> Entity:
    return Entity(
        eid,
        passport["tenant_id"],
        passport["id"],
        passport["type_id"],
        msgspec.convert({key: passport[key] for key in Origin.__struct_fields__}, Origin),
    )
