"""The public investment plan 2020 of Cần Thơ, as published (domain.md § 8 lists its traps)."""

from __future__ import annotations

import json
import time

from click.testing import CliRunner

from haidang.cli.programme import programme
from haidang.programme.sheets.reading import read
from tests.shared_data import shared


def _sheet():
    return read(shared("investment/cantho_public_investment_2020.xlsx").read_bytes())


def test_it_reconciles_exactly() -> None:
    found = _sheet()
    assert (len(found.projects), len(found.groups)) == (149, 104)
    assert found.plan_total_dong == 6_305_610_000_000
    assert (found.unreconciled, found.refused) == ((), ())
    assert found.description == "annual-plan"
    assert (found.unit_dong, found.unit_cell) == (1_000_000, "F2")
    total = next(each for each in found.groups if each.kind == "total")
    assert total.stated == {"total_investment": 27_454_009_418_484, "plan": 6_305_610_000_000}


def test_projects_and_allocations_by_norm_make_the_plan() -> None:
    found = _sheet()
    assert sum(plan.amount_dong for each in found.projects for plan in each.plans) == 5_194_944_000_000
    norms = [each for each in found.groups if each.plans]
    assert [each.kind for each in norms] == ["norm"] * 9
    assert sum(plan.amount_dong for each in norms for plan in each.plans) == 1_110_666_000_000
    assert (
        sum(plan.amount_dong for each in norms for plan in each.plans) + 5_194_944_000_000
        == found.plan_total_dong
    )
    assert len({each.owner for each in found.projects}) == 33
    assert {each.row for each in found.projects if not each.number} == {197, 204, 205, 211, 225}


def test_its_traps() -> None:
    found = _sheet()
    rows = {each.row: each for each in found.projects}
    groups = {each.row: each for each in found.groups}
    # "A" and "B" inside an owner are kinds of capital, not the tier of the same letters.
    assert (groups[69].kind, groups[73].kind, groups[191].kind) == ("capital", "capital", "tier")
    assert rows[70].owner == rows[75].owner == "Chi cục thủy lợi thành phố"
    # Stars name no phase: the text does.
    assert [groups[row].phase for row in (18, 37, 48, 60, 122, 150)] == [
        "completing", "transitional", "new_start", "transitional", "completed", "completing",
    ]  # fmt: skip
    assert rows[70].phase == "preparation"
    missing = {each.cell for each in found.notes if each.code == "cell-missing"}
    assert {"E133", "D133", "E197", "D197", "E205", "D205"} <= missing
    assert {each.cell for each in found.notes if each.code == "number-jumps"} == {"A233", "A259"}
    assert rows[38].places == ("Ninh Kiều", "Cái Răng", "Phong Điền")
    assert rows[104].places == ("Thốt Nốt", "Cờ Đỏ")
    assert rows[162].name == "Hệ thống cấp nước tập trung xã Định Môn, huyện Thới Lai"
    assert (rows[12].start_year, rows[12].finish_year) == (2015, 2019)
    assert rows[258].total_investment_dong == 11_839_170_484


def test_the_command_needs_no_database_and_says_it_as_json(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HAIDANG_DATA_DIR", str(tmp_path / "nothing-here"))
    file = shared("investment/cantho_public_investment_2020.xlsx")
    done = CliRunner().invoke(programme, ["import", str(file), "--dry-run", "--json"])
    report = json.loads(done.output)
    assert done.exit_code == 0
    assert report["leaf_projects"] == 149
    assert report["groups"] == 104
    assert report["plan_total_dong"] == 6_305_610_000_000
    assert report["unreconciled"] == 0
    assert report["refused"] == []
    assert report["importable_dong"] == report["plan_total_dong"]
    assert not (tmp_path / "nothing-here").exists()
    named = CliRunner().invoke(programme, ["import", str(file), "--sheet", "annual-plan", "--dry-run"])
    assert named.exit_code == 0
    assert "6.305.610.000.000 đồng" in named.output


def test_it_is_read_in_less_than_a_second() -> None:
    content = shared("investment/cantho_public_investment_2020.xlsx").read_bytes()
    began = time.perf_counter()
    read(content)
    assert time.perf_counter() - began < 1
