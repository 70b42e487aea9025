"""Reminders over three simulated years: each falls once, none is lost, whatever the clock does."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given as forall
from hypothesis import settings as tuned
from hypothesis import strategies as st

from haidang.tasks.model.agenda import agenda, look
from haidang.tasks.model.due import Due, end_of
from haidang.tasks.model.policy import Quiet, speakable
from haidang.tasks.model.task import Task
from tests.unit.tasks.examples import CALENDAR, DIRECTIVE, INSTANTS, POLICIES, given, local, three_years

START = local("2025-01-02 08:00")
FINISH = local("2027-12-31 23:00")


class Site:
    """A site in a few lines: it looks when it is told to, and keeps what has fallen as the database does."""

    def __init__(self, task: Task, calendar: Any = CALENDAR) -> None:
        self.task = task
        self.calendar = calendar
        self.told: list[tuple[int, str]] = []
        self.collapsed: dict[tuple[int, str], str] = {}
        self.next_at: datetime | None = START

    @property
    def kept(self) -> set[tuple[int, str]]:
        return set(self.told) | set(self.collapsed)

    def tick(self, now: datetime) -> None:
        """The job's look: rows whose moment has come."""
        if self.next_at is None or self.next_at > now:
            return
        policy = POLICIES.named(self.task.policy)
        found = look(agenda(self.task, policy, self.calendar, now), self.kept, now)
        self.told += [each.key for each in found.fall]
        self.collapsed |= {each.key: into for each, into in found.collapsed}
        self.next_at = found.next_at


@st.composite
def walks(draw: Any) -> list[datetime]:
    """Ticks over three years: minutes, days off, weeks of downtime, and the clock set back now and then."""
    now, found = START, [START]
    steps = draw(
        st.lists(
            st.one_of(
                st.integers(1, 90), st.integers(1_000, 20_000), st.integers(50_000, 90_000),
                st.integers(-3_000, -1),
            ),
            min_size=40, max_size=200,
        )
    )  # fmt: skip
    for minutes in steps:
        now += timedelta(minutes=minutes)
        found.append(max(START, min(now, FINISH)))
    return [*found, FINISH]


@tuned(max_examples=300)
@forall(walks(), st.dates(date(2025, 1, 20), date(2027, 9, 1)))
def test_no_step_of_the_ladder_is_lost_or_doubled(ticks: list[datetime], day: date) -> None:
    site = Site(given(Due(precision="day", on=day), START, calendar=three_years()), three_years())
    for now in ticks:
        site.tick(now)
    assert max(Counter(site.told).values(), default=0) <= 1
    expected = {(1, step.step) for step in DIRECTIVE.ladder}
    assert site.kept == expected, "at the end of three years everything has fallen, once"
    assert not set(site.told) & set(site.collapsed)
    assert (1, "after-30") in site.told, "the highest is never collapsed into another"
    order = [step.step for step in DIRECTIVE.ladder]
    for (_, step), into in site.collapsed.items():
        assert order.index(step) < order.index(into)


@forall(walks(), st.integers(1, 600))
def test_a_changed_due_starts_a_ladder_of_its_own(ticks: list[datetime], working_days: int) -> None:
    first = given(Due(precision="working_days", count=40), START)
    site = Site(first)
    half = len(ticks) // 2
    for now in ticks[:half]:
        site.tick(now)
    before = list(site.told)
    changed = max(ticks[:half])
    end = end_of(CALENDAR.add_working_days(changed.date(), working_days))
    site.task = msgspec.structs.replace(site.task, due_end=end, due_version=2, due_set_at=changed)
    site.next_at = changed
    for now in [changed, *(each for each in ticks[half:] if each >= changed)]:
        site.tick(now)
    assert site.told[: len(before)] == before
    assert max(Counter(site.told).values(), default=0) <= 1
    assert all(version == 2 for version, _ in site.told[len(before) :])


