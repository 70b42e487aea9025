"""Reading back a sealed form (:mod:`haidang.documents.sheet`): exact cells, keys, versions, and whether the
locked cells of each row still are what went out with it.

A row whose seal does not fit has been moved or overwritten; a key that stands twice is told; what the cells
mean is the room's to judge.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from haidang.documents.cells import Cell, Page, read_pages
from haidang.documents.numbers import clean
from haidang.documents.sheet import HEAD_ROW, KEY, META, ROWS_MAX, SEAL, VERSION, Form, address, seal_of
from haidang.documents.workbook import refused

_VERSION_DIGITS_MAX = 15


class SealedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that came back."""

    row: int
    """As the spreadsheet numbers it."""
    key: str
    version: int
    intact: bool
    """Key, version and locked cells are those that went out together."""
    twice: bool
    """A row above has the same key."""
    cells: Mapping[str, Cell | None]
    """By the name of the column; None where it is empty."""
    at: Mapping[str, str]
    """The address of each column's cell."""

    def text(self, name: str) -> str:
        """Return what a cell says as a text; empty where it says nothing, or where there is no such
        column."""
        cell = self.cells.get(name)
        return "" if cell is None else clean(cell.text)


class Returned(msgspec.Struct, frozen=True):
    """A form that came back."""

    form: Form
    scope: str
    rows: tuple[SealedRow, ...]


def read_back(content: bytes, forms: Mapping[str, Form]) -> Returned:
    """Return what a filled form says; ``Problem`` (workbook-unreadable) where it is none of ``forms``."""
    pages = {page.name: page for page in read_pages(content, hidden=True)}
    form, scope = _meta(pages.get(META), forms)
    page = next((page for name, page in pages.items() if name != META), None)
    if page is None:
        raise refused("Tệp mất trang để điền.", "The workbook has lost the sheet to be filled in.")
    places = _places(page, form)
    rows: list[SealedRow] = []
    seen: set[str] = set()
    for number in sorted(row for row in page.rows if row > HEAD_ROW):
        row = _row(page, form, scope, places, number)
        rows.append(msgspec.structs.replace(row, twice=row.key in seen))
        seen.add(row.key)
        if len(rows) > ROWS_MAX:
            raise refused(f"Tối đa {ROWS_MAX} dòng.", f"At most {ROWS_MAX} rows.")
    return Returned(form, scope, tuple(rows))


def _meta(page: Page | None, forms: Mapping[str, Form]) -> tuple[Form, str]:
    if page is None:
        raise refused("Không phải tệp do hệ thống xuất ra.", "It is no workbook that came from here.")
    facts = {cells[1].text: cells[2].text for cells in page.rows.values() if {1, 2} <= set(cells)}
    form = forms.get(facts.get("form", ""))
    if form is None:
        raise refused("Tệp của biểu mẫu khác.", "The workbook is of another form.")
    if facts.get("version") != str(form.version):
        raise refused(
            "Biểu mẫu đã đổi, hãy xuất lại rồi điền.",
            "The form has changed: export it again and fill that in.",
        )
    return form, facts.get("scope", "")


def _places(page: Page, form: Form) -> dict[str, int]:
    heads: dict[str, list[int]] = {}
    for column, cell in page.rows.get(HEAD_ROW, {}).items():
        heads.setdefault(clean(cell.text), []).append(column)
    wanted = {KEY: KEY, VERSION: VERSION, SEAL: SEAL} | {each.name: each.head for each in form.columns}
    absent = [head for head in wanted.values() if len(heads.get(head, [])) != 1]
    if absent:
        named = ", ".join(absent)
        raise refused(f"Thiếu hoặc lặp cột: {named}.", f"Columns missing or standing twice: {named}.")
    return {name: heads[head][0] for name, head in wanted.items()}


def _row(page: Page, form: Form, scope: str, places: Mapping[str, int], number: int) -> SealedRow:
    def text(name: str) -> str:
        cell = page.cell(number, places[name])
        return "" if cell is None else cell.text.replace("\xa0", " ").strip()

    said = text(VERSION)
    version = int(said) if said.isdecimal() and len(said) <= _VERSION_DIGITS_MAX else -1
    locked = [text(column.name) for column in form.columns if not column.fill]
    whole = version >= 0 and seal_of(form, scope, text(KEY), version, locked) == text(SEAL)
    return SealedRow(
        row=number, key=text(KEY), version=max(version, 0), intact=whole, twice=False,
        cells={column.name: page.cell(number, places[column.name]) for column in form.columns},
        at={column.name: address(number, places[column.name] - 1) for column in form.columns},
    )  # fmt: skip
