"""``docs/incidents.md`` says of every state, act, clock and kind of entry what the code says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from haidang.incidents.model import resources
from haidang.incidents.model.acts import RULES, Act
from haidang.incidents.model.incident import CLOCKS, State
from haidang.incidents.model.tables import Facts
from haidang.incidents.service.desk import HINDRANCES
from haidang.incidents.service.journal import KINDS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "incidents.md").read_text(encoding="utf-8")
TESTS = "\n".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "tests/integration/incidents").glob("test_*.py")
)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    found = re.findall(r"^\| (`\w+` .+) \|$", section(title), re.MULTILINE)
    return [[cell.strip().strip("`") for cell in row.split(" | ")] for row in found]


def told(moves: Mapping[str, str]) -> str:
    """Write where an act leads, as the page does."""
    lead = [f"{state} → {to}" for state, to in sorted(moves.items()) if to != state]
    stay = sorted(state for state, to in moves.items() if to == state)
    return "; ".join([*lead, *([f"{', '.join(stay)} stay"] if stay else [])])


def test_every_state_is_explained() -> None:
    assert [row[0] for row in rows("States")] == list(get_args(State))


def test_every_act_stands_with_its_part_its_moves_and_a_test_that_is_there() -> None:
    assert {name: (part, moves) for name, part, moves, _ in rows("Acts")} == {
        name: (rule.part, told(rule.moves)) for name, rule in RULES.items()
    }
    for *_, test in rows("Acts"):
        assert f"async def {test}(" in TESTS, test


def test_every_test_that_the_page_names_is_there() -> None:
    for test in re.findall(r"`(test_\w+)`", PAGE):
        assert f"async def {test}(" in TESTS, test


def test_every_act_has_its_body_and_every_body_its_rule() -> None:
    assert {str(kind.__struct_config__.tag) for kind in get_args(Act)} == set(RULES)
    bodies = {str(kind.__struct_config__.tag) for kind in get_args(resources.ResourceAct)}
    assert bodies == set(resources.RULES)


def test_every_act_of_resources_stands_with_its_part_and_moves() -> None:
    assert {name: (part, moves) for name, part, moves in rows("Resources")} == {
        name: (rule.part, told(rule.moves)) for name, rule in resources.RULES.items()
    }


def test_clocks_entries_and_facts_are_named() -> None:
    assert [row[0] for row in rows("Clocks")] == list(CLOCKS)
    for word in set(KINDS) - {"correction"}:
        assert f"`{word}`" in section("Log"), word
    for name in Facts.__struct_fields__:
        assert f"`{name}`" in section("Severity and kinds"), name


def test_every_hindrance_has_words_in_both_languages() -> None:
    assert all(vi and en for vi, en in HINDRANCES.values())
    assert set(resources.KIND_WORDS) == set(get_args(resources.ResourceKind))
