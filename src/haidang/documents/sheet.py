"""The round trip of a list: out as a workbook, filled in by people, and back.

What goes out carries its form and version on a hidden sheet, and in two hidden columns each row's key and the
version it had. Headings and all cells are locked but those of columns that may be filled. What comes back is
read by its headings, so that moved columns do no harm; a missing row is no deletion; a key that stands twice
is refused; a formula counts by the value that was last computed.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

from haidang.base.clock import LOCAL
from haidang.documents import workbook
from haidang.documents.workbook import refused

ROWS_MAX = 5_000
CELL_MAX = 4_000
"""Characters of a cell."""
META = "haidang"
KEY, VERSION, SEAL = "mã dòng", "phiên bản", "mã kiểm"
HEAD_ROW = 3
"""Number of the row with the headings; title and hint stand above."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a form."""

    name: str
    """Name of the field."""
    head: str
    """Its heading, by which it is found again."""
    width: int = 16
    fill: bool = False
    """People may fill it in."""
    choices: tuple[str, ...] = ()
    whole: tuple[int, int] | None = None
    """Only whole numbers of this range."""
    number: tuple[float, float] | None = None
    """The spreadsheet takes only numbers of this range; what comes back is the room's to judge."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of sheet."""

    form: str
    version: int
    title: str
    hint: str
    columns: tuple[Column, ...]
    sealed: bool = False
    """Each row carries a hash of its key, version and locked cells (:func:`seal_of`); the room checks it."""


class Row(msgspec.Struct, frozen=True):
    """A row on its way out."""

    key: str
    version: int
    cells: dict[str, Any]


class Fault(msgspec.Struct, frozen=True):
    """A cell that cannot be taken, by its address."""

    cell: str
    vi: str
    en: str
    value: str = ""


class Filled(msgspec.Struct, frozen=True):
    """A row that came back."""

    number: int
    """As the spreadsheet numbers it."""
    key: str
    version: int
    cells: dict[str, str]
    """Only the columns that may be filled."""
    faults: tuple[Fault, ...] = ()


def written(form: Form, rows: Sequence[Row], *, made_at: datetime, scope: str = "") -> bytes:
    """Return the workbook of a list."""
    import xlsxwriter  # noqa: PLC0415 - who only reads a sheet, in a process of its own, does not load it

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )  # fmt: skip
    looks = _Looks(book)
    sheet = book.add_worksheet(form.title[:31])
    sheet.write(0, 2, form.title, looks.title)
    sheet.write(1, 2, form.hint, looks.hint)
    heads = [KEY, VERSION, *(column.head for column in form.columns), *([SEAL] if form.sealed else ())]
    for at, head in enumerate(heads):
        sheet.write(HEAD_ROW - 1, at, head, looks.head)
    for line, row in enumerate(rows, start=HEAD_ROW):
        sheet.write_string(line, 0, row.key, looks.locked)
        sheet.write_number(line, 1, row.version, looks.locked)
        for at, column in enumerate(form.columns, start=2):
            _put(sheet, line, at, row.cells.get(column.name), looks.of(column))
        if form.sealed:
            locked = [_shown(row.cells.get(column.name)) for column in form.columns if not column.fill]
            seal = seal_of(form, scope, row.key, row.version, locked)
            sheet.write_string(line, len(form.columns) + 2, seal, looks.locked)
    last = HEAD_ROW + max(len(rows), 1) - 1
    for at, column in enumerate(form.columns, start=2):
        sheet.set_column(at, at, column.width)
        _validate(sheet, at, last, column)
    sheet.set_column(0, 1, None, None, {"hidden": True})
    if form.sealed:
        sheet.set_column(len(heads) - 1, len(heads) - 1, None, None, {"hidden": True})
    sheet.freeze_panes(HEAD_ROW, 3)
    sheet.autofilter(HEAD_ROW - 1, 2, last, len(heads) - 1)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    meta = book.add_worksheet(META)
    for line, (name, value) in enumerate(
        {"form": form.form, "version": form.version, "made_at": made_at.isoformat(), "scope": scope}.items()
    ):
        meta.write(line, 0, name)
        meta.write(line, 1, str(value))
    meta.very_hidden()
    book.close()
    return file.getvalue()


class _Looks:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.hint = book.add_format({"italic": True, "font_color": "#56616b"})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#e9ebed", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self.locked = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        self.open = book.add_format(
            {"text_wrap": True, "valign": "top", "border": 1, "locked": False, "bg_color": "#fffbe6"}
        )

    def of(self, column: Column) -> Any:
        """Return the format of a column's cells."""
        return self.open if column.fill else self.locked


def seal_of(form: Form, scope: str, key: str, version: int, locked: Sequence[str]) -> str:
    """Return the hash that ties a row's key and version to the locked cells that were shown with them."""
    said = "\x1f".join((form.form, str(form.version), scope, key, str(version), *locked))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _shown(value: Any) -> str:
    """Return what a locked cell says, as it is read back."""
    return (
        "" if value is None else _text(value if isinstance(value, int | float) else _said(value)[:CELL_MAX])
    )


