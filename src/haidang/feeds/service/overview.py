"""What the feeds screen shows: each feed's facts, judged at a moment, within what the asker may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import NOT_FOUND, Problem
from haidang.feeds import store
from haidang.feeds.model import life
from haidang.feeds.model.reading import restore
from haidang.feeds.store import Feed
from haidang.organisation.permissions import Principal, scope_sql

RUN_FIELDS = (
    "id", "started_at", "finished_at", "outcome", "read", "accepted", "refused", "unchanged", "faulty",
    "lag_s", "message_vi", "message_en",
)  # fmt: skip


def scope(principal: Principal, permission: str) -> tuple[str, dict[str, Any]]:
    """Return the SQL predicate of the feeds over which the asker holds a permission."""
    return scope_sql(principal, permission, org="f.owner_org", area="f.area_code", sector="f.sector")


async def every(
    connection: Connection, principal: Principal, now: datetime, entities: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """Return the summary of every feed the asker may see, by name."""
    rows = await store.summaries(connection, scope(principal, "feed.read"), now - timedelta(days=1))
    counts = entities
    if counts is None:
        counts = await store.entity_counts(connection, [row["name"] for row in rows])
    return [present(row, now, counts.get(row["name"], 0)) for row in rows]


async def one(connection: Connection, principal: Principal, name: str, now: datetime) -> dict[str, Any]:
    """Return the summary of one feed; a feed out of the asker's sight does not exist for him (404)."""
    found = await find(connection, principal, name, now)
    if found is None:
        raise missing(name)
    return found


async def find(
    connection: Connection, principal: Principal, name: str, now: datetime
) -> dict[str, Any] | None:
    """Return the summary of one feed, or None."""
    rows = await store.summaries(connection, scope(principal, "feed.read"), now - timedelta(days=1), name)
    if not rows:
        return None
    counts = await store.entity_counts(connection, [name])
    return present(rows[0], now, counts.get(name, 0))


async def visible(connection: Connection, principal: Principal, name: str, permission: str) -> Feed:
    """Return a feed the asker may use so: 404 where it is out of sight, 403 where it may only be seen."""
    feed = await store.by_name(connection, name)
    if feed is None or feed.withdrawn or not _may(principal, "feed.read", feed):
        raise missing(name)
    principal.require(permission, org_id=feed.owner_org, area_code=feed.area_code, sector=feed.sector)
    return feed


def _may(principal: Principal, permission: str, feed: Feed) -> bool:
    return principal.may(permission, org_id=feed.owner_org, area_code=feed.area_code, sector=feed.sector)


def missing(name: str) -> Problem:
    """Return the refusal of a feed that is not there, or not for the asker's eyes."""
    return Problem(NOT_FOUND, f"Không có nguồn dữ liệu “{name[:80]}”.", f"There is no feed “{name[:80]}”.")


def present(row: Mapping[str, Any], now: datetime, entities: int) -> dict[str, Any]:
    """Return a feed as the interface carries it."""
    declaration = restore(row["declaration"])
    facts = life.Facts(
        paused=row["paused"],
        problem=row["problem"] is not None,
        period_s=declaration.period,
        poll_s=declaration.poll_s,
        observes=declaration.mapping.observed_at is not None,
        last_accepted_at=row["last_accepted_at"],
        last_heard_at=row["last_heard_at"],
    )
    run = row["last_run"]
    return {
        "name": row["name"],
        "title_vi": declaration.title.vi,
        "title_en": declaration.title.en,
        "kind": declaration.kind,
        "entity_type": declaration.mapping.type,
        "owner": {"id": row["owner_org"], "name": row["owner_name"]},
        "sector": row["sector"],
        "area_code": row["area_code"],
        "simulated": declaration.simulated,
        "version": row["version"],
        "state": life.state(facts, now),
        "period_s": declaration.period,
        "next_due_at": written(row["next_due_at"]),
        "last_run": None if run is None else present_run(run),
        "last_accepted_at": written(row["last_accepted_at"]),
        "lag_s": None if run is None else run["lag_s"],
        "accepted_24h": row["accepted_24h"],
        "refused_24h": row["refused_24h"],
        "refused_open": row["refused_open"],
        "entities": entities,
        "problem": row["problem"],
    }


def present_run(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run as the interface carries it."""
    shown = {name: run[name] for name in RUN_FIELDS}
    return shown | {name: written(shown[name]) for name in ("started_at", "finished_at")}


def written(at: datetime | str | None) -> str | None:
    """Return an instant as ISO 8601 in UTC with ``Z``."""
    if at is None:
        return None
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return msgspec.json.encode(found).decode().strip('"').replace("+00:00", "Z")
