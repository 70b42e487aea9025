"""Resources of city-core § 1.1 that write, beyond ``test_ngsild_write``: nulls, merges, values, purge."""

from __future__ import annotations

import json
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
from haidang.organisation.permissions import system

T0, T1 = "2026-03-16T01:00:00Z", "2026-03-16T01:10:00Z"
NULL = "urn:ngsi-ld:null"
ID = "urn:ngsi-ld:Vehicle:1"
GPS = "urn:ngsi-ld:Dataset:gps"


def prop(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value} | more


VEHICLE: dict[str, Any] = {
    "id": ID,
    "type": "Vehicle",
    "heat": prop(25, unitCode="CEL", observedAt=T0, quality=prop(1, note=prop("a"))),
    "address": prop({"street": "Lê Lợi", "city": "Huế", "country": "VN"}),
    "street": {"type": "LanguageProperty", "languageMap": {"vi": "phố", "fr": "rue"}},
    "owner": {"type": "Relationship", "object": "urn:ngsi-ld:Org:1"},
    "category": {"type": "VocabProperty", "vocab": "bus"},
    "raw": {"type": "JsonProperty", "json": {"a": 1, "b": 2}},
    "speed": [prop(50), prop(60, datasetId=GPS)],
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    clock = FixedClock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        assert (await found.post("/entities", json=VEHICLE)).status_code == 201
        yield found
    async with city.db.transaction() as conn:
        ids = await (await conn.execute("SELECT id FROM entity")).fetchall()
    for (id_,) in ids:
        await city.delete(system("tests"), id_)


async def read(http: httpx.AsyncClient, id_: str = ID) -> Any:
    answer = await http.get(f"/entities/{id_}")
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- partial updates replace whole members (5.5.8), merges go into them (5.5.12)


async def test_1_1_patch_of_an_attribute_replaces_members_and_keeps_the_others(
    http: httpx.AsyncClient,
) -> None:
    fragment = {"type": "Property", "value": 100, "observedAt": T1, "quality": prop(2)}
    assert (await http.patch(f"/entities/{ID}/attrs/heat", json=fragment)).status_code == 204
    heat = (await read(http))["heat"]
    assert heat == prop(100, unitCode="CEL", observedAt=T1, quality=prop(2))
    assert (
        await http.patch(f"/entities/{ID}/attrs/address", json={"value": {"city": "Vinh"}})
    ).status_code == 204
    assert (await read(http))["address"] == prop({"city": "Vinh"})


async def test_1_1_patch_of_attributes_replaces_each_of_them_whole(http: httpx.AsyncClient) -> None:
    assert (await http.patch(f"/entities/{ID}/attrs/", json={"heat": prop(7)})).status_code == 204
    assert (await read(http))["heat"] == prop(7)


async def test_1_1_merge_goes_into_values_and_sub_attributes(http: httpx.AsyncClient) -> None:
    fragment = {
        "heat": {"type": "Property", "value": 100, "observedAt": T1, "quality": {"note": prop("b")}},
        "address": prop({"street": "Trần Phú", "country": NULL}),
        "street": {"languageMap": {"fr": NULL, "en": "street"}},
        "raw": {"json": {"b": NULL, "c": 3}},
    }
    answer = await http.patch(f"/entities/{ID}", json=fragment)
    assert answer.status_code == 204, answer.text
    body = await read(http)
    assert body["heat"] == prop(100, unitCode="CEL", observedAt=T1, quality=prop(1, note=prop("b")))
    assert body["address"] == prop({"street": "Trần Phú", "city": "Huế"})
    assert body["street"]["languageMap"] == {"vi": "phố", "en": "street"}
    assert body["raw"]["json"] == {"a": 1, "c": 3}


# --- urn:ngsi-ld:null (1.3, 8)


@pytest.mark.parametrize(
    ("name", "null"),
    [
        ("heat", prop(NULL)),
        ("heat", NULL),
        ("owner", {"type": "Relationship", "object": NULL}),
        ("street", {"type": "LanguageProperty", "languageMap": {"@none": NULL}}),
        ("street", {"type": "LanguageProperty", "languageMap": NULL}),
        ("category", {"type": "VocabProperty", "vocab": NULL}),
        ("raw", {"type": "JsonProperty", "json": NULL}),
    ],
)
@pytest.mark.parametrize("path", ["", "/attrs"])
async def test_1_3_08_null_deletes_an_attribute_in_merges_and_updates(
    http: httpx.AsyncClient, path: str, name: str, null: Any
) -> None:
    answer = await http.patch(f"/entities/{ID}{path}", json={name: null, "extra": prop(1)})
    assert answer.status_code in (204, 207), answer.text
    body = await read(http)
    assert name not in body and NULL not in json.dumps(body)
    assert ("extra" in body) == (path == "")
    if path:
        assert answer.json() == {
            "updated": [name],
            "notUpdated": [{"attributeName": "extra", "reason": "attribute not found"}],
        }


async def test_1_3_08_null_deletes_one_instance_or_a_member(http: httpx.AsyncClient) -> None:
    assert (
        await http.patch(f"/entities/{ID}/attrs", json={"speed": prop(NULL, datasetId=GPS)})
    ).status_code == 204
    assert (await read(http))["speed"] == prop(50)
    assert (await http.patch(f"/entities/{ID}/attrs/heat", json={"unitCode": NULL})).status_code == 204
    assert "unitCode" not in (await read(http))["heat"]
    assert (await http.patch(f"/entities/{ID}", json={"heat": {"quality": NULL}})).status_code == 204
    assert "quality" not in (await read(http))["heat"]


async def test_1_3_08_null_of_what_is_not_there_is_named(http: httpx.AsyncClient) -> None:
    answer = await http.patch(f"/entities/{ID}/attrs", json={"nothing": NULL, "heat": prop(1)})
    assert answer.status_code == 207
    assert answer.json()["notUpdated"] == [{"attributeName": "nothing", "reason": "attribute not found"}]
    assert (await read(http))["heat"] == prop(1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/entities", {"id": "urn:x:1", "type": "T", "a": prop(NULL)}),
        ("POST", "/entities", {"id": "urn:x:1", "type": "T", "a": NULL}),
        ("POST", "/entities", {"id": "urn:x:1", "type": "T", "a": prop({"b": NULL})}),
        (
            "POST",
            "/entities",
            {"id": "urn:x:1", "type": "T", "a": {"type": "LanguageProperty", "languageMap": {"@none": NULL}}},
        ),
        ("POST", "/entities", {"id": "urn:x:1", "type": "T", "a": {"type": "Relationship", "object": NULL}}),
        ("PUT", f"/entities/{ID}", {"id": ID, "type": "Vehicle", "a": prop(NULL)}),
        ("POST", f"/entities/{ID}/attrs", {"a": prop(NULL)}),
        ("PUT", f"/entities/{ID}/attrs/heat", prop(NULL)),
        ("PATCH", f"/entities/{ID}/attrs/heat", {"datasetId": NULL, "value": 1}),
        ("PATCH", f"/entities/{ID}/attrs/address", {"value": {"city": NULL}}),
        ("PUT", f"/entities/{ID}/attrs/heat/value", NULL),
    ],
)
async def test_1_3_08_null_is_refused_where_nothing_is_merged(
    http: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    before = await read(http)
    answer = await http.request(method, path, json=body)
    assert answer.status_code == 400 and answer.json()["type"].endswith("BadRequestData"), answer.text
    assert await read(http) == before


# --- merges told in short (6.5.3.4)


async def test_1_1_merge_of_a_simplified_fragment_keeps_the_kinds(http: httpx.AsyncClient) -> None:
    fragment = {
        "heat": 30,
        "owner": "urn:ngsi-ld:Org:2",
        "street": "đường",
        "category": {"vocab": "tram"},
        "raw": {"json": {"b": 9}},
        "address": {"city": "Vinh"},
        "speed": {"dataset": {"@none": 51, GPS: 61}},
        "place": {"type": "Point", "coordinates": [107.0, 20.9]},
        "name": "xe",
    }
    answer = await http.patch(f"/entities/{ID}?format=simplified&lang=vi&observedAt={T1}", json=fragment)
    assert answer.status_code == 204, answer.text
    body = await read(http)
    assert body["heat"] == prop(30, unitCode="CEL", observedAt=T1, quality=prop(1, note=prop("a")))
    assert body["owner"] == {"type": "Relationship", "object": "urn:ngsi-ld:Org:2"}
    assert body["street"]["languageMap"] == {"vi": "đường", "fr": "rue"}
    assert body["category"] == {"type": "VocabProperty", "vocab": "tram"}
    assert body["raw"]["json"] == {"a": 1, "b": 9}
    assert body["address"]["value"] == {"street": "Lê Lợi", "city": "Vinh", "country": "VN"}
    assert body["speed"] == [prop(51), prop(61, datasetId=GPS)]
    assert body["place"]["type"] == "GeoProperty"
    assert body["name"] == prop("xe")


async def test_1_1_merge_with_observed_at_and_lang_in_the_query(http: httpx.AsyncClient) -> None:
    fragment = {"heat": prop(31), "address": prop({"city": "Vinh"}), "street": {"value": "voie"}}
    answer = await http.patch(f"/entities/{ID}?observedAt={T1}&lang=fr", json=fragment)
    assert answer.status_code == 204, answer.text
    body = await read(http)
    assert (body["heat"]["value"], body["heat"]["observedAt"]) == (31, T1)
    assert "observedAt" not in body["address"]
    assert body["street"]["languageMap"] == {"vi": "phố", "fr": "voie"}
    assert (await http.patch(f"/entities/{ID}?observedAt=today", json=fragment)).status_code == 400
    assert (await http.patch(f"/entities/{ID}?format=xml", json=fragment)).status_code == 400


# --- type narrows writes


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("PATCH", "", {"heat": prop(1)}),
        ("PUT", "", {"id": ID, "type": "Vehicle"}),
        ("DELETE", "", None),
        ("POST", "/attrs", {"heat": prop(1)}),
        ("PATCH", "/attrs", {"heat": prop(1)}),
        ("PATCH", "/attrs/heat", prop(1)),
        ("PUT", "/attrs/heat", prop(1)),
        ("DELETE", "/attrs/heat", None),
        ("PUT", "/attrs/heat/value", 1),
        ("GET", "/attrs/heat/value", None),
    ],
)
async def test_1_1_type_narrows_every_method_on_one_entity(
    http: httpx.AsyncClient, method: str, rest: str, body: Any
) -> None:
    answer = await http.request(method, f"/entities/{ID}{rest}?type=Building", json=body)
    assert answer.status_code == 404 and answer.json()["type"].endswith("ResourceNotFound")
    answer = await http.request(method, f"/entities/{ID}{rest}?type=Building|Vehicle", json=body)
    assert answer.status_code in (200, 204), answer.text


