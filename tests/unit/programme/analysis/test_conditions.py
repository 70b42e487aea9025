"""Each red flag of money, time and substance at its threshold, and what is unknown raising none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from haidang.base.problems import Problem
from haidang.programme.analysis.conditions import RULES, Facts, raised
from haidang.programme.analysis.thresholds import thresholds

SHIPPED = thresholds().conditions
ON = date(2020, 10, 5)
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("nothing_paid", {"period": 3, "plan_dong": 100, "paid_dong": 0}, {"period": 2}),
    ("third_quarter", {"period": 9, "plan_dong": 100, "paid_dong": 49}, {"paid_dong": 50}),
    ("below_province", {"plan_dong": 100, "paid_dong": 40, "province_share": 0.45}, {"paid_dong": 45}),
    ("foreseen_low", {"foreseen_share": 0.94}, {"foreseen_share": 0.95}),
    ("late_allocation", {"planned_on": date(2020, 1, 1), "allocated_on": date(2020, 3, 2)},
     {"allocated_on": date(2020, 3, 1)}),
    ("late_supplement", {"supplements": (date(2020, 5, 1), date(2020, 11, 2))},
     {"supplements": (date(2020, 10, 31),)}),
    ("guarantee_ends", {"outstanding_advance_dong": 5, "guarantee_expires_on": date(2020, 11, 3)},
     {"guarantee_expires_on": date(2020, 11, 4)}),
    ("old_advance", {"outstanding_advance_dong": 5, "advance_on": date(2019, 10, 5), "volume_on": ON},
     {"advance_on": date(2019, 10, 6)}),
    ("advance_without_volume", {"outstanding_advance_dong": 5, "advance_on": date(2020, 4, 5)},
     {"volume_on": date(2020, 4, 6)}),
    ("finish_late", {"decision_finish": date(2020, 12, 31), "forecast_finish": date(2021, 1, 1)},
     {"forecast_finish": date(2020, 12, 31)}),
    ("contract_over", {"contract_expires": date(2020, 10, 4)}, {"contract_expires": ON}),
    ("milestone_slip", {"slips_days": (3, 31)}, {"slips_days": (3, 30)}),
    ("physical_and_paid_apart", {"plan_dong": 100, "paid_dong": 40, "physical_pct": Decimal("60.01")},
     {"physical_pct": Decimal(60)}),
    ("total_raised", {"total_first_dong": 1000, "total_dong": 1101}, {"total_dong": 1100}),
    ("equipment_changed", {"equipment_changes": 2}, {"equipment_changes": 1}),
    ("appraisal_waits", {"appraisals_waiting": (3, 21)}, {"appraisals_waiting": (20,)}),
    ("bottleneck_unowned", {"bottlenecks_open": 1}, {"bottlenecks_open": 0}),
]  # fmt: skip


def codes(**known: Any) -> list[str]:
    return [flag.code for flag in raised(msgspec.convert({"on": ON, "period": 1} | known, Facts), SHIPPED)]


@pytest.mark.parametrize(("code", "raising", "change"), CASES, ids=[case[0] for case in CASES])
def test_at_its_threshold(code: str, raising: dict[str, Any], change: dict[str, Any]) -> None:
    assert codes(**raising) == [code]
    assert code not in codes(**(raising | change))


def test_every_rule_has_its_case_and_what_is_unknown_raises_none() -> None:
    assert [case[0] for case in CASES] == list(RULES)
    assert codes() == []
    assert codes(period=13) == []


def test_a_site_sets_single_values_and_a_fault_is_named(tmp_path: Path) -> None:
    own = tmp_path / "programme" / "flags.yaml"
    own.parent.mkdir()
    own.write_text("conditions: {goal_share: 0.9}\n", "utf-8")
    found = thresholds(tmp_path)
    assert found.conditions.goal_share == 0.9
    assert found.procurement == thresholds().procurement
    for wrong in (
        "conditions: {goal: 0.9}",
        "conditions: 3",
        "others: {}",
        "conditions: {goal_share: x}",
        "a: [",
        "- a",
    ):
        own.write_text(wrong, "utf-8")
        with pytest.raises(Problem):
            thresholds(tmp_path)
