"""What the operations screen asks for, from a city that is really written to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.integration.city.receiver import Receiver
from tests.integration.city.test_subscriptions import SYSTEM, opened

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.boards import operations
from haidang.city import log
from haidang.organisation.permissions import Principal, Scope

STRANGER = Principal(
    "account:901", "Người ngoài", 77, (Scope(frozenset({"entity.read"}), org_ids=frozenset({77})),)
)


async def test_the_way_of_the_data_is_told_with_what_each_step_is_behind(
    db: Database, tmp_path: Path
) -> None:
    receiver = await Receiver().start()
    async with opened(db, tmp_path, receiver) as broker:
        async with db.transaction() as conn:
            await log.register(conn, "a-step-that-never-ran")
        value = {"type": "Property", "value": 1}
        await broker.upsert(*({"id": f"urn:x:{n}", "type": "Device", "x": value} for n in range(5)))
        async with db.transaction() as conn:
            found = await operations.operations(broker.city, conn, SystemClock())
        assert found["head"]["seq"] >= 5
        assert found["head"]["at"].endswith("Z")
        writer = found["writer"]
        assert writer["alive"] is True
        assert 0 < writer["commit_s_p50"] <= writer["commit_s_p99"] < 30
        assert writer["entities_s"] > 0 and writer["group_entities"] >= 1
        assert found["outbox"]["oldest_at"] is None or found["outbox"]["waiting"] > 0
        steps = {one["step"]: one for one in found["steps"]}
        assert steps["a-step-that-never-ran"]["lag"] == found["head"]["seq"]
        assert steps["a-step-that-never-ran"]["lag_s"] >= 0
        async with db.transaction() as conn:
            await log.advance(conn, "a-step-that-never-ran", found["head"]["seq"])
            [mine] = [one for one in await log.standings(conn) if one.step == "a-step-that-never-ran"]
        assert mine.behind_since is None
    await receiver.stop()


async def test_where_another_process_writes_its_figures_are_absent(db: Database, tmp_path: Path) -> None:
    receiver = await Receiver().start()
    async with opened(db, tmp_path, receiver), opened(db, tmp_path, receiver) as second:
        async with db.transaction() as conn:
            found = await operations.operations(second.city, conn, SystemClock())
        assert found["writer"] is None
        assert found["steps"], "what the database knows is told all the same"
    await receiver.stop()


async def test_contexts_are_told_with_their_terms_and_who_uses_them(db: Database, tmp_path: Path) -> None:
    receiver = await Receiver().start()
    (tmp_path / "contexts").mkdir()
    (tmp_path / "contexts" / "index.json").write_text('{"https://example.org/dat.jsonld": "dat.jsonld"}')
    (tmp_path / "contexts" / "dat.jsonld").write_text('{"@context": {"thua": "https://example.org/thua"}}')
    async with opened(db, tmp_path, receiver) as broker:
        body: dict[str, Any] = {
            "@context": {"muc": "https://example.org/muc", "@vocab": "https://example.org/"}
        }
        made = await broker.http.post("/jsonldContexts", json=body)
        id_ = made.headers["location"].rpartition("/")[2]
        held = await broker.city.contexts.find(id_)
        assert held is not None
        subscription = {
            "id": "urn:x:uses-a-context",
            "type": "Subscription",
            "entities": [{"type": "Device"}],
            "isActive": False,
            "notification": {"endpoint": {"uri": receiver.uri}},
            "jsonldContext": held.url,
        }
        assert (await broker.http.post("/subscriptions", json=subscription)).status_code == 201
        own = {
            "id": "urn:x:has-its-own-context",
            "type": "Subscription",
            "entities": [{"type": "Device"}],
            "isActive": False,
            "notification": {"endpoint": {"uri": receiver.uri}},
            "@context": {"rieng": "https://example.org/rieng"},
        }
        headers = {"Content-Type": "application/ld+json"}
        implied = await broker.http.post("/subscriptions", json=own, headers=headers)
        assert implied.status_code == 201, implied.text
        async with db.transaction() as conn:
            mine = {one["url"]: one for one in await operations.held_contexts(broker.city, conn, SYSTEM)}
            others = {one["url"]: one for one in await operations.held_contexts(broker.city, conn, STRANGER)}
        assert (mine[held.url]["kind"], mine[held.url]["terms"], mine[held.url]["may_remove"]) == (
            "hosted",
            1,
            True,
        )
        assert [one["id"] for one in mine[held.url]["used_by"]] == ["urn:x:uses-a-context"]
        assert (others[held.url]["used_by"], others[held.url]["may_remove"]) == ([], False)
        assert mine["https://example.org/dat.jsonld"]["kind"] == "folder"
        assert mine["https://example.org/dat.jsonld"]["terms"] == 1
        assert next(iter(mine.values()))["kind"] == "core"
        [made_for] = [one for one in mine.values() if one["kind"] == "implicitlycreated"]
        assert [one["id"] for one in made_for["used_by"]] == ["urn:x:has-its-own-context"]
    await receiver.stop()
