"""The type selection language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.city.query.selection import matches, parse_types


@pytest.mark.parametrize(
    ("selection", "types", "selected"),
    [
        ("Camera", {"Camera"}, True),
        ("Camera", {"Road"}, False),
        ("Camera,Road", {"Road"}, True),
        ("Camera|Road", {"Road"}, True),
        ("Camera;Device", {"Camera"}, False),
        ("Camera;Device", {"Camera", "Device"}, True),
        ("(Camera;Device),Road", {"Road"}, True),
        ("(Camera;Device)|Road", {"Device"}, False),
        ("Camera;(Device,Sensor)", {"Camera", "Sensor"}, True),
        ("https://smartdatamodels.org/Camera", {"https://smartdatamodels.org/Camera"}, True),
    ],
)
def test_selects(selection: str, types: set[str], selected: bool) -> None:
    assert matches(parse_types(selection), frozenset(types)) is selected


@pytest.mark.parametrize("selection", ["", ",", "A,", "(A", "A)", "A B", "()", "A;;B", "(" * 10_000 + "A"])
def test_refused(selection: str) -> None:
    with pytest.raises(Problem):
        parse_types(selection)


@given(st.text(alphabet="AB,|;() ", max_size=40) | st.text(max_size=40))
def test_nothing_but_a_tree_or_a_problem(selection: str) -> None:
    try:
        matches(parse_types(selection), frozenset({"A"}))
    except Problem as problem:
        assert problem.kind.status in (400, 403)
