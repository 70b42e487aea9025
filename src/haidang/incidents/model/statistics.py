"""What the sums of days come to together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median
from typing import Any

import msgspec

from haidang.incidents.model.incident import CLOCKS

COUNTS = ("reported", "still_open", "closed", "rejected", "merged")


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a day, unit, kind, severity and commune."""

    day: date
    owner_org: int
    kind: str
    severity: int
    area_code: str | None
    sector: str | None
    reported: int
    still_open: int
    closed: int
    rejected: int
    merged: int
    clocks: dict[str, Any]
    """Clock → ``due`` (those that were met or ran out), ``met`` in time, ``seconds`` of each that was met."""


def together(days: Iterable[Day]) -> dict[str, Any]:
    """Return counts, and for each clock how many of how many were in time and how long it took.

    A share always names what it is of: of those whose time to react is over or met, never of all.
    """
    found = list(days)
    counts = {name: sum(getattr(day, name) for day in found) for name in COUNTS}
    judged = counts["closed"] + counts["rejected"] + counts["merged"]
    return counts | {
        "false_share": {"of": judged, "count": counts["rejected"],
                        "share": _share(counts["rejected"], judged)},
        "clocks": [_clock(name, [day.clocks[name] for day in found if name in day.clocks])
                   for name in CLOCKS],
    }  # fmt: skip


def _clock(name: str, parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    due, in_time = sum(part["due"] for part in parts), sum(part["met"] for part in parts)
    seconds = sorted(second for part in parts for second in part["seconds"])
    return {
        "name": name, "due": due, "in_time": in_time, "share": _share(in_time, due), "n": len(seconds),
        "median_s": median(seconds) if seconds else None,
        "p90_s": seconds[min(len(seconds) - 1, int(0.9 * len(seconds)))] if seconds else None,
    }  # fmt: skip


def _share(count: int, of: int) -> float | None:
    return round(count / of, 6) if of else None


def by(days: Iterable[Day], field: str) -> list[tuple[Any, dict[str, Any]]]:
    """Return the same for each value of a field, the most reported first."""
    parts: dict[Any, list[Day]] = defaultdict(list)
    for day in days:
        parts[getattr(day, field)].append(day)
    summed = [(value, together(part)) for value, part in parts.items()]
    return sorted(summed, key=lambda each: (-each[1]["reported"], str(each[0])))
