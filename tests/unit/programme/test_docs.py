"""``docs/programme.md`` says of every act, kind, denominator and rule of the ledger what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from haidang.organisation.permissions import PERMISSIONS
from haidang.programme.model import cases, payments
from haidang.programme.model.kinds import KINDS
from haidang.programme.model.money import DENOMINATORS
from haidang.programme.model.plans import PLAN_KINDS
from haidang.programme.service.cases import HINDRANCES as CASE_HINDRANCES
from haidang.programme.service.ledger import WORDS
from haidang.programme.store.ledger import QUESTIONS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "programme.md").read_text(encoding="utf-8")
TESTS = "".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "integration" / "programme").glob("*.py")
)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> dict[str, list[str]]:
    found = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", section(title), re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in found}


def test_every_act_of_payments_and_cases_stands_with_part_states_and_test() -> None:
    assert {name: cells[:3] for name, cells in rows("Payments").items()} == {
        name: [rule.part, rule.state, rule.to] for name, rule in payments.RULES.items()
    }
    assert {name: cells[:3] for name, cells in rows("Contractor cases").items()} == {
        name: [rule.part, ", ".join(sorted(rule.states)), rule.to or "stays"]
        for name, rule in cases.RULES.items()
    }
    for state, (vi, _) in cases.STATES.items():
        assert re.search(rf"`{state}` {vi[:12]}", section("Contractor cases").replace("\n", " ")), state


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert {name for name in named if f"def {name}(" not in TESTS} == set()


def test_every_kind_of_record_stands_with_what_may_change() -> None:
    assert {name: cells[:4] for name, cells in rows("Records beside a project").items()} == {
        name: [
            kind.vi, "yes" if kind.amend else "never",
            ", ".join(f"`{field}`" for field in sorted(kind.fixed)) or "-", "yes" if kind.public else "-",
        ]
        for name, kind in KINDS.items()
    }  # fmt: skip


def test_kinds_of_plans_denominators_permissions_and_rules_of_the_ledger_stand() -> None:
    assert {name: cells[0] for name, cells in rows("Plans on two clocks").items()} == {
        name: vi for name, (vi, _) in PLAN_KINDS.items()
    }
    assert {name: cells[0] for name, cells in rows("Rates").items()} == {
        name: vi for name, (vi, _) in DENOMINATORS.items()
    }
    assert set(rows("Who does what")) == {
        name for name in PERMISSIONS if name.startswith(("programme.", "payment."))
    }
    assert set(rows("Ledger")) == set(WORDS)
    assert set(QUESTIONS) < set(WORDS)


def test_every_hindrance_has_words_in_both_languages() -> None:
    assert all(vi and en for vi, en in CASE_HINDRANCES.values())
