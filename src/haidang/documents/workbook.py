"""How large a workbook becomes once it is spread out, judged before anything spreads it out.

The library that reads spreadsheets lays a sheet out whole, from its first filled cell to its last. A file of
one kilobyte with a cell at XFD1048576 would ask it for 17 thousand million cells, and what it cannot have
ends the process. So every part of the archive is first read as a stream, and the rows and columns it speaks
of are counted: those that are named and those that merely follow each other. What is counted is never less
than what is there.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import IO, BinaryIO

from haidang.base.problems import Problem, kind

UNREADABLE = kind("workbook-unreadable", 422, "Không đọc được bảng tính", "The workbook cannot be read")

UNPACKED_MAX = 512 << 20
CELLS_MAX = 10_000_000
"""Cells of a sheet, filled or not, up to its last row and column: some 500 MB while it is read."""
ROWS_MAX = 1_048_576
COLUMNS_MAX = 16_384
"""What the format itself allows."""
TAG_MAX = 1 << 16
"""Bytes of a tag; a longer one is no spreadsheet's."""

_CHUNK = 1 << 20
_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?(row|c)(?=[\s/>])")
"""How a tag begins. Its end is looked for once: an expression of both takes minutes over ``<c <c <c``."""
_PLACE = re.compile(rb"""(?<!\S)r\s*=\s*["']([A-Za-z]*)([0-9]+)""")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOOK = "xl/workbook.xml"


def refused(vi: str, en: str) -> Problem:
    """Return the refusal of a whole workbook."""
    return Problem(UNREADABLE, vi, en)


def check(file: BinaryIO) -> None:
    """Raise ``Problem`` (workbook-unreadable) where a file is no XLSX or becomes too large; rewind it."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_archive(archive)
    except (RuntimeError, EOFError, zlib.error) as cause:  # encrypted, cut off, or packed in a way of its own
        raise refused("Không mở được tệp XLSX.", f"The XLSX file cannot be opened: {cause}.") from cause
    file.seek(0)


def _check_archive(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if _BOOK not in archive.namelist():
        raise refused("Không phải tệp XLSX.", "It is no XLSX file.")
    if sum(entry.file_size for entry in entries) > UNPACKED_MAX:
        raise _too_large()
    for entry in entries:
        with archive.open(entry) as part:
            _check_part(part)


def _check_part(part: IO[bytes]) -> None:
    rows = row = columns = column = 0
    tail = b""
    while chunk := part.read(_CHUNK):
        if not tail and chunk.startswith(_UTF16):
            raise refused("Tệp XLSX phải dùng UTF-8.", "An XLSX file must be in UTF-8.")
        text = tail + chunk
        at, unclosed = 0, None
        while unclosed is None and (found := _TAG.search(text, at)) is not None:
            end = text.find(b">", found.end())
            if end < 0:
                unclosed = found.start()
                continue
            said, at = text[found.end() : end], end + 1
            if said.count(b'"') % 2 or said.count(b"'") % 2:
                raise refused("Tệp XLSX bị hỏng.", "The XLSX file is damaged.")  # a ">" hidden in quotes
            place = _PLACE.search(said)
            if found[1] == b"row":
                row = int(place[2][:12]) if place else row + 1
                column = 0
            else:
                column = _column(place[1]) if place and place[1] else column + 1
                row = max(row, int(place[2][:12])) if place else row
            rows, columns = max(rows, row), max(columns, column)
            if rows > ROWS_MAX or columns > COLUMNS_MAX or rows * columns > CELLS_MAX:
                raise _too_large()
        start = text.rfind(b"<") if unclosed is None else unclosed
        tail = text[start:] if start > text.rfind(b">") else b""
        if len(tail) > TAG_MAX:
            raise _too_large()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number


def _too_large() -> Problem:
    return refused(
        f"Bảng tính quá lớn khi mở ra: tối đa {CELLS_MAX} ô mỗi trang, kể cả ô trống.",
        f"The workbook is too large once opened: a sheet has at most {CELLS_MAX} cells, empty ones included.",
    )
