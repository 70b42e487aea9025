"""Readings take turns: who sends many documents holds neither the threads nor a queue without end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from haidang.base.problems import Problem
from haidang.directives.service import engine


async def test_readings_take_turns_and_too_many_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    under_way: list[int] = []

    def slow(*_: object) -> engine.Read:
        under_way.append(1)
        release.wait(20)
        return engine.Read(reading=None, took_ms=0)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "_read", slow)
    waiting = [asyncio.ensure_future(engine.read("x", None, ())) for _ in range(engine.QUEUE_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(Problem, match="unavailable"):
        await engine.read("x", None, ())
    assert len(under_way) <= 1
    release.set()
    assert len(await asyncio.gather(*waiting)) == engine.QUEUE_MAX
