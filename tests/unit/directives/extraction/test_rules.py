"""Every rule fires on its own example, is explained in both languages and stands in the page."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from haidang.directives.extraction import read, shipped
from haidang.directives.extraction.rules import RULES
from haidang.directives.extraction.warnings import WARNINGS

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "extraction.md").read_text(encoding="utf-8")
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "src" / "haidang" / "directives" / "extraction").glob("*.py")
    if path.name not in {"rules.py", "warnings.py"}
)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_fires_on_its_example(rule: str) -> None:
    gazetteer = shipped().with_names(
        [("Đội Quản lý trật tự phường Bến Thành", ("Đội Quản lý trật tự Bến Thành",))]
    )
    reading = read(RULES[rule].example, issued_on=dt.date(2022, 7, 4), gazetteer=gazetteer)
    assert rule in {each for item in reading.items for each in item.rules}


def test_no_rule_fires_that_is_not_explained() -> None:
    named = set(
        re.findall(r'"((?:order|duty|carry|cooperate|names|due)\.\w+|order|duty|cooperate)"', SOURCES)
    )
    assert named <= set(RULES)


def test_the_page_lists_every_rule_with_its_example() -> None:
    rows = dict(re.findall(r"^\| `([\w.]+)` \| [^|]+ \| “([^|]+)” \|$", PAGE, re.MULTILINE))
    assert rows == {name: rule.example.replace("\n", " ⏎ ") for name, rule in RULES.items()}


def test_the_page_lists_every_warning() -> None:
    section = PAGE.split("\n## Warnings\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == set(WARNINGS)