# --- values


async def test_1_1_the_value_of_an_attribute_is_read_and_set(http: httpx.AsyncClient) -> None:
    async def value(rest: str) -> Any:
        answer = await http.get(f"/entities/{ID}/attrs/{rest}")
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
        return answer.json()

    assert await value("heat/value") == 25
    assert await value("address/value") == VEHICLE["address"]["value"]
    assert await value("street/value") == {"vi": "phố", "fr": "rue"}
    assert await value("street/value?lang=fr") == "rue"
    assert await value("category/value") == "bus"
    assert await value("owner/value") == "urn:ngsi-ld:Org:1"
    assert await value(f"speed/value?datasetId={GPS}") == 60
    assert (await http.get(f"/entities/{ID}/attrs/none/value")).status_code == 404
    assert (await http.get(f"/entities/{ID}/attrs/heat/value?datasetId={GPS}")).status_code == 404
    for rest, said in (
        ("heat/value", 26.5),
        ("address/value", {"a": 1}),
        (f"speed/value?datasetId={GPS}", 61),
    ):
        assert (await http.put(f"/entities/{ID}/attrs/{rest}", json=said)).status_code == 204
        assert await value(rest) == said
    heat = (await read(http))["heat"]
    assert heat == prop(26.5, unitCode="CEL", observedAt=T0, quality=prop(1, note=prop("a")))
    assert (await http.put(f"/entities/{ID}/attrs/none/value", json=1)).status_code == 404
    assert (await http.put(f"/entities/{ID}/attrs/owner/value", json="no uri")).status_code == 400


