"""The connection pool: one way to open the database, one way to get a transaction."""

from __future__ import annotations

import asyncio
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Self

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.errors import DiskFull, QueryCanceled
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from haidang.base.disk import storage_full
from haidang.base.problems import UNAVAILABLE, Problem

Connection = AsyncConnection[TupleRow]
ASKER: ContextVar[str | None] = ContextVar("asker", default=None)
"""Who asks, in a request of somebody; None where the house itself works."""


class Database:
    """A PostgreSQL database and the bounded pool of connections to it."""

    def __init__(self, url: str, *, pool_min: int = 1, pool_max: int = 12, wait_s: float = 10) -> None:
        self.url = url
        self.pool_max = pool_max
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=pool_min,
            max_size=pool_max,
            timeout=wait_s,
            open=False,
            check=_check,
            configure=_configure,
            kwargs={"application_name": "haidang"},
        )

    async def open(self) -> Self:
        """Open the pool; raise ``Problem`` (unavailable) where no connection can be had in time."""
        try:
            await self._pool.open(wait=True)
        except PoolTimeout as cause:
            await self._pool.close()
            raise Problem(
                UNAVAILABLE, "Không kết nối được cơ sở dữ liệu.", "The database cannot be reached."
            ) from cause
        return self

    async def close(self) -> None:
        """Give all connections back and close them."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection inside one transaction: committed at the end, rolled back on any error."""
        try:
            before = _cancellations()
            async with self._pool.connection() as connection:
                if _cancellations() > before:
                    # On Python 3.11 the pool's wait_for drops a cancellation that comes together with the
                    # connection; whoever waits for the end of this task would then wait for ever.
                    raise asyncio.CancelledError
                yield connection
        except PoolTimeout as cause:
            raise Problem(
                UNAVAILABLE,
                "Cơ sở dữ liệu đang bận, vui lòng thử lại.",
                "The database is busy, please try again.",
                retry_after_s=2,
            ) from cause

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Lend a connection for single statements that only read: no BEGIN, no COMMIT, one round trip each.

        Two statements may see two states; a question that needs one snapshot takes a :meth:`transaction`.
        """
        async with self.transaction() as connection:
            await connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if not connection.closed:
                    await connection.rollback()
                    await connection.set_autocommit(False)

    async def dedicated(self) -> Connection:
        """Open a connection of its own, in autocommit, for a holder of a session lock (the writer)."""
        return await AsyncConnection.connect(self.url, autocommit=True, application_name="haidang writer")

    def stats(self) -> dict[str, Any]:
        """Return the pool's counters for the metrics."""
        return self._pool.get_stats()


_STATES_OF_ITS_OWN = ("40", "53", "55", "57", "58")
"""Classes of SQLSTATE that tell of the server's state and not of what was asked: too busy, full, stopping."""


def refusal_of(error: Error) -> Problem | None:
    """Return what an error of the database means to whoever asks; None where it is about what was asked."""
    if isinstance(error, DiskFull):
        return storage_full()
    if isinstance(error, QueryCanceled):
        return None
    if (error.sqlstate or "")[:2] in _STATES_OF_ITS_OWN or (
        isinstance(error, OperationalError) and error.sqlstate is None
    ):
        return Problem(
            UNAVAILABLE,
            "Cơ sở dữ liệu đang bận hoặc đang khởi động lại; hãy gửi lại.",
            "The database is busy or starting again; send this again.",
            retry_after_s=2,
        )
    return None


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


async def _check(connection: Connection) -> None:
    # A server that went away leaves something to read in the socket; looking for it costs no round trip.
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if waiting.poll(0):
        await AsyncConnectionPool.check_connection(connection)


async def _configure(connection: Connection) -> None:
    # A reader never holds back the vacuum horizon for long, whatever the caller forgot.
    await connection.execute("SET statement_timeout = '30s'")
    await connection.execute("SET idle_in_transaction_session_timeout = '60s'")
    await connection.execute("SET TIME ZONE 'UTC'")
    await connection.commit()
