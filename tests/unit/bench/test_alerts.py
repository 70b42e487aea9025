"""The benchmark of rules measures what it says: all rules read, all kinds are there, one value alerts."""

from __future__ import annotations

import random

from haidang.alerts.rules.conditions import Surroundings
from haidang.alerts.rules.engine import Engine
from haidang.alerts.rules.entity import Entity
from haidang.alerts.rules.model import KINDS
from haidang.alerts.rules.reading import read_text
from haidang.bench import alert_city as city
from haidang.bench.alerts import evaluation


def test_there_are_two_thousand_rules_of_nearly_every_kind() -> None:
    read = read_text(city.rules(), "bench")
    assert not read.faults
    assert len(read.rules.by_name) == 2_000
    assert {rule.when.kind for rule in read.rules.by_name.values()} == set(KINDS) - {"geofence"}


def test_an_ordinary_value_raises_nothing_and_the_other_one_alert() -> None:
    read = read_text(city.rules(), "bench")
    around = Surroundings(lambda _: 3_600_000_000, lambda *_: None, lambda *_: (), lambda code: (code,))
    engine = Engine(read.rules, around, since=0)
    entity = engine.adopt(Entity(0, city.entity_id(0), city.type_name(0), area=city.area(0)))
    engine.hear(10)
    ordinary = city.values(random.Random(1), 0)
    engine.observe(entity, 1, list(ordinary.items()))
    assert engine.happened == []
    engine.observe(entity, 2, list((ordinary | {city.sent(0)[0]: city.ALERTING}).items()))
    assert [one.kind for one in engine.happened] == ["raise"]
    engine.observe(entity, 3, list(ordinary.items()))
    assert [one.kind for one in engine.happened] == ["raise", "clear"]


def test_evaluation_is_measured() -> None:
    found = evaluation(8_000)
    assert found["rules"] == 2_000
    assert found["median_us"] > found["nobody_asks_us"] > 0
    assert found["happened"] == 0
