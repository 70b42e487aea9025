"""Making figures: a period for all places, or exactly those that a change reaches; unfolding one of them.

Figures are recorded by ``service.values.record_many`` like any other automatic value: what is locked or was
corrected by a person is not gone over. A figure whose period still runs is marked as an estimate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from haidang.base.database import Connection
from haidang.base.log import logger
from haidang.indicators.formulas import store
from haidang.indicators.formulas.book import Book, Version, book_of, checked_with, within
from haidang.indicators.formulas.checking import Subject
from haidang.indicators.formulas.evaluating import Found, told
from haidang.indicators.formulas.graph import Key
from haidang.indicators.formulas.graph import facts as facts_of
from haidang.indicators.formulas.needs import needs
from haidang.indicators.formulas.nodes import Aggregate, Fact, refs, walk
from haidang.indicators.formulas.scene import Loaded, Places
from haidang.indicators.formulas.unfolding import unfold
from haidang.indicators.model.period import KINDS, Kind, Period, containing
from haidang.indicators.model.register import Indicator, Level, amiss
from haidang.indicators.model.value import Flag, NewValue, Source
from haidang.indicators.service import values
from haidang.indicators.service.desk import Desk, period_of, registered
from haidang.indicators.store import places as place_store
from haidang.indicators.store import register
from haidang.indicators.store import values as value_store
from haidang.organisation.permissions import Principal
from haidang.organisation.service import root_org
from haidang.organisation.service.access import missing

ACTOR = "system:formulas"
_log = logger("formulas")


class Made(msgspec.Struct, frozen=True):
    """What came of making figures."""

    figures: int
    changed: int
    held: int
    refused: tuple[str, ...]
    """Figures beyond the range of their indicator; they were not recorded."""


class Workshop(NamedTuple):
    """What making figures stands on."""

    desk: Desk
    indicators: dict[str, Indicator]
    book: Book
    places: Places


_KEPT: dict[tuple[Any, ...], tuple[dict[str, Indicator], Book, Places]] = {}
"""Registers that were read, by their stamp; a change that reaches two figures does not read 3,000 rows."""
_KEPT_MAX = 4


async def workshop(connection: Connection, desk: Desk) -> Workshop:
    """Return register, formulas and places, read anew where any of them has changed."""
    stamp = await store.stamp(connection)
    if stamp not in _KEPT:
        indicators = await register.by_codes(connection)
        root = await root_org(connection)
        places = Places(await store.spots(connection), root.id)
        while len(_KEPT) >= _KEPT_MAX:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[stamp] = (indicators, await book_of(connection, indicators), places)
    return Workshop(desk, *_KEPT[stamp])


async def ready_places(connection: Connection, desk: Desk) -> int:
    """Make places of units, and of communes in which the city has anything; return how many were made."""
    made = 0
    for number in await store.units_without_place(connection, desk.today()):
        made += await place_store.of_unit(connection, number) is not None
    for code in await store.areas_with_entities(connection):
        made += await place_store.of_area(connection, code, desk.today()) is not None
    return made


async def make_periods(
    connection: Connection, desk: Desk, day: date, *, kinds: Collection[Kind] = KINDS,
    codes: Collection[str] | None = None,
) -> Made:  # fmt: skip
    """Make every computed figure of the periods that hold a day, for all places."""
    shop = await workshop(connection, desk)
    keys = [
        Key(code, place, period)
        for code in shop.book.graph.order
        if code in shop.book.versions and (codes is None or code in codes)
        for period in [containing(shop.indicators[code].period_kind, day)]
        if period.kind in kinds
        for place in shop.places.of(shop.indicators[code].level, min(period.last, day))
    ]
    return await _make(connection, shop, keys, whole=True)


async def make_after(connection: Connection, desk: Desk, changed: Iterable[Key]) -> Made:
    """Make again what changed values reach, and nothing else."""
    shop = await workshop(connection, desk)
    today = containing("day", desk.today())
    keys = shop.book.graph.reached(list(changed), shop.places.above, today)
    return await _make(connection, shop, keys, whole=False)


async def follow(connection: Connection, desk: Desk, after: int, last: int) -> Made | None:
    """Make again what the changes ``after < seq <= last`` of the log reach; to repeat it does no harm."""
    bodies = [body for body in await store.told(connection, after, last) if body.get("source") != "computed"]
    if not bodies:
        return None
    shop = await workshop(connection, desk)
    by_id = {each.id: each for each in shop.indicators.values()}
    changed: set[Key] = set()
    for body in bodies:
        changed |= set(_keys(body, by_id, shop.places))
    used = {key for key in changed if key.code in shop.book.graph.used_by}
    if not used:
        return None
    today = containing("day", desk.today())
    return await _make(connection, shop, shop.book.graph.reached(used, shop.places.above, today), whole=False)


def _keys(body: dict[str, Any], indicators: dict[int, Indicator], places: Places) -> Iterable[Key]:
    """Yield the keys that an event of values tells of; of a bulk every place of the indicator's level."""
    for number, place, start in body.get("keys", ()):
        if number in indicators:
            indicator = indicators[number]
            yield Key(indicator.code, place, Period(indicator.period_kind, date.fromisoformat(start)))
    starts = [date.fromisoformat(start) for start in body.get("starts", ())]
    for number in body.get("indicators", ()):
        if number not in indicators:
            continue
        indicator = indicators[number]
        for start in starts:
            period = containing(indicator.period_kind, start)
            if period.start == start:
                every = places.of(indicator.level, start)
                yield from (Key(indicator.code, place, period) for place in every)


