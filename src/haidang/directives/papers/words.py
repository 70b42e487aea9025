"""Words and numbers as papers write them: 15.533, 91,85 %, 16/3/2026."""

from __future__ import annotations

from datetime import date, datetime

from haidang.base.clock import LOCAL
from haidang.directives.model.counts import Ratio
from haidang.tasks.model.due import last_day

RESTRICTED = "Nội dung hạn chế phổ biến (xem văn bản giao)"
NONE = "–"
"""What is not there is not zero."""


def number(value: int) -> str:
    """Return 15.533."""
    return f"{value:,}".replace(",", ".")


def decimal(value: float | None) -> str:
    """Return 91,85, without zeros at its end; a dash where there is none."""
    if value is None:
        return NONE
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def percent(ratio: Ratio | None) -> str:
    """Return 91,85% (2.501/2.723 nhiệm vụ …): never without what it is a share of."""
    if ratio is None:
        return "chưa tính được vì chưa có nhiệm vụ nào"
    share = f"{number(ratio.numerator)}/{number(ratio.denominator)}"
    return f"{decimal(ratio.percent)}% ({share} {ratio.of_vi})"


def day(value: date) -> str:
    """Return 16/3/2026, with zeros before days below 10 and months 1 and 2, as Decree 30 writes dates."""
    month = f"{value.month:02}" if value.month <= 2 else str(value.month)
    return f"{value.day:02}/{month}/{value.year}"


def end(value: datetime) -> str:
    """Return the last day that is in time before an end."""
    return day(last_day(value))


def moment(value: datetime) -> str:
    """Return "17 giờ 05 phút ngày 16/3/2026", in Vietnam."""
    at = value.astimezone(LOCAL)
    return f"{at.hour:02} giờ {at.minute:02} phút ngày {day(at.date())}"
