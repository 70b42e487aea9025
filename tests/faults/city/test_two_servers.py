"""Two servers on one database: one writes, the other reads and forwards; the one that is left takes over."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest_asyncio
from tests.faults.serving import LIMIT_S, Serving, serving, signed
from tests.integration.city.receiver import Receiver

from haidang.base.database import Database


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    found = await Receiver().start()
    yield found
    await found.stop()


def lamp(number: int, value: int) -> dict[str, Any]:
    at = f"2026-03-16T02:00:{value:02}Z"
    power = {"type": "Property", "value": value, "observedAt": at}
    return {"id": f"urn:x:lamp:{number}", "type": "Lamp", "power": power}


async def write(server: Serving, *lamps: dict[str, Any]) -> httpx.Response:
    return await server.http.post("/ngsi-ld/v1/entityOperations/upsert?options=update", json=lamps)


async def power(server: Serving, number: int) -> Any:
    answer = await server.http.get(f"/ngsi-ld/v1/entities/urn:x:lamp:{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()["power"]["value"]


def told(receiver: Receiver, since: int = 0) -> list[int]:
    return [each["power"]["value"] for body in receiver.bodies[since:] for each in body["data"]]


async def test_the_second_reads_and_forwards_and_takes_over_with_what_waits(
    db: Database, database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    async with (
        serving(database_url, tmp_path / "a", notification_allow_hosts=receiver.host) as first,
        serving(database_url, tmp_path / "b", notification_allow_hosts=receiver.host) as second,
    ):
        await signed(db, first, second)
        subscription = {
            "type": "Subscription",
            "entities": [{"type": "Lamp"}],
            "notification": {"endpoint": {"uri": receiver.uri}},
        }
        assert (await second.http.post("/ngsi-ld/v1/subscriptions", json=subscription)).status_code == 201

        # The second forwards what is written there; both read it; it is told once.
        assert (await write(second, lamp(1, 1))).status_code == 201
        assert (await write(first, lamp(1, 2))).status_code == 204
        assert await power(first, 1) == await power(second, 1) == 2
        await receiver.came(2)
        bad = await write(second, lamp(1, 3) | {"id": "no uri"})
        assert bad.status_code == 207 or bad.status_code == 400
        assert "URI" in bad.text, "a refusal is the same, forwarded or not"

        # What one has named the other can name at once.
        for number in range(20):
            made = lamp(number, 1) | {
                "id": f"urn:x:{number}",
                "type": f"Kind{number}",
                f"attribute{number}": 1,
            }
            assert (await write(first, made)).status_code == 201
            found = await second.http.get(f"/ngsi-ld/v1/entities/urn:x:{number}")
            assert (found.status_code, found.json()["type"]) == (200, f"Kind{number}")
            assert f"attribute{number}" in found.json()

        # The first hangs on a notification and dies; others wait behind it.
        receiver.hang = True
        before = len(receiver.bodies)
        for value in range(3, 8):
            assert (await write(second, lamp(1, value))).status_code == 204
        await receiver.came(before + 1)
        await first.kill()
        receiver.hang = False
        await receiver.came(
            before + 1 + 5, limit_s=30
        )  # nothing was written meanwhile: it takes over by itself
        assert told(receiver, before) == [3, 3, 4, 5, 6, 7], (
            "the one under way comes again, all in their order"
        )
        ids = receiver.ids[before:]
        assert ids[0] == ids[1], "a repetition carries the same id"
        assert len(set(ids)) == 5
        assert (await write(second, lamp(1, 8))).status_code == 204
        assert await power(second, 1) == 8

        # One that comes back finds its place taken and forwards.
        async with serving(database_url, tmp_path / "a", notification_allow_hosts=receiver.host) as third:
            third.http.headers["authorization"] = second.http.headers["authorization"]
            assert (await write(third, lamp(1, 9))).status_code == 204
            assert await power(third, 1) == await power(second, 1) == 9
            await receiver.came(before + 6 + 2)
        assert told(receiver, before + 6) == [8, 9]
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*), count(DISTINCT seq), max(seq) FROM change").fetchone()
    assert row is not None
    assert row[0] == row[1] == row[2]


async def test_a_writer_that_was_asleep_finds_itself_overtaken_and_forwards(
    db: Database, database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    async with (
        serving(database_url, tmp_path / "a", notification_allow_hosts=receiver.host) as first,
        serving(database_url, tmp_path / "b", notification_allow_hosts=receiver.host) as second,
    ):
        await signed(db, first, second)
        assert (await write(first, lamp(3, 1))).status_code == 201
        first.process.send_signal(signal.SIGSTOP)
        async with asyncio.timeout(LIMIT_S):
            while await writer_address(db) != str(second.http.base_url).rstrip("/"):
                await end_session_of_writer(db)
                await asyncio.sleep(0.05)
        assert (await write(second, lamp(3, 2))).status_code == 204
        first.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(LIMIT_S):  # what comes before it has noticed is refused, and harmless
            while (answer := await write(first, lamp(3, 3))).status_code != 204:
                assert answer.status_code == 503
                await asyncio.sleep(0.05)
        assert await power(first, 3) == await power(second, 3) == 3
        assert await writer_address(db) == str(second.http.base_url).rstrip("/"), "it was forwarded"
        await first.ready()


async def writer_address(db: Database) -> str:
    async with db.transaction() as connection:
        row = await (await connection.execute("SELECT url FROM city_writer")).fetchone()
    return str(row[0]).removesuffix("/internal/v1/write") if row else ""


async def end_session_of_writer(db: Database) -> None:
    async with db.transaction() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'haidang writer' AND datname = current_database()"
        )


async def test_a_writer_that_cannot_be_reached_is_told_so(
    db: Database, database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    async with (
        serving(database_url, tmp_path / "a", notification_allow_hosts=receiver.host) as first,
        serving(database_url, tmp_path / "b", notification_allow_hosts=receiver.host) as second,
    ):
        await signed(db, first, second)
        assert (await write(second, lamp(2, 1))).status_code == 201
        first.process.send_signal(signal.SIGSTOP)  # it holds the lock and answers nothing
        try:
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute("UPDATE city_writer SET url = 'http://127.0.0.1:9/internal/v1/write'")
            answer = await write(second, lamp(2, 2))
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.json()["detail_vi"]
            assert int(answer.headers["retry-after"]) > 0
            assert await power(second, 2) == 1, "reads go on"
        finally:
            first.process.send_signal(signal.SIGCONT)
