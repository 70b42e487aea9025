"""A real ``haidang serve`` of its own against a database, to be killed, stopped or left hanging."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.organisation.permissions import system
from haidang.organisation.service.keys import NewKey, make_key
from haidang.organisation.service.orgs import list_orgs

LIMIT_S = 60
KEY = ("entity.read", "entity.write", "subscription.read", "subscription.manage", "system.read")


class Serving:
    """The process, and a client of it."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30)

    async def ready(self) -> None:
        """Wait until it is."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                try:
                    if (await self.http.get("/health/ready")).is_success:
                        return
                except httpx.TransportError:
                    assert self.process.returncode is None, "it ended before it was ready"
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """End it at once, if it has not ended."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self.http.aclose()

    async def metric(self, name: str) -> float:
        """Return one of its metrics."""
        text = (await self.http.get("/metrics")).text
        return float(next(line for line in text.splitlines() if line.startswith(f"{name} ")).split()[1])

    def memory_bytes(self) -> int:
        """Return what it holds of memory for itself."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def serving(url: str, folder: Path, **settings: str) -> AsyncIterator[Serving]:
    """Serve with these settings until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"database_url": url, "data_dir": str(folder), "port": str(port), "log_level": "warning"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "haidang",
        "serve",
        env=os.environ | {f"HAIDANG_{name.upper()}": value for name, value in (given | settings).items()},
    )
    found = Serving(process, port)
    try:
        await found.ready()
        yield found
    finally:
        await found.kill()


async def signed(db: Database, *servers: Serving) -> str:
    """Give the clients of these servers one key, and return it."""
    who = system("tests")
    async with db.transaction() as connection:
        root = (await list_orgs(connection, who))[0]
        key = NewKey(name="tests", org_id=root.id, permissions=KEY)
        secret = (await make_key(connection, SystemClock(), who, key)).secret
    for server in servers:
        server.http.headers["authorization"] = f"Bearer {secret}"
    return secret
