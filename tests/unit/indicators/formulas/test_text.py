"""The language: what it takes, and where it says that something is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.indicators.formulas.nodes import Aggregate, Binary, Minus, Number, Ratio, Ref, refs
from haidang.indicators.formulas.text import read


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[A-1]", {"A-1"}),
        ("[A-1] + [B-1] * 2 - ([C-1] / 4)", {"A-1", "B-1", "C-1"}),
        ("sum([D-1] over period)", {"D-1"}),
        ("mean([C-1] over area, missing: skip)", {"C-1"}),
        ("sum([C-1] over area, missing: 90%)", {"C-1"}),
        ("cumulative([A-1])", {"A-1"}),
        ("cumulative([A-1], missing: refuse)", {"A-1"}),
        ("last_year([A-1]) - previous([A-1])", {"A-1"}),
        ('ratio([A-1], [B-1], of: "dân số")', {"A-1", "B-1"}),
        ('percent([A-1], [B-1], of: "kế hoạch năm")', {"A-1", "B-1"}),
        ("least([A-1], [B-1], 5)", {"A-1", "B-1"}),
        ("first_known([A-1], [B-1])", {"A-1", "B-1"}),
        ("round(abs(-[A-1]), 2)", {"A-1"}),
        ('to("tỷ đồng", [A-1])', {"A-1"}),
        ("[A-1] * days()", {"A-1"}),
        ('fact("tasks.overdue", sector: "y tế", days: 30)', set()),
    ],
)
def test_what_it_takes(text: str, codes: set[str]) -> None:
    assert refs(read(text)) == codes


def test_signs_bind_as_in_arithmetic() -> None:
    found = read("1 + 2 * 3 - 4")
    assert isinstance(found, Binary) and found.sign == "-"
    assert isinstance(found.left, Binary) and found.left.sign == "+"
    assert isinstance(found.left.right, Binary) and found.left.right.sign == "*"
    assert isinstance(read("--1"), Number)
    assert isinstance(read("---1"), Minus)


def test_parts_know_their_place_and_policy() -> None:
    found = read("sum([A-1] over year, missing: 75%)")
    assert found == Aggregate(1, "sum", Ref(5, "A-1"), "year", Decimal("0.75"))
    share = read('percent([A-1], [B-1], of: "kế hoạch")')
    assert isinstance(share, Ratio) and (share.name, share.times) == ("kế hoạch", 100)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 1),
        ("[A-1] +", 8),
        ("[a-1]", 1),
        ("[A-1", 1),
        ("A-1", 1),
        ("[A-1] [B-1]", 7),
        ("[A-1] / [B-1]", 7),
        ("[A-1] / 0", 9),
        ("[A-1] / 0.00", 9),
        ("sum([A-1])", 10),
        ("sum([A-1] over country)", 16),
        ("sum([A-1] over area, missing: 0%)", 31),
        ("sum([A-1] over area, missing: zero)", 31),
        ("ratio([A-1], [B-1])", 19),
        ('ratio([A-1], [B-1], of: "")', 25),
        ("least([A-1])", 1),
        ("round([A-1], 9)", 14),
        ("round([A-1], 1.5)", 14),
        ("eval(1)", 1),
        ("__import__(1)", 1),
        ("days(1)", 6),
        ('fact("x", a: 1, a: 2)', 1),
        ("1e9", 2),
        ("[A-1]; [B-1]", 6),
        ("(" * 30 + "1" + ")" * 30, 25),
        ("1 + " * 200 + "1", 1),
        ("1" * 20, 16),
    ],
)
def test_what_is_wrong_is_named_at_its_place(text: str, at: int) -> None:
    with pytest.raises(Problem) as refusal:
        read(text)
    assert refusal.value.kind.code == "formula"
    assert refusal.value.faults[0].field == f"formula:{at}"
    assert refusal.value.vi and refusal.value.en


@given(st.text(max_size=200))
def test_no_text_is_too_much(text: str) -> None:
    try:
        read(text)
    except Problem as problem:
        assert problem.kind.code == "formula"


PIECES = ["[A-1]", "1", "2.5", "+", "-", "*", "/", "(", ")", "sum(", "over", "period", ",", "missing:", "50%",
          "ratio(", 'of: "x"', "days()", "previous(", "round("]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=300))
def test_no_heap_of_pieces_is_too_much(pieces: list[str]) -> None:
    try:
        read(" ".join(pieces))
    except Problem as problem:
        assert problem.kind.code == "formula"
