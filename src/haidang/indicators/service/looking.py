"""Reading: an indicator with its methods, series held against their targets, revisions, what is asleep."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.indicators.model.due import due_at
from haidang.indicators.model.period import SPAN_MAX, Period, containing, span
from haidang.indicators.model.register import DIRECTIONS, Form, Indicator, band, expected, plain
from haidang.indicators.model.value import SOURCE_WORDS
from haidang.indicators.service.desk import Desk, period_of, registered, starting, wrong, year_of
from haidang.indicators.service.submissions import value_of
from haidang.indicators.store import discipline, places, register
from haidang.indicators.store import values as store
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing

VALUES_MAX = 20_000
STALE, DEAD = 1, 3
"""Expected periods after which an indicator is stale, and dead (domain, section 10)."""


def entry(indicator: Indicator) -> dict[str, Any]:
    """Return an indicator as lists carry it."""
    found = dict(msgspec.to_builtins(indicator))
    return found | {
        "low": None if indicator.low is None else plain(indicator.low),
        "high": None if indicator.high is None else plain(indicator.high),
        "direction_vi": DIRECTIONS[indicator.direction][0],
        "source_vi": SOURCE_WORDS[indicator.source_kind][0],
        "source_en": SOURCE_WORDS[indicator.source_kind][1],
    }


async def opened(connection: Connection, principal: Principal, number: int) -> dict[str, Any]:
    """Return an indicator with its methods, who owes it, and what may be done with it."""
    indicator = await registered(connection, principal, number)
    methods = (await register.methods(connection, [number]))[number]
    form = await register.form(connection, indicator.form_code) if indicator.form_code else None
    rows = await places.duties(connection, number)
    mine = [
        row for row in rows
        if principal.may("indicator.read", org_id=row[1], sector=indicator.sector)
        or principal.may("indicator.read", org_id=indicator.owner_org, sector=indicator.sector)
    ]  # fmt: skip
    about = await places.by_ids(connection, {row[0] for row in mine})
    return entry(indicator) | {
        "methods": msgspec.to_builtins(methods),
        "form": None if form is None else form_entry(form),
        "duties": [
            {"place": {"id": place, "name": about[place].name, "area_code": about[place].area_code},
             "org": org, "valid_from": first, "valid_to": last}
            for place, org, first, last in mine
        ],
        "may_manage": principal.may(
            "indicator.manage", org_id=indicator.owner_org, sector=indicator.sector
        ),
    }  # fmt: skip


def form_entry(form: Form) -> dict[str, Any]:
    """Return a form as lists carry it."""
    found = dict(msgspec.to_builtins(form))
    return found | {"due_vi": form.due.vi(), "due_en": form.due.en()}


async def series(
    connection: Connection,
    principal: Principal,
    number: int,
    *,
    wanted: Collection[int] | None,
    first: str,
    last: str,
    known_at: datetime | None,
) -> dict[str, Any]:
    """Return the values of an indicator by place and period, each held against its target; gaps stay gaps."""
    indicator = await registered(connection, principal, number)
    begin = period_of(first, indicator.period_kind, "from")
    end = period_of(last, indicator.period_kind, "to")
    if end < begin or (end.start - begin.start).days > SPAN_MAX:
        raise wrong("to", "không hợp lý", "is not after “from”, or too far from it", last)
    found = await store.series(
        connection, principal, [number], wanted, first=begin.start, last=end.start, known_at=known_at,
        limit=VALUES_MAX + 1,
    )  # fmt: skip
    if len(found) > VALUES_MAX:
        raise wrong("to", f"quá {VALUES_MAX} số liệu", f"more than {VALUES_MAX} values")
    about = await places.by_ids(connection, {each.place_id for each in found})
    targets = await register.targets_of(connection, [number], about)
    batches = await store.batches(connection, {each.batch for each in found})
    by_place: dict[int, list[dict[str, Any]]] = {}
    for each in found:
        period = starting(indicator.period_kind, each.start)
        goal = expected(targets.get((number, each.place_id), []), period)
        made = batches[each.batch]
        by_place.setdefault(each.place_id, []).append(
            {
                "period": period.text(), "start": each.start, **(value_of(each) or {}),
                "expected": None if goal is None else plain(round(goal, indicator.decimals)),
                "band": band(indicator, each.value, goal), "recorded_at": made.at, "author": made.author,
                "source_ref": made.source_ref, "reason": made.reason,
            }
        )  # fmt: skip
    return {
        "indicator": {"id": number, "code": indicator.code, "vi": indicator.vi, "en": indicator.en,
                      "unit": indicator.unit, "decimals": indicator.decimals,
                      "period_kind": indicator.period_kind, "direction": indicator.direction},
        "from": begin.text(), "to": end.text(), "known_at": known_at,
        "periods": [each.text() for each in span(begin, end)],
        "series": [
            {"place": {"id": place, "name": about[place].name, "area_code": about[place].area_code},
             "values": values_}
            for place, values_ in by_place.items()
        ],
    }  # fmt: skip


async def revisions(
    connection: Connection, principal: Principal, number: int, *, place: int, period: str
) -> list[dict[str, Any]]:
    """Return all that was ever known of a figure: who, when, from where, by which method, why."""
    indicator = await registered(connection, principal, number)
    start = period_of(period, indicator.period_kind).start
    if not await store.may_read(connection, principal, number, place):
        raise missing("Không có số liệu này.", "There is no such figure.")
    found = await store.revisions(connection, (number, place, start))
    found = [each for each in found if each.state > 0]
    batches = await store.batches(
        connection, {each.batch for each in found} | {each.judged for each in found}
    )
    return [
        (value_of(each) or {}) | {
            "recorded": msgspec.to_builtins(batches[each.batch]),
            "judged": msgspec.to_builtins(batches[each.judged]),
        }
        for each in found
    ]  # fmt: skip


async def health(connection: Connection, desk: Desk, principal: Principal) -> dict[str, Any]:
    """Return what is asleep: indicators of which nothing was heard for longer than they are expected.

    A period counts as expected once its due has passed; without a due rule a period later.
    """
    forms = {each.code: each for each in await register.forms(connection, active=False)}
    items = []
    counts = {"fresh": 0, "stale": 0, "dead": 0, "never": 0}
    for each in await store.lives(connection, principal):
        wanted = _wanted(desk, forms.get(each["form_code"] or ""), each["period_kind"])
        behind = None
        if each["last_start"] is not None:
            last = starting(each["period_kind"], each["last_start"])
            behind = max(0, _steps(last, wanted))
        state = _liveness(behind)
        counts[state] += 1
        if state != "fresh":
            items.append(each | {"state": state, "behind": behind, "expected": wanted.text()})
    order = {"dead": 0, "never": 1, "stale": 2}
    items.sort(key=lambda item: (order[item["state"]], item["code"]))
    return {"at": desk.now(), "counts": counts, "items": items[:500]}


def _wanted(desk: Desk, form: Form | None, kind: Any) -> Period:
    """Return the last period whose figure should be there by now."""
    period = containing(kind, desk.today()).previous()
    if form is None:
        return period
    while due_at(form.due, period, desk.calendar) > desk.now():
        period = period.previous()
    return period


def _steps(last: Period, wanted: Period) -> int:
    steps = 0
    while last < wanted and steps <= DEAD:
        last, steps = last.next(), steps + 1
    return steps


def _liveness(behind: int | None) -> str:
    if behind is None:
        return "never"
    return "fresh" if behind < STALE else "stale" if behind <= DEAD else "dead"


async def of_indicator(
    connection: Connection, principal: Principal, number: int, year: int
) -> dict[str, Any]:
    """Return for each unit and period of a year whether an indicator was in time."""
    await registered(connection, principal, number)
    rows = await discipline.of_indicator(
        connection, principal, number, date(year_of(year), 1, 1), date(year, 12, 31)
    )
    for row in rows:
        row["period"] = starting(row.pop("period_kind"), row.pop("start")).text()
    judged = [row for row in rows if row["in_time"] is not None]
    return {
        "year": year, "items": rows, "due": len(judged), "in_time": sum(row["in_time"] for row in judged)
    }  # fmt: skip
