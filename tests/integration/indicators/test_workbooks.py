"""Forms as workbooks: out, filled in, back; conflicts, moved rows, other units and double submission by
name."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from haidang.documents.sheet import HEAD_ROW, META
from haidang.indicators.model.submission import Approve, Lock, Submission
from haidang.indicators.service import sheets
from haidang.indicators.service.sheets import Approved
from haidang.indicators.service.submissions import Entry
from tests.integration.indicators.conftest import World, refused

MARCH = date(2026, 3, 1)


async def asked(world: World, *orgs: str) -> list[Submission]:
    """Two figures of a form (per cent, and people) that units owe for March."""
    form = await world.form()
    for facts in ({}, {"unit": "người", "decimals": 0, "high": None}):
        found = await world.indicator(form, **facts)
        await world.owe(found, *orgs, period="2026-03")
    world.local("2026-04-01T08:00")
    await world.tick()
    return [await world.submission(form, org, MARCH) for org in orgs]


async def out(world: World, row: Submission, by: str = "bac") -> bytes:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        content, _ = await sheets.export(connection, world.desk, who, row.id)
    return content


def filled(content: bytes, *rows: dict[str, Any], swap: bool = False, percent: bool = False) -> bytes:
    """Fill in the yellow cells row by row, as a spreadsheet would save it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    made = xlsxwriter.Workbook(file := io.BytesIO(), {"in_memory": True})
    shown = made.add_format({"num_format": "0.0%"})
    for name in book.sheet_names:
        table = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        sheet = made.add_worksheet(name)
        heads = table[HEAD_ROW - 1] if name != META else []
        for row, values in zip(table[HEAD_ROW:] if heads else [], rows, strict=False):
            for head, value in values.items():
                row[heads.index(head)] = value
        if swap and name != META:
            table[HEAD_ROW][0], table[HEAD_ROW + 1][0] = table[HEAD_ROW + 1][0], table[HEAD_ROW][0]
        for at_row, row in enumerate(table):
            for at_column, value in enumerate(row):
                is_value = name != META and at_row >= HEAD_ROW and heads[at_column] == "Số liệu kỳ này"
                sheet.write(at_row, at_column, value, shown if percent and is_value else None)
    made.close()
    return file.getvalue()


async def compared(world: World, content: bytes, by: str = "bac") -> dict[str, Any]:
    file, who = await sheets.reading(content), await world.who(by)
    async with world.db.transaction() as connection:
        return await sheets.compared(connection, who, file, content)


async def take(
    world: World, found: dict[str, Any], *, submit: bool = False, by: str = "bac"
) -> dict[str, Any]:
    rows = tuple(
        Approved(key=each["key"], revision=each["revision"], missing=each["missing"],
                 value=None if each["after"] is None else Decimal(each["after"]),
                 is_estimate=each["is_estimate"])
        for each in found["rows"] if each["kind"] == "changed"
    )  # fmt: skip
    who = await world.who("bac")
    async with world.db.transaction() as connection:
        return await sheets.apply(
            connection, world.desk, who, found["submission"], rows=rows, sha256=found["sha256"],
            submit_version=found["version"] if submit else None,
        )  # fmt: skip


VALUE, REASON, ESTIMATE = "Số liệu kỳ này", "Lý do không có số", "Ước (x)"


async def test_a_form_goes_out_comes_back_is_handed_in_and_again_changes_nothing(
    world: World,
) -> None:
    [row] = await asked(world, "north")
    back = filled(await out(world, row), {VALUE: 97.5, ESTIMATE: "x"}, {VALUE: "1.250,0"})
    found = await compared(world, back)
    assert found["counts"] == {"changed": 2, "unchanged": 0, "conflict": 0, "refused": 0, "absent": 0}
    assert [each["after"] for each in found["rows"]] == ["97.5", "1250"]
    done = await take(world, found, submit=True)
    assert (done["changed"], done["submission"]["state"]) == (2, "submitted")
    again = await compared(world, back)
    assert again["counts"]["unchanged"] == 2  # the second time the same file says nothing new
    [(source, sha)] = await world.fetch(
        "SELECT DISTINCT b.source_kind, b.file_sha256 FROM indicator_value v "
        "JOIN indicator_batch b ON b.id = v.batch JOIN indicator i ON i.id = v.indicator_id "
        "WHERE i.form_code = %s",
        row.form_code,
    )
    assert (source, sha) == ("submitted", found["sha256"])
    flags = await world.fetch(
        "SELECT v.flags FROM indicator_value v JOIN indicator i ON i.id = v.indicator_id "
        "WHERE i.form_code = %s ORDER BY i.id",
        row.form_code,
    )
    assert flags == [(1,), (0,)]
    # Written out again it carries what stands here; taken as it is, it changes nothing.
    assert (await compared(world, await out(world, row)))["counts"]["unchanged"] == 2


