"""Parameters of city-core § 1.2 in reading: forms, projection, links, order, pages, preferences."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City

T0, T1 = "2026-03-16T01:00:00Z", "2026-03-16T01:10:00Z"
BUILDING, CITY, COUNTRY, ROOM = (f"urn:ngsi-ld:{name}:1" for name in ("Building", "City", "Country", "Room"))
SECRET = "urn:ngsi-ld:Country:hidden"
EVERY = "urn:ngsi-ld:Every:1"


def prop(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value} | more


def rel(target: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Relationship", "object": target} | more


KINDS: dict[str, Any] = {
    "speed": [prop(55), prop(11, datasetId="urn:ngsi-ld:Dataset:gps")],
    "street": {"type": "LanguageProperty", "languageMap": {"vi": "phố", "en-US": "street"}},
    "ticket": {"type": "JsonProperty", "json": {"id": 1, "value": "Overstay"}},
    "category": {"type": "VocabProperty", "vocab": "nonCommercial"},
    "kinds": {"type": "VocabProperty", "vocab": ["bus", "tram"]},
    "treads": {"type": "ListProperty", "valueList": [1.5, 2]},
    "isParked": rel("urn:ngsi-ld:Lot:1"),
    "route": {
        "type": "ListRelationship",
        "objectList": [{"object": CITY}, {"object": COUNTRY}],
    },
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.0, 20.9]}},
}
ENTITIES = [
    {"id": EVERY, "type": "Every", **KINDS},
    {"id": BUILDING, "type": "Building", "name": prop("Tower"), "sub": prop("x"), "locatedAt": rel(CITY)},
    {"id": CITY, "type": "City", "name": prop("Hạ Long"), "mood": prop("busy"), "isIn": rel(COUNTRY)},
    {"id": COUNTRY, "type": "Country", "name": prop("Việt Nam"), "mood": prop("fine")},
    {"id": ROOM, "type": "Room", "listed": KINDS["route"], "many": rel([CITY, COUNTRY])},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(
    db: Database, clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    async with client(opened, agency(ORG_A)) as http:
        for body in ENTITIES:
            assert (await http.post("/entities", json=body)).status_code == 201
    async with client(opened, agency(ORG_B)) as http:
        hidden = {"id": SECRET, "type": "Country", "mood": prop("secret")}
        assert (await http.post("/entities", json=hidden)).status_code == 201
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


async def get(http: httpx.AsyncClient, path: str, **headers: str) -> Any:
    answer = await http.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- attributes in every representation


async def test_1_2_every_kind_of_attribute_in_every_representation(http: httpx.AsyncClient) -> None:
    normalized = await get(http, f"/entities/{EVERY}")
    assert normalized == {"id": EVERY, "type": "Every", **KINDS}
    concise = await get(http, f"/entities/{EVERY}?format=concise")
    assert concise["street"] == {"languageMap": KINDS["street"]["languageMap"]}
    assert concise["ticket"] == {"json": KINDS["ticket"]["json"]}
    assert concise["category"] == {"vocab": "nonCommercial"}
    assert concise["treads"] == {"valueList": [1.5, 2]}
    assert concise["route"] == {"objectList": KINDS["route"]["objectList"]}
    assert concise["isParked"] == {"object": "urn:ngsi-ld:Lot:1"}
    assert concise["location"] == KINDS["location"]["value"]
    simplified = await get(http, f"/entities/{EVERY}?format=simplified")
    assert simplified == {
        "id": EVERY,
        "type": "Every",
        "speed": {"dataset": {"@none": 55, "urn:ngsi-ld:Dataset:gps": 11}},
        "street": {"languageMap": {"vi": "phố", "en-US": "street"}},
        "ticket": {"json": {"id": 1, "value": "Overstay"}},
        "category": {"vocab": "nonCommercial"},
        "kinds": {"vocab": ["bus", "tram"]},
        "treads": [1.5, 2],
        "isParked": "urn:ngsi-ld:Lot:1",
        "route": [CITY, COUNTRY],
        "location": KINDS["location"]["value"],
    }
    assert await get(http, f"/entities/{EVERY}?options=keyValues") == simplified
    feature = await get(http, f"/entities/{EVERY}?format=simplified", accept="application/geo+json")
    assert feature["type"] == "Feature" and feature["geometry"] == KINDS["location"]["value"]
    assert feature["properties"]["treads"] == [1.5, 2]
    assert "id" not in feature["properties"]


async def test_1_2_format_takes_precedence_over_options(http: httpx.AsyncClient) -> None:
    body = await get(http, f"/entities/{COUNTRY}?options=keyValues&format=normalized")
    assert body["mood"] == prop("fine")
    assert (await http.get(f"/entities/{COUNTRY}?format=sysAttrs")).status_code == 400
    assert (await http.get(f"/entities/{COUNTRY}?options=concise,keyValues")).status_code == 400


@pytest.mark.parametrize(
    ("wish", "tag"), [("en", "en-US"), ("EN-us", "en-US"), ("vi-VN", "vi"), ("fr;q=0.9,vi;q=0.1", "vi")]
)
async def test_1_2_lang_matches_shorter_and_longer_tags(http: httpx.AsyncClient, wish: str, tag: str) -> None:
    street = (await get(http, f"/entities/{EVERY}?lang={wish}"))["street"]
    assert street == {"type": "Property", "value": KINDS["street"]["languageMap"][tag], "lang": tag}


# --- pick and omit


@pytest.mark.parametrize(
    ("rest", "members"),
    [
        ("pick=name", {"name"}),
        ("pick=id|name", {"id", "name"}),
        ("pick=id,type", {"id", "type"}),
        ("omit=name,sub", {"id", "type", "locatedAt"}),
        ("omit=id|type", {"name", "sub", "locatedAt"}),
        ("pick=id,name,sub&omit=sub", {"id", "name"}),
        ("pick=https://uri.etsi.org/ngsi-ld/default-context/name", {"name"}),
    ],
)
async def test_1_2_pick_and_omit_name_members(http: httpx.AsyncClient, rest: str, members: set[str]) -> None:
    assert (await get(http, f"/entities/{BUILDING}?{rest}")).keys() == members


async def test_1_2_pick_looks_into_linked_entities(http: httpx.AsyncClient) -> None:
    pick = "pick=id,locatedAt{id,name|isIn{id,mood}}&joinLevel=2"
    inline = await get(http, f"/entities/{BUILDING}?join=inline&{pick}")
    country = {"id": COUNTRY, "mood": prop("fine")}
    inner = {"id": CITY, "name": prop("Hạ Long"), "isIn": rel(COUNTRY, entity=country)}
    assert inline == {"id": BUILDING, "locatedAt": rel(CITY, entity=inner)}
    flat = await get(http, f"/entities/{BUILDING}?join=flat&{pick}")
    assert flat == [
        {"id": BUILDING, "locatedAt": rel(CITY)},
        {"id": CITY, "name": prop("Hạ Long"), "isIn": rel(COUNTRY)},
        country,
    ]


async def test_1_2_omit_takes_from_linked_entities_only_what_it_names_there(http: httpx.AsyncClient) -> None:
    body = await get(http, f"/entities/{BUILDING}?join=inline&omit=name,locatedAt{{mood,isIn}}")
    linked = {"id": CITY, "type": "City", "name": prop("Hạ Long")}
    assert body == {
        "id": BUILDING,
        "type": "Building",
        "sub": prop("x"),
        "locatedAt": rel(CITY, entity=linked),
    }


@pytest.mark.parametrize(
    "rest",
    ["pick=name||sub", "pick=", "pick=a{b", "pick=locatedAt{name}", "join=inline&pick=locatedAt{isIn{name}}"],
)
async def test_1_2_a_projection_that_is_none_is_refused(http: httpx.AsyncClient, rest: str) -> None:
    answer = await http.get(f"/entities/{BUILDING}?{rest}")
    assert answer.status_code == 400 and answer.json()["type"].endswith("BadRequestData"), answer.text


# --- join


async def test_1_2_join_follows_list_relationships_and_several_objects(http: httpx.AsyncClient) -> None:
    body = await get(http, f"/entities/{ROOM}?join=inline")
    assert [one["id"] for one in body["listed"]["entityList"]] == [CITY, COUNTRY]
    assert [one["id"] for one in body["many"]["entity"]] == [CITY, COUNTRY]
    simplified = await get(http, f"/entities/{ROOM}?join=inline&format=simplified")
    assert [one["id"] for one in simplified["listed"]] == [CITY, COUNTRY]
    flat = await get(http, f"/entities/{ROOM}?join=flat&containedBy={CITY}")
    assert [one["id"] for one in flat] == [ROOM, COUNTRY]


async def test_1_2_join_goes_with_a_query_in_a_body(http: httpx.AsyncClient) -> None:
    question = {"type": "Query", "entities": [{"type": "Building"}], "join": "inline", "joinLevel": 2}
    (body,) = (await http.post("/entityOperations/query", json=question)).json()
    assert body["locatedAt"]["entity"]["isIn"]["entity"]["id"] == COUNTRY
    flat = question | {"join": "flat", "containedBy": [COUNTRY], "pick": ["id", "locatedAt{id,isIn}"]}
    found = (await http.post("/entityOperations/query", json=flat)).json()
    assert [one["id"] for one in found] == [BUILDING, CITY]


async def test_1_2_join_flat_as_geojson_is_one_collection(http: httpx.AsyncClient) -> None:
    body = await get(http, f"/entities/{BUILDING}?join=flat", accept="application/geo+json")
    assert body["type"] == "FeatureCollection"
    assert [one["id"] for one in body["features"]] == [BUILDING, CITY]


# --- q


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ('locatedAt{name}=="Hạ Long"', [BUILDING]),
        ('locatedAt{City:name}=="Hạ Long"', [BUILDING]),
        ('locatedAt{City.name}=="Hạ Long"', [BUILDING]),
        ('locatedAt{Country:name}=="Hạ Long"', []),
        ("locatedAt{mood}", [BUILDING]),
        ('locatedAt{isIn{mood}}=="fine"', [BUILDING]),
        ('locatedAt{isIn{Country:mood}}!="fine"', []),
        ('listed{mood}=="fine"', [ROOM]),
        ('many{mood}=="busy"', [ROOM]),
        ('street=="phố"', [EVERY]),
        ('street[en-US]=="street"', [EVERY]),
        ('street[vi]=="street"', []),
        ('street[*]=="street"', [EVERY]),
        ('street~="^pho"', []),
        ('street~="^ph"', [EVERY]),
        ('category=="nonCommercial"', [EVERY]),
        ('category=="https://uri.etsi.org/ngsi-ld/default-context/nonCommercial"', [EVERY]),
        ('kinds=="tram"', [EVERY]),
        ("treads==2", [EVERY]),
        ("treads==1.5..1.6", [EVERY]),
        (f"route=={CITY}", [EVERY]),
        (f'route=="{COUNTRY}"', [EVERY]),
        ("isParked==urn:ngsi-ld:Lot:1", [EVERY]),
        ('isParked>"urn"', []),
        ('ticket[value]=="Overstay"', [EVERY]),
        ("speed==11", [EVERY]),
        ('speed!~="x"', []),
    ],
)
async def test_1_2_q_by_kind_and_through_links(http: httpx.AsyncClient, q: str, found: list[str]) -> None:
    answer = await http.get("/entities", params={"q": q, "jsonKeys": "ticket"})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()] == found


async def test_1_2_q_through_links_sees_only_what_the_asker_sees(city: City, http: httpx.AsyncClient) -> None:
    spy = {"id": "urn:ngsi-ld:Spy:1", "type": "Spy", "target": rel(SECRET)}
    assert (await http.post("/entities", json=spy)).status_code == 201
    try:
        assert (await get(http, '/entities?q=target{mood}=="secret"')) == []
        async with client(city, agency(ORG_B)) as other:
            assert (await get(other, '/entities?q=target{mood}=="secret"')) == []
    finally:
        await http.delete(f"/entities/{spy['id']}")


async def test_1_2_expand_values_means_terms(http: httpx.AsyncClient) -> None:
    found = await get(http, "/entities?q=category==nonCommercial&expandValues=category")
    assert [one["id"] for one in found] == [EVERY]
    assert (await http.get("/entities?q=category==nonCommercial")).status_code == 400
    body = {"type": "Query", "entities": [{"type": "*"}], "q": "category==other", "expandValues": "category"}
    assert (await http.post("/entityOperations/query", json=body)).json() == []


async def test_1_2_vocab_is_stored_as_iri_and_said_in_the_askers_words(http: httpx.AsyncClient) -> None:
    context = [{"thươngMại": "https://uri.etsi.org/ngsi-ld/default-context/nonCommercial"}]
    question = {"type": "Query", "entities": [{"type": "Every"}], "@context": context}
    answer = await http.post(
        "/entityOperations/query",
        content=json.dumps(question),
        headers={"content-type": "application/ld+json", "accept": "application/ld+json"},
    )
    name = "https://uri.etsi.org/ngsi-ld/default-context/category"
    body = answer.json()[0]
    assert body.get("category", body.get(name))["vocab"] == "thươngMại"


# --- types, scopes


async def test_1_2_type_star_is_every_type(http: httpx.AsyncClient) -> None:
    assert len(await get(http, "/entities?type=*&limit=100")) == len(ENTITIES)


async def test_1_1_type_narrows_a_single_entity(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"/entities/{CITY}?type=City,Country")).status_code == 200
    assert (await http.get(f"/entities/{CITY}?type=Country")).status_code == 404


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ("/A", 1), ("/A/#", 2), ("/A/+", 1), ("/+/B", 1), ("/C;/A", 1), ("/C|/A/B", 2), ("/C,/A/B", 2),
        ("(/C;/A)|/A/B", 2), ("(/C|/A);/A/B", 0), ("/#", 2), ("/D", 0),
    ],
)  # fmt: skip
async def test_1_2_scope_q(http: httpx.AsyncClient, scope: str, count: int) -> None:
    for number, held in enumerate((["/A", "/C"], "/A/B")):
        body = {"id": f"urn:ngsi-ld:Scoped:{number}", "type": "Scoped", "scope": held}
        await http.put(f"/entities/{body['id']}", json=body) if number < 0 else None
        assert (await http.post("/entityOperations/upsert", json=[body])).status_code in (201, 204)
    found = (await http.get("/entities", params={"type": "Scoped", "scopeQ": scope})).json()
    assert len(found) == count
    await http.post("/entityOperations/delete", json=["urn:ngsi-ld:Scoped:0", "urn:ngsi-ld:Scoped:1"])


# --- order


ORDERED = [
    {"rank": prop(5), "place": [8.01, 40.01], "name": prop("An"), "address": prop({"city": "Amsterdam"})},
    {"rank": prop("abc"), "place": [9, 41], "name": prop("Ân"), "address": prop({"city": "Berlin"})},
    {"place": [10, 45], "name": prop("b"), "address": prop({"city": "Zurich"})},
    {"rank": prop(7, observedAt=T0), "place": [10, 46], "name": prop("Áo")},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ordered(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as http:
        for number, one in enumerate(ORDERED):
            body: dict[str, Any] = {"id": f"urn:ngsi-ld:Sorted:{number}", "type": "Sorted"} | one
            point = {"type": "Point", "coordinates": body.pop("place")}
            body["location"] = {"type": "GeoProperty", "value": point}
            assert (await http.post("/entities", json=body)).status_code == 201
        yield http


@pytest.mark.parametrize(
    ("params", "order"),
    [
        ({"orderBy": "rank"}, "0312"),
        ({"orderBy": "rank;desc"}, "1302"),
        ({"orderBy": "name"}, "0312"),
        ({"orderBy": "name", "collation": "und"}, "0312"),
        ({"orderBy": "address[city];desc"}, "2103"),
        ({"orderBy": "rank.observedAt,id;desc"}, "3210"),
        ({"orderBy": "id;desc"}, "3210"),
        ({"orderBy": "type,name;desc"}, "2130"),
        ({"orderBy": "location;dist-asc", "orderFrom": "[8,40]"}, "0123"),
        ({"orderBy": "location;dist-desc", "orderFrom": "[8,40]"}, "3210"),
        (
            {
                "orderBy": "location;dist-asc",
                "orderFrom": "[[10,45.9],[10,50]]",
                "orderGeometry": "LineString",
            },
            "3210",
        ),
    ],
)
async def test_1_2_order_by(ordered: httpx.AsyncClient, params: dict[str, str], order: str) -> None:
    answer = await ordered.get("/entities", params={"type": "Sorted", "format": "simplified"} | params)
    assert answer.status_code == 200, answer.text
    assert "".join(one["id"][-1] for one in answer.json()) == order
    (second, third) = (
        await ordered.get("/entities", params={"type": "Sorted", "limit": "2", "offset": "1"} | params)
    ).json()
    assert second["id"][-1] + third["id"][-1] == order[1:3]


async def test_1_2_order_by_in_a_body(ordered: httpx.AsyncClient) -> None:
    body = {"type": "Query", "entities": [{"type": "Sorted"}], "ordering": {"orderBy": ["name;desc", "id"]}}
    found = (await ordered.post("/entityOperations/query", json=body)).json()
    assert "".join(one["id"][-1] for one in found) == "2130"


@pytest.mark.parametrize(
    "params",
    [
        {"orderBy": "location;dist-asc"},
        {"orderBy": "name;up"},
        {"orderBy": "name", "collation": "!!nope"},
        {"orderBy": ""},
        {"orderFrom": "[8,40]"},
        {"orderBy": "a{b}"},
        {"orderBy": "location;dist-asc", "orderFrom": "[[8,40]]", "orderGeometry": "LineString"},
    ],
)
async def test_1_2_an_order_that_is_none_is_refused(
    ordered: httpx.AsyncClient, params: dict[str, str]
) -> None:
    answer = await ordered.get("/entities", params={"type": "Sorted"} | params)
    assert answer.status_code == 400 and answer.json()["type"].endswith("BadRequestData")


# --- pages


def links(answer: httpx.Response) -> dict[str, str]:
    found = {}
    for part in answer.headers.get("link", "").split(", "):
        target, _, rest = part.partition(">")
        for name in ("next", "prev"):
            if f'rel="{name}"' in rest:
                found[name] = target.strip("<").removeprefix("/ngsi-ld/v1")
    return found


async def test_1_2_links_lead_through_all_pages_and_back(ordered: httpx.AsyncClient) -> None:
    seen, path = [], "/entities?type=Sorted&limit=1"
    pages = []
    while path:
        answer = await ordered.get(path)
        seen += [one["id"][-1] for one in answer.json()]
        pages.append(links(answer))
        path = pages[-1].get("next", "")
    assert seen == ["0", "1", "2", "3"]
    assert "prev" not in pages[0] and "next" not in pages[-1]
    back = []
    path = pages[-1]["prev"]
    while path:
        answer = await ordered.get(path)
        back += [one["id"][-1] for one in answer.json()]
        path = links(answer).get("prev", "")
    assert back == ["2", "1", "0"]


async def test_1_2_a_page_begins_behind_the_last_id_not_behind_so_many_rows(
    ordered: httpx.AsyncClient,
) -> None:
    """Whoever follows links neither skips nor repeats an entity where others come or go."""
    first = await ordered.get("/entities?type=Sorted&limit=2")
    following = links(first)["next"]
    assert parse_qs(urlsplit(following).query)["pageAfter"] == ["urn:ngsi-ld:Sorted:1"]
    early = {"id": "urn:ngsi-ld:Sorted:00", "type": "Sorted"}
    assert (await ordered.post("/entities", json=early)).status_code == 201
    try:
        assert [one["id"][-1] for one in (await ordered.get(following)).json()] == ["2", "3"]
    finally:
        await ordered.delete(f"/entities/{early['id']}")


# --- system attributes


async def test_1_2_sys_attrs_of_entities_attributes_and_sub_attributes(
    city: City, http: httpx.AsyncClient, clock: FixedClock
) -> None:
    started = clock.now()
    id_ = "urn:ngsi-ld:Aged:1"
    heat = prop(1, observedAt=T0, quality=prop(2))
    body = {"id": id_, "type": "Aged", "name": prop("a"), "heat": heat, "still": prop(3)}
    try:
        assert (await http.post("/entities", json=body)).status_code == 201
        made = clock.now().isoformat().replace("+00:00", "Z")
        clock.advance(started + timedelta(minutes=5) - clock.now())
        later = clock.now().isoformat().replace("+00:00", "Z")
        change = {"heat": prop(2, observedAt=T1, quality=prop(2)), "late": prop(4, observedAt=T1)}
        assert (await http.post(f"/entities/{id_}/attrs", json=change)).status_code == 204
        clock.advance(started + timedelta(minutes=9) - clock.now())
        last = clock.now().isoformat().replace("+00:00", "Z")
        assert (await http.patch(f"/entities/{id_}/attrs", json={"name": prop("b")})).status_code == 204
        shown = await get(http, f"/entities/{id_}?options=sysAttrs")
        assert (shown["createdAt"], shown["modifiedAt"]) == (made, last)
        ages = {
            name: (shown[name]["createdAt"], shown[name]["modifiedAt"])
            for name in body
            if name in shown and name not in ("id", "type")
        } | {"late": (shown["late"]["createdAt"], shown["late"]["modifiedAt"])}
        assert ages == {
            "name": (made, last),
            "heat": (made, later),
            "still": (made, made),
            "late": (later, later),
        }
        quality = shown["heat"]["quality"]
        assert (quality["createdAt"], quality["modifiedAt"]) == (made, later)
        concise = await get(http, f"/entities/{id_}?options=sysAttrs&format=concise")
        assert concise["still"] == {"value": 3, "createdAt": made, "modifiedAt": made}
        plain = await get(http, f"/entities/{id_}")
        assert "createdAt" not in json.dumps(plain) and "modifiedAt" not in json.dumps(plain)
        # Telemetry rewrites neither the static row nor the ages in it.
        clock.advance(started + timedelta(minutes=12) - clock.now())
        tick = {
            "id": id_,
            "type": "Aged",
            "heat": prop(9, observedAt="2026-03-16T01:20:00Z", quality=prop(2)),
        }
        assert (await http.post("/entityOperations/update", json=[tick])).status_code == 204
        again = await get(http, f"/entities/{id_}?options=sysAttrs")
        now = clock.now().isoformat().replace("+00:00", "Z")
        assert again["heat"]["modifiedAt"] == now and again["name"]["modifiedAt"] == last
    finally:
        await http.delete(f"/entities/{id_}")
        clock.advance(started - clock.now())


# --- what clients prefer


async def test_1_2_geojson_has_its_context_in_the_body_unless_json_is_preferred(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/entities?type=Every", headers={"accept": "application/geo+json"})
    assert "@context" in answer.json() and "link" not in answer.headers
    plain = await http.get(
        "/entities?type=Every", headers={"accept": "application/geo+json", "prefer": "body=json"}
    )
    assert "@context" not in plain.json()
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in plain.headers["link"]
    assert plain.headers["preference-applied"] == "body=json"


async def test_1_2_an_earlier_version_gets_what_it_knows(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/entities/{EVERY}", headers={"prefer": "ngsi-ld=1.3"})
    assert answer.status_code == 203
    assert answer.headers["preference-applied"] == "ngsi-ld=1.3"
    body = answer.json()
    assert body["ticket"] == prop({"id": 1, "value": "Overstay"})
    assert body["street"] == prop({"vi": "phố", "en-US": "street"})
    assert body["treads"] == prop([1.5, 2])
    assert body["category"] == prop("nonCommercial")
    assert body["route"] == rel([CITY, COUNTRY])
    assert len(body["speed"]) == 2
    oldest = (await http.get(f"/entities/{EVERY}", headers={"prefer": "ngsi-ld=1.0"})).json()
    assert oldest["speed"] == prop(55)
    ours = await http.get(f"/entities/{EVERY}", headers={"prefer": "ngsi-ld=1.9"})
    assert ours.status_code == 200 and ours.headers["preference-applied"] == "ngsi-ld=1.8"
    assert ours.json()["street"] == KINDS["street"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/ld+json, application/json", "application/json"),
        ("application/geo+json, application/json", "application/json"),
        ("application/json;q=0.1, application/ld+json;q=0.9", "application/ld+json"),
        ("application/*;q=0.5, application/geo+json", "application/geo+json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("application/json;q=0, */*", "application/ld+json"),
    ],
)
async def test_1_2_accept_with_weights(http: httpx.AsyncClient, accept: str, media: str) -> None:
    answer = await http.get(f"/entities/{COUNTRY}", headers={"accept": accept})
    assert answer.headers["content-type"] == media


async def test_1_2_nothing_acceptable_is_406_and_names_what_there_is(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/entities/{COUNTRY}", headers={"accept": "text/html"})
    assert answer.status_code == 406 and "application/ld+json" in answer.json()["detail"]
    types = await http.get("/types", headers={"accept": "application/geo+json"})
    assert types.status_code == 406


async def test_1_2_geometry_property_goes_only_with_geojson(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"/entities/{EVERY}?geometryProperty=location")).status_code == 400
    feature = await get(http, f"/entities/{EVERY}?geometryProperty=street", accept="application/geo+json")
    assert feature["geometry"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Query", "entities": [{"id": BUILDING}]},
        {"type": "Query", "entities": [{"type": "Building", "id": "no uri"}]},
        {"type": "Query", "entities": [{"type": "Building", "id": [BUILDING, 5]}]},
        {"type": "Query", "entities": []},
        {"type": "Query", "entities": [{"type": "Building"}], "pick": []},
        {"type": "Query"},
        {"type": "Ask", "entities": [{"type": "Building"}]},
        {"type": "Query", "entities": [{"type": "Building"}], "unknown": 1},
    ],
)
async def test_1_1_a_query_body_that_is_none_is_refused(http: httpx.AsyncClient, body: Any) -> None:
    answer = await http.post("/entityOperations/query", json=body)
    assert answer.status_code == 400 and answer.json()["type"].endswith("BadRequestData"), answer.text


async def test_1_1_ids_take_precedence_over_a_pattern(http: httpx.AsyncClient) -> None:
    selector = {"type": "*", "id": [BUILDING, CITY], "idPattern": "Country"}
    found = (
        await http.post("/entityOperations/query", json={"type": "Query", "entities": [selector]})
    ).json()
    assert [one["id"] for one in found] == [BUILDING, CITY]