async def _make(connection: Connection, shop: Workshop, keys: Sequence[Key], *, whole: bool) -> Made:
    """Make figures in the order given and record them."""
    scene = Loaded(shop.places, shop.indicators)
    chosen = [
        (key, version) for key in keys if (version := shop.book.of(key.code, key.period.start)) is not None
    ]
    if not chosen:
        return Made(0, 0, 0, ())
    await _furnish(connection, shop, scene, chosen, whole=whole)
    new: dict[Source, list[NewValue]] = {}
    refused: list[str] = []
    for key, version in chosen:
        indicator = shop.indicators[key.code]
        scene.on(key.period.start)
        try:
            found = told(version.formula(scene, key.place, key.period), indicator.decimals)
        except ArithmeticError:  # more digits than are counted with: one figure never stops the others
            refused.append(f"{key.code} {key.period.text()} {key.place}: more than 34 digits")
            continue
        if found.value is not None and (wrong := amiss(indicator, found.value)):
            refused.append(f"{key.code} {key.period.text()} {key.place}: {found.value} {wrong.en}")
            continue
        before = scene.standing(key.code, key.place, key.period.start)
        scene.put(key.code, key.place, key.period.start, found)
        if found.value is None and found.missing == "incomplete" and found.have == 0 and before is None:
            continue  # nothing has come of it yet, and nothing is said
        new.setdefault(indicator.source_kind, []).append(_value(shop, key, version, found))
    made = [
        await values.record_many(connection, shop.desk, ACTOR, rows, source=source, source_ref="formulas")
        for source, rows in new.items()
    ]
    if refused:
        _log.warning("figures beyond their range", count=len(refused), first=refused[:5])
    return Made(
        len(chosen),
        sum(len(each.changed) for each in made),
        sum(len(each.held) for each in made),
        tuple(refused),
    )


def _value(shop: Workshop, key: Key, version: Version, found: Found) -> NewValue:
    running = key.period.last >= shop.desk.today()
    flags = int(found.flags) | (int(Flag.ESTIMATE) if running and found.value is not None else 0)
    return NewValue(
        indicator_id=shop.indicators[key.code].id, place_id=key.place, start=key.period.start,
        value=found.value, missing=found.missing, flags=flags, method=version.version,
    )  # fmt: skip


async def _furnish(
    connection: Connection,
    shop: Workshop,
    scene: Loaded,
    chosen: Sequence[tuple[Key, Version]],
    *,
    whole: bool,
) -> None:
    """Read into the scene whatever the chosen figures can ask for, and what stands of themselves."""
    starts: dict[date, set[str]] = {}
    counted: dict[tuple[Fact, Period], None] = {}
    formulas = {(key.code, version.version, key.period): version.formula for key, version in chosen}
    for (code, _, period), formula in formulas.items():
        starts.setdefault(period.start, set()).add(code)
        for what, when in needs(formula, period):
            if isinstance(what, Fact):
                counted[what, when] = None
            else:
                starts.setdefault(when.start, set()).add(what)
    near = None if whole else _near(shop, chosen)
    for start, codes in starts.items():
        await scene.read(connection, codes, start, near)
    await scene.count(connection, counted, shop.desk.now())


def _near(shop: Workshop, chosen: Sequence[tuple[Key, Version]]) -> set[int]:
    """Return the places that a few figures can ask for."""
    found: set[int] = set()
    for key, version in chosen:
        found.add(key.place)
        for each in walk(version.formula.checked.node):
            if isinstance(each, Aggregate) and each.over in ("area", "units"):
                found |= set(shop.places.below(key.place, each.over, key.period.start))
    return found


