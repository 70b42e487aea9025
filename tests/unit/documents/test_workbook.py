"""A workbook is refused before it is spread out where it would become too large, or hides that it would."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from haidang.base.problems import Problem
from haidang.documents import workbook

HEAD = '<worksheet xmlns="urn:x"><sheetData>'
TAIL = "</sheetData></worksheet>"


def book(cells: str, name: str = "xl/worksheets/sheet1.xml", encoding: str = "utf-8") -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(name, f"{HEAD}{cells}{TAIL}".encode(encoding))
    return file


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>',
        "<row r='1048576'><c\n t='n' r = 'XFD1048576'/></row>",
        '<x:row r="1048576"><x:c r="XFD1048576"></x:c></x:row>',
        '<row r="4294967295"><c r="ZZZZZZZZZ4294967295"/></row>',
        "<row>" + "<c/>" * 4_000 + "</row>" + "<row/>" * 4_000,
        '<row x=">" r="1048576"><c y=">" r="XFD1048576"/></row>',
        "<row " + "a" * (3 << 20),
        " " * ((1 << 20) - len(HEAD) - 8) + '<row r="1048576"><c r="XFD1048576"/></row>',
    ],
    ids=["far", "quotes", "prefix", "overflow", "unnamed", "hidden", "endless", "over a seam"],
)
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "anything.bin"])
def test_too_large_a_sheet_is_refused(cells: str, name: str) -> None:
    with pytest.raises(Problem, match=r"too large|damaged"):
        workbook.check(book(cells, name))


def test_an_ordinary_one_passes_and_is_rewound() -> None:
    rows = "".join(f'<row r="{at}"><c r="A{at}"/><c r="CV{at}"/></row>' for at in range(1, 5_000))
    file = book(rows)
    workbook.check(file)
    assert file.tell() == 0


def test_what_is_no_xlsx_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", '<table:table-cell number-columns-repeated="999999999"/>')
    with pytest.raises(Problem, match="no XLSX"):
        workbook.check(file)
    with pytest.raises(Problem, match="UTF-8"):
        workbook.check(book("", encoding="utf-16"))


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(book(" " * 5_000_000).getvalue())
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 100)
    with pytest.raises((Problem, zipfile.BadZipFile)):
        workbook.check(io.BytesIO(bytes(data)))


def test_more_than_half_a_gigabyte_is_refused_unread() -> None:
    with pytest.raises(Problem, match="too large"):
        workbook.check(book(" " * (workbook.UNPACKED_MAX + 1)))


def test_tags_that_never_end_are_read_once() -> None:
    """A file of 400 bytes held the whole server: one expression began anew at every tag."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<c " * 500_000)
    begun = time.process_time()
    with pytest.raises(Problem):
        workbook.check(file)
    assert time.process_time() - begun < 5
