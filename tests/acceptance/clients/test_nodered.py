"""Node-RED with the flow of docs/recipes/node-red.md against a real ``haidang up``, with an API key.

``NODE_RED_HOME`` names a folder with ``node_modules/node-red``. What the community's NGSI-LD nodes send
stands in ``tests/integration/city/test_nodered_requests.py``.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.acceptance.clients.fields import folder, key_of, up
from tests.acceptance.conftest import Centre, free_port

FLOW = Path(__file__).parents[3] / "docs" / "recipes" / "node-red-flow.json"
LAMP = "urn:ngsi-ld:Streetlight:node-red-1"
__all__ = ["folder"]


@pytest.fixture(scope="module")
def home() -> Path:
    found = os.environ.get("NODE_RED_HOME")
    if not found or not (Path(found) / "node_modules" / "node-red").is_dir():
        pytest.skip("NODE_RED_HOME names no folder with node_modules/node-red")
    if shutil.which("node") is None:
        pytest.skip("there is no node on this machine")
    return Path(found)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def nodered(home: Path, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    centre = Centre(folder / "data", free_port(), demo="false", notification_allow_hosts=f"127.0.0.1:{port}")
    process: subprocess.Popen[bytes] | None = None
    try:
        centre.start()
        secret = await key_of(
            centre, "Node-RED", "entity.read", "entity.write", "entity.delete", "subscription.manage"
        )
        (folder / "node-red").mkdir()
        shutil.copy(FLOW, folder / "node-red" / "flows.json")
        with (folder / "node-red.log").open("wb") as log:
            process = subprocess.Popen(
                ["node", str(home / "node_modules" / "node-red" / "red.js"), "-u", str(folder / "node-red"),
                 "-p", str(port), "flows.json"],
                env=os.environ | {
                    "HAIDANG_URL": centre.url,
                    "HAIDANG_KEY": secret,
                    "NODE_RED_URL": f"http://127.0.0.1:{port}",
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        await up(("127.0.0.1", port), process)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            async with asyncio.timeout(60):
                while (await client.get("/kept")).status_code == 404:
                    await asyncio.sleep(0.1)  # it listens before its flows have started
            yield client
    finally:
        if process is not None:
            process.terminate()
            process.wait(30)
            print((folder / "node-red.log").read_text(encoding="utf-8", errors="replace")[-4_000:])
        centre.stop()


async def step(nodered: httpx.AsyncClient, name: str) -> dict[str, Any]:
    answer = await nodered.post(f"/step/{name}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_1_6_node_red_creates_reads_batches_subscribes(nodered: httpx.AsyncClient) -> None:
    created = await step(nodered, "create")
    assert (created["status"], created["body"]) == (201, None)
    assert created["location"].endswith("Streetlight%3Anode-red-1")
    read = await step(nodered, "read")
    assert read["body"] == {"id": LAMP, "type": "Streetlight", "powerState": "off"}
    subscribed = await step(nodered, "subscribe")
    assert subscribed["status"] == 201, subscribed
    batch = await step(nodered, "batch")
    assert (batch["status"], batch["body"]) == (201, ["urn:ngsi-ld:Streetlight:node-red-2"])
    listed = await step(nodered, "query")
    assert (len(listed["body"]), listed["count"]) == (2, "2")
    assert (await step(nodered, "change"))["status"] == 204
    async with asyncio.timeout(30):
        while not any(
            one["id"] == LAMP and one["powerState"] == "on" for one in (await nodered.get("/kept")).json()
        ):
            await asyncio.sleep(0.1)  # the notification comes through two other processes
    assert (await step(nodered, "remove"))["status"] == 204
    assert (await step(nodered, "read"))["status"] == 404
