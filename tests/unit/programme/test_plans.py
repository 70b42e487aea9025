"""What a revision makes of the amounts that are known, day by day, against a table of days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from haidang.programme.model.plans import Revision, Span, amount_on, revised

FIRST = date(2026, 1, 1)
days = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))
revisions = st.lists(st.tuples(days, st.integers(0, 10**15), st.integers(1, 3)), max_size=12)


def revision(day: date, dong: int, decision: int = 1) -> Revision:
    return Revision(
        project_id=1, fund_source_id=1, plan_kind="annual", plan_year=2026, amount_dong=dong,
        decision_id=decision, valid_from=day,
    )  # fmt: skip


@given(revisions)
def test_each_day_has_the_amount_of_the_last_word_on_it(said: list[tuple[date, int, int]]) -> None:
    """Against the plain way: a dict from the day of a decision to its last amount.

    A decision that says of a later day what it has said already says nothing new.
    """
    spans: tuple[Span, ...] = ()
    by_day: dict[date, tuple[int, int]] = {}
    for day, dong, decision in said:
        spans = revised(spans, revision(day, dong, decision))
        before = by_day[max(since)] if (since := [each for each in by_day if each <= day]) else None
        if before != (dong, decision):
            by_day[day] = (dong, decision)
        for number in range(62):
            at = FIRST + timedelta(days=number - 1)
            known = [since for since in by_day if since <= at]
            assert amount_on(spans, at) == (by_day[max(known)][0] if known else None)
    assert list(spans) == sorted(spans, key=lambda span: span.since)
    for before, after in pairwise(spans):
        assert before.until == after.since, "no gap, no overlap"


@given(revisions, days)
def test_saying_it_again_changes_nothing(said: list[tuple[date, int, int]], day: date) -> None:
    spans: tuple[Span, ...] = ()
    for each in said:
        spans = revised(spans, revision(*each))
    last = revision(day, 5, 3)
    once = revised(spans, last)
    assert revised(once, last) is once


def test_a_row_that_still_holds_as_it_was_is_left_alone() -> None:
    known = (
        Span(FIRST, date(2026, 6, 1), 100, 1, row=11), Span(date(2026, 6, 1), None, 80, 2, row=12),
    )  # fmt: skip
    after = revised(known, revision(date(2026, 3, 1), 90, 3))
    assert after == (
        Span(FIRST, date(2026, 3, 1), 100, 1), Span(date(2026, 3, 1), date(2026, 6, 1), 90, 3), known[1],
    )  # fmt: skip
