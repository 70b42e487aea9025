"""``docs/directives.md`` says of every state, act, clear and refusal what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import haidang.directives.api  # noqa: F401 - declares the room's refusals
from haidang.base.problems import KINDS
from haidang.directives.model import candidate, directive
from haidang.directives.model.candidate import ACTS, MISSING, CandidateState, Correct
from haidang.directives.model.document import DocumentState
from haidang.directives.model.names import Group, Groups

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "directives.md").read_text(encoding="utf-8")

TESTS = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("integration/web/directives", "integration/directives", "unit/directives")
    for path in (ROOT / "tests" / folder).glob("test_*.py")
)


def section(title: str) -> list[list[str]]:
    """Return the rows of the table below a heading, without its head."""
    text = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_states() -> None:
    listed = {(row[0], words(row[1])[0]) for row in section("States")}
    wanted = {("document", each) for each in get_args(DocumentState)}
    assert listed == wanted | {("candidate", each) for each in get_args(CandidateState)}


def test_acts_on_proposals() -> None:
    listed = {words(row[0])[0]: frozenset(row[1].split(", ")) for row in section("Acts on proposals")}
    assert listed == ACTS
    assert all(f"`{name}`" in PAGE for name in Correct.__struct_fields__)


def test_acts_on_directives_and_documents() -> None:
    listed = [word for row in section("Acts on directives") for word in words(row[0])]
    assert listed == list(directive.ACTS)
    listed = [words(row[0])[0] for row in section("Documents")]
    assert listed == ["change", "read", "add", "withdraw", "make_secret", "issue"]


def test_the_five_clears() -> None:
    assert [words(row[0])[0] for row in section("The five clears")] == list(MISSING)
    assert set(MISSING) == set(get_args(candidate.Missing))


def test_refusals_of_the_room() -> None:
    listed = {words(row[0])[0] for row in section("Refusals")}
    room = ROOT / "src" / "haidang" / "directives"
    declared = set()
    for path in [*(room / "service").glob("*.py"), *(room / "api").glob("*.py")]:
        declared |= set(re.findall(r'= kind\(\s*"([^"]+)"', path.read_text(encoding="utf-8")))
    assert listed == declared & set(KINDS)


def test_keys_of_groups() -> None:
    for name in (*Group.__struct_fields__, "vague"):
        assert f"`{name}`" in PAGE, name
    assert "vague" in Groups.__struct_fields__


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_every_test_that_is_named_is_there(name: str) -> None:
    assert f"def {name}(" in TESTS
