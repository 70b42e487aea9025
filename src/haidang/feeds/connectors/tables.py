"""Tables made for people: titles above the header, headers over two rows, totals and signatures below.

Nothing here guesses. The declaration says where the header stands and which rows are no data; where it says
so wrongly, the refusal names the place at which the wanted columns were found.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from haidang.base.problems import Fault, Problem
from haidang.base.text import fold
from haidang.documents import workbook
from haidang.feeds.connectors import cut, unreadable
from haidang.feeds.model.rows import Row

LOOKED_THROUGH = 50
"""Rows in which a header is looked for, to say where it stands."""
MERGED_MAX = 100_000
"""Merged ranges of a sheet."""
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"


class Layout(msgspec.Struct, frozen=True):
    """Where in a table the data are."""

    header_row: int = 1
    header_rows: int = 1
    skip: tuple[str, ...] = ()
    """A row whose first filled cell begins with one of these words is left out."""
    until: tuple[str, ...] = ()
    """The first such row ends the table."""

    def drops(self, cells: Sequence[Any]) -> bool:
        """Say whether a row is no data: a subtotal, or the numbering of the columns."""
        return _begins(cells, self.skip)

    def ends(self, cells: Sequence[Any]) -> bool:
        """Say whether the table ends before this row: a total, notes, signatures."""
        return _begins(cells, self.until)


PLAIN = Layout()


def _check_workbook(file: BinaryIO) -> None:
    try:
        workbook.check(file)
    except Problem as refusal:
        raise unreadable(refusal.vi, refusal.en) from refusal


class Place(msgspec.Struct, frozen=True):
    """Where a header was found; reads as the keys that declare it."""

    row: int
    sheet: str | None = None

    def __str__(self) -> str:
        sheet = f"sheet: {self.sheet}, " if self.sheet else ""
        return f"{sheet}header_row: {self.row}"


def header(
    rows: Sequence[Sequence[Any]],
    columns: tuple[str, ...],
    where: tuple[str, str],
    find: Callable[[], Place | None],
) -> list[str]:
    """Return the names of the columns, those the mapping reads as the mapping writes them.

    Line breaks and runs of spaces count as one space; accents, case and raised digits matter only where they
    tell two columns apart. ``rows`` are the header's rows: what stands above a name comes before it.
    ``where`` names the place for the refusal, and ``find`` looks for the place at which the columns do stand.
    """
    names = _joined(rows)
    bare = [_bare(name) for name in names]
    places = {column: _matches(names, bare, column) for column in columns}
    absent = [column for column, at in places.items() if not at]
    if absent:
        shown = ", ".join(name for name in names if name)[:500]
        found = find()
        hint_vi = f" Các cột này có ở nơi khác, hãy khai báo {found}." if found else ""
        hint_en = f" The columns stand elsewhere, declare {found}." if found else ""
        raise unreadable(
            f"{where[0]}: tiêu đề thiếu cột: {', '.join(absent)}. Đang có: {shown or '(không có)'}.{hint_vi}",
            f"{where[1]}: the header lacks: {', '.join(absent)}. It has: {shown or '(nothing)'}.{hint_en}",
            *(Fault(column, "Không có cột này.", "There is no such column.") for column in absent),
        )
    twice = sorted(column for column, at in places.items() if len(at) > 1)
    if twice:
        raise unreadable(
            f"{where[0]}: cột có hai lần: {', '.join(twice)}.",
            f"{where[1]}: columns standing twice: {', '.join(twice)}.",
        )
    for column, (at,) in places.items():
        names[at] = column
    return names


def holds(cells: Sequence[Any], columns: tuple[str, ...]) -> bool:
    """Say whether a row could be the header: it has every column the mapping reads."""
    names = _joined([cells])
    bare = [_bare(name) for name in names]
    return bool(columns) and all(_matches(names, bare, column) for column in columns)


def spreadsheet(
    file: BinaryIO, *, sheet: str | None, columns: tuple[str, ...], layout: Layout
) -> Iterator[Row]:
    """Yield the rows of a sheet (the first, where none is named), numbered as the spreadsheet numbers them.

    The value of a merged cell counts for every row it covers; hidden rows and columns are read.
    """
    try:
        book = _open(file)
        chosen = _sheet(book, sheet)
        cells = _values(book.get_sheet_by_name(chosen), layout)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as cause:
        raise unreadable(
            f"Không phải bảng tính đọc được: {cause}.", f"Not a readable workbook: {cause}."
        ) from cause
    top = layout.header_row - 1 + layout.header_rows
    names = header(
        cells[layout.header_row - 1 : top],
        columns,
        (f"Trang “{chosen}”, dòng {layout.header_row}", f"Sheet “{chosen}”, row {layout.header_row}"),
        lambda: _elsewhere(book, columns),
    )
    for number, row in enumerate(cells[top:], start=top + 1):
        values: dict[str, Any] = {
            name: None if cell == "" else cell for name, cell in zip(names, row, strict=False)
        }
        if all(value is None for value in values.values()) or layout.drops(row):
            continue
        if layout.ends(row):
            return
        yield Row(number, values, cut(msgspec.json.encode(values, enc_hook=str).decode("utf-8", "replace")))


def _open(file: BinaryIO) -> CalamineWorkbook:
    head = file.read(128)
    file.seek(0)
    if head.startswith(_OLD_WORKBOOK) or _OPEN_DOCUMENT in head:
        # How large they become cannot be told before they are spread out, as it can of the newer format.
        raise unreadable(
            "Không nhận bảng tính .xls, .ods hay có mật khẩu; hãy lưu lại thành .xlsx hoặc .csv.",
            "A workbook in .xls or .ods, or with a password, is not taken; save it as .xlsx or .csv.",
        )
    _check_workbook(file)
    return CalamineWorkbook.from_filelike(file)


def _sheet(book: CalamineWorkbook, wanted: str | None) -> str:
    names = book.sheet_names
    if wanted is None and names:
        return names[0]
    same = [name for name in names if wanted is not None and fold(name) == fold(wanted)]
    if wanted in names or len(same) == 1:
        return wanted if wanted is not None and wanted in names else same[0]
    raise unreadable(
        f"Không có trang tính “{wanted}”. Đang có: {', '.join(names)}.",
        f"There is no sheet “{wanted}”. There are: {', '.join(names)}.",
    )


def _values(sheet: CalamineSheet, layout: Layout) -> list[list[Any]]:
    """Return all cells of a sheet, merged ones filled: down in the data, and to the right in the header."""
    cells = sheet.to_python(skip_empty_area=False)
    head = range(layout.header_row - 1, layout.header_row - 1 + layout.header_rows)
    merged = sheet.merged_cell_ranges or ()
    # Ranges do not overlap where a programme has written them: none covers more than there are cells.
    covered = sum(min(bottom + 1, len(cells)) - top for (top, _), (bottom, _) in merged if top < len(cells))
    if len(merged) > MERGED_MAX or covered > sum(map(len, cells)):
        raise unreadable("Bảng tính có quá nhiều ô gộp.", "The workbook has too many merged cells.")
    for (top, left), (bottom, right) in merged:
        if top >= len(cells) or left >= len(cells[top]):
            continue
        value = cells[top][left]
        for row in range(top, min(bottom + 1, len(cells))):
            cells[row][left] = value
            if row in head:
                for column in range(left + 1, min(right + 1, len(cells[row]))):
                    cells[row][column] = value
    return cells


def _elsewhere(book: CalamineWorkbook, columns: tuple[str, ...]) -> Place | None:
    for name in book.sheet_names:
        try:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=LOOKED_THROUGH)
        except CalamineError:
            continue  # a sheet of charts has no cells
        for number, row in enumerate(rows, start=1):
            if holds(row, columns):
                return Place(number, name)
    return None


def _joined(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Join the rows of a header column by column; a word that stands in both (merged) counts once."""
    width = max((len(row) for row in rows), default=0)
    names: list[str] = []
    for at in range(width):
        parts = [_tidy(row[at]) for row in rows if at < len(row)]
        names.append(" ".join(dict.fromkeys(part for part in parts if part)))
    return names


def _tidy(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return " ".join(unicodedata.normalize("NFC", text).replace("\ufeff", "").split())


def _matches(names: list[str], bare: list[str], column: str) -> list[int]:
    wanted = _tidy(column)
    exact = [at for at, name in enumerate(names) if name == wanted]
    return exact or [at for at, name in enumerate(bare) if name == _bare(wanted)]


def _bare(name: str) -> str:
    return fold(unicodedata.normalize("NFKC", name))  # m³ is m3, and both signs of micro are one


def _begins(cells: Sequence[Any], words: tuple[str, ...]) -> bool:
    if not words:
        return False
    first = next((text for cell in cells if (text := _tidy("" if cell is None else cell))), "")
    return bool(first) and fold(first).startswith(tuple(fold(word) for word in words))
