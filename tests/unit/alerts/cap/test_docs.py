"""``docs/cap.md`` says of every state, act, rule, outcome, refusal and template key what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from haidang.alerts.cap.model import checks, warning
from haidang.alerts.cap.model.judging import Outcome
from haidang.alerts.cap.model.template import Template
from haidang.alerts.cap.model.words import WORDS
from haidang.alerts.cap.service.desk import HINDRANCES
from haidang.alerts.cap.templates import FOLDER, load_templates, read_template
from haidang.base.problems import Problem
from tests.unit.alerts.cap.test_xml import HOSTILE

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "cap.md").read_text(encoding="utf-8")
TESTS = "\n".join(
    path.read_text(encoding="utf-8")
    for ring in ("unit", "integration")
    for path in (ROOT / "tests" / ring / "alerts" / "cap").glob("test_*.py")
)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(title: str) -> set[str]:
    cells = re.findall(r"^\| (`.+?) \|", section(title), re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([\w-]+)`", cell)}


def test_every_act_stands_with_its_permission_states_and_test() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([\w.]+) \| ([\w, ]+) \| (\w+) \| `\w+` \|$", section("Acts"), re.MULTILINE
    )
    assert {name: (permission, tuple(states.split(", ")), to) for name, permission, states, to in rows} == {
        name: (rule.permission, tuple(sorted(rule.states)), rule.to or "stays")
        for name, rule in warning.RULES.items()
    }
    assert {str(kind.__struct_config__.tag) for kind in get_args(warning.Act)} == set(warning.RULES)


def test_every_rule_stands_with_its_words() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \| `\w+` \|$", section("Rules"), re.MULTILINE
    )
    assert {name: (vi, en) for name, vi, en in rows} == {
        name: (rule.vi, rule.en) for name, rule in checks.RULES.items()
    }


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 15
    assert {name for name in named if f"def {name}(" not in TESTS} == set()


def test_every_state_outcome_refusal_and_key_is_explained() -> None:
    assert first_cells("States") == set(get_args(warning.State))
    assert first_cells("Others' messages") == set(get_args(Outcome))
    assert first_cells("Refused documents") == {reason for reason, _ in HOSTILE.values()}
    assert first_cells("Templates") == set(Template.__struct_fields__)


def test_words_and_hindrances_are_in_both_languages() -> None:
    assert all(word.vi and word.en for known in WORDS.values() for word in known.values())
    assert set(HINDRANCES) == set(get_args(warning.Hindrance))
    assert all(vi and en for vi, en in HINDRANCES.values())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_templates_that_ship_fill_in_both_languages_and_nobody_has_approved_them(path: Path) -> None:
    template = read_template(path)
    texts = template.filled(dict.fromkeys(template.places, "x" * 30))
    assert [text.language for text in texts] == ["vi-VN", "en-US"]
    for text in texts:
        assert text.event
        assert 0 < len(text.headline) <= 160
        assert text.description
        assert text.instruction
    assert template.approved is None
    with pytest.raises(KeyError):
        template.filled({})


FAULTY = {
    "renamed": ("template: river-flood", "template: other"),
    "an open place without a name": ("{river}", "{stream}"),
    "approved though not seen": (
        "certainty: Observed", "certainty: Likely\napproved: {document: abc, until: 2027-01-01}"),
    "English first": ("language: vi-VN", "language: en-GB"),
    "an unknown key": ("hours: 12", "hour: 12"),
    "an unknown word": ("severity: Severe", "severity: Terrible"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTY)
def test_a_sites_template_replaces_the_one_of_its_name_and_a_faulty_one_is_named(
    fault: str, tmp_path: Path
) -> None:
    text = (FOLDER / "river-flood.yaml").read_text(encoding="utf-8")
    mine = tmp_path / "warnings" / "river-flood.yaml"
    mine.parent.mkdir()
    mine.write_text(text.replace("hours: 12", "hours: 3"), encoding="utf-8")
    assert load_templates(tmp_path)["river-flood"].hours == 3
    before, after = FAULTY[fault]
    mine.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(Problem, match=r"river-flood\.yaml"):
        load_templates(tmp_path)
