"""One way for a command to open the house's database: running, created, up to date, behind a pool."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from haidang.base import postgres
from haidang.base.database import Database
from haidang.base.migrations import create_database, migrate
from haidang.base.settings import Settings


@asynccontextmanager
async def opened(settings: Settings, *, report: postgres.Report = postgres.silent) -> AsyncIterator[Database]:
    """Lend the house's database, attached to the running server or started for as long as this lasts.

    The embedded server is made, started and brought up to date where needed; an external database must exist
    and is brought up to date. Raises :class:`haidang.base.errors.OperatorError` where that cannot be.
    """
    with postgres.running(settings, report=report) as url:
        await prepare(url, embedded=settings.database_url is None)
        async with Database(url, pool_max=4) as db:
            yield db


async def prepare(url: str, *, embedded: bool) -> list[str]:
    """Create the embedded database where it is missing, bring the schema up to date; return what ran."""
    if embedded:
        await create_database(url)
    return await migrate(url)
