"""How good the rules are, by the load they make (ISA-18.2, EEMUA 191; goals in ``docs/alerts.md``)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from haidang.alerts.model.flood import GOAL_PER_HOUR
from haidang.alerts.service import showing
from haidang.alerts.store import alerts as store
from haidang.alerts.store import journal, lists
from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation.permissions import Principal

CHATTERS = 3
"""So often within a minute is chattering."""
STALE = timedelta(hours=24)
STALE_GOAL = 5
"""Fewer than so many a day."""
WORST = 10
WORST_SHARE = 0.05
"""More of the load than this share is too much for one rule."""
MIX_GOAL = {1: 0.05, 2: 0.15, 3: 0.80}
LIST_MAX = 100
YEARS = (2000, 2200)


async def quality(
    connection: Connection, clock: Clock, principal: Principal, month: str | None
) -> dict[str, Any]:
    """Return the measures of a month (``2026-11``; absent: the present one), within the asker's scope."""
    now = clock.now()
    start, end = month_of(month, now)
    until = min(end, now)
    rules = await journal.by_rule(connection, principal, start, end)
    total = sum(came for _, came, _ in rules)
    mix = await journal.by_priority(connection, principal, start, end)
    hours = max((until - start) / timedelta(hours=1), 1)
    where, values = lists.visible(principal)
    values |= {"before": now - STALE, "limit": LIST_MAX}
    stale = await store.read(
        connection,
        f"{where} AND a.is_open AND a.active AND a.first_at < %(before)s AND a.suppressed IS NULL",
        values,
        "ORDER BY a.first_at, a.id LIMIT %(limit)s",
    )
    return {
        "from": start, "to": end, "total": total, "per_hour": round(total / hours, 2),
        "goal_per_hour": GOAL_PER_HOUR,
        "worst": [
            {"rule": rule, "count": came, "entities": entities, "share": round(came / total, 4),
             "too_much": came / total > WORST_SHARE}
            for rule, came, entities in rules[:WORST]
        ],
        "worst_share_goal": WORST_SHARE,
        "mix": [
            {"priority": priority, "count": mix.get(priority, 0), "goal": MIX_GOAL.get(priority),
             "share": round(mix.get(priority, 0) / total, 4) if total else None}
            for priority in (1, 2, 3, 4)
        ],
        "chattering": await journal.chattering(
            connection, principal, start, end, times=CHATTERS, limit=LIST_MAX
        ),
        "stale": await showing.rows(connection, stale), "stale_goal": STALE_GOAL,
        "operators": await journal.by_operator(connection, principal, start, end),
    }  # fmt: skip


def month_of(month: str | None, now: datetime) -> tuple[datetime, datetime]:
    """Return when a month begins and ends in Vietnam; ``Problem`` where it is none."""
    local = now.astimezone(LOCAL)
    text = month or f"{local.year:04}-{local.month:02}"
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=LOCAL)
        if not YEARS[0] <= first.year <= YEARS[1]:
            raise ValueError("no year of ours")
    except ValueError as cause:
        fault = Fault("month", "dạng NĂM-THÁNG, ví dụ 2026-11", "YEAR-MONTH, such as 2026-11", text[:20])
        raise Problem(INVALID, faults=(fault,)) from cause
    following = (first + timedelta(days=32)).replace(day=1)
    return first.astimezone(UTC), following.astimezone(UTC)
