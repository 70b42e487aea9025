"""Whoever gave a task hears of what is done with it, within the act's own transaction.

A room above gives tasks of its own kind of source and follows them: it may refuse an act, and what the act
means to it commits with the act. Kinds of :data:`FOLLOWED` are nothing without their follower: an act on
such a task in a process that has not loaded the room is refused loudly, rather than parting the two.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from haidang.base.database import Connection
from haidang.tasks.model.acts import Act
from haidang.tasks.model.task import Task
from haidang.tasks.service.doing import Doing

Closing = Callable[[], Awaitable[None]]
"""What is left to do once the task's own log is written: logs are always locked in one order."""
Follower = Callable[[Doing, Act, Task], Awaitable[Closing | None]]
"""Gets the act under way and the task after it, whose row is written and whose people are not told yet."""

Hold = Callable[[Connection, Sequence[int]], Awaitable[None]]
"""Holds what stands behind tasks that are held already, before any of their acts takes its turn at a log."""

FOLLOWED = frozenset({"incident_step"})
_followers: dict[str, Follower] = {}
_holds: dict[str, Hold] = {}


def follow(source_kind: str, follower: Follower, hold: Hold) -> None:
    """Have a follower told of every act on tasks of a kind of source."""
    if source_kind not in FOLLOWED or source_kind in _followers:
        raise ValueError(f"{source_kind!r} is followed already, or is no kind that is")
    _followers[source_kind] = follower
    _holds[source_kind] = hold


async def held(connection: Connection, task_ids: Sequence[int]) -> None:
    """Hold what stands behind many tasks, which are held already, before the first of their acts."""
    for hold in _holds.values():
        await hold(connection, task_ids)


async def told(doing: Doing, act: Act, after: Task) -> Closing | None:
    """Tell whoever follows a task; ``Problem`` where the act does not suit them."""
    if after.source_kind not in FOLLOWED:
        return None
    return await _followers[after.source_kind](doing, act, after)
