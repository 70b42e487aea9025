"""The job of procedures: their clock, every minute."""

from __future__ import annotations

from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.incidents.procedures.service import clockwork
from haidang.incidents.service.desk import desk_of

JOBS = Blueprint()


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="tick", pass_context=True, queueing_lock="procedures-tick")
async def tick(context: JobContext, timestamp: int) -> None:
    """Let late steps escalate, and look again at conditions."""
    found: Any = context.additional_context
    await clockwork.tick(found["db"], desk_of(found["settings"], found["clock"]))
