"""Readings of workbooks take turns: who sends many holds neither the threads nor an endless queue."""

from __future__ import annotations

import asyncio
import threading

import pytest

from haidang.base.problems import Problem
from haidang.programme.sheets.turns import QUEUE_MAX, in_turn


async def test_readings_take_turns_and_too_many_are_told() -> None:
    release = threading.Event()
    under_way: list[int] = []

    def slow() -> int:
        under_way.append(1)
        release.wait(20)
        return len(under_way)

    waiting = [asyncio.ensure_future(in_turn(slow)) for _ in range(QUEUE_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(Problem, match="unavailable"):
        await in_turn(slow)
    assert len(under_way) <= 1
    release.set()
    assert await asyncio.gather(*waiting) == list(range(1, QUEUE_MAX + 1))
