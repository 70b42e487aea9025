"""Periods: text forms there and back, how they follow each other, and what is missing in a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.indicators.model.period import KINDS, Period, containing, current, parse, span

days = st.dates(date(1981, 1, 1), date(2145, 12, 31))
kinds = st.sampled_from(KINDS)


@pytest.mark.parametrize(
    ("text", "kind", "start", "last", "vi", "en"),
    [
        ("2026-11-22", "day", "2026-11-22", "2026-11-22", "ngày 22/11/2026", "22 November 2026"),
        ("2026-W47", "week", "2026-11-16", "2026-11-22", "tuần 47/2026", "week 47 of 2026"),
        ("2026-W01", "week", "2025-12-29", "2026-01-04", "tuần 1/2026", "week 1 of 2026"),
        ("2026-11", "month", "2026-11-01", "2026-11-30", "tháng 11/2026", "November 2026"),
        ("2024-02", "month", "2024-02-01", "2024-02-29", "tháng 2/2024", "February 2024"),
        ("2026-Q4", "quarter", "2026-10-01", "2026-12-31", "quý IV/2026", "Q4 2026"),
        ("2026-H1", "half", "2026-01-01", "2026-06-30", "6 tháng đầu năm 2026", "first half of 2026"),
        ("2026-H2", "half", "2026-07-01", "2026-12-31", "6 tháng cuối năm 2026", "second half of 2026"),
        ("2026", "year", "2026-01-01", "2026-12-31", "năm 2026", "2026"),
        ("2026-2030", "five_years", "2026-01-01", "2030-12-31", "giai đoạn 2026–2030", "2026–2030"),
        ("2021-2025", "five_years", "2021-01-01", "2025-12-31", "giai đoạn 2021–2025", "2021–2025"),
    ],
)
def test_each_form_names_its_days(text: str, kind: str, start: str, last: str, vi: str, en: str) -> None:
    found = parse(text)
    assert (found.kind, found.start.isoformat(), found.last.isoformat()) == (kind, start, last)
    assert (found.text(), found.vi(), found.en()) == (text, vi, en)


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-H3", "2025-W53", "2026-W00", "2026-02-29", "26-11",
     "2026-1", "2022-2026", "2026-2031", "tháng 11", "2026-11-22T00:00", "1950", "9999-12", " 2026",
     "2026-11 "],
)  # fmt: skip
def test_what_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        parse(text)


@given(kinds, days)
def test_a_day_lies_in_its_period_whose_text_leads_back(kind: str, day: date) -> None:
    found = containing(kind, day)  # type: ignore[arg-type]
    assert found.holds(day)
    assert found.holds(found.last)
    assert not found.holds(found.after)
    assert parse(found.text()) == found


# Three steps of five years either way stay within the years that a period may lie in.
@given(kinds, st.dates(date(2000, 1, 1), date(2120, 12, 31)), st.integers(-3, 3))
def test_periods_follow_each_other_without_gap(kind: str, day: date, count: int) -> None:
    found = containing(kind, day)  # type: ignore[arg-type]
    assert found.next().previous() == found
    assert found.next().start == found.after
    stepped = found
    for _ in range(abs(count)):
        stepped = stepped.next() if count > 0 else stepped.previous()
    assert found.shifted(count) == stepped
    assert (found < stepped) == (count > 0)


@pytest.mark.parametrize(
    ("text", "before"),
    [("2026-11-22", "2025-11-22"), ("2024-02-29", None), ("2026-W47", "2025-W47"), ("2026-W53", None),
     ("2026-11", "2025-11"), ("2026-Q4", "2025-Q4"), ("2026-H1", "2025-H1"), ("2026", "2025"),
     ("2026-2030", None)],
)  # fmt: skip
def test_the_same_period_of_last_year_or_none(text: str, before: str | None) -> None:
    found = parse(text).same_last_year()
    assert (found and found.text()) == before


@pytest.mark.parametrize(
    ("text", "kind", "first", "last", "count"),
    [("2026-Q4", "month", "2026-10", "2026-12", 3), ("2026", "quarter", "2026-Q1", "2026-Q4", 4),
     ("2026-02", "day", "2026-02-01", "2026-02-28", 28), ("2026-H1", "month", "2026-01", "2026-06", 6),
     ("2026-2030", "year", "2026", "2030", 5), ("2026-W01", "day", "2025-12-29", "2026-01-04", 7)],
)  # fmt: skip
def test_a_period_is_made_of_finer_ones(text: str, kind: str, first: str, last: str, count: int) -> None:
    found = parse(text).parts(kind)  # type: ignore[arg-type]
    assert found is not None
    assert (found[0].text(), found[-1].text(), len(found)) == (first, last, count)
    assert all(each.within(parse(text).kind) == parse(text) for each in found)


def test_weeks_fill_no_month_and_lie_in_one_only_sometimes() -> None:
    assert parse("2026-11").parts("week") is None
    assert parse("2026-11").parts("year") is None
    assert parse("2026-W47").within("month") == parse("2026-11")
    assert parse("2026-W49").within("month") is None
    assert parse("2026-11").within("day") is None


def test_the_year_to_date_and_the_running_period() -> None:
    assert [each.text() for each in parse("2026-03").year_to_date()] == ["2026-01", "2026-02", "2026-03"]
    assert [each.text() for each in parse("2026-W02").year_to_date()] == ["2026-W01", "2026-W02"]
    assert parse("2026-2030").year_to_date() == [parse("2026-2030")]
    assert (parse("2026-W01").year, parse("2026-2030").year) == (2026, 2026)
    # 17:30 UTC is half past midnight of the next day in Vietnam.
    assert current("day", datetime(2026, 11, 30, 17, 30, tzinfo=UTC)).text() == "2026-12-01"
    assert current("month", datetime(2026, 11, 30, 16, 30, tzinfo=UTC)).text() == "2026-11"


def test_a_period_begins_on_its_first_day_and_a_span_has_an_end() -> None:
    with pytest.raises(ValueError, match="first day"):
        Period("month", date(2026, 11, 2))
    with pytest.raises(ValueError, match="two kinds"):
        list(span(parse("2026-01"), parse("2026")))
    with pytest.raises(ValueError, match="more than"):
        list(span(parse("2000-01-01"), parse("2100-01-01")))
    assert list(span(parse("2026-03"), parse("2026-01"))) == []
