"""Methods by validity, trajectories, bands, honour of sources, marks: the rules without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.indicators.model.discipline import Discipline, Mark, reached
from haidang.indicators.model.period import parse
from haidang.indicators.model.register import (
    Indicator,
    Method,
    Target,
    Thresholds,
    amiss,
    band,
    expected,
    method_of,
    plain,
)
from haidang.indicators.model.submission import Submission, timeliness
from haidang.indicators.model.value import SOURCES, STATES, Flag, Source, Standing, flags_of, hinders


def indicator(**facts: Any) -> Indicator:
    given_: dict[str, Any] = {
        "id": 1, "code": "X", "vi": "X", "en": "X", "unit": "%", "direction": "up", "level": "unit",
        "period_kind": "month", "source_kind": "submitted",
    }  # fmt: skip
    return Indicator(**(given_ | facts))


def method(version: int, first: str, last: str | None) -> Method:
    return Method(
        indicator_id=1, version=version, valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None, vi="x", en="x",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "version"), [("2020-12-01", None), ("2021-01-01", 1), ("2025-12-01", 1), ("2026-01-01", 2)]
)
def test_a_period_has_the_method_of_its_day(start: str, version: int | None) -> None:
    methods = [method(1, "2021-01-01", "2026-01-01"), method(2, "2026-01-01", None)]
    found = method_of(methods, date.fromisoformat(start))
    assert (found and found.version) == version


@pytest.mark.parametrize(
    ("period", "wanted"), [("2026-01", 90), ("2026-02", None), ("2026-06", None), ("2026-12", 96)]
)
def test_the_trajectory_is_straight_between_its_points(period: str, wanted: int | None) -> None:
    points = [
        Target(start=date(2026, 1, 1), value=Decimal(90)),
        Target(start=date(2026, 12, 1), value=Decimal(96)),
    ]
    found = expected(points, parse(period))
    assert found is not None
    if wanted is not None:
        assert found == wanted
    else:
        assert Decimal(90) < found < Decimal(96)
    assert expected(points, parse("2025-12")) is None
    assert expected(points, parse("2027-01")) is None
    assert expected([], parse(period)) is None


@pytest.mark.parametrize(
    ("direction", "value", "wanted", "said"),
    [
        ("up", 100, 100, "good"), ("up", 91, 100, "near"), ("up", 90, 100, "near"), ("up", 89, 100, "far"),
        ("down", 100, 100, "good"), ("down", 110, 100, "near"), ("down", 111, 100, "far"),
        ("up", None, 100, "unknown"), ("up", 5, None, "unknown"), ("none", 5, 4, "unknown"),
    ],
)  # fmt: skip
def test_a_value_stands_good_near_or_far(
    direction: str, value: int | None, wanted: int | None, said: str
) -> None:
    told = None if value is None else Decimal(value)
    goal = None if wanted is None else Decimal(wanted)
    assert band(indicator(direction=direction), told, goal) == said


def test_a_band_has_bounds() -> None:
    held = indicator(direction="band", thresholds=Thresholds(low=Decimal(60), high=Decimal(95)))
    assert [band(held, Decimal(value), None) for value in (59, 60, 95, 96)] == ["far", "good", "good", "far"]


def test_a_number_beyond_its_range_or_too_precise_is_named() -> None:
    held = indicator(low=Decimal(0), high=Decimal(100), decimals=1)
    assert amiss(held, Decimal("99.5")) is None
    assert [found and found.code for found in (amiss(held, Decimal(-1)), amiss(held, Decimal("5.55")))] == [
        "out-of-range", "too-precise"
    ]  # fmt: skip
    assert [plain(Decimal(text)) for text in ("1E+3", "0.50", "100")] == ["1000", "0.5", "100"]


def standing(source: Source, state: str, *, flags: int = 0, missing: int = 0) -> Standing:
    return Standing(
        batch=1, judged=1, indicator_id=1, place_id=1, start=date(2026, 1, 1), flags=flags, method=1,
        revision=1,
        source=SOURCES.index(source) + 1, missing=missing, state=STATES.index(state),
         # type: ignore[arg-type]
        value=None if missing else Decimal(1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "source", "said"),
    [
        (None, "typed", None),
        (standing("computed", "approved"), "typed", "better-source"),
        (standing("computed", "approved"), "pulled", "better-source"),
        (standing("pulled", "approved"), "computed", None),
        (standing("computed", "approved", missing=5), "typed", "approved"),
        (standing("submitted", "submitted"), "typed", None),
        (standing("submitted", "approved"), "typed", "approved"),
        (standing("submitted", "approved"), "computed", None),
        (standing("computed", "locked"), "computed", "locked"),
        (standing("typed", "approved", flags=4), "computed", "corrected"),
    ],
)
def test_a_source_of_lower_honour_never_displaces_a_higher_one(
    before: Standing | None, source: Source, said: str | None
) -> None:
    assert hinders(before, source) == said


@given(st.sampled_from(SOURCES), st.sampled_from(SOURCES), st.sampled_from(STATES), st.integers(0, 63))
def test_a_locked_figure_is_gone_over_by_nobody(before: Source, new: Source, state: str, flags: int) -> None:
    found = hinders(standing(before, state, flags=flags), new)
    if state == "locked":
        assert found == "locked"
    if found is None and before in {"computed", "internal", "pulled"}:
        assert SOURCES.index(new) <= SOURCES.index(before)


def test_flags_are_named_and_marks_are_in_order() -> None:
    assert flags_of(Flag.ESTIMATE | Flag.LATE) == ["estimate", "late"]
    marks = (Mark(3, "a", "a"), Mark(6, "b", "b"))
    assert [[mark.count for mark in reached(marks, count)] for count in (2, 3, 7)] == [[], [3], [3, 6]]
    with pytest.raises(ValueError, match="order"):
        Discipline((Mark(6, "b", "b"), Mark(3, "a", "a")))


@pytest.mark.parametrize(
    ("submitted", "now", "said"),
    [
        (None, -30, "not_due"),
        (None, -2, "due_soon"),
        (None, 0, "late"),
        (-1, 5, "in_time"),
        (0, 5, "done_late"),
    ],
)
def test_what_was_handed_in_first_decides(submitted: int | None, now: int, said: str) -> None:
    due = datetime(2026, 4, 3, 10, tzinfo=UTC)
    row = Submission(
        id=1, version=1, form_code="x", org_id=1, start=date(2026, 3, 1), due_at=due, state="open",
        submitted_at=None if submitted is None else due + timedelta(hours=submitted),
    )  # fmt: skip
    assert timeliness(row, due + timedelta(hours=now)) == said


@pytest.mark.parametrize("text", ["1e999999999", "-1e5000000", "1e-5000000", "NaN", "Infinity"])
def test_a_number_that_no_value_can_be_is_told_in_few_letters(text: str) -> None:
    assert len(plain(Decimal(text))) <= 40
