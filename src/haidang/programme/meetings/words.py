"""Numbers, money and days as papers write them: 15.533; 1.240,5 tỷ đồng; 61,2%; 05/02/2026."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from haidang.base.clock import LOCAL
from haidang.programme.model.money import DENOMINATORS, Ratio

NONE = "–"
"""What is not there is not zero."""
_TURN = str.maketrans(",.", ".,")


def number(value: int) -> str:
    """Return 15.533."""
    return f"{value:,}".replace(",", ".")


def money(amount: int | None) -> str:
    """Return an amount rounded to triệu đồng, as the tables of such reports have it: 1.240.500."""
    if amount is None:
        return NONE
    return number(int((Decimal(amount) / 1_000_000).to_integral_value(ROUND_HALF_UP)))


def big(amount: int | None) -> str:
    """Return an amount as it is said: "1.240,5 tỷ đồng", "850 triệu đồng"."""
    if amount is None:
        return NONE
    size = abs(amount)
    if size >= 1_000_000_000:
        return f"{decimal(Decimal(amount) / 1_000_000_000, 1)} tỷ đồng"
    if size >= 1_000_000:
        return f"{decimal(Decimal(amount) / 1_000_000, 1)} triệu đồng"
    return f"{number(amount)} đồng"


def decimal(value: Decimal | float, places: int) -> str:
    """Return 91,85, without zeros at its end."""
    text = f"{value:,.{places}f}"
    if places:
        text = text.rstrip("0").rstrip(".")
    return text.translate(_TURN)


def percent(ratio: Ratio | None) -> str:
    """Return 61,2%; a dash where there is nothing to divide by. The caller names the denominator."""
    if ratio is None or ratio.value is None:
        return NONE
    return f"{decimal(ratio.value * 100, 1)}%"


def of(ratio: Ratio) -> str:
    """Return what a share is of: "kế hoạch sau điều chỉnh (1.240 tỷ đồng)"."""
    return f"{DENOMINATORS[ratio.denominator_kind][0]} ({big(ratio.denominator_dong)})"


def day(value: date | None) -> str:
    """Return 05/02/2026 and 16/3/2026: days below 10 and months 1 and 2 take a zero (Decree 30)."""
    if value is None:
        return NONE
    month = f"{value.month:02}" if value.month <= 2 else str(value.month)
    return f"{value.day:02}/{month}/{value.year}"


def moment(value: datetime) -> str:
    """Return "17 giờ 05 phút ngày 16/3/2026", in Vietnam."""
    at = value.astimezone(LOCAL)
    return f"{at.hour:02} giờ {at.minute:02} phút ngày {day(at.date())}"


def points(before: Ratio | None, after: Ratio | None) -> str:
    """Return the change of a share in points: "+3,4 điểm %"; a dash where one of the two is missing."""
    if before is None or after is None or before.value is None or after.value is None:
        return NONE
    by = (after.value - before.value) * 100
    return f"{'+' if by > 0 else ''}{decimal(by, 1)}"
