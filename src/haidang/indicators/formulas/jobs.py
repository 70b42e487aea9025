"""The jobs of computed figures: running periods every ten minutes, and each night those that are over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.base.database import Database
from haidang.base.log import logger
from haidang.indicators.formulas import service
from haidang.indicators.service.desk import Desk, desk_of

JOBS = Blueprint()
_log = logger("formulas")


def _given(context: JobContext) -> tuple[Database, Desk]:
    found: Any = context.additional_context
    return found["db"], desk_of(found["settings"], found["clock"])


@JOBS.periodic(cron="*/10 * * * *")
@JOBS.task(name="running", pass_context=True, queueing_lock="figures-running")
async def running(context: JobContext, timestamp: int) -> None:
    """Make the figures of the periods that run now; they are estimates until their period is over."""
    db, desk = _given(context)
    await run(db, desk)


@JOBS.periodic(cron="35 17 * * *")
@JOBS.task(name="over", pass_context=True, queueing_lock="figures-over")
async def over(context: JobContext, timestamp: int) -> None:
    """Make the figures of yesterday's periods once more: 17:35 UTC is 00:35 in Vietnam, all hours are in."""
    db, desk = _given(context)
    await run(db, desk, days_ago=1)


async def run(db: Database, desk: Desk, *, days_ago: int = 0) -> service.Made:
    """Make what is asked for; places first, so that a new unit or commune has its figures too."""
    async with db.transaction() as connection:
        await service.ready_places(connection, desk)
    async with db.transaction() as connection:
        made = await service.make_periods(connection, desk, desk.today() - timedelta(days=days_ago))
    _log.info("figures made", figures=made.figures, changed=made.changed, held=made.held, days_ago=days_ago)
    return made
