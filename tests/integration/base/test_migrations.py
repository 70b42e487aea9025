"""The schema: applied once, in order, by one at a time, and never changed behind the files' back."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import psycopg
import pytest

from haidang.base.migrations import MigrationError, create_database, migrate, read_folder
from haidang.base.opening import opened
from haidang.base.postgres import Server
from haidang.base.settings import Settings


@pytest.fixture
async def empty(postgres: Server) -> str:
    url = postgres.place.url(f"empty_{uuid.uuid4().hex[:12]}")
    await create_database(url)
    return url


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.removeprefix('n')}.sql").write_text(text)
    return folder


async def test_every_step_runs_once(empty: str) -> None:
    names = [step.name for step in read_folder()]
    first = await migrate(empty)
    assert first == ["procrastinate/schema.sql", *names]
    assert await migrate(empty) == []


async def test_two_at_once_take_turns(empty: str, tmp_path: Path) -> None:
    folder = _write(
        tmp_path, n0001_a="CREATE TABLE a (n int); SELECT pg_sleep(0.1)", n0002_b="CREATE TABLE b (n int)"
    )
    ran = await asyncio.gather(*(migrate(empty, folder=folder) for _ in range(4)))
    assert sorted(len(steps) for steps in ran) == [0, 0, 0, 3]


async def test_a_file_changed_after_it_ran_stops_the_start(empty: str, tmp_path: Path) -> None:
    folder = _write(tmp_path, n0001_a="CREATE TABLE a (n int)")
    await migrate(empty, folder=folder)
    _write(tmp_path, n0001_a="CREATE TABLE a (n bigint)")
    with pytest.raises(MigrationError, match=r"0001_a\.sql was changed after it ran"):
        await migrate(empty, folder=folder)


async def test_a_failing_step_leaves_no_trace_and_names_itself(empty: str, tmp_path: Path) -> None:
    folder = _write(tmp_path, n0001_a="CREATE TABLE a (n int)", n0002_b="CREATE TABLE b (n int); SELECT 1/0")
    with pytest.raises(MigrationError, match=r"0002_b\.sql failed: division by zero"):
        await migrate(empty, folder=folder)
    _write(tmp_path, n0002_b="CREATE TABLE b (n int)")
    assert await migrate(empty, folder=folder) == ["0002_b.sql"]


async def test_a_newer_database_is_refused(empty: str, tmp_path: Path) -> None:
    folder = _write(tmp_path, n0001_a="SELECT 1", n0002_b="SELECT 1")
    await migrate(empty, folder=folder)
    (folder / "0002_b.sql").unlink()
    with pytest.raises(MigrationError, match=r"newer than this programme \(it has 0002_b\.sql\)"):
        await migrate(empty, folder=folder)


async def test_an_older_queue_is_upgraded_by_the_library_s_own_steps(empty: str) -> None:
    await migrate(empty)
    async with await psycopg.AsyncConnection.connect(empty) as connection:
        cursor = await connection.execute("SELECT max(name) FROM queue_migration")
        row = await cursor.fetchone()
        assert row
        # As if an older library had made the tables: its last step is undone and forgotten.
        await connection.execute("DELETE FROM queue_migration WHERE name = %s", (row[0],))
        await connection.execute("DROP FUNCTION IF EXISTS procrastinate_retry_job_v2 CASCADE")
    assert await migrate(empty) == [f"procrastinate/{row[0]}"]


@pytest.mark.parametrize("name", ["1_short", "0001-dash"])
def test_a_misnamed_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.sql").write_text("SELECT 1")
    with pytest.raises(MigrationError, match="NNNN_name"):
        read_folder(tmp_path)


def test_two_files_with_one_number_are_refused(tmp_path: Path) -> None:
    _write(tmp_path, n0001_a="SELECT 1", n0001_b="SELECT 1")
    with pytest.raises(MigrationError, match="one number"):
        read_folder(tmp_path)


async def test_an_external_database_is_used_as_it_is(empty: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "never-made", database_url=empty)
    async with opened(settings) as db, db.transaction() as connection:
        cursor = await connection.execute("SELECT count(*) FROM idempotency")
        assert await cursor.fetchone() == (0,)
    assert not settings.data_dir.exists()
