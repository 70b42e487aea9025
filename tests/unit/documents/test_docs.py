"""``docs/documents.md`` names every rule of the linter, form of letter and way to refuse a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from haidang.documents.intake import model
from haidang.documents.letters import shipped
from haidang.documents.lint import RULES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")


def test_every_rule_stands_there_as_it_is_asked() -> None:
    part = PAGE.partition("## The linter")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", part, re.MULTILINE)
    assert rows == [(name, asked.vi, asked.en) for name, asked in RULES.items()]


def test_every_form_stands_there_with_its_type() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (\w+) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {name: form.type for name, form in shipped().items()}


@pytest.mark.parametrize(
    "kind", [model.UNREADABLE, model.HOSTILE, model.SCANNED, model.ENCRYPTED, model.MACRO]
)
def test_every_refusal_of_a_file_stands_there(kind: model.Kind) -> None:
    assert f"| `{kind.code}` |" in PAGE


def test_tests_that_the_page_names_exist() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", PAGE)
    assert named and [name for name in named if f"def {name}(" not in sources] == []