def _put(sheet: Any, line: int, at: int, value: Any, look: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(line, at, None, look)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        sheet.write_string(line, at, _said(value)[:CELL_MAX], look)
    else:
        sheet.write_number(line, at, value, look)


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(LOCAL):%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def _validate(sheet: Any, at: int, last: int, column: Column) -> None:
    if column.choices:
        sheet.data_validation(HEAD_ROW, at, last, at, {"validate": "list", "source": list(column.choices)})
    if column.number is not None:
        _between(sheet, at, last, column.number)
    if column.whole is not None:
        low, high = column.whole
        sheet.data_validation(
            HEAD_ROW, at, last, at,
            {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high,
             "error_title": "Không hợp lệ", "error_message": f"Số nguyên từ {low} đến {high}"},
        )  # fmt: skip


def _between(sheet: Any, at: int, last: int, bounds: tuple[float, float]) -> None:
    low, high = bounds
    sheet.data_validation(
        HEAD_ROW, at, last, at,
        {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high,
         "error_title": "Không hợp lệ", "error_message": f"Số từ {low:g} đến {high:g}"},
    )  # fmt: skip


def read(form: Form, content: bytes) -> list[Filled]:
    """Return the rows of a workbook of ``form``; ``Problem`` (workbook-unreadable) where it is none."""
    file = io.BytesIO(content)
    try:
        workbook.check(file)
        book = CalamineWorkbook.from_filelike(file)
        _check_meta(form, book)
        visible = next(name for name in book.sheet_names if name != META)
        table = book.get_sheet_by_name(visible).to_python(skip_empty_area=False)
    except (CalamineError, StopIteration, ValueError, OSError, zipfile.BadZipFile) as cause:
        raise refused("Bảng tính bị hỏng.", f"The workbook is damaged: {cause}.") from cause
    places = _places(form, table)
    found: list[Filled] = []
    seen: set[str] = set()
    for number, cells in enumerate(table[HEAD_ROW:], start=HEAD_ROW + 1):
        if not any(str(cell).strip() for cell in cells):
            continue
        if len(found) >= ROWS_MAX:
            raise refused(f"Tối đa {ROWS_MAX} dòng.", f"At most {ROWS_MAX} rows.")
        row = _row(form, places, number, cells)
        if row.key in seen:
            twice = Fault(f"A{number}", "dòng này lặp lại", "this row stands twice", row.key)
            row = msgspec.structs.replace(row, faults=(*row.faults, twice))
        seen.add(row.key)
        found.append(row)
    return found


def _check_meta(form: Form, book: CalamineWorkbook) -> None:
    if META not in book.sheet_names:
        raise refused("Không phải tệp do hệ thống xuất ra.", "It is no workbook that came from here.")
    facts = {str(row[0]): str(row[1]) for row in book.get_sheet_by_name(META).to_python() if len(row) > 1}
    if facts.get("form") != form.form:
        raise refused("Tệp của biểu mẫu khác.", "The workbook is of another form.")
    if facts.get("version", "").partition(".")[0] != str(form.version):
        raise refused(
            "Biểu mẫu đã đổi, hãy xuất lại rồi điền.",
            "The form has changed: export it again and fill that in.",
        )


def _places(form: Form, table: Sequence[Sequence[Any]]) -> dict[str, int]:
    heads = [str(cell).strip() for cell in (table[HEAD_ROW - 1] if len(table) >= HEAD_ROW else [])]
    wanted = {KEY: KEY, VERSION: VERSION} | {
        column.name: column.head for column in form.columns if column.fill
    }
    absent = [head for head in wanted.values() if heads.count(head) != 1]
    if absent:
        named = ", ".join(absent)
        raise refused(f"Thiếu hoặc lặp cột: {named}.", f"Columns missing or standing twice: {named}.")
    return {name: heads.index(head) for name, head in wanted.items()}


def _row(form: Form, places: dict[str, int], number: int, cells: Sequence[Any]) -> Filled:
    def at(name: str) -> Any:
        return cells[places[name]] if places[name] < len(cells) else ""

    faults: list[Fault] = []
    version = _whole(at(VERSION))
    if version is None:
        cell = address(number, places[VERSION])
        faults.append(Fault(cell, "mất phiên bản của dòng", "the row's version is lost", str(at(VERSION))))
    found: dict[str, str] = {}
    for column in form.columns:
        if column.fill:
            found[column.name] = _filled(
                column, at(column.name), address(number, places[column.name]), faults
            )
    return Filled(number, _text(at(KEY)), version or 0, found, tuple(faults))


def _filled(column: Column, value: Any, cell: str, faults: list[Fault]) -> str:
    text = _text(value)
    if len(text) > CELL_MAX:
        faults.append(Fault(cell, f"dài quá {CELL_MAX} ký tự", f"longer than {CELL_MAX} characters"))
    if text and column.choices and text not in column.choices:
        faults.append(Fault(cell, "không có trong danh mục", "is not in the list", text[:80]))
    if text and column.whole is not None:
        low, high = column.whole
        whole = _whole(value)
        if whole is None or not low <= whole <= high:
            vi, en = f"phải là số nguyên từ {low} đến {high}", f"must be a whole number from {low} to {high}"
            faults.append(Fault(cell, vi, en, text[:80]))
    return text


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\xa0", " ").strip()


def _whole(value: Any) -> int | None:
    text = _text(value)
    return int(text) if text.lstrip("-").isdecimal() and len(text) <= 15 else None


def address(number: int, column: int) -> str:
    """Return a cell's address: ``D7``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{number}"
