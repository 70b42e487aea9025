"""The engine as a whole: restarts at any point, rules changed on the way, overrides, what supersedes what."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from haidang.alerts.rules.conditions import Surroundings
from haidang.alerts.rules.engine import Engine, Kept
from haidang.alerts.rules.entity import Entity
from haidang.alerts.rules.index import Override
from haidang.alerts.rules.model import Rule, Rules
from haidang.alerts.rules.sampled import samples_of
from haidang.alerts.rules.samples import played
from haidang.city.times import parse_us
from tests.unit.alerts.rules import at, body, gauge, play, rule, story

AROUND = Surroundings(lambda _: 3_600_000_000, lambda *_: None, lambda *_: (), lambda code: (code,))
KINDS: dict[str, dict[str, Any]] = {
    "high": {"threshold": {"attr": "level", "above": 5, "clears_below": 4, "for": "2 minutes"}},
    "low": {"threshold": {"attr": "level", "below": 2, "clears_after": "3 minutes"}},
    "fast": {"rate": {"attr": "level", "rises": 3, "within": "10 minutes"}},
    "stuck": {"stuck": {"attr": "level", "for": "4 minutes", "at_least": 2}},
    "silent": {"missing": {"for": "6 minutes"}},
    "says": {"expression": {"that": "level > 3 and level < 7", "for": "1 minute"}},
    "many": {
        "count": {"of": {"threshold": {"attr": "level", "above": 6}}, "at_least": 2, "within": "5 minutes"}
    },
    "lost": {"count": {"of": {"missing": {"for": "5 minutes"}}, "at_least": 2, "within": "2 minutes"}},
    "both": {
        "together": {
            "all": [
                {"threshold": {"attr": "level", "above": 6}},
                {"threshold": {"attr": "level", "below": 3}},
            ],
            "within": "4 minutes",
        }
    },
}
RULES = Rules({name: rule(when, rule=name) for name, when in KINDS.items()})
MINUTE = 60_000_000
START = parse_us(at(0).replace("+00:00", "Z"))


class City:
    """Entities and the engine; it can die and be started again from what was written."""

    def __init__(self, names: int, rules: Rules = RULES) -> None:
        self.rules = rules
        self.kept: dict[tuple[str, str], Kept] = {}
        self.past: list[tuple[int, int, float]] = []
        self.told: list[tuple[str, str, int, int]] = []
        self.names = names
        self.engine = self._start()

    def _start(self) -> Engine:
        engine = Engine(self.rules, AROUND, since=START)
        for eid in range(1, self.names + 1):
            engine.adopt(Entity(eid, f"g{eid}", "Gauge", area="x"))
        return engine

    def observe(self, eid: int, t: int, level: float) -> None:
        self.engine.hear(t)
        self.engine.observe(self.engine.entities[eid], t, [("level", level)])
        self.past.append((eid, t, level))
        self.commit()

    def tick(self, t: int) -> None:
        self.engine.tick(t)
        self.commit()

    def commit(self) -> None:
        for key, one in self.engine.writes.items():
            if one is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = one
        self.told += [(one.kind, one.rule, one.entity.eid, one.at) for one in self.engine.happened]
        self.engine.writes, self.engine.happened = {}, []

    def restart(self) -> None:
        now = self.engine.now
        self.engine = self._start()
        self.engine.hear(now)
        for eid, t, level in self.past:
            self.engine.warm(self.engine.entities[eid], t, [("level", level)])
        # As the table gives them back, through JSON.
        for one in sorted(self.kept.values(), key=lambda one: one.since):
            again = msgspec.json.decode(msgspec.json.encode(one), type=list)
            assert self.engine.restore(Kept(*again))


steps = st.lists(
    st.tuples(
        st.sampled_from(["observe", "observe", "observe", "tick"]),
        st.integers(1, 2),
        st.integers(0, 90),
        st.sampled_from([1.0, 2.5, 3.5, 4.5, 5.5, 6.5, 8.0]),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(steps=steps, seed=st.integers(0, 1000))
def test_a_restart_at_any_point_changes_nothing(steps: list[tuple[str, int, int, float]], seed: int) -> None:
    dice = random.Random(seed)
    whole, broken = City(2), City(2)
    now = START
    for what, eid, wait_s, level in steps:
        now += wait_s * 1_000_000
        for city in (whole, broken):
            city.tick(now)
            if what == "observe":
                city.observe(eid, now, level)
        if dice.random() < 0.4:
            broken.restart()
    for city in (whole, broken):
        city.tick(now + 30 * MINUTE)
    assert broken.told == whole.told


@settings(max_examples=100, deadline=None)
@given(steps=steps)
def test_what_is_repeated_or_comes_late_changes_nothing(steps: list[tuple[str, int, int, float]]) -> None:
    once, again = City(2), City(2)
    now = START
    for what, eid, wait_s, level in steps:
        now += wait_s * 1_000_000
        for city in (once, again):
            city.tick(now)
        if what != "observe":
            continue
        newest = again.engine.entities[eid].heard
        once.observe(eid, now, level)
        again.observe(eid, now, level)
        again.observe(eid, now, level)
        if newest > START:
            again.observe(eid, newest - MINUTE, 8.0)
            again.observe(eid, newest - MINUTE, 1.0)
    assert again.told == once.told


@settings(max_examples=100, deadline=None)
@given(steps=steps)
def test_raise_and_clear_take_turns(steps: list[tuple[str, int, int, float]]) -> None:
    city = City(2)
    now = START
    for what, eid, wait_s, level in steps:
        now += wait_s * 1_000_000
        city.tick(now)
        if what == "observe":
            city.observe(eid, now, level)
    standing: set[tuple[str, int]] = set()
    for kind, name, eid, _ in city.told:
        assert ((name, eid) in standing) is (kind == "clear")
        standing ^= {(name, eid)}


def test_the_same_rules_again_change_nothing_and_others_clear_what_is_gone() -> None:
    city = City(1)
    city.observe(1, START, 8.0)
    city.observe(1, START + 2 * MINUTE, 8.0)
    assert [(kind, name) for kind, name, *_ in city.told] == [("raise", "high")]
    city.engine.use(Rules(dict(RULES.by_name)), {})
    city.commit()
    city.observe(1, START + 3 * MINUTE, 8.0)
    assert len(city.told) == 1
    less = {name: one for name, one in RULES.by_name.items() if name != "high"}
    city.engine.use(Rules(less), {})
    city.commit()
    assert [(kind, name) for kind, name, *_ in city.told[1:]] == [("clear", "high")]
    assert ("high", "e:1") not in city.kept


def test_a_changed_limit_takes_over_what_stands() -> None:
    city = City(1)
    city.observe(1, START, 8.0)
    city.observe(1, START + 2 * MINUTE, 8.0)
    higher = rule(
        KINDS["high"] | {"threshold": KINDS["high"]["threshold"] | {"above": 9, "clears_below": 8.5}},
        rule="high",
    )
    city.engine.use(Rules(RULES.by_name | {"high": higher}), {})
    city.commit()
    assert len(city.told) == 1
    city.observe(1, START + 3 * MINUTE, 8.0)
    assert [(kind, name) for kind, name, *_ in city.told[1:]] == [("clear", "high")]


def test_an_override_is_for_one_entity() -> None:
    high: Rule = rule({"threshold": {"attr": "level", "above": 5}})
    overrides = {("rule", "g1"): Override({"above": 7}), ("rule", "g2"): Override({}, off=True)}
    engine = Engine(Rules({"rule": high}), AROUND, overrides=overrides, since=START)
    for eid in (1, 2, 3):
        entity = engine.adopt(Entity(eid, f"g{eid}", "Gauge"))
        engine.hear(START)
        engine.observe(entity, START, [("level", 6)])
    assert [one.entity.id for one in engine.happened] == ["g3"]
    engine.observe(engine.entities[1], START, [("level", 7.5)])
    assert [one.limit for one in engine.happened] == [5, 7]


def test_what_a_rule_supersedes_is_silent_while_it_stands() -> None:
    words = {"consequence_class": "severe"}
    lesser = rule({"threshold": {"attr": "level", "above": 3}}, rule="one")
    greater = rule({"threshold": {"attr": "level", "above": 5}}, rule="three", supersedes=["one"], **words)
    rules = Rules({"one": lesser, "three": greater})
    samples, _ = samples_of(
        [{"fires": True, "changes": [gauge(minute, level) for minute, level in enumerate([4, 6, 4, 8, 2])]}],
        "Gauge",
    )
    found = played(rules, samples[0].changes)
    assert [(one.kind, one.rule) for one in found.happened] == [
        ("raise", "one"),
        ("raise", "three"),
        ("clear", "one"),
        ("clear", "three"),
        ("raise", "one"),
        ("raise", "three"),
        ("clear", "one"),
        ("clear", "three"),
    ]
    assert found.active == 0


def test_thousands_of_thresholds_are_passed_by_an_ordinary_value() -> None:
    rules = {
        f"r{n}": rule({"threshold": {"attr": "level", "above": 1000 + n}}, rule=f"r{n}") for n in range(300)
    }
    engine = Engine(Rules(rules), AROUND, since=START)
    entity = engine.adopt(Entity(1, "g", "Gauge"))
    engine.hear(START)
    engine.observe(entity, START, [("level", 1010.5)])
    assert sorted(one.rule for one in engine.happened) == sorted(f"r{n}" for n in range(11))
    engine.observe(entity, START, [("level", 1000.5)])
    assert sum(one.kind == "clear" for one in engine.happened) == 10


def test_the_story_of_a_sample_is_the_story_of_the_engine() -> None:
    # The runner of samples has no code of its own for conditions.
    assert story(play(KINDS["high"], [gauge(0, 6), gauge(3, 6)])) == [("raise", "a", 2)]
    assert body(KINDS["high"])["when"] is KINDS["high"]
