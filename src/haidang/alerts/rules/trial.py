"""A rule against history before it is switched on: "would have fired 14 times last month, here".

The engine that runs at night gets what history holds, in order of observation, the clock going with it. What
came late counts as in time here, and a time in which nothing was recorded as silence.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from haidang.alerts.rules import hourly, memory, store
from haidang.alerts.rules.bands import HOUR_US, WEEK, WEEKS, asked_of, band_of
from haidang.alerts.rules.book import book_of
from haidang.alerts.rules.columns import Columns, Pairs
from haidang.alerts.rules.conditions import Band, Surroundings
from haidang.alerts.rules.course import Happening
from haidang.alerts.rules.describing import signal_of
from haidang.alerts.rules.engine import Engine
from haidang.alerts.rules.entity import Entity
from haidang.alerts.rules.hourly import Part
from haidang.alerts.rules.index import Overrides
from haidang.alerts.rules.live import located
from haidang.alerts.rules.model import Rule, Rules
from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.city.packs import Packs, site_packs
from haidang.city.service import City
from haidang.city.store import history
from haidang.city.store.read import reading
from haidang.city.times import EPOCH, to_us
from haidang.organisation.permissions import Principal
from haidang.organisation.store import areas

ENTITIES_MAX = 500
ROWS_MAX = 200_000
"""Observations of one trial; what is beyond is named as not looked at."""
DAYS_MAX = 92
READ_S = 20.0
EXAMPLES = 20
NAMED = 50
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_AT_ONCE = asyncio.Semaphore(2)
_US = timedelta(microseconds=1)


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a trial looks at."""

    from_: datetime = msgspec.field(name="from")
    to: datetime
    area: str | None = None
    set: dict[str, Any] = {}
    """Other values of the rule's condition, to see what they would come to."""


class Past(msgspec.Struct):
    """What history holds of some entities."""

    entities: dict[int, Entity]
    rows: dict[int, list[tuple[int, Pairs]]]
    parts: dict[tuple[int, str], list[Part]]
    """Hours for baselines, by entity and attribute."""
    overrides: Overrides
    count: int = 0
    partial: bool = False
    of: int = 0
    """How many entities there are; more than ``entities`` where not all were looked at."""


async def trial(city: City, principal: Principal, rule: Rule, asked: Asked) -> dict[str, Any]:
    """Return how often a rule would have fired, where, and the newest times it did."""
    _check(asked)
    packs = site_packs(city.settings.data_dir)
    async with _AT_ONCE:
        async with reading(city.db) as conn:
            past = await _read(conn, city, principal, rule, asked)
        happened = await asyncio.to_thread(play, rule, past, asked, packs, city)
    return _report(rule, past, asked, happened, packs)


def _check(asked: Asked) -> None:
    if asked.from_.tzinfo is None or asked.to.tzinfo is None or asked.from_ >= asked.to:
        raise Problem(
            INVALID, faults=(Fault("from", "phải trước `to`, có múi giờ", "before `to`, with a zone"),)
        )
    if not EARLIEST <= asked.from_ <= asked.to <= LATEST:
        years = f"{EARLIEST.year}-{LATEST.year}"
        raise Problem(INVALID, faults=(Fault("from", f"ngoài các năm {years}", f"outside of {years}"),))
    if asked.to - asked.from_ > timedelta(days=DAYS_MAX):
        raise Problem(INVALID, faults=(Fault("to", f"tối đa {DAYS_MAX} ngày", f"at most {DAYS_MAX} days"),))


