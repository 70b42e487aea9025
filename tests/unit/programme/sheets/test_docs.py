"""``docs/programme-sheets.md`` names every finding, description, key and form, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from haidang.programme.sheets.description import Column, Description, Numbering, shipped
from haidang.programme.sheets.monthly.forms import FORMS, FormName
from haidang.programme.sheets.monthly.service import Line
from haidang.programme.sheets.schedules import reading as schedules

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "programme-sheets.md").read_text("utf-8")
CODE = ROOT / "src" / "haidang" / "programme" / "sheets"
WORDS = set(re.findall(r"`([\w-]+)`", PAGE))
_MADE = re.compile(
    r'(?:Amiss|Reason|Finding)\(\s*"([a-z-]+)"'
    r'|at\(\s*[^()]*?(?:\([^()]*\))?[^()]*?,\s*"([a-z]+(?:-[a-z]+)+)"'
)


def test_every_finding_is_explained() -> None:
    files = [*CODE.rglob("*.py"), CODE.parents[1] / "documents" / "numbers.py"]
    text = "\n".join(file.read_text("utf-8") for file in files)
    codes = {code for pair in _MADE.findall(text) for code in pair if code}
    assert {"not-a-number", "cell-missing", "column-unknown", "formula-uncached"} <= codes
    assert codes - WORDS == set()


def test_every_description_key_and_form_is_named() -> None:
    assert {each.sheet for each in shipped()} <= WORDS
    assert set(Description.__struct_fields__) | set(Column.__struct_fields__) <= WORDS
    assert set(get_args(Numbering)) <= WORDS
    assert set(FORMS) == set(get_args(FormName)) <= WORDS
    kinds = Line.__annotations__["kind"]
    assert set(re.findall(r'"(\w+)"', str(kinds))) <= WORDS
    assert f"{schedules.STEPS_MAX:,}" in PAGE


def test_the_tests_that_it_names_are_there() -> None:
    tests = "\n".join(
        file.read_text("utf-8")
        for folder in ("unit/programme/sheets", "integration/programme")
        for file in (ROOT / "tests" / folder).glob("test_*.py")
    )
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()