async def unfolded(
    connection: Connection, desk: Desk, principal: Principal, indicator_id: int, *, place: int, text: str
) -> dict[str, Any]:
    """Return how a figure is made, step by step; values that the asker may not see are told as hidden."""
    indicator = await registered(connection, principal, indicator_id)
    period = period_of(text, indicator.period_kind)
    shop = await workshop(connection, desk)
    version = shop.book.of(indicator.code, period.start)
    seen = await value_store.may_read(connection, principal, indicator_id, place)
    if version is None or place not in shop.places or not seen:
        raise missing("Không có công thức cho số liệu này.", "There is no formula of that figure.")
    scene = Loaded(shop.places, shop.indicators)
    await _furnish(connection, shop, scene, [(Key(indicator.code, place, period), version)], whole=False)
    scene.on(period.start)
    steps = unfold(version.formula, scene, place, period)
    await _hide(connection, shop, principal, steps, indicator.code)
    return {
        "indicator": indicator.code, "unit": indicator.unit, "period": period.text(), "place": place,
        "method": version.version, "steps": steps,
    }  # fmt: skip


async def _hide(
    connection: Connection, shop: Workshop, principal: Principal, steps: dict[str, Any], figure: str
) -> None:
    """Take out of the steps what the asker may not see, and every step below the figure that is made from it.

    Values go by their own indicator; a fact about a place is told to those who may see the figure about it.
    """
    values_ = [step for step in _each(steps) if "code" in step or "fact" in step]
    codes = {step.get("code", figure) for step in values_}
    ids = {code: shop.indicators[code].id for code in codes}
    seen = await store.readable_pairs(connection, principal, set(ids.values()), {s["place"] for s in values_})
    for step in values_:
        if (ids[step.get("code", figure)], step["place"]) not in seen:
            _blank(step)
    for part in steps["parts"]:
        _close(part)


def _close(step: dict[str, Any]) -> bool:
    """Hide a step that something hidden can be told from; say whether it is hidden."""
    below_ = [_close(part) for part in step["parts"]]
    if any(below_):
        _blank(step)
    return "hidden" in step


def _blank(step: dict[str, Any]) -> None:
    step |= {"value": None, "missing": None, "missing_vi": None, "missing_en": None, "hidden": True}


def _each(step: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield step
    for part in step["parts"]:
        yield from _each(part)


async def tried(
    connection: Connection, desk: Desk, principal: Principal, text: str, *, code: str, unit: str,
    period_kind: Kind, level: Level,
) -> dict[str, Any]:  # fmt: skip
    """Return what a formula comes to: its unit, how many values a figure takes, what it is made from."""
    known = await register.by_codes(connection)
    await within(connection, principal, text, known)
    book = await book_of(connection, known)
    subject = Subject(code=code, unit=unit, period_kind=period_kind, level=level)
    found = checked_with(book, subject, text)
    sources = await _seen(connection, principal, refs(found.node))
    measure = found.measures[found.node.at]
    return {
        "unit": unit if measure is None else str(measure), "reads": found.reads,
        "sources": sources["items"], "hidden": sources["hidden"],
        "facts": sorted({each.name for each in facts_of(found.node)}),
    }  # fmt: skip


async def around(
    connection: Connection, desk: Desk, principal: Principal, indicator_id: int
) -> dict[str, Any]:
    """Return what an indicator is made from, what is made from it, and what is wrong with its formula."""
    indicator = await registered(connection, principal, indicator_id)
    book = await book_of(connection)
    version = book.of(indicator.code, desk.today())
    uses = book.graph.uses.get(indicator.code, {})
    fault = book.faulty.get(indicator.code)
    sources = await _seen(connection, principal, uses)
    shown_codes = {each["code"] for each in sources["items"]}
    ways = {code: sorted(" → ".join(path) for path in paths if path) for code, paths in uses.items()}
    return {
        "code": indicator.code,
        "formula": None if version is None else version.version,
        "sources": sources,
        "users": await _seen(connection, principal, book.graph.used_by.get(indicator.code, set())),
        "ways": {code: ways[code] for code in ways if code in shown_codes},
        "facts": [] if version is None else [
            {"name": each.name, "given": dict(each.given)} for each in facts_of(version.formula.checked.node)
        ],
        "fault": None if fault is None else {"vi": fault.vi, "en": fault.en},
    }  # fmt: skip


async def _seen(connection: Connection, principal: Principal, codes: Iterable[str]) -> dict[str, Any]:
    """Return the indicators among codes that the asker may see, and how many others there are."""
    known = await register.by_codes(connection, list(codes))
    seen = await register.seen(connection, principal, [each.id for each in known.values()])
    items = [
        {"id": each.id, "code": each.code, "vi": each.vi, "en": each.en, "unit": each.unit}
        for each in known.values()
        if each.id in seen
    ]
    return {"items": items, "hidden": len(known) - len(items)}
