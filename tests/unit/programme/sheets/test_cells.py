"""Cells exactly as they stand; files that are broken or hostile end in a refusal, never in anything else."""

from __future__ import annotations

import io
import random
import time
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from haidang.base.problems import Problem
from haidang.documents.cells import read_pages
from haidang.programme.sheets.reading import read
from haidang.programme.sheets.values import serial
from tests.unit.programme.sheets.workbooks import Formula, Grid, plan_sheet, written

SHEET = "xl/worksheets/sheet1.xml"


def repacked(content: bytes, change: dict[str, bytes | None]) -> bytes:
    """Return the archive with some of its parts replaced or left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change.get(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return file.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def test_numbers_formulas_errors_and_merged_ranges_stand_as_they_are() -> None:
    grid = Grid()
    grid.put(1, "Tên", Formula("=1+1", 2), Formula("=1+1", None), "#REF!", True)
    grid.cells[2, 1] = "gộp"
    grid.merged = [(2, 1, 3, 2)]
    content = written(grid)
    sheet = part(content, SHEET).replace(b"<v>2</v>", b"<v>27454009.418483999</v>")
    [page] = read_pages(repacked(content, {SHEET: sheet}))
    kinds = {cell.at: (cell.kind, cell.text, cell.formula) for cell in page.rows[1].values()}
    assert kinds["A1"] == ("text", "Tên", False)
    assert kinds["B1"] == ("number", "27454009.418483999", True)
    assert kinds["C1"] == ("uncached", "", True)
    assert (kinds["D1"][0], kinds["E1"][0]) == ("error", "flag")
    assert page.merged == ((2, 1, 3, 2),)


@pytest.mark.parametrize("epoch", [False, True])
def test_the_calendar_of_a_workbook_is_its_own(epoch: bool) -> None:
    grid = Grid()
    grid.put(1, 43_831)
    [page] = read_pages(written(grid, date_1904=epoch))
    assert page.epoch_1904 is epoch
    found = serial(Decimal(page.rows[1][1].text), epoch_1904=page.epoch_1904)
    assert found == (date(2024, 1, 2) if epoch else date(2020, 1, 1))


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_entities_and_document_types_are_refused(name: str) -> None:
    content = written(plan_sheet(1).grid)
    bomb = b'?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(Problem, match="workbook-unreadable"):
        read_pages(repacked(content, {name: part(content, name).replace(b"?>", bomb, 1)}))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + bytes(600), "tên,số\na,1".encode()]
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(Problem, match="workbook-unreadable"):
        read_pages(content)


@pytest.mark.parametrize("seed", range(60))
def test_broken_bytes_end_in_a_refusal_or_change_nothing_silently(seed: int) -> None:
    made, rng = plan_sheet(2), random.Random(seed)
    content = written(made.grid)
    names = (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml")
    name = rng.choice(names)
    broken = bytearray(part(content, name))
    for _ in range(rng.randint(1, 4)):
        broken[rng.randrange(len(broken))] = rng.choice(b'<>"&;0a9 =/')
    try:
        found = read(repacked(content, {name: None if rng.random() < 0.1 else bytes(broken)}))
    except Problem:
        return
    assert found.plan_total_dong == made.total_dong or found.refused or found.unreconciled


def shared(content: bytes, text: str, row: str, rows: int) -> bytes:
    """Return a workbook whose cells all show one text, which is packed once."""
    book = part(content, SHEET)
    head, tail = book[: book.index(b"<sheetData>") + 11], book[book.index(b"</sheetData>") :]
    strings = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{text}</t></si></sst>'
    )
    change: dict[str, bytes | None] = {
        SHEET: head.split(b"<mergeCells")[0] + row.encode() * rows + tail.split(b"<mergeCells")[0]
        + (b"" if b"<mergeCells" not in tail else b"</worksheet>"),
        "xl/sharedStrings.xml": strings.encode(),
    }  # fmt: skip
    return repacked(content, change)


def test_one_long_text_in_many_cells_is_counted_as_often_as_it_stands() -> None:
    """A file of some kB must not keep a thread of the server for hours."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 200 + "</row>"
    content = shared(written(Grid({(1, 1): "x"})), "kế hoạch vốn " * 2_500, row, 20)
    assert len(content) < 20_000
    with pytest.raises(Problem) as refused:
        read(content)
    assert refused.value.kind.code == "workbook-unreadable"


def test_headings_are_looked_for_in_the_beginning_of_a_cell() -> None:
    row = "<row>" + '<c t="s"><v>0</v></c>' * 6 + "</row>"
    content = shared(written(Grid({(1, 1): "x"})), "kế hoạch vốn " * 2_500, row, 40)
    begun = time.process_time()
    read(content)
    assert time.process_time() - begun < 10
