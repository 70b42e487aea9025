"""What the boards of directives make of counts and tasks."""

from __future__ import annotations

from datetime import UTC, date, datetime

from haidang.boards.directives.model import (
    WHENS,
    cell,
    heat,
    level,
    months,
    span,
    week_ahead,
    when,
    whose,
)
from haidang.directives.model.counts import Counts, Line
from haidang.tasks.model.due import end_of

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""9:00 in Vietnam."""


def test_a_heat_map_has_at_most_a_year_and_ends_with_the_last_day_asked() -> None:
    year = months(None, None, date(2026, 11, 18))
    assert (len(year), year[0], year[-1]) == (12, date(2025, 12, 1), date(2026, 11, 1))
    assert months(date(2026, 10, 20), None, date(2026, 11, 18)) == (date(2026, 10, 1), date(2026, 11, 1))
    assert months(None, date(2026, 1, 31), date(2026, 11, 18))[-1] == date(2026, 1, 1)
    assert months(date(2020, 1, 1), date(2026, 1, 31), date(2026, 11, 18))[0] == date(2025, 2, 1)


def test_a_cell_is_as_dark_as_the_share_of_what_is_late() -> None:
    assert [level(late, 100) for late in (0, 1, 10, 11, 25, 26, 50, 51, 100)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    november = date(2026, 11, 1)
    found = cell(
        november, Counts(given=5, done_late=1, overdue=1, bands={"1-30": 1}, done_on_time=2, cancelled=1)
    )
    assert found is not None
    assert (found.given, found.late, found.overdue, found.level) == (4, 2, 1, 3)
    assert cell(november, Counts(given=2, cancelled=2)) is None, "what was cancelled is nobody's to do"


def test_the_heat_map_begins_with_whoever_is_late_most_and_tells_how_many_are_left_out() -> None:
    shown = (date(2026, 10, 1), date(2026, 11, 1))
    late = Counts(given=2, overdue=1, bands={"1-30": 1}, done_on_time=1)
    good = Counts(given=3, done_on_time=3)
    lines = [
        Line((1, shown[1]), "A", good),
        Line((2, shown[0]), "B", late),
        Line((2, date(2026, 1, 1)), "B", late),
        Line((3, shown[0]), "C", good),
    ]
    rows, more = heat(lines, shown, {1: "A", 2: "B", 3: "C"}, 2)
    assert [row.name for row in rows] == ["B", "A"]
    assert (rows[0].late, rows[0].given) == (1, 2), "months outside of the map are not in its sums"
    assert rows[0].cells[1] is None
    assert more == 1


def test_what_is_owed_stands_under_when_it_must_be_done() -> None:
    ends = {
        "today": date(2026, 11, 18), "this_week": date(2026, 11, 22), "next_week": date(2026, 11, 29),
        "later": date(2026, 11, 30),
    }  # fmt: skip
    for word, day in ends.items():
        assert when("in_time", end_of(day), WEDNESDAY) == word
    assert when("no_due", None, WEDNESDAY) == "no_end"
    assert when("overdue", end_of(date(2026, 11, 17)), WEDNESDAY) == "overdue"
    assert when("awaiting_verdict", end_of(date(2026, 11, 18)), WEDNESDAY) == "waiting"
    assert {*ends, "no_end", "overdue", "waiting"} == set(WHENS)
    assert week_ahead(WEDNESDAY) == end_of(date(2026, 11, 25))


def test_since_yesterday_begins_at_half_past_seven() -> None:
    today = span(date(2026, 11, 18), WEDNESDAY)
    assert today.since == datetime(2026, 11, 17, 0, 30, tzinfo=UTC)
    assert today.until == WEDNESDAY
    before = span(date(2026, 11, 16), WEDNESDAY)
    assert (before.since, before.until) == (
        datetime(2026, 11, 15, 0, 30, tzinfo=UTC),
        datetime(2026, 11, 16, 0, 30, tzinfo=UTC),
    )


def test_a_leader_opens_on_what_they_gave_themselves() -> None:
    leaders = ["Chủ tịch UBND tỉnh Trần Văn An", "Phó Chủ tịch Lê Thị Bình"]
    assert whose(None, "Lê Thị Bình", leaders) == leaders[1]
    assert whose(None, "le thi binh", leaders) == leaders[1]
    assert whose(None, "Thị Bình Minh", leaders) is None
    assert whose(None, "", leaders) is None
    assert whose(None, "Chủ tịch", ["Phó Chủ tịch", "Chủ tịch"]) == "Chủ tịch"
    assert whose("*", "Lê Thị Bình", leaders) is None, "everybody's, where that is asked for"
    assert whose("Bí thư", "Lê Thị Bình", leaders) == "Bí thư"
