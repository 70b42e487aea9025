"""Monthly forms: out with keys and versions, back as a diff; conflicts are shown and never gone over."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from haidang.base.problems import Problem
from haidang.documents.sheet import HEAD_ROW, META
from haidang.programme.model.register import Program, Project
from haidang.programme.sheets.monthly import service as monthly
from haidang.programme.sheets.monthly.forms import NAMES, FormName, Scope, millions, read_back
from haidang.programme.sheets.monthly.service import Approved, Line
from tests.integration.programme.conftest import BILLION, World


async def three(world: World) -> tuple[Program, list[Project]]:
    program = await world.program()
    found = [await world.project(program, name=f"Dự án {number}") for number in range(3)]
    for project in found:
        await world.plan(project, 10 * BILLION + 1)
    return program, found


async def out(world: World, form: FormName, program: Program, period: int = 3, by: str = "chu") -> bytes:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await monthly.export(connection, world.desk, who, form, Scope(program.id, 2026, period))


def filled(
    content: bytes, values: dict[str, Any], *, drop: tuple[str, ...] = (), move: bool = False
) -> bytes:
    """Fill the yellow cells of a form by the project's name, as a spreadsheet would save it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    for name in book.sheet_names:
        table = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        sheet = made.add_worksheet(name)
        if name != META:
            heads = table[HEAD_ROW - 1]
            at = next(
                i for i, head in enumerate(heads) if "tháng (" in str(head) or "hoàn thành (" in str(head)
            )
            text = (
                heads.index("Nội dung, khó khăn, đề nghị") if "Nội dung, khó khăn, đề nghị" in heads else None
            )
            called = heads.index("Dự án")
            for row in table[HEAD_ROW:]:
                if row[called] in values:
                    row[at] = values[row[called]]
                    if text is not None:
                        row[text] = "Đã báo cáo"
            if move:
                table[HEAD_ROW][0], table[HEAD_ROW + 1][0] = table[HEAD_ROW + 1][0], table[HEAD_ROW][0]
            table = [*table[:HEAD_ROW], *(row for row in table[HEAD_ROW:] if row[called] not in drop)]
        for at_row, row in enumerate(table):
            for at_column, value in enumerate(row):
                sheet.write(at_row, at_column, value)
    made.close()
    return file.getvalue()


async def compared(world: World, content: bytes, by: str = "chu") -> dict[str, Line]:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        lines = await monthly.compared(connection, world.desk, who, read_back(content))
    return {line.name or line.key: line for line in lines}


async def take(
    world: World, form: FormName, program: Program, lines: list[Line], period: int = 3, by: str = "chu"
) -> list[dict[str, Any]]:
    rows = tuple(
        Approved(key=line.key, version=line.version, value=Decimal(line.after or 0), text=line.text_after)
        for line in lines
    )
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await monthly.apply(
            connection, world.desk, who, rows, form=form, scope=Scope(program.id, 2026, period)
        )


async def test_progress_goes_out_comes_back_and_the_same_file_again_changes_nothing(world: World) -> None:
    program, _ = await three(world)
    form = await out(world, "progress", program)
    back = filled(form, {"Dự án 0": 12.5, "Dự án 1": 40}, drop=("Dự án 2",))
    lines = await compared(world, back)
    assert {name: line.kind for name, line in lines.items()} == {"Dự án 0": "changed", "Dự án 1": "changed"}
    done = await take(world, "progress", program, list(lines.values()))
    assert all(each["done"] for each in done), done
    assert {line.kind for line in (await compared(world, back)).values()} == {"unchanged"}
    # The next export carries what stands here now; taken as it is, it changes nothing: write, read, write.
    again = await out(world, "progress", program)
    assert {line.kind for line in (await compared(world, again)).values()} == {"unchanged"}
    [(count,)] = await world.fetch(
        "SELECT count(*) FROM progress r JOIN project p ON p.id = r.project_id WHERE p.program_id = %s",
        program.id,
    )
    assert count == 2


