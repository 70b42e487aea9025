"""Periods of reports: "2026-03", "2026-Q1", "2026-H1", "2026"; pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import msgspec

PATTERN = r"^(19[9][0-9]|20[0-9]{2})(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?$"
_NUMERALS = ("", "I", "II", "III", "IV")


class Span(msgspec.Struct, frozen=True):
    """A month, quarter, half or year."""

    token: str
    first: date
    last: date

    @property
    def words(self) -> str:
        """What a paper calls it: "tháng 3 năm 2026", "06 tháng đầu năm 2026"."""
        year, _, part = self.token.partition("-")
        if not part:
            return f"năm {year}"
        if part.startswith("Q"):
            return f"quý {_NUMERALS[int(part[1:])]} năm {year}"
        if part.startswith("H"):
            return f"06 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
        month = int(part)
        return f"tháng {part if month <= 2 else month} năm {year}"


def span_of(token: str) -> Span | None:
    """Return the period that a token names; None where it names none."""
    if not re.fullmatch(PATTERN, token):
        return None
    year, _, part = token.partition("-")
    if not part:
        first, last = 1, 12
    elif part.startswith("Q"):
        last = int(part[1:]) * 3
        first = last - 2
    elif part.startswith("H"):
        last = int(part[1:]) * 6
        first = last - 5
    else:
        first = last = int(part)
    ends = date(int(year), last, monthrange(int(year), last)[1])
    return Span(token, date(int(year), first, 1), ends)
