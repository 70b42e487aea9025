"""How long the door waits for a body: one timer for all requests, where one each cost more than the wait."""

from __future__ import annotations

import asyncio

from haidang.base.problems import Problem
from haidang.web.asgi import Message, Receive
from haidang.web.problems import BODY_SLOW

LOOKS = 8
"""How often in the time a body has it is looked whether that time is over."""


class Patience:
    """Ends the wait for bodies that do not come to their end in time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: dict[asyncio.Task[object], float] = {}
        """Who waits for a part of a body, and until when, on the loop's clock."""
        self._given_up: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def bounded(self, receive: Receive) -> Receive:
        """Wait for the body until a moment; after its end (streams watch for a farewell) without one."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds
        whole = False

        async def timed() -> Message:
            nonlocal whole
            task = None if whole else asyncio.current_task()
            if task is None:
                return await receive()
            self._waiting[task] = until
            if self._timer is None:
                self._timer = loop.call_later(self._seconds / LOOKS, self._look, loop)
            try:
                message = await receive()
            except asyncio.CancelledError:
                if task not in self._given_up or task.uncancel() > 0:
                    raise
                raise self._slow() from None
            finally:
                del self._waiting[task]
                self._given_up.discard(task)
            whole = not message.get("more_body")
            return message

        return timed

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, until in self._waiting.items():
            if until <= now and task not in self._given_up:
                self._given_up.add(task)
                task.cancel()
        self._timer = loop.call_later(self._seconds / LOOKS, self._look, loop) if self._waiting else None

    def _slow(self) -> Problem:
        return Problem(
            BODY_SLOW,
            f"Dữ liệu phải gửi xong trong {self._seconds:g} giây.",
            f"The body must have come within {self._seconds:g} seconds.",
        )
