"""When alerts come faster than a person can take them (EEMUA 191; ISA-18.2: more than ten in ten minutes)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

BEGINS = 10
"""A flood begins with so many alerts in a window …"""
ENDS = 5
"""… and lasts until there are fewer than this."""
WINDOW_MIN = 10
LOOK_BACK = timedelta(hours=24)
"""A flood that has lasted longer began, for all that people want to know, so long ago."""
GOAL_PER_HOUR = 6
"""Alerts in an hour that one operator can take with care: one in ten minutes."""


class Flood(msgspec.Struct, frozen=True):
    """Whether it floods now."""

    active: bool
    since: datetime | None
    rate: int
    """Alerts in the last ten minutes."""


def flood(by_minute: Mapping[int, int], now: datetime) -> Flood:
    """Return whether it floods, from how many alerts came in each minute (of the epoch) of the last day.

    Pure and without memory of its own: who asks later, or in another process, finds the same.
    """
    last = int(now.timestamp()) // 60
    since: int | None = None
    window = 0
    for minute in range(min(by_minute, default=last), last + 1):
        window += by_minute.get(minute, 0) - by_minute.get(minute - WINDOW_MIN, 0)
        if since is None and window >= BEGINS:
            since = minute
        elif since is not None and window < ENDS:
            since = None
    at = None if since is None else datetime.fromtimestamp(since * 60, UTC)
    return Flood(since is not None, at, window)
