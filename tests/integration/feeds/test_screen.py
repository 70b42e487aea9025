"""The feeds screen's routes: what is shown, what may be done, two agencies that must not meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
import yaml
from litestar import Litestar, Request, Response
from litestar.di import Provide

from haidang.base.problems import Problem
from haidang.feeds.api import ROUTES
from haidang.feeds.model.reading import read
from haidang.feeds.service import FeedRunner
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope
from tests.integration.feeds.conftest import World
from tests.integration.feeds.test_files import HEADER, ROW
from tests.integration.feeds.test_mqtt import until
from tests.unit.feeds.declarations import base

ALL = frozenset(PERMISSIONS)


class Screen:
    """The routes, asked as one principal or another."""

    def __init__(self, http: httpx.AsyncClient, runner: FeedRunner) -> None:
        self.http = http
        self.runner = runner
        self.principal = Principal("account:1", "Quản trị", 1, (Scope(ALL),))
        self._number = 0

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(f"/api/v1/feeds{path}")

    async def post(
        self, path: str, body: Any = None, key: str | None = None, seen: int | None = 1
    ) -> httpx.Response:
        self._number += 1
        headers = {"Idempotency-Key": key or f"{path}-{self._number}-{id(self)}"}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return await self.http.post(f"/api/v1/feeds{path}", json=body, headers=headers)


@pytest_asyncio.fixture(loop_scope="session")
async def screen(world: World) -> AsyncIterator[Screen]:
    runner = await FeedRunner.open(world.db, world.city, world.settings, world.clock)
    holder: dict[str, Screen] = {}

    def as_problem(_: Request[Any, Any, Any], error: Problem) -> Any:
        return Response(error.document(), status_code=error.kind.status)

    def given(part: Any) -> Provide:
        return Provide(lambda: part, sync_to_thread=False)

    app = Litestar(
        list(ROUTES),
        dependencies={
            "db": given(world.db), "clock": given(world.clock), "feeds": given(runner),
            "principal": Provide(lambda: holder["screen"].principal, sync_to_thread=False),
        },
        exception_handlers={Problem: as_problem},  # type: ignore[dict-item]
        openapi_config=None,
    )  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        holder["screen"] = Screen(http, runner)
        try:
            yield holder["screen"]
        finally:
            await runner.close()


async def a_feed(world: World, tmp_path: Path, name: str, owner: str = "root", **more: Any) -> None:
    path = tmp_path / f"{name}.csv"
    good, bad = ROW.format(f"{name} a", 1, "A"), ROW.format(f"{name} c", 3, "C").replace("tốt", "hỏng")
    lines = [HEADER, good, ROW.format("", 2, "B"), bad]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    declared = base(feed=name, owner=owner, source={"path": str(path)}, **more)
    await world.run(read(yaml.safe_dump(declared, allow_unicode=True)))


async def test_a_feed_its_runs_and_what_it_lost(world: World, screen: Screen, tmp_path: Path) -> None:
    await a_feed(world, tmp_path, "shown", period="1h", sector="environment")
    shown = (await screen.get("/shown")).json()
    keys = ("state", "kind", "entity_type", "entities", "refused_open", "refused_24h")
    assert {key: shown[key] for key in keys} == {
        "state": "live", "kind": "file", "entity_type": "WeatherObserved", "entities": 2, "refused_open": 2,
        "refused_24h": 1,
    }  # fmt: skip
    assert shown["last_run"]["outcome"] == "partial"
    assert shown["last_run"]["started_at"] == "2026-03-16T02:30:00Z"
    assert shown["lag_s"] == shown["last_run"]["lag_s"] == 23400
    assert shown["next_due_at"] == "2026-03-16T03:30:00Z"
    runs = (await screen.get("/shown/runs")).json()
    assert [run["read"] for run in runs["items"]] == [3]
    first = (await screen.get("/shown/refused?limit=1&open=true")).json()
    second = (await screen.get(f"/shown/refused?limit=1&cursor={first['next']}")).json()
    assert second["next"] is None
    assert {first["items"][0]["kind"], second["items"][0]["kind"]} == {"row", "field"}
    row = second["items"][0]
    assert row["original"].startswith(",")
    path, note = f"/shown/refused/{row['id']}/looked", {"note": "đã báo trạm"}
    looked = (await screen.post(path, note, seen=row["version"])).json()
    stale = await screen.post(path, {"note": "khác"}, seen=row["version"])
    assert (stale.status_code, stale.json()["yours"], stale.json()["current"]) == (409, 1, 2)
    assert (await screen.post(path, note, seen=None)).status_code == 428
    assert (looked["looked_by"], looked["note"], looked["looked_at"]) == (
        "Quản trị",
        "đã báo trạm",
        "2026-03-16T02:30:00Z",
    )
    assert (await screen.get("/shown")).json()["refused_open"] == 1
    assert len((await screen.get("/shown/refused?open=true")).json()["items"]) == 1
    assert (await screen.post("/shown/refused/999999/looked", {})).status_code == 404


async def test_pausing_is_safe_to_repeat_and_audited(world: World, screen: Screen, tmp_path: Path) -> None:
    await a_feed(world, tmp_path, "pausing")
    for _ in range(2):
        answer = await screen.post("/pausing/pause", key="the same key")
        assert answer.json()["state"] == "paused"
    for verb in ("pause", "resume"):  # whoever has not seen the pause does not undo it
        stale = await screen.post(f"/pausing/{verb}", seen=1)
        assert (stale.status_code, stale.json()["current"]) == (409, 2)
        assert (await screen.post(f"/pausing/{verb}", seen=None)).status_code == 428
    assert (await screen.post("/pausing/run", key="the same key")).status_code == 422
    assert (await screen.post("/pausing/resume", seen=2)).json()["state"] == "received"
    acts = await world.rows("SELECT action FROM chain WHERE subject = 'feed:pausing' ORDER BY no")
    assert acts == [("feed.pause",), ("feed.resume",)]
    assert (
        await screen.http.post("/api/v1/feeds/pausing/pause", headers={"If-Match": '"3"'})
    ).status_code == 400


async def test_bad_questions(world: World, screen: Screen, tmp_path: Path) -> None:
    await a_feed(world, tmp_path, "asked")
    for path, status in (
        ("/none", 404), ("/asked/runs?limit=0", 400), ("/asked/runs?limit=201", 400),
        ("/asked/runs?cursor=x", 400), ("/asked/refused?cursor=-1", 400),
        ("/none/runs", 404), ("/none/refused", 404),
    ):  # fmt: skip
        assert (await screen.get(path)).status_code == status, path
    assert (await screen.post("/none/run")).status_code == 404
    assert (await screen.post("/none/pause")).status_code == 404


async def test_two_agencies_do_not_see_each_other(world: World, screen: Screen, tmp_path: Path) -> None:
    (root,) = await world.rows("SELECT id FROM org WHERE parent_id IS NULL")
    await world.rows(
        "INSERT INTO org (id, parent_id, path, name, name_fold, name_sort, kind) SELECT n, %s, ARRAY[%s, n], "
        "'Sở ' || n, 'so ' || n, 'so ' || n, 'department' FROM unnest(ARRAY[901, 902]) n RETURNING id",
        root[0], root[0],
    )  # fmt: skip
    await a_feed(world, tmp_path, "first", owner="Sở 901")
    await a_feed(world, tmp_path, "second", owner="Sở 902")
    administrator = screen.principal
    (refused,) = [row["id"] for row in (await screen.get("/second/refused?limit=1")).json()["items"]]
    screen.principal = Principal("account:9", "Sở 901", 901, (Scope(ALL, org_ids=frozenset({901})),))
    listed = (await screen.get("")).json()
    assert [feed["name"] for feed in listed["items"]] == ["first"]
    assert listed["undeclared"] == []
    for path in ("/second", "/second/runs", "/second/refused"):
        assert (await screen.get(path)).status_code == 404
    for path in ("/second/run", "/second/pause", "/second/resume", f"/second/refused/{refused}/looked"):
        assert (await screen.post(path, {} if "looked" in path else None)).status_code == 404
    assert (await screen.post(f"/first/refused/{refused}/looked", {})).status_code == 404, (
        "not by the own feed's name"
    )
    only_read = Scope(frozenset({"feed.read"}), org_ids=frozenset({901}))
    screen.principal = Principal("account:9", "Sở 901", 901, (only_read,))
    assert (await screen.get("/first")).status_code == 200
    assert (await screen.post("/first/pause")).status_code == 403
    screen.principal = administrator
    assert (await screen.get("/second")).json()["state"] != "paused"


async def test_an_asked_run_is_run(world: World, screen: Screen, tmp_path: Path) -> None:
    await a_feed(world, tmp_path, "kicked")
    (tmp_path / "kicked.csv").write_text(f"{HEADER}\n{ROW.format('z', 4, 'Z')}\n", encoding="utf-8")
    screen.runner.look()

    async def accepted() -> bool:
        return (await screen.post("/kicked/run")).status_code == 202

    await until(accepted)

    async def run() -> bool:
        return bool(await world.rows("SELECT 1 FROM entity WHERE id = 'urn:ngsi-ld:WeatherObserved:z'"))

    await until(run)


def test_every_route_names_its_permission() -> None:
    for route in ROUTES:
        assert route.opt["permission"] in PERMISSIONS


@pytest.mark.parametrize("body", [{"note": 7}, {"text": "x"}, {"note": "x" * 2001}, []])
async def test_a_note_is_checked(screen: Screen, body: Any) -> None:
    assert (await screen.post("/none/refused/1/looked", body)).status_code == 400


async def test_what_the_log_tells_is_the_summary(world: World, screen: Screen, tmp_path: Path) -> None:
    await a_feed(world, tmp_path, "told")
    events = await world.rows(
        "SELECT body::text FROM event_inbox WHERE ref = 'told' "
        "UNION ALL SELECT (j->'body')::text FROM change WHERE kind = 9 AND j->>'ref' = 'told'"
    )
    told = msgspec.json.decode(events[-1][0])
    shown = (await screen.get("/told")).json()
    assert told == shown
