"""join, joinLevel and containedBy, asked as clients ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City

LAMP, POLE, STREET, SECRET = (f"urn:ngsi-ld:{name}:1" for name in ("Lamp", "Pole", "Street", "Secret"))


def thing(id_: str, **links: Any) -> dict[str, Any]:
    found = {name: {"type": "Relationship", "object": target} for name, target in links.items()}
    return {"id": id_, "type": id_.split(":")[2]} | found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def http(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    clock = FixedClock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    city = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    own = [thing(LAMP, on=POLE, seenBy=SECRET), thing(POLE, along=STREET, carries=[LAMP]), thing(STREET)]
    async with client(city, agency(ORG_A)) as found, client(city, agency(ORG_B)) as other:
        assert (await found.post("/entityOperations/create", json=own)).status_code == 201
        assert (await other.post("/entities", json=thing(SECRET))).status_code == 201
        yield found
    await city.close()


async def read(http: httpx.AsyncClient, rest: str) -> Any:
    answer = await http.get(f"/entities/{rest}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_inline_follows_links_as_deep_as_asked_and_ends_circles(http: httpx.AsyncClient) -> None:
    body = await read(http, f"{LAMP}?join=inline")
    assert body["on"]["entity"] == thing(POLE, along=STREET, carries=[LAMP])
    assert body["seenBy"] == {"type": "Relationship", "object": SECRET}
    deep = await read(http, f"{LAMP}?join=inline&joinLevel=2&options=keyValues")
    assert deep["on"] == {
        "id": POLE,
        "type": "Pole",
        "along": {"id": STREET, "type": "Street"},
        "carries": [LAMP],
    }


async def test_flat_puts_them_behind(http: httpx.AsyncClient) -> None:
    found = await read(http, f"{LAMP}?join=flat&joinLevel=5")
    assert [one["id"] for one in found] == [LAMP, POLE, STREET]
    page = await read(http, f"?type=Lamp&join=flat&containedBy={POLE}")
    assert [one["id"] for one in page] == [LAMP]


@pytest.mark.parametrize(
    "rest", ["join=deep", "joinLevel=2", "join=flat&joinLevel=0", "join=flat&joinLevel=6"]
)
async def test_joins_that_make_no_sense_are_refused(http: httpx.AsyncClient, rest: str) -> None:
    assert (await http.get(f"/entities/{LAMP}?{rest}")).status_code == 400


async def test_all_linked_with_all_is_refused_not_unfolded(http: httpx.AsyncClient) -> None:
    ids = [f"urn:ngsi-ld:Knot:{number}" for number in range(12)]
    knots = [thing(id_, to=[one for one in ids if one != id_]) for id_ in ids]
    assert (await http.post("/entityOperations/create", json=knots)).status_code == 201
    assert (await http.get(f"/entities/{ids[0]}?join=inline&joinLevel=2")).status_code == 200
    answer = await http.get("/entities?type=Knot&join=inline&joinLevel=5")
    assert answer.status_code == 403 and answer.json()["type"].endswith("/TooComplexQuery")
