"""The disk fills up: intake stops with a reason, nothing acknowledged is lost, it goes on by itself."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import pytest_asyncio
from tests.faults.city.load import batch_of
from tests.integration.web.conftest import BASE, Site, until

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.migrations import create_database, migrate
from haidang.base.postgres import DataFolderLock, Server
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.city.writer import loop as writing
from haidang.organisation.permissions import system
from haidang.web.app import make_app

MIB = 1 << 20
RESERVE_MB = 48
LOG_BYTES = 96 * MIB
"""Size of the disk of the write-ahead log where that has one of its own."""


@pytest.fixture(scope="module")
def small_disk() -> Iterator[Path]:
    """A data folder on a disk of its own, with little room."""
    with Mount(Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp")), 320 * MIB) as folder:
        yield folder


class Mount:
    """A disk in memory, as large as wanted, at a path."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self._path, self._size = path, size_bytes

    def __enter__(self) -> Path:
        if os.geteuid() != 0:
            pytest.skip("only root can mount a small disk")
        command = ["mount", "-t", "tmpfs", "-o", f"size={self._size},mode=0711", "tmpfs", str(self._path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        return self._path

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self._path)], check=True)
        shutil.rmtree(self._path)


class Ballast:
    """A file that takes the room away and gives it back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "ballast"

    def leave(self, free_bytes: int) -> None:
        """Let no more than this be free."""
        self.drop()
        size = shutil.disk_usage(self._folder).free - free_bytes
        with self._path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)


class Supervisor:
    """Starts the database again when it ends, as the parent of ``haidang up`` does."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Supervisor:
        started = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(started,))
        self._thread.start()
        started.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self, started: threading.Event | None = None) -> None:
        # The database ends with the thread that started it, so this one does both.
        self._server.start()
        assert started is not None
        started.set()
        while not self._end.wait(0.05):
            if (code := self._server.died()) is not None:
                self._server.restart(code, cancelled=self._end.is_set)
        self._server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(small_disk: Path) -> AsyncIterator[Site]:
    settings = Settings(
        data_dir=small_disk,
        postgres_shared_buffers_mb=32,
        postgres_max_wal_mb=64,
        disk_reserve_mb=RESERVE_MB,
    )
    lock = DataFolderLock(small_disk).acquire()
    postgres = Server(settings, overrides={"min_wal_size": "32MB"})
    postgres.start()
    try:
        await create_database(postgres.url)
        await migrate(postgres.url)
        server = make_app(
            Settings(data_dir=small_disk, database_url=postgres.url, disk_reserve_mb=RESERVE_MB)
        )
        await server.start()
        try:
            site = Site(server, settings)
            await site.make_administrator()
            yield site
        finally:
            await server.stop()
    finally:
        postgres.stop()
        lock.release()


async def send(site: Site, batch: int) -> httpx.Response:
    return await site.administrator.post(
        f"{BASE}/ngsi-ld/v1/entityOperations/upsert?options=update", json=batch_of(1, batch)
    )


async def test_a_nearly_full_disk_stops_the_intake_and_nothing_else(site: Site, small_disk: Path) -> None:
    ballast = Ballast(small_disk)
    acknowledged = 0

    async def refused() -> httpx.Response | None:
        nonlocal acknowledged
        answer = await send(site, acknowledged + 1)
        if answer.status_code in (201, 204):
            acknowledged += 1
            return None
        return answer

    async def taken() -> bool:
        return (await refused()) is None

    assert await taken()
    ballast.leave((RESERVE_MB - 8) * MIB)
    refusal: httpx.Response = await until(refused)
    assert refusal.status_code == 507
    document = refusal.json()
    assert (document["code"], document["status"]) == ("storage-full", 507)
    assert "ổ đĩa gần đầy" in document["detail_vi"]
    assert "disk is nearly full" in document["detail"]
    assert int(refusal.headers["retry-after"]) > 0

    found = await site.administrator.get("/ngsi-ld/v1/entities/urn:x:1:0")
    assert found.status_code == 200
    assert found.json()["value"]["value"] == 1.0
    assert (await site.administrator.get("/api/v1/boards/city")).json()["rows"]
    (root,) = (await site.administrator.get("/api/v1/orgs")).json()["items"]
    wanted = {"name": "Sở Xây dựng", "parent_id": root["id"]}
    assert await site.write(site.administrator, "POST", "/api/v1/orgs", wanted), "people can still act"
    assert (await site.administrator.get("/health/live")).status_code == 200
    health = await site.administrator.get("/health/ready")
    assert health.status_code == 503
    assert health.json()["parts"] == {"database": True, "writer": True, "storage": False}
    metrics = (await site.administrator.get("/metrics")).text
    assert "haidang_storage_full 1.0" in metrics

    ballast.drop()
    await until(taken)
    assert (await site.administrator.get("/health/ready")).status_code == 200
    last = await site.administrator.get(f"/ngsi-ld/v1/entities/urn:x:{acknowledged % 8}:0")
    assert last.json()["value"]["value"] == float(acknowledged)
    with psycopg.connect(site.house.db.url) as connection:
        times = connection.execute("SELECT count(DISTINCT t) FROM change WHERE k > 0 AND v IS NOT NULL")
        assert times.fetchone() == (acknowledged,)


