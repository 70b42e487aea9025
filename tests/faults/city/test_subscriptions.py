"""Notifications arrive: through kill -9 and restart, past endpoints that hang, fail or redirect."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.integration.city.receiver import Receiver
from tests.integration.city.test_subscriptions import SYSTEM, device, opened

from haidang import organisation
from haidang.base.clock import SystemClock
from haidang.base.database import Connection, Database
from haidang.base.network import PrivateHost, resolve
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.city.subscriptions import book, operating, service, store
from haidang.city.subscriptions.delivery import queues

NUMBERS = 120


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    found = await Receiver().start()
    yield found
    await found.stop()


async def until(condition: Any, limit_s: float = 20) -> None:
    async with asyncio.timeout(limit_s):
        while not await condition():
            await asyncio.sleep(0.02)


async def empty_box(db: Database, receiver: Receiver) -> bool:
    """Nothing waits for this endpoint; for one of another test that was stopped, something may for long."""
    async with db.transaction() as conn:
        return receiver.uri not in await store.queues(conn)


async def start(url: str, folder: Path, receiver: Receiver) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).parent / "subscriber.py"),
        url,
        str(folder),
        receiver.host,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert (await process.stdout.readline()).strip() == b"ready"
    return process


async def test_killing_the_server_between_commit_and_notification_loses_none(
    db: Database, database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    async with opened(db, tmp_path, receiver) as broker:
        await broker.subscribe(entities=[{"type": "Kiln"}])
    written = 0
    for kill_at in (35, 77, 78, NUMBERS):
        process = await start(database_url, tmp_path, receiver)
        assert process.stdin is not None and process.stdout is not None
        while written < kill_at:
            process.stdin.write(f"{written}\n".encode())
            await process.stdin.drain()
            acknowledged = await process.stdout.readline()
            assert int(acknowledged) == written
            written += 1
        process.kill()  # at once: what was acknowledged last is not yet told
        await process.wait()
    async with opened(db, tmp_path, receiver):
        await until(lambda: _told(receiver))
        await until(lambda: empty_box(db, receiver))
    once: dict[str, int] = {}
    for body in receiver.bodies:
        (entity,) = body["data"]
        assert once.setdefault(body["id"], entity["heat"]["value"]) == entity["heat"]["value"]
    assert sorted(once.values()) == list(range(NUMBERS))
    for kiln in range(4):
        order = [value for value in once.values() if value % 4 == kiln]
        assert order == sorted(order)


async def _told(receiver: Receiver) -> bool:
    return len(set(receiver.ids)) >= NUMBERS


async def test_a_hanging_endpoint_slows_no_other(db: Database, tmp_path: Path, receiver: Receiver) -> None:
    dead = await Receiver().start()
    dead.hang = True
    hosts = (receiver.host, dead.host)
    async with opened(db, tmp_path, receiver, notification_allow_hosts=hosts) as broker:
        kind = f"K{uuid.uuid4().hex}"
        silent = await broker.subscribe(
            entities=[{"type": kind}], notification={"endpoint": {"uri": dead.uri, "timeout": 30_000}}
        )
        await broker.subscribe(entities=[{"type": kind}])
        for number in range(30):
            await broker.upsert(device(number, number, id=f"urn:x:{kind}", type=kind))
        await receiver.came(30, limit_s=10)
        assert len(dead.bodies) == 1
        assert (await broker.http.delete(f"/subscriptions/{silent}")).status_code == 204
    await dead.stop()


@pytest.mark.parametrize("failure", ["500", "redirect", "hang"])
async def test_a_failing_endpoint_gets_it_again_under_the_same_id_and_in_order(
    db: Database, tmp_path: Path, receiver: Receiver, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "BACKOFF_S", (0.05, 0.2))
    elsewhere = await Receiver().start()
    receiver.status = {"500": 500, "redirect": 307, "hang": 200}[failure]
    receiver.hang = failure == "hang"
    receiver.location = elsewhere.uri if failure == "redirect" else ""
    async with opened(db, tmp_path, receiver) as broker:
        kind = f"K{uuid.uuid4().hex}"
        id_ = await broker.subscribe(entities=[{"type": kind}], notification={"endpoint": {"timeout": 200}})
        for number in range(3):
            await broker.upsert(device(number, number, id=f"urn:x:{kind}", type=kind))
        await receiver.came(3)
        assert set(receiver.ids) == {receiver.ids[0]}  # the first is tried until it gets through
        params = (await broker.get(id_))["notification"]
        assert params["status"] == "failed"
        assert params["timesFailed"] >= 1
        assert "lastFailure" in params
        assert "lastSuccess" not in params
        receiver.status, receiver.hang, receiver.location = 200, False, ""
        await until(lambda: empty_box(db, receiver))
        values = list(dict.fromkeys(each["heat"]["value"] for each in receiver.data))
        assert values == [0, 1, 2]
        assert len(set(receiver.ids)) == 3
        assert (await broker.get(id_))["notification"]["status"] == "ok"
    assert elsewhere.bodies == []
    await elsewhere.stop()


async def test_dead_letters_are_seen_with_their_reason_and_replayed(
    db: Database, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "BACKOFF_S", (0.02, 0.05))
    receiver.status = 500
    async with opened(db, tmp_path, receiver, notification_tries=2) as broker:
        kind = f"K{uuid.uuid4().hex}"
        id_ = await broker.subscribe(entities=[{"type": kind}])
        await broker.upsert(*(device(n, id=f"urn:x:{kind}:{n}", type=kind) for n in range(2)))
        await until(lambda: empty_box(db, receiver))
        await until(lambda: _dead(db, id_, 2))
        async with db.transaction() as conn:
            letters, _ = await operating.dead_letters(conn, SYSTEM, before=None, endpoint=None, limit=10)
        mine = [letter for letter in letters if letter["subscription"] == id_]
        assert {(letter["tries"], letter["error"]) for letter in mine} == {(2, "HTTP 500")}
        tried = set(receiver.ids)
        receiver.status = 200
        receiver.bodies.clear()
        async with db.transaction() as conn:
            numbers = [letter["no"] for letter in mine]
            found = await operating.replay(broker.city, conn, SYSTEM, numbers=numbers, endpoint=None)
            assert found == {"replayed": 2, "left": 0}
        await receiver.came(2)
        assert set(receiver.ids) == tried == {letter["id"] for letter in mine}
        await until(lambda: _dead(db, id_, 0))


async def _dead(db: Database, id_: str, count: int) -> bool:
    async with db.transaction() as conn:
        letters, _ = await operating.dead_letters(conn, SYSTEM, before=None, endpoint=None, limit=100)
    return len([letter for letter in letters if letter["subscription"] == id_]) == count


async def test_a_name_that_means_a_private_address_gets_nothing(
    db: Database, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "BACKOFF_S", (0.02, 0.05))

    async def means_this_machine(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", means_this_machine)
    with pytest.raises(PrivateHost):
        await resolve("public.example", receiver.port, ())
    async with opened(db, tmp_path, receiver, notification_tries=2) as broker:
        kind = f"K{uuid.uuid4().hex}"
        uri = f"http://public.example:{receiver.port}/notify"
        id_ = await broker.subscribe(entities=[{"type": kind}], notification={"endpoint": {"uri": uri}})
        await broker.upsert(device(1, id=f"urn:x:{kind}", type=kind))
        await until(lambda: _dead(db, id_, 1))
    assert receiver.bodies == []


async def test_what_waits_goes_on_after_a_restart(db: Database, tmp_path: Path, receiver: Receiver) -> None:
    receiver.status = 503
    kind = f"K{uuid.uuid4().hex}"
    async with opened(db, tmp_path, receiver) as broker:
        await broker.subscribe(entities=[{"type": kind}])
        await broker.upsert(device(1, id=f"urn:x:{kind}", type=kind))
        await receiver.came(1)
    receiver.status = 200
    async with opened(db, tmp_path, receiver):
        await receiver.came(2)
        await until(lambda: empty_box(db, receiver))
    assert len(set(receiver.ids)) == 1


async def test_a_condition_the_database_refuses_stops_only_itself(
    db: Database, tmp_path: Path, receiver: Receiver
) -> None:
    async with opened(db, tmp_path, receiver) as broker:
        kind = f"K{uuid.uuid4().hex}"
        bad = await broker.subscribe(entities=[{"type": kind}], q='name~="(?<x>y"')
        await broker.subscribe(entities=[{"type": kind}])
        name = {"type": "Property", "value": "y"}
        await broker.upsert(device(1, id=f"urn:x:{kind}", type=kind, name=name))
        await receiver.came(1)
        found = await broker.get(bad)
        assert found["notification"]["status"] == "failed"


async def test_a_slow_look_at_the_subscriptions_does_not_undo_a_newer_one(
    db: Database, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The delivery and the pipeline look at once; the first began before a subscription was made."""
    read, began, go_on = store.every, asyncio.Event(), asyncio.Event()
    slow: list[object] = []

    async def every(conn: Connection) -> list[store.Row]:
        rows = await read(conn)
        if not slow:
            slow.append(conn)
            began.set()
            await go_on.wait()
        return rows

    await organisation.prepare(db, Settings(data_dir=tmp_path), SystemClock())
    city = await City.open(db, Settings(data_dir=tmp_path), SystemClock())
    body = {"type": "Subscription", "entities": [{"type": "K"}], "id": "urn:x:new"}
    endpoint = {"endpoint": {"uri": "http://example.com/"}}
    await service.create(city, SYSTEM, "", body | {"id": "urn:x:old", "notification": endpoint}, [])
    monkeypatch.setattr(store, "every", every)
    found = book.Book(city)
    async with db.transaction() as one, db.transaction() as other:
        first = asyncio.create_task(found.refresh(one))
        await began.wait()
        await service.create(city, SYSTEM, "", body | {"notification": endpoint}, [])
        second = asyncio.create_task(found.refresh(other))
        await asyncio.wait({second}, timeout=0.3)  # it waits for the first; where it does not, it ends before
        go_on.set()
        await asyncio.gather(first, second)
        assert "urn:x:new" in {each.id for each in found.active()}
    for id_ in ("urn:x:old", "urn:x:new"):
        await service.delete(city, SYSTEM, "", id_)
    await city.close()


