"""The rules that ship: read without a fault, hold by their samples, and say what a duty officer must know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from haidang.alerts.rules import samples
from haidang.alerts.rules.model import Rule
from haidang.alerts.rules.reading import read_rules
from haidang.city.packs import BUILTIN, load_packs
from haidang.demo.stories import STORIES
from haidang.incidents.procedures.book import read_book
from haidang.incidents.tables import load_tables

READ = read_rules([BUILTIN])
RULES = READ.rules.by_name
PACKS = load_packs([BUILTIN])
KINDS = {row.kind for row in load_tables().kinds.values()}
TONES = "[ăâđêôơưáàảãạấầẩẫậếềểễệốồổỗộớờởỡợứừửữựíìỉĩịúùủũụýỳỷỹỵóòỏõọéèẻẽẹ]"


def test_every_rule_is_read_and_every_sample_holds() -> None:
    assert samples.failures([BUILTIN]) == []
    assert samples.untested(READ.rules) == []


def test_every_kind_of_incident_that_a_centre_must_know_has_a_rule() -> None:
    led_to = {rule.incident.kind for rule in RULES.values() if rule.incident}
    assert led_to >= {
        "flood", "fire", "traffic_accident", "traffic_jam", "camera_loss", "disorder", "cyber", "storm",
        "missing_data", "air_quality",
    }  # fmt: skip
    assert led_to <= KINDS


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_about_what_the_packs_show_and_speaks_in_whole_sentences(rule: Rule) -> None:
    assert rule.type in PACKS.types
    for words in (rule.cause, rule.consequence, rule.action):
        assert words.vi[0].isupper()
        assert words.vi.endswith(".")
        assert words.en.endswith(".")
        assert re.search(TONES, words.vi)
        assert not re.search(r"\b(quận|huyện)\b", words.vi), "there is no district level"


@pytest.mark.parametrize("file", sorted(BUILTIN.glob("*/rules.yaml")), ids=lambda file: file.parent.name)
def test_every_number_says_where_it_comes_from(file: Path) -> None:
    for block in re.split(r"^  - rule: ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name = block.split("\n", 1)[0]
        when = re.split(r"^    consequence_class", block, flags=re.MULTILINE)[0]
        limit = re.search(r"\b(above|below|rises|at_least|deviates): [0-9]", when)
        if limit:
            assert "#" in when, f"{name}: {limit[0]} has no source"


def test_the_page_of_packs_names_every_rule_procedure_and_story() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "sector-packs.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9-]+)`", page))
    assert named >= RULES.keys() | read_book([BUILTIN]).procedures.keys() | STORIES.keys()
