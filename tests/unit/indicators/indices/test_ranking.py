"""Places with ties, quarters, and what rounding can do to a place."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.indicators.indices import ranking

totals = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 40).map(Fraction), min_size=1, max_size=12
)


def test_equals_share_a_place_and_the_next_is_left_out() -> None:
    assert ranking.places({"a": Fraction(9), "b": Fraction(9), "c": Fraction(5)}) == {"a": 1, "b": 1, "c": 3}


def test_quarters_are_cut_between_values() -> None:
    found = ranking.quarters({name: Fraction(at) for at, name in enumerate("abcdefgh", start=1)})
    # Cuts of 1…8: 2.75, 4.5, 6.25.
    assert found == {
        "a": "lowest", "b": "lowest", "c": "lower", "d": "lower", "e": "upper", "f": "upper", "g": "highest",
        "h": "highest",
    }  # fmt: skip


def test_a_median_of_an_even_number_lies_between_the_two() -> None:
    assert ranking.median([Fraction(1), Fraction(2), Fraction(10), Fraction(4)]) == 3
    with pytest.raises(ValueError):
        ranking.median([])


@given(totals)
def test_a_place_is_one_more_than_those_above(found: dict[str, Fraction]) -> None:
    for key, place in ranking.places(found).items():
        assert place == 1 + sum(value > found[key] for value in found.values())


@given(totals, st.fractions(0, 5, max_denominator=10))
def test_rounding_reaches_exactly_the_places_that_can_be(found: dict[str, Fraction], half: Fraction) -> None:
    for key, (best, worst) in ranking.reach(found, half).items():
        others = [value for name, value in found.items() if name != key]
        assert best == 1 + sum(value - half > found[key] + half for value in others)
        assert worst == 1 + sum(value + half > found[key] - half for value in others)
        assert best <= ranking.places(found)[key] <= worst


@given(totals)
def test_without_rounding_every_place_is_sure(found: dict[str, Fraction]) -> None:
    places = ranking.places(found)
    assert {key: (places[key], places[key]) for key in found} == ranking.reach(found, Fraction(0))
