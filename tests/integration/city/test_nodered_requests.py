"""What node-red-contrib-ngsi-ld 0.4.1 sends, node by node, and what it takes for success (city-core 1.6).

Read from its source: the nodes are in no package registry that our machines reach, so they are not run here.
Each node calls an answer an error unless it has exactly the status that stands beside it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import client

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.organisation.permissions import system

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
ID = "urn:ngsi-ld:TemperatureSensor:001"
AXIOS = {
    "accept": "application/json, text/plain, */*",
    "content-type": "application/json",
    "user-agent": "axios/1.4.0",
    "accept-encoding": "gzip, compress, deflate, br",
    "link": f'<{CORE}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def http(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    city = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), SystemClock())
    async with client(city, system("node-red")) as asker:
        asker.headers.update(AXIOS)
        yield asker
    await city.close()


def sensor(id_: str = ID, temperature: float = 20) -> dict[str, Any]:
    return {
        "id": id_,
        "type": "TemperatureSensor",
        "category": {"type": "Property", "value": "sensor"},
        "temperature": {"type": "Property", "value": temperature, "unitCode": "CEL"},
    }


async def test_1_6_the_entity_node_creates_reads_and_deletes(http: httpx.AsyncClient) -> None:
    created = await http.post("/entities/", json=sensor())
    assert (created.status_code, created.content) == (201, b"")
    simple = await http.get(f"/entities/{ID}", params={"options": "keyValues", "attrs": "temperature"})
    assert simple.status_code == 200
    assert simple.json() == {"id": ID, "type": "TemperatureSensor", "temperature": 20}
    ld = await http.get(
        f"/entities/{ID}", params={"options": "concise,sysAttrs"}, headers={"accept": "application/ld+json"}
    )
    assert ld.status_code == 200
    assert {"@context", "createdAt", "modifiedAt"} <= ld.json().keys()
    assert (await http.delete(f"/entities/{ID}")).status_code == 204


async def test_1_6_the_entities_node_pages_by_a_hundred_and_a_count(http: httpx.AsyncClient) -> None:
    sensors = [sensor(f"urn:ngsi-ld:TemperatureSensor:page-{no:03}") for no in range(101)]
    assert (await http.post("/entityOperations/upsert", json=sensors)).status_code == 201
    asked = {"type": "TemperatureSensor", "limit": "100", "options": "keyValues,count"}
    first = await http.get("/entities/", params=asked)
    assert (len(first.json()), first.headers["ngsild-results-count"]) == (100, "101")
    second = await http.get("/entities/", params=asked | {"offset": "100"})
    assert len(second.json()) == 1
    ids = [one["id"] for one in sensors]
    assert (await http.post("/entityOperations/delete", json=ids)).status_code == 204


async def test_1_6_the_attribute_nodes_append_update_and_delete(http: httpx.AsyncClient) -> None:
    assert (await http.post("/entities/", json=sensor())).status_code == 201
    battery = {"batteryLevel": {"type": "Property", "value": 0.9, "unitCode": "C62"}}
    path = f"/entities/{ID}/attrs"
    appended = await http.post(path, params={"options": "noOverwrite"}, json=battery)
    assert (appended.status_code, appended.content) == (204, b"")
    assert (await http.post(path, json=battery)).status_code == 204
    assert (await http.patch(path, json=battery)).status_code == 204
    one = {"type": "Property", "value": 0.8}
    assert (await http.patch(f"{path}/batteryLevel", json=one)).status_code == 204
    assert (await http.delete(f"{path}/batteryLevel", params={"deleteAll": "true"})).status_code == 204
    assert "batteryLevel" not in (await http.get(f"/entities/{ID}")).json()
    assert (await http.delete(f"/entities/{ID}")).status_code == 204


async def test_1_6_the_batch_node_takes_201_and_204_only(http: httpx.AsyncClient) -> None:
    sensors = [sensor(f"urn:ngsi-ld:TemperatureSensor:batch-{no}") for no in (1, 2)]
    ids = [one["id"] for one in sensors]
    answers: list[tuple[int, Any]] = []
    for word, body in (
        ("create", sensors), ("upsert", sensors), ("update", sensors), ("delete", ids)
    ):  # fmt: skip
        answer = await http.post(
            f"/entityOperations/{word}", json=body, headers={"accept": "application/ld+json"}
        )
        answers.append((answer.status_code, answer.json() if answer.content else None))
    assert answers == [(201, ids), (204, None), (204, None), (204, None)]
