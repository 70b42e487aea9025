"""The jobs of the room: the clock and the sums of days, every minute."""

from __future__ import annotations

from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.incidents.service import clockwork, statistics
from haidang.incidents.service.desk import desk_of

JOBS = Blueprint()


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="tick", pass_context=True, queueing_lock="incidents-tick")
async def tick(context: JobContext, timestamp: int) -> None:
    """Say what has run out, and which handovers wait too long."""
    found: Any = context.additional_context
    await clockwork.tick(found["db"], desk_of(found["settings"], found["clock"]))


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="sum", pass_context=True, queueing_lock="incidents-sum")
async def sum_up(context: JobContext, timestamp: int) -> None:
    """Sum the days anew that acts have marked."""
    found: Any = context.additional_context
    await statistics.sum_up(found["db"], desk_of(found["settings"], found["clock"]))
