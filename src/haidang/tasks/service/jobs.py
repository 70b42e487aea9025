"""The jobs of the room: the clock every minute, deliveries, and what is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.tasks.delivery import deliver
from haidang.tasks.service import clockwork
from haidang.tasks.service.desk import desk_of
from haidang.tasks.store import notices

JOBS = Blueprint()


def _given(context: JobContext) -> tuple[Database, Settings, Clock]:
    found: Any = context.additional_context
    return found["db"], found["settings"], found["clock"]


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="tick", pass_context=True, queueing_lock="tasks-tick")
async def tick(context: JobContext, timestamp: int) -> None:
    """Let fall what is due: reminders, periods, closings; and the digests of the morning."""
    db, settings, clock = _given(context)
    desk = desk_of(settings, clock)
    await clockwork.recount(db, desk)
    await clockwork.tick(db, desk)
    await clockwork.digests(db, desk)
    await clockwork.warn_of_calendar(db, desk)


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="deliver", pass_context=True, queueing_lock="tasks-deliver")
async def send(context: JobContext, timestamp: int) -> None:
    """Send what waits for a channel beyond the screen."""
    db, settings, clock = _given(context)
    await deliver(db, settings, clock)


@JOBS.periodic(cron="11 4 * * *")
@JOBS.task(name="prune", pass_context=True)
async def prune(context: JobContext, timestamp: int) -> None:
    """Delete notices past their time; reminders, reports and the log stay."""
    db, settings, _ = _given(context)
    before = datetime.fromtimestamp(timestamp, UTC) - timedelta(days=settings.notice_days)
    async with db.transaction() as connection:
        await notices.prune(connection, before)
