"""``docs/tasks.md`` says of every state, act, due, value and policy key what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from haidang.tasks.model.acts import RULES, Act
from haidang.tasks.model.due import Due, Precision, faults
from haidang.tasks.model.policy import Policy
from haidang.tasks.model.task import State, Timeliness
from haidang.tasks.policies import load_policies
from haidang.tasks.service.desk import HINDRANCES
from haidang.tasks.service.evidence import TYPES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(title: str) -> set[str]:
    cells = re.findall(r"^\| (`.+?) \|", section(title), re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([\w]+)`", cell)}


def test_every_act_stands_with_its_part_states_and_test() -> None:
    tests = (ROOT / "tests" / "integration" / "tasks" / "test_acts.py").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| ([\w, ]+) \| (\w+) \| `(\w+)` \|$", section("Acts"), re.MULTILINE
    )
    assert {name: (part, tuple(states.split(", ")), to) for name, part, states, to, _ in rows} == {
        name: (rule.part, tuple(sorted(rule.states)), "stays" if rule.to is None else rule.to)
        for name, rule in RULES.items()
    }
    for *_, test in rows:
        assert f"async def {test}(" in tests, test


def test_every_act_has_its_body_and_every_body_its_rule() -> None:
    assert {str(kind.__struct_config__.tag) for kind in get_args(Act)} == set(RULES)


def test_every_state_due_value_and_key_is_explained() -> None:
    assert first_cells("States") == set(get_args(State))
    assert first_cells("Due") == set(get_args(Precision))
    assert first_cells("Timeliness") == set(get_args(Timeliness))
    assert first_cells("Policies") == set(Policy.__struct_fields__)


def test_bulk_acts_and_file_types_are_named() -> None:
    named = re.search(r"bulk` does ([^f]+) for up to", PAGE)
    assert named
    assert set(re.findall(r"`(\w+)`", named[1])) == {name for name, rule in RULES.items() if rule.bulk}
    for ending in set(TYPES) - {"jpeg"}:
        assert re.search(rf"\b{ending}\b", section("Evidence")), ending


@pytest.mark.parametrize("name", ["directive", "duty", "citizen", "indicator"])
def test_the_policies_that_ship_are_whole(name: str) -> None:
    policy = load_policies().by_name[name]
    assert policy.ladder
    assert all(step.vi and step.en and step.to for step in policy.ladder)
    assert policy.pauses
    assert policy.bounces_max >= 1


def test_a_sites_policy_replaces_the_one_of_its_name_and_a_faulty_one_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "duty.yaml").write_text("policy: duty\nvi: Trực\nen: Duty\nreopen_days: 3\nsources: [alert]\n")
    found = load_policies(tmp_path)
    assert (found.named("duty").reopen_days, found.of_source("alert"), found.of_source("x")) == (
        3,
        "duty",
        "directive",
    )
    (folder / "other.yaml").write_text("policy: other\nvi: x\nen: x\nladdr: []\n")
    with pytest.raises(Exception, match=r"other\.yaml"):
        load_policies(tmp_path)


def test_every_hindrance_has_words_in_both_languages() -> None:
    assert all(vi and en for vi, en in HINDRANCES.values())
    assert faults(Due(precision="day"))[0].vi
