"""Spans of time as packs write them: ``30 seconds``, ``5 minutes``, ``2 hours``, ``3 days``."""

from __future__ import annotations

import re

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_FORM = re.compile(r"([0-9]{1,6}) (second|minute|hour|day|week)s?\Z")
FORM = r"^[0-9]{1,6} (second|minute|hour|day|week)s?$"
"""What a duration looks like, for the schema."""


class Duration(int):
    """A span of time in whole microseconds."""

    @property
    def seconds(self) -> float:
        """The span in seconds."""
        return self / 1_000_000

    def __str__(self) -> str:
        """Return it as packs write it, in the largest unit that is whole."""
        seconds = int(self) // 1_000_000
        for name, size in reversed(_UNITS.items()):
            if seconds % size == 0 and seconds:
                count = seconds // size
                return f"{count} {name}{'' if count == 1 else 's'}"
        return "0 seconds"

    def vi(self) -> str:
        """Return it in Vietnamese."""
        count, unit = str(self).split()
        words = {"second": "giây", "minute": "phút", "hour": "giờ", "day": "ngày", "week": "tuần"}
        return f"{count} {words[unit.removesuffix('s')]}"


def duration(text: object) -> Duration:
    """Read a duration; ``ValueError`` that says what one looks like."""
    found = _FORM.match(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is not a duration such as '30 seconds', '5 minutes', '2 hours', '3 days'")
    return Duration(int(found[1]) * _UNITS[found[2]] * 1_000_000)
