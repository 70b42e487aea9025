"""What is missing or beyond its scale, whatever it is, never becomes a total."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.indicators.indices import methods
from haidang.indicators.indices.computing import coefficients, compute, within
from haidang.indicators.indices.model import Method, leaves, walk
from tests.unit.indicators.indices.examples import mean

WHOLE = ("PCI-2006", "PCI-2009", "PCI-2013", "PAPI-2011", "PAPI-2018", "PAPI-2019", "DTI-2022", "DVC-766")


@st.composite
def rated(draw: Any, code: str | None = None) -> tuple[Method, dict[str, Fraction]]:
    method = methods.named(code or draw(st.sampled_from(WHOLE)))
    values = {}
    for each in leaves(method.components):
        part = draw(st.fractions(0, 1, max_denominator=1000))
        values[each.code] = each.min + part * ((each.max or each.min) - each.min)
    return method, values


@given(rated())
def test_a_whole_unit_has_a_total_within_the_scale(unit: tuple[Method, dict[str, Fraction]]) -> None:
    method, values = unit
    found = compute(method, values)
    assert found.why is None and found.missing == ()
    assert found.total is not None
    assert method.min <= found.total <= (method.max or 0)
    shares = coefficients(method, frozenset(values))
    assert found.total == sum(share * values[code] for code, share in shares.items())


@given(rated(), st.data())
def test_what_is_missing_is_named_and_there_is_no_total(
    unit: tuple[Method, dict[str, Fraction]], data: Any
) -> None:
    method, values = unit
    counted = sorted(coefficients(method, frozenset(values)))
    gone = data.draw(st.sets(st.sampled_from(counted), min_size=1))
    found = compute(method, {code: value for code, value in values.items() if code not in gone})
    assert found.total is None and found.why == "not_rated"
    named = {code for name in found.missing for code in _parts(method, name)}
    assert gone <= named
    # A component is named whole only where all of it is missing.
    assert named & set(counted) == gone


def _parts(method: Method, code: str) -> set[str]:
    component = method.find(code)
    assert component is not None
    return {code, *(each.code for each in walk(component.components))}


@given(rated(), st.data())
def test_a_value_beyond_its_scale_is_named_and_there_is_no_total(
    unit: tuple[Method, dict[str, Fraction]], data: Any
) -> None:
    method, values = unit
    code = data.draw(st.sampled_from(sorted(coefficients(method, frozenset(values)))))
    component = method.find(code)
    assert component is not None
    far = data.draw(st.fractions(Fraction(1, 100), 100))
    above = data.draw(st.booleans())
    beyond = (component.max or Fraction(0)) + far if above else component.min - far
    found = compute(method, values | {code: beyond})
    assert found.total is None and found.why == "out_of_scale"
    assert [each.code for each in found.beyond] == [code]


@given(rated(), st.data())
def test_more_of_anything_is_never_less(unit: tuple[Method, dict[str, Fraction]], data: Any) -> None:
    method, values = unit
    code = data.draw(st.sampled_from(sorted(coefficients(method, frozenset(values)))))
    component = method.find(code)
    assert component is not None
    more = values | {code: component.max or values[code]}
    assert (compute(method, more).total or 0) >= (compute(method, values).total or 0)


def test_what_carries_no_points_may_be_missing() -> None:
    method = methods.named("DTI-2022")
    values = {each.code: each.max or Fraction(0) for each in method.components if each.code != "smart-city"}
    assert compute(method, values).total == 1000


def test_a_table_of_dimensions_is_summed_by_its_dimensions() -> None:
    method = methods.named("PAPI-2018")
    values = {each.code: Fraction(5) for each in method.components}
    assert compute(method, values).total == 40
    assert compute(method, values | {"1.1": Fraction(1)}).missing == ("1.2", "1.3", "1.4")


def test_a_dimension_stands_beside_what_its_parts_make() -> None:
    method = methods.named("PAPI-2018")
    values = {each.code: each.min * 2 for each in leaves(method.components)} | {"1": Fraction("2.01")}
    figure = compute(method, values).figures["1"]
    assert (figure.value, figure.given, figure.difference) == (2, Fraction("2.01"), Fraction("-0.01"))


def test_a_template_keeps_what_it_is_given_and_computes_nothing() -> None:
    method = methods.named("PAR-2020")
    found = compute(method, {"1": Fraction(8)})
    assert (found.total, found.why) == (None, "template")
    assert found.figures["1"].value == 8


def test_indicators_without_a_total_have_none() -> None:
    assert compute(methods.named("ISO-37120"), {"economy": Fraction(1)}).why == "no_total"


@pytest.mark.parametrize(
    ("value", "fits"), [("3.33", True), ("3.34", False), ("0.33", True), ("0.32", False)]
)
def test_a_third_is_as_long_as_two_decimals_tell(value: str, fits: bool) -> None:
    component = methods.named("PAPI-2018").find("7.1")
    assert component is not None
    assert within(component, Fraction(value)) is fits


def test_a_mean_weighs_by_the_sum_of_its_weights() -> None:
    # (50·8 + 30·6 + 20·4) / 100 = 6.6, times 10.
    assert compute(mean(), {"a": Fraction(8), "b": Fraction(6), "c": Fraction(4)}).total == 66
