"""What is wrong in a table, and where: the row as a spreadsheet counts, and the heading of the column."""

from __future__ import annotations

import msgspec

from haidang.base.problems import Problem, kind

BAD = kind("index-table", 422, "Không đọc được bảng chỉ số", "The table of an index cannot be read")
CELL_MAX = 300


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a table."""

    row: int
    """As a spreadsheet counts; 1 is the heading, 0 the file as a whole."""
    column: str
    """The heading; empty where the whole row is meant."""
    unit: str = ""
    value: str = ""
    code: str
    vi: str
    en: str


def fault(row: int, column: str, code: str, *, vi: str, en: str, unit: str = "", value: str = "") -> Fault:
    """Return a fault; the value is told as far as it fits."""
    return Fault(row=row, column=column, unit=unit, value=value[:CELL_MAX], code=code, vi=vi, en=en)


def unreadable(vi: str, en: str) -> Problem:
    """Return the refusal of a file of which nothing can be read."""
    return Problem(BAD, vi, en)