async def test_what_changed_here_meanwhile_is_a_conflict_and_not_gone_over(world: World) -> None:
    program, projects = await three(world)
    form = await out(world, "disbursement", program)
    first = await compared(world, filled(form, {"Dự án 0": 1500.5, "Dự án 1": 700}))
    assert first["Dự án 0"].after == 1_500_500_000
    assert all(each["done"] for each in await take(world, "disbursement", program, list(first.values())[:2]))
    late = await compared(world, filled(form, {"Dự án 0": 9999, "Dự án 1": 700}))
    assert (late["Dự án 0"].kind, late["Dự án 1"].kind) == ("conflict", "unchanged")
    assert (late["Dự án 0"].before, late["Dự án 0"].after) == (1_500_500_000, 9_999_000_000)
    # What a person approved beside an older value is refused row by row.
    [stale] = await take(world, "disbursement", program, [first["Dự án 0"]])
    assert (stale["done"], stale["problem"]["code"]) == (False, "version-conflict")
    [chosen] = await take(world, "disbursement", program, [late["Dự án 0"]])
    assert chosen["done"]
    amounts = await world.fetch(
        "SELECT estimate_dong, state FROM payment WHERE project_id = %s ORDER BY id", projects[0].id
    )
    assert amounts == [(9_999_000_000, "estimate")]


async def test_a_promise_supersedes_the_one_before(world: World) -> None:
    program, projects = await three(world)
    for amount in (100, 250):
        lines = await compared(world, filled(await out(world, "commitment", program), {"Dự án 0": amount}))
        assert (await take(world, "commitment", program, [lines["Dự án 0"]]))[0]["done"]
    found = await world.fetch(
        "SELECT amount_dong, superseded_at IS NULL FROM commitment WHERE project_id = %s ORDER BY id",
        projects[0].id,
    )
    assert found == [(100_000_000, False), (250_000_000, True)]


async def test_broken_rows_are_refused_by_their_cell(world: World) -> None:
    program, _ = await three(world)
    form = await out(world, "progress", program)
    lines = await compared(world, filled(form, {"Dự án 0": "abc", "Dự án 1": 140, "Dự án 2": "1.234"}))
    assert {line.kind for line in lines.values()} == {"refused"}
    cells = sorted(fault["cell"] for line in lines.values() for fault in line.faults)
    assert cells == ["H4", "H5", "H6"]
    # Keys that were swapped between rows break the seals of both.
    moved = await compared(world, filled(form, {"Dự án 0": 5}, move=True))
    assert sorted(line.kind for line in moved.values()) == ["refused", "refused", "unchanged"]
    with pytest.raises(Problem, match="workbook-unreadable"):
        read_back(without_meta(form))


def without_meta(content: bytes) -> bytes:
    book = xlsxwriter.Workbook(file := io.BytesIO(), {"in_memory": True})
    book.add_worksheet("Trang")
    book.close()
    assert zipfile.is_zipfile(io.BytesIO(content))
    return file.getvalue()


async def test_an_owner_gets_and_fills_only_its_own_projects(world: World) -> None:
    program, projects = await three(world)
    theirs = await world.project(program, owner="other", name="Dự án khác")
    form = await out(world, "progress", program)
    assert "Dự án khác" not in await compared(world, form)
    mine = filled(form, {"Dự án 0": 10})
    for line in (await compared(world, mine, by="khac")).values():
        assert (line.kind, line.faults[0]["code"]) == ("refused", "row-unknown")
    row = Approved(key=str(projects[0].id), version=0, value=Decimal(10))
    who = await world.who("khac")
    async with world.db.transaction() as connection:
        scope = Scope(program.id, 2026, 3)
        [done] = await monthly.apply(connection, world.desk, who, (row,), form="progress", scope=scope)
    assert not done["done"]
    assert theirs.program_id == program.id
    assert date(2026, 3, 16) == world.desk.today()


def test_a_form_that_lost_its_sheet_is_refused() -> None:
    """A StopIteration cannot leave a thread: the request waited for ever."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(META)
    facts = {"form": next(iter(NAMES)), "version": "1", "scope": "program:1 year:2026 period:2"}
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_row(row, 0, (name, value))
    book.close()
    with pytest.raises(Problem) as refused:
        read_back(file.getvalue())
    assert refused.value.kind.code == "workbook-unreadable"


def test_amounts_are_shown_as_vietnamese_sheets_do() -> None:
    assert [millions(each) for each in (None, 0, 1, 1_500_500_000, 6_305_610_000_000)] == [
        "", "0", "0,000001", "1.500,5", "6.305.610"
    ]  # fmt: skip