# --- purge


async def things(http: httpx.AsyncClient) -> dict[str, Any]:
    bodies = [
        {"id": f"urn:ngsi-ld:Thing:{number}", "type": "Thing", "n": prop(number), "a": prop(1), "b": prop(2)}
        for number in range(5)
    ]
    assert (await http.post("/entityOperations/upsert", json=bodies)).status_code in (201, 204)
    return {}


async def left(http: httpx.AsyncClient) -> list[str]:
    return [one["id"][-1] for one in (await http.get("/entities?type=Thing")).json()]


async def test_1_1_purge_deletes_what_a_question_selects(http: httpx.AsyncClient) -> None:
    await things(http)
    answer = await http.delete("/entities?type=Thing&q=n>=3")
    assert answer.status_code == 204 and answer.content == b""
    assert await left(http) == ["0", "1", "2"]
    assert (await http.delete("/entities/?type=Thing&id=urn:ngsi-ld:Thing:1")).status_code == 204
    assert await left(http) == ["0", "2"]
    assert (await http.delete("/entities?type=Thing")).status_code == 204
    assert await left(http) == []
    assert (await read(http))["id"] == ID


async def test_1_1_purge_drops_or_keeps_attributes(http: httpx.AsyncClient) -> None:
    await things(http)
    assert (await http.delete("/entities?type=Thing&q=n<2&drop=a,b")).status_code == 204
    first = await read(http, "urn:ngsi-ld:Thing:0")
    assert first == {"id": "urn:ngsi-ld:Thing:0", "type": "Thing", "n": prop(0)}
    assert (await http.delete("/entities?type=Thing&q=n>=2&keep=a")).status_code == 204
    assert (await read(http, "urn:ngsi-ld:Thing:4")).keys() == {"id", "type", "a"}


