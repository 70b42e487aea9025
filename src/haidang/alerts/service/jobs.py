"""The jobs of the room: the clock every minute, and what is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.alerts.service import clockwork
from haidang.tasks.service.desk import desk_of

JOBS = Blueprint()


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="tick", pass_context=True, queueing_lock="alerts-tick")
async def tick(context: JobContext, timestamp: int) -> None:
    """End shelving and maintenance, give the tasks that rules ask for."""
    found: Any = context.additional_context
    await clockwork.tick(found["db"], desk_of(found["settings"], found["clock"]))


@JOBS.periodic(cron="23 4 * * *")
@JOBS.task(name="prune", pass_context=True)
async def prune(context: JobContext, timestamp: int) -> None:
    """Delete alerts closed long ago; the log stays."""
    found: Any = context.additional_context
    await clockwork.prune(found["db"], found["settings"], datetime.fromtimestamp(timestamp, UTC))
