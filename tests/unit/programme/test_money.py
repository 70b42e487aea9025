"""Shares of money with their denominators, disbursed money by kind, trees that add up, acts and periods."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.programme.model import cases, payments
from haidang.programme.model.cases import Case
from haidang.programme.model.money import DENOMINATORS, DenominatorKind, Disbursed, Estimated, Ratio
from haidang.programme.model.payments import period_of
from haidang.programme.model.places import faults_of
from haidang.programme.model.plans import PlanKind
from haidang.programme.model.register import Node
from haidang.programme.model.status import Life, status_of
from haidang.programme.model.tree import branches, reconciled
from haidang.programme.service.money import Cut, denominators, ratios

NOW = datetime(2023, 5, 5, tzinfo=UTC)
CUT = Cut(plan_year=2023, plan_as_of=date(2023, 5, 5), cutoff=date(2023, 5, 5), known_at=NOW)


def test_quang_ninh_on_5_may_2023_has_two_rates_by_name() -> None:
    """Plan 14,233 bn, allocated 13,954, disbursed 2,118: 14.9 % of the one, 15.2 % of the other."""
    billion = 10**9
    held: dict[PlanKind, int] = {"annual": 14_233 * billion, "allocation": 13_954 * billion}
    amounts = denominators(held, held)
    found = {each.denominator_kind: each for each in
             ratios(amounts, Disbursed(volume_dong=2_118 * billion), Disbursed(), CUT)}  # fmt: skip
    assert found["annual"].value == Decimal("0.148809")
    assert found["allocation"].value == Decimal("0.151784")
    assert "prime_minister" not in found, "no decision of the Prime Minister stands: no rate against it"
    assert {each.cutoff for each in found.values()} == {date(2023, 5, 5)}
    assert set(DENOMINATORS) == set(get_args(DenominatorKind)) == set(amounts)


@pytest.mark.parametrize("missing", ["denominator_dong", "denominator_kind", "plan_as_of", "cutoff"])
def test_a_ratio_without_what_it_is_of_cannot_be_written(missing: str) -> None:
    whole = {
        "numerator_dong": 1, "denominator_dong": 0, "denominator_kind": "annual",
        "plan_as_of": date(2023, 1, 1), "cutoff": date(2023, 1, 1),
    }  # fmt: skip
    assert Ratio(**whole).value is None, "nothing to divide by is no rate of nought"
    del whole[missing]
    with pytest.raises(TypeError):
        Ratio(**whole)


dong = st.integers(0, 10**15)


@given(st.lists(dong, min_size=6, max_size=6))
def test_disbursed_adds_up_kind_by_kind_and_never_with_estimates(dongs: list[int]) -> None:
    one = Disbursed(advance_dong=dongs[0], volume_dong=dongs[1], recovery_dong=dongs[2])
    two = Disbursed(advance_dong=dongs[3], volume_dong=dongs[4], recovery_dong=dongs[5])
    assert (one + two).total_dong == one.total_dong + two.total_dong
    assert one.actual_cost_dong == one.volume_dong, "AC is gross volume: disbursed less outstanding advance"
    with pytest.raises(TypeError):
        one + Estimated(volume_dong=1)  # type: ignore[operator]


def node(number: int, parent: int | None, stated: int | None = None) -> Node:
    return Node(
        id=number, program_id=1, plan_year=2026, parent_id=parent, position=number, kind="group",
        name=f"{number}", stated_dong=stated, created_by="x", recorded_at=NOW,
    )  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 20), dong, st.lists(dong, max_size=3)), min_size=1, max_size=20))
def test_a_tree_of_any_shape_loses_and_invents_no_dong(said: list[tuple[int, int, list[int]]]) -> None:
    nodes = [node(at + 1, above or None if above <= at else None) for at, (above, *_) in enumerate(said)]
    own = {at + 1: amount for at, (_, amount, _) in enumerate(said)}
    below = {at + 1: amounts for at, (*_, amounts) in enumerate(said)}
    found = branches(nodes, own, below)
    flat = sum(own.values()) + sum(sum(each) for each in below.values())
    report = reconciled(found, flat_dong=flat)
    assert (report.placed_dong, report.unplaced_dong) == (flat, 0)
    assert sum(each.own_dong + each.projects_dong for each in found) == flat
    assert sorted(each.node.id for each in found) == [each.id for each in nodes]


def test_a_printed_total_that_differs_is_told_and_none_is_no_nought() -> None:
    found = branches([node(1, None, 10), node(2, 1), node(3, 1, 4)], {3: 4}, {2: [5]})
    assert [each.difference_dong for each in found] == [1, None, 0]
    assert [each.node.id for each in reconciled(found, flat_dong=9).unreconciled] == [1]


@pytest.mark.parametrize(
    ("day", "period"),
    [(date(2026, 1, 1), 1), (date(2026, 12, 31), 12), (date(2027, 1, 31), 13), (date(2025, 12, 31), None)],
)
def test_a_plan_year_has_thirteen_periods(day: date, period: int | None) -> None:
    assert period_of(day, 2026) == period


def test_every_act_has_its_rule_and_every_hindrance_can_be_met() -> None:
    for module in (payments, cases):
        acts = {str(kind.__struct_config__.tag) for kind in get_args(module.Act)}
        assert acts == set(module.RULES)
    case = Case(
        id=1, project_id=1, contract_id=1, contractor_id=1, owner_org=1, state="warned", subject="x", steps=1,
        reply_until=NOW, created_by="x", recorded_at=NOW, changed_at=NOW,
    )  # fmt: skip
    today = date(2023, 5, 5)
    planned = msgspec.structs.replace(case, state="remediation", plan_until=today)
    office: frozenset[cases.Part] = frozenset({"office"})
    owner: frozenset[cases.Part] = frozenset({"owner"})
    met = {
        cases.hinders("demand", case, frozenset(), NOW, today),
        cases.hinders("demand", case, owner, datetime(2023, 5, 4, tzinfo=UTC), today),
        cases.hinders("plan", case, owner, NOW, today),
        cases.hinders("replace", case, owner, NOW, today, skips=True),
        cases.hinders("reply", msgspec.structs.replace(case, state="closed"), owner, NOW, today),
        cases.hinders("cut_scope", planned, office, NOW, today),
    }  # fmt: skip
    assert met == set(get_args(cases.Hindrance))
    assert cases.hinders("demand", case, owner, NOW, today) is None


def test_a_status_is_the_furthest_thing_reached() -> None:
    assert status_of(Life()) == "identification"
    assert status_of(Life(decided=True, contracted=True)) == "implementation"
    assert status_of(Life(decided=True, handed_over=True, settled=True)) == "maintenance"
    assert status_of(Life(settled=True, cancelled=True)) == "cancelled"


@pytest.mark.parametrize(
    ("geometry", "word"),
    [
        ({"type": "Point", "coordinates": [20.9, 106.1]}, "changed places"),
        ({"type": "Point", "coordinates": [2.3, 48.8]}, "outside"),
        ({"type": "Point", "coordinates": ["a", 1]}, "coordinates"),
        ({"type": "Polygon", "coordinates": [[1, 2]]}, "coordinates"),
        ({"type": "LineString", "coordinates": []}, "positions"),
        ({"type": "GeometryCollection", "geometries": []}, "needs GeoJSON"),
        ({"type": "Point", "coordinates": [106.1, 20.9]}, None),
        (None, None),
    ],
)
def test_a_place_is_geojson_within_vietnam(geometry: Any, word: str | None) -> None:
    found = faults_of(geometry)
    assert (not found) if word is None else word in found[0][1]