@pytest.mark.parametrize(
    "rest",
    ["", "?id=urn:ngsi-ld:Vehicle:1", "?idPattern=.*", "?type=Thing&keep=a&drop=b", "?q=owner{name}",
     "?type=Thing&limit=1", "?q=a=="],
)  # fmt: skip
async def test_1_1_a_purge_that_is_too_wide_is_refused(http: httpx.AsyncClient, rest: str) -> None:
    assert (await http.delete(f"/entities{rest}")).status_code == 400
    assert (await read(http))["id"] == ID


async def test_1_1_a_purge_touches_nothing_of_another_agency(city: City, http: httpx.AsyncClient) -> None:
    async with client(city, agency(ORG_B)) as other:
        assert (await other.delete("/entities?type=Vehicle")).status_code == 204
    reader = agency(ORG_A, "entity.read", "entity.delete")
    assert (await read(http))["id"] == ID
    async with client(city, reader) as partly:
        answer = await partly.delete("/entities?type=Vehicle&drop=heat")
        assert answer.status_code == 207 and answer.json()["errors"][0]["error"]["status"] == 403
    assert "heat" in await read(http)


# --- geometry


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("LineString", [[107.0, 20.9]]),
        ("MultiLineString", [[[107.0, 20.9], [107.1, 20.9]], [[107.0, 20.9]]]),
        ("Polygon", [[[107, 20], [107.5, 20], [107.5, 20.5]]]),
        ("Polygon", [[[107, 20], [107.5, 20], [107.5, 20.5], [107, 20.1]]]),
        ("MultiPolygon", [[[[107, 20], [107.5, 20], [107, 20]]]]),
        ("LineString", []),
        ("Point", [[107.0, 20.9]]),
    ],
)
async def test_1_2_a_geometry_that_is_none_is_refused(
    http: httpx.AsyncClient, kind: str, coordinates: Any
) -> None:
    body = {"type": "GeoProperty", "value": {"type": kind, "coordinates": coordinates}}
    answer = await http.post(f"/entities/{ID}/attrs", json={"location": body})
    assert answer.status_code == 400 and answer.json()["type"].endswith("BadRequestData")
    question = {
        "type": "Vehicle",
        "georel": "intersects",
        "geometry": kind,
        "coordinates": json.dumps(coordinates),
    }
    assert (await http.get("/entities", params=question)).status_code == 400


