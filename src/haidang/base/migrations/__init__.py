"""Numbered SQL that makes and changes the schema, applied in order under an advisory lock.

A file ``NNNN_name.sql`` beside this one runs once, in its own transaction, together with the row that
records its checksum; a file that was changed after it ran stops the start, since the database and the file no
longer say the same. The job queue's own schema (procrastinate) is kept by the same lock: its first
installation whole, each later version by the library's own steps.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import DuplicateDatabase
from psycopg.rows import TupleRow

from haidang.base.errors import OperatorError
from haidang.base.migrations.queue import upgrade_queue

_FOLDER = Path(__file__).parent
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LOCK = 7_204_110_001  # any constant of ours; two programmes that start at once take turns

_BOOK = """
CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


class MigrationError(OperatorError):
    """The schema cannot be brought up to date; the message says which file and why."""


class Migration(msgspec.Struct, frozen=True):
    """One step of the schema: its file name, and the SQL in it."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_folder(folder: Path = _FOLDER) -> list[Migration]:
    """Return the migrations of a folder in their order; two files with one number are refused."""
    found: dict[str, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if not match:
            raise MigrationError(
                f"{path.name}: tên tệp phải là NNNN_tên.sql.",
                f"{path.name}: a migration is named NNNN_name.sql.",
            )
        if match[1] in found:
            both = f"{found[match[1]].name}, {path.name}"
            raise MigrationError(f"Hai tệp trùng số: {both}.", f"Two files have one number: {both}.")
        found[match[1]] = Migration(path.name, path.read_text(encoding="utf-8"))
    return list(found.values())


async def migrate(url: str, *, folder: Path = _FOLDER) -> list[str]:
    """Bring the database at ``url`` up to date and return the names of the steps that ran now."""
    async with await AsyncConnection.connect(
        url, autocommit=True, application_name="haidang migrate"
    ) as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        try:
            await connection.execute(_BOOK)
            return await upgrade_queue(connection) + await _apply(connection, read_folder(folder))
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


async def create_database(url: str, *, template: str | None = None) -> bool:
    """Create the database that ``url`` names where it is missing; return whether it was created."""
    name = str(conninfo_to_dict(url)["dbname"])
    command = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        command += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    async with await AsyncConnection.connect(
        make_conninfo(url, dbname="postgres"), autocommit=True
    ) as connection:
        try:
            await connection.execute(command)
        except DuplicateDatabase:
            return False
    return True


async def _apply(connection: AsyncConnection[TupleRow], steps: list[Migration]) -> list[str]:
    cursor = await connection.execute("SELECT name, checksum FROM schema_migration")
    done: dict[str, str] = dict(await cursor.fetchall())
    unknown = sorted(set(done) - {step.name for step in steps})
    if unknown:
        raise MigrationError(
            f"Cơ sở dữ liệu mới hơn chương trình (có {unknown[-1]}); hãy dùng phiên bản mới hơn.",
            f"The database is newer than this programme (it has {unknown[-1]}); use the newer version.",
        )
    ran: list[str] = []
    for step in steps:
        if step.name not in done:
            await _run(connection, step)
            ran.append(step.name)
        elif done[step.name] != step.checksum:
            raise MigrationError(
                f"Tệp {step.name} đã bị sửa sau khi chạy.",
                f"{step.name} was changed after it ran; a change of the schema is a new file.",
            )
    return ran


async def _run(connection: AsyncConnection[TupleRow], step: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(step.text.encode())
            await connection.execute(
                "INSERT INTO schema_migration (name, checksum) VALUES (%s, %s)", (step.name, step.checksum)
            )
    except Exception as cause:
        raise MigrationError(
            f"Bước {step.name} thất bại: {cause}", f"The step {step.name} failed: {cause}"
        ) from cause
