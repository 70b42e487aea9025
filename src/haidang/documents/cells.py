"""The cells of an XLSX as they stand in the file: exact numbers, formulas, dates, fonts, merged ranges.

A number is kept as the text of the file, so that no money passes through a float. A formula counts by the
value that was last computed; where none was, the cell says so (``uncached``) instead of looking empty.
``documents.workbook`` has judged the size before; no entity, document type or network is ever followed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from lxml import etree

from haidang.documents import workbook
from haidang.documents.sheet import address
from haidang.documents.workbook import refused

ROWS_MAX = 20_000
"""Rows with a value; the longest published provincial plan has some 3,000."""
COLUMNS_MAX = 256
TEXT_MAX = 32_767
"""Characters of a cell, by the format."""
TEXTS_MAX = 10_000_000
"""Characters of a sheet: a text that many cells share is packed once, and read as often as it stands."""
PAGES_MAX = 64

Kind = Literal["text", "number", "date", "flag", "error", "uncached"]

_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENT_FORMATS = frozenset(("9", "10"))
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?")
_OLD = b"\xd0\xcf\x11\xe0"
_BARE = re.compile(r"\s+")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class Cell(msgspec.Struct, frozen=True):
    """A cell that holds something."""

    row: int
    column: int
    """Counted from 1."""
    kind: Kind
    text: str
    """The text, or the number exactly as the file writes it, or the name of the error."""
    formula: bool = False
    font: str = ""
    percent: bool = False
    """A number that is shown as a percentage: 0.455 in the file stands as 45.5 % on the screen."""

    @property
    def at(self) -> str:
        """The address: ``F12``."""
        return address(self.row, self.column - 1)


class Page(msgspec.Struct, frozen=True):
    """A sheet of a workbook."""

    name: str
    rows: dict[int, dict[int, Cell]]
    """Row → column → cell; both counted from 1; only cells that hold something."""
    merged: tuple[tuple[int, int, int, int], ...]
    """Top, left, bottom, right of each merged range."""
    hidden_rows: int
    epoch_1904: bool

    def cell(self, row: int, column: int) -> Cell | None:
        """Return a cell, or None where it is empty."""
        return self.rows.get(row, {}).get(column)


def read_pages(content: bytes, *, hidden: bool = False) -> list[Page]:
    """Return the visible sheets of a workbook, or all; ``Problem`` (workbook-unreadable) where it is none."""
    file = io.BytesIO(content)
    if content.startswith(_OLD):
        raise refused(
            "Tệp .xls cũ hoặc có mật khẩu: hãy lưu thành .xlsx không mật khẩu.",
            "An old .xls or one with a password: save it as .xlsx without one.",
        )
    try:
        workbook.check(file)
        with zipfile.ZipFile(file) as archive:
            return list(_pages(archive, hidden=hidden))
    except (zipfile.BadZipFile, RuntimeError, EOFError, zlib.error, NotImplementedError, OSError) as cause:
        raise refused("Không mở được tệp XLSX.", f"The XLSX file cannot be opened: {cause}.") from cause
    except (etree.XMLSyntaxError, KeyError, ValueError, IndexError) as cause:
        said = str(cause)[:200]
        raise refused("Tệp XLSX bị hỏng.", f"The XLSX file is damaged: {said}.") from cause


def _pages(archive: zipfile.ZipFile, *, hidden: bool) -> Iterator[Page]:
    book = _tree(archive, "xl/workbook.xml")
    parts = {each.get("Id"): each.get("Target", "") for each in _tree(archive, "xl/_rels/workbook.xml.rels")}
    epoch = any(each.get("date1904") in ("1", "true") for each in book.iter("{*}workbookPr"))
    stale = any(each.get("fullCalcOnLoad") in ("1", "true") for each in book.iter("{*}calcPr"))
    strings, styles = _strings(archive), _styles(archive)
    for number, sheet in enumerate(book.iter("{*}sheet")):
        if (sheet.get("state", "visible") != "visible" and not hidden) or number >= PAGES_MAX:
            continue
        target = parts.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        if path.startswith("xl/worksheets/"):
            yield _page(archive, path, sheet.get("name", ""), _Facts(strings, styles, epoch, stale))


class _Facts(msgspec.Struct, frozen=True):
    """What the sheets of a workbook share."""

    strings: list[str]
    styles: list[tuple[bool, str, bool]]
    """Of each style: whether it shows a date, its font, whether it shows a percentage."""
    epoch_1904: bool
    stale: bool
    """The file asks to be computed anew when it is opened: a formula's zero was never computed."""


def _tree(archive: zipfile.ZipFile, path: str) -> Any:
    with archive.open(path) as part:
        tree = etree.parse(part, _parser())
    _no_doctype(tree.docinfo)
    return tree.getroot()


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _no_doctype(about: Any) -> None:
    if about.doctype:
        raise refused("Tệp XLSX khai báo DTD.", "The XLSX file declares a document type.")


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_said(each) for each in _tree(archive, "xl/sharedStrings.xml").iter("{*}si")]


