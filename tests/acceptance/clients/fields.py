"""What tests with programs of others share: a folder, a key, and waiting until they listen."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import Centre


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="hd-iota-"))
    made.chmod(0o711)  # as root, the database runs as another user and must get through
    yield made
    shutil.rmtree(made, ignore_errors=True)


async def up(address: tuple[str, int], process: subprocess.Popen[bytes]) -> None:
    """Wait until a program listens; fail where it has ended by itself."""
    async with asyncio.timeout(60):
        while True:
            assert process.poll() is None, "it ended by itself"
            try:
                _, writer = await asyncio.open_connection(*address)
            except OSError:
                await asyncio.sleep(0.1)  # another process starts; there is nothing to wait on
                continue
            writer.close()
            return


async def key_of(centre: Centre, name: str, *permissions: str) -> str:
    """Make an API key of the administrator's agency and return its secret."""
    async with await centre.signed_in() as administrator:
        me = (await administrator.get("/api/v1/session")).json()
        made = await administrator.post(
            "/api/v1/keys",
            json={"name": name, "org_id": me["account"]["org_id"], "permissions": list(permissions)},
            headers={"Idempotency-Key": f"key of {name}"},
        )
        assert made.status_code == 201, made.text
        return str(made.json()["secret"])
