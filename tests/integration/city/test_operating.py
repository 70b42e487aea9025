"""What operators see of subscriptions and may do: pause, resume, look into dead letters, replay them."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from tests.integration.city.receiver import Receiver
from tests.integration.city.test_subscriptions import ORIGIN, SYSTEM, Broker, opened

from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.city.subscriptions import operating, store
from haidang.organisation.permissions import Principal, Scope

OPERATOR = Principal(
    "account:900", "Trực ban", 1, (Scope(frozenset({"subscription.read", "subscription.manage"})),)
)
"""May look after subscriptions, and read no entity."""
STRANGER = Principal(
    "account:901", "Người ngoài", 77, (Scope(frozenset({"subscription.read"}), org_ids=frozenset({77})),)
)


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    found = await Receiver().start()
    yield found
    await found.stop()


async def buried(db: Database, broker: Broker, id_: str, count: int) -> list[int]:
    """Give up ``count`` notifications of a subscription and return their numbers."""
    now = datetime.now(UTC)
    async with db.transaction() as conn:
        row = await store.get(conn, 0, id_)
        assert row is not None
        letters = [
            store.New(
                id=f"urn:x:letter:{uuid.uuid4().hex}",
                subscription=row.no,
                queue=broker.receiver.uri,
                entity_id=f"urn:x:{n}",
                origins=[[ORIGIN.owner_org, None, None]],
                body=msgspec.json.encode({"type": "Notification", "data": [{"id": f"urn:x:{n}"}]}).decode(),
            )
            for n in range(count)
        ]
        await store.put(conn, letters, now)
        found = await conn.execute(
            "UPDATE notification SET dead_at = %s, tries = 8, error = 'HTTP 500' WHERE id = ANY(%s) "
            "RETURNING no",
            (now, [one.id for one in letters]),
        )
        return [no for (no,) in await found.fetchall()]


async def one_of(broker: Broker, who: Principal, id_: str) -> dict[str, Any]:
    items, _ = await operating.listed(broker.city, who, after=0, limit=200)
    return next(item for item in items if item["id"] == id_)


async def test_whoever_pauses_does_not_become_the_owner(
    db: Database, tmp_path: Path, receiver: Receiver
) -> None:
    async with opened(db, tmp_path, receiver) as broker:
        kind = f"K{uuid.uuid4().hex}"
        id_ = await broker.subscribe(entities=[{"type": kind}])
        before = await one_of(broker, OPERATOR, id_)
        assert (before["status"], before["may_manage"]) == ("active", True)
        async with db.transaction() as conn:
            paused = await operating.activate(broker.city, conn, OPERATOR, before["no"], active=False)
        assert paused["status"] == "paused"
        assert paused["owner"] == before["owner"] == SYSTEM.id
        entity = {"id": f"urn:x:{kind}", "type": kind, "x": {"type": "Property", "value": 1}}
        await broker.upsert(entity)
        async with db.transaction() as conn:
            resumed = await operating.activate(broker.city, conn, OPERATOR, before["no"], active=True)
        assert resumed["status"] == "active"
        await broker.upsert(entity | {"x": {"type": "Property", "value": 2}})
        [body] = await receiver.came(1)
        assert body["data"][0]["x"]["value"] == 2, "what changed in the pause is not told"
        await broker.nothing_more(1)
        with pytest.raises(Problem, match="not-found"):
            async with db.transaction() as conn:
                await operating.activate(broker.city, conn, STRANGER, before["no"], active=False)


async def test_the_payload_is_for_those_who_may_read_the_entities_in_it(
    db: Database, tmp_path: Path, receiver: Receiver
) -> None:
    async with opened(db, tmp_path, receiver) as broker:
        id_ = await broker.subscribe(entities=[{"type": "Nothing"}], isActive=False)
        [no] = await buried(db, broker, id_, 1)
        async with db.transaction() as conn:
            seen = await operating.payload(conn, SYSTEM, no)
            assert seen == {
                "no": no,
                "hidden": False,
                "payload": {"type": "Notification", "data": [{"id": "urn:x:0"}]},
            }
            assert await operating.payload(conn, OPERATOR, no) == {"no": no, "hidden": True, "payload": None}
            with pytest.raises(Problem, match="not-found"):
                await operating.payload(conn, STRANGER, no)
            letters, _ = await operating.dead_letters(
                conn, OPERATOR, before=None, endpoint=receiver.uri, limit=10
            )
        assert [(one["no"], one["tries"], one["error"]) for one in letters] == [(no, 8, "HTTP 500")]


async def test_all_dead_letters_of_an_endpoint_go_out_again_and_the_rest_is_counted(
    db: Database, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "REPLAY_MAX", 3)
    async with opened(db, tmp_path, receiver) as broker:
        id_ = await broker.subscribe(entities=[{"type": "Nothing"}], isActive=False)
        await buried(db, broker, id_, 5)
        async with db.transaction() as conn:
            [box] = [
                one for one in await operating.endpoints(conn, OPERATOR) if one["endpoint"] == receiver.uri
            ]
        assert (box["dead"], box["waiting"], box["oldest_waiting_at"], box["error"]) == (
            5,
            0,
            None,
            "HTTP 500",
        )
        async with db.transaction() as conn:
            found = await operating.replay(broker.city, conn, OPERATOR, numbers=None, endpoint=receiver.uri)
        assert found == {"replayed": 3, "left": 2}
        assert len(await receiver.came(3)) == 3
        item = await one_of(broker, OPERATOR, id_)
        assert item["dead"] == 2
        with pytest.raises(Problem, match="not-found"):
            async with db.transaction() as conn:
                await operating.replay(broker.city, conn, STRANGER, numbers=None, endpoint=receiver.uri)
