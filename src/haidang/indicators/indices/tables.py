"""A table of an index as it comes: a CSV file with a row for each unit.

What is wrong is named by row and column. A bad cell spoils its own row and no other; nothing vanishes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import msgspec

from haidang.base.text import fold
from haidang.indicators.indices.cells import Number, decimal_mark, is_missing, number
from haidang.indicators.indices.findings import CELL_MAX, Fault, fault, unreadable
from haidang.indicators.indices.heads import Heads, lacking, read_heads
from haidang.indicators.indices.model import Method
from haidang.indicators.indices.naming import named
from haidang.indicators.indices.units import Unit

SIZE_MAX = 2 << 20
ROWS_MAX = 5_000
COLUMNS_MAX = 500


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's row."""

    row: int
    unit: str
    """As it is written."""
    key: str
    """What names the unit for all time (``units.Unit.key``); of other units the name, folded."""
    name: str
    """Its name in full diacritics, where it is a province that is known."""
    values: dict[str, Fraction]
    published: Fraction | None = None
    rank: int | None = None
    sound: bool = True
    """Whether every cell of it could be read."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table as it was read."""

    year: int | None
    units_on: date | None
    """The day whose provinces its names mean."""
    columns: tuple[str, ...]
    """Codes of the components that have a column."""
    decimals: dict[str, int]
    """How many decimals each of these columns is written with."""
    published_decimals: int | None
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    notes: tuple[tuple[str, str], ...]
    """What was taken in a way that one should know (vi, en)."""


def read(content: bytes, method: Method, *, year: int | None = None, units_on: date | None = None) -> Table:
    """Return the table in a CSV file; ``Problem`` (index-table) where there is nothing to be read at all."""
    lines = _lines(content)
    heads, faults, notes = read_heads(lines[0], method)
    body = [(no, line) for no, line in enumerate(lines[1:], start=2) if any(line)]
    if not body:
        raise unreadable("Bảng không có dòng nào.", "The table has no rows.")
    mark = decimal_mark([cell for _, line in body for at, cell in enumerate(line) if at != heads.unit])
    year, year_faults = _year(body, lines[0], heads, year)
    readings = [_row(no, line, lines[0], heads, mark or ".") for no, line in body]
    day, found, unit_faults = named(method, [(each.row, each.unit) for each in readings], year, units_on)
    faults += [
        *lacking(method, heads),
        *_marks(mark),
        *year_faults,
        *_of_the_year(method, year),
        *unit_faults,
    ]
    faults += [each for reading in readings for each in reading.faults]
    faults += _twice(readings, found, lines[0][heads.unit])
    spoilt = {each.row for each in faults}
    rows = [_made(reading, unit, spoilt) for reading, unit in zip(readings, found, strict=True)]
    return Table(
        year=year, units_on=day, columns=tuple(each.code for each in heads.components.values()),
        decimals={
            each.code: _decimals(reading.numbers.get(each.code) for reading in readings) or 0
            for each in heads.components.values()
        },
        published_decimals=_decimals(reading.published for reading in readings),
        rows=tuple(rows), faults=tuple(sorted(faults, key=lambda each: (each.row, each.column))),
        notes=tuple(notes),
    )  # fmt: skip


def _lines(content: bytes) -> list[list[str]]:
    if len(content) > SIZE_MAX:
        raise unreadable("Tệp lớn hơn 2 MB.", "The file is larger than 2 MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        at = content[: cause.start].count(b"\n") + 1
        raise unreadable(
            f"Tệp không phải UTF-8 (dòng {at}). Hãy lưu lại dạng CSV UTF-8.",
            f"The file is not UTF-8 (line {at}). Save it as CSV UTF-8.",
        ) from cause
    if "\0" in text:
        raise unreadable("Đây không phải tệp CSV.", "This is not a CSV file.")
    lines: list[list[str]] = []
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True):
            if len(lines) > ROWS_MAX or len(line) > COLUMNS_MAX:
                raise unreadable(
                    f"Bảng tối đa {ROWS_MAX} dòng, {COLUMNS_MAX} cột.",
                    f"A table has at most {ROWS_MAX} rows and {COLUMNS_MAX} columns.",
                )
            lines.append([cell.strip()[: CELL_MAX + 1] for cell in line])
    except csv.Error as cause:
        no = len(lines) + 1
        raise unreadable(f"Dòng {no}: không phải CSV ({cause}).", f"Line {no}: no CSV ({cause}).") from cause
    if not lines or not any(lines[0]):
        raise unreadable("Dòng 1 không có tiêu đề.", "Row 1 has no headings.")
    return lines


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _marks(mark: str | None) -> list[Fault]:
    if mark is not None:
        return []
    said = {
        "vi": "tệp dùng cả dấu phẩy và dấu chấm thập phân",
        "en": "the file has both decimal commas and decimal points",
    }
    return [fault(0, "", "two-decimal-marks", **said)]


