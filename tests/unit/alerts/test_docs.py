"""``docs/alerts.md`` says of every state, act and way what the code says, with tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from haidang.alerts.model import flood
from haidang.alerts.model.acts import MAINTENANCE_DAYS_MAX, RULES, SHELF_HOURS_MAX, Act, Hindrance
from haidang.alerts.model.alert import STATES
from haidang.alerts.model.folding import LINES_MAX
from haidang.alerts.service import causes, quality
from haidang.alerts.service.acting import HINDRANCES
from haidang.alerts.service.entering import NewAlert
from tests.unit.alerts.test_states import WAYS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
TESTS = "\n".join(
    path.read_text(encoding="utf-8")
    for ring in ("unit", "integration")
    for path in (ROOT / "tests" / ring / "alerts").glob("test_*.py")
)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_state_is_described() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", section("States"), re.MULTILINE)
    assert [name for name, _ in rows] == list(STATES)


def test_every_act_stands_with_its_permission_states_and_test() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([\w.]+) \| ([\w, ]+) \| ([\w, ]+) \| `\w+` \|$", section("Acts"), re.MULTILINE
    )
    assert {name: (permission, states, to) for name, permission, states, to in rows} == {
        name: (
            rule.permission,
            ", ".join(sorted(rule.states)),
            "stays" if rule.to is None else ", ".join(sorted(rule.to)),
        )
        for name, rule in RULES.items()
    }
    bulk = re.search(r"By one act: ([\w, ]+)\.", section("Acts"))
    assert bulk is not None
    assert bulk[1].split(", ") == [name for name, rule in RULES.items() if rule.bulk]


def test_every_way_by_itself_stands_in_the_table() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([\w, ]+) \| ([\w, ]+) \| `\w+` \|$", section("By itself"), re.MULTILINE
    )
    told: dict[tuple[str, str], set[str]] = {}
    for name, sources, targets in rows:
        before, after = sources.split(", "), targets.split(", ")
        if len(before) == 1:
            told[name, before[0]] = set(after)
        else:
            told |= {(name, one): {other} for one, other in zip(before, after, strict=True)}
    assert told == WAYS


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_every_test_that_the_page_names_exists(name: str) -> None:
    assert f"def {name}(" in TESTS


def test_numbers_of_the_page_are_those_of_the_code() -> None:
    assert f"({SHELF_HOURS_MAX} hours)" in section("States")
    assert f"at most {MAINTENANCE_DAYS_MAX} days" in section("What explains others")
    assert (causes.SHARE, causes.LEAST, causes.TOGETHER.seconds) == (0.7, 5, 120)
    assert (flood.BEGINS, flood.ENDS, flood.GOAL_PER_HOUR, LINES_MAX) == (10, 5, 6, 49)
    assert (quality.CHATTERS, quality.WORST, quality.WORST_SHARE, quality.STALE_GOAL) == (3, 10, 0.05, 5)


def test_every_field_of_an_alert_by_hand_is_named() -> None:
    named = set(re.findall(r"`(\w+)`", section("By hand")))
    assert set(NewAlert.__struct_fields__) - named == {"title_en", "simulated"}


def test_every_hindrance_has_its_words_and_every_act_its_tag() -> None:
    assert set(HINDRANCES) == set(Hindrance.__args__)  # type: ignore[attr-defined]
    tags = {each.__struct_config__.tag for each in Act.__args__}
    assert tags == set(RULES)
