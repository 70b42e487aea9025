"""What a file may ask of us: lines without end, merged cells without end, formats that cannot be judged."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.feeds.connectors import records
from tests.integration.feeds.test_files import rows_of
from tests.integration.feeds.test_tables import sheet

COLUMNS = ("Mã", "Số")


class Endless(io.RawIOBase):
    """So many bytes without a line break, then one more line."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self._parts: list[Any] = [head, size, tail]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while self._parts:
            part = self._parts[0]
            if isinstance(part, int):
                count = min(part, len(buffer))
                buffer[:count] = b"x" * count
                self._parts[0] = part - count
            else:
                count = min(len(part), len(buffer))
                buffer[:count] = part[:count]
                self._parts[0] = part[count:]
            if not self._parts[0]:
                self._parts.pop(0)
            if count:
                return count
        return 0


def test_a_line_of_250_mb_costs_a_line_and_little_memory() -> None:
    raw = Endless(b"M\xc3\xa3,S\xe1\xbb\x91\nA,1\nB,", 250 << 20, b"\nC,3\n")
    text = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8", newline="")
    tracemalloc.start()
    rows = list(records.delimited(records.bounded_lines(text), delimiter=",", columns=COLUMNS))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [row.values.get("Số") for row in rows] == ["1", None, "3"]
    assert rows[1].unreadable is not None
    assert str(records.LINE_MAX) in rows[1].unreadable[0]
    assert rows[1].original.startswith("B,xxx")
    assert peak < 16 << 20, f"{peak >> 20} MB"


def test_a_quoted_cell_over_many_long_lines_is_bounded() -> None:
    long = "x" * (records.LINE_MAX - 10)
    lines = ["Mã,Số\n", f'A,"{long}\n', *[f"{long}\n"] * 50, "B,2\n"]
    rows = records.delimited(iter(lines), delimiter=",", columns=COLUMNS)
    found = [row for row in rows if row.unreadable is None]
    assert [row.values["Mã"] for row in found] == ["B"]


async def test_merged_cells_that_overlap_without_end_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    content: list[list[Any]] = [["Mã", "Số"], *([f"A{number}", number] for number in range(2_000))]
    sheet(path, content, merged=tuple(f"A{2 + number % 7}:B2001" for number in range(20_000)))
    began = time.process_time()
    with pytest.raises(Problem, match="too many merged cells"):
        await rows_of(path, COLUMNS)
    assert time.process_time() - began < 3
    sheet(path, content, merged=("A3:A2001",))
    assert {row.values["Mã"] for row in await rows_of(path, COLUMNS)} == {"A0", "A1"}


async def test_a_workbook_with_macros_is_read_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsm"
    sheet(path, [["Mã", "Số"], ["A", 1]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 what it does is nobody's business")
    (row,) = await rows_of(path, COLUMNS)
    assert row.values == {"Mã": "A", "Số": 1}


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a.xlsx"])
@pytest.mark.parametrize("kind", ["old", "open"])
async def test_formats_whose_size_cannot_be_judged_are_refused_plainly(
    tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / name
    if kind == "old":
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", "<x/>")
    with pytest.raises(Problem, match=r"save it as \.xlsx or \.csv") as refused:
        await rows_of(path, COLUMNS)
    assert "lưu lại thành .xlsx" in refused.value.vi
