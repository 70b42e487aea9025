"""Files as they come: other encodings, broken rows, spreadsheets, folders."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from haidang.base.problems import Problem
from haidang.feeds.connectors.file import FileConnector
from haidang.feeds.model.declaration import Declaration, FileSource
from haidang.feeds.model.reading import read
from haidang.feeds.model.rows import Row
from tests.integration.feeds.conftest import World
from tests.unit.feeds.declarations import base

HEADER = "station,time,lon,lat,temp,wind,status,name"
ROW = "{},2026-03-16T0{}:00:00+07:00,107.05,20.95,21.5°C,36 km/h,tốt,Trạm {}"


def feed(path: Path, name: str, **source: Any) -> Declaration:
    declared = base(feed=name, source={"path": str(path), **source})
    return read(yaml.safe_dump(declared, allow_unicode=True))


async def rows_of(path: Path, columns: tuple[str, ...] = ("a", "b"), **source: Any) -> list[Row]:
    connector = FileConnector(FileSource(path=str(path), **source), columns)
    return [row async for batch in connector.batches() for row in batch.rows]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "data.csv"
    name = "Đường Trần Phú"
    written = f"a{delimiter}b\r\n1{delimiter}{name}\r\n"
    if encoding == "cp1258":  # this page writes tones as combining signs
        written = f"a{delimiter}b\r\n1{delimiter}Đường Tr\u00e2\u0300n Phú\r\n".replace("ườ", "ươ\u0300")
    path.write_bytes(written.encode(encoding))
    (row,) = await rows_of(path)
    assert row.unreadable is None
    assert row.values["a"] == "1"
    assert unicodedata.normalize("NFC", row.values["b"]) == name


BROKEN = """a,b
1,good
2,"never closed
3,good
4,"two
lines"
5,too,many
6

7,good
8,"unclosed at the end
"""


async def test_broken_rows_are_named_and_hide_nothing(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(BROKEN, encoding="utf-8")
    rows = await rows_of(path)
    good = {row.values["a"]: row.values["b"] for row in rows if row.unreadable is None}
    assert good == {"1": "good", "3": "good", "4": "two\nlines", "7": "good"}
    bad = [row for row in rows if row.unreadable is not None]
    assert any('2,"never closed' in row.original for row in bad)
    assert any("5,too,many" in row.original for row in bad)
    assert any(row.original == "6" for row in bad)
    assert any("unclosed at the end" in row.original for row in bad)
    told = "\n".join(row.original for row in rows)
    assert all(line in told for line in BROKEN.splitlines()[1:] if line)


async def test_an_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('a,b\n1,x\n2,"open\n' + "".join(f"{n},x\n" for n in range(3, 500)), encoding="utf-8")
    rows = await rows_of(path)
    assert len(rows) == 499
    assert [row.no for row in rows if row.unreadable] == [3]  # the header is row 1


async def test_a_missing_column_is_one_clear_refusal(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,c\n1,2\n", encoding="utf-8")
    with pytest.raises(Problem) as refused:
        await rows_of(path)
    assert [fault.field for fault in refused.value.faults] == ["b"]
    assert "a, c" in refused.value.en


async def test_limits(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n" + "1,2\n" * 20, encoding="utf-8")
    for source in ({"rows_max": 10}, {"size_max_mb": 0}, {"encoding": "utf-99"}, {"delimiter": "ab"}):
        with pytest.raises(Problem):
            await rows_of(path, **source)
    with pytest.raises(Problem):
        await rows_of(tmp_path / "none-*.csv")
    connector = FileConnector(FileSource(path=str(path)), ("a",), roots=(tmp_path / "other",))
    with pytest.raises(Problem, match="feed_dirs"):
        [batch async for batch in connector.batches()]


def workbook(path: Path) -> None:
    """Write the smallest workbook that is one: a number, a text, an empty cell."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
        '<row r="2"><c r="A2"><v>5</v></c><c r="B2" t="inlineStr"><is><t>Hạ Long</t></is></c></row>'
        '<row r="3"><c r="A3"><v>6.5</v></c></row></sheetData></worksheet>'
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Số liệu" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships "
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


