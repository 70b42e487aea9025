"""What a person does with feeds on the screen: look, pause, resume, run, look into a refused row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from haidang.base import idempotency
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import CONFLICT, NOT_FOUND, Problem
from haidang.feeds import store
from haidang.feeds.service import overview, runs
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal

NOTE_MAX = 2_000


class Asked:
    """One request that changes something: who asks, and the key that makes repeating it harmless."""

    def __init__(self, db: Database, clock: Clock, principal: Principal, key: str) -> None:
        self.db = db
        self.clock = clock
        self.principal = principal
        self.key = key

    async def once(self, what: str, work: Callable[[Connection], Awaitable[Any]]) -> Any:
        """Do the work in one transaction, once for the key."""
        return await idempotency.once(
            self.db, actor=self.principal.id, key=self.key, fingerprint=what.encode(), work=work
        )


async def set_paused(asked: Asked, name: str, paused: bool, seen: int) -> dict[str, Any]:
    """Pause or resume a feed as it was seen, and return its summary; ``Problem`` (409) where it changed."""

    async def work(connection: Connection) -> dict[str, Any]:
        now = asked.clock.now()
        feed = await overview.visible(connection, asked.principal, name, "feed.run")
        unchanged(await store.lock_feed(connection, feed.id), seen)
        await store.set_paused(connection, feed.id, paused)
        if paused:
            await store.set_due(connection, feed.id, None)
        await runs.announce(connection, feed, now)
        shown = await overview.one(connection, asked.principal, name, now)
        action = "feed.pause" if paused else "feed.resume"
        await audit(
            connection, asked.principal, action, f"feed:{name}", org_id=feed.owner_org, clock=asked.clock
        )
        return shown

    result: dict[str, Any] = await asked.once(f"feed:{name}:{'pause' if paused else 'resume'}:{seen}", work)
    return result


async def ask_run(asked: Asked, name: str) -> dict[str, Any]:
    """Note in the audit log that somebody wants a feed to run now; the runner is kicked afterwards."""

    async def work(connection: Connection) -> dict[str, Any]:
        feed = await overview.visible(connection, asked.principal, name, "feed.run")
        shown = await overview.one(connection, asked.principal, name, asked.clock.now())
        await audit(
            connection, asked.principal, "feed.run", f"feed:{name}", org_id=feed.owner_org, clock=asked.clock
        )
        return shown

    result: dict[str, Any] = await asked.once(f"feed:{name}:run", work)
    return result


async def look(asked: Asked, name: str, refused_id: int, note: str, seen: int) -> dict[str, Any]:
    """Mark a refused row, as it was seen, as looked at, with a note for whoever reads it next."""

    async def work(connection: Connection) -> dict[str, Any]:
        feed = await overview.visible(connection, asked.principal, name, "feed.run")
        now = asked.clock.now()
        row = await store.look(
            connection, feed.id, refused_id, seen=seen, by=asked.principal.name, note=note[:NOTE_MAX], at=now
        )
        if row is None:
            current = await store.refused_version(connection, feed.id, refused_id)
            if current is not None:
                unchanged(current, seen)
            raise Problem(NOT_FOUND, "Không có dòng này.", "There is no such row.")
        await runs.announce(connection, feed, now)
        await audit(
            connection,
            asked.principal,
            "feed.refused.looked",
            f"feed:{name}:{refused_id}",
            {"note": note[:NOTE_MAX]},
            org_id=feed.owner_org,
            clock=asked.clock,
        )
        return present_refused(row)

    result: dict[str, Any] = await asked.once(f"feed:{name}:looked:{refused_id}:{seen}:{note}", work)
    return result


def unchanged(current: int, yours: int) -> None:
    """Raise ``Problem`` (409 with both versions) where somebody has changed meanwhile what was seen."""
    if current != yours:
        raise Problem(
            CONFLICT,
            "Hãy tải lại rồi làm tiếp.",
            "Load it again and repeat the change.",
            yours=yours,
            current=current,
        )


def present_refused(row: dict[str, Any]) -> dict[str, Any]:
    """Return a refused row as the interface carries it."""
    return row | {name: overview.written(row[name]) for name in ("at", "looked_at")}
