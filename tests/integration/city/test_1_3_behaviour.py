"""Behaviour that clients rely on: items of city-core § 1.3 that no other file shows, rows of § 1.1."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.ngsild import ROUTES, app
from haidang.city.service import City
from haidang.organisation.permissions import system

ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
AT = "2026-03-16T01:00:00Z"
ID = "urn:ngsi-ld:Đèn:1"
LD = {"content-type": "application/ld+json", "accept": "application/ld+json"}
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


def prop(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value} | more


def lamp(id_: str = ID, **more: Any) -> dict[str, Any]:
    return {"id": id_, "type": "Lamp", "heat": prop(1, observedAt=AT), "name": prop("a")} | more


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    clock = FixedClock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("city"),
        body_limit_bytes=100_000,
        notification_allow_hosts=("127.0.0.1:9",),
    )
    opened = await City.open(db, settings, clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        assert (await found.post("/entities", json=lamp())).status_code == 201
        yield found
        for one in (await found.get("/subscriptions")).json():
            await found.delete(f"/subscriptions/{one['id']}")
    async with city.db.transaction() as conn:
        ids = await (await conn.execute("SELECT id FROM entity")).fetchall()
    for (id_,) in ids:
        await city.delete(system("tests"), id_)


SUBSCRIPTION = {
    "id": "urn:ngsi-ld:Subscription:1",
    "type": "Subscription",
    "entities": [{"type": "Lamp"}],
    "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}},
}
S = "/subscriptions/urn:ngsi-ld:Subscription:1"
E, NEW = f"/entities/{ID}", "urn:ngsi-ld:Lamp:new"
BATCH = "/entityOperations"
ROWS: list[tuple[str, str, Any, int]] = [
    ("POST", "/entities", lamp(NEW), 201),
    ("GET", "/entities?type=Lamp", None, 200),
    ("DELETE", "/entities?type=Lamp", None, 204),
    ("GET", E, None, 200),
    ("PUT", E, lamp(name=prop("b")), 204),
    ("PATCH", E, {"name": prop("b")}, 204),
    ("DELETE", E, None, 204),
    ("POST", E + "/attrs", {"more": prop(1)}, 204),
    ("POST", E + "/attrs?options=noOverwrite", {"name": prop(1), "more": prop(1)}, 207),
    ("PATCH", E + "/attrs", {"name": prop("b")}, 204),
    ("PATCH", E + "/attrs", {"name": prop("b"), "none": prop(1)}, 207),
    ("PATCH", E + "/attrs/name", {"value": "b"}, 204),
    ("PUT", E + "/attrs/name", prop("b"), 204),
    ("DELETE", E + "/attrs/name", None, 204),
    ("DELETE", E + "/attrs/name?deleteAll=True", None, 204),
    ("GET", E + "/attrs/name/value", None, 200),
    ("PUT", E + "/attrs/name/value", "b", 204),
    ("POST", BATCH + "/create", [lamp(NEW)], 201),
    ("POST", BATCH + "/create", [lamp(NEW), lamp()], 207),
    ("POST", BATCH + "/upsert", [lamp(NEW)], 201),
    ("POST", BATCH + "/upsert?options=update", [lamp()], 204),
    ("POST", BATCH + "/upsert?options=replace", [lamp()], 204),
    ("POST", BATCH + "/update", [lamp()], 204),
    ("POST", BATCH + "/update?options=noOverwrite", [lamp()], 207),
    ("POST", BATCH + "/update", [lamp(NEW)], 207),
    ("POST", BATCH + "/merge", [{"id": ID, "type": "Lamp", "name": prop("c")}], 204),
    ("POST", BATCH + "/delete", [ID], 204),
    ("POST", BATCH + "/delete", [NEW], 207),
    ("POST", BATCH + "/query", {"type": "Query", "entities": [{"type": "Lamp"}]}, 200),
    ("GET", "/types", None, 200),
    ("GET", "/types?details=true", None, 200),
    ("GET", "/types/Lamp", None, 200),
    ("GET", "/attributes", None, 200),
    ("GET", "/attributes?details=True", None, 200),
    ("GET", "/attributes/heat", None, 200),
    ("GET", "/temporal/entities?type=Lamp&timerel=after&timeAt=2026-01-01T00:00:00Z", None, 200),
    ("GET", f"/temporal/entities/{ID}", None, 200),
    ("POST", "/subscriptions", SUBSCRIPTION, 201),
    ("GET", "/subscriptions", None, 200),
    ("GET", S, None, 200),
    ("PATCH", S, {"isActive": False}, 204),
    ("DELETE", S, None, 204),
    ("GET", "/jsonldContexts", None, 200),
    ("GET", "/info/sourceIdentity", None, 200),
]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("method", "path", "body", "status"), ROWS)
async def test_1_1_every_row_answers_with_its_status_in_both_forms_of_its_path(
    http: httpx.AsyncClient, method: str, path: str, body: Any, status: int, slash: str
) -> None:
    """§ 1.1 and § 1.3, 1: nothing is redirected."""
    if S in path:
        assert (await http.post("/subscriptions", json=SUBSCRIPTION)).status_code == 201
    plain, mark, rest = path.partition("?")
    answer = await http.request(method, plain + slash + mark + rest, json=body)
    assert answer.status_code == status, answer.text
    if status == 204:
        assert answer.content == b"" and "content-length" not in answer.headers
    if status == 201 and "entityOperations" not in path:
        assert answer.content == b"" and "location" in answer.headers
    if status == 201 and "entityOperations" in path:
        assert answer.json() == [NEW]
    if status == 207 and "entityOperations" in path:
        assert answer.json().keys() == {"success", "errors"}
        assert answer.json()["errors"][0].keys() == {"entityId", "error"}
    elif status == 207:
        assert answer.json().keys() == {"updated", "notUpdated"}


async def test_1_1_other_verbs_are_405_with_allow(http: httpx.AsyncClient) -> None:
    known: dict[str, set[str]] = {}
    for method, path, _ in ROUTES:
        known.setdefault(path.removeprefix("/ngsi-ld/v1"), set()).add(method)
    for path, methods in known.items():
        if path.startswith("/jsonldContexts/"):
            continue  # the rest of the path is the name of a context
        filled = path.replace("{}", "urn:x:1")
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = await http.request(method, filled)
            assert answer.status_code == 405, f"{method} {filled}"
            assert set(answer.headers["allow"].split(", ")) == methods


async def test_1_3_01_a_body_needs_a_content_length(city: City) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/ngsi-ld/v1/entities", "query_string": b"",
        "headers": [(b"content-type", b"application/json")], "state": {"principal": agency(ORG_A)},
    }  # fmt: skip
    await app(city, city.db, city.settings, city.clock)(scope, receive, send)
    assert sent[0]["status"] == 411


async def test_1_3_02_counts_are_exact_and_limits_never_cut_in_silence(http: httpx.AsyncClient) -> None:
    await http.post(BATCH + "/upsert", json=[lamp(f"urn:ngsi-ld:Lamp:{n:03}") for n in range(120)])
    for rest in ("count=true&limit=0", "count=true", "options=count&limit=1", "count=True&limit=1000"):
        answer = await http.get(f"/entities?type=Lamp&{rest}")
        assert answer.status_code == 200 and answer.headers["ngsild-results-count"] == "121"
    assert (await http.get("/entities?type=Lamp&count=true&limit=0")).json() == []
    everything = await http.get("/entities?type=Lamp&count=true&limit=1000")
    assert len(everything.json()) == 121
    assert (await http.get("/entities?type=Lamp&limit=0")).status_code == 400
    beyond = await http.get("/entities?type=Lamp&limit=1001")
    assert beyond.status_code == 403 and beyond.json()["type"] == ERRORS + "TooManyResults"
    assert "ngsild-results-count" not in (await http.get("/entities?type=Lamp")).headers


async def test_1_3_03_the_id_is_the_last_segment_of_location(http: httpx.AsyncClient) -> None:
    id_ = "urn:ngsi-ld:Lamp:đường/Lê Lợi?#1".replace(" ", "%20")
    made = await http.post("/entities", json=lamp(id_))
    assert made.status_code == 201
    last = made.headers["location"].rsplit("/", 1)[1]
    assert unquote(last) == id_
    assert (await http.get(f"/entities/{last}")).json()["id"] == id_
    assert (await http.delete(f"/entities/{last}")).status_code == 204


async def test_1_3_04_a_batch_in_which_everything_failed_is_207(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        BATCH + "/create", json=[lamp(), {"id": "no uri", "type": "Lamp"}, {"type": "Lamp"}]
    )
    assert answer.status_code == 207
    assert answer.json()["success"] == []
    assert [one["entityId"] for one in answer.json()["errors"]] == [ID, "no uri", ""]
    first = answer.json()["errors"][0]["error"]
    assert (first["type"], first["status"]) == (ERRORS + "AlreadyExists", 409)
    assert (await http.post(BATCH + "/create", json=[])).status_code == 400


async def test_1_3_05_what_is_read_is_what_was_sent(http: httpx.AsyncClient) -> None:
    id_ = "urn:ngsi-ld:Lamp:whole"
    sent = {
        "id": id_,
        "type": ["Lamp", "Device"],
        "scope": "/a/b",
        "whole": prop(5),
        "float": prop(5.0),
        "big": prop(2**70),
        "when": prop("2026-03-16", valueType="Date"),
        "typed": prop({"@type": "DateTime", "@value": "2026-03-16T01:00:00Z"}),
        "late": prop(1, observedAt="2026-03-16T08:00:00.500+07:00"),
        "owner": {"type": "Relationship", "object": "urn:x:1", "objectType": "Org"},
    }
    assert (await http.post("/entities", json=sent)).status_code == 201
    answer = await http.get(f"/entities/{id_}")
    body = answer.json()
    assert body.pop("late") == prop(1, observedAt="2026-03-16T01:00:00.5Z")
    assert sorted(body.pop("type")) == ["Device", "Lamp"]
    assert body == {name: value for name, value in sent.items() if name not in ("late", "type")}
    assert '"float":{"type":"Property","value":5.0}' in answer.text
    ld = (await http.get(f"/entities/{id_}", headers={"accept": "application/ld+json"})).json()
    assert ld["@context"] == CORE


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "InvalidRequest"),
        (b"{", "InvalidRequest"),
        (b'{"id": NaN}', "InvalidRequest"),
        (b"\xff", "InvalidRequest"),
        (b"[]", "BadRequestData"),
        (b'"text"', "BadRequestData"),
        (b"{}", "BadRequestData"),
        (b'{"id":"urn:x:1"}', "BadRequestData"),
        (b'{"id":"no uri","type":"T"}', "BadRequestData"),
        (b'{"id":"urn:x:1","type":"T","a":{"type":"Property"}}', "BadRequestData"),
        (b'{"id":"urn:x:1","type":"T","a":{"type":"Relationship","object":"no uri"}}', "BadRequestData"),
        (b'{"id":"urn:x:1","type":"T","a":null}', "BadRequestData"),
        (
            b'{"id":"urn:x:1","type":"T","a":{"type":"Property","value":1,"observedAt":"today"}}',
            "BadRequestData",
        ),
        (b'{"id":"urn:x:1","type":"T","a":{"type":"Property","value":"\\u0000"}}', "BadRequestData"),
    ],
)
async def test_1_3_06_broken_json_and_meaningless_content_are_told_apart(
    http: httpx.AsyncClient, body: bytes, kind: str
) -> None:
    answer = await http.post("/entities", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400 and answer.json()["type"] == ERRORS + kind, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/entities/no-uri", "BadRequestData"),
        ("GET", "/entities?type=Lamp&unknown=1", "InvalidRequest"),
        ("GET", "/entities?type=Lamp&type=Other", "InvalidRequest"),
        ("GET", "/entities?type=Lamp&csf=a==1", "InvalidRequest"),
        ("GET", "/entities?type=Lamp&splitEntities=true", "InvalidRequest"),
        ("GET", "/entities?type=Lamp&limit=-1", "InvalidRequest"),
        ("GET", "/entities?type=Lamp&count=maybe", "InvalidRequest"),
        ("GET", "/entities?type=Lamp&options=unknown", "InvalidRequest"),
        ("GET", "/entities", "BadRequestData"),
        ("GET", "/entities?id=no-uri&type=Lamp", "BadRequestData"),
        ("GET", "/entities?type=Lamp&q=heat==", "BadRequestData"),
        ("GET", "/entities?type=Lamp&georel=near", "BadRequestData"),
        ("GET", "/entities?type=Lamp&georel=near;maxDistance==5", "BadRequestData"),
        ("GET", "/entities?type=Lamp&join=inline&joinLevel=x", "BadRequestData"),
        ("GET", "/entities?type=Lamp&lang=vi;q=much", "BadRequestData"),
        ("DELETE", f"{E}/attrs/name?deleteAll=maybe", "BadRequestData"),
        ("DELETE", f"{E}/attrs/name?datasetId=no-uri", "BadRequestData"),
        ("GET", "/types/none?unknown=1", "InvalidRequest"),
    ],
)
async def test_1_3_06_parameters_have_their_exact_errors(
    http: httpx.AsyncClient, method: str, path: str, kind: str
) -> None:
    answer = await http.request(method, path)
    assert answer.status_code == 400 and answer.json()["type"] == ERRORS + kind, answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("GET", "/entities/urn:x:none", None, 404, "ResourceNotFound"),
        ("PATCH", "/entities/urn:x:none", {"a": prop(1)}, 404, "ResourceNotFound"),
        ("PATCH", f"{E}/attrs/none", {"value": 1}, 404, "ResourceNotFound"),
        ("DELETE", f"{E}/attrs/none", None, 404, "ResourceNotFound"),
        ("GET", "/types/None", None, 404, "ResourceNotFound"),
        ("GET", "/attributes/none", None, 404, "ResourceNotFound"),
        ("GET", "/nothing", None, 404, "ResourceNotFound"),
        ("POST", "/entities", lamp(), 409, "AlreadyExists"),
        ("GET", "/entities?type=Lamp&limit=100000", None, 403, "TooManyResults"),
        ("GET", "/entities?type=Lamp&q=" + "(" * 20 + "a" + ")" * 20, None, 403, "TooComplexQuery"),
    ],
)
async def test_1_2_every_error_has_its_type(
    http: httpx.AsyncClient, method: str, path: str, body: Any, status: int, kind: str
) -> None:
    answer = await http.request(method, path, json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, ERRORS + kind), answer.text
    assert {"title", "detail"} <= answer.json().keys()


async def test_1_2_bodies_of_other_media_and_sizes_are_refused(http: httpx.AsyncClient) -> None:
    for media in ("text/plain", "application/xml", ""):
        answer = await http.post("/entities", content=b"{}", headers={"content-type": media})
        assert answer.status_code == 415 and "application/ld+json" in answer.headers["accept-patch"]
    merge = {"content-type": "application/merge-patch+json"}
    assert (await http.post("/entities", content=b"{}", headers=merge)).status_code == 415
    patched = await http.patch(E, content=json.dumps({"name": prop("c")}), headers=merge)
    assert patched.status_code == 204
    large = await http.post("/entities", json=lamp(NEW, note=prop("x" * 200_000)))
    assert large.status_code == 413


async def test_1_3_11_tenants_are_made_by_whoever_may_and_foreign_headers_ignored(
    city: City, http: httpx.AsyncClient
) -> None:
    missing = await http.get("/entities?type=Lamp", headers={"NGSILD-Tenant": "other"})
    assert (missing.status_code, missing.json()["type"]) == (404, ERRORS + "NonexistentTenant")
    assert (await http.post("/entities", json=lamp(), headers={"NGSILD-Tenant": "other"})).status_code == 403
    async with client(city, system("administrator")) as root:
        made = await root.post("/entities", json=lamp("urn:x:t"), headers={"NGSILD-Tenant": "other"})
        assert made.status_code == 201 and made.headers["ngsild-tenant"] == "other"
        assert (await root.get("/entities/urn:x:t")).status_code == 404
        await root.delete("/entities/urn:x:t", headers={"NGSILD-Tenant": "other"})
    foreign = {"fiware-service": "elsewhere", "fiware-servicepath": "/x", "NGSILD-Path": "/y"}
    assert (await http.get(E, headers=foreign)).status_code == 200


# --- geographic questions: every relation over every geometry

SQUARE = [[107.0, 20.0], [107.2, 20.0], [107.2, 20.2], [107.0, 20.2], [107.0, 20.0]]
AROUND = [[106.9, 19.9], [107.3, 19.9], [107.3, 20.3], [106.9, 20.3], [106.9, 19.9]]
HALF = [[107.1, 19.9], [107.4, 19.9], [107.4, 20.3], [107.1, 20.3], [107.1, 19.9]]
AWAY = [[100.0, 10.0], [100.1, 10.0], [100.1, 10.1], [100.0, 10.1], [100.0, 10.0]]
THERE = {
    "Point": [107.1, 20.1],
    "MultiPoint": [[107.05, 20.05], [107.15, 20.15]],
    "LineString": [[107.05, 20.05], [107.15, 20.15]],
    "MultiLineString": [[[107.05, 20.05], [107.15, 20.15]], [[107.05, 20.15], [107.15, 20.05]]],
    "Polygon": [SQUARE],
    "MultiPolygon": [[SQUARE]],
}
DISTANT = {
    "Point": AWAY[0], "MultiPoint": AWAY[:2], "LineString": AWAY[:2], "MultiLineString": [AWAY[:2]],
    "Polygon": [AWAY], "MultiPolygon": [[AWAY]],
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shapes(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        bodies = [
            {
                "id": f"urn:ngsi-ld:Shape:{kind}",
                "type": "Shape",
                "location": {"type": "GeoProperty", "value": {"type": kind, "coordinates": coordinates}},
            }
            for kind, coordinates in THERE.items()
        ]
        assert (await found.post(BATCH + "/upsert", json=bodies)).status_code in (201, 204)
        yield found


async def asked(http: httpx.AsyncClient, georel: str, geometry: str, coordinates: Any) -> set[str]:
    params = {"type": "Shape", "georel": georel, "geometry": geometry, "coordinates": json.dumps(coordinates)}
    answer = await http.get("/entities", params=params)
    assert answer.status_code == 200, answer.text
    body = {
        "type": "Query",
        "entities": [{"type": "Shape"}],
        "geoQ": {"georel": georel, "geometry": geometry, "coordinates": coordinates},
    }
    again = await http.post(BATCH + "/query", json=body)
    found = {one["id"].rpartition(":")[2] for one in answer.json()}
    assert {one["id"].rpartition(":")[2] for one in again.json()} == found
    return found


EVERY = set(THERE)
AREAS = {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize("geometry", list(THERE))
async def test_1_2_every_georel_over_every_geometry(shapes: httpx.AsyncClient, geometry: str) -> None:
    if not (await shapes.get("/entities?type=Shape")).json():
        bodies = [
            {
                "id": f"urn:ngsi-ld:Shape:{kind}",
                "type": "Shape",
                "location": {"type": "GeoProperty", "value": {"type": kind, "coordinates": where}},
            }
            for kind, where in THERE.items()
        ]
        await shapes.post(BATCH + "/upsert", json=bodies)
    here, away = THERE[geometry], DISTANT[geometry]
    alike = AREAS if geometry in AREAS else {geometry}
    assert await asked(shapes, "equals", geometry, here) == alike
    assert geometry in await asked(shapes, "intersects", geometry, here)
    assert await asked(shapes, "intersects", geometry, away) == set()
    assert await asked(shapes, "disjoint", geometry, away) == EVERY
    assert geometry not in await asked(shapes, "disjoint", geometry, here)
    assert await asked(shapes, "near;maxDistance==1", geometry, here) >= {geometry}
    assert await asked(shapes, "near;maxDistance==1000", geometry, away) == set()
    assert await asked(shapes, "near;minDistance==1000", geometry, away) == EVERY
    assert await asked(shapes, "contains", geometry, here) >= AREAS
    assert await asked(shapes, "contains", geometry, away) == set()
    assert geometry in await asked(shapes, "within", geometry, here)
    assert await asked(shapes, "within", geometry, away) == set()
    assert await asked(shapes, "overlaps", geometry, here) & {geometry} == set()
    if geometry in AREAS:
        around, half = ([AROUND], [HALF]) if geometry == "Polygon" else ([[AROUND]], [[HALF]])
        assert await asked(shapes, "within", geometry, around) == EVERY
        assert await asked(shapes, "overlaps", geometry, half) == AREAS
        assert await asked(shapes, "contains", geometry, around) == set()


@pytest.mark.parametrize(
    "params",
    [
        {"georel": "near", "geometry": "Point", "coordinates": "[107,20]"},
        {"georel": "near;maxDistance==-1", "geometry": "Point", "coordinates": "[107,20]"},
        {"georel": "beside", "geometry": "Point", "coordinates": "[107,20]"},
        {"georel": "within", "geometry": "GeometryCollection", "coordinates": "[107,20]"},
        {"georel": "within", "geometry": "Point", "coordinates": "[200,20]"},
        {"georel": "within", "geometry": "Point", "coordinates": "107,20"},
        {"georel": "within", "geometry": "Point"},
        {"geometry": "Point", "coordinates": "[107,20]"},
    ],
)
async def test_1_2_a_geographic_question_that_is_none_is_refused(
    http: httpx.AsyncClient, params: dict[str, str]
) -> None:
    answer = await http.get("/entities", params={"type": "Shape"} | params)
    assert answer.status_code == 400 and answer.json()["type"] == ERRORS + "BadRequestData"
