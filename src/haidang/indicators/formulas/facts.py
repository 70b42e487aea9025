"""What the product counts in itself and a formula may ask for: the live city, tasks, the programme.

A fact is asked for one period and all places at once; what nobody has observed is unknown, what the product
counts itself and finds none of is zero.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, time
from decimal import Decimal

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.indicators.formulas import store
from haidang.indicators.formulas.checking import FactSpec
from haidang.indicators.formulas.evaluating import Found
from haidang.indicators.formulas.problems import bad
from haidang.indicators.model.period import Period
from haidang.indicators.model.register import Level
from haidang.indicators.model.value import Flag

PLACES: frozenset[Level] = frozenset({"province", "commune"})
UNITS: frozenset[Level] = frozenset({"province", "unit"})


class Span(msgspec.Struct, frozen=True):
    """A period as two instants, and what was said with the fact."""

    first: datetime
    after: datetime
    now: datetime
    period: Period
    given: Mapping[str, str]

    @property
    def end(self) -> datetime:
        """The end of the period, or now where it still runs."""
        return min(self.after, self.now)


class Counted(msgspec.Struct, frozen=True):
    """What a fact is for the whole province and for each place below, by area code or number of the unit."""

    whole: Found | None
    parts: dict[str | int, Found]
    else_: Found | None = None
    """What it is for a place that is not among the parts: zero where it is counted, None where unknown."""


Count = Callable[[Connection, Span], Awaitable[Counted]]


def span_of(period: Period, now: datetime, given: Mapping[str, str]) -> Span:
    """Return a period as instants in Vietnam."""
    first, after = (datetime.combine(day, time(), LOCAL) for day in (period.start, period.after))
    return Span(first, after, now, period, given)


def _found(value: Decimal | None, simulated: bool) -> Found:
    return Found(value, None if value is not None else "incomplete", int(Flag.SIMULATED) if simulated else 0)


def _numbers(rows: list[tuple[str | int | None, Decimal | None, bool]], *, zero: bool) -> Counted:
    """Return what rows (place, value, simulated) say; the row without a place is the whole."""
    parts = {place: _found(value, simulated) for place, value, simulated in rows if place is not None}
    whole = next((_found(value, simulated) for place, value, simulated in rows if place is None), None)
    nothing = Found(Decimal(0)) if zero else None
    return Counted(whole if whole is not None else nothing, parts, nothing)


def _city(how: str) -> Count:
    async def count(connection: Connection, span: Span) -> Counted:
        limit = span.given.get("above")
        rows = await store.city_numbers(
            connection, how=how, type_name=span.given["type"], attribute=span.given["attribute"],
            first=span.first, after=span.end, above=None if limit is None else float(limit),
        )  # fmt: skip
        return _numbers(rows, zero=False)

    return count


async def _entities(connection: Connection, span: Span) -> Counted:
    return _numbers(await store.entities(connection, span.given["type"], span.end), zero=True)


async def _reporting(connection: Connection, span: Span) -> Counted:
    rows = await store.reporting(connection, span.given["type"], span.first, span.end)
    return _numbers(rows, zero=True)


def _tasks(which: store.TaskCount) -> Count:
    async def count(connection: Connection, span: Span) -> Counted:
        rows = await store.tasks(
            connection, which, span.first, span.after, span.end, source=span.given.get("source"),
            sector=span.given.get("sector"),
        )  # fmt: skip
        return _numbers(rows, zero=True)

    return count


async def _paid(connection: Connection, span: Span) -> Counted:
    return _numbers(await store.paid(connection, span.period.year, span.end), zero=True)


async def _plan(connection: Connection, span: Span) -> Counted:
    return _numbers(await store.planned(connection, span.period.year, span.end), zero=True)


async def _late(connection: Connection, span: Span) -> Counted:
    return _numbers(await store.late_projects(connection, span.end), zero=True)


_OF_CITY = frozenset({"type", "attribute"})
_CITY_WORDS: dict[str, tuple[str, str]] = {
    "mean": ("trung bình các giá trị giờ", "mean of the hourly values"),
    "min": ("nhỏ nhất", "least"), "max": ("lớn nhất", "greatest"),
    "sum": ("tổng các giá trị", "sum of the values"),
}  # fmt: skip
_TASK_WORDS: dict[store.TaskCount, tuple[str, str]] = {
    "due": ("nhiệm vụ đến hạn gốc trong kỳ", "tasks whose original due lies in the period"),
    "due_on_time": ("nhiệm vụ đến hạn trong kỳ, xong đúng hạn gốc", "of these, done by their original due"),
    "overdue": ("nhiệm vụ quá hạn lúc cuối kỳ", "open tasks past their due at the end of the period"),
    "open": ("nhiệm vụ đang mở lúc cuối kỳ", "open tasks at the end of the period"),
    "done": ("nhiệm vụ hoàn thành trong kỳ", "tasks done in the period"),
}  # fmt: skip


def _specs() -> dict[str, tuple[FactSpec, Count]]:
    found: list[tuple[FactSpec, Count]] = [
        (
            FactSpec(name=f"city.{how}", vi=vi, en=en, unit=None, levels=PLACES, needed=_OF_CITY),
            _city(how),
        )
        for how, (vi, en) in _CITY_WORDS.items()
    ]
    found += [
        (FactSpec(name="city.hours_above", vi="số giờ có thiết bị vượt ngưỡng",
                  en="hours in which any device is above a limit", unit="giờ", levels=PLACES,
                  needed=_OF_CITY | {"above"}), _city("hours_above")),
        (FactSpec(name="city.device_hours_above", vi="số giờ vượt ngưỡng, cộng các thiết bị",
                  en="hours above a limit, summed over the devices", unit="giờ", levels=PLACES,
                  needed=_OF_CITY | {"above"}), _city("device_hours_above")),
        (FactSpec(name="city.entities", vi="số thực thể đã có", en="entities that there are", unit=None,
                  levels=PLACES, needed=frozenset({"type"})), _entities),
        (FactSpec(name="city.reporting", vi="số thực thể có số liệu trong kỳ",
                  en="entities that reported in the period", unit=None, levels=PLACES,
                  needed=frozenset({"type"})), _reporting),
        (FactSpec(name="programme.paid", vi="đã giải ngân lũy kế (Kho bạc xác nhận), không gồm vốn kéo dài",
                  en="paid so far (confirmed by the Treasury), without carry-over", unit="đồng",
                  levels=UNITS), _paid),
        (FactSpec(name="programme.plan", vi="kế hoạch năm sau điều chỉnh, không gồm vốn kéo dài",
                  en="the year's adjusted plan, without carry-over", unit="đồng", levels=UNITS), _plan),
        (FactSpec(name="programme.late_projects", vi="dự án có mốc tiến độ trễ",
                  en="projects with a late milestone", unit="dự án", levels=UNITS), _late),
    ]  # fmt: skip
    found += [
        (FactSpec(name=f"tasks.{which}", vi=vi, en=en, unit="nhiệm vụ", levels=UNITS,
                  words=frozenset({"source", "sector"})), _tasks(which))
        for which, (vi, en) in _TASK_WORDS.items()
    ]  # fmt: skip
    return {spec.name: (spec, count) for spec, count in found}


_ALL = _specs()
SPECS: dict[str, FactSpec] = {name: spec for name, (spec, _) in _ALL.items()}
"""By name; ``docs/formulas.md`` lists them."""


async def counted(
    connection: Connection, name: str, period: Period, now: datetime, given: Mapping[str, str]
) -> Counted:
    """Return a fact of a period for all places."""
    try:
        return await _ALL[name][1](connection, span_of(period, now, given))
    except ValueError as cause:  # a word that is no number
        raise bad(1, str(cause), str(cause), name) from cause