async def test_1_3_10_a_polygon_that_crosses_itself_is_taken(http: httpx.AsyncClient) -> None:
    ring = [[107.0, 20.0], [107.5, 20.5], [107.5, 20.0], [107.0, 20.5], [107.0, 20.0]]
    body = {"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [ring]}}
    assert (await http.post(f"/entities/{ID}/attrs", json={"location": body})).status_code == 204
    inside = {"type": "Vehicle", "georel": "contains", "geometry": "Point", "coordinates": "[107.4,20.25]"}
    assert [one["id"] for one in (await http.get("/entities", params=inside)).json()] == [ID]


async def test_1_2_an_entity_says_when_it_ends_among_its_system_attributes(http: httpx.AsyncClient) -> None:
    ends = "2999-01-01T00:00:00Z"
    one = {"id": "urn:ngsi-ld:Alert:ends", "type": "Alert", "expiresAt": "2999-01-01T07:00:00+07:00"}
    assert (await http.post("/entities", json=one)).status_code == 201
    path = "/entities/urn:ngsi-ld:Alert:ends"
    assert "expiresAt" not in (await http.get(path)).json()
    for form in ("normalized", "concise", "simplified"):
        shown = (await http.get(path, params={"options": "sysAttrs", "format": form})).json()
        assert shown["expiresAt"] == ends, form
    assert (await http.get("/entities?type=Alert&q=expiresAt>2998-01-01T00:00:00Z")).json()
    later = {"expiresAt": "2999-02-01T00:00:00Z"}
    assert (await http.patch(path, json=later)).status_code == 204
    assert (await http.get(path, params={"options": "sysAttrs"})).json()["expiresAt"] == later["expiresAt"]
    assert (await http.patch(path, json={"expiresAt": NULL})).status_code == 204
    assert "expiresAt" not in (await http.get(path, params={"options": "sysAttrs"})).json()
    assert (await http.patch(path, json={"expiresAt": "2001-01-01T00:00:00Z"})).status_code == 204
    gone = await http.delete("/entities", params={"type": "Alert", "q": "expiresAt<2002-01-01T00:00:00Z"})
    assert gone.status_code == 204 and (await http.get(path)).status_code == 404
    answer = await http.post("/entities", json=one | {"expiresAt": "tomorrow"})
    assert answer.status_code == 400 and answer.json()["type"].endswith("BadRequestData")


@pytest.mark.parametrize("value", [{"vi": 5}, {"vi": None}, {"vi": {"x": "y"}}, {"vi": [1]}, ["vi"], "phố"])
async def test_1_2_a_language_map_holds_texts(http: httpx.AsyncClient, value: Any) -> None:
    body = {"street": {"type": "LanguageProperty", "languageMap": value}}
    assert (await http.post(f"/entities/{ID}/attrs", json=body)).status_code == 400


# --- who answers


async def test_1_1_source_identity_tells_who_answers(http: httpx.AsyncClient) -> None:
    body = (await http.get("/info/sourceIdentity")).json()
    assert body["type"] == "ContextSourceIdentity"
    assert body["id"].endswith(body["contextSourceAlias"]) and body["contextSourceAlias"]
    assert body["contextSourceTimeAt"] == "2026-03-16T02:00:00Z"
    assert body["contextSourceUptime"].startswith("P0DT")
    assert body["contextSourceExtras"]["ngsildConformance"] == "1.8"
