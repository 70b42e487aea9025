"""``docs/formulas.md`` names every word of the language and every fact."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from haidang.indicators.formulas.facts import SPECS
from haidang.indicators.formulas.nodes import Back, How, Scope, Simple

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "formulas.md").read_text(encoding="utf-8")


def test_every_fact_stands_in_the_docs_with_its_words() -> None:
    for name, spec in SPECS.items():
        assert f"`{name}`" in PAGE, name
        assert all(f"`{word}`" in PAGE for word in spec.words | spec.needed)


def test_every_word_of_the_language_stands_in_the_docs() -> None:
    words = {*get_args(How), *get_args(Scope), *get_args(Back), *get_args(Simple), "cumulative", "ratio"}
    words |= {"percent", "round", "to", "days", "fact", "missing"}
    assert {word for word in words if word not in PAGE} == set()
