"""Texts made to be slow: a hundred thousand characters of what the rules look for take seconds at most."""

from __future__ import annotations

import time

import pytest

from haidang.bench.extraction import HOSTILE
from haidang.directives.extraction import read

LETTERS = 100_000
SECONDS_MAX = 8.0
"""Ten times what a loaded machine needs; what is quadratic needs minutes."""


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_is_slow(name: str) -> None:
    text = HOSTILE[name] * (LETTERS // len(HOSTILE[name]))
    begun = time.process_time()
    read(text)
    assert time.process_time() - begun < SECONDS_MAX
