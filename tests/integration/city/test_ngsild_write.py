"""Every operation that writes, over HTTP, against a real database; the wording of the standard decides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client, log, stored

from haidang.base import eventlog
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import system

pytestmark = pytest.mark.usefixtures("clean")

ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
ID = "urn:ngsi-ld:AirQualityObserved:hạ-long:1"
T0, T1, T2 = "2026-03-16T02:00:00Z", "2026-03-16T02:10:00Z", "2026-03-16T02:20:00Z"


def number(value: float, at: str | None = T1, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value} | ({"observedAt": at} if at else {}) | more


def station(id_: str = ID, **attributes: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "type": "AirQualityObserved",
        "name": {"type": "Property", "value": "Trạm Hạ Long"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.05, 20.95]}},
        "pm25": number(35.5, unitCode="GQ"),
        "count": number(3),
    } | attributes


RICH: dict[str, Any] = {
    "id": "urn:ngsi-ld:Thing:rich",
    "type": "Thing",
    "scope": ["/Quảng Ninh/Hạ Long", "/cảm biến"],
    "whole": number(5),
    "float": number(5.0),
    "negative": number(-0.25, None),
    "big": number(2**60 + 1),
    "huge": number(2**80, None),
    "tiny": number(1e-9),
    "flag": {"type": "Property", "value": False, "observedAt": T1},
    "text": {"type": "Property", "value": "mực nước 'cao' \"rất\" \\u", "observedAt": T1, "unitCode": "X"},
    "list": {"type": "Property", "value": [1, 2.0, "ba", [None], {"x": {}}], "observedAt": T1},
    "object": {"type": "Property", "value": {"v": 1, "m": [1], "@value": "2026"}},
    "other_time": number(7.5, T0, unitCode="CEL"),
    "many": [
        number(1.0),
        number(2.5, datasetId="urn:x:2"),
        number(3, T2, datasetId="urn:x:3", unitCode="P1"),
    ],
    "many_static": [
        {"type": "Property", "value": "a"},
        {"type": "Property", "value": "b", "datasetId": "urn:x:b"},
    ],
    "only_dataset": number(9.5, datasetId="urn:x:9"),
    "deep": number(1.5, quality=number(0.9, None, source={"type": "Relationship", "object": "urn:x:s"})),
    "deep_time": number(1.5, None, quality=number(2.5, T0)),
    "owner": {"type": "Relationship", "object": ["urn:x:a", "urn:x:b"], "objectType": "Org"},
    "parent": {"type": "Relationship", "object": "urn:x:a", "observedAt": T1},
    "label": {"type": "LanguageProperty", "languageMap": {"vi": "Đèn", "en": "Light"}},
    "category": {"type": "VocabProperty", "vocab": "sensor"},
    "raw": {"type": "JsonProperty", "json": {"id": 1, "type": ["x"], "n": [1.0]}},
    "values": {"type": "ListProperty", "valueList": [1, 2.5, "x"]},
    "links": {"type": "ListRelationship", "objectList": [{"object": "urn:x:1"}]},
    "area": {
        "type": "GeoProperty",
        "value": {"type": "Polygon", "coordinates": [[[107, 20], [107.5, 20], [107.5, 20.5], [107, 20]]]},
    },
    "typed": {"type": "Property", "value": "2026-01-01", "valueType": "Date"},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("city"), body_limit_bytes=300_000)
    clock = FixedClock(datetime(2026, 3, 16, 2, 30, tzinfo=UTC))
    opened = await City.open(db, settings, clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def api(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def clean(city: City) -> AsyncIterator[None]:
    yield
    async with city.db.transaction() as conn:
        rows = await (
            await conn.execute("SELECT t.name, e.id FROM entity e JOIN tenant t ON t.id = tenant_id")
        ).fetchall()
    for tenant, id_ in rows:
        await city.delete(system("tests"), id_, tenant=tenant)


async def test_create_answers_with_an_empty_body_and_an_encoded_location(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    answer = await api.post("/entities/", json=station())
    assert answer.status_code == 201
    assert answer.content == b""
    assert answer.headers["location"] == (
        "/ngsi-ld/v1/entities/urn%3Angsi-ld%3AAirQualityObserved%3Ah%E1%BA%A1-long%3A1"
    )
    assert await stored(db, city, ID) == station()
    again = await api.post("/entities", json=station())
    assert again.status_code == 409
    assert again.json()["type"] == ERRORS + "AlreadyExists"
    assert again.json()["detail_vi"]
    assert again.headers["content-type"] == "application/problem+json"


async def test_what_is_read_back_equals_what_was_sent(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    assert (
        await api.post("/entities", content=json.dumps(RICH), headers={"content-type": "application/json"})
    ).status_code == 201
    found = await stored(db, city, RICH["id"])
    assert found == RICH
    for name in ("whole", "float", "big", "huge", "tiny"):
        assert type(found[name]["value"]) is type(RICH[name]["value"]), name
    # A second reading by the writer itself (its cache emptied) sees the same, so an equal write changes
    # nothing.
    city.writer._states.entities.clear()  # type: ignore[union-attr]
    before = await log(db, RICH["id"])
    assert (await api.put(f"/entities/{RICH['id']}", json=RICH)).status_code == 204
    assert await log(db, RICH["id"]) == before


async def test_times_come_back_in_utc_without_zero_fractions(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    await api.post(
        "/entities",
        json=station(
            a=number(1, "2026-03-16T09:10:00.500000+07:00"), b=number(2, "2026-03-16T02:10:00.000Z")
        ),
    )
    found = await stored(db, city, ID)
    assert found["a"]["observedAt"] == "2026-03-16T02:10:00.5Z"
    assert found["b"]["observedAt"] == T1


async def test_put_replaces_all(api: httpx.AsyncClient, db: Database, city: City) -> None:
    assert (await api.put(f"/entities/{ID}", json=station())).status_code == 404
    await api.post("/entities", json=station())
    new = {"id": ID, "type": "AirQualityObserved", "no2": number(4.5, T0)}
    assert (await api.put(f"/entities/{ID}/", json=new)).status_code == 204
    assert await stored(db, city, ID) == new
    assert (await log(db, ID))[-1][0] == 3


async def test_merge_changes_only_what_it_names(api: httpx.AsyncClient, db: Database, city: City) -> None:
    await api.post(
        "/entities", json=station(label={"type": "LanguageProperty", "languageMap": {"vi": "a", "en": "b"}})
    )
    answer = await api.patch(
        f"/entities/{ID}",
        content=json.dumps(
            {
                "pm25": {"value": 40.5},
                "count": {"type": "Property", "value": "urn:ngsi-ld:null"},
                "label": {"type": "LanguageProperty", "languageMap": {"en": "urn:ngsi-ld:null", "fr": "c"}},
                "name": "urn:ngsi-ld:null",
                "added": {"type": "Property", "value": 1},
            }
        ),
        headers={"content-type": "application/merge-patch+json"},
    )
    assert answer.status_code == 204, answer.text
    found = await stored(db, city, ID)
    assert found["pm25"] == number(40.5, unitCode="GQ")
    assert "count" not in found and "name" not in found
    assert found["label"]["languageMap"] == {"vi": "a", "fr": "c"}
    assert found["added"] == {"type": "Property", "value": 1}


async def test_append_adds_and_overwrites_or_keeps(api: httpx.AsyncClient, db: Database, city: City) -> None:
    await api.post("/entities", json=station())
    assert (
        await api.post(f"/entities/{ID}/attrs", json={"pm25": number(50, T2), "so2": number(1.5)})
    ).status_code == 204
    kept = await api.post(
        f"/entities/{ID}/attrs/?options=noOverwrite", json={"pm25": number(60, T2), "o3": number(2.5)}
    )
    assert kept.status_code == 207
    assert kept.json() == {
        "updated": ["o3"],
        "notUpdated": [{"attributeName": "pm25", "reason": "attribute already exists"}],
    }
    found = await stored(db, city, ID)
    assert (found["pm25"], found["so2"], found["o3"]) == (number(50, T2), number(1.5), number(2.5))


async def test_patch_of_attributes_updates_what_exists(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    assert (await api.patch(f"/entities/{ID}/attrs", json={"pm25": number(1)})).status_code == 404
    await api.post("/entities", json=station())
    assert (await api.patch(f"/entities/{ID}/attrs", json={"pm25": number(44.5, T2)})).status_code == 204
    partly = await api.patch(f"/entities/{ID}/attrs", json={"pm25": number(45.5, T2), "nothing": number(1)})
    assert partly.status_code == 207
    assert partly.json()["updated"] == ["pm25"]
    assert partly.json()["notUpdated"][0]["attributeName"] == "nothing"
    found = await stored(db, city, ID)
    assert found["pm25"] == number(45.5, T2)
    assert "nothing" not in found


async def test_one_attribute_is_patched_replaced_and_deleted(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    many = [number(1.5), number(2.5, datasetId="urn:x:2")]
    await api.post("/entities", json=station(many=many))
    path = f"/entities/{ID}/attrs"
    assert (await api.patch(f"{path}/pm25", json={"value": 99.5})).status_code == 204
    assert (await stored(db, city, ID))["pm25"] == number(99.5, unitCode="GQ")
    assert (await api.put(f"{path}/pm25/", json=number(7, T2))).status_code == 204
    assert (await stored(db, city, ID))["pm25"] == number(7, T2)
    assert (await api.patch(f"{path}/nothing", json={"value": 1})).status_code == 404
    assert (await api.delete(f"{path}/many?datasetId=urn:x:2")).status_code == 204
    assert (await stored(db, city, ID))["many"] == number(1.5)
    assert (await api.delete(f"{path}/many?datasetId=urn:x:2")).status_code == 404
    assert (await api.delete(f"{path}/many?deleteAll=True")).status_code == 204
    assert (await api.delete(f"{path}/count")).status_code == 204
    found = await stored(db, city, ID)
    assert "many" not in found and "count" not in found
    assert (await api.delete(f"{path}/count")).status_code == 404
    assert (await log(db, ID))[-1][4] == {str(city.terms.attr_id("count")): None}


async def test_delete_keeps_the_history(api: httpx.AsyncClient, db: Database, city: City) -> None:
    await api.post("/entities", json=station())
    assert (await api.delete(f"/entities/{ID}")).status_code == 204
    assert (await api.delete(f"/entities/{ID}")).status_code == 404
    assert await stored(db, city, ID) is None
    async with db.transaction() as conn:
        row = await (await conn.execute("SELECT kind, j FROM change ORDER BY seq DESC LIMIT 1")).fetchone()
    assert row is not None
    assert row[0] == 4
    assert row[1]["@e"]["id"] == ID
    assert (await api.post("/entities", json=station())).status_code == 201


async def test_batches_answer_as_clients_expect(api: httpx.AsyncClient, db: Database, city: City) -> None:
    ids = [f"urn:x:{number}" for number in range(3)]
    made = await api.post("/entityOperations/create", json=[station(one) for one in ids[:2]])
    assert (made.status_code, made.json()) == (201, ids[:2])
    upserted = await api.post("/entityOperations/upsert/?options=update", json=[station(one) for one in ids])
    assert (upserted.status_code, upserted.json()) == (201, ids[2:])
    none_new = await api.post(
        "/entityOperations/upsert", json=[station(one, pm25=number(1, T2)) for one in ids]
    )
    assert (none_new.status_code, none_new.content) == (204, b"")
    updated = await api.post(
        "/entityOperations/update", json=[{"id": ids[0], "type": "AirQualityObserved", "x": number(1)}]
    )
    assert updated.status_code == 204
    merged = await api.post("/entityOperations/merge", json=[{"id": ids[0], "x": {"value": 2}}])
    assert merged.status_code == 204, merged.text
    assert (await stored(db, city, ids[0]))["x"] == number(2)
    partly = await api.post("/entityOperations/delete", json=[*ids, "urn:x:gone", "no uri"])
    assert partly.status_code == 207
    assert partly.json()["success"] == ids
    assert [one["entityId"] for one in partly.json()["errors"]] == ["urn:x:gone", "no uri"]
    assert [one["error"]["status"] for one in partly.json()["errors"]] == [404, 400]


async def test_an_upsert_that_replaces_drops_what_is_not_sent(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    await api.post("/entities", json=station())
    new = {"id": ID, "type": "AirQualityObserved", "pm25": number(1, T2)}
    assert (await api.post("/entityOperations/upsert?options=replace", json=[new])).status_code == 204
    assert await stored(db, city, ID) == new
    assert (await api.post("/entityOperations/upsert?options=update", json=[station()])).status_code == 204
    found = await stored(db, city, ID)
    assert found["pm25"] == number(1, T2)  # the older observation stays in history only
    assert found["name"]["value"] == "Trạm Hạ Long"


async def test_one_bad_entity_does_not_hide_the_good_ones(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    batch: list[Any] = [
        station("urn:x:good"),
        station("not a uri"),
        {"id": "urn:x:typeless"},
        station("urn:x:null", pm25=None),
        station(
            "urn:x:swapped",
            location={"type": "GeoProperty", "value": {"type": "Point", "coordinates": [20, 107]}},
        ),
        station("urn:x:when", pm25=number(1, "yesterday")),
        "nonsense",
    ]
    answer = await api.post("/entityOperations/create", json=batch)
    assert answer.status_code == 207
    assert answer.json()["success"] == ["urn:x:good"]
    errors = answer.json()["errors"]
    assert len(errors) == 6
    assert {one["error"]["type"] for one in errors} == {ERRORS + "BadRequestData"}
    assert errors[4]["error"]["faults"][0]["field"] == "pm25.observedAt"
    assert await stored(db, city, "urn:x:good") is not None


@pytest.mark.parametrize(
    ("content", "media", "status", "kind"),
    [
        (b'{"id": "urn:x:1", ', "application/json", 400, "InvalidRequest"),
        (b"", "application/json", 400, "InvalidRequest"),
        (b'{"id": "urn:x:1", "type": "T", "a": "\xff"}', "application/json", 400, "InvalidRequest"),
        (b"[" * 10_000 + b"]" * 10_000, "application/json", 400, None),
        (
            b'{"id":"urn:x:1","type":"T","a":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
            "application/json",
            400,
            None,
        ),
        (
            b'{"id":"urn:x:1","type":"T","a":' + b'{"a":' * 500 + b"1" + b"}" * 501,
            "application/json",
            400,
            None,
        ),
        (b'{"id":"urn:x:1","type":"T","a":"\\u0000"}', "application/json", 400, "BadRequestData"),
        (b'{"id":"urn:x:1","type":"T","a":"\\ud800"}', "application/json", 400, "InvalidRequest"),
        (b'{"id":"urn:x:1","type":"T","a":1e999}', "application/json", 400, "InvalidRequest"),
        (b'{"id":"1","type":"T"}', "application/json", 400, "BadRequestData"),
        (b'{"id":"urn:x:1","type":"T","a b":1}', "application/json", 400, "BadRequestData"),
        (
            b'{"id":"urn:x:1","type":"T","a":{"type":"Nope","value":1}}',
            "application/json",
            400,
            "BadRequestData",
        ),
        (b'{"id":"urn:x:1","type":"T","a":"urn:ngsi-ld:null"}', "application/json", 400, "BadRequestData"),
        (
            b'{"id":"urn:x:1","type":"T","@context":"https://x.org/c"}',
            "application/json",
            400,
            "BadRequestData",
        ),
        (
            b'{"id":"urn:x:1","type":"T","@context":"https://x.org/c"}',
            "application/ld+json",
            503,
            "LdContextNotAvailable",
        ),
        (b'{"id":"urn:x:1","type":"T"}', "application/ld+json", 400, "BadRequestData"),
        (b"<x/>", "text/xml", 415, None),
        (b'{"a":"' + b"x" * 300_001 + b'"}', "application/json", 413, None),
    ],
    ids=range(18),
)
async def test_bad_bodies_get_a_problem_document(
    api: httpx.AsyncClient, content: bytes, media: str, status: int, kind: str | None
) -> None:
    answer = await api.post("/entities", content=content, headers={"content-type": media})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["title"] and document["title_vi"]
    if kind:
        assert document["type"] == ERRORS + kind


async def test_core_contexts_of_all_versions_are_known(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    for version in ("", "-v1.3", "-v1.8", "-v1.9"):
        url = f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context{version}.jsonld"
        body = station() | {"@context": [url]}
        answer = await api.post(
            "/entityOperations/upsert",
            content=json.dumps([body]),
            headers={"content-type": "application/ld+json"},
        )
        assert answer.status_code in (201, 204), answer.text
        link = {"link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}
        assert (
            await api.post(f"/entities/{ID}/attrs", json={"x": number(1)}, headers=link)
        ).status_code == 204
    link = {
        "link": '<https://uri.etsi.org/ngsi-ld/v1/other.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    }
    refused = await api.post(f"/entities/{ID}/attrs", json={"x": number(1)}, headers=link)
    assert refused.status_code == 503


async def test_methods_paths_and_parameters_that_are_not_there(api: httpx.AsyncClient) -> None:
    wrong = await api.request("PUT", "/entityOperations/upsert")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert (await api.post("/nothing", json={})).status_code == 404
    assert (await api.post("/entities?unknown=1", json=station())).json()["type"] == ERRORS + "InvalidRequest"
    assert (await api.post("/entityOperations/upsert?options=wrong", json=[station()])).status_code == 400
    assert (await api.patch("/entities/no-uri/attrs", json={"a": number(1)})).status_code == 400

    async def pieces() -> AsyncIterator[bytes]:
        yield b"{}"

    unsized = await api.post("/entities", content=pieces(), headers={"content-type": "application/json"})
    assert unsized.status_code == 411


async def test_places_outside_the_country_are_taken_with_a_warning(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    swapped = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [20.95, 10.5]}}
    answer = await api.post("/entities", json=station(location=swapped))
    assert answer.status_code == 201
    assert "outside" in answer.headers["ngsild-warning"]
    assert (await stored(db, city, ID))["location"] == swapped


async def test_agencies_do_not_write_each_others_entities(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    await api.post("/entities", json=station())
    before = await stored(db, city, ID)
    async with client(city, agency(ORG_B)) as other:
        assert (await other.post("/entities", json=station())).status_code == 409
        for method, path, body in (
            ("PUT", f"/entities/{ID}", station()),
            ("PATCH", f"/entities/{ID}", {"pm25": {"value": 0}}),
            ("DELETE", f"/entities/{ID}", None),
            ("POST", f"/entities/{ID}/attrs", {"x": number(1)}),
            ("PATCH", f"/entities/{ID}/attrs", {"pm25": number(1)}),
            ("PATCH", f"/entities/{ID}/attrs/pm25", {"value": 1}),
            ("PUT", f"/entities/{ID}/attrs/pm25", number(1)),
            ("DELETE", f"/entities/{ID}/attrs/pm25", None),
        ):
            answer = (
                await other.request(method, path, json=body) if body else await other.request(method, path)
            )
            assert answer.status_code == 404, (method, path)
        for operation in ("upsert", "update", "merge"):
            answer = await other.post(f"/entityOperations/{operation}", json=[station(pm25=number(0, T2))])
            assert answer.status_code == 207, operation
            assert answer.json()["success"] == []
        gone = await other.post("/entityOperations/delete", json=[ID])
        assert gone.json()["errors"][0]["error"]["status"] == 404
    assert await stored(db, city, ID) == before
    reader = agency(ORG_A, "entity.read")
    async with client(city, reader) as looking:
        assert (await looking.post("/entities", json=station("urn:x:new"))).status_code == 403
    async with client(city, None) as nobody:
        assert (await nobody.post("/entities", json=station("urn:x:new"))).status_code == 401


async def test_the_origin_comes_from_whoever_creates(city: City, db: Database) -> None:
    key = agency(ORG_B, "entity.write", sector="environment", area_codes=frozenset({"22", "06676"}))
    async with client(city, key) as sensor:
        assert (await sensor.post("/entities", json=station("urn:x:mine"))).status_code == 201
    async with db.transaction() as conn:
        cursor = await conn.execute(
            "SELECT owner_org, area_code, sector, source, simulated, version, loc[0], loc[1]"
            " FROM entity WHERE id = 'urn:x:mine'"
        )
        assert await cursor.fetchone() == (
            ORG_B,
            "22",
            "environment",
            f"account:{ORG_B}",
            False,
            1,
            107.05,
            20.95,
        )


async def test_tenants_are_apart_and_made_only_by_who_may(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    tenant = {"ngsild-tenant": "cam_pha"}
    assert (await api.post("/entities", json=station(), headers=tenant)).status_code == 403
    missing = await api.patch(f"/entities/{ID}/attrs", json={"x": number(1)}, headers=tenant)
    assert (missing.status_code, missing.json()["type"]) == (404, ERRORS + "NonexistentTenant")
    async with client(city, system("administrator")) as administrator:
        made = await administrator.post("/entities", json=station(), headers=tenant)
        assert (made.status_code, made.headers["ngsild-tenant"]) == (201, "cam_pha")
    assert await stored(db, city, ID) is None
    assert await stored(db, city, ID, "cam_pha") == station()


async def test_history_has_a_row_for_each_time_and_none_for_repeats(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    await api.post("/entities", json=station())
    first = await log(db, ID)
    assert [row[0] for row in first] == [1, 2]  # what was observed, then what was not
    for _ in range(2):
        assert (
            await api.post("/entityOperations/upsert?options=update", json=[station()])
        ).status_code == 204
    assert await log(db, ID) == first
    both = station(pm25=number(1.5, T2), count=number(4, T0))
    await api.post("/entityOperations/upsert?options=update", json=[both])
    added = (await log(db, ID))[2:]
    assert sorted((row[1].minute, row[3]) for row in added) == [(0, [4.0]), (20, [1.5])]
    found = await stored(db, city, ID)
    assert (found["pm25"], found["count"]) == (number(1.5, T2), number(3))
    late = station(pm25=number(9.5, T0, unitCode="GQ"), count=number(2, T0))
    result = await city.upsert(agency(ORG_A), [late], origin=_origin())
    assert result.updated == (ID,)
    again = await city.upsert(agency(ORG_A), [late], origin=_origin())
    assert (again.updated, again.unchanged) == ((), (ID,))


async def test_numbers_in_the_log_are_gap_free_and_subscribers_see_each_change_once(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    seen: list[Any] = []
    end = city.subscribe(seen.append)
    before = city.writer.head  # type: ignore[union-attr]
    for place in range(5):
        await api.post("/entities", json=station(f"urn:x:{place}"))
    end()
    async with db.transaction() as conn:
        rows = await (
            await conn.execute("SELECT seq FROM change WHERE seq > %s ORDER BY seq", (before,))
        ).fetchall()
        head = await (await conn.execute("SELECT seq FROM city_head")).fetchone()
    assert [row[0] for row in rows] == list(range(before + 1, before + 11))
    assert head == (before + 10,)
    assert [change.entity.id for group in seen for change in group.changes] == [
        f"urn:x:{p}" for p in range(5)
    ]
    assert seen[-1].seq == before + 10


async def test_events_of_other_rooms_get_their_place_in_the_log(db: Database, city: City) -> None:
    told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def listen(group: Any) -> None:
        for change in group.changes:
            if change.event is not None and not told.done():
                told.set_result(change)

    end = city.subscribe(listen)
    async with db.transaction() as conn:
        await eventlog.append(
            conn, topic="feeds", kind="run-finished", ref="cameras", body={"n": 1}, owner_org=7
        )
    city.nudge()
    change = await asyncio.wait_for(told, 10)
    end()
    assert change.kind == 9
    assert change.event["topic"] == "feeds" and change.event["body"] == {"n": 1}
    async with db.transaction() as conn:
        assert await (await conn.execute("SELECT count(*) FROM event_inbox")).fetchone() == (0,)
        row = await (
            await conn.execute("SELECT kind, eid, j FROM change WHERE seq = %s", (change.seq,))
        ).fetchone()
    assert row is not None and row[:2] == (9, 0) and row[2]["owner_org"] == 7


async def test_placing_fills_the_area_and_nothing_else(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    await api.post("/entities", json=station())
    before = await stored(db, city, ID)
    result = await city.place(system("place"), [(ID, "06676"), ("urn:x:none", "1")])
    assert result.updated == (ID,) and result.failed[0][1] == "urn:x:none"
    async with db.transaction() as conn:
        row = await (
            await conn.execute("SELECT area_code, version FROM entity WHERE id = %s", (ID,))
        ).fetchone()
    assert row == ("06676", 2)
    assert await stored(db, city, ID) == before


def _origin() -> Any:
    return Origin(ORG_A, None, None, "tests")


async def test_a_full_queue_is_refused_with_a_time_to_come_back(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert city.writer is not None
    monkeypatch.setattr(city.writer._queue, "_limit", 3)
    async with client(city, agency(ORG_A)) as api:
        answers = await asyncio.gather(
            *(
                api.post("/entityOperations/create", json=[station(f"urn:x:{n}:{m}") for m in range(3)])
                for n in range(12)
            )
        )
    codes = {answer.status_code for answer in answers}
    assert codes == {201, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    assert msgspec.json.decode(refused.content)["code"] == "write-queue-full"
