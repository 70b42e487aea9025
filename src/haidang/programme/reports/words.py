"""Words, amounts and days as papers of the programme write them: 15.533, 1.234,567, 16/3/2026."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from haidang.base.clock import LOCAL
from haidang.programme.model.money import DENOMINATORS, Ratio

NONE = "–"
"""In a table: the register has it not. It is not zero."""
MISSING = "chưa có số liệu"
MILLION = 1_000_000


def number(value: int | None) -> str:
    """Return 15.533; a dash where there is none."""
    return NONE if value is None else f"{value:,}".replace(",", ".")


def decimal(value: Decimal | float | None, places: int = 2) -> str:
    """Return 91,85, without zeros at its end; a dash where there is none."""
    if value is None:
        return NONE
    text = f"{value:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.translate(str.maketrans(",.", ".,"))


def million(dong: int | None) -> str:
    """Return an amount in million đồng, to the đồng: 12.345,678901; a dash where there is none."""
    return NONE if dong is None else decimal(Decimal(dong) / MILLION, 6)


def rounded(dong: int) -> str:
    """Return an amount of a column in whole million đồng; below one million to the đồng, never as 0."""
    return million(dong) if abs(dong) < MILLION else decimal(Decimal(dong) / MILLION, 0)


def money(dong: int | None) -> str:
    """Return an amount within a sentence: "12.345,6 triệu đồng", or that there is none."""
    return MISSING if dong is None else f"{million(dong)} triệu đồng"


def share(ratio: Ratio | None) -> str:
    """Return 15,2%; a dash where there is nothing to divide by."""
    value = None if ratio is None else ratio.value
    return NONE if value is None else f"{decimal(value * 100)}%"


def rate(ratio: Ratio) -> str:
    """Return a rate with everything it is a rate of."""
    vi, _ = DENOMINATORS[ratio.denominator_kind]
    return (
        f"{share(ratio)} {vi} ({million(ratio.numerator_dong)}/{million(ratio.denominator_dong)} triệu đồng; "
        f"kế hoạch tính đến ngày {day(ratio.plan_as_of)})"
    )


def day(value: date | None) -> str:
    """Return 16/3/2026, with zeros before days below 10 and months 1 and 2, as Decree 30 writes dates."""
    if value is None:
        return NONE
    month = f"{value.month:02}" if value.month <= 2 else str(value.month)
    return f"{value.day:02}/{month}/{value.year}"


def moment(value: datetime) -> str:
    """Return "17 giờ 05 phút ngày 16/3/2026", in Vietnam."""
    at = value.astimezone(LOCAL)
    return f"{at.hour:02} giờ {at.minute:02} phút ngày {day(at.date())}"
