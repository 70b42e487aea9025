"""Dues in working days with an hour; what a rule must say, and when figures are asked for."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
import pytest

from haidang.base.clock import LOCAL
from haidang.indicators.model.due import DueRule, due_at, faults, opens_at
from haidang.indicators.model.period import parse
from haidang.organisation.calendar import Calendar, SpecialDay, Year

TET = tuple(SpecialDay(date(2026, 2, day), "Tết", "Tết", "x") for day in range(16, 21))
CALENDAR = Calendar([Year(2026, (*TET, SpecialDay(date(2026, 4, 30), "30/4", "30/4", "x"),
                                 SpecialDay(date(2026, 5, 1), "1/5", "1/5", "x")))])  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("rule", "period", "due", "opens"),
    [
        # Friday's figure is due on Monday, and so are Saturday's and Sunday's.
        (DueRule(working_days=1, at="09:00"), "2026-03-13", "2026-03-16T09:00", "2026-03-14T00:00"),
        (DueRule(working_days=1, at="09:00"), "2026-03-14", "2026-03-16T09:00", "2026-03-15T00:00"),
        (DueRule(working_days=0, at="17:00"), "2026-03-13", "2026-03-13T17:00", "2026-03-13T00:00"),
        (DueRule(working_days=0, at="17:00"), "2026-03-15", "2026-03-16T17:00", "2026-03-16T00:00"),
        (DueRule(working_days=3), "2026-03", "2026-04-03T17:00", "2026-04-01T00:00"),
        # Holidays are no working days: 30 April and 1 May 2026, a Thursday and a Friday.
        (DueRule(working_days=1), "2026-04", "2026-05-04T17:00", "2026-05-01T00:00"),
        (DueRule(day=20), "2026-01", "2026-02-23T17:00", "2026-02-01T00:00"),
        (DueRule(day=20, roll="before"), "2026-01", "2026-02-13T17:00", "2026-02-01T00:00"),
        (DueRule(day=31, months_after=1), "2026-01", "2026-03-02T17:00", "2026-02-01T00:00"),
        # An estimate within its month is asked for five working days before.
        (DueRule(day=20, months_after=0), "2026-03", "2026-03-20T17:00", "2026-03-13T00:00"),
        (DueRule(working_days=10), "2026-Q1", "2026-04-14T17:00", "2026-04-01T00:00"),
    ],
)
def test_a_rule_comes_to_an_instant(rule: DueRule, period: str, due: str, opens: str) -> None:
    assert faults(rule) == ()
    assert due_at(rule, parse(period), CALENDAR) == local(due)
    assert opens_at(rule, parse(period), CALENDAR) == local(opens)
    assert rule.vi()
    assert rule.en()


def test_a_rule_says_one_thing() -> None:
    assert faults(DueRule())
    assert faults(DueRule(working_days=1, day=5))
    for wrong in ({"working_days": 1, "at": "24:00"}, {"day": 0}, {"working_days": -1}, {"hour": 3}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, DueRule)