async def test_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    workbook(path)
    rows = await rows_of(path)
    assert [row.values for row in rows] == [{"a": 5, "b": "Hạ Long"}, {"a": 6.5, "b": None}]
    with pytest.raises(Problem, match="Số liệu"):
        await rows_of(path, sheet="Khác")
    path.write_bytes(b"no workbook")
    with pytest.raises(Problem):
        await rows_of(path)


async def test_geojson(tmp_path: Path) -> None:
    path = tmp_path / "data.geojson"
    feature = {
        "type": "Feature",
        "id": 7,
        "properties": {"a": 1},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature, 3]}))
    rows = await rows_of(path)
    assert rows[0].values == {"a": 1, "$id": 7, "$geometry": {"type": "Point", "coordinates": [1, 2]}}
    assert rows[1].unreadable is not None
    for bad in ("[", "[]", "[" * 100_000):
        path.write_text(bad)
        with pytest.raises(Problem):
            await rows_of(path)


async def test_a_run_keeps_what_it_did_not_take(world: World, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    lines = [
        HEADER,
        ROW.format("a", 1, "A"),
        ROW.format("a", 1, "A"),  # sent twice
        ROW.format("b", 2, "B").replace("36 km/h", "36 mph"),  # another unit: the value is refused
        ROW.format("c", 3, "C").replace("107.05,20.95", "20.95,107.05"),  # swapped
        ROW.format("d", 4, "D").replace("107.05,20.95", "2.35,48.85"),  # in Paris
        ROW.format("", 5, "E"),  # nobody's
        ROW.format("f", 6, "F") + ",more",
        ROW.format("g", 7, "G"),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = await world.run(feed(path, "faulty"))
    assert (run.outcome, run.read, run.refused, run.faulty) == ("partial", 8, 2, 3)
    assert run.accepted + run.unchanged == 6
    assert run.unchanged == 1
    assert run.lag_s == (world.clock.now().timestamp() - 1773619200)  # 07:00 in Vietnam is 00:00 UTC
    kept = await world.rows(
        "SELECT r.kind, r.row_no, r.original, r.faults->0->>'field', r.source FROM feed_refused r "
        "JOIN feed f ON f.id = r.feed_id WHERE f.name = 'faulty' ORDER BY r.row_no"
    )
    assert [(kind, row_no, field) for kind, row_no, _, field, _ in kept] == [
        ("field", 4, "windSpeed"),
        ("field", 5, "location"),
        ("warning", 6, "location"),
        ("row", 7, "station"),
        ("row", 8, ""),
    ]
    assert kept[0][2] == lines[3]
    assert {source for *_, source in kept} == {"data.csv"}
    ids = await world.rows("SELECT id FROM entity WHERE source = 'feed:faulty' ORDER BY id")
    assert [name.rsplit(":", 1)[1] for (name,) in ids] == ["a", "b", "c", "d", "g"]


async def test_only_new_files_of_a_folder_are_read(world: World, tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(f"{HEADER}\n{ROW.format('x', 1, 'X')}\n", encoding="utf-8")
    declaration = feed(tmp_path, "folder")
    assert (await world.run(declaration)).accepted == 1
    (tmp_path / "2.csv").write_text(f"{HEADER}\n{ROW.format('x', 2, 'X')}\n", encoding="utf-8")
    second = await world.run(declaration)
    assert (second.read, second.accepted) == (1, 1)
    (tmp_path / "1.csv").write_text(f"{HEADER}\n{ROW.format('x', 3, 'X')}\n", encoding="utf-8")
    assert (await world.run(declaration)).read == 1


async def test_a_source_that_cannot_be_read_fails_the_run_with_its_reason(
    world: World, tmp_path: Path
) -> None:
    run = await world.run(feed(tmp_path / "none.csv", "absent"))
    assert run.outcome == "failed"
    assert "none.csv" in run.message_vi
    assert await world.rows("SELECT problem->>'en' FROM feed WHERE name = 'absent'") == [(run.message_en,)]
