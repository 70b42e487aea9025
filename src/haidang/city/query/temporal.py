"""Temporal conditions (clause 4.11): which part of the history is asked for."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from typing import Literal

import msgspec

from haidang.city.query.problems import bad

TimeProperty = Literal["observedAt", "createdAt", "modifiedAt", "deletedAt"]
_PROPERTIES: dict[str, TimeProperty] = {
    "observedAt": "observedAt",
    "createdAt": "createdAt",
    "modifiedAt": "modifiedAt",
    "deletedAt": "deletedAt",
}
_INSTANCE = re.compile(r"urn:ngsi-ld:Instance:(\d{1,18})-(\d{1,9})(?:-[0-9a-f]{8})?\Z", re.ASCII)
FIRST = datetime(1, 1, 3, tzinfo=UTC)
LAST = datetime(9999, 12, 29, tzinfo=UTC)
"""A question beyond these ends means them: a day more or less then never falls off the calendar."""


class TemporalQuery(msgspec.Struct, frozen=True):
    """A span of time over one of the time properties: from ``start`` on, before ``end``; None is open.

    As 4.11 has it, ``after`` includes its instant, ``before`` excludes it, and ``between`` is both.
    """

    timeproperty: TimeProperty = "observedAt"
    start: datetime | None = None
    end: datetime | None = None
    last: int | None = None
    """``lastN``: only so many instances per attribute, counted from the newest."""


def parse_temporal(
    *,
    timerel: str | None,
    time_at: str | None,
    end_time_at: str | None,
    timeproperty: str | None,
    last_n: str | int | None,
) -> TemporalQuery:
    """Return what the parameters state; raise ``Problem`` (bad-query) where they do not fit together."""
    known = _PROPERTIES.get(timeproperty or "observedAt")
    if known is None:
        raise bad(
            f"timeproperty không hỗ trợ: “{str(timeproperty)[:40]}”.",
            f"timeproperty is unknown: “{str(timeproperty)[:40]}”; one of {', '.join(_PROPERTIES)}.",
        )
    start, end = _span(timerel, time_at, end_time_at)
    return TemporalQuery(timeproperty=known, start=start, end=end, last=_count(last_n))


def parse_instant(text: str, name: str) -> datetime:
    """Return an ISO 8601 instant in UTC; raise ``Problem`` naming the parameter where it is none."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return min(max(moment.astimezone(UTC), FIRST), LAST)
    except (ValueError, OverflowError) as cause:
        raise bad(
            f"{name} cần một thời điểm ISO 8601 có múi giờ, ví dụ 2025-07-01T00:00:00Z.",
            f"{name} needs an ISO 8601 instant with a time zone, e.g. 2025-07-01T00:00:00Z.",
        ) from cause


def _span(
    timerel: str | None, time_at: str | None, end_time_at: str | None
) -> tuple[datetime | None, datetime | None]:
    if timerel is None:
        if time_at is not None or end_time_at is not None:
            raise bad("Thiếu timerel.", "timerel is missing.")
        return None, None
    if timerel not in ("before", "after", "between"):
        raise bad(
            f"timerel không hợp lệ: “{timerel[:40]}”.",
            f"timerel is not valid: “{timerel[:40]}”; before, after or between.",
        )
    if time_at is None:
        raise bad("Thiếu timeAt.", "timeAt is missing.")
    at = parse_instant(time_at, "timeAt")
    if end_time_at is not None and timerel != "between":
        raise bad("endTimeAt chỉ dùng với timerel=between.", "endTimeAt goes only with timerel=between.")
    if timerel == "before":
        return None, at
    if timerel == "after":
        return at, None
    if end_time_at is None:
        raise bad("timerel=between cần endTimeAt.", "timerel=between needs endTimeAt.")
    end = parse_instant(end_time_at, "endTimeAt")
    if end < at:
        raise bad("endTimeAt đứng trước timeAt.", "endTimeAt is before timeAt.")
    return at, end


def _count(last_n: str | int | None) -> int | None:
    if last_n is None:
        return None
    text = str(last_n) if type(last_n) in (str, int) else ""
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0
    if not 0 < count <= 1_000_000:
        raise bad("lastN cần một số nguyên dương.", "lastN needs a positive whole number.")
    return count


def instance_id(seq: int, attr: int, dataset: str | None) -> str:
    """Return the name of an attribute instance, made of the number it was entered under."""
    mark = "" if dataset is None else f"-{zlib.crc32(dataset.encode()):08x}"
    return f"urn:ngsi-ld:Instance:{seq}-{attr}{mark}"


def entered_under(instance: str) -> tuple[int, int] | None:
    """Return (number of the log, number of the attribute) from an instance's name; None if it is not ours."""
    found = _INSTANCE.match(instance)
    return (int(found[1]), int(found[2])) if found else None
