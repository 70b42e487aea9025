"""Tests of one name in two rings are two modules: else one is collected twice and the other never runs."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parents[2]


def test_a_package_of_tests_is_one_from_the_top() -> None:
    rings = {path.parent for path in TESTS.rglob("__init__.py")}
    assert len(rings) > 4
    broken = {
        str(folder.relative_to(TESTS))
        for folder in rings
        if any(TESTS in (parent, *parent.parents) and parent not in rings for parent in folder.parents)
    }
    assert not broken
