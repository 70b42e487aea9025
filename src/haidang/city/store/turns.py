"""Whoever asks may ask so much at once: one asker's slow questions do not hold everybody's connections.

Questions over the city take a turn before they take a connection. An asker holds a third of the pool's at
most; a few more wait for one of those, the rest are told to ask again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from haidang.base.database import ASKER, Database
from haidang.base.problems import TOO_MANY, Problem

WAITING_MAX = 16
WAIT_S = 5.0
"""As long as one question may run: by then a turn is free, or none will be soon."""


class _Turns:
    """One asker's."""

    def __init__(self, at_once: int) -> None:
        self.free = asyncio.Semaphore(at_once)
        self.users = 0
        self.waiting = 0


_OF: WeakKeyDictionary[Database, dict[str, _Turns]] = WeakKeyDictionary()
_HOLDS: ContextVar[bool] = ContextVar("holds a turn", default=False)


@asynccontextmanager
async def turn(db: Database) -> AsyncIterator[None]:
    """Hold one of the asker's turns; ``Problem`` (too-many-requests) where none is to be had in time.

    The house's own work has no asker and takes none; a question inside a question has its turn already.
    """
    asker = ASKER.get()
    if asker is None or _HOLDS.get():
        yield
        return
    everybody = _OF.setdefault(db, {})
    turns = everybody.get(asker)
    if turns is None:
        turns = everybody[asker] = _Turns(at_once(db))
    turns.users += 1
    try:
        await _take(turns)
        _HOLDS.set(True)
        try:
            yield
        finally:
            _HOLDS.set(False)
            turns.free.release()
    finally:
        turns.users -= 1
        if not turns.users:
            del everybody[asker]


def at_once(db: Database) -> int:
    """Return how many questions of one asker run at once."""
    return max(1, db.pool_max // 3)


async def _take(turns: _Turns) -> None:
    if turns.free.locked() and turns.waiting >= WAITING_MAX:
        raise _too_many()
    turns.waiting += 1
    try:
        async with asyncio.timeout(WAIT_S):
            await turns.free.acquire()
    except TimeoutError as cause:
        raise _too_many() from cause
    finally:
        turns.waiting -= 1


def _too_many() -> Problem:
    return Problem(
        TOO_MANY,
        "Bạn đang có quá nhiều truy vấn chạy cùng lúc; hãy đợi chúng xong rồi hỏi lại.",
        "Too many of your questions are running at once; wait for them and ask again.",
        retry_after_s=int(WAIT_S),
    )
