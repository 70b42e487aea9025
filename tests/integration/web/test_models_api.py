"""Data models over the application API: the catalogue, one model, its JSON Schema, and how strict it is."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import pytest_asyncio
from tests.integration.web.conftest import Agency, Site

PATH = "/api/v1/models/NoiseLevelObserved"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def agency(site: Site) -> AsyncIterator[Agency]:
    made = await site.agency("hai")
    yield made
    await made.client.aclose()


async def change(
    client: httpx.AsyncClient, mode: str, version: int | None, path: str = PATH, key: str = ""
) -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return await client.patch(path, json={"mode": mode}, headers=headers)


async def test_the_catalogue_names_sectors_sources_and_modes(site: Site) -> None:
    found = (await site.administrator.get("/api/v1/models")).json()
    by_type = {one["type"]: one for one in found["items"]}
    assert len(by_type) >= 69
    assert by_type["School"]["own"]
    assert by_type["School"]["extends"] == "Building"
    assert by_type["AirQualityObserved"]["mode"] == "warn"
    assert found["sectors"]["health"] == {"vi": "Y tế", "en": "Health"}


async def test_one_model_tells_attributes_units_labels_and_licence(site: Site) -> None:
    found = (await site.administrator.get("/api/v1/models/WeatherObserved")).json()
    assert found["source"]["licence"].endswith("WeatherObserved/LICENSE.md")
    attributes = {one["name"]: one for one in found["attributes"]}
    temperature = attributes["temperature"]
    assert (temperature["vi"], temperature["unit"], temperature["unit_code"]) == ("Nhiệt độ", "°C", "CEL")
    assert attributes["location"]["required"]
    assert attributes["location"]["kind"] == "GeoProperty"
    assert (await site.administrator.get("/api/v1/models/Nothing")).status_code == 404


async def test_a_vendor_tries_a_device_against_the_schema(site: Site) -> None:
    schema = (await site.administrator.get(f"{PATH}/schema")).json()

    def refuse(uri: str) -> Any:
        raise AssertionError(f"fetched {uri}")

    validator = jsonschema_rs.validator_for(schema, retriever=refuse)
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.05, 20.95]}}
    body = {"id": "urn:x:noise:1", "type": "NoiseLevelObserved", "location": place}
    assert validator.is_valid(body)
    assert not validator.is_valid(body | {"sonometerClass": {"type": "Property", "value": "9"}})
    assert (await site.administrator.get("/api/v1/models/Nothing/schema")).status_code == 404


async def test_the_mode_changes_once_for_a_key_with_the_version_seen_and_is_audited(site: Site) -> None:
    client = site.administrator
    before = (await client.get(PATH)).json()
    assert (before["version"], before["mode"], before["may_change"]) == (0, "warn", True)
    assert (await change(client, "reject", None)).status_code == 428
    assert (await change(client, "shout", 0)).status_code == 400
    key = uuid.uuid4().hex
    first = await change(client, "reject", 0, key=key)
    assert first.json() == {"type": "NoiseLevelObserved", "mode": "reject", "version": 1}
    assert (await change(client, "reject", 0, key=key)).json() == first.json()
    stale = await change(client, "accept", 0)
    assert stale.status_code == 409
    assert (stale.json()["yours"], stale.json()["current"]) == (0, 1)
    after = (await client.get(PATH)).json()
    assert (after["version"], after["mode"], after["declared"]) == (1, "reject", "warn")
    entries = (await client.get("/api/v1/audit?action=model.mode")).json()["items"]
    assert [one["subject"] for one in entries] == ["model:NoiseLevelObserved"]
    bare = {"id": "urn:x:noise:1", "type": "NoiseLevelObserved"}
    refused = await client.post("/ngsi-ld/v1/entities", json=bare)
    assert refused.status_code == 400
    assert refused.json()["code"] == "model-violation"
    assert (await change(client, "accept", 1)).status_code == 200
    assert (await client.post("/ngsi-ld/v1/entities", json=bare)).status_code == 201


@pytest.mark.parametrize(
    ("grant", "status"),
    [
        ({"role": "data_steward"}, 200),
        ({"role": "data_steward", "sector": "environment"}, 200),
        ({"role": "data_steward", "sector": "transport"}, 403),
        ({"role": "data_steward", "org_id": "own"}, 403),
        ({"role": "viewer"}, 403),
    ],
)
async def test_who_refuses_data_refuses_everybody_s_so_only_who_holds_the_whole_sector_may(
    site: Site, grant: dict[str, Any], status: int
) -> None:
    word = f"nv{uuid.uuid4().hex[:8]}"
    agency = await site.agency(word)
    admin = site.administrator
    grants = f"/api/v1/accounts/{agency.account_id}/grants"
    (held,) = (await admin.get(grants)).json()["items"]
    if grant.get("org_id") == "own":
        grant = grant | {"org_id": agency.org_id}
    await site.write(admin, "POST", grants, grant)
    gone = await admin.delete(
        f"{grants}/{held['id']}", headers={"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'}
    )
    assert gone.status_code < 300, gone.text
    path = "/api/v1/models/WaterQualityObserved"
    found = (await agency.client.get(path)).json()
    answer = await change(agency.client, "warn", found["version"], path)
    assert answer.status_code == status, answer.text
    assert found["may_change"] == (status == 200)
    await agency.client.aclose()
