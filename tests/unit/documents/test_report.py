"""What a report says: dates and numbers by the decree, texts without what no document can carry, limits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.documents.report import (
    LETTERS_MAX,
    ROWS_MAX,
    Moment,
    Paragraph,
    Points,
    Table,
    Timeline,
    as_table,
    clean,
    number_line,
    place_and_date,
    prepared,
)
from haidang.documents.words import AGENCY_LINE, in_lines
from tests.unit.documents.reports import AT, report


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 5), "Quảng Ninh, ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 9), "Quảng Ninh, ngày 09 tháng 3 năm 2026"),
        (date(2026, 11, 22), "Quảng Ninh, ngày 22 tháng 11 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_take_a_zero(day: date, said: str) -> None:
    assert place_and_date(msgspec.structs.replace(report(), day=day)) == said


def test_a_day_without_a_place_begins_with_a_capital() -> None:
    assert place_and_date(msgspec.structs.replace(report(), place="")) == "Ngày 05 tháng 02 năm 2026"


@pytest.mark.parametrize(
    ("number", "symbol", "said"),
    [("5", "BC-TTĐH", "Số: 05/BC-TTĐH"), ("117", "BC-TTĐH", "Số: 117/BC-TTĐH"), ("", "", ""),
     ("", "BC-TTĐH", f"Số: {' ' * 8}/BC-TTĐH")],
)  # fmt: skip
def test_a_number_has_two_digits_and_room_where_the_office_gives_it(
    number: str, symbol: str, said: str
) -> None:
    assert number_line(msgspec.structs.replace(report(), number=number, symbol=symbol)) == said


def test_a_timeline_says_each_new_day_of_vietnam_once() -> None:
    moments = tuple(
        Moment(at=datetime(2026, 11, 22, hour, 59, 30, tzinfo=UTC), text=f"việc {hour}", strong=hour == 17)
        for hour in (15, 16, 17)
    )
    table = as_table(Timeline(moments=moments))
    assert [row[0] for row in table.rows] == [
        "Ngày 22/11/2026", "22:59:30", "23:59:30", "Ngày 23/11/2026", "00:59:30",
    ]  # fmt: skip
    assert (table.spans, table.strong) == ((0, 3), (4,))


def test_controls_and_marks_that_turn_the_writing_are_taken_out_and_letters_composed() -> None:
    assert clean("a\x00b\x07c\u202ed\u2066e\ufefff\uffff\ud800") == "abcdef"
    assert clean("một\r\nhai\rba\u2028bốn\tnăm") == "một\nhai\nba\nbốn năm"
    assert clean("To\u0302\u0301i") == "Tối"


@forall(st.text())
def test_what_is_cleaned_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(letter < " " and letter != "\n" for letter in once)


@pytest.mark.parametrize(
    "block",
    [
        Points(items=("a",) * (ROWS_MAX + 1)),
        Timeline(moments=(Moment(at=AT, text="a"),) * (ROWS_MAX + 1)),
        Table(head=("a",), rows=(("a",),) * (ROWS_MAX + 1)),
        Paragraph(text="a" * LETTERS_MAX),
    ],
)
def test_more_than_a_document_holds_is_refused(block: Points | Timeline | Table | Paragraph) -> None:
    with pytest.raises(Problem) as refusal:
        prepared(report(block))
    assert refusal.value.kind.code == "document-too-large"


@pytest.mark.parametrize(
    "table",
    [
        Table(head=("a", "b"), rows=(("a",),)),
        Table(head=("a", "b"), rows=(), widths=(1,)),
        Table(head=("a", "b"), rows=(), align="l"),
        Table(head=(), rows=()),
    ],
)
def test_a_table_whose_rows_do_not_fit_is_a_mistake(table: Table) -> None:
    with pytest.raises(ValueError, match=r"table|column"):
        prepared(report(table))


def test_names_are_broken_into_even_lines() -> None:
    assert in_lines("ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH", AGENCY_LINE) == "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NINH"
    assert in_lines("SỞ XÂY DỰNG", AGENCY_LINE) == "SỞ XÂY DỰNG"


@forall(st.lists(st.text(alphabet="aăâ", min_size=1, max_size=30), max_size=30))
def test_lines_lose_no_word(words: list[str]) -> None:
    assert in_lines(" ".join(words), 20).split() == words