async def test_a_full_table_space_refuses_without_blaming_what_was_sent(
    site: Site, small_disk: Path, tmp_path: Path
) -> None:
    """The disk is full before the guard has looked: the database itself refuses; nobody's content is bad."""
    with psycopg.connect(site.house.db.url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END$$"
        )
        connection.execute("CREATE TRIGGER full_disk BEFORE INSERT ON entity EXECUTE FUNCTION full_disk()")
        writer = site.house.city.writer
        assert writer is not None
        bisected = writer.counters.bisected
        new = [{"id": f"urn:x:new:{number}", "type": "Load"} for number in range(50)]
        answer = await site.administrator.post("/ngsi-ld/v1/entityOperations/create", json=new)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
        assert writer.counters.bisected == bisected, "a full disk is not searched for in halves"
        connection.execute("DROP TRIGGER full_disk ON entity")
        assert (await site.administrator.post("/ngsi-ld/v1/entityOperations/create", json=new)).is_success


async def test_a_full_log_ends_the_database_and_all_goes_on_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write-ahead log's own disk fills up and PostgreSQL ends itself; nothing acknowledged is lost."""
    monkeypatch.setattr(writing, "RECONNECT_S", 0.5)
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    settings = Settings(data_dir=folder, postgres_shared_buffers_mb=32, postgres_max_wal_mb=64)
    lock = DataFolderLock(folder).acquire()
    try:
        server = Server(settings, overrides={"min_wal_size": "32MB"})
        server.start()
        url = server.url
        await create_database(url)
        await migrate(url)
        server.stop()
        with LogOnItsOwnDisk(server) as log_disk, Supervisor(server):
            async with Database(url, pool_max=4) as db:
                await _fill_and_go_on(db, settings, log_disk)
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


class LogOnItsOwnDisk:
    """Moves the write-ahead log of a stopped server to a small disk."""

    def __init__(self, server: Server) -> None:
        self._log = server.place.data / "pg_wal"
        self._account = server.place.account
        self._mount = Mount(self._log, LOG_BYTES)

    def __enter__(self) -> Path:
        kept = self._log.with_name("pg_wal.kept")
        self._log.rename(kept)
        self._log.mkdir()
        self._mount.__enter__()
        subprocess.run(["cp", "-a", f"{kept}/.", str(self._log)], check=True)
        shutil.rmtree(kept)
        self._log.chmod(0o700)
        os.chown(self._log, self._account.uid, self._account.gid)
        return self._log

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self._log)], check=True)


async def _fill_and_go_on(db: Database, settings: Settings, log_disk: Path) -> None:
    city = await City.open(db, settings, SystemClock())
    ballast = Ballast(log_disk)
    acknowledged: set[int] = set()
    refusals: list[str] = []
    batches = iter(range(1, 100_000))
    origin = Origin(1, None, None, "load")

    async def write() -> bool:
        batch = next(batches)
        bodies = batch_of(2, batch)
        for body in bodies:  # large ones, so that the log fills quickly
            body["note"] = body["value"] | {"value": os.urandom(20_000).hex()}
        try:
            await city.upsert(system("load"), bodies, origin=origin)
        except Exception as refusal:
            refusals.append(getattr(getattr(refusal, "kind", None), "code", repr(refusal)))
            return False
        acknowledged.add(batch)
        return True

    assert await write()
    ballast.leave(MIB)
    async with asyncio.timeout(60):
        while await write():
            pass
    assert set(refusals) <= {"unavailable", "storage-full"}
    ballast.drop()

    # By itself or by its parent: that depends on what it had yet to write when it ended.
    await until(write, 60)
    assert city.writer is not None and city.writer.counters.reconnects >= 1
    await city.close()
    async with db.transaction() as conn:
        found = await (
            await conn.execute("SELECT DISTINCT v[1]::int FROM change WHERE k > 0 AND v IS NOT NULL")
        ).fetchall()
    assert acknowledged <= {number for row in found for number in row}