@forall(walks())
def test_every_period_of_a_recurring_task_gets_its_child_once(ticks: list[datetime]) -> None:
    site = Site(given(Due(precision="recurring", every="month"), START))
    for now in ticks:
        site.tick(now)
    labels = [f"period:{year}-{month:02}" for year in (2025, 2026, 2027) for month in range(1, 13)]
    assert sorted(step for _, step in site.told) == labels
    assert not site.collapsed


def test_what_was_missed_in_a_tet_week_of_downtime_collapses_into_the_highest() -> None:
    task = given(Due(precision="day", on=date(2026, 2, 13)), local("2026-01-05 08:00"))
    site = Site(task)
    site.next_at = START
    site.tick(local("2026-02-06 12:00"))
    assert site.told == [(1, "before-5")]
    site.tick(local("2026-03-02 08:00"))  # away since, over the whole Tết; five working days late
    assert site.told == [(1, "before-5"), (1, "after-5")]
    assert site.collapsed == {(1, "before-3"): "after-5", (1, "due"): "after-5"}


def test_a_due_near_at_hand_says_nothing_of_what_lies_before_it_was_set() -> None:
    task = given(Due(precision="working_days", count=2), local("2026-03-16 09:30"))
    steps = [each.step for each in agenda(task, DIRECTIVE, CALENDAR, local("2026-03-16 09:31"))]
    assert steps == ["due", "after-5", "after-15", "after-30"]


def test_nothing_falls_while_a_verdict_is_awaited_but_silence_does() -> None:
    task = given(Due(precision="day", on=date(2026, 3, 20)), local("2026-03-02 09:00"))
    task = msgspec.structs.replace(
        task, state="reported", reports=1, reported_at=local("2026-03-16 10:00"), reported_by="account:2"
    )
    [silence] = agenda(task, DIRECTIVE, CALENDAR, local("2026-04-30 08:00"))
    assert (silence.step, silence.at) == ("silence", local("2026-03-23 07:30"))
    returned = msgspec.structs.replace(task, state="returned", reported_at=None)
    found = look(
        agenda(returned, DIRECTIVE, CALENDAR, local("2026-04-01 08:00")),
        {(1, "before-5")},
        local("2026-04-01 08:00"),
    )
    assert [each.step for each in found.fall] == ["after-5"]


def test_a_suspended_task_says_nothing_and_an_accepted_one_is_closed_in_the_end() -> None:
    task = given(Due(precision="day", on=date(2026, 3, 20)), local("2026-03-02 09:00"))
    stopped = msgspec.structs.replace(task, state="suspended", paused_at=local("2026-03-10 09:00"))
    assert agenda(stopped, DIRECTIVE, CALENDAR, local("2027-01-01 08:00")) == []
    accepted = local("2026-03-18 10:00")
    done = msgspec.structs.replace(task, state="accepted", reported_at=accepted, accepted_at=accepted)
    [close] = agenda(done, DIRECTIVE, CALENDAR, accepted)
    assert (close.kind, close.at) == ("close", accepted + timedelta(days=30))


QUIET = DIRECTIVE.quiet


def test_quiet_hours_and_free_days_wait_and_the_most_urgent_does_not() -> None:
    evening = local("2026-02-13 22:10")  # Friday before Tết
    assert speakable(evening, QUIET, CALENDAR, 3) == local("2026-02-23 06:30")
    assert speakable(evening, QUIET, CALENDAR, 1) == evening
    assert speakable(local("2026-03-16 05:00"), QUIET, CALENDAR, 2) == local("2026-03-16 06:30")
    assert speakable(local("2026-03-16 09:00"), QUIET, CALENDAR, 2) == local("2026-03-16 09:00")


@forall(INSTANTS, st.times(), st.times())
def test_quiet_hours_end(at: datetime, start: Any, end: Any) -> None:
    quiet = Quiet(start.replace(microsecond=0, tzinfo=None), end.replace(microsecond=0, tzinfo=None))
    found = speakable(at, quiet, CALENDAR, 3)
    assert at <= found <= at + timedelta(days=14)
    assert CALENDAR.is_working_day(found.astimezone(at.tzinfo).date())
    assert speakable(found, quiet, CALENDAR, 3) == found
