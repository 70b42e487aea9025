"""Each shipped description recognises its form by itself; a description that is wrong says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.base.problems import Problem
from haidang.programme.sheets.description import SHIPPED, known, named, read_description, shipped
from haidang.programme.sheets.reading import Asked, read
from tests.unit.programme.sheets.workbooks import Grid, at, plan_sheet, written


def by_source(plan: str = "Kế hoạch vốn năm 2021", title: str = "KẾ HOẠCH ĐẦU TƯ CÔNG NĂM 2021") -> Grid:
    """A form of three heading rows: decision and plan over several columns, a row that numbers them."""
    grid = Grid()
    grid.put(1, title)
    grid.cells[2, 8] = "Đơn vị tính: tỷ đồng"
    grid.put(3, "STT", "Danh mục dự án", "Chủ đầu tư", "Quyết định đầu tư", None, plan, None, None, "Ghi chú")
    grid.put(4, None, None, None, "Số quyết định; ngày, tháng", "TMĐT", "Tổng số", "Trong đó")
    grid.put(5, None, None, None, None, None, None, "NSTW", "NSĐP")
    grid.put(6, "1", "2", "3", "4", "5", "6=7+8", "7", "8", "9")
    grid.merged = [
        (3, 1, 5, 1), (3, 2, 5, 2), (3, 3, 5, 3), (3, 4, 3, 5), (4, 4, 5, 4), (4, 5, 5, 5), (3, 6, 3, 8),
        (4, 6, 5, 6), (4, 7, 4, 8), (3, 9, 5, 9),
    ]  # fmt: skip
    grid.put(7, None, "TỔNG SỐ", None, None, 300.5, 60, 40, 20)
    grid.put(8, "I", "Lĩnh vực giao thông", None, None, 200, 45, 35, 10)
    grid.put(
        9, "1", "Đường vành đai phía Đông", "Ban QLDA Giao thông", "12/QĐ-UBND ngày 05/6/2020", 150, 35, 30, 5
    )
    grid.put(10, "2", "Cầu Bến Gỗ", "UBND xã Bình Minh", "15/QĐ-UBND ngày 7/7/2020", 50, 10, 5, 5)
    grid.put(11, "II", "Lĩnh vực công nghệ thông tin", None, None, 100.5, 15, 5, 10)
    grid.put(12, "1", "Trung tâm dữ liệu tỉnh", "Sở Thông tin và Truyền thông", "9/QĐ-UBND", 100.5, 15, 5, 10)
    grid.put(14, None, "Người lập biểu")
    return grid


def test_a_plan_by_source_is_recognised_and_each_source_kept() -> None:
    found = read(written(by_source()))
    assert (found.description, found.refused, found.unreconciled) == ("annual-plan-by-source", (), ())
    assert (len(found.projects), len(found.groups)) == (3, 3)
    assert found.plan_total_dong == 60_000_000_000
    road = found.projects[0]
    assert [(plan.fund_source, plan.amount_dong) for plan in road.plans] == [
        ("central", 30_000_000_000), ("provincial", 5_000_000_000)
    ]  # fmt: skip
    assert (road.owner, road.total_investment_dong) == ("Ban QLDA Giao thông", 150_000_000_000)
    assert {plan.year for each in found.projects for plan in each.plans} == {2021}


def test_a_total_that_is_not_its_sources_is_refused_by_its_cell() -> None:
    grid = by_source()
    grid.cells[9, 8] = 4
    found = read(written(grid))
    assert "F9" in {each.cell for each in found.refused if each.code == "row-sum"}
    assert next(each for each in found.projects if each.row == 9).refused


def test_a_medium_term_plan_is_recognised_with_its_years() -> None:
    grid = by_source("Kế hoạch trung hạn 2021-2025", "KẾ HOẠCH ĐẦU TƯ CÔNG TRUNG HẠN GIAI ĐOẠN 2021-2025")
    found = read(written(grid))
    assert (found.description, found.refused) == ("medium-plan", ())
    assert {(plan.plan_kind, plan.year, plan.year_last) for plan in found.plans} == {("medium", 2021, 2025)}
    assert found.plan_total_dong == 60_000_000_000


def test_a_site_adds_a_form_as_data(tmp_path: Path) -> None:
    text = (SHIPPED / "annual-plan.yaml").read_text("utf-8")
    text = text.replace("sheet: annual-plan", "sheet: mine").replace(
        "ke hoach von nam {year}*", "so tien cap"
    )
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets" / "mine.yaml").write_text(text, "utf-8")
    grid = plan_sheet(2).grid
    grid.cells[3, 6] = "Số tiền cấp"
    assert read(written(grid)).plan_total_dong == 0
    found = read(written(grid), Asked(descriptions=known(tmp_path)))
    assert (found.description, found.refused) == ("mine", ())
    assert named("mine", tmp_path).sheet == "mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sheet: x", "missing"), ("[", "expected"), ("sheet: 1\nversion: 1", "str"),
        ("sheet: x\nversion: 1\nvi: a\nen: b\ncolumns: []\ntiers: []", "column of kind name"),
    ],
)  # fmt: skip
def test_a_wrong_description_says_why(text: str, said: str) -> None:
    with pytest.raises(Problem) as caught:
        read_description(text, "x.yaml")
    assert said in caught.value.en.lower()


def test_the_shipped_ones_are_named() -> None:
    assert {each.sheet for each in shipped()} == {"annual-plan", "annual-plan-by-source", "medium-plan"}
    with pytest.raises(Problem, match="sheet-description"):
        named("nothing")


def test_the_best_page_is_read_and_the_others_are_named() -> None:
    made = plan_sheet(8)
    found = read(written(made.grid), Asked(page="Sheet1"))
    assert found.plan_total_dong == made.total_dong
    nothing = read(written(made.grid), Asked(page="khác"))
    assert [each.code for each in nothing.refused] == ["sheet-unknown"]
    assert at((1, 1)) == "A1"


def test_what_stands_below_the_table_is_told_and_not_taken() -> None:
    made = plan_sheet(9)
    last = made.grid.last
    made.grid.cells |= {
        (last + 2, 2): "Nơi nhận:", (last + 2, 5): "TM. ỦY BAN NHÂN DÂN", (last + 3, 5): "CHỦ TỊCH",
        (last + 8, 5): "Nguyễn Văn A",
    }  # fmt: skip
    found = read(written(made.grid))
    assert (found.plan_total_dong, found.refused, found.unreconciled) == (made.total_dong, (), ())
    below = {each.cell for each in found.notes if each.code == "row-remark"}
    assert below == {at((last + 2, 2)), at((last + 3, 5)), at((last + 8, 5))}


def test_totals_may_stand_at_the_end_or_only_there() -> None:
    made = plan_sheet(10)
    end = made.grid.last + 1
    for column in (5, 6):
        made.grid.cells[end, column] = made.grid.cells.pop((8, column))
    del made.grid.cells[8, 2]
    made.grid.cells[end, 1] = "TỔNG CỘNG"
    made.grid.merged = [*made.grid.merged, (end, 1, end, 2)]
    found = read(written(made.grid))
    assert (found.plan_total_dong, found.unreconciled, found.refused) == (made.total_dong, (), ())
    leaves = {each.row for each in found.groups if each.plans}
    for row, column in list(made.grid.cells):
        if 8 < row < end and column >= 5 and row not in made.projects and row not in leaves:
            del made.grid.cells[row, column]
    bare = read(written(made.grid))
    assert (bare.plan_total_dong, bare.unreconciled, bare.refused) == (made.total_dong, (), ())
    made.grid.cells[end, 6] += 1
    assert [off.cell for off in read(written(made.grid)).unreconciled] == [at((end, 6))]
