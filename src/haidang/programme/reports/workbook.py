"""The figures of a report as a workbook: a sheet for each grid, whole đồng, empty where missing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from haidang.documents.report import clean
from haidang.programme.reports.content import sections, subtitle
from haidang.programme.reports.content.parts import SIMULATED, Cell, Grid, projects
from haidang.programme.reports.model import Figures
from haidang.programme.reports.words import moment

_WIDTHS = {"t": 34, "d": 20, "n": 12, "p": 14, "y": 13}
_UNITS = {"d": " (đồng)"}
_SHAPES = {"t": "General", "d": "#,##0", "n": "#,##0", "p": "0.00", "y": "dd/mm/yyyy"}
_ROW = 3


def written(found: Figures) -> bytes:
    """Return the workbook of a report's figures."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )  # fmt: skip
    about = {
        "title": subtitle(found),
        "author": found.agency.name,
        "created": found.cut_off.replace(tzinfo=None),
    }
    book.set_properties(about)
    pen = _Pen(book, found)
    pen.words()
    for section in sections(found):
        for grid in section.grids:
            pen.grid(grid)
    pen.grid(projects(found, found.lines, "Dự án", "Chưa có dự án nào."))
    book.close()
    return file.getvalue()


class _Pen:
    """Writes sheets in one look."""

    def __init__(self, book: Any, found: Figures) -> None:
        self.book, self.found = book, found
        cell = {"border": 1, "valign": "top", "text_wrap": True}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"italic": True, "font_color": "#56616b"})
        self.head = book.add_format(cell | {"bold": True, "bg_color": "#e9ebed", "align": "center"})
        self.looks: dict[tuple[str, bool], Any] = {}
        for kind, shape in _SHAPES.items():
            for strong in (False, True):
                self.looks[kind, strong] = book.add_format(cell | {"num_format": shape, "bold": strong})

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name[:31])
        simulated = f" – {SIMULATED.upper()}" if self.found.simulated else ""
        sheet.write_string(0, 0, clean(subtitle(self.found)) + simulated, self.title)
        sheet.write_string(1, 0, f"Số liệu chốt lúc {moment(self.found.cut_off)}", self.note)
        return sheet

    def words(self) -> None:
        """Write what the report says in sentences."""
        sheet = self._sheet("Tổng hợp")
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 100)
        line = _ROW
        look = self.looks["t", False]
        for section in sections(self.found):
            said = [*((name, value) for name, value in section.facts),
                    *(("", text) for text in (*section.texts, *section.points))]  # fmt: skip
            for at, (name, text) in enumerate(said):
                sheet.write_string(line, 0, clean(name or (section.heading if at == 0 else "")), look)
                sheet.write_string(line, 1, clean(text), look)
                line += 1

    def grid(self, grid: Grid) -> None:
        """Write a grid, its sum in bold."""
        sheet = self._sheet(grid.name)
        for at, (head, kind) in enumerate(zip(grid.head, grid.kinds, strict=True)):
            sheet.write_string(_ROW - 1, at, head + _UNITS.get(kind, ""), self.head)
            sheet.set_column(at, at, _WIDTHS[kind])
        sheet.freeze_panes(_ROW, 1)
        last = _ROW + len(grid.rows) - 1
        for number, row in enumerate(grid.rows, start=_ROW):
            self._row(sheet, number, row, grid.kinds, strong=grid.total and number == last)

    def _row(self, sheet: Any, line: int, row: Sequence[Cell], kinds: str, *, strong: bool) -> None:
        for at, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
            look = self.looks[kind, strong]
            if cell is None or cell == "":
                sheet.write_blank(line, at, None, look)
            elif isinstance(cell, date):
                sheet.write_datetime(line, at, cell, look)
            elif isinstance(cell, int | Decimal):
                sheet.write_number(line, at, cell, look)
            else:
                sheet.write_string(line, at, clean(cell), look)