async def test_every_wrong_cell_is_named_by_its_address_and_nothing_is_lost(world: World) -> None:
    [row] = await asked(world, "north")
    form = await out(world, row)
    found = await compared(world, filled(form, {VALUE: 140}, {VALUE: "12 triệu đồng"}))
    assert [[fault["code"] for fault in each["faults"]] for each in found["rows"]] == [
        ["out-of-range"], ["unit-mismatch"]
    ]  # fmt: skip
    assert [each["cell"] for each in found["rows"]] == ["H4", "H5"]
    found = await compared(world, filled(form, {VALUE: "1.234"}, {VALUE: 5, REASON: "không áp dụng"}))
    assert [[fault["code"] for fault in each["faults"]] for each in found["rows"]] == [
        ["number-ambiguous"], ["reason-and-value"]
    ]  # fmt: skip
    moved = await compared(world, filled(form, {VALUE: 5}, swap=True))
    assert [each["kind"] for each in moved["rows"]] == ["refused", "refused"]
    assert await world.fetch(
        "SELECT 1 FROM indicator_value v JOIN indicator i ON i.id = v.indicator_id WHERE i.form_code = %s",
        row.form_code,
    ) == []  # fmt: skip


async def test_a_cell_shown_as_a_percentage_is_what_it_shows(world: World) -> None:
    """Who types 45,5% into a spreadsheet gets 0.455 in the file: a hundred times too little if read bare."""
    [row] = await asked(world, "north")
    found = await compared(world, filled(await out(world, row), {VALUE: 0.455}, {VALUE: 0.1}, percent=True))
    assert (found["rows"][0]["kind"], found["rows"][0]["after"]) == ("changed", "45.5")
    assert found["rows"][1]["faults"][0]["code"] == "unit-mismatch"  # people are no per cent


async def test_what_changed_here_meanwhile_is_a_conflict_and_not_gone_over(world: World) -> None:
    [row] = await asked(world, "north")
    form = await out(world, row)
    place = await world.place("north")
    [(first,)] = await world.fetch("SELECT min(id) FROM indicator WHERE form_code = %s", row.form_code)
    await world.enter("truong.bac", row, Entry(indicator=first, place=place, value=Decimal(50)))
    found = await compared(world, filled(form, {VALUE: 60}, {VALUE: 5}))
    assert [each["kind"] for each in found["rows"]] == ["conflict", "changed"]
    assert (found["rows"][0]["before"], found["rows"][0]["after"]) == ("50", "60")


async def test_another_units_or_another_kind_of_file_is_refused(world: World) -> None:
    north, south = await asked(world, "north", "south")
    form = filled(await out(world, north), {VALUE: 60}, {VALUE: 5})
    await refused(compared(world, form, by="nam"), "not-found")
    await refused(out(world, south, by="bac"), "not-found")
    book = xlsxwriter.Workbook(file := io.BytesIO(), {"in_memory": True})
    book.add_worksheet("Trang")
    book.close()
    await refused(compared(world, file.getvalue()), "workbook-unreadable")
    await refused(compared(world, b"PK nothing"), "workbook-unreadable")


async def test_a_file_that_comes_after_the_lock_is_refused_whole(world: World) -> None:
    [row] = await asked(world, "north")
    form = filled(await out(world, row), {VALUE: 60}, {REASON: "chưa thu thập được"})
    await take(world, await compared(world, form), submit=True)
    for act in (Approve(), Lock()):
        await world.do("truong.bac", row, act)
    other = await compared(world, filled(await out(world, row), {VALUE: 61}))
    await refused(take(world, other), "indicator-act-refused")
    assert await world.fetch(
        "SELECT v.value, v.missing FROM indicator_value v JOIN indicator i ON i.id = v.indicator_id "
        "WHERE i.form_code = %s ORDER BY i.id", row.form_code
    ) == [(Decimal(60), 0), (None, 4)]  # fmt: skip
