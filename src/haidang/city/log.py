"""The one ordered log, read: what changed after a sequence number, where its head is, what was known when.

All rooms append to it (entities through the writer, the rest through ``base.eventlog``); the steps of the
pipeline read it with a durable cursor, screens resume and replay from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.city.store import log as store
from haidang.city.store import tiers

LOG_PACKED = kind(
    "log-packed",
    410,
    "Sổ thay đổi theo thứ tự không còn giữ thời điểm này",
    "The log in its order begins later",
)
READ_MAX = 10_000
"""Most rows one call returns."""


class Change(msgspec.Struct, frozen=True):
    """One row of the log: an observation of an entity, a step of its life, or another room's event."""

    seq: int
    kind: int
    """``model.Kind``."""
    t: datetime
    """When it was observed, or received where nothing says when it was observed."""
    eid: int
    """0 for an event."""
    k: int
    """Keyset that says what ``v`` means."""
    v: tuple[float, ...] | None
    j: dict[str, Any] | None


async def read(conn: Connection, after: int, limit: int = 1_000) -> list[Change]:
    """Return the next rows after ``after`` in order of ``seq``, at most ``limit``."""
    rows = await store.rows_after(conn, after, min(limit, READ_MAX))
    return [
        Change(seq, kind, t, eid, k, None if v is None else tuple(v), j)
        for seq, kind, t, eid, k, v, j in rows
    ]


async def head(conn: Connection) -> int:
    """Return the last sequence number that is durable; 0 in an empty city."""
    return await store.head(conn)


async def as_of(conn: Connection, at: datetime) -> int:
    """Return the last sequence number recorded by ``at``; 0 where nothing was."""
    return (await store.moment(conn, at))[0]


async def floor(conn: Connection) -> int:
    """Return the number after which the log is whole; rows up to it may lie packed (``city.tiers``)."""
    return await tiers.floor(conn)


async def reach(conn: Connection, seq: int) -> None:
    """Raise ``Problem`` (log-packed) where the log no longer tells, in its order, what came after ``seq``."""
    first = await tiers.floor(conn)
    if seq >= first:
        return
    marks = await store.moments(conn, first - 1, first)
    since = marks[0][1].isoformat(timespec="seconds").replace("+00:00", "Z") if marks else "?"
    raise Problem(
        LOG_PACKED,
        f"Diễn biến theo thứ tự còn giữ từ {since}; trước đó chỉ còn lịch sử của từng thực thể.",
        f"What happened is kept in its order since {since}; before that, each entity still has its history.",
    )


class Place(NamedTuple):
    """Where a step stands in the log."""

    seq: int
    """How far it has come."""
    head: int
    """The last number there is."""


class Standing(NamedTuple):
    """How far a step of the pipeline is behind the log."""

    step: str
    seq: int
    behind_since: datetime | None
    """When the first change it has yet to pass was recorded; None where it has passed them all."""


class Pulse(NamedTuple):
    """Where the log stands."""

    seq: int
    at: datetime | None
    """When its last change was written; None in an empty city."""
    inbox: int
    """Events of other rooms that wait to enter it."""


async def pulse(conn: Connection) -> Pulse:
    """Return where the log stands."""
    return Pulse(*await store.pulse(conn))


async def standings(conn: Connection) -> list[Standing]:
    """Return how far each step that ever ran is behind, without holding any of them."""
    return [Standing(*row) for row in await store.cursors(conn)]


async def register(conn: Connection, step: str) -> None:
    """Make the cursor of a step that is new; it begins where the log in its order does."""
    await store.make_cursor(conn, step)


async def cursor(conn: Connection, step: str) -> Place | None:
    """Return where a step stands and hold it until commit; None while another holds it, or it is not made.

    The caller's transaction commits without waiting for the disk: what a crash takes back, cursor and work
    together, is done again.
    """
    found = await store.take_cursor(conn, step)
    return None if found is None else Place(*found)


async def advance(conn: Connection, step: str, seq: int) -> None:
    """Move a step's cursor; it commits with whatever the step wrote."""
    await store.advance_cursor(conn, step, seq)
