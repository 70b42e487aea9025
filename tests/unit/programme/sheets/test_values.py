"""What cells mean: numbers, money, units, years and days, as sheets of offices write them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.documents.numbers import Amiss, clean, number
from haidang.programme.sheets.numbering import numbering
from haidang.programme.sheets.values import Money, day, money, serial, unit_of, years


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234.567,89", "1234567.89"), ("1,234,567.89", "1234567.89"), ("1 234 567,5", "1234567.5"),
        ("1\u00a0234\u00a0567", "1234567"), ("12,5", "12.5"), ("12.5", "12.5"), ("0,125", "0.125"),
        ("-3.000.000", "-3000000"), ("(1.500.000)", "-1500000"), ("42", "42"), ("1.2345", "1.2345"),
    ],
)  # fmt: skip
def test_numbers(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "999,000"])
def test_a_lone_group_of_three_asks_and_is_answered(text: str) -> None:
    found = number(text)
    assert isinstance(found, Amiss)
    assert found.code == "number-ambiguous"
    whole, decimal = (Decimal(each) for each in found.question)
    assert {number(text, "vi"), number(text, "en")} == {whole, decimal}
    assert number(text, "vi" if "." in text else "en") == whole


@pytest.mark.parametrize(
    "text", ["abc", "12x34", "1.23.456", "1,2,3", "12.34.56", "2O20", "", "1.234.56", "--5", "5 tỷ", "1e5"]
)
def test_what_is_no_number(text: str) -> None:
    assert isinstance(number(text), Amiss)


@given(st.integers(0, 10**15), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_no_dong_is_lost_or_invented_by_a_unit(dong: int, unit: int) -> None:
    exact = Decimal(dong) / unit
    assert money(exact, unit) == Money(dong)
    # What a double keeps of it is the same đồng, as long as a double can tell them apart.
    stored = money(Decimal(f"{float(exact):.17g}"), unit)
    assert isinstance(stored, Money)
    assert stored.dong == dong


def test_money() -> None:
    assert money(Decimal("27454009.418483999"), 10**6) == Money(27_454_009_418_484)
    rest = money(Decimal("1.2345678"), 10**6)
    assert isinstance(rest, Money)
    assert (rest.dong, rest.remainder) == (1_234_568, Decimal("-0.2"))
    assert isinstance(money(Decimal(-1), 1), Amiss)
    assert money(Decimal(-1), 1, negative=True) == Money(-1)
    assert isinstance(money(Decimal("1e30"), 1), Amiss)


@pytest.mark.parametrize(
    ("text", "dong"),
    [
        ("ĐVT: Triệu đồng", 10**6), ("Đơn vị tính: tỷ đồng", 10**9), ("Đơn vị: nghìn đồng", 1000),
        ("(Triệu đồng)", 10**6), ("ĐVT : 1.000 đồng", 1000), ("Đvt: đồng", 1),
        ("Kế hoạch vốn (triệu đồng)", 10**6),
        ("Danh mục dự án", None),
    ],
)  # fmt: skip
def test_units(text: str, dong: int | None) -> None:
    assert unit_of(text) == dong


def test_an_unknown_unit_is_told() -> None:
    assert isinstance(unit_of("ĐVT: USD"), Amiss)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2015-2019", (2015, 2019)), ("2017 – 2020", (2017, 2020)), ("2020", (2020, 2020)),
        ("12/2019-6/2021", (2019, 2021)), ("từ năm 2017 đến năm 2020", (2017, 2020)),
    ],
)  # fmt: skip
def test_years(text: str, found: tuple[int, int]) -> None:
    assert years(text) == found


@pytest.mark.parametrize("text", ["2019-2015", "1015-2019", "20x5-2019", "abc", "2015-", "2015-201"])
def test_impossible_years(text: str) -> None:
    assert isinstance(years(text), Amiss)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("05/06/2020", date(2020, 6, 5)), ("5.6.20", date(2020, 6, 5)), ("31-1-2021", date(2021, 1, 31)),
        ("2020-06-05", date(2020, 6, 5)), ("1/1/99", date(1999, 1, 1)),
    ],
)  # fmt: skip
def test_days_are_day_before_month(text: str, found: date) -> None:
    assert day(text) == found


@pytest.mark.parametrize("text", ["31/02/2020", "13/13/2020", "06/2020", "abc", "1/1/3020"])
def test_no_such_days(text: str) -> None:
    assert isinstance(day(text), Amiss)


@given(st.dates(date(1976, 1, 1), date(2099, 12, 31)))
def test_serials_of_both_calendars(found: date) -> None:
    assert serial(Decimal((found - date(1899, 12, 30)).days), epoch_1904=False) == found
    assert serial(Decimal((found - date(1904, 1, 1)) // timedelta(days=1)), epoch_1904=True) == found


def test_the_day_that_never_was() -> None:
    assert isinstance(serial(Decimal(60), epoch_1904=False), Amiss)


def test_row_numbers() -> None:
    assert numbering("XIV") == (("roman", 14),)
    assert numbering("I") == (("roman", 1), ("letter", 9))
    assert numbering("***") == (("stars", 3),)
    assert numbering("12.") == (("arabic", 12),)
    assert numbering("1.2") == (("dotted", 2),)
    assert numbering("IIII") == numbering("0") == numbering("x?") == ()


def test_clean() -> None:
    assert clean(" Trường\u00a0\n Tiểu  học\u200b ") == "Trường Tiểu học"
