"""Instants as the city stores them: whole microseconds since 1970 in UTC, text only at the edges."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = -(2**62)
"""Before every instant: nothing was observed."""
ALWAYS = 2**62
"""After every instant."""
POSTGRES_EPOCH_US = 946_684_800_000_000
"""2000-01-01, where PostgreSQL's binary timestamps begin."""

_MEMO_MAX = 8_192
_parsed: dict[str, int] = {}
_formatted: dict[int, str] = {}
_FORM = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)\Z",
)
_MICROSECOND = timedelta(microseconds=1)


def parse_us(text: object) -> int:
    """Return a NGSI-LD DateTime as microseconds since 1970; ``ValueError`` where it is none or has no
    zone.
    """
    if type(text) is not str:
        raise ValueError("a DateTime is a string")
    found = _parsed.get(text)
    if found is None:
        if not _FORM.match(text):
            raise ValueError(f"{text!r} is not an ISO 8601 date and time with a time zone")
        found = to_us(datetime.fromisoformat(text))
        if len(_parsed) >= _MEMO_MAX:
            _parsed.clear()
        _parsed[text] = found
    return found


def format_us(us: int) -> str:
    """Return ``us`` as UTC text with ``Z``, zero fractions trimmed: ``2026-11-22T06:00:00.5Z``."""
    found = _formatted.get(us)
    if found is None:
        seconds, rest = divmod(us, 1_000_000)
        found = (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
        if rest:
            found += f".{rest:06d}".rstrip("0")
        found += "Z"
        if len(_formatted) >= _MEMO_MAX:
            _formatted.clear()
        _formatted[us] = found
    return found


def to_us(instant: datetime) -> int:
    """Return an aware datetime as microseconds since 1970."""
    try:
        return (instant.astimezone(UTC) - EPOCH) // _MICROSECOND
    except OverflowError as cause:
        raise ValueError("the date lies outside the calendar") from cause
