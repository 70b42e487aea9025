"""Context source registrations: row ``/csourceRegistrations[/{id}]`` of city-core 1.1."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.registrations import service
from haidang.city.registrations.book import book_of, refresh
from haidang.city.service import City
from haidang.organisation.permissions import system

PATH = "/csourceRegistrations"
SYSTEM = system("test")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("city"), notification_allow_hosts=("127.0.0.1:9",))
    city = await City.open(db, settings, SystemClock())
    yield city
    await city.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, SYSTEM) as asker:
        yield asker
        for one in (await asker.get(PATH, params={"limit": 1000})).json():
            assert (await asker.delete(f"{PATH}/{one['id']}")).status_code == 204


def registration(**members: Any) -> dict[str, Any]:
    return {
        "type": "ContextSourceRegistration",
        "information": [
            {
                "entities": [{"type": "Barrier", "id": "urn:ngsi-ld:Barrier:1"}],
                "propertyNames": ["open"],
            }
        ],
        "mode": "exclusive",
        "operations": ["updateOps"],
        "endpoint": "https://agent.example.org",
    } | members


def of(entity: str, *names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"entities": [{"type": "Barrier", "id": entity} | more], "propertyNames": list(names)}]


async def made(http: httpx.AsyncClient, **members: Any) -> str:
    answer = await http.post(PATH, json=registration(**members))
    assert answer.status_code == 201, answer.text
    return unquote(answer.headers["location"].rpartition("/")[2])


async def test_1_1_csource_registrations_post_201_with_location_and_an_empty_body(
    http: httpx.AsyncClient,
) -> None:
    for path in (PATH, PATH + "/"):
        answer = await http.post(path, json=registration(information=of(f"urn:x:{uuid.uuid4()}", "open")))
        assert (answer.status_code, answer.content) == (201, b"")
        location = answer.headers["location"]
        assert location.startswith(
            "/ngsi-ld/v1/csourceRegistrations/urn%3Angsi-ld%3AContextSourceRegistration%3A"
        )
        assert (await http.get(PATH + "/" + location.rpartition("/")[2])).status_code == 200


async def test_1_1_csource_registrations_get_what_was_sent(http: httpx.AsyncClient) -> None:
    sent = registration(
        id="urn:ngsi-ld:ContextSourceRegistration:whole",
        registrationName="Rào chắn cầu Bãi Cháy",
        description="d",
        information=[
            {
                "entities": [{"type": ["Barrier", "Device"], "id": "urn:ngsi-ld:Barrier:whole"}],
                "propertyNames": ["open", "https://example.org/lamp"],
                "relationshipNames": ["operatedBy"],
            },
        ],
        tenant="gates",
        observationInterval={"startAt": "2026-01-01T00:00:00Z"},
        managementInterval={"startAt": "2026-01-01T00:00:00Z", "endAt": "2027-01-01T00:00:00Z"},
        location={"type": "Point", "coordinates": [107.07, 20.95]},
        operationSpace={"type": "Polygon", "coordinates": [[[107, 20], [108, 20], [108, 21], [107, 20]]]},
        expiresAt="2100-01-01T00:00:00Z",
        contextSourceInfo=[{"key": "Authorization", "value": "Bearer hidden"}],
        scope=["/QuangNinh/HaLong"],
        operations=["updateOps", "mergeEntity", "mergeBatch"],
        refreshRate="PT5M",
        management={"localOnly": False, "cacheDuration": "PT1M", "timeout": 500, "cooldown": 30000},
        datasetId=["urn:x:a"],
        hostAlias="agent-1",
        maintainer={"company": "Công ty A"},
    )
    id_ = await made(http, **sent)
    found = (await http.get(f"{PATH}/{id_}")).json()
    assert found == sent | {"timesSent": 0, "timesFailed": 0}
    whole = (await http.get(f"{PATH}/{id_}", params={"options": "sysAttrs"})).json()
    assert {"createdAt", "modifiedAt"} <= whole.keys()
    linked = (await http.get(f"{PATH}/{id_}", headers={"accept": "application/ld+json"})).json()
    assert linked["@context"].startswith("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context")
    # What was read can be sent back.
    assert (await http.patch(f"{PATH}/{id_}", json=found | {"description": "e"})).status_code == 204
    assert (await http.get(f"{PATH}/{id_}")).json()["description"] == "e"


async def test_1_1_csource_registrations_patch_204(http: httpx.AsyncClient) -> None:
    id_ = await made(http, information=of("urn:x:patched", "open"), registrationName="một")
    changed = {
        "information": of("urn:x:patched", "open", "lamp"),
        "registrationName": None,
        "mode": "exclusive",
    }
    answer = await http.patch(f"{PATH}/{id_}", json=changed)
    assert (answer.status_code, answer.content) == (204, b"")
    found = (await http.get(f"{PATH}/{id_}")).json()
    assert found["information"][0]["propertyNames"] == ["open", "lamp"]
    assert "registrationName" not in found
    assert (await http.patch(f"{PATH}/{id_}", json={"id": "urn:x:other"})).status_code == 400
    assert (await http.patch(f"{PATH}/{id_}", json={"information": of("urn:x:patched")})).status_code == 400
    assert (await http.patch(f"{PATH}/urn:x:nobody", json={"description": "x"})).status_code == 404
    # What it gave back another may hold, and what it holds it keeps.
    assert (await http.patch(f"{PATH}/{id_}", json={"information": of("urn:x:patched", "lamp")})).is_success
    await made(http, information=of("urn:x:patched", "open"))
    taken = await http.patch(f"{PATH}/{id_}", json={"information": of("urn:x:patched", "open")})
    assert taken.status_code == 409
    assert (await http.get(f"{PATH}/{id_}")).json()["information"][0]["propertyNames"] == ["lamp"]


async def test_1_1_csource_registrations_delete_204(http: httpx.AsyncClient, city: City) -> None:
    id_ = await made(http, information=of("urn:x:deleted", "open"))
    assert city.exclusives is not None
    answer = await http.delete(f"{PATH}/{id_}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await http.get(f"{PATH}/{id_}")).status_code == 404
    assert (await http.delete(f"{PATH}/{id_}")).status_code == 404
    assert city.exclusives is None


async def test_1_1_csource_registrations_other_verbs_405(http: httpx.AsyncClient) -> None:
    answer = await http.put(PATH, json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    answer = await http.post(f"{PATH}/urn:x:1", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, PATCH")


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"type": "Registration"}, ""),
        ({"information": []}, "information"),
        ({"information": [{}]}, "information"),
        ({"information": [{"propertyNames": ["a"]}]}, "information.entities"),
        ({"information": of("urn:x:1")}, "information.propertyNames"),
        ({"information": [{"entities": [{"type": "T"}], "propertyNames": ["a"]}]}, "information.entities"),
        (
            {"information": [{"entities": [{"type": "T", "idPattern": "a.*"}], "propertyNames": ["a"]}]},
            "information.entities",
        ),
        ({"information": of("no uri", "a")}, "information.entities.id"),
        ({"information": of("urn:x:1", "a b")}, ""),
        (
            {"mode": "inclusive", "information": [{"entities": [{"type": "T", "idPattern": "("}]}]},
            "information.entities.idPattern",
        ),
        ({"information": [{"entities": [{"id": "urn:x:1"}], "propertyNames": ["a"]}]}, ""),
        ({"mode": "sideways"}, ""),
        ({"operations": ["openTheGate"]}, "operations"),
        ({"operations": []}, "operations"),
        ({"endpoint": "mqtt://agent.example.org/x"}, "endpoint"),
        ({"endpoint": "https://u:p@agent.example.org/"}, "endpoint"),
        ({"endpoint": "https://agent.example.org/?a=1"}, "endpoint"),
        ({"endpoint": None}, ""),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"expiresAt": "tomorrow"}, "expiresAt"),
        ({"observationInterval": {"startAt": "x"}}, "observationInterval.startAt"),
        (
            {"managementInterval": {"startAt": "2026-01-02T00:00:00Z", "endAt": "2026-01-01T00:00:00Z"}},
            "managementInterval.endAt",
        ),
        ({"location": {"type": "Circle"}}, "location"),
        ({"location": {"type": "Point", "coordinates": [200, 10]}}, "location"),
        ({"scope": "a b"}, "scope"),
        ({"management": {"timeout": 0}}, "management.timeout"),
        ({"management": {"cooldown": -1}}, "management.cooldown"),
        ({"management": {"cacheDuration": "5 min"}}, "management.cacheDuration"),
        ({"management": {"retries": 3}}, ""),
        ({"refreshRate": "P"}, "refreshRate"),
        ({"hostAlias": "two words"}, "hostAlias"),
        ({"tenant": "a b"}, "tenant"),
        ({"datasetId": ["none"]}, "datasetId"),
        ({"contextSourceInfo": [{"key": "Via", "value": "x"}]}, "contextSourceInfo"),
        ({"contextSourceInfo": [{"key": "A", "value": "\n"}]}, "contextSourceInfo"),
        (
            {"contextSourceInfo": [{"key": "Authorization", "value": "urn:ngsi-ld:request"}]},
            "contextSourceInfo",
        ),
        (
            {"contextSourceInfo": [{"key": "jsonldContext", "value": "no uri"}]},
            "contextSourceInfo.jsonldContext",
        ),
        ({"own": "x" * 20_000}, ""),
        ({"id": "no uri"}, "id"),
    ],
)
async def test_1_1_csource_registrations_meaningless_ones_are_400(
    http: httpx.AsyncClient, members: dict[str, Any], field: str
) -> None:
    answer = await http.post(PATH, json=registration(**members))
    problem = answer.json()
    assert answer.status_code == 400, answer.text
    assert problem["type"].endswith("BadRequestData")
    if field:
        assert [fault["field"] for fault in problem["faults"]] == [field]


async def test_1_1_csource_registrations_media_and_contexts(http: httpx.AsyncClient) -> None:
    body = registration(information=of("urn:x:media", "open"))
    assert (await http.post(PATH, content=b"{}", headers={"content-type": "text/plain"})).status_code == 415
    assert (
        await http.post(PATH, content=b"", headers={"content-type": "application/json"})
    ).status_code == 400
    embedded = body | {"@context": [{"open": "https://example.org/open"}]}
    answer = await http.post(PATH, json=embedded, headers={"content-type": "application/ld+json"})
    assert answer.status_code == 201, answer.text
    id_ = unquote(answer.headers["location"].rpartition("/")[2])
    found = (await http.get(f"{PATH}/{id_}")).json()
    assert found["information"][0]["propertyNames"] == ["https://example.org/open"]
    # The same word in another context is another attribute: no conflict.
    assert (await http.post(PATH, json=body)).status_code == 201


HOSTILE: tuple[Any, ...] = (
    {"information": {"entities": []}},
    {"information": ["x", 1, None]},
    {"information": [{"entities": "x"}]},
    {"information": [{"entities": [{"type": {"a": 1}, "id": "urn:x:1"}], "propertyNames": ["a"]}]},
    {"information": [{"entities": [{"type": [["a"]], "id": "urn:x:1"}], "propertyNames": ["a"]}]},
    {"information": [{"entities": [{"type": "", "id": "urn:x:1"}], "propertyNames": ["a"]}]},
    {"information": [{"entities": [{"type": [], "id": "urn:x:1"}], "propertyNames": ["a"]}]},
    {"information": [{"entities": [None], "propertyNames": [["a"]]}]},
    {"information": [{"entities": [{"type": "T", "id": "urn:x:1"}], "propertyNames": "open"}]},
    {"information": [{"entities": [{"type": "T", "id": "urn:x:1"}], "propertyNames": ["\u0000"]}]},
    {"information": [{"entities": [{"type": "T", "id": "urn:x:\u0000"}], "propertyNames": ["a"]}]},
    {"mode": "inclusive", "information": [{"entities": [{"type": "T", "idPattern": "(a)\\1"}]}]},
    {"endpoint": "http://"},
    {"endpoint": "http://[::1"},
    {"endpoint": "http://a b/"},
    {"endpoint": "http://host:99999/"},
    {"endpoint": 7},
    {"location": []},
    {"location": {"type": ["Point"], "coordinates": [1, 2]}},
    {"location": {"type": "Point", "coordinates": "x"}},
    {"scope": {"a": 1}},
    {"management": []},
    {"management": {"timeout": "soon"}},
    {"management": {"timeout": 1e999}},
    {"contextSourceInfo": {"key": "a"}},
    {"contextSourceInfo": [{"key": 1, "value": 2}]},
    {"operations": "updateOps"},
    {"expiresAt": 5},
    {"a b": 1},
    {"": 1},
)


@pytest.mark.parametrize("members", HOSTILE)
async def test_what_is_of_any_other_form_is_400_on_post_and_patch(
    http: httpx.AsyncClient, members: dict[str, Any]
) -> None:
    id_ = await made(http, id="urn:x:registration:steady")
    body = json.dumps(registration(**members)).encode()
    headers = {"content-type": "application/json"}
    posted = await http.post(PATH, content=body, headers=headers)
    assert posted.status_code == 400, posted.text
    changed = await http.patch(f"{PATH}/{id_}", content=json.dumps(members).encode(), headers=headers)
    assert changed.status_code == 400, changed.text
    found = (await http.get(f"{PATH}/{id_}")).json()
    assert found == registration(id=id_) | {"timesSent": 0, "timesFailed": 0}


async def test_private_endpoints_want_the_operators_consent(http: httpx.AsyncClient) -> None:
    for endpoint in ("http://127.0.0.1:8", "http://localhost/", "http://[::1]/", "http://10.0.0.1/"):
        answer = await http.post(PATH, json=registration(endpoint=endpoint))
        assert answer.json()["code"] == "source-not-allowed", endpoint
    await made(http, endpoint="http://127.0.0.1:9/agent")


async def test_exclusive_registrations_do_not_overlap_409(http: httpx.AsyncClient, city: City) -> None:
    first = await made(http, information=of("urn:x:one", "open", "lamp"))
    again = await http.post(PATH, json=registration(information=of("urn:x:one", "siren", "lamp")))
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "Conflict")
    assert again.json()["registration"] == first
    taken = await http.post(PATH, json=registration(id=first, information=of("urn:x:two", "open")))
    assert taken.json()["type"].endswith("AlreadyExists")
    # Others of the entity, or of another one, or in another mode, are free.
    await made(http, information=of("urn:x:one", "siren"))
    await made(http, information=of("urn:x:two", "lamp"))
    await made(http, mode="inclusive", information=of("urn:x:one", "lamp"))
    # A redirecting one must not name what is held, nor the other way round.
    redirect = registration(
        mode="redirect", information=[{"entities": [{"type": "Barrier", "idPattern": "^urn:x:on"}]}]
    )
    assert (await http.post(PATH, json=redirect)).status_code == 409
    elsewhere = redirect | {"information": [{"entities": [{"type": "Barrier", "idPattern": "^urn:y:"}]}]}
    assert (await http.post(PATH, json=elsewhere)).status_code == 201
    assert (await http.post(PATH, json=registration(information=of("urn:y:1", "open")))).status_code == 409
    other_type = [{"entities": [{"type": "Siren", "id": "urn:y:1"}], "propertyNames": ["open"]}]
    assert (await http.post(PATH, json=registration(information=other_type))).status_code == 201


async def test_what_has_expired_holds_nothing(http: httpx.AsyncClient, city: City, db: Database) -> None:
    old = await made(http, information=of("urn:x:old", "open"), expiresAt="2100-01-01T00:00:00Z")
    async with db.transaction() as conn:
        await conn.execute(
            "UPDATE registration SET expires = '2020-01-01', "
            """body = jsonb_set(body, '{expiresAt}', '"2020-01-01T00:00:00Z"') WHERE id = %s""",
            (old,),
        )
        await conn.execute("UPDATE registration_site SET rev = rev + 1")
    await refresh(city)
    new = await made(http, information=of("urn:x:old", "open"))
    # It keeps its end under other changes, and comes back to life only where nobody else holds the same.
    assert (await http.patch(f"{PATH}/{old}", json={"expiresAt": "2100-01-01T00:00:00Z"})).status_code == 409
    assert (await http.delete(f"{PATH}/{new}")).status_code == 204
    assert (await http.patch(f"{PATH}/{old}", json={"expiresAt": "2100-01-01T00:00:00Z"})).status_code == 204


async def test_1_1_csource_registrations_query(http: httpx.AsyncClient) -> None:
    everything = {
        "one": registration(
            id="urn:r:one",
            information=of("urn:x:a:1", "open"),
            location={"type": "Point", "coordinates": [107.07, 20.95]},
            scope="/QuangNinh/HaLong",
        ),
        "pattern": registration(
            id="urn:r:pattern",
            mode="inclusive",
            information=[{"entities": [{"type": ["Lamp", "Device"], "idPattern": "^urn:x:b:.*"}]}],
            observationInterval={"startAt": "2026-01-01T00:00:00Z", "endAt": "2026-02-01T00:00:00Z"},
        ),
        "attributes": registration(
            id="urn:r:attributes",
            mode="inclusive",
            information=[{"relationshipNames": ["operatedBy"]}],
            operationSpace={"type": "Point", "coordinates": [105.85, 21.03]},
        ),
    }
    for body in everything.values():
        assert (await http.post(PATH, json=body)).status_code == 201

    async def found(**asked: str) -> set[str]:
        answer = await http.get(PATH, params=asked)
        assert answer.status_code == 200, answer.text
        return {one["id"].rpartition(":")[2] for one in answer.json()}

    assert await found() == {"one", "pattern", "attributes"}
    assert await found(id="urn:x:a:1") == {"one", "attributes"}
    assert await found(id="urn:x:b:7,urn:x:c:1") == {"pattern", "attributes"}
    assert await found(idPattern="^urn:x:a") == {"one", "pattern", "attributes"}
    assert await found(idPattern="^urn:z", type="Barrier") == {"attributes"}
    assert await found(type="Barrier") == {"one", "attributes"}
    assert await found(type="Lamp;Device") == {"pattern", "attributes"}
    assert await found(type="Barrier,Lamp") == {"one", "pattern", "attributes"}
    assert await found(attrs="open") == {"one", "pattern"}
    assert await found(attrs="operatedBy,x", type="Barrier") == {"attributes"}
    near = {"georel": "near;maxDistance==2000", "geometry": "Point"}
    assert await found(**near, coordinates="[107.07,20.951]") == {"one"}
    assert await found(**near, coordinates="[105.85,21.03]", geoproperty="operationSpace") == {"attributes"}
    assert await found(timerel="before", timeAt="2026-01-15T00:00:00Z") == {"pattern"}
    assert await found(timerel="after", timeAt="2026-03-01T00:00:00Z") == set()
    assert await found(scopeQ="/QuangNinh/#") == {"one"}
    assert await found(scopeQ="/+/HaLong;/QuangNinh/#,/HaNoi") == {"one"}
    assert await found(scopeQ="/HaNoi/#") == set()
    counted = await http.get(PATH, params={"limit": 1, "count": "true"})
    assert (len(counted.json()), counted.headers["ngsild-results-count"]) == (1, "3")
    assert 'rel="next"' in counted.headers["link"]
    rest = await http.get(PATH, params={"limit": 2, "offset": 1, "options": "count"})
    assert [one["id"] for one in rest.json()] == ["urn:r:pattern", "urn:r:attributes"]
    none = await http.get(PATH, params={"limit": 0, "count": "true"})
    assert (none.json(), none.headers["ngsild-results-count"]) == ([], "3")
    for wrong in (
        {"q": "a==1"},
        {"id": "no uri"},
        {"geoproperty": "place"},
        {"scopeQ": "/a b"},
        {"limit": "0"},
    ):
        assert (await http.get(PATH, params=wrong)).status_code == 400, wrong


async def test_two_agencies_do_not_see_each_others_registrations(http: httpx.AsyncClient, city: City) -> None:
    async with client(city, agency(ORG_A)) as ours, client(city, agency(ORG_B)) as theirs:
        key = [{"key": "Authorization", "value": "Bearer hidden"}]
        mine = await made(ours, information=of("urn:x:ours", "open"), contextSourceInfo=key)
        assert [one["id"] for one in (await ours.get(PATH)).json()] == [mine]
        assert (await theirs.get(PATH)).json() == []
        for answer in (
            await theirs.get(f"{PATH}/{mine}"),
            await theirs.patch(f"{PATH}/{mine}", json={"description": "x"}),
            await theirs.delete(f"{PATH}/{mine}"),
        ):
            assert answer.status_code == 404
        # One namespace of entities: a conflict shows, the other's registration does not.
        taken = await theirs.post(PATH, json=registration(information=of("urn:x:ours", "open")))
        assert taken.status_code == 409
        assert mine not in taken.text
        # Nobody takes over what goes to an entity of the other.
        lamp = {"id": "urn:x:lamp-of-ours", "type": "Lamp", "on": {"type": "Property", "value": True}}
        assert (await ours.post("/entities", json=lamp)).status_code == 201
        stolen = await theirs.post(PATH, json=registration(information=of("urn:x:lamp-of-ours", "on")))
        assert stolen.status_code == 403
        colleague = agency(ORG_A, "registration.read")
        async with client(city, msgspec.structs.replace(colleague, id="account:7")) as reader:
            seen = (await reader.get(f"{PATH}/{mine}")).json()
            assert seen["contextSourceInfo"] == [{"key": "Authorization", "value": "***"}]
            assert (await reader.delete(f"{PATH}/{mine}")).status_code == 403
            assert (await reader.post(PATH, json=registration())).status_code == 403
        items, _ = await service.listed(city, agency(ORG_B), after=0, limit=50)
        assert items == []
        assert (await ours.delete(f"{PATH}/{mine}")).status_code == 204


def held(city: City) -> set[tuple[int, str]]:
    return set(city.exclusives or {})


async def test_a_change_of_another_process_is_learned(
    http: httpx.AsyncClient, city: City, db: Database
) -> None:
    other = await City.open(db, city.settings, SystemClock())
    try:
        await refresh(other)
        assert not held(other)
        await made(http, information=of("urn:x:learned", "open"))
        await refresh(other)
        assert held(other) == {(0, "urn:x:learned")}
        assert book_of(other).alias == book_of(city).alias != ""
    finally:
        await other.close()


async def test_nobody_takes_over_what_a_register_of_the_system_writes(http: httpx.AsyncClient) -> None:
    taken = of("urn:ngsi-ld:Project:DA-2031-000001", "disbursedAmount")
    answer = await http.post(PATH, json=registration(information=taken))
    assert (answer.status_code, answer.json()["code"]) == (403, "entity-projected")
    own = await made(http, information=of("urn:ngsi-ld:Project:other", "disbursedAmount"))
    answer = await http.patch(f"{PATH}/{own}", json={"information": taken})
    assert (answer.status_code, answer.json()["code"]) == (403, "entity-projected")
