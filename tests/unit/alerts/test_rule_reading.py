"""Reading rules: every fault named by file, rule and field in both languages; the page lists all there is."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from haidang.alerts.rules.duration import duration
from haidang.alerts.rules.expression import ExpressionError, parse
from haidang.alerts.rules.index import Index, Watch
from haidang.alerts.rules.model import KINDS, PRIORITIES, Rule, Rules
from haidang.alerts.rules.reading import (
    BAD_RULES,
    load_rules,
    read_rule,
    read_rules,
    read_text,
    schema,
    written,
)
from haidang.alerts.rules.samples import failures, untested, wrong
from haidang.base.problems import Problem
from haidang.city.packs import BUILTIN
from tests.unit.alerts.rules import body, play, rule

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "alert-rules.md").read_text(encoding="utf-8")
LEVEL: dict[str, Any] = {"threshold": {"attr": "level", "above": 5}}


@pytest.mark.parametrize(
    ("when", "field"),
    [
        ({}, "when"),
        ({**LEVEL, "expression": "level > 3"}, "when"),
        ({"threshold": {"attr": "level"}}, "when.threshold"),
        ({"threshold": {"attr": "level", "above": 5, "below": 3}}, "when.threshold"),
        ({"threshold": {"attr": "level", "above": 5, "clears_below": 6}}, "when.threshold.clears_below"),
        ({"threshold": {"attr": "level", "above": 5, "clears_above": 4}}, "when.threshold.clears_above"),
        ({"threshold": {"attr": "level", "above": "level"}}, "when.threshold.above"),
        ({"threshold": {"attr": "level", "above": "limit", "clears_below": 3}}, "when.threshold.clears"),
        ({"threshold": {"attr": "level", "abve": 5}}, "when.threshold.abve"),
        ({"threshold": {"attr": "level", "above": 5, "for": "2 fortnights"}}, "when.threshold.for"),
        ({"threshold": {"attr": "level", "above": 5, "for": "90 days"}}, "when.threshold.for"),
        ({"rate": {"attr": "level", "within": "1 hour"}}, "when.rate"),
        ({"rate": {"attr": "level", "rises": 1, "within": "2 days"}}, "when.rate.within"),
        ({"rate": {"attr": "level", "rises": -1, "within": "1 hour"}}, "when.rate.rises"),
        (
            {"rate": {"attr": "level", "rises": 1, "within": "1 hour", "clears_under": 2}},
            "when.rate.clears_under",
        ),
        ({"stuck": {"attr": "level", "for": "8 days"}}, "when.stuck.for"),
        ({"missing": {}}, "when.missing"),
        ({"missing": {"for": "1 hour", "periods": 2}}, "when.missing"),
        ({"baseline": {"attr": "level", "deviates": 2, "clears_at": 3}}, "when.baseline.clears_at"),
        ({"geofence": {"inside": {}}}, "when.geofence.inside"),
        ({"geofence": {"inside": {"polygon": [[1, 1], [2, 2], [1, 1]]}}}, "when.geofence.inside.polygon"),
        ({"geofence": {"inside": {"polygon": [[1, 1], [2, 2], [21, 107]]}}}, "when.geofence.inside.polygon"),
        ({"count": {"of": LEVEL, "at_least": 1, "within": "1 hour"}}, "when.count.at_least"),
        (
            {"count": {"of": {"count": {"of": LEVEL, "at_least": 2, "within": "1 hour"}}, "at_least": 2,
                       "within": "1 hour"}},
            "when.count.of.count",
        ),
        (
            {"count": {"of": {"expression": {"that": "level > 3", "for": "1 hour"}}, "at_least": 2,
                       "within": "1 hour"}},
            "when.count.of.expression.for",
        ),
        (
            {"together": {"all": [LEVEL, {**LEVEL, "type": "Other"}], "within": "1 hour"}},
            "when.together.all[1].type",
        ),
        ({"together": {"all": [LEVEL], "within": "1 hour"}}, "when.together.all"),
        ({"expression": "level >"}, "when.expression.that"),
        ({"expression": "1 > 0"}, "when.expression.that"),
        ({"expression": "__import__('os')"}, "when.expression.that"),
    ],
)  # fmt: skip
def test_every_fault_is_named_in_both_languages(when: dict[str, Any], field: str) -> None:
    _, faults = read_rule(body(when))
    assert [fault.field for fault in faults] == [field]
    assert faults[0].vi
    assert faults[0].en
    assert faults[0].vi != faults[0].en


@pytest.mark.parametrize(
    "key", ["cause", "consequence", "action", "respond_within", "consequence_class", "version"]
)
def test_a_rule_without_its_rationale_is_refused(key: str) -> None:
    said = body(LEVEL)
    del said[key]
    assert [fault.field for fault in read_rule(said)[1]] == [key]


def test_a_faulty_rule_is_named_and_the_others_stand(tmp_path: Path) -> None:
    pack = tmp_path / "water"
    pack.mkdir()
    sound, bad = msgspec.json.encode(body(LEVEL, rule="sound")), msgspec.json.encode(body({}, rule="bad"))
    (pack / "rules.yaml").write_bytes(b'{"rules": [' + sound + b", " + bad + b", 7]}")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "rules.yaml").write_text("rules: [\n", encoding="utf-8")
    found = read_rules([tmp_path])
    assert list(found.rules.by_name) == ["sound"]
    assert found.rules.by_name["sound"].sector == "water"
    assert [fault.field for fault in found.faults] == [
        "broken/rules.yaml", "water/rules.yaml bad: when", "water/rules.yaml #3",
    ]  # fmt: skip
    with pytest.raises(Problem) as refused:
        load_rules([tmp_path])
    assert refused.value.kind is BAD_RULES
    assert len(refused.value.faults) == 3
    assert failures([tmp_path])


def test_a_file_nested_beyond_reason_is_named(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "rules.yaml").write_text("[" * 100_000, encoding="utf-8")
    assert [fault.field for fault in read_rules([tmp_path]).faults] == ["deep/rules.yaml"]


def test_a_name_stands_once_in_a_file_and_a_later_folder_overrides(tmp_path: Path) -> None:
    twice = read_text({"rules": [body(LEVEL), body(LEVEL)]}, "here")
    assert "trùng tên" in twice.faults[0].vi
    for folder, version in (("a", 1), ("b", 2)):
        pack = tmp_path / folder / "water"
        pack.mkdir(parents=True)
        (pack / "rules.yaml").write_bytes(msgspec.json.encode({"rules": [body(LEVEL, version=version)]}))
    assert load_rules([tmp_path / "a", tmp_path / "b"]).by_name["rule"].version == 2


def test_priority_comes_from_consequence_and_time_to_respond() -> None:
    times = ("5 minutes", "30 minutes", "8 hours", "9 hours")
    for name, row in PRIORITIES.items():
        found = [rule(LEVEL, consequence_class=name, respond_within=time).priority for time in times]
        assert tuple(found) == row
        assert f"| `{name}` | {' | '.join(map(str, row))} |" in PAGE
    # The worse the consequence and the less the time, never the less urgent.
    assert all(a <= b for row in PRIORITIES.values() for a, b in itertools.pairwise(row))


def test_what_is_written_reads_the_same_again() -> None:
    for one in load_rules([BUILTIN]).by_name.values():
        again, faults = read_rule(written(one), one.sector)
        assert not faults
        assert again == msgspec.structs.replace(one, samples=())


def test_the_packs_of_the_product_are_sound_and_tested() -> None:
    assert failures([BUILTIN]) == []
    assert list(untested(load_rules([BUILTIN]))) == []


def test_a_sample_that_does_not_hold_is_told() -> None:
    change = {"at": "2026-03-16T05:00:00Z", "id": "a", "level": 6}
    for said, word in (
        ({"fires": False}, "should not"),
        ({"fires": True, "times": 2}, "instead of 2"),
        ({"fires": True, "cleared": True}, "stand in the end"),
    ):
        one = rule(LEVEL, samples=[said | {"changes": [change]}])
        assert word in str(wrong(one, one.samples[0]))
    _, faults = read_rule(body(LEVEL, samples=[{"fires": True, "changes": [{"at": "yesterday", "id": "a"}]}]))
    assert [fault.field for fault in faults] == ["samples[0].changes[0].at"]


def test_every_kind_and_key_stands_in_the_docs() -> None:
    for kind in KINDS:
        assert f"| `{kind}: " in PAGE, kind
    for field in msgspec.structs.fields(Rule):
        if field.name != "sector":
            assert re.search(rf"\| (`\w+`, )*`{field.encode_name}`", PAGE), field.encode_name
    files = {"conditions", "engine", "reading", "step", "decisions"}
    named = set(re.findall(r"`(test_\w+)`", PAGE)) - {f"test_rule_{file}" for file in files}
    tests = Path(__file__).resolve().parents[2]
    there = "".join(file.read_text(encoding="utf-8") for file in tests.glob("*/alerts/test_rule_*.py"))
    assert {name for name in named if f"def {name}(" not in there} == set()


def test_the_schema_knows_the_grammar() -> None:
    found = schema()
    assert found["$defs"]["Threshold"]["properties"]["for"]["anyOf"]
    assert "sector" not in found["$defs"]["Rule"]["properties"]
    assert set(found["$defs"]["Condition"]["properties"]) == {*KINDS, "type"}


@pytest.mark.parametrize(
    ("text", "values", "found"),
    [
        ("a > 1 and b < 2", {"a": 2, "b": 1}, True),
        ("a > 1 and b < 2", {"a": 2}, None),
        ("a > 1 and b < 2", {"a": 0}, False),
        ("a > 1 or b < 2", {"a": 2}, True),
        ("a > 1 or b < 2", {"a": 0}, None),
        ("not a > 1", {"a": 0}, True),
        ("not a > 1", {}, None),
        ("a + b * 2 == 7", {"a": 1, "b": 3}, True),
        ("(a + b) * 2 == 8", {"a": 1, "b": 3}, True),
        ("a - 1 - 1 == 0", {"a": 2}, True),
        ("-a < 0", {"a": 2}, True),
        ("a / b > 1", {"a": 2, "b": 0}, None),
        ("a > 1", {"a": "2"}, None),
        ("a > 1", {"a": True}, None),
        ('s == "off"', {"s": "off"}, True),
        ("s != 'off'", {"s": "on"}, True),
        ("s == 1", {"s": "1"}, None),
        ("f == true", {"f": True}, True),
        ("f", {"f": True}, True),
        ("a", {"a": 5}, None),
        ('s in ["high", "critical"]', {"s": "critical"}, True),
        ("a in [1, 2, b]", {"a": 3}, None),
        ("incident.kind == 'flood' and incident.severity <= 2",
         {"incident.kind": "flood", "incident.severity": 2}, True),
    ],
)  # fmt: skip
def test_what_is_not_known_stays_unknown(text: str, values: dict[str, Any], found: bool | None) -> None:
    assert parse(text).holds(values) is found


@pytest.mark.parametrize(
    "text",
    [
        "", "a >", "a b", "(a > 1", "a > 1)", "a = 1", "a > 1 and", "in [1]", "a in 1", "a in [1", "[1]",
        "a.b.", "a;b", "a > 1 or or b", "lambda: 1", "a[0] > 1", "a ** 2 > 1", "(" * 40 + "a" + ")" * 40,
        "-" * 2000 + "a", "a>1" * 999,
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert refused.value.vi.startswith("ký tự")
    assert refused.value.en.startswith("character")


def test_a_name_that_is_not_known_is_refused() -> None:
    with pytest.raises(ExpressionError, match="no value named b"):
        parse("a > 1 and b > 1", frozenset({"a"}))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1 second", 1), ("30 seconds", 30), ("5 minutes", 300), ("2 hours", 7200), ("3 days", 259200)],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration(text).seconds == seconds
    assert str(duration(text)) == text
    for wrong_text in ("5", "5 min", "five minutes", "-5 minutes", "5  minutes", 5, None):
        with pytest.raises(ValueError, match="duration"):
            duration(wrong_text)


def test_another_unit_is_not_looked_at() -> None:
    from haidang.alerts.rules.columns import Columns  # noqa: PLC0415
    from haidang.alerts.rules.conditions import Surroundings  # noqa: PLC0415
    from haidang.city.packs import AttributePack, Packs, TypePack  # noqa: PLC0415
    from haidang.city.terms import VOCABULARY, Keyset, Terms  # noqa: PLC0415

    around = Surroundings(lambda _: 1, lambda *_: None, lambda *_: (), lambda code: (code,))
    rules = Rules({"rule": rule(LEVEL)})
    index = Index({"rule": Watch(rules.by_name["rule"], around, {})}, {})
    gauge = TypePack(
        type="Gauge", vi="", en="", attributes={"level": AttributePack("Mức", "Level", unit="MTR")}
    )
    terms = Terms()
    terms.attr_iris[1] = VOCABULARY + "level"
    columns = Columns(terms, Packs({}, {"Gauge": gauge}), index)
    for number, unit in enumerate(("MTR", "", "CMT"), 1):
        terms.keysets[number] = Keyset(number, True, (1,), (unit,), ("",), (False,))
    assert [columns.pairs("Gauge", number, [560.0], None) for number in (1, 2, 3)] == [
        [("level", 560.0)], [("level", 560.0)], [],
    ]  # fmt: skip
    assert columns.pairs("Gauge", 0, None, {"1": [5.6, "MTR"], "@e": {}}) == [("level", 5.6)]
    assert columns.pairs("Gauge", 0, None, {"1": [560, "CMT"]}) == []
    assert columns.refused == {("Gauge", "level", "CMT")}


def test_a_signal_says_what_happened_and_what_the_entity_depends_on() -> None:
    from haidang.alerts.rules.conditions import Surroundings  # noqa: PLC0415
    from haidang.alerts.rules.describing import signal_of  # noqa: PLC0415
    from haidang.alerts.rules.engine import Engine  # noqa: PLC0415
    from haidang.alerts.rules.entity import Entity  # noqa: PLC0415
    from haidang.city.packs import AttributePack, Packs, TypePack  # noqa: PLC0415

    around = Surroundings(lambda _: 1, lambda *_: None, lambda *_: (), lambda code: (code,))
    level = AttributePack("Mực nước", "Water level", unit="MTR", decimals=2)
    packs = Packs({}, {"Gauge": TypePack(type="Gauge", vi="", en="", attributes={"level": level})})
    engine = Engine(Rules({"rule": rule(LEVEL, parent="gateway")}), around, since=0)
    entity = engine.adopt(
        Entity(1, "a", "Gauge", owner_org=3, area="x", source="feed:g", lon=107.0, lat=20.9)
    )
    engine.hear(60_000_000)
    engine.observe(entity, 0, [("gateway", "urn:g"), ("level", 5.704)])
    engine.observe(entity, 60_000_000, [("level", 4.0)])
    came, went = (signal_of(one, engine.index.watches["rule"], packs) for one in engine.happened)
    assert (came.kind, came.value, came.limit, came.unit, came.parent) == ("raise", 5.704, 5.0, "m", "urn:g")
    assert came.text_vi == "Mực nước 5,70 m trên ngưỡng 5,00 m"
    assert came.text_en == "Water level 5.70 m above the limit 5.00 m"
    assert (came.owner_org, came.area_code, came.source, came.lon) == (3, "x", "feed:g", 107.0)
    assert (went.kind, went.at.timestamp(), went.text_vi) == ("clear", 60.0, None)


def test_an_expression_of_a_pack_is_played_as_it_is_written() -> None:
    changes = [{"at": "2026-03-16T05:00:00Z", "id": "a", "status": "offline"}]
    assert play({"expression": 'status == "offline"'}, changes).raised == 1
