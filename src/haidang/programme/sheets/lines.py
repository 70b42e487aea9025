"""Rows of a sheet as lines: what each cell says, what it cannot say, and what the row is.

A line is a project, a heading, a total, a row that only divides another, or a remark. What cannot be told is
``unknown`` and left to the tree, which knows what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import msgspec

from haidang.documents.cells import Cell, Page
from haidang.documents.numbers import Amiss, Style, clean, number
from haidang.documents.sheet import address
from haidang.programme.sheets.description import Column, Description, Numbering, meaning, says
from haidang.programme.sheets.findings import Finding, at, of_cell
from haidang.programme.sheets.headings import Layout, Surroundings
from haidang.programme.sheets.legacy import Encoding, converted, vietnamese
from haidang.programme.sheets.numbering import numbering
from haidang.programme.sheets.values import NONE_SIGNS, money, serial, years

Role = Literal["project", "heading", "total", "detail", "remark", "unknown"]
TEXT_MAX = 1_000
"""Characters of a name or a note that the register takes."""

_DAMAGED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]|\w\?\w")
_LOCATED = frozenset(("places", "period", "code", "decision"))
"""Columns that only projects fill."""
_PLACES = re.compile(r"\s*;\s*|\s+[-–]\s*|\s*[-–]\s+")


class Line(msgspec.Struct, eq=False):
    """A row that says something."""

    row: int
    role: Role
    number: str
    numbers: tuple[tuple[Numbering, int], ...]
    """What its number may be: ``I`` is a Roman one and a letter."""
    name: str
    money: dict[str, int]
    """Amounts in whole đồng by column; one that is missing is not there."""
    unread: frozenset[str]
    """Columns whose cell holds something that could not be read."""
    texts: dict[str, str]
    places: tuple[str, ...]
    years: tuple[int, int] | None
    meaning: str | None
    """What its text says it is, where it is a heading."""
    refused: bool = False
    tier: float = -1
    children: list[Line] = []
    parent: Line | None = None

    @property
    def located(self) -> bool:
        """It has what only projects have."""
        return bool(
            self.places or self.years or {"places", "period", "code", "decision"} & self.unread
        ) or any(self.texts.get(name) for name in ("code", "decision"))


class Reader:
    """Reads the rows of a page: what it cannot take is ``refused``, what is worth a look in ``notes``."""

    def __init__(
        self,
        page: Page,
        layout: Layout,
        around: Surroundings,
        *,
        style: Style | None,
        encoding: Encoding | None,
    ) -> None:
        self.page, self.layout, self.around = page, layout, around
        self.style, self.encoding = style, encoding
        self.refused: list[Finding] = []
        self.notes: list[Finding] = []
        self.conversions: list[tuple[str, str, str, str]] = []
        """Address, encoding, text before and after."""
        self._merged = _merged(page, layout)

    def lines(self) -> list[Line]:
        """Return the lines below the headings, in their order."""
        rows = sorted(row for row in self.page.rows if row > self.layout.bottom)
        last = max((row for row in rows if self._counts(row)), default=0)
        found = [self._line(row) for row in rows if row <= last and self._filled(row)]
        for row in rows:
            if row > last:
                cell = min(self.page.rows[row].values(), key=lambda each: each.column)
                vi, en = "dưới bảng, không nhập", "below the table, not imported"
                self.notes.append(at(cell.at, "row-remark", vi, en, value=cell.text, effect="row", row=row))
        return [line for line in found if line is not None]

    def _counts(self, row: int) -> bool:
        """Say whether a row is of the table: it has a number, a project's data, or money that is no word."""
        for column in self.layout.description.columns:
            cell = self.cell_of(row, column.name)
            if cell is None or column.kind in ("name", "text"):
                continue
            if column.kind != "money" or cell.kind != "text" or any(map(str.isdigit, cell.text)):
                return True
        return False

    def cell_of(self, row: int, name: str) -> Cell | None:
        """Return the cell of a column in a row, also where it shows from a merged one above."""
        column = self.layout.places.get(name)
        if column is None:
            return None
        return self.page.cell(row, column) or self._merged.get((row, column))

    def at(self, row: int, name: str) -> str:
        """Return the address of a column in a row, also where the cell is empty."""
        return address(row, self.layout.places.get(name, 1) - 1)

    def _filled(self, row: int) -> bool:
        known = set(self.layout.places.values())
        return any(column in known for column in self.page.rows[row])

    def _line(self, row: int) -> Line | None:
        unread: set[str] = set()
        before = len(self.refused)
        number_cell, name_cell = (
            self.cell_of(row, self._only("number")),
            self.cell_of(row, self._only("name")),
        )
        said = clean(number_cell.text) if number_cell is not None else ""
        numbers = numbering(said)
        if number_cell is not None and number_cell.kind in _UNUSABLE:
            self._refuse(number_cell, _UNUSABLE[number_cell.kind], unread, "number")
            numbers = ()
        elif name_cell is None and number_cell is not None and not numbers and vietnamese(said):
            name_cell, said = number_cell, ""  # a total's text stands across both columns
        amounts: dict[str, int] = {}
        texts: dict[str, str] = {}
        places: tuple[str, ...] = ()
        period: tuple[int, int] | None = None
        for column in self.layout.description.columns:
            cell = self.cell_of(row, column.name)
            if cell is None or column.kind in ("number", "name"):
                continue
            if column.kind == "money":
                amount = self._money(cell, column, row, unread)
                if amount is not None:
                    amounts[column.name] = amount
            elif column.kind == "years":
                period = self._years(cell, column, unread)
            elif column.kind == "places":
                text = self._text(cell, column.name, unread, words=True)
                places = tuple(part for part in _PLACES.split(text) if part)
            else:
                texts[column.name] = self._text(cell, column.name, unread, words=False)
        name = self._name(name_cell, row, unread, numbered=bool(numbers or amounts))
        line = Line(
            row, "unknown", said, numbers, name, amounts, frozenset(unread), texts, places, period, None,
            children=[],
        )  # fmt: skip
        line.meaning = meaning(name, (*self.layout.description.phases, *self.layout.description.kinds))
        line.role = self._role(line, before)
        line.refused = any(each.effect == "row" for each in self.refused[before:])
        return self._complete(line)

    def _only(self, kind: str) -> str:
        return next(each.name for each in self.layout.description.columns if each.kind == kind)

    def _refuse(self, cell: Cell, amiss: Amiss, unread: set[str], name: str) -> None:
        self.refused.append(of_cell(cell, amiss))
        unread.add(name)

    def _note(self, cell: Cell, code: str, vi: str, en: str) -> None:
        self.notes.append(at(cell.at, code, vi, en, value=cell.text, effect="cell", row=cell.row))

    def _usable(self, cell: Cell, name: str, unread: set[str]) -> bool:
        if cell.kind in _UNUSABLE:
            self._refuse(cell, _UNUSABLE[cell.kind], unread, name)
            return False
        if cell.formula:
            self._note(cell, "formula", "công thức, dùng giá trị đã tính", "a formula, by its cached value")
        return True

    def _money(self, cell: Cell, column: Column, row: int, unread: set[str]) -> int | None:
        unit = self.around.units.get(column.name, self.around.unit)
        if not self._usable(cell, column.name, unread):
            return None
        value: Decimal | Amiss
        if (row, cell.column) in self._merged or cell.row != row:
            value = Amiss("money-merged", "số tiền gộp ô nhiều dòng", "an amount merged over several rows")
        elif cell.kind == "date":
            value = Amiss("money-as-date", "ô số tiền định dạng ngày", "an amount formatted as a day")
        elif cell.kind == "text":
            if clean(cell.text).lower() in NONE_SIGNS:
                self._note(cell, "none-sign", "dấu thay cho chỗ trống", "a sign that stands for nothing")
                return None
            value = number(cell.text, self.style)
            if not isinstance(value, Amiss):
                self._note(cell, "number-as-text", f"số viết dạng chữ: {value}", f"a number as text: {value}")
        else:
            value = Decimal(cell.text)
        amount = value if isinstance(value, Amiss) else money(value, unit or 1, negative=column.negative)
        if isinstance(amount, Amiss):
            self._refuse(cell, amount, unread, column.name)
            return None
        if amount.remainder:
            rest = f"{amount.remainder:.6f}"
            self._note(cell, "remainder", f"lẻ {rest} đồng, đã làm tròn", f"{rest} đồng beyond whole đồng")
        if unit is None:  # said once for the sheet; the amount is unknown, not missing
            unread.add(column.name)
            return None
        return amount.dong

    def _years(self, cell: Cell, column: Column, unread: set[str]) -> tuple[int, int] | None:
        if not self._usable(cell, column.name, unread):
            return None
        if cell.kind == "text" and clean(cell.text).lower() in NONE_SIGNS:
            return None
        found: tuple[int, int] | Amiss
        if cell.kind == "date" or (cell.kind == "number" and Decimal(cell.text) > 10_000):
            told = serial(Decimal(cell.text), epoch_1904=self.page.epoch_1904)
            found = told if isinstance(told, Amiss) else (told.year, told.year)
            if not isinstance(told, Amiss):
                self._note(
                    cell, "day-serial", f"số ngày là {told:%d/%m/%Y}", f"a serial day: {told:%d/%m/%Y}"
                )
        else:
            found = years(cell.text)
        if isinstance(found, Amiss):
            self._refuse(cell, found, unread, column.name)
            return None
        return found

    def _text(self, cell: Cell, name: str, unread: set[str], *, words: bool) -> str:
        if not self._usable(cell, name, unread):
            return ""
        text = cell.text
        if (made := converted(text, cell.font, self.encoding)) is not None:
            text = made[0]
            self.conversions.append((cell.at, made[1], clean(cell.text), clean(text)))
            encoding = made[1].upper()
            self._note(
                cell, "converted", f"đã chuyển từ {encoding}: {clean(text)}", f"converted from {encoding}"
            )
        said = clean(text)
        amiss: Amiss | None = None
        if _DAMAGED.search(text):
            amiss = Amiss("text-damaged", "chữ bị hỏng mã", "letters are lost in this text")
        elif len(said) > TEXT_MAX:
            amiss = Amiss("text-long", f"dài quá {TEXT_MAX} ký tự", f"longer than {TEXT_MAX} characters")
        elif words and cell.kind != "text":
            amiss = Amiss("text-is-number", "là số, không phải chữ", "is a number, not a text")
        elif words and said not in NONE_SIGNS and not vietnamese(said):
            amiss = Amiss("text-unlikely", "không có từ tiếng Việt nào", "has no Vietnamese word")
        if amiss is not None:
            self._refuse(cell, amiss, unread, name)
            return ""
        return "" if said in NONE_SIGNS else said

    def _name(self, cell: Cell | None, row: int, unread: set[str], *, numbered: bool) -> str:
        name = self._only("name")
        if cell is not None:
            return self._text(cell, name, unread, words=True)
        if numbered:
            vi, en = "thiếu tên", "the name is missing"
            self.refused.append(at(self.at(row, name), "name-missing", vi, en, row=row))
            unread.add(name)
        return ""

    def _role(self, line: Line, before: int) -> Role:
        shape = self.layout.description
        if not line.number and not line.located and says(line.name, shape.totals):
            return "total"
        if says(line.name, shape.details) or line.number in ("-", "+", "–"):
            return "detail"
        kinds = {kind for kind, _ in line.numbers}
        tiers = {kind for tier in shape.tiers for kind in tier.numbering}
        if kinds & set(shape.projects) and not (kinds & tiers and not line.located):
            return "project"
        if kinds & tiers:
            if line.located:
                self._number_amiss(line, _HEADING_WITH_PLACE)
                return "project"
            return "heading"
        return self._unnumbered(line, shape)

    def _unnumbered(self, line: Line, shape: Description) -> Role:
        if not line.number and not line.money and not line.located and not line.unread:
            return "remark"
        if (
            not line.number
            and "number" not in line.unread
            and says(line.name, shape.remarks)
            and not line.money
        ):
            return "remark"
        if line.located:
            if "number" not in line.unread and (line.number or "none" not in shape.projects):
                self._number_amiss(line, _NUMBER_UNKNOWN)
            return "project"
        return "unknown"

    def _number_amiss(self, line: Line, amiss: Amiss, effect: Literal["row", "cell"] = "row") -> None:
        vi, en, cell = amiss.vi, amiss.en, self.at(line.row, self._only("number"))
        self.refused.append(at(cell, amiss.code, vi, en, value=line.number, effect=effect, row=line.row))

    def _complete(self, line: Line) -> Line:
        """Note or refuse what a project lacks."""
        if line.role in ("remark", "detail"):
            vi, en = ("dòng ghi chú, không nhập", "a remark, not imported")
            if line.role == "detail":
                vi, en = ("dòng chi tiết của dòng trên, không nhập", "divides the row above, not imported")
            cell = self.at(line.row, self._only("name"))
            self.notes.append(
                at(cell, f"row-{line.role}", vi, en, value=line.name, effect="row", row=line.row)
            )
        if line.role != "project":
            return line
        if not line.number:
            cell = self.at(line.row, self._only("number"))
            vi, en = "dự án không có số thứ tự", "a project without a number"
            self.notes.append(at(cell, "number-none", vi, en, value=line.name, effect="cell", row=line.row))
        has: dict[str, Callable[[str], bool]] = {
            "money": lambda name: name in line.money,
            "years": lambda _: line.years is not None,
            "places": lambda _: bool(line.places),
        }
        for column in self.layout.description.columns:
            present = has.get(column.kind)
            if present is None or column.name not in self.layout.places or column.name in line.unread:
                continue
            if not present(column.name):
                self._lacks(line, column)
        return line

    def _lacks(self, line: Line, column: Column) -> None:
        cell, label = self.at(line.row, column.name), self.layout.labels[self.layout.places[column.name]]
        vi, en = f"thiếu “{label}”", f"“{label}” is missing"
        if column.filled:
            self.refused.append(at(cell, "cell-missing", vi, en, row=line.row))
            line.refused = True
        else:
            self.notes.append(at(cell, "cell-missing", vi, en, effect="cell", row=line.row))


_UNUSABLE = {
    "uncached": Amiss(
        "formula-uncached", "công thức chưa có giá trị tính sẵn", "a formula without a cached value"
    ),
    "error": Amiss("cell-error", "ô báo lỗi", "the cell shows an error"),
    "flag": Amiss("cell-flag", "ô là đúng/sai, không phải giá trị", "the cell is a true or false"),
}
_NUMBER_UNKNOWN = Amiss("number-unknown", "không nhận ra số thứ tự", "the row's number is not known")
_HEADING_WITH_PLACE = Amiss(
    "heading-with-place",
    "số của đầu mục nhưng có dữ liệu của dự án",
    "a heading's number with a project's data",
)


def _merged(page: Page, layout: Layout) -> dict[tuple[int, int], Cell]:
    """Return the cells that show in the rows below them, for merged ranges among the data."""
    found = {}
    for top, left, bottom, _ in page.merged:
        cell = page.cell(top, left)
        if top > layout.bottom and bottom > top and bottom - top < 1_000 and cell is not None:
            for row in range(top, bottom + 1):
                found[row, left] = cell
    return found
