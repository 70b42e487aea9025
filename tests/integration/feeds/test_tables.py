"""Tables as offices make them: titles above, headers over two rows, totals below."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import yaml

from haidang.base.problems import Problem
from haidang.feeds.model.reading import read
from tests.integration.feeds.conftest import World
from tests.integration.feeds.test_files import rows_of, workbook
from tests.unit.feeds.declarations import base

MONITORING: list[list[Any]] = [
    ["SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG"],
    [],
    ["Mã trạm", "Nhiệt độ\n(°C)", "Tọa độ", None, "PM2.5 (µg/m³)"],
    [None, None, "X", "Y", None],
    ["(1)", "(2)", "(3)", "(4)", "(5)"],
    ["QN-01", "25,5", 2317000.5, 428000.2, 12.5],
    [],
    ["QN-02", 26, "2.323.000,5", "453.000,7", "35,2 ug/m3"],
    [None, 27, 2323000, 453000, 36],
    ["Tổng cộng", None, None, None, 83.7],
    ["NGƯỜI LẬP BIỂU"],
]
COLUMNS = ("Mã trạm", "Nhiệt độ (°C)", "Tọa độ X", "Tọa độ Y", "pm2.5 (μg/m3)")
LAYOUT: dict[str, Any] = {"header_row": 3, "header_rows": 2, "skip": ("(1)",), "until": ("tổng cộng",)}


def sheet(path: Path, rows: list[list[Any]], merged: tuple[str, ...] = ()) -> None:
    """Write a workbook of one sheet, “Số liệu”, with these cells."""

    def cell(at: str, value: Any) -> str:
        if isinstance(value, str):
            return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        return f'<c r="{at}"><v>{value}</v></c>'

    body = "".join(
        f'<row r="{number}">'
        + "".join(
            cell(f"{'ABCDEFG'[at]}{number}", value) for at, value in enumerate(row) if value is not None
        )
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{body}</sheetData>{f'<mergeCells>{ranges}</mergeCells>' if merged else ''}</worksheet>"
    )
    workbook(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = xml.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


async def test_a_table_made_for_people(tmp_path: Path) -> None:
    path = tmp_path / "thang 4.xlsx"
    sheet(path, MONITORING, merged=("C3:D3", "A8:A9"))
    rows = await rows_of(path, COLUMNS, sheet="số liệu", **LAYOUT)
    assert [row.no for row in rows] == [6, 8, 9]  # as Excel numbers them
    assert [row.values["Mã trạm"] for row in rows] == ["QN-01", "QN-02", "QN-02"]
    assert rows[0].values["Tọa độ X"] == 2317000.5
    assert rows[1].values["Tọa độ Y"] == "453.000,7"
    assert [row.values["pm2.5 (μg/m3)"] for row in rows] == [12.5, "35,2 ug/m3", 36]


async def test_the_same_table_as_delimited_text(tmp_path: Path) -> None:
    path = tmp_path / "thang4.csv"
    title = ["BÁO CÁO;;", ";;", "Mã;Tên;Số", "(1);(2);(3)"]
    lines = [*title, 'A;"Một; hai";"1,5"', ";;", "B;b;2", "Tổng;;3,5", "Ký tên"]
    path.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    rows = await rows_of(path, ("mã", "Số"), header_row=3, skip=("(1)",), until=("Tổng",))
    assert [(row.no, row.values["mã"], row.values["Số"]) for row in rows] == [(5, "A", "1,5"), (7, "B", "2")]


async def test_a_refusal_says_where_the_header_is(tmp_path: Path) -> None:
    book, text = tmp_path / "a.xlsx", tmp_path / "a.csv"
    sheet(book, [["BÁO CÁO"], [], ["Mã", "Số"], ["A", 1]])
    text.write_text("BÁO CÁO\n\nMã;Số\nA;1\n", encoding="utf-8")
    with pytest.raises(Problem, match="sheet: Số liệu, header_row: 3"):
        await rows_of(book, ("Mã", "Số"))
    with pytest.raises(Problem, match="header_row: 3"):
        await rows_of(text, ("Mã", "Số"))
    with pytest.raises(Problem, match="header_row: 3"):
        await rows_of(text, ("Mã", "Số"), header_row=4)
    with pytest.raises(Problem) as refused:
        await rows_of(book, ("Mã", "Khác"))
    assert "header_row" not in refused.value.en


async def test_names_that_only_accents_tell_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Ma,Mã,Má\n1,2,3\n", encoding="utf-8")
    (row,) = await rows_of(path, ("Mã",))
    assert row.values["Mã"] == "2"
    with pytest.raises(Problem, match="MÀ"):
        await rows_of(path, ("MÀ",))


async def test_a_row_that_writes_over_another_names_it(world: World, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("station,name\na,Một\nb,Hai\nA,Ba\nb,Hai\n", encoding="utf-8")
    declared = base(feed="doubles", source={"path": str(path)})
    declared["mapping"] = {"type": "Camera", "id": "{station}", "fields": {"name": {"from": "name"}}}
    run = await world.run(read(yaml.safe_dump(declared, allow_unicode=True)))
    assert (run.read, run.refused, run.faulty) == (4, 0, 1)
    kept = await world.rows(
        "SELECT r.kind, r.row_no, r.faults->0->>'vi' FROM feed_refused r "
        "JOIN feed f ON f.id = r.feed_id WHERE f.name = 'doubles'"
    )
    assert [(kind, row_no) for kind, row_no, _ in kept] == [("warning", 4)]
    assert "dòng 2" in kept[0][2]
