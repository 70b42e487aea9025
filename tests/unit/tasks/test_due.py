"""Dues by precision: to which instant each comes, and how a pause moves it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from haidang.organisation.calendar import Calendar
from haidang.tasks.model.due import (
    Defaults,
    Due,
    Ends,
    add_working_minutes,
    end_of,
    faults,
    last_day,
    next_period,
    period_end,
    periods,
    pushed,
    resolve,
)
from haidang.tasks.model.words import due_words, period_words
from tests.unit.tasks.examples import CALENDAR, DIRECTIVE, HOUR, INSTANTS, local, three_years, year_of

GIVEN = local("2026-03-16 09:30")
TET = local("2026-02-13 16:00")  # Friday; free until Friday 20 February


@pytest.mark.parametrize(
    ("due", "given", "end", "words"),
    [
        (Due(precision="moment", at=local("2026-11-22 14:05")), GIVEN, "2026-11-22 14:05",
         "trước 14:05 22/11/2026"),
        (Due(precision="day", on=date(2011, 11, 20)), GIVEN, "2011-11-21 00:00", "hết ngày 20/11/2011"),
        (Due(precision="month", on=date(2020, 8, 3)), GIVEN, "2020-09-01 00:00", "trong tháng 8/2020"),
        (Due(precision="month", on=date(2024, 2, 1)), GIVEN, "2024-03-01 00:00", "trong tháng 2/2024"),
        (Due(precision="month", on=date(2026, 12, 31)), GIVEN, "2027-01-01 00:00", "trong tháng 12/2026"),
        (Due(precision="quarter", on=date(2026, 7, 1)), GIVEN, "2026-10-01 00:00", "trong quý III/2026"),
        (Due(precision="year", on=date(2026, 7, 1)), GIVEN, "2027-01-01 00:00", "trong năm 2026"),
        (Due(precision="working_days", count=5), TET, "2026-02-28 00:00",
         "5 ngày làm việc (hết ngày 27/02/2026)"),
        # Saturday 10 January is worked in exchange for Friday 2 January.
        (Due(precision="working_days", count=8), local("2025-12-31 10:00"), "2026-01-14 00:00",
         "8 ngày làm việc (hết ngày 13/01/2026)"),
        (Due(precision="working_minutes", count=120), TET, "2026-02-23 08:30",
         "2 giờ làm việc (trước 08:30 23/02/2026)"),
        (Due(precision="working_minutes", count=60), local("2026-03-16 11:00"), "2026-03-16 14:00",
         "1 giờ làm việc (trước 14:00 16/03/2026)"),
        (Due(precision="minutes", count=45), local("2026-02-17 23:30"), "2026-02-18 00:15",
         "45 phút (trước 00:15 18/02/2026)"),
        (Due(precision="event", event="Thủ tướng phê duyệt", count=3, happened_on=date(2026, 3, 20)), GIVEN,
         "2026-03-26 00:00", "3 ngày làm việc sau khi: Thủ tướng phê duyệt (hết ngày 25/03/2026)"),
        (Due(precision="recurring", every="quarter", until=date(2026, 12, 31)), GIVEN, "2027-01-01 00:00",
         "định kỳ hằng quý"),
    ],
)  # fmt: skip
def test_a_due_comes_to_an_end(due: Due, given: datetime, end: str, words: str) -> None:
    assert faults(due) == ()
    found = resolve(due, given, CALENDAR, DIRECTIVE.due)
    assert found.end == local(end)
    assert found.review is None
    assert due_words(due, found.end, None).vi == words


@pytest.mark.parametrize(
    ("due", "review", "words"),
    [
        (Due(precision="urgent"), "2026-03-31 00:00", "khẩn trương, xem lại ngày 30/03/2026"),
        (Due(precision="open"), "2026-04-01 00:00", "thường xuyên, xem lại ngày 31/03/2026"),
        (Due(precision="open", review_on=date(2026, 5, 4)), "2026-05-05 00:00",
         "thường xuyên, xem lại ngày 04/05/2026"),
        (Due(precision="event", event="phê duyệt", count=3), "2026-03-31 00:00",
         "3 ngày làm việc sau khi: phê duyệt (chưa xảy ra)"),
    ],
)  # fmt: skip
def test_a_due_without_a_date_is_looked_at_again(due: Due, review: str, words: str) -> None:
    found = resolve(due, GIVEN, CALENDAR, DIRECTIVE.due)
    assert (found.end, found.review) == (None, local(review))
    assert due_words(due, None, found.review).vi == words


def test_none_has_neither_end_nor_review() -> None:
    found = resolve(Due(precision="none"), GIVEN, CALENDAR, DIRECTIVE.due)
    assert (found.end, found.review) == (None, None)


def test_the_example_of_the_decree_thirty_working_days_of_2021() -> None:
    calendar = Calendar([year_of(2021, "04-21", "04-30", "05-03")])
    due = Due(precision="working_days", count=30, start=date(2021, 4, 8))
    assert resolve(due, GIVEN, calendar, Defaults()).end == local("2021-05-26 00:00")


def test_before_a_day_can_be_read_strictly() -> None:
    due = Due(precision="day", on=date(2026, 11, 20))
    assert resolve(due, GIVEN, CALENDAR, Defaults(strict_day=True)).end == local("2026-11-20 00:00")


@pytest.mark.parametrize(
    ("due", "field"),
    [
        (Due(precision="moment"), "due.at"),
        (Due(precision="moment", at=datetime(2026, 1, 1)), "due.at"),  # noqa: DTZ001 - that is the fault
        (Due(precision="day"), "due.on"),
        (Due(precision="day", on=date(202, 1, 1)), "due.on"),
        (Due(precision="working_days", count=0), "due.count"),
        (Due(precision="minutes", count=600_001), "due.count"),
        (Due(precision="event", count=3), "due.event"),
        (Due(precision="recurring"), "due.every"),
        (Due(precision="recurring", every="week", day=8), "due.day"),
        (Due(precision="recurring", every="month", day=0), "due.day"),
        (Due(precision="day", on=date(2026, 1, 1), day=5), "due.day"),
    ],
)
def test_a_faulty_rule_names_its_field(due: Due, field: str) -> None:
    assert [each.field for each in faults(due)] == [field]


@forall(INSTANTS, st.integers(1, 20_000))
def test_working_minutes_are_counted_back_as_they_were_added(start: datetime, minutes: int) -> None:
    calendar = three_years()
    end = add_working_minutes(calendar, start, minutes)
    assert calendar.working_minutes_between(start, end) == minutes
    # It ends within working hours, at the very minute: one less is earlier.
    assert add_working_minutes(calendar, start, minutes - 1) < end or minutes == 1


@forall(
    st.dates(date(1990, 1, 1), date(2149, 1, 1)),
    st.sampled_from(["week", "month", "quarter", "half_year", "year"]),
)
def test_a_period_holds_its_day_and_the_next_begins_after_it(day: date, every: str) -> None:
    last = period_end(day, every)
    assert last >= day
    assert period_end(last, every) == last
    assert period_end(last + timedelta(days=1), every) > last


@forall(INSTANTS, st.integers(0, 800), st.sampled_from(["week", "month", "quarter"]))
def test_periods_follow_each_other_without_a_gap(given: datetime, days: int, every: str) -> None:
    due = Due(precision="recurring", every=every)  # type: ignore[arg-type]
    now = given + timedelta(days=days)
    found = periods(due, given, now)
    assert found[0][1] == given
    for (_, _, last), (_, begin, _) in pairwise(found):
        assert begin == end_of(last)
    assert len({name for name, _, _ in found}) == len(found)
    following = next_period(due, given, now)
    assert following is not None
    assert following == end_of(found[-1][2])


def test_a_pause_moves_the_end_in_the_clocks_own_unit() -> None:
    wall = Due(precision="minutes", count=60)
    end = GIVEN + HOUR
    assert pushed(wall, end, GIVEN, GIVEN + HOUR / 2, CALENDAR) == end + HOUR / 2
    worked = Due(precision="working_minutes", count=120)
    # Stopped over the midday break: 11:00–14:00 are one working hour.
    assert pushed(
        worked, local("2026-03-16 14:30"), local("2026-03-16 11:00"), local("2026-03-16 14:00"), CALENDAR
    ) == local("2026-03-16 15:30")
    days = Due(precision="working_days", count=5)
    assert pushed(
        days, end_of(date(2026, 3, 23)), local("2026-03-17 10:00"), local("2026-03-19 10:00"), CALENDAR
    ) == end_of(date(2026, 3, 25))


def test_a_pause_over_tet_gives_no_more_than_the_days_that_were_worked() -> None:
    days = Due(precision="working_days", count=5)
    end = end_of(date(2026, 2, 27))
    assert pushed(days, end, TET, local("2026-02-22 10:00"), CALENDAR) == end


@forall(INSTANTS, st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_was_late_when_the_clock_was_stopped_stays_late(start: datetime, late: int, length: int) -> None:
    end = start - timedelta(minutes=late)
    for precision in ("day", "minutes", "working_minutes"):
        due = Due(precision=precision)  # type: ignore[arg-type]
        assert pushed(due, end, start, start + timedelta(minutes=length), CALENDAR) == end


@forall(INSTANTS)
def test_the_last_day_is_in_time_and_the_next_is_not(at: datetime) -> None:
    day = at.date()
    assert last_day(end_of(day)) == day


def test_what_recurs_without_an_end_may_have_a_day_to_look_again() -> None:
    ongoing = Due(precision="recurring", every="quarter", review_on=date(2026, 12, 31))
    assert resolve(ongoing, GIVEN, CALENDAR, DIRECTIVE.due) == Ends(None, local("2027-01-01 00:00"))
    ending = msgspec.structs.replace(ongoing, until=date(2026, 9, 30))
    assert resolve(ending, GIVEN, CALENDAR, DIRECTIVE.due) == Ends(local("2026-10-01 00:00"), None)
    bare = Due(precision="recurring", every="quarter")
    assert resolve(bare, GIVEN, CALENDAR, DIRECTIVE.due) == Ends(None, None)


@pytest.mark.parametrize(
    ("due", "given", "ends"),
    [
        (Due(precision="recurring", every="month", day=25), "2026-11-10 09:00", ["25/11", "25/12", "25/01"]),
        # The 25th of November was over when it was given: the first is December's.
        (Due(precision="recurring", every="month", day=25), "2026-11-26 09:00", ["25/12", "25/01"]),
        (Due(precision="recurring", every="month", day=31), "2026-11-10 09:00", ["30/11", "31/12", "31/01"]),
        (Due(precision="recurring", every="week", day=1), "2027-01-13 09:00", ["18/01", "25/01"]),
        (Due(precision="recurring", every="quarter", day=20), "2026-11-10 09:00", ["20/12", "20/03"]),
        (
            Due(precision="recurring", every="month", day=25, until=date(2026, 12, 24)), "2026-11-10 09:00",
            ["25/11", "24/12"],
        ),
    ],
)  # fmt: skip
def test_a_recurring_rule_may_name_the_day(due: Due, given: str, ends: list[str]) -> None:
    begun = local(given)
    found = periods(due, begun, local("2027-01-25 08:00"))
    assert [f"{last:%d/%m}" for _, _, last in found] == ends
    assert all(begin >= begun for _, begin, _ in found)


def test_the_day_of_a_recurring_rule_in_words() -> None:
    said = {
        "month": "định kỳ hằng tháng, ngày 5", "week": "định kỳ hằng tuần, vào thứ Sáu",
        "quarter": "định kỳ hằng quý, ngày 5 tháng cuối kỳ",
    }  # fmt: skip
    for every, words in said.items():
        rule = Due(precision="recurring", every=every, day=5)  # type: ignore[arg-type]
        assert due_words(rule, None, None).vi == words


@pytest.mark.parametrize(
    ("day", "every", "words"),
    [
        (date(2026, 11, 25), "month", "tháng 11/2026"), (date(2026, 11, 25), "quarter", "quý IV/2026"),
        (date(2027, 1, 1), "week", "tuần 53/2026"), (date(2026, 6, 30), "half_year", "6 tháng đầu năm 2026"),
        (date(2026, 7, 1), "half_year", "6 tháng cuối năm 2026"), (date(2026, 7, 1), "year", "năm 2026"),
    ],
)  # fmt: skip
def test_a_period_is_called_as_documents_call_it(day: date, every: str, words: str) -> None:
    assert period_words(day, every).vi == words
