"""Fixtures of all rings: a PostgreSQL for each process of the run, a migrated database for each module."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.migrations import create_database, migrate
from haidang.base.postgres import DataFolderLock, Server
from haidang.base.settings import Settings

TEMPLATE = "migrated_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One embedded server for this process, without fsync: what tests store need not outlive the machine."""
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    settings = Settings(
        data_dir=folder, postgres_shared_buffers_mb=64, postgres_max_wal_mb=512, postgres_max_connections=100
    )
    lock = DataFolderLock(folder).acquire()
    server = Server(settings, overrides={"fsync": "off", "checkpoint_timeout": "1h"})
    try:
        server.start()
        yield server
    finally:
        server.stop()
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """Name of a database with the whole schema; a copy of it costs far less than running the migrations."""

    async def make() -> None:
        url = postgres.place.url(TEMPLATE)
        await create_database(url)
        await migrate(url)

    asyncio.run(make())
    return TEMPLATE


@pytest.fixture(scope="module")
def database_url(postgres: Server, template: str) -> str:
    """Address of a fresh migrated database for this module."""
    url = postgres.place.url(f"test_{uuid.uuid4().hex[:12]}")
    asyncio.run(create_database(url, template=template))
    return url


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def db(database_url: str) -> AsyncIterator[Database]:
    """The module's database behind a pool."""
    async with Database(database_url, pool_max=8) as database:
        yield database


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 09:30 in Vietnam on Monday 16 March 2026."""
    return FixedClock(datetime(2026, 3, 16, 2, 30, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with nothing but a data folder of the test's own."""
    return Settings(data_dir=tmp_path)


# How long an example takes says more about the neighbours of the machine than about us.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    # A site's own settings must not leak into the tests.
    for name in [
        name for name in os.environ if name.startswith("HAIDANG_") and name != "HAIDANG_TEST_REQUIRE"
    ]:
        del os.environ[name]
