"""The audit of the benchmark against a real server: it passes what is whole and finds what was taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from haidang.bench import client, workload
from haidang.bench.audit import audit, hot
from haidang.bench.keys import device_key
from haidang.bench.server import Measured

ENTITIES = 300


@pytest.fixture
def measured(tmp_path: Path) -> Iterator[Measured]:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o711)  # where root runs us, the database's own user passes through
    with Measured(tmp_path / "data") as running:
        yield running


def test_the_audit_finds_what_is_gone(measured: Measured, tmp_path: Path) -> None:
    key = asyncio.run(device_key(measured.url))
    before = hot(measured)
    bodies = list(workload.batches(list(range(ENTITIES)), 1))
    load = client.run(
        client.Plan(
            port=measured.port,
            method="POST",
            requests=client.write_requests(
                tmp_path / "upserts.bin", [("/ngsi-ld/v1/entityOperations/upsert", body) for body in bodies]
            ),
            connections=2,
            seconds=60,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            limit=len(bodies),
        )
    )
    assert (load.done, load.refused()) == (len(bodies), 0), load.sample
    measured.acknowledged = ENTITIES
    assert audit(measured).faults() == []
    assert hot(measured).values - before.values > 8 * ENTITIES

    measured.kill_web()
    measured.wait_ready()
    assert audit(measured).faults() == [], "the writer's process was killed"

    with measured.connect() as connection:
        for take, said in (
            ("UPDATE entity SET seq = seq - 1 WHERE eid = (SELECT min(eid) FROM entity)", "do not point"),
            ("DELETE FROM change WHERE seq = (SELECT max(seq) FROM change)", "the log holds"),
            (f"DELETE FROM change WHERE seq > {ENTITIES // 2}", "are not in the log"),
        ):
            with connection.transaction():
                connection.execute(take)
            faults = audit(measured).faults()
            assert any(said in fault for fault in faults), (take, faults)
