"""The form of a packed day gives rows back bit for bit, whatever the numbers are."""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.city.tiers import codec
from haidang.city.tiers.codec import Rows

_DAY_US = 1_773_100_800_000_000
_floats = st.one_of(
    st.integers(-(2**53), 2**53).map(float),
    st.decimals(-10_000, 10_000, places=2).map(float),
    st.decimals(-10, 10, places=7).map(float),
    st.floats(width=64),
    st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308]),
)
_rests = st.none() | st.dictionaries(st.sampled_from(["12", "7", "@f", "scope"]), st.text(max_size=5))


@st.composite
def logs(draw: st.DrawFn) -> Rows:
    """Return rows in order of (t, seq)."""
    keys = sorted(
        draw(
            st.sets(st.tuples(st.integers(0, 86_399_999_999), st.integers(1, 2**62)), min_size=1, max_size=40)
        )
    )
    columns = draw(st.integers(0, 4))
    values = [[draw(_floats) for _ in range(columns)] for _ in keys]
    rests = {place: rest for place in range(len(keys)) if (rest := draw(_rests)) is not None}
    return Rows(
        np.array([seq for _, seq in keys], dtype=np.int64),
        np.array([at + _DAY_US for at, _ in keys], dtype=np.int64),
        np.array([draw(st.sampled_from([2, 2, 2, 3])) for _ in keys], dtype=np.int64),
        np.array(values, dtype=np.float64).reshape(len(keys), columns),
        rests,
    )


def same(one: Rows, other: Rows) -> bool:
    return (
        np.array_equal(one.seqs, other.seqs)
        and np.array_equal(one.times, other.times)
        and np.array_equal(one.kinds, other.kinds)
        and np.array_equal(one.values.view(np.int64), other.values.view(np.int64))
        and one.rests == other.rests
    )


@given(logs())
def test_rows_come_back_bit_for_bit(rows: Rows) -> None:
    assert same(codec.decode(codec.encode(rows)), rows)


@given(logs(), st.randoms())
def test_parts_merge_to_the_whole_in_any_order_and_overlap(rows: Rows, dice: Any) -> None:
    marks = np.array([dice.random() < 0.6 for _ in range(len(rows))])
    rest = ~marks
    rest[: len(rows) // 3] = True  # some rows are in both parts
    parts = [rows.only(marks), rows.only(rest)]
    dice.shuffle(parts)
    assert same(codec.ordered(*parts), rows)


def test_the_later_part_wins_where_a_row_was_written_anew() -> None:
    def row(value: float) -> Rows:
        one = np.array([1], dtype=np.int64)
        return Rows(one, one, one, np.array([[value]]), {})

    assert codec.ordered(row(1.0), row(2.0)).values.tolist() == [[2.0]]


@pytest.mark.parametrize(("columns", "decimals", "most"), [(12, 2, 2.3), (12, 1, 1.9), (1, 1, 4.5)])
def test_five_minute_telemetry_takes_few_bytes_a_value(columns: int, decimals: int, most: float) -> None:
    dice = np.random.default_rng(7)
    count = 288
    rows = Rows(
        np.cumsum(dice.integers(5_000, 9_000, count)),
        _DAY_US + np.arange(count) * 300_000_000,
        np.full(count, 2, dtype=np.int64),
        np.round(dice.normal(50, 20, (count, columns)), decimals),
        {},
    )
    assert len(codec.encode(rows)) / rows.values.size <= most


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="form 9"):
        codec.decode(zlib.compress(b"\x09\0\0\0\0"))
