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
    # 4.11: what was asked for with "after" is an inclusive bound
    assert read(timerel="after", time_at="2025-07-01T07:00:00+07:00") == TemporalQuery(start=ONE)
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
        {"timeproperty": "expiresAt"},
        {"timerel": "after", "time_at": "2025-07-01T00:00:00Z", "end_time_at": "2025-07-02T00:00:00Z"},
        {"last_n": "1.5"},
        {"last_n": "٣"},
        {"last_n": "9" * 5_000},
        {"last_n": "0"},
        {"last_n": "many"},
    ],
)
def test_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(Problem):
        read(**parameters)


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
@pytest.mark.parametrize("relation", ["before", "after"])
def test_the_ends_of_the_calendar_can_be_asked_about(relation: str, end: str) -> None:
    found = read(timerel=relation, time_at=end)
    bound = found.end if relation == "before" else found.start
    assert bound is not None
    assert bound.year in (1, 9999)
