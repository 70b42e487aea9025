"""Each red flag by a case that raises it and one that does not, worked by hand from its definition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from haidang.programme.analysis.procurement import RULES, Flag, Offer, Tender, Thresholds, flags
from haidang.programme.analysis.thresholds import thresholds

SHIPPED = thresholds().procurement
CLOSES = datetime(2020, 6, 30, 2, tzinfo=UTC)


def tender(
    package: str, prices: dict[str, int], *, out: Sequence[str] = (), winner: str | None = "", **more: Any
) -> Tender:
    """Return a tender that the lowest valid bid wins, unless said otherwise."""
    valid = [bidder for bidder in prices if bidder not in out]
    if winner == "":
        winner = min(valid, key=prices.__getitem__) if valid else None
    offers = tuple(
        Offer(bidder=bidder, amount_dong=price, disqualified=bidder in out, winner=bidder == winner)
        for bidder, price in prices.items()
    )
    return Tender(**({"package": package, "buyer": "A", "method": "open", "offers": offers} | more))


def raised(code: str, tenders: Sequence[Tender], limits: Thresholds = SHIPPED) -> list[Flag]:
    return [flag for flag in flags(tenders, limits) if flag.code == code]


def usual(count: int = 8) -> list[Tender]:
    """Return tenders whose second bid lies 5 to 7 % above the first: fences at 2 and 10 %."""
    return [tender(f"u{n}", {"X": 100, "Y": 105 if n % 2 else 107}, winner="X") for n in range(count)]


def test_r003_short_period() -> None:
    short = tender("s", {"X": 1, "Y": 2}, published_on=date(2020, 6, 20), closes_at=CLOSES)
    long = tender("l", {"X": 1, "Y": 2}, published_on=date(2020, 6, 1), closes_at=CLOSES)
    unknown = tender("u", {"X": 1, "Y": 2}, closes_at=CLOSES)
    assert [(flag.subject, flag.value, flag.limit) for flag in raised("R003", [short, long, unknown])] == [
        ("s", 10, 18)
    ]


def test_r018_single_bid_but_not_where_only_one_is_asked() -> None:
    found = raised("R018", [
        tender("one", {"X": 5}), tender("two", {"X": 5, "Y": 6}), tender("direct", {"X": 5}, method="direct"),
    ])  # fmt: skip
    assert [(flag.subject, flag.evidence) for flag in found] == [("one", ("X",))]


def test_r024_price_close_by_the_lower_fence() -> None:
    close = tender("close", {"X": 100, "Y": 101})
    found = raised("R024", [*usual(), close])
    assert [flag.subject for flag in found] == ["close"]
    assert found[0].value == pytest.approx(0.01)
    # By quality, not by price alone: the difference says nothing.
    assert not raised("R024", [*usual(), msgspec.structs.replace(close, price_only=False)])
    # Too few for quartiles: no fence, unless the site has set a limit.
    assert not raised("R024", [close])
    assert raised("R024", [close], msgspec.structs.replace(SHIPPED, r024_difference=0.02))


def test_r058_heavy_discount_by_the_upper_fence() -> None:
    found = raised("R058", [*usual(), tender("cheap", {"X": 100, "Y": 140})])
    assert [(flag.subject, round(flag.value, 2)) for flag in found] == [("cheap", 0.4)]


def test_r025_who_bids_much_and_wins_seldom() -> None:
    tenders = [tender(f"p{n}", {f"B{n % 5}": 90, f"B{(n + 1) % 5}": 95, "Z": 99}) for n in range(20)]
    found = raised("R025", tenders)
    assert [(flag.subject, flag.value) for flag in found] == [("Z", 0)]


def test_r028_identical_prices() -> None:
    found = raised(
        "R028", [tender("same", {"X": 7, "Y": 7, "Z": 9}, winner="X"), tender("not", {"X": 7, "Y": 8})]
    )
    assert [(flag.subject, flag.evidence) for flag in found] == [("same", ("X", "Y"))]


def test_r030_late_bid_won() -> None:
    def at(minutes: int, package: str) -> Tender:
        bid = Offer(bidder="X", amount_dong=1, submitted_at=CLOSES + timedelta(minutes=minutes), winner=True)
        return Tender(package=package, buyer="A", method="open", offers=(bid,), closes_at=CLOSES)

    assert [
        (flag.subject, flag.value)
        for flag in raised("R030", [at(12, "late"), at(0, "just"), at(-5, "in time")])
    ] == [("late", 12)]


def test_r035_all_others_disqualified() -> None:
    found = raised("R035", [
        tender("alone", {"X": 9, "Y": 7, "Z": 8}, out=("Y", "Z")),
        tender("two", {"X": 9, "Y": 7, "Z": 8}, out=("Y",)),
        tender("single", {"X": 9}),
    ])  # fmt: skip
    assert [(flag.subject, flag.value, flag.evidence) for flag in found] == [("alone", 2, ("Y", "Z"))]


def test_r036_lowest_disqualified() -> None:
    low = tender("low", {"X": 9, "Y": 7}, out=("Y",))
    assert [flag.subject for flag in raised("R036", [low, tender("high", {"X": 7, "Y": 9}, out=("Y",))])] == [
        "low"
    ]
    assert not raised("R036", [msgspec.structs.replace(low, price_only=False)])
    assert not raised("R036", [tender("none", {"X": 9, "Y": 7}, out=("X", "Y"))])


def test_r038_excessive_disqualification_of_a_buyer_and_of_a_bidder() -> None:
    plain = [
        tender(f"{buyer}{n}", {f"b{buyer}": 5, f"c{buyer}": 6}, buyer=buyer)
        for buyer in "ABCDEFG"
        for n in range(2)
    ]
    hard = [tender(f"H{n}", {"bH": 5, "W": 4, "V": 3}, out=("W", "V"), buyer="H") for n in range(2)]
    found = raised("R038", [*plain, *hard])
    assert {(flag.of, flag.subject) for flag in found} == {("buyer", "H"), ("bidder", "W"), ("bidder", "V")}


def test_r048_heterogeneous_supplier() -> None:
    narrow = [tender(f"n{n}", {f"S{n % 6}": 1, "L": 2}, category=f"43{n:06}") for n in range(12)]
    wide = [tender(f"w{n}", {"W": 1, "L": 2}, category=f"{40 + n}000000") for n in range(5)]
    assert [(flag.subject, flag.value) for flag in raised("R048", [*narrow, *wide])] == [("W", 5)]


def test_every_rule_has_its_test() -> None:
    assert {name[5:9].upper() for name in globals() if name.startswith("test_r0")} == RULES.keys()


def test_nothing_to_look_at_raises_nothing() -> None:
    assert flags([], SHIPPED) == []
    assert flags([Tender(package="p", buyer="A", method="open", offers=())], SHIPPED) == []
