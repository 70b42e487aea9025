"""Jobs and clocks on the same PostgreSQL: what is due survives a restart.

A room declares ``JOBS = procrastinate.Blueprint()`` beside its use cases and writes its tasks on it; the
server adds all of them to one app and runs one worker in its own event loop. The queue's tables are kept by
:mod:`haidang.base.migrations`. A task that asks for its context finds ``db`` and ``settings`` there, and what
else the server gave to :func:`working`.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate import App, Blueprint, JobContext, PsycopgConnector

from haidang.base.database import Database
from haidang.base.idempotency import forget
from haidang.base.settings import Settings

JOBS = Blueprint()
"""The house's own cleaning."""

_POOL_MAX = 4
_CONCURRENCY = 3
_STOP_S = 10.0


def make_jobs(url: str, rooms: Mapping[str, Blueprint] | None = None) -> App:
    """Return the queue on a migrated database, with the tasks of the rooms, each under its room's name."""
    connector = PsycopgConnector(
        conninfo=url, min_size=1, max_size=_POOL_MAX, kwargs={"application_name": "haidang jobs"}
    )
    app = App(connector=connector)
    for room, blueprint in ({"base": JOBS} | dict(rooms or {})).items():
        # A copy: the library writes the room's name into the tasks it takes, so that it takes them only once.
        app.add_tasks_from(copy.deepcopy(blueprint), namespace=room)
    return app


@asynccontextmanager
async def working(app: App, *, db: Database, settings: Settings, **context: Any) -> AsyncIterator[None]:
    """Open the queue and run a worker in this event loop until the end; running jobs get ten seconds."""
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=_CONCURRENCY,
                install_signal_handlers=False,
                shutdown_graceful_timeout=_STOP_S,
                delete_jobs="successful",
                additional_context={"db": db, "settings": settings} | context,
            ),
            name="jobs",
        )
        try:
            yield
        finally:
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker


@JOBS.periodic(cron="17 3 * * *")
@JOBS.task(name="forget_idempotency_keys", pass_context=True)
async def forget_idempotency_keys(context: JobContext, timestamp: int) -> None:
    """Delete the answers to idempotency keys that are older than the site keeps them."""
    db: Database = context.additional_context["db"]
    settings: Settings = context.additional_context["settings"]
    before = datetime.fromtimestamp(timestamp, UTC) - timedelta(days=settings.idempotency_days)
    async with db.transaction() as connection:
        await forget(connection, before)
