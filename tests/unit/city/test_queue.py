"""What waits for the writer: small groups let requests on their way in arrive, large ones go at once."""

from __future__ import annotations

import asyncio
from typing import Any

from haidang.city.writer.queue import GATHER_ENTITIES, GATHER_QUIET_TURNS, GATHER_TURNS, Queue
from haidang.organisation.permissions import system

WHO = system("test")


def queue() -> Queue:
    return Queue(limit=20_000, group_limit=4_000)


def items(count: int) -> list[Any]:
    return [object()] * count


async def senders(waiting: Queue, count: int, turns: int) -> None:
    """Put requests in one after the other, each some turns of the loop after the one before."""
    for _ in range(count):
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.put(WHO, items(1))


async def test_what_is_on_its_way_in_is_gathered() -> None:
    waiting = queue()
    waiting.put(WHO, items(1))
    coming = asyncio.create_task(senders(waiting, 9, GATHER_QUIET_TURNS - 1))
    await waiting.gather()
    await coming
    assert len(waiting.take()) == 10


async def test_nothing_is_waited_for_once_no_more_comes() -> None:
    waiting, turns = queue(), 0
    waiting.put(WHO, items(1))

    async def counting() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(counting())
    await waiting.gather()
    beside.cancel()
    assert turns <= GATHER_QUIET_TURNS + 1 < GATHER_TURNS
    assert len(waiting.take()) == 1


async def test_a_group_that_pays_for_its_commit_and_an_empty_queue_go_at_once() -> None:
    for count in (0, GATHER_ENTITIES):
        waiting, turned = queue(), False

        async def beside() -> None:
            nonlocal turned
            turned = True

        if count:
            waiting.put(WHO, items(count))
        other = asyncio.create_task(beside())
        await waiting.gather()
        assert not turned
        await other


async def test_who_never_stops_sending_does_not_hold_a_group_back() -> None:
    waiting = queue()
    waiting.put(WHO, items(1))
    endless = asyncio.create_task(senders(waiting, 10_000, 1))
    await waiting.gather()
    assert len(waiting.take()) <= GATHER_ENTITIES + 1
    endless.cancel()
