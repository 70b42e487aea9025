"""Counts that reconcile: every task in one place, in both readings; shares that name their denominator."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from haidang.directives.model.counts import Counts, counted, ratio, shown, standing, summed
from haidang.tasks.model.due import Due, end_of
from haidang.tasks.model.task import Task
from tests.unit.tasks.examples import CALENDAR, INSTANTS, given, local

replace = msgspec.structs.replace
GIVEN = local("2026-03-02 09:00")
DUE = Due(precision="day", on=date(2026, 3, 27))
END = end_of(date(2026, 3, 27))
NOW = local("2026-05-04 09:00")
STATES = (
    "draft", "new", "received", "in_progress", "reported", "returned", "accepted", "closed", "suspended",
    "cancelled",
)  # fmt: skip


def of(now: datetime = NOW, reading: Any = "original", **fields: Any) -> Counts:
    return counted([given(fields.pop("under", DUE), GIVEN, **fields)], reading, now, CALENDAR)


@st.composite
def tasks(draw: Any) -> Task:
    state = draw(st.sampled_from(STATES))
    reported = draw(INSTANTS) if state in {"reported", "accepted", "closed"} else None
    task = given(
        draw(st.sampled_from([DUE, Due(precision="urgent"), Due(precision="none"), Due(precision="open")])),
        local("2025-03-01 08:00"), state=state, reported_at=reported, reports=1 if reported else 0,
        accepted_at=reported if state in {"accepted", "closed"} else None, returns=draw(st.integers(0, 2)),
        paused_at=draw(INSTANTS) if state == "suspended" else None, extensions=draw(st.integers(0, 3)),
    )  # fmt: skip
    return replace(task, due_end=draw(INSTANTS)) if draw(st.booleans()) else task


@forall(st.lists(tasks(), max_size=40), INSTANTS, st.sampled_from(["original", "current"]))
def test_every_count_reconciles(found: list[Task], now: datetime, reading: Any) -> None:
    counts = counted(found, reading, now, CALENDAR)
    assert counts.identity()
    assert counts.given == sum(task.state != "draft" for task in found)
    assert shown(counts)["reconciles"]
    rate = counts.on_time_rate
    assert (rate is None) == (counts.done + counts.overdue == 0)
    if rate is not None:
        assert rate.denominator == counts.done_on_time + counts.done_late + counts.overdue
        assert 0 <= rate.percent <= 100


@forall(st.lists(tasks(), max_size=30), st.integers(1, 5), INSTANTS)
def test_the_parts_add_up_to_the_whole(found: list[Task], parts: int, now: datetime) -> None:
    whole = counted(found, "original", now, CALENDAR)
    cut = [counted(found[number::parts], "original", now, CALENDAR) for number in range(parts)]
    assert summed(cut) == replace(whole, median_days=None)


def test_an_extension_counts_late_in_the_headline_and_on_time_in_the_other_reading() -> None:
    fields: Any = {
        "state": "closed",
        "reported_at": END + timedelta(days=2),
        "due_end": END + timedelta(days=10),
    }
    assert of(**fields).done_late == 1
    assert of(reading="current", **fields).done_on_time == 1


def test_what_stands_still_or_is_off_the_table_has_no_timeliness() -> None:
    late = given(DUE, GIVEN, state="suspended", paused_at=END + timedelta(days=3))
    assert standing(late, "original", NOW, CALENDAR) == "suspended"
    assert standing(given(DUE, GIVEN, state="cancelled"), "original", NOW, CALENDAR) == "cancelled"
    assert of(state="suspended", paused_at=NOW).overdue == of(state="cancelled").overdue == 0


@pytest.mark.parametrize(
    ("fields", "given_tasks"),
    [
        ({}, 1),
        ({"state": "draft", "given_at": None}, 0),
        ({"state": "cancelled", "given_at": None}, 0),
        ({"is_exercise": True}, 0),
        ({"parent_id": 7, "source_kind": "directive"}, 0),
        ({"parent_id": 7, "source_kind": "remainder"}, 1),
        ({"parent_id": 7, "source_kind": "recurring"}, 1),
        ({"under": Due(precision="recurring", every="month")}, 0),
    ],
)  # fmt: skip
def test_what_is_counted_at_all(fields: dict[str, Any], given_tasks: int) -> None:
    assert of(**fields).given == given_tasks


@pytest.mark.parametrize(
    ("days", "name"),
    [(0, "1-30"), (29, "1-30"), (30, "31-60"), (60, "61-120"), (119, "61-120"), (120, ">120")],
)
def test_the_bands_of_the_overdue(days: int, name: str) -> None:
    counts = of(END + timedelta(days=days))
    assert (counts.overdue, counts.bands) == (1, {name: 1})


def test_days_are_those_until_the_report_that_was_accepted() -> None:
    found = [
        given(DUE, GIVEN, state="closed", accepted_at=NOW, reported_at=GIVEN + timedelta(days=days))
        for days in (1, 4, 30)
    ]
    assert counted(found, "original", NOW, CALENDAR).median_days == 4
    assert counted(found[:2], "original", NOW, CALENDAR).median_days == 2.5
    assert counted([], "original", NOW, CALENDAR).median_days is None


def test_the_published_rates_come_out_of_their_counts() -> None:
    office = Counts(given=2723, done_on_time=2501, overdue=222, bands={"1-30": 222})
    assert office.on_time_rate is not None
    assert (office.on_time_rate.percent, office.on_time_rate.denominator) == (91.85, 2723)
    hai_phong = Counts(given=15533, done_on_time=13119, in_time=2414)
    assert hai_phong.done_share is not None and hai_phong.done_share.percent == 84.46
    quang_nam = Counts(given=833, done_on_time=585, in_time=67, overdue=181, bands={"61-120": 90, ">120": 91})
    assert quang_nam.identity()
    assert not replace(quang_nam, given=834).identity()


def test_no_share_of_nothing_and_halves_go_up() -> None:
    assert ratio(0, 0, "", "") is None
    half = ratio(1, 16, "", "")
    assert half is not None and half.percent == 6.25
    assert [found and found.percent for found in (ratio(1, 3, "", ""), ratio(2, 3, "", ""))] == [33.33, 66.67]
