"""Workbooks and schedules are read one after the other, in a thread of their own; the queue has an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from haidang.documents.turns import Turns, reading_busy

T = TypeVar("T")
QUEUE_MAX = 8
"""Files read and waiting; the largest take seconds."""
WAIT_S = 60
_TURNS = Turns("sheets", 1)


async def in_turn(work: Callable[[], T]) -> T:
    """Do the reading of a file when its turn comes; ``Problem`` (503) where too many wait for theirs."""
    return await _TURNS.take(work, queue_max=QUEUE_MAX, wait_seconds=WAIT_S, busy=reading_busy)
