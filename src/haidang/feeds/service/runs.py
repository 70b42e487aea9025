"""One run of a feed, from its lock to its record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from psycopg import OperationalError

from haidang.base import eventlog, log
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.feeds import store
from haidang.feeds.connectors import FileSeen
from haidang.feeds.connectors.file import FileConnector
from haidang.feeds.connectors.http import HttpConnector
from haidang.feeds.model import life
from haidang.feeds.model.declaration import FileSource, HttpSource
from haidang.feeds.model.life import Run, Tally
from haidang.feeds.model.mapping import Mapper
from haidang.feeds.service import overview
from haidang.feeds.service.intake import Intake
from haidang.feeds.store import Feed
from haidang.organisation.permissions import system

_log = log.logger("feeds")


async def run_once(
    db: Database,
    city: City,
    settings: Settings,
    clock: Clock,
    feed: Feed,
    *,
    locks: Connection,
    again: bool = False,
    roots: tuple[Path, ...] | None = None,
    progress: Callable[[Tally], None] = lambda _: None,
) -> Run:
    """Run a file or HTTP feed to its end and return the record.

    Raises ``Problem`` (feed-busy) where another process runs it. Whatever else goes wrong ends the run as
    failed, with the reason in its record. ``locks`` is a connection in autocommit that holds the feed's lock.
    """
    if not await store.try_lock(locks, feed.id):
        raise Problem(
            life.BUSY, f"Nguồn {feed.name} đang được chạy ở nơi khác.", f"{feed.name} is being run elsewhere."
        )
    try:
        async with db.transaction() as connection:
            run_id = await store.begin_run(connection, feed.id, clock.now())
            seen = await store.files_seen(connection, feed.id)
        intake = Intake(db, city, clock, feed, run_id)
        message: tuple[str, str] = ("", "")
        outcome: life.Outcome | None = None
        connector = _connector(feed, settings, seen=seen, again=again, roots=roots)
        try:
            async for batch in connector.batches():
                await intake.take(batch)
                progress(intake.tally)
            message = _message(connector, intake)
        except Problem as problem:
            outcome, message = "failed", (problem.vi or problem.kind.vi, problem.en or problem.kind.en)
        except OperationalError as cause:
            outcome, message = "failed", ("Mất kết nối cơ sở dữ liệu.", "The database connection was lost.")
            _log.warning("feed run lost the database", feed=feed.name, cause=str(cause))
        except BaseException:
            stopped = ("Lần chạy bị dừng giữa chừng.", "The run was stopped half-way.")
            await finish(db, clock, intake, "failed", stopped)
            raise
        return await finish(db, clock, intake, outcome or intake.tally.outcome, message)
    finally:
        if not locks.closed:
            await store.unlock(locks, feed.id)


async def finish(
    db: Database,
    clock: Clock,
    intake: Intake,
    outcome: life.Outcome,
    message: tuple[str, str] = ("", ""),
) -> Run:
    """Close the record of a run, and tell the event log."""
    now, feed = clock.now(), intake.feed
    poll_s = feed.declaration.poll_s
    async with db.transaction() as connection:
        run = await store.end_run(
            connection, feed.id, intake.run_id, outcome=outcome, message=message, at=now
        )
        await store.set_due(connection, feed.id, now + timedelta(seconds=poll_s) if poll_s else None)
        await announce(connection, feed, now)
    _log.info("feed run", feed=feed.name, outcome=outcome, **msgspec.structs.asdict(intake.tally))
    return run


async def announce(connection: Connection, feed: Feed, now: datetime) -> None:
    """Put the feed's summary into the one ordered log, from where screens hear of it."""
    summary = await overview.find(connection, system("feeds"), feed.name, now)
    if summary is None:  # withdrawn meanwhile: no screen shows it any more
        return
    await eventlog.append(
        connection,
        topic="feeds",
        kind="feed-changed",
        ref=feed.name,
        body=summary,
        owner_org=feed.owner_org,
        area_code=feed.area_code,
        sector=feed.sector,
    )


def _connector(
    feed: Feed,
    settings: Settings,
    *,
    seen: dict[str, FileSeen],
    again: bool,
    roots: tuple[Path, ...] | None,
) -> FileConnector | HttpConnector:
    columns = Mapper(feed.declaration).columns
    source = feed.declaration.source
    if isinstance(source, FileSource):
        return FileConnector(source, columns, seen=seen, again=again, roots=roots)
    if isinstance(source, HttpSource):
        state = {} if again else feed.state
        return HttpConnector(source, columns, state=state, allow_hosts=settings.feed_allow_hosts)
    raise Problem(
        life.BUSY,
        f"Nguồn {feed.name} là MQTT: máy chủ lắng nghe liên tục, không chạy từng lần.",
        f"{feed.name} is an MQTT feed: the server listens all the time, there is no single run.",
    )


def _message(connector: FileConnector | HttpConnector, intake: Intake) -> tuple[str, str]:
    parts_vi, parts_en = [], []
    if isinstance(connector, FileConnector) and connector.skipped:
        parts_vi.append(f"{len(connector.skipped)} tệp không đổi nên không đọc lại.")
        parts_en.append(f"{len(connector.skipped)} file(s) unchanged, not read again.")
    if isinstance(connector, HttpConnector) and connector.unchanged:
        parts_vi.append("Nguồn báo không có gì mới.")
        parts_en.append("The source says that nothing is new.")
    if intake.capped:
        parts_vi.append(f"Chỉ lưu nguyên văn {life.REFUSED_PER_RUN_MAX} dòng lỗi đầu tiên.")
        parts_en.append(f"Only the first {life.REFUSED_PER_RUN_MAX} faulty rows are kept in full.")
    return " ".join(parts_vi), " ".join(parts_en)
