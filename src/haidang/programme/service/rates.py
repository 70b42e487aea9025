"""Rates of disbursement against every denominator by its name, split as leaders ask for them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, cast

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.analysis.curves import PERIODS
from haidang.programme.model.money import DenominatorKind, Disbursed
from haidang.programme.model.plans import PlanKind
from haidang.programme.model.register import PHASES, FundSource
from haidang.programme.service import money
from haidang.programme.service.desk import Desk
from haidang.programme.service.money import Cut
from haidang.programme.service.remembered import remembered
from haidang.programme.service.scene import Scene, scene
from haidang.programme.store import figures, plans, rows

By = Literal["owner", "source", "phase", "group", "month", "sector"]
_NOWHERE = ("Không phân loại", "Not classified")
_GROUPS = {"national": ("Quan trọng quốc gia", "Of national importance")}
Held = dict[PlanKind, int]
Paid = dict[bool, Disbursed]


async def rates(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    year: int,
    *,
    by: By,
    cutoff: date | None = None,
) -> dict[str, Any]:
    """Return plans, payments and every rate of a year by key, and the total that the rows come to.

    A month's row is cumulative: paid until its end, over the plan that held then.
    """
    at = await scene(connection, desk, principal, program_id, year)
    cut = at.cut(cutoff)

    async def read() -> tuple[list[dict[str, Any]], dict[str, Any]]:
        standing = await money.standing(connection, program_id, cut, projects=at.only)
        lines = _months(connection, at, cut) if by == "month" else _split(connection, at, cut, by)
        return await lines, money.shown(standing)

    key = (*at.key("rates"), by, cut.cutoff)
    found, total = await (remembered(at.stamp, key, read) if at.whole else read())
    return at.head() | {
        "by": by, "cutoff": cut.cutoff, "rows": found, "total": total | {"known_at": cut.known_at},
    }  # fmt: skip


async def _split(connection: Connection, at: Scene, cut: Cut, by: By) -> list[dict[str, Any]]:
    first = await plans.first_day(connection, at.program.id, at.year, "annual", cut.known_at)
    begun = first is not None and first <= cut.plan_as_of
    days = sorted({cut.plan_as_of, first}) if begun and first else [cut.plan_as_of]
    held: dict[tuple[date, Any], Held] = {}
    for day, key, kind, amount in await figures.planned(
        connection,
        by,
        program=at.program.id,
        year=at.year,
        days=days,
        known_at=cut.known_at,
        projects=at.only,
    ):
        held.setdefault((day, key), {})[cast(PlanKind, kind)] = amount
    paid: dict[Any, Paid] = {}
    for key, _, carried, kind, amount in await _paid(connection, at, cut, by):
        _put(paid.setdefault(key, {}), carried, kind, amount)
    words = await _words(connection, at, by)
    keys = sorted({key for _, key in held} | set(paid), key=lambda key: (key is None, str(key)))
    lines = []
    for key in keys:
        now = held.get((cut.plan_as_of, key), {})
        initial = held.get((first, key), {}) if begun and first else {}
        lines.append(
            _row(cut, str(key) if key is not None else None, words(key), (now, initial), paid.get(key, {}))
        )
    return sorted(lines, key=lambda line: (line["key"] is None, -(line["plans"]["annual"] or 0)))


async def _months(connection: Connection, at: Scene, cut: Cut) -> list[dict[str, Any]]:
    """Return the periods that have begun, each with the plan of its last day and what was paid until then."""
    ends = [min(day, cut.cutoff) for start, day in _periods(at.year) if start <= cut.cutoff]
    first = await plans.first_day(connection, at.program.id, at.year, "annual", cut.known_at)
    days = sorted({*ends, *([first] if first else [])})
    held: dict[date, Held] = {}
    for day, _, kind, amount in await figures.planned(
        connection,
        "",
        program=at.program.id,
        year=at.year,
        days=days,
        known_at=cut.known_at,
        projects=at.only,
    ):
        held.setdefault(day, {})[cast(PlanKind, kind)] = amount
    by_period: dict[int, Paid] = {}
    for _, period, carried, kind, amount in await _paid(connection, at, cut, ""):
        _put(by_period.setdefault(period, {}), carried, kind, amount)
    lines, until = [], cast(Paid, {})
    for period, day in enumerate(ends, 1):
        for carried, amount_out in by_period.get(period, {}).items():
            until[carried] = until.get(carried, Disbursed()) + amount_out
        initial = held.get(first, {}) if first and first <= day else {}
        upto = Cut(plan_year=at.year, plan_as_of=day, cutoff=day, known_at=cut.known_at)
        words = (f"Kỳ {period}: {day:%m/%Y}", f"Period {period}: {day:%m/%Y}")
        lines.append(
            _row(upto, str(period), words, (held.get(day, {}), initial), until)
            | {"period": period, "until": day}
        )
    return lines


async def _paid(
    connection: Connection, at: Scene, cut: Cut, by: str
) -> Iterable[tuple[Any, int, bool, str, int]]:
    return await figures.paid(
        connection,
        by,
        program=at.program.id,
        year=at.year,
        cutoff=cut.cutoff,
        known_at=cut.known_at,
        projects=at.only,
    )


def _put(into: Paid, carried: bool, kind: str, amount: int) -> None:
    into[carried] = into.get(carried, Disbursed()) + Disbursed(**{f"{kind}_dong": amount})


def _row(
    cut: Cut, key: str | None, words: tuple[str, str], held: tuple[Held, Held], paid: Mapping[bool, Disbursed]
) -> dict[str, Any]:
    own, carried = paid.get(False, Disbursed()), paid.get(True, Disbursed())
    amounts: dict[DenominatorKind, int | None] = money.denominators(*held)
    return {
        "key": key,
        "label_vi": words[0],
        "label_en": words[1],
        "plans": amounts,
        "paid_dong": own.total_dong,
        "paid_carry_over_dong": carried.total_dong,
        "outstanding_advance_dong": (own + carried).outstanding_advance_dong,
        "ratios": [money.ratio_shown(each) for each in money.ratios(amounts, own, carried, cut)],
    }


async def _words(connection: Connection, at: Scene, by: By) -> Any:
    """Return a function from a key to its words in both languages."""
    known: dict[Any, tuple[str, str]] = {}
    if by == "owner":
        owners = {each.owner_org for each in at.projects.values()}
        if at.whole:
            owners |= set(await figures.node_owners(connection, at.program.id, at.year))
        known = {
            key: (name, name) for key, name in (await rows.names(connection, "org", "name", owners)).items()
        }
    elif by == "source":
        sources = await rows.where(connection, "fund_source", FundSource)
        known = {each.id: (each.name, each.name_en) for each in sources}
    elif by == "phase":
        known = dict(PHASES)
    elif by == "group":
        known = {key: (f"Nhóm {key}", f"Group {key}") for key in "ABC"} | _GROUPS

    def words(key: Any) -> tuple[str, str]:
        return _NOWHERE if key is None else known.get(key, (str(key), str(key)))

    return words


def period_days(year: int, period: int) -> tuple[date, date]:
    """Return first and last day of a period; period 13 is January of the next year."""
    y, m = (year, period) if period < PERIODS else (year + 1, 1)
    return date(y, m, 1), date(y, m, monthrange(y, m)[1])


def _periods(year: int) -> list[tuple[date, date]]:
    return [period_days(year, period) for period in range(1, PERIODS + 1)]
