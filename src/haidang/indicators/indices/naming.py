"""Which units the rows of a table mean: provinces by the names that they had in the year of the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from haidang.indicators.indices import units
from haidang.indicators.indices.findings import Fault, fault
from haidang.indicators.indices.model import Method
from haidang.indicators.indices.units import Unit


def named(
    method: Method, rows: Sequence[tuple[int, str]], year: int | None, asked: date | None
) -> tuple[date | None, list[Unit | None], list[Fault]]:
    """Return the day whose names fit best, the unit of each row (number, name), and what fits none."""
    if method.units == "any":
        return None, [None] * len(rows), []
    days = (asked,) if asked else _days(method, year)
    tried = {day: [units.resolve(name, day) for _, name in rows] for day in days}
    unknown = {day: sum(unit is None for unit in found) for day, found in tried.items()}
    best = min(days, key=lambda day: unknown[day])
    faults = [
        _unknown(no, name, best)
        for (no, name), unit in zip(rows, tried[best], strict=True)
        if unit is None and name
    ]
    alike = [day for day in days if unknown[day] == unknown[best]]
    if any(_keys(tried[day]) != _keys(tried[best]) for day in alike):
        said = {
            "vi": "tên đơn vị có cả trước và sau 1/7/2025: cần cho biết năm, hoặc ngày của đơn vị",
            "en": "these names stood before and after 1 July 2025: say the year, or the day of the units",
        }
        faults.append(fault(0, "", "units-of-which-time", **said))
    return best, tried[best], faults


def _keys(found: list[Unit | None]) -> list[str | None]:
    return [unit.key if unit else None for unit in found]


def _days(method: Method, year: int | None) -> tuple[date, ...]:
    if year is not None:
        return units.days_of(year)
    first, last = date(method.since, 6, 30), method.until
    return (first,) if last is not None and last < units.REFORM.year else (first, units.REFORM)


def _unknown(no: int, name: str, day: date) -> Fault:
    near = units.nearest(name, day)
    vi, en = (f" (có phải {near}?)", f" (is it {near}?)") if near else ("", "")
    return fault(
        no, "", "unit-unknown", unit=name, value=name,
        vi=f"không có tỉnh, thành phố này vào ngày {day:%d/%m/%Y}{vi}",
        en=f"there was no such province on {day}{en}",
    )  # fmt: skip
