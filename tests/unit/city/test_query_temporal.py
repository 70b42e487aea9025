"""Temporal parameters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from haidang.base.problems import Problem
from haidang.city.query.temporal import TemporalQuery, parse_temporal

ONE = datetime(2025, 7, 1, tzinfo=UTC)
TWO = datetime(2025, 7, 2, tzinfo=UTC)


def read(**parameters: str) -> TemporalQuery:
    known = dict.fromkeys(("timerel", "time_at", "end_time_at", "timeproperty", "last_n"))
    return parse_temporal(**(known | parameters))


def test_spans() -> None:
    assert read() == TemporalQuery()
    assert read(timerel="before", time_at="2025-07-01T00:00:00Z") == TemporalQuery(end=ONE)
    after = read(timerel="after", time_at="2025-07-01T07:00:00+07:00")
    assert after.start is not None
    assert after.start > ONE
    assert read(
        timerel="between", time_at="2025-07-01T00:00:00Z", end_time_at="2025-07-02T00:00:00Z", last_n="5"
    ) == TemporalQuery(start=ONE, end=TWO, last=5)


@pytest.mark.parametrize(
    "parameters",
    [
        {"time_at": "2025-07-01T00:00:00Z"},
        {"timerel": "during", "time_at": "2025-07-01T00:00:00Z"},
        {"timerel": "before"},
        {"timerel": "before", "time_at": "yesterday"},
        {"timerel": "before", "time_at": "2025-07-01T00:00:00"},
        {"timerel": "between", "time_at": "2025-07-01T00:00:00Z"},
        {"timerel": "between", "time_at": "2025-07-02T00:00:00Z", "end_time_at": "2025-07-01T00:00:00Z"},
        {"timeproperty": "deletedAt"},
        {"last_n": "0"},
        {"last_n": "many"},
    ],
)
def test_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(Problem):
        read(**parameters)