def _year(
    body: list[tuple[int, list[str]]], head: list[str], heads: Heads, asked: int | None
) -> tuple[int | None, list[Fault]]:
    if heads.year is None:
        return asked, []
    faults, year = [], asked
    for no, cells in body:
        text = _cell(cells, heads.year)
        if not re.fullmatch(r"(?:19|20)\d\d", text):
            said = {"vi": "không phải năm", "en": "is no year"}
            faults.append(fault(no, head[heads.year], "year", value=text, **said))
        elif year is None:
            year = int(text)
        elif int(text) != year:
            said = {"vi": f"bảng là của năm {year}", "en": f"the table is of {year}"}
            faults.append(fault(no, head[heads.year], "year", value=text, **said))
    return year, faults


def _of_the_year(method: Method, year: int | None) -> list[Fault]:
    if year is None or method.holds(year):
        return []
    span = f"{method.since}–{method.until or ''}"
    said = {
        "vi": f"{method.method} dùng cho {span}, không phải {year}",
        "en": f"{method.method} is the method of {span}, not of {year}",
    }
    return [fault(0, "", "method-of-other-years", **said)]


class _Reading(NamedTuple):
    row: int
    unit: str
    numbers: dict[str, Number]
    published: Number | None
    rank: int | None
    faults: list[Fault]


def _cell(line: list[str], at: int) -> str:
    return line[at] if at < len(line) else ""


def _row(no: int, line: list[str], head: list[str], heads: Heads, mark: str) -> _Reading:
    unit, faults = _cell(line, heads.unit), list[Fault]()
    if len(line) > len(head):
        said = {
            "vi": f"có {len(line)} ô, tiêu đề có {len(head)}",
            "en": f"has {len(line)} cells, the heading {len(head)}",
        }
        faults.append(fault(no, "", "too-many-cells", unit=unit, **said))

    def numeric(at: int | None, code: str = "no-number") -> Number | None:
        text = "" if at is None else _cell(line, at)
        if at is None or is_missing(text):
            return None
        found = number(text, mark)
        if found is None or (code == "no-rank" and (found.value < 1 or found.value.denominator != 1)):
            vi, en = ("thứ hạng", "rank") if code == "no-rank" else ("số", "number")
            said = {"vi": f"không phải {vi}", "en": f"is no {en}"}
            faults.append(fault(no, head[at], code, unit=unit, value=text, **said))
            return None
        return found

    given = {component.code: numeric(at) for at, component in heads.components.items()}
    rank = numeric(heads.rank, "no-rank")
    return _Reading(
        no, unit, {code: each for code, each in given.items() if each is not None}, numeric(heads.published),
        None if rank is None else int(rank.value), faults,
    )  # fmt: skip


def _made(reading: _Reading, unit: Unit | None, spoilt: set[int]) -> Row:
    return Row(
        row=reading.row, unit=reading.unit, key=_key(reading, unit),
        name=unit.name if unit else reading.unit,
        values={code: each.value for code, each in reading.numbers.items()},
        published=reading.published.value if reading.published else None,
        rank=reading.rank, sound=reading.row not in spoilt,
    )  # fmt: skip


def _key(reading: _Reading, unit: Unit | None) -> str:
    return unit.key if unit else fold(reading.unit)


def _twice(readings: list[_Reading], found: list[Unit | None], head: str) -> Iterator[Fault]:
    """Name units that stand twice: nobody can know which row is right, so neither is used."""
    keys = [_key(reading, unit) for reading, unit in zip(readings, found, strict=True)]
    seen: dict[str, list[int]] = {}
    for reading, key in zip(readings, keys, strict=True):
        seen.setdefault(key, []).append(reading.row)
    for reading, key in zip(readings, keys, strict=True):
        others = ", ".join(str(no) for no in seen[key][:20] if no != reading.row)
        said = {"vi": f"đơn vị lặp lại (dòng {others})", "en": f"the unit stands twice (row {others})"}
        if not reading.unit:
            said = {"vi": "thiếu tên đơn vị", "en": "the unit is missing"}
            yield fault(reading.row, head, "unit-missing", **said)
        elif others:
            yield fault(reading.row, head, "unit-twice", unit=reading.unit, value=reading.unit, **said)


def _decimals(numbers: Iterable[Number | None]) -> int | None:
    return max((each.decimals for each in numbers if each is not None), default=None)