def _said(item: Any) -> str:
    """Return the text of a string item: its runs together, without the reading aid of other scripts."""
    runs = (each for each in item.iter("{*}t") if etree.QName(each.getparent()).localname != "rPh")
    return "".join(each.text or "" for each in runs)[:TEXT_MAX]


def _styles(archive: zipfile.ZipFile) -> list[tuple[bool, str, bool]]:
    if "xl/styles.xml" not in archive.namelist():
        return []
    root = _tree(archive, "xl/styles.xml")
    formats = {each.get("numFmtId"): each.get("formatCode", "") for each in root.iter("{*}numFmt")}
    fonts = []
    for font in root.iterfind("{*}fonts/{*}font"):
        name = font.find("{*}name")
        fonts.append(name.get("val", "") if name is not None else "")
    found = []
    for each in root.iterfind("{*}cellXfs/{*}xf"):
        number, font = each.get("numFmtId", "0"), each.get("fontId", "0")
        code = _QUOTED.sub("", formats.get(number, "")).lower()
        dated = (number.isdecimal() and int(number) in _DATE_FORMATS) or any(sign in code for sign in "dy")
        name = fonts[int(font)] if font.isdecimal() and int(font) < len(fonts) else ""
        found.append((dated, name, number in _PERCENT_FORMATS or "%" in code))
    return found


def _page(archive: zipfile.ZipFile, path: str, name: str, facts: _Facts) -> Page:
    rows: dict[int, dict[int, Cell]] = {}
    merged = []
    number = hidden = letters = 0
    with archive.open(path) as part:
        walk = etree.iterparse(
            part, events=("end",), tag=("{*}row", "{*}mergeCell"), resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for _, element in walk:
            if etree.QName(element).localname == "mergeCell":
                merged.append(_range(element.get("ref", "")))
            else:
                said = element.get("r", "")
                number = int(said) if said.isdecimal() else number + 1
                if cells := _row(element, number, facts):
                    rows[number] = cells
                    hidden += element.get("hidden") in ("1", "true")
                    letters += sum(len(cell.text) for cell in cells.values())
            if letters > TEXTS_MAX:
                raise refused(
                    f"Tối đa {TEXTS_MAX} ký tự mỗi trang.", f"At most {TEXTS_MAX} characters a sheet."
                )
            if len(rows) > ROWS_MAX or len(merged) > ROWS_MAX:
                raise refused(f"Tối đa {ROWS_MAX} dòng.", f"At most {ROWS_MAX} rows.")
            element.clear()
        _no_doctype(walk.root.getroottree().docinfo)
    return Page(name, rows, tuple(merged), hidden, facts.epoch_1904)


def _range(text: str) -> tuple[int, int, int, int]:
    first, _, last = text.replace("$", "").partition(":")
    top, left = _place(first)
    bottom, right = _place(last or first)
    return top, left, bottom, right


def _place(text: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is no address")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _row(element: Any, number: int, facts: _Facts) -> dict[int, Cell]:
    found: dict[int, Cell] = {}
    column = 0
    for each in element.iterchildren("{*}c"):
        said = each.get("r")
        column = _place(said)[1] if said else column + 1
        if (cell := _cell(each, number, column, facts)) is not None:
            if column > COLUMNS_MAX:
                raise refused(f"Tối đa {COLUMNS_MAX} cột.", f"At most {COLUMNS_MAX} columns.")
            found[column] = cell
    return found


def _cell(element: Any, row: int, column: int, facts: _Facts) -> Cell | None:
    formula = element.find("{*}f") is not None
    style = element.get("s", "0")
    at = int(style) if style.isdecimal() else 0
    dated, font, percent = facts.styles[at] if at < len(facts.styles) else (False, "", False)
    kind = element.get("t", "n")
    if kind == "inlineStr":
        inline = element.find("{*}is")
        text = _said(inline) if inline is not None else ""
    else:
        value = element.find("{*}v")
        text = (value.text or "") if value is not None else ""
        if kind == "s" and text:
            text = facts.strings[int(text)]
    if formula and (text == "" or (facts.stale and kind == "n" and _zero(text))):
        return Cell(row, column, "uncached", "", formula=True, font=font)
    if not text or (kind != "e" and _BARE.fullmatch(text)):
        return None
    found = _kind(kind, text, dated=dated)
    return Cell(row, column, found, text[:TEXT_MAX], formula, font, percent and found == "number")


def _zero(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and not text.strip("+-0.eE")


def _kind(kind: str, text: str, *, dated: bool) -> Kind:
    if kind in ("s", "str", "inlineStr", "d"):
        return "text"
    if kind == "b":
        return "flag"
    if kind == "e" or _NUMBER.fullmatch(text) is None:
        return "error"
    return "date" if dated else "number"