async def _read(conn: Connection, city: City, principal: Principal, rule: Rule, asked: Asked) -> Past:
    packs = site_packs(city.settings.data_dir)
    book, terms = book_of(city), city.terms
    overrides = {} if asked.set else {key: one for key, one in book.overrides.items() if key[0] == rule.rule}
    probe = Engine(Rules({rule.rule: rule}), _around(book.below, packs, lambda *_: None))
    types = [
        number for number in terms.type_iris if not probe.index.types.isdisjoint(terms.type_names(number))
    ]
    within = None if asked.area is None else sorted(await areas.subtree(conn, asked.area) | {asked.area})
    faces = await store.faces_within(conn, principal, types, within, ENTITIES_MAX + 1)
    past = Past({}, {}, {}, overrides, of=len(faces), partial=len(faces) > ENTITIES_MAX)
    reader = _Reader(conn, Columns(terms, packs, probe.index), asked, asked_of(probe.index))
    began = time.monotonic()
    for face in faces[:ENTITIES_MAX]:
        if past.count >= ROWS_MAX or time.monotonic() - began > READ_S:
            past.partial = True
            break
        type_ = next(name for name in terms.type_names(face.type_id) if name in probe.index.types)
        entity = past.entities[face.eid] = memory.entity_of(face, type_)
        probe.adopt(entity)
        await _rows(reader, past, entity)
        await _hours(reader, past, entity)
    return past


class _Reader(NamedTuple):
    """What reading an entity's past takes."""

    conn: Connection
    columns: Columns
    asked: Asked
    usual: frozenset[tuple[str, str]]
    """(type, attribute) of which the usual is asked."""


