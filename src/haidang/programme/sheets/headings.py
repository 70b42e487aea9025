"""Where the headings of a sheet stand, which column is which, in what unit its amounts are and of what year.

Headings of several rows and merged cells are read as one text for each column. The description whose required
columns are all there, once each, and that knows the most of the others is the one that fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from haidang.documents.cells import Cell, Page
from haidang.documents.numbers import Amiss, clean
from haidang.documents.sheet import address
from haidang.programme.sheets.description import Column, Description, says
from haidang.programme.sheets.findings import Finding, at, of_cell
from haidang.programme.sheets.values import unit_of

TOP_MAX = 40
"""Rows from the top within which headings are looked for."""
DEPTH_MAX = 8
LABEL_MAX = 500
"""Characters of a cell that are held against headings; each is held against every pattern many times."""
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[-–] ?((?:19|20)\d\d)(?!\d)")
_INDEX = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])\)?(?: ?= ?[\d+\-/() ]{1,30})?")


class Years(msgspec.Struct, frozen=True):
    """The year of a plan, or the first and last of a medium-term one."""

    first: int
    last: int


class Layout(msgspec.Struct, frozen=True):
    """How a description lies on a page."""

    description: Description
    top: int
    bottom: int
    """Last row of the headings."""
    places: dict[str, int]
    """Column name → column number."""
    labels: dict[int, str]
    unknown: tuple[int, ...]
    """Columns with a heading that the description does not know."""

    @property
    def missing(self) -> tuple[Column, ...]:
        """Required columns that were not found."""
        return tuple(
            each for each in self.description.columns if each.required and each.name not in self.places
        )

    @property
    def score(self) -> tuple[bool, int, int]:
        """What is compared: nothing missing, columns found, the fewest heading rows."""
        return not self.missing, len(self.places), -self.bottom


class Surroundings(msgspec.Struct, frozen=True):
    """What stands around the headings: the title, the unit, the years of plans."""

    title: str
    unit: int | None
    units: dict[str, int]
    """Columns with a unit of their own."""
    years: dict[str, Years]
    """Plan column → its years."""
    unit_cell: str = ""
    faults: tuple[Finding, ...] = ()


def lay(page: Page, descriptions: Sequence[Description]) -> Layout | None:
    """Return how the description that fits best lies on a page, also where required columns are missing.

    None where nothing on the page looks like headings of any of them.
    """
    spread = _spread(page)
    best: Layout | None = None
    for top in range(1, TOP_MAX + 1):
        row = page.rows.get(top, {})
        if sum(cell.kind == "text" for cell in row.values()) < 2:
            continue
        for bottom in _bottoms(page, top):
            labels = _labels(page, spread, top, bottom)
            for description in descriptions:
                found = _layout(description, top, bottom, labels)
                if best is None or found.score > best.score:
                    best = found
    if best is None or (best.missing and len(best.places) < 3):
        return None
    return msgspec.structs.replace(best, bottom=_past_index(page, best))


def _spread(page: Page) -> dict[tuple[int, int], Cell]:
    """Return, for each place within a merged range, the cell that shows there."""
    found = {}
    for top, left, bottom, right in page.merged:
        cell = page.cell(top, left)
        if cell is None or top > TOP_MAX + DEPTH_MAX or (bottom - top + 1) * (right - left + 1) > 4_096:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                found[row, column] = cell
    return found


def _bottoms(page: Page, top: int) -> list[int]:
    merged = [bottom for first, _, bottom, _ in page.merged if first == top and bottom - top < DEPTH_MAX]
    last = max(merged, default=top)
    return [last, last + 1, last + 2]


def _labels(page: Page, spread: dict[tuple[int, int], Cell], top: int, bottom: int) -> dict[int, str]:
    columns = {column for row in range(top, bottom + 1) for column in page.rows.get(row, {})}
    columns |= {column for row, column in spread if top <= row <= bottom}
    found = {}
    for column in sorted(columns):
        parts: list[str] = []
        for row in range(top, bottom + 1):
            cell = page.cell(row, column) or spread.get((row, column))
            text = clean(cell.text[:LABEL_MAX]) if cell is not None else ""
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        if parts:
            found[column] = " / ".join(parts)
    return found


def _layout(description: Description, top: int, bottom: int, labels: dict[int, str]) -> Layout:
    claims: dict[str, list[int]] = {}
    for number, label in labels.items():
        for column in description.columns:
            if says(label, column.heads):
                claims.setdefault(column.name, []).append(number)
                break
    places = {name: numbers[0] for name, numbers in claims.items() if len(numbers) == 1}
    known = set(places.values())
    return Layout(
        description, top, bottom, places, labels, tuple(number for number in labels if number not in known)
    )


def _past_index(page: Page, layout: Layout) -> int:
    """Return the last row of the headings, the row that numbers the columns included."""
    bottom = layout.bottom
    for row in (bottom + 1, bottom + 2):
        cells = [cell for cell in page.rows.get(row, {}).values() if cell.kind != "uncached"]
        if len(cells) >= 3 and all(_INDEX.fullmatch(clean(cell.text)) for cell in cells):
            bottom = row
    return bottom


def faults_of(page: Page, layout: Layout) -> list[Finding]:
    """Return what is amiss with the headings: required columns missing, columns nobody knows with data."""
    found = []
    for column in layout.missing:
        head = column.heads[0].replace("*", "…")
        vi, en = f"thiếu hoặc lặp cột “{head}”", f"the column “{head}” is missing or stands twice"
        places = ", ".join(address(layout.top, number - 1) for number in layout.unknown)
        found.append(at(places or f"A{layout.top}", "column-missing", vi, en, effect="sheet"))
    for number in layout.unknown:
        filled = sum(number in cells for row, cells in page.rows.items() if row > layout.bottom)
        if filled:
            vi = f"không nhận ra tiêu đề cột; {filled} ô của cột không được nhập"
            en = f"the heading is not known; {filled} cells of the column are not imported"
            cell = address(_head_row(page, layout, number), number - 1)
            found.append(at(cell, "column-unknown", vi, en, value=layout.labels[number], effect="column"))
    return found


def _head_row(page: Page, layout: Layout, number: int) -> int:
    rows = range(layout.top, layout.bottom + 1)
    return next((row for row in rows if number in page.rows.get(row, {})), layout.top)


def look_around(page: Page, layout: Layout, *, unit: int | None, year: int | None) -> Surroundings:
    """Return title, unit and years; what was given on the command line counts before what stands there."""
    above = [cell for row in range(1, layout.top) for _, cell in sorted(page.rows.get(row, {}).items())]
    title = " ".join(clean(cell.text) for cell in above if cell.kind == "text")[:1_000]
    faults: list[Finding] = []
    found, unit_cell = _unit(page, layout, faults) if unit is None else (unit, "")
    units = {}
    for column in layout.description.columns:
        if column.kind == "money" and column.name in layout.places:
            own = unit_of(layout.labels[layout.places[column.name]])
            if isinstance(own, int):
                units[column.name] = own
    needed = [each.name for each in layout.description.columns if each.kind == "money"]
    if found is None and not faults and any(n in layout.places and n not in units for n in needed):
        faults.extend(_no_unit(above, layout))
    years = _years(page, layout, title, year, faults)
    return Surroundings(title, found, units, years, unit_cell, tuple(faults))


def _unit(page: Page, layout: Layout, faults: list[Finding]) -> tuple[int | None, str]:
    found: dict[int, str] = {}
    for row in range(1, layout.bottom + 1):
        for cell in page.rows.get(row, {}).values():
            if cell.kind != "text" or (row >= layout.top and not clean(cell.text).lower().startswith("đ")):
                continue
            said = unit_of(cell.text)
            if isinstance(said, Amiss):
                faults.append(of_cell(cell, said, "sheet"))
            elif said is not None:
                found.setdefault(said, cell.at)
    if len(found) > 1:
        cells = ", ".join(found.values())
        faults.append(
            at(cells, "unit-twice", "có hai đơn vị tính khác nhau", "two different units", effect="sheet")
        )
        return None, ""
    return next(iter(found.items()), (None, ""))


def _no_unit(above: list[Cell], layout: Layout) -> list[Finding]:
    vi = "không thấy đơn vị tính (ví dụ “ĐVT: Triệu đồng”) ở trên bảng"
    en = "no unit (such as “ĐVT: Triệu đồng”) above the table"
    short = [cell for cell in above if len(clean(cell.text)) <= 60]
    if not short:
        return [at(f"A{max(layout.top - 1, 1)}", "unit-missing", vi, en, effect="sheet")]
    return [at(cell.at, "unit-missing", vi, en, value=cell.text, effect="sheet") for cell in short]


def _years(
    page: Page, layout: Layout, title: str, given: int | None, faults: list[Finding]
) -> dict[str, Years]:
    found: dict[str, Years] = {}
    for column in layout.description.plans:
        number = layout.places.get(column.name)
        if number is None:
            continue
        own = _year_in(layout.labels[number])
        said = _year_in(title)
        cell = address(_head_row(page, layout, number), number - 1)
        if given is not None and column.plan_kind != "medium":
            found[column.name] = Years(given, given)
        elif own is not None and said is not None and not _agree(own, said):
            vi, en = "năm ở tiêu đề cột khác năm ở tên bảng", "the heading's year is not that of the title"
            faults.append(at(cell, "year-differs", vi, en, value=layout.labels[number], effect="sheet"))
        elif own is None and said is None:
            vi, en = "không thấy năm kế hoạch", "the year of the plan is not said"
            faults.append(at(cell, "year-missing", vi, en, value=layout.labels[number], effect="sheet"))
        else:
            found[column.name] = own or said or Years(0, 0)
    return found


def _agree(own: Years, said: Years) -> bool:
    """Say whether a column's years lie within those that the title names, or the other way about."""
    return (said.first <= own.first and own.last <= said.last) or (
        own.first <= said.first and said.last <= own.last
    )


def _year_in(text: str) -> Years | None:
    if found := _PERIOD.search(text):
        return Years(int(found[1]), int(found[2]))
    years = {int(each) for each in _YEAR.findall(text)}
    return Years(min(years), max(years)) if len(years) == 1 else None
