"""``haidang bench alerts``: 2,000 rules over 20,000 entities, 5,000 changes a second (docs/alert-rules.md).

Two measurements. *Evaluation*: rows of the log through the engine in this process, without a database; CPU
for each change over stretches as the step takes them. *Visible*: a real ``haidang up``, telemetry at the rate
over HTTP, a screen on the live stream; from the commit of a change to the arrival of its alert.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from haidang.alerts.rules.columns import Columns
from haidang.alerts.rules.conditions import Band, Surroundings
from haidang.alerts.rules.engine import Engine
from haidang.alerts.rules.entity import Entity
from haidang.alerts.rules.reading import read_text
from haidang.bench import alert_city as city
from haidang.city.packs import Packs
from haidang.city.terms import VOCABULARY, Keyset, Terms

STRETCH = 1_000
GOAL_US = 20.0
GOAL_P95_S = 1.0
START_US = 1_800_000_000_000_000
_BAND = Band(50.0, 10.0, 8)

Row = tuple[int, int, int, list[float]]
"""Entity, µs, keyset, values."""


def bench_alerts(*, quick: bool, visible: bool, rate: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure both; ``visible`` False leaves out the server."""
    found: dict[str, Any] = {"goal_us": GOAL_US, "goal_p95_s": GOAL_P95_S}
    say("2,000 rules over 20,000 entities: evaluation in this process")
    found["evaluation"] = evaluation(40_000 if quick else 200_000)
    if visible:
        from haidang.bench.alert_screen import visible as seen  # noqa: PLC0415 - the server is started only here

        found["visible"] = seen(seconds=8 if quick else 30, rate=rate, say=say)
    return found


def evaluation(changes: int) -> dict[str, Any]:
    """Return CPU for each change: median and p99 over stretches, and of changes nobody asks about."""
    terms = _terms()
    read = read_text(city.rules(), "bench")
    if read.faults:
        raise RuntimeError(f"the rules of the benchmark do not read: {read.faults[0]}")
    around = Surroundings(lambda _: 3_600_000_000, lambda *_: _BAND, lambda *_: (), lambda code: (code,))
    engine = Engine(read.rules, around, since=START_US)
    columns = Columns(terms, Packs({}, {}), engine.index)
    entities = [
        engine.adopt(Entity(n, city.entity_id(n), city.type_name(n % city.TYPES), area=city.area(n)))
        for n in range(city.TYPES * city.ENTITIES)
    ]
    rows = _rows(terms, changes)
    asked = [_pass(engine, columns, entities, rows[at : at + STRETCH]) for at in range(0, changes, STRETCH)]
    # Of every type the first stretches also make the index of its entities.
    steady = sorted(asked[len(asked) // 4 :])
    strangers = [Entity(n, "x", "Unwatched") for n in range(len(entities))]
    idle = [_pass(engine, columns, strangers, rows[at : at + STRETCH]) for at in range(0, changes, STRETCH)]
    return {
        "rules": len(read.rules.by_name),
        "entities": len(entities),
        "changes": changes,
        "attributes_of_a_change": city.SENT,
        "parts_of_an_entity": median(len(entity.slots.parts) if entity.slots else 0 for entity in entities),
        "median_us": median(steady),
        "p99_us": steady[int(len(steady) * 0.99)],
        "nobody_asks_us": median(idle),
        "happened": len(engine.happened),
    }


def _terms() -> Terms:
    terms = Terms()
    for number, name in enumerate(city.ATTRS, 1):
        terms.attr_ids[VOCABULARY + name] = number
        terms.attr_iris[number] = VOCABULARY + name
    return terms


def _rows(terms: Terms, changes: int) -> list[Row]:
    """Return the changes as the log has them; entities in turn, 5,000 a second."""
    dice = random.Random(11)
    keysets: dict[tuple[str, ...], int] = {}
    found: list[Row] = []
    total = city.TYPES * city.ENTITIES
    for number in range(changes):
        said = city.values(dice, number * 7 % total)
        names = tuple(said)
        k = keysets.get(names)
        if k is None:
            k = keysets[names] = len(keysets) + 1
            size = len(names)
            attrs = tuple(city.ATTRS.index(name) + 1 for name in names)
            terms.keysets[k] = Keyset(k, True, attrs, ("",) * size, ("",) * size, (False,) * size)
        found.append((number * 7 % total, START_US + number * 200, k, list(said.values())))
    return found


def _pass(engine: Engine, columns: Columns, entities: list[Entity], rows: list[Row]) -> float:
    """Return µs of CPU for each change of a stretch, as ``live`` passes it."""
    began = time.thread_time_ns()
    engine.hear(rows[-1][1])
    for number, t, k, v in rows:
        entity = entities[number]
        pairs = columns.pairs(entity.type, k, v, None)
        if pairs:
            engine.observe(entity, t, pairs)
    engine.tick(rows[-1][1])
    return (time.thread_time_ns() - began) / 1_000 / len(rows)
