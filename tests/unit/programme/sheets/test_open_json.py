"""OC4IDS packages: the same reading as a sheet, each fault by its pointer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.programme.sheets.open_json import is_json, read


def entry(amount: Any, source: str = "VN-NV-central", year: str = "2024") -> dict[str, Any]:
    return {
        "amount": {"amount": amount, "currency": "VND"}, "sourceParty": {"id": source},
        "period": {"startDate": f"{year}-01-01T00:00:00Z", "endDate": f"{year}-12-31T00:00:00Z"},
    }  # fmt: skip


def project(**facts: Any) -> dict[str, Any]:
    return {
        "id": "oc4ids-x-1", "title": "Trung tâm\u00a0điều hành", "publicAuthority": {"name": "Sở Xây dựng"},
        "period": {"startDate": "2023-02-01", "endDate": "2026-06-30"},
        "locations": [{"description": "Xã Bình Minh"}],
        "budget": {
            "amount": {"amount": 90_000_000_001, "currency": "VND"},
            "budgetBreakdowns": [{"id": "annual", "budgetBreakdown": [entry(7_000_000_003)]}],
        },
    } | facts  # fmt: skip


def package(*projects: Any) -> bytes:
    return json.dumps({"version": "0.9", "projects": projects}).encode()


def test_a_package_is_read_like_a_sheet() -> None:
    found = read(package(project()))
    [one] = found.projects
    assert (one.name, one.owner, one.places) == ("Trung tâm điều hành", "Sở Xây dựng", ("Xã Bình Minh",))
    assert (one.start_year, one.finish_year, one.total_investment_dong) == (2023, 2026, 90_000_000_001)
    [plan] = one.plans
    assert (plan.plan_kind, plan.fund_source, plan.year, plan.amount_dong) == (
        "annual", "central", 2024, 7_000_000_003
    )  # fmt: skip
    assert (found.plan_total_dong, found.refused, found.year) == (7_000_000_003, (), 2024)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"title": ""}, "/projects/1/title"),
        ({"period": {"startDate": "2023-02-31"}}, "/projects/1/period/startDate"),
        ({"budget": {"amount": {"amount": 5, "currency": "USD"}}}, "/projects/1/budget/amount"),
        ({"budget": {"amount": {"amount": -5, "currency": "VND"}}}, "/projects/1/budget/amount"),
        ({"budget": {"amount": {"amount": 1.5, "currency": "VND"}}}, "/projects/1/budget/amount"),
        ({"budget": {"budgetBreakdowns": [{"id": "x"}]}}, "/projects/1/budget/budgetBreakdowns/0/id"),
        ({"budget": []}, "/projects/1/budget"),
        ({"locations": "x"}, "/projects/1/locations"),
        ({"title": "Dự\u0000án"}, "/projects/1/title"),
        ({"title": "Dự\ud800án"}, "/projects/1/title"),
    ],
)
def test_a_fault_is_named_by_its_pointer_and_hides_no_other_project(facts: Any, pointer: str) -> None:
    found = read(package(project(), project(**facts)))
    assert [each.cell for each in found.refused] == [pointer]
    assert [each.refused for each in found.projects] == [False, True]


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"projects": 1}', b'{"projects": [NaN]}', b"[" * 100_000, b'{"a": "\xff"}']
)
def test_what_is_no_package_is_refused(content: bytes) -> None:
    assert is_json(content)
    with pytest.raises(Problem, match="workbook-unreadable"):
        read(content)
