"""A command through kill -9: on record as begun, its end unknown, and never sent a second time."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from tests.integration.city.broker import client
from tests.integration.city.device import Device

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.registrations import history
from haidang.city.registrations.book import following
from haidang.city.service import City
from haidang.organisation.permissions import system
from haidang.organisation.service.audit import verify_log

SYSTEM = system("test")
BARRIERS = ("urn:x:barrier:killed", "urn:x:barrier:after")


@pytest_asyncio.fixture(loop_scope="session")
async def device() -> AsyncIterator[Device]:
    found = await Device().start()
    yield found
    await found.stop()


async def test_a_server_killed_while_a_device_is_told_tells_it_nothing_twice(
    db: Database, database_url: str, tmp_path: Path, device: Device
) -> None:
    settings = Settings(data_dir=tmp_path, notification_allow_hosts=(device.host,))
    first = await City.open(db, settings, SystemClock())
    async with client(first, SYSTEM) as http:
        for barrier in BARRIERS:
            body = {
                "type": "ContextSourceRegistration",
                "information": [
                    {"entities": [{"type": "Barrier", "id": barrier}], "propertyNames": ["open"]}
                ],
                "mode": "exclusive",
                "operations": ["updateOps"],
                "endpoint": device.uri,
            }
            assert (await http.post("/csourceRegistrations", json=body)).status_code == 201
    await first.close()

    device.hang = True
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).parent / "commander.py"),
        database_url,
        str(tmp_path),
        device.host,
        BARRIERS[0],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])},
    )
    async with asyncio.timeout(60):
        await device.reached.wait()
    process.kill()  # the device has the command, the server no answer
    await process.wait()

    device.hang = False
    again = await City.open(db, settings, SystemClock())
    try:
        async with following(again), client(again, SYSTEM) as http:
            answer = await http.patch(f"/entities/{BARRIERS[1]}/attrs/open", json={"value": True})
            assert answer.status_code == 204, answer.text
        items, _ = await history.actuations(again, SYSTEM, before=None, limit=50, entity=None)
        assert [(one["entity_id"], one["end"]) for one in items] == [
            (BARRIERS[1], "done"),
            (BARRIERS[0], None),
        ]
        assert [told.path.split("/")[4] for told in device.told] == [
            barrier.replace(":", "%3A") for barrier in BARRIERS
        ]
        async with db.transaction() as conn:
            assert (await verify_log(conn)).sound
    finally:
        await again.close()


async def test_a_process_learns_within_moments_what_another_has_registered(
    db: Database, tmp_path: Path, device: Device
) -> None:
    settings = Settings(data_dir=tmp_path, notification_allow_hosts=(device.host,))
    writer = await City.open(db, settings, SystemClock())
    reader = await City.open(db, settings, SystemClock())
    try:
        async with following(reader), client(writer, SYSTEM) as http:
            body = {
                "id": "urn:x:registration:learned",
                "type": "ContextSourceRegistration",
                "information": [
                    {"entities": [{"type": "Barrier", "id": "urn:x:learned"}], "propertyNames": ["open"]}
                ],
                "mode": "exclusive",
                "operations": ["updateOps"],
                "endpoint": device.uri,
            }
            headers = {"ngsild-tenant": "gates"}  # which the other process does not know yet
            made = await http.post("/csourceRegistrations", json=body, headers=headers)
            assert made.status_code == 201, made.text
            async with asyncio.timeout(15):
                while "urn:x:learned" not in {entity for _, entity in reader.exclusives or {}}:
                    await asyncio.sleep(0.02)  # no event tells of another process's change
            # A command through the process that does not write goes out all the same.
            async with client(reader, SYSTEM) as asking:
                answer = await asking.patch(
                    "/entities/urn:x:learned/attrs/open", json={"value": True}, headers=headers
                )
            assert answer.status_code == 204, answer.text
            assert len(device.told) == 1
    finally:
        await reader.close()
        await writer.close()
