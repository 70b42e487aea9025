"""Slow questions of one key do not hold everybody's connections (and 429 says so)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import psycopg
from tests.integration.web.conftest import Site

from haidang.base.database import ASKER
from haidang.city.store import turns

QUESTION = "/ngsi-ld/v1/entities?type=Turn&q=heat>1"


async def test_one_asker_holds_a_third_of_the_connections_and_is_told_to_wait(site: Site) -> None:
    other = await site.agency("khac")
    thing: dict[str, Any] = {"id": "urn:x:turn", "type": "Turn", "heat": {"type": "Property", "value": 2}}
    made = await site.administrator.post("/ngsi-ld/v1/entities", json=thing)
    assert made.status_code == 201, made.text
    pool = site.house.db.pool_max
    with psycopg.connect(site.house.db.url) as blocking:  # whatever asks for entities takes as long as this
        blocking.execute("LOCK TABLE entity IN ACCESS EXCLUSIVE MODE")
        asking = [asyncio.create_task(site.administrator.get(QUESTION)) for _ in range(40)]
        refused: list[httpx.Response] = []
        async with asyncio.timeout(10):
            while len(refused) < 40 - pool // 3 - turns.WAITING_MAX:
                await asyncio.wait(asking, timeout=0.05)
                refused = [task.result() for task in asking if task.done()]
        assert {answer.status_code for answer in refused} == {429}
        document = refused[0].json()
        assert document["code"] == "too-many-requests"
        assert document["detail_vi"]
        assert int(refused[0].headers["retry-after"]) == document["retry_after_s"] > 0

        began = time.perf_counter()
        assert (await site.administrator.get("/api/v1/site")).status_code == 200
        assert time.perf_counter() - began < 2, "a connection was free"
        theirs = asyncio.create_task(other.client.get(QUESTION))
        blocking.rollback()
    assert (await theirs).status_code == 200, "another's questions are not counted with these"
    answers = await asyncio.gather(*asking)
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(good) == pool // 3 + turns.WAITING_MAX, "who waited was answered"
    assert (await site.administrator.get(QUESTION)).json()[0]["id"] == "urn:x:turn"
    assert not turns._OF[site.house.db], "nothing is kept of askers who ask no more"


async def test_the_house_itself_takes_no_turn(site: Site) -> None:
    ASKER.set(None)  # the clients of these tests share a task with them
    async with turns.turn(site.house.db):
        assert not turns._OF.get(site.house.db)
