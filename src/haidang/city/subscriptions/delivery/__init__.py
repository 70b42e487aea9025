"""Notifications on their way out: ``queues``, one for each endpoint; ``http`` and ``mqtt``, the ways."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from haidang.city.service import City
from haidang.city.subscriptions.delivery.queues import Delivery

_RUNNING: WeakKeyDictionary[City, Delivery] = WeakKeyDictionary()


@asynccontextmanager
async def delivering(city: City) -> AsyncIterator[None]:
    """Deliver what waits in the outbox until the end of the block, while this process is the writer's."""
    delivery = _RUNNING[city] = Delivery(city)
    task = asyncio.create_task(delivery.run(), name="notifications")
    try:
        yield
    finally:
        del _RUNNING[city]
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def wake(city: City) -> None:
    """Tell the delivery of this process, if there is one, that something was put into the outbox."""
    delivery = _RUNNING.get(city)
    if delivery is not None:
        delivery.wake()


__all__ = ["delivering", "wake"]
