"""What feeds forget, and when."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate import Blueprint, JobContext

from haidang.base.database import Database
from haidang.feeds import store

JOBS = Blueprint()


@JOBS.periodic(cron="43 3 * * *")
@JOBS.task(name="prune", pass_context=True)
async def prune(context: JobContext, timestamp: int) -> None:
    """Delete the records of runs past their time, and all but the newest refused rows of each feed."""
    db: Database = context.additional_context["db"]
    async with db.transaction() as connection:
        await store.prune(connection, datetime.fromtimestamp(timestamp, UTC))
