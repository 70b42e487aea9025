"""The jobs of warnings: the clock, and others' feeds, every minute."""

from __future__ import annotations

from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.alerts.cap.service import clockwork, importing, polling
from haidang.alerts.cap.service.desk import Desk, desk_of
from haidang.base.database import Database

JOBS = Blueprint()


def _given(context: JobContext) -> tuple[Database, Desk]:
    found: Any = context.additional_context
    return found["db"], desk_of(found["settings"], found["clock"])


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="expire", pass_context=True, queueing_lock="warnings-expire")
async def expire(context: JobContext, timestamp: int) -> None:
    """End warnings whose time is over, and the alerts of others' warnings."""
    db, desk = _given(context)
    await clockwork.expire(db, desk)
    await importing.expire(db, desk)


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="poll", pass_context=True, queueing_lock="warnings-poll", lock="warnings-poll")
async def poll(context: JobContext, timestamp: int) -> None:
    """Ask others' feeds."""
    db, desk = _given(context)
    if desk.settings.cap_feeds:
        await polling.poll(db, desk)
