"""What waits for the writer: bounded, in order of arrival, answered request by request."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from haidang.base.problems import Problem
from haidang.city.items import Item
from haidang.city.model import QUEUE_FULL
from haidang.organisation.model import Principal

OVERLAP_ENTITIES = 400
"""Groups up to this size are never split: a commit costs more than overlapping reading and writing wins."""

GATHER_TURNS = 64
GATHER_QUIET_TURNS = 6
"""Turns of the loop given to requests on their way in, at most, and in a row without any new one."""
GATHER_ENTITIES = 64
"""A group of this size pays for its commit: the database is not kept waiting for more."""


class Request:
    """Items of one sender that are answered together."""

    __slots__ = ("done", "items", "principal", "size")

    def __init__(self, principal: Principal, items: Sequence[Item]) -> None:
        self.principal = principal
        self.items = items
        self.size = len(items)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Queue:
    """Requests in their order; ``waiting`` counts their entities."""

    def __init__(self, *, limit: int, group_limit: int) -> None:
        self._limit = limit
        self._group_limit = group_limit
        self._requests: deque[Request] = deque()
        self.waiting = 0

    def __bool__(self) -> bool:
        return bool(self._requests)

    def put(self, principal: Principal, items: Sequence[Item]) -> Request:
        """Queue items; raise ``Problem`` (429) where too much waits already."""
        if self.waiting and self.waiting + len(items) > self._limit:
            raise Problem(
                QUEUE_FULL,
                "Quá nhiều dữ liệu đang chờ ghi; hãy gửi lại sau.",
                "Too much waits to be written; send again later.",
                retry_after_s=1,
            )
        request = Request(principal, items)
        self._requests.append(request)
        self.waiting += request.size
        return request

    async def gather(self) -> None:
        """Let requests that have arrived already be read, while each turn of the loop brings more of them.

        The senders answered by the last commit send anew at once. Without this the first of them would have a
        commit to itself, and a commit costs the same for one as for sixty. Nothing is waited for: the loop's
        turns take only the time of the work that is ready in any case.
        """
        quiet, seen = 0, self.waiting
        for _ in range(GATHER_TURNS if 0 < seen < GATHER_ENTITIES else 0):
            await asyncio.sleep(0)
            quiet = 0 if self.waiting > seen else quiet + 1
            seen = self.waiting
            if quiet == GATHER_QUIET_TURNS or seen >= GATHER_ENTITIES:
                return

    def take(self) -> list[Request]:
        """Return the next group, at least one request where any waits.

        Half of a long queue: its senders are answered and send anew while the database writes the other half.
        """
        taken: list[Request] = []
        size = 0
        limit = min(self._group_limit, max(OVERLAP_ENTITIES, self.waiting // 2))
        while self._requests and (not taken or size + self._requests[0].size <= limit):
            request = self._requests.popleft()
            size += request.size
            taken.append(request)
        self.waiting -= size
        return taken

    def take_all(self) -> list[Request]:
        """Return whatever waits."""
        taken = list(self._requests)
        self._requests.clear()
        self.waiting = 0
        return taken


def refuse(requests: Sequence[Request], problem: Problem) -> None:
    """Answer those that have no answer yet with a refusal."""
    for request in requests:
        if not request.done.done():
            request.done.set_exception(problem)
