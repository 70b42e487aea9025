"""The seven values, their boundaries, their two readings, and the counts that must add up."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from haidang.tasks.model.due import Due, end_of, last_day
from haidang.tasks.model.task import (
    Task,
    Timeliness,
    band,
    days_late,
    soon,
    soon_until,
    timeliness,
)
from haidang.tasks.model.words import left_words
from tests.unit.tasks.examples import CALENDAR, DIRECTIVE, INSTANTS, given, local

GIVEN = local("2026-03-02 09:00")
DUE = Due(precision="day", on=date(2026, 3, 27))
END = end_of(date(2026, 3, 27))


def at(text: str, **fields: Any) -> tuple[Timeliness | None, str]:
    task = given(DUE, GIVEN, **fields)
    now = local(text)
    return timeliness(task, task.due_end, now, CALENDAR), left_words(task, now, CALENDAR, DIRECTIVE).vi


@pytest.mark.parametrize(
    ("now", "fields", "value", "words"),
    [
        ("2026-03-19 23:59", {}, "in_time", "còn 6 ngày làm việc"),
        ("2026-03-20 00:00", {}, "due_soon", "còn 5 ngày làm việc"),
        ("2026-03-27 23:59", {"state": "in_progress"}, "due_soon", "hạn hôm nay"),
        ("2026-03-28 00:00", {"state": "in_progress"}, "overdue", "trễ 1 ngày"),
        ("2026-04-30 10:00", {"state": "returned"}, "overdue", "trễ 34 ngày"),
        ("2026-04-30 10:00", {"state": "reported", "reported_at": END - timedelta(minutes=1)},
         "awaiting_verdict", "đã báo cáo 23:59 27/03/2026, chờ công nhận"),
        ("2026-04-30 10:00", {"state": "reported", "reported_at": END}, "overdue", "trễ 34 ngày"),
        ("2026-09-30 10:00", {"state": "accepted", "reported_at": END - timedelta(minutes=1)},
         "done_on_time", "xong đúng hạn"),
        ("2026-09-30 10:00", {"state": "closed", "reported_at": END}, "done_late", "xong, trễ 1 ngày"),
        ("2026-09-30 10:00",
         {"state": "suspended", "paused_at": local("2026-03-10 10:00"), "pause_reason": "by_document"},
         "in_time", "dừng đồng hồ từ 10:00 10/03/2026: Tạm dừng theo văn bản"),
        ("2026-09-30 10:00", {"state": "draft", "given_at": None}, None, "dự thảo, chưa giao"),
        ("2026-09-30 10:00", {"state": "cancelled"}, None, "đã hủy"),
    ],
)  # fmt: skip
def test_each_value_at_its_boundary(now: str, fields: dict[str, Any], value: str, words: str) -> None:
    assert at(now, **fields) == (value, words)


def test_without_a_date_there_is_no_due_until_the_review_has_passed() -> None:
    task = given(Due(precision="urgent"), GIVEN)
    assert timeliness(task, None, local("2026-03-16 23:59"), CALENDAR) == "no_due"
    assert timeliness(task, None, local("2026-03-17 00:00"), CALENDAR) == "overdue"
    assert (
        timeliness(given(Due(precision="none"), GIVEN), None, local("2030-01-01 00:00"), CALENDAR) == "no_due"
    )


def test_an_extension_is_late_in_the_headline_and_on_time_in_the_other_reading() -> None:
    task = given(DUE, GIVEN, state="closed", reported_at=END + timedelta(days=2))
    task = msgspec.structs.replace(task, due_end=END + timedelta(days=10))
    now = local("2026-09-01 08:00")
    assert timeliness(task, task.due_original, now, CALENDAR) == "done_late"
    assert timeliness(task, task.due_end, now, CALENDAR) == "done_on_time"


def test_soon_has_two_steps() -> None:
    task = given(DUE, GIVEN)
    assert soon(task, local("2026-03-19 12:00"), CALENDAR) is None
    assert soon(task, local("2026-03-20 12:00"), CALENDAR) == "amber"
    assert soon(task, local("2026-03-24 12:00"), CALENDAR) == "orange"


@pytest.mark.parametrize(
    ("days", "name"), [(0, None), (1, "1-30"), (30, "1-30"), (31, "31-60"), (61, "61-120"), (121, ">120")]
)
def test_bands_of_lateness(days: int, name: str | None) -> None:
    assert band(days) == name


@forall(INSTANTS, st.dates(date(2025, 6, 1), date(2027, 6, 1)))
def test_soon_is_one_boundary_as_the_list_asks_it_in_sql(now: datetime, day: date) -> None:
    """SQL asks ``due_end <= end of soon_until(now)``; both must draw the same line."""
    task = given(Due(precision="day", on=day), local("2025-05-01 08:00"))
    assert task.due_end is not None
    asked = now < task.due_end <= end_of(soon_until(now, CALENDAR))
    assert (timeliness(task, task.due_end, now, CALENDAR) == "due_soon") == asked
    assert last_day(task.due_end) == day


STATES = st.sampled_from(
    ["new", "received", "in_progress", "reported", "returned", "accepted", "closed", "suspended"]
)


@st.composite
def tasks(draw: Any) -> Task:
    state = draw(STATES)
    start = local("2025-05-01 08:00")
    reported = draw(INSTANTS) if state in {"reported", "accepted", "closed"} else None
    return given(
        draw(st.sampled_from([DUE, Due(precision="urgent"), Due(precision="none"), Due(precision="open")])),
        start, state=state, reported_at=reported,
        accepted_at=reported if state in {"accepted", "closed"} else None,
        paused_at=draw(INSTANTS) if state == "suspended" else None,
    )  # fmt: skip


@forall(st.lists(tasks(), max_size=30), INSTANTS)
def test_every_task_has_exactly_one_value_and_the_counts_add_up(found: list[Task], now: datetime) -> None:
    """As in the published figures: all = done + open, open = in time + overdue (governance 2.5)."""
    counts = Counter(timeliness(task, task.due_original, now, CALENDAR) for task in found)
    assert set(counts) <= set(get_args(Timeliness))
    done = counts["done_on_time"] + counts["done_late"]
    assert done == sum(task.state in {"accepted", "closed"} for task in found)
    still_open = sum(
        counts[each] for each in ("no_due", "awaiting_verdict", "in_time", "due_soon", "overdue")
    )
    assert done + still_open == len(found)


@forall(tasks(), INSTANTS, st.integers(0, 400))
def test_late_stays_late_for_ever(task: Task, now: datetime, days: int) -> None:
    later = now + timedelta(days=days)
    before = timeliness(task, task.due_original, now, CALENDAR)
    if before in {"overdue", "done_late"}:
        assert timeliness(task, task.due_original, later, CALENDAR) == before
        assert days_late(task, task.due_original, later) >= days_late(task, task.due_original, now)