async def test_of_two_changes_at_once_the_older_that_commits_last_is_seen(
    db: Database, tmp_path: Path, receiver: Receiver
) -> None:
    async with opened(db, tmp_path, receiver) as broker:
        ids = [await broker.subscribe(entities=[{"type": f"T{number}"}]) for number in range(2)]
        touch = "UPDATE subscription SET rev = nextval('subscription_rev') WHERE id = %s"
        async with db.transaction() as watching:
            before = await store.revision(watching)
        async with db.transaction() as older:
            await older.execute(touch, (ids[0],))
            async with db.transaction() as newer:
                await newer.execute(touch, (ids[1],))
            async with db.transaction() as watching:
                between = await store.revision(watching)
        async with db.transaction() as watching:
            after = await store.revision(watching)
        assert len({before, between, after}) == 3
        for id_ in ids:
            await broker.http.delete(f"/subscriptions/{id_}")


async def test_a_clean_stop_records_what_was_taken(db: Database, tmp_path: Path, receiver: Receiver) -> None:
    """Else every restart would send again what had just been sent."""
    kind = f"K{uuid.uuid4().hex}"
    slow = f"urn:x:{kind}:slow"
    receiver.hangs_on = slow
    async with opened(db, tmp_path, receiver) as broker:
        await broker.subscribe(entities=[{"type": kind}])
        entities = [device(number, id=f"urn:x:{kind}:{number}", type=kind) for number in range(5)]
        await broker.upsert(*entities, device(9, id=slow, type=kind))
        await receiver.came(6)  # five are answered, the sixth is under way when the server stops
    receiver.hangs_on = ""
    async with opened(db, tmp_path, receiver):
        await until(lambda: empty_box(db, receiver))
    assert sorted(each["id"] for each in receiver.data[6:]) == [slow]
