"""Sheets that are broken at random: nothing changes silently, every bad cell is named."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from haidang.programme.sheets.reading import Project, Sheet, read
from tests.unit.programme.sheets.workbooks import (
    FIRST,
    HEADS,
    Formula,
    Grid,
    Made,
    at,
    data_cells,
    headed,
    plan_sheet,
    written,
)

SEEDS = st.integers(0, 10_000)
BREAKS: tuple[Any, ...] = (
    "abc", "#REF!", "#VALUE!", "12x34", None, -5, "1.234", "???", "@@@", "2O20", True, "999999999999999999",
    Formula("=SUM(A1:A2)", None), "Tr??ng",
)  # fmt: skip


def _facts(project: Project) -> tuple[Any, ...]:
    return (
        project.name, project.places, project.start_year, project.finish_year, project.total_investment_dong,
        project.plans,
    )  # fmt: skip


def _named(found: Sheet) -> set[str]:
    """Return the addresses that a reading names, notes included."""
    cells = {each.cell for each in (*found.refused, *found.notes)}
    for off in found.unreconciled:
        cells |= {off.cell, *off.suspects}
    return cells


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_right_sheet_is_taken_whole(seed: int) -> None:
    made = plan_sheet(seed)
    found = read(written(made.grid))
    assert {each.row: (each.name, each.plans[0].amount_dong) for each in found.projects} == made.projects
    assert len(found.groups) == made.groups
    assert found.plan_total_dong == made.total_dong
    assert (found.unreconciled, found.refused) == ((), ())


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_every_broken_cell_is_named_and_no_other_row_changes(seed: int) -> None:
    made, rng = plan_sheet(seed % 50), random.Random(seed)
    before = read(written(made.grid))
    grid, broken = _broken(made, rng)
    found = read(written(grid))
    named = _named(found)
    assert {at(place) for place in broken} <= named, sorted({at(place) for place in broken} - named)
    after = {each.row: each for each in found.projects}
    rows = {row for row, _ in broken}
    for project in before.projects:
        if project.row in rows:
            continue
        assert _facts(after[project.row]) == _facts(project)
        # Under another owner than before only where sums say so; a phase or owner that is lost is no other.
        if after[project.row].owner not in (project.owner, None, ""):
            assert found.unreconciled


def _broken(made: Made, rng: random.Random) -> tuple[Grid, list[tuple[int, int]]]:
    """Break one cell in a hundred; one that had said the same (nothing, for zero) is left out."""
    grid = made.grid.copy()
    places = data_cells(grid)
    chosen = rng.sample(places, max(1, len(places) // 100))
    broken = []
    for place in chosen:
        value = rng.choice(BREAKS)
        if place[1] >= 5 and not grid.cells[place] and value is None:
            continue
        if value is None:
            del grid.cells[place]
        else:
            grid.cells[place] = value
        broken.append(place)
    return grid, broken


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.sampled_from([10, 100, 1000, Decimal("0.1"), -1]))
def test_a_wrong_amount_is_found_in_its_group(seed: int, factor: Any) -> None:
    made, rng = plan_sheet(seed % 50), random.Random(seed)
    grid = made.grid.copy()
    place = rng.choice([each for each in data_cells(grid) if each[1] >= 5 and grid.cells[each]])
    grid.cells[place] *= factor
    found = read(written(grid))
    assert at(place) in _named(found)
    assert found.unreconciled or found.refused


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_row_that_moved_is_never_taken_silently_into_another_group(seed: int) -> None:
    made, rng = plan_sheet(seed % 50), random.Random(seed)
    rows = {row: {} for row in range(1, made.grid.last + 1)}
    for (row, column), value in made.grid.cells.items():
        rows[row][column] = value
    ordered = [rows[row] for row in sorted(rows)]
    moved = ordered.pop(rng.randrange(FIRST - 1, len(ordered)))
    ordered.insert(rng.randrange(FIRST - 1, len(ordered)), moved)
    grid = Grid(merged=made.grid.merged)
    for row, cells in enumerate(ordered, start=1):
        for column, value in cells.items():
            grid.cells[row, column] = value
    before, found = read(written(made.grid)), read(written(grid))
    where = lambda sheet: {(p.name, p.owner, p.phase, p.plans[0].amount_dong) for p in sheet.projects}  # noqa: E731
    if where(before) != where(found):
        assert found.unreconciled or found.refused


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(1, 8)))
def test_columns_in_another_order_say_the_same(order: list[int]) -> None:
    made = plan_sheet(3)
    grid = Grid(merged=[(3, column, 7, column) for column in range(1, 8)])
    for (row, column), value in made.grid.cells.items():
        grid.cells[row, order[column - 1] if row > 2 else column] = value
    found = read(written(grid))
    assert found.plan_total_dong == made.total_dong
    assert (found.unreconciled, found.refused) == ((), ())


def test_a_renamed_column_is_named_and_its_data_are_not_taken_for_another() -> None:
    made = plan_sheet(4)
    whole = read(written(made.grid)).plan_total_dong
    for column, head in enumerate(HEADS[:6], start=1):
        grid = made.grid.copy()
        grid.cells[3, column] = "Cột lạ"
        found = read(written(grid))
        assert at((3, column)) in {each.cell for each in found.refused}, head
        assert found.plan_total_dong in (0, whole) or found.unreconciled
    for column, head in ((1, "STT"), (2, "Tên dự án"), (5, "TMĐT"), (6, "Kế hoạch vốn"), (6, "KH vốn 2020")):
        grid = made.grid.copy()
        grid.cells[3, column] = head
        found = read(written(grid))
        assert (found.plan_total_dong, found.refused) == (whole, ()), head


def test_formulas_count_by_what_was_computed_and_are_refused_where_nothing_was() -> None:
    made = plan_sheet(5)
    row = min(made.projects)
    amount = float(made.grid.cells[row, 6])
    grid = made.grid.copy()
    grid.cells[row, 6] = Formula("=1+1", amount)
    found = read(written(grid))
    assert (found.plan_total_dong, found.refused) == (made.total_dong, ())
    assert at((row, 6)) in {each.cell for each in found.notes if each.code == "formula"}
    for cached in (None, 0):  # a writer that computes nothing leaves nothing, or a zero
        grid.cells[row, 6] = Formula("=1+1", cached)
        found = read(written(grid))
        assert [(each.cell, each.code) for each in found.refused] == [(at((row, 6)), "formula-uncached")]
        assert found.unreconciled


def test_a_unit_that_is_missing_unknown_or_unlikely_lets_nothing_in() -> None:
    made = plan_sheet(6)
    for unit, code in (("xyz", "unit-missing"), ("ĐVT: USD", "unit-unknown"), ("ĐVT: đồng", "unit-unlikely")):
        grid = made.grid.copy()
        grid.cells[2, 6] = unit
        found = read(written(grid))
        assert "F2" in {each.cell for each in found.refused}
        assert {(each.code, each.effect) for each in found.refused} == {(code, "sheet")}
    for unit, factor in (("ĐVT: Tỷ đồng", 1_000), ("Đơn vị tính: triệu đồng", 1), ("(Triệu đồng)", 1)):
        grid = headed(unit)
        grid.cells |= {place: value for place, value in made.grid.cells.items() if place[0] > 7}
        assert read(written(grid)).plan_total_dong == made.total_dong * factor
