"""Work in threads of its own, a few at once, with a queue that has an end.

Those who wait for documents must not hold the threads that everybody else uses.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from haidang.base.problems import UNAVAILABLE, Problem

T = TypeVar("T")


class Turns:
    """Who may work now, and who waits."""

    def __init__(self, name: str, at_once: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._queue: set[object] = set()

    async def take(
        self, work: Callable[[], T], *, queue_max: int, wait_seconds: float, busy: Callable[[], Exception]
    ) -> T:
        """Do ``work`` when its turn comes; raise ``busy()`` where too many wait, or it waited too long."""
        if len(self._queue) >= queue_max:
            raise busy()
        asked, place = time.monotonic(), object()

        def in_turn() -> T:
            if time.monotonic() - asked > wait_seconds:
                raise busy()
            return work()

        self._queue.add(place)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, in_turn)
        finally:
            self._queue.discard(place)


def reading_busy() -> Problem:
    """Return what whoever comes too late is told, where files wait to be read."""
    return Problem(
        UNAVAILABLE,
        "Đang đọc nhiều tệp khác; hãy gửi lại sau ít phút.",
        "Many other files are being read; send it again in a few minutes.",
        retry_after_s=60,
    )
