"""The jobs of the room: dues every minute, and each night the centre's measures of itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.indicators.packs import site_declarations
from haidang.indicators.service import discipline, measuring, register
from haidang.indicators.service.desk import Desk, desk_of

JOBS = Blueprint()
_log = logger("indicators")


def _given(context: JobContext) -> tuple[Database, Desk]:
    found: Any = context.additional_context
    return found["db"], desk_of(found["settings"], found["clock"])


async def prepare(db: Database, settings: Settings, clock: Clock) -> None:
    """Bring what the sector packs declare into the register; ``Problem`` where a file is faulty."""
    declared = site_declarations(settings.data_dir)
    async with db.transaction() as connection:
        written = await register.sync(connection, desk_of(settings, clock), declared)
    if written:
        _log.info("indicators declared", written=written, declared=len(declared.indicators))


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="tick", pass_context=True, queueing_lock="indicators-tick")
async def tick(context: JobContext, timestamp: int) -> None:
    """Open forms whose figures are asked for, give their tasks, count what is late."""
    db, desk = _given(context)
    await discipline.tick(db, desk)


@JOBS.periodic(cron="20 17 * * *")
@JOBS.task(name="measure", pass_context=True, queueing_lock="indicators-measure")
async def measure(context: JobContext, timestamp: int) -> None:
    """Measure the day that is over: 17:20 UTC is 00:20 in Vietnam."""
    db, desk = _given(context)
    async with db.transaction() as connection:
        changed = await measuring.measure(connection, desk, desk.today() - timedelta(days=1))
    _log.info("the centre measured itself", changed=changed)