async def _rows(reader: _Reader, past: Past, entity: Entity) -> None:
    """Read an entity's observations, the windows before the beginning with them."""
    conn, columns, asked, _ = reader
    start = asked.from_ - timedelta(microseconds=memory.window_of(entity))
    silent = bool(entity.slots and any(part.attr is None for part in entity.slots.silences))
    wanted = [n for name in columns.attrs(entity.type) if (n := columns.terms.attr_id(name)) is not None]
    left = ROWS_MAX - past.count
    rows = await history.rows(
        conn, columns.terms, entity.eid, attrs=None if silent else wanted, start=start, end=asked.to,
        limit=left + 1, newest_first=False,
    )  # fmt: skip
    past.partial = past.partial or len(rows) > left
    past.count += min(len(rows), left)
    past.rows[entity.eid] = [
        ((t - EPOCH) // _US, columns.pairs(entity.type, k, v, j)) for _, t, k, v, j in rows[:left]
    ]


async def _hours(reader: _Reader, past: Past, entity: Entity) -> None:
    """Read the hours that what is usual is made of."""
    conn, columns, asked, usual = reader
    for type_, attr in usual:
        number = columns.terms.attr_id(attr)
        if type_ == entity.type and number is not None:
            past.parts[entity.eid, attr] = await hourly.of_entity(
                conn, number, entity.eid, asked.from_ - WEEKS * WEEK - timedelta(hours=1), asked.to
            )


def _around(
    below: dict[str, frozenset[str]], packs: Packs, band: Callable[[Entity, str, int], Band | None]
) -> Surroundings:
    return Surroundings(
        lambda type_: packs.type(type_).expected_period_s * 1_000_000,
        band,
        located,
        lambda code: below.get(code, frozenset({code})),
    )


def play(rule: Rule, past: Past, asked: Asked, packs: Packs, city: City) -> list[Happening]:
    """Run the engine over the past; pure but for the book of areas."""
    start, end = to_us(asked.from_), to_us(asked.to)
    engine = Engine(
        Rules({rule.rule: rule}),
        _around(book_of(city).below, packs, _usual(past)),
        overrides=past.overrides,
        since=start,
    )
    for entity in past.entities.values():
        entity.slots = None
        engine.adopt(entity)
    for t, eid, pairs in _merged(past.rows):
        if t < start:
            engine.warm(past.entities[eid], t, pairs)
            continue
        engine.tick(t)
        engine.observe(past.entities[eid], t, pairs)
    engine.tick(min(end, to_us(city.clock.now())))
    return engine.happened


def _merged(rows: dict[int, list[tuple[int, Pairs]]]) -> Iterator[tuple[int, int, Pairs]]:
    def of(eid: int, each: Sequence[tuple[int, Pairs]]) -> Iterator[tuple[int, int, Pairs]]:
        return ((t, eid, pairs) for t, pairs in each)

    return heapq.merge(*(of(eid, each) for eid, each in rows.items()), key=lambda one: one[:2])


def _usual(past: Past) -> Callable[[Entity, str, int], Band | None]:
    hours = {key: {to_us(part.hour): part for part in parts} for key, parts in past.parts.items()}
    known: dict[tuple[int, str, int], Band | None] = {}
    week = WEEK // _US

    def band(entity: Entity, attr: str, t: int) -> Band | None:
        key = (entity.eid, attr, t // HOUR_US * HOUR_US)
        if key not in known:
            each = hours.get(key[:2], {})
            known[key] = band_of(part for n in range(1, WEEKS + 1) if (part := each.get(key[2] - n * week)))
        return known[key]

    return band


def _report(
    rule: Rule, past: Past, asked: Asked, happened: Sequence[Happening], packs: Packs
) -> dict[str, Any]:
    raised = [one for one in happened if one.kind == "raise"]
    days = (asked.to - asked.from_) / timedelta(days=1)
    by_entity: dict[int, int] = {}
    for one in raised:
        by_entity[one.entity.eid] = by_entity.get(one.entity.eid, 0) + 1
    loudest = sorted(by_entity.items(), key=lambda one: (-one[1], one[0]))
    span_vi = f"từ {asked.from_.astimezone(LOCAL):%d/%m/%Y} đến {asked.to.astimezone(LOCAL):%d/%m/%Y}"
    span_en = f"from {asked.from_.astimezone(LOCAL):%Y-%m-%d} to {asked.to.astimezone(LOCAL):%Y-%m-%d}"
    looked, where, times = len(past.entities), len(by_entity), len(raised)
    of_vi, of_en = f"ở {where} trong {looked} đối tượng đã xét", f"at {where} of {looked} entities"
    rest_vi, rest_en = (" (chưa xét hết).", " looked at (not all).") if past.partial else (".", " looked at.")
    return {
        "rule": rule.rule,
        "rule_version": rule.version,
        "from": asked.from_,
        "to": asked.to,
        "area": asked.area,
        "fired": times,
        "per_day": round(times / days, 2),
        "standing": times - sum(one.kind == "clear" for one in happened),
        "entities": looked,
        "observations": past.count,
        "partial": past.partial,
        "by_entity": [
            {"id": past.entities[eid].id, "name": past.entities[eid].name or None, "fired": count}
            for eid, count in loudest[:NAMED]
        ],
        "examples": _examples(rule, happened, packs, past),
        "text_vi": f"Lẽ ra báo động {times} lần {span_vi}, {of_vi}{rest_vi}",
        "text_en": f"Would have fired {times} times {span_en}, {of_en}{rest_en}",
    }


def _examples(rule: Rule, happened: Sequence[Happening], packs: Packs, past: Past) -> list[dict[str, Any]]:
    """Return the newest alerts with when each was over."""
    probe = Engine(Rules({rule.rule: rule}), _around({}, packs, lambda *_: None))
    watch = probe.index.watches[rule.rule]
    over: dict[int, int] = {}
    found: list[dict[str, Any]] = []
    for one in reversed(happened):
        if one.kind == "clear":
            over[one.entity.eid] = one.at
            continue
        ended = over.pop(one.entity.eid, None)
        signal = signal_of(one, watch, packs)
        found.append(
            {
                "entity": {"id": signal.entity, "name": signal.entity_name},
                "area": signal.area_code,
                "raised_at": signal.at,
                "cleared_at": None if ended is None else EPOCH + timedelta(microseconds=ended),
                "value": signal.value,
                "limit": signal.limit,
                "unit": signal.unit,
                "text_vi": signal.text_vi,
                "text_en": signal.text_en,
            }
        )
        if len(found) == EXAMPLES:
            break
    return found
