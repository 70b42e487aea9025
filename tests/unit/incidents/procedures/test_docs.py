"""``docs/procedures.md`` says of every key, state, act and role what the code says; its tests exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from haidang.incidents.procedures.book import OWN_ROLES
from haidang.incidents.procedures.model import words
from haidang.incidents.procedures.model.acts import RULES, StepAct
from haidang.incidents.procedures.model.plan import State
from haidang.incidents.procedures.model.run import ActionState
from haidang.incidents.procedures.reading import read_roles
from haidang.incidents.procedures.service.acting import HINDRANCES

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "procedures.md").read_text(encoding="utf-8")
TESTS = "".join(
    file.read_text(encoding="utf-8")
    for ring in ("unit", "integration")
    for file in (ROOT / "tests" / ring / "incidents" / "procedures").glob("test_*.py")
)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> set[str]:
    cells = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([\w.<>]+)`", cell)}


def test_every_key_of_a_file_is_explained() -> None:
    file, step, action = (
        section("A file").split("| Key | Meaning |")[1:] + section("A file").split("| Action | Keys |")[1:]
    )
    assert first_cells(file) == set(words.PROCEDURE_KEYS)
    assert first_cells(step.split("Of an action")[0]) == set(words.STEP_KEYS)
    assert first_cells(action) == set(words.ACTION_KEYS)
    for kind, keys in words.ACTION_KEYS.items():
        row = next(line for line in action.splitlines() if line.startswith(f"| `{kind}`"))
        assert {*keys} - {"at"} <= set(re.findall(r"`(\w+)`", row)), kind
    assert first_cells(section("Samples")) == set(words.SAMPLE_KEYS)
    assert all(f"`{{{name}}}`" in section("A file") for name in words.PLACEHOLDERS)


def test_every_fact_is_explained() -> None:
    said = first_cells(section("Conditions"))
    for space, names in (
        ("incident", words.INCIDENT_FACTS), ("alert", words.ALERT_FACTS), ("alerts", words.ALERTS_FACTS)
    ):  # fmt: skip
        for name in names:
            assert f"{space}.{name}" in said or f".{name}" in said, name
    assert {f"{space}.<attribute>" for space in words.ENTITY_SPACES} <= said


def test_every_state_and_act_stands_with_its_test() -> None:
    assert first_cells(section("Steps")) == set(get_args(State))
    assert first_cells(section("What steps do by themselves")) == set(get_args(ActionState))
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| ([\w, ]+) \| ([\w, ]+) \| `\w+` \|$", section("Acts"), re.MULTILINE
    )
    assert {name: (part, tuple(states.split(", ")), to) for name, part, states, to in rows} == {
        name: (rule.part, tuple(sorted(rule.states)), rule.to) for name, rule in RULES.items()
    }
    assert {str(kind.__struct_config__.tag) for kind in get_args(StepAct)} == set(RULES)


def test_every_test_that_is_named_is_there() -> None:
    for name in set(re.findall(r"`(test_\w+)`", PAGE)):
        assert f"def {name}(" in TESTS, name
    for name in set(re.findall(r"`(test_\w+\.py)`", PAGE)):
        assert (ROOT / "tests" / "integration" / "incidents" / "procedures" / name).is_file(), name


def test_roles_and_refusals_have_words_in_both_languages() -> None:
    roles, faults = read_roles(OWN_ROLES, "procedures")
    assert not faults
    assert all(role.vi and role.en for role in roles.values())
    assert all(vi and en for vi, en in HINDRANCES.values())
