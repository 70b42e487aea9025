"""The jobs of history: once an hour whatever is due is erased, packed, exported, in that order."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from procrastinate import Blueprint, JobContext

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.city.packs import site_packs
from haidang.city.service import City
from haidang.city.store import tiers as store
from haidang.city.terms import Terms

JOBS = Blueprint()
_log = logger("city.tiers")


@JOBS.periodic(cron="37 * * * *")
@JOBS.task(name="move", pass_context=True, lock="history", queueing_lock="history")
async def move(context: JobContext, timestamp: int) -> None:
    """Erase what is past its time, pack days that are closed, export those that are old."""
    city: City = context.additional_context["city"]
    await move_history(city.db, city.clock, city.settings, city.terms)


async def move_history(db: Database, clock: Clock, settings: Settings, terms: Terms) -> None:
    """Do all that is due; what one part cannot do holds the others up no further than that."""
    # Loaded by whoever runs it: packing and Parquet are no business of an idle server.
    from haidang.city.tiers import exporting, packing, retention  # noqa: PLC0415

    kept = retention.kept_days(terms, site_packs(settings.data_dir), settings.history_keep_days)
    parts: dict[str, Callable[[], Awaitable[Any]]] = {}
    if kept:
        parts["erase"] = lambda: retention.retain(db, clock, terms, kept)
    if settings.history_pack_days > 0:
        parts["pack"] = lambda: packing.pack(db, now=clock.now(), days=settings.history_pack_days)
    if settings.history_export_days > 0:
        parts["export"] = lambda: exporting.export(
            db, terms, today=clock.now().date(), days=settings.history_export_days
        )
    for name, work in parts.items():
        await _noted(db, clock, name, work)


async def _noted(db: Database, clock: Clock, name: str, work: Callable[[], Awaitable[Any]]) -> None:
    """Do a part and keep what became of it, for those who look after the centre."""
    began = time.monotonic()
    done, problem = b"{}", None
    try:
        done = msgspec.json.encode(await work())
    except Exception as error:
        _log.exception("a part of history's jobs failed and will try again in an hour", part=name)
        problem = str(error)[:500]
    async with db.transaction() as conn:
        await store.note_run(
            conn, name, at=clock.now(), seconds=time.monotonic() - began, done=done, problem=problem
        )
