"""What whoever runs the data looks at: the writer, the pipeline's steps, the outbox; contexts, their users.

A figure that this process cannot know (the writer's, where another process writes) is absent, never zero.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.boards.model import iso
from haidang.city import log
from haidang.city.ngsild.contexts import may_remove
from haidang.city.service import City
from haidang.city.store import contexts
from haidang.city.subscriptions import store as subscriptions
from haidang.city.subscriptions.service import visible
from haidang.city.terms import CORE, CORE_URL
from haidang.city.writer.loop import RECENT_COMMITS, Commit, Writer
from haidang.organisation.permissions import Principal

WINDOW_S = 60.0
"""Over how long the writer's rate, group size and commit time are taken."""


async def operations(city: City, conn: Connection, clock: Clock) -> dict[str, Any]:
    """Return how the way of the data stands at this moment."""
    now = clock.now()
    pulse = await log.pulse(conn)
    waiting, oldest, dead = await subscriptions.figures(conn)
    return {
        "as_of": iso(now),
        "head": {"seq": pulse.seq, "at": None if not pulse.seq or pulse.at is None else iso(pulse.at)},
        "inbox": pulse.inbox,
        "writer": None if city.writer is None else _writer(city.writer, city.settings.queue_limit_entities),
        "steps": [
            {
                "step": one.step,
                "seq": one.seq,
                "lag": max(0, pulse.seq - one.seq),
                "lag_s": None
                if one.behind_since is None
                else max(0.0, (now - one.behind_since).total_seconds()),
            }
            for one in await log.standings(conn)
        ],
        "outbox": {"waiting": waiting, "oldest_at": None if oldest is None else iso(oldest), "dead": dead},
    }


def _writer(writer: Writer, queue_limit: int) -> dict[str, Any]:
    since = asyncio.get_running_loop().time() - WINDOW_S
    return {
        "alive": writer.alive,
        "waiting": writer.waiting,
        "queue_limit": queue_limit,
        "refused": writer.counters.bisected,
        "reconnects": writer.counters.reconnects,
        **rates([one for one in writer.counters.recent if one.at_s >= since], WINDOW_S),
    }


def rates(groups: Sequence[Commit], window_s: float) -> dict[str, float | int | None]:
    """Return groups and entities a second, entities a group, and the median and 99th percentile of a commit.

    In a window without a group there is no size and no time: they are absent. Where the writer was so quick
    that it forgot the window's beginning, the rate is that of what it remembers.
    """
    if not groups:
        return {
            "groups_s": 0.0,
            "entities_s": 0.0,
            "group_entities": None,
            "commit_s_p50": None,
            "commit_s_p99": None,
        }
    span_s = window_s
    if len(groups) > 1 and len(groups) == RECENT_COMMITS:
        span_s = max(groups[-1].at_s - groups[0].at_s, 0.001)
    entities = sum(one.entities for one in groups)
    times = sorted(one.took_s for one in groups)
    return {
        "groups_s": len(groups) / span_s,
        "entities_s": entities / span_s,
        "group_entities": entities / len(groups),
        "commit_s_p50": times[len(times) // 2],
        "commit_s_p99": times[min(len(times) - 1, len(times) * 99 // 100)],
    }


async def held_contexts(city: City, conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return every context this site knows: the core, its own, the folder's, hosted and downloaded ones.

    Only the owners and the subscriptions that the asker may see are named.
    """
    where, values = visible(principal, "subscription.read")
    users: dict[str, list[dict[str, Any]]] = {}
    for url, no, id_, name in await contexts.users(conn, where, values):
        users.setdefault(url, []).append({"no": no, "id": id_, "name": name})
    built_in = [_fixed(url, kind, terms) for url, kind, terms in _built_in(city)]
    return built_in + [_held(principal, one, users.get(one.url, [])) for one in await contexts.overview(conn)]


def _held(principal: Principal, one: contexts.Shown, used_by: list[dict[str, Any]]) -> dict[str, Any]:
    named = one.owner_org is not None and principal.may("org.read", org_id=one.owner_org)
    return {
        "url": one.url,
        "id": one.id,
        "kind": one.kind.lower(),
        "owner_org": one.owner_org,
        "owner_org_name": one.owner_name if named else None,
        "created_at": iso(one.created_at),
        "bytes": one.bytes,
        "terms": one.terms,
        "imports": one.imports,
        "used_by": used_by,
        "hits": one.hits,
        "used_at": None if one.used_at is None else iso(one.used_at),
        "may_remove": may_remove(principal, one.owner_org),
    }


def _built_in(city: City) -> list[tuple[str, str, int]]:
    own = city.terms.local_url
    return [
        (CORE_URL, "core", len(CORE.terms)),
        *([] if own is None else [(own, "site", _terms(list(city.terms.context.parts)))]),
        *((url, "folder", _terms(value)) for url, value in sorted(city.contexts.folder.items())),
    ]


def _terms(value: Any) -> int:
    parts = value if isinstance(value, list) else [value]
    return sum(not term.startswith("@") for part in parts if isinstance(part, dict) for term in part)


def _fixed(url: str, kind: str, terms: int) -> dict[str, Any]:
    absent = dict.fromkeys(("id", "owner_org", "owner_org_name", "created_at", "bytes", "hits", "used_at"))
    return {
        "url": url,
        "kind": kind,
        "terms": terms,
        "imports": [],
        "used_by": [],
        "may_remove": False,
    } | absent
