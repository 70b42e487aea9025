"""Writing history over NGSI-LD (GS CIM 009, 5.6.11 to 5.6.16), asked as clients ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client, stored

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City

START = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
ALWAYS = "timerel=after&timeAt=1970-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    return FixedClock(START)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(
    db: Database, clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


def at(minute: int) -> str:
    return (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def speed(value: Any, minute: int, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": at(minute), **more}


def vehicle(number: str, *instances: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": f"urn:ngsi-ld:Vehicle:{number}", "type": "Vehicle", "speed": list(instances), **more}


async def made(http: httpx.AsyncClient, body: dict[str, Any], status: int = 201) -> str:
    answer = await http.post("/temporal/entities", json=body)
    assert answer.status_code == status, answer.text
    assert answer.content == b""
    path = f"/temporal/entities/{body['id']}"
    if status == 201:
        assert answer.headers["location"] == "/ngsi-ld/v1" + path.replace("urn:", "urn%3A").replace(
            "ngsi-ld:Vehicle:", "ngsi-ld%3AVehicle%3A"
        )
    return path


async def shown(http: httpx.AsyncClient, path: str, query: str = "", status: int = 200) -> Any:
    answer = await http.get(f"{path}?{query}" if query else path)
    assert answer.status_code == status, answer.text
    return answer.json()


def values(body: dict[str, Any], attr: str = "speed") -> list[Any]:
    return [one.get("value", one.get("object")) for one in body[attr]]


async def kept(db: Database, text: str) -> int:
    """Return how many rows of the log still hold a text or a number anywhere."""
    async with db.transaction() as conn:
        row = await (
            await conn.execute(
                "SELECT count(*) FROM change"
                " WHERE position(%s IN coalesce(v::text, '') || coalesce(j::text, '')) > 0",
                (text,),
            )
        ).fetchone()
    return int(row[0]) if row else -1


async def test_1_1_temporal_entities_post_creates_201_and_appends_204(
    http: httpx.AsyncClient, city: City, db: Database
) -> None:
    body = vehicle(
        "1",
        speed(120, 3),
        speed(80, 5, unitCode="KMH"),
        fuel=[speed(67, 3), speed(40.0, 7, datasetId="urn:x:tank")],
        near={"type": "Relationship", "object": "urn:x:1", "observedAt": at(4)},
    )
    path = await made(http, body)
    found = await shown(http, path)
    assert (values(found), values(found, "fuel"), values(found, "near")) == (
        [120, 80],
        [67, 40.0],
        ["urn:x:1"],
    )
    assert found["speed"][1] | {"instanceId": ""} == speed(80, 5, unitCode="KMH") | {"instanceId": ""}
    assert found["fuel"][1]["datasetId"] == "urn:x:tank"
    # It has a present state too: the newest of each.
    now = await stored(db, city, body["id"])
    assert now["speed"] == speed(80, 5, unitCode="KMH")
    await made(http, vehicle("1", speed(100, 4), type=["Vehicle", "Truck"]), 204)
    found = await shown(http, path)
    assert values(found) == [120, 100, 80]
    assert sorted(found["type"]) == ["Truck", "Vehicle"]
    assert (await stored(db, city, body["id"]))["speed"]["value"] == 80


async def test_1_1_temporal_entities_post_repeated_adds_nothing(
    http: httpx.AsyncClient, db: Database
) -> None:
    body = vehicle("2", speed(1, 1), speed(2, 2), colour=[speed("đỏ", 1)])
    path = await made(http, body)
    async with db.transaction() as conn:
        before = await (await conn.execute("SELECT count(*) FROM change")).fetchone()
    await made(http, body, 204)
    await made(http, vehicle("2", speed(2, 2), speed(3, 3)), 204)
    async with db.transaction() as conn:
        after = await (await conn.execute("SELECT count(*) FROM change")).fetchone()
    assert before is not None
    assert after is not None
    assert after[0] - before[0] == 1
    assert values(await shown(http, path)) == [1, 2, 3]


async def test_1_1_temporal_attrs_post_appends_without_moving_newer_state(
    http: httpx.AsyncClient, city: City, db: Database
) -> None:
    path = await made(http, vehicle("3", speed(50, 10)))
    answer = await http.post(
        f"{path}/attrs", json={"speed": [speed(10, 1), speed(20, 2)], "door": [speed("open", 2)]}
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert values(await shown(http, path)) == [10, 20, 50]
    now = await stored(db, city, "urn:ngsi-ld:Vehicle:3")
    assert (now["speed"]["value"], now["door"]["value"]) == (50, "open")
    await http.post(f"{path}/attrs", json={"speed": [speed(60, 20)]})
    assert (await stored(db, city, "urn:ngsi-ld:Vehicle:3"))["speed"]["value"] == 60
    missing = await http.post(
        "/temporal/entities/urn:ngsi-ld:Vehicle:none/attrs", json={"speed": [speed(1, 1)]}
    )
    assert missing.status_code == 404


async def test_1_1_temporal_entities_delete_forgets_all(
    http: httpx.AsyncClient, city: City, db: Database
) -> None:
    path = await made(http, vehicle("4", speed(4444, 1), plate=[speed("51A-444.44", 1)]))
    assert await kept(db, "51A-444.44") == 1
    answer = await http.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await kept(db, "51A-444.44") == await kept(db, "4444") == 0
    assert await stored(db, city, "urn:ngsi-ld:Vehicle:4") is None  # it lived by its history alone
    await shown(http, path, status=404)
    assert (await http.delete(path)).status_code == 404
    await made(http, vehicle("4", speed(5, 1)))
    assert values(await shown(http, path)) == [5]


async def test_1_1_temporal_entities_delete_leaves_the_present_state_of_what_lives(
    http: httpx.AsyncClient, city: City, db: Database
) -> None:
    body = {"id": "urn:ngsi-ld:Vehicle:5", "type": "Vehicle", "speed": speed(7777, 1)}
    assert (await http.post("/entities", json=body)).status_code == 201
    path = "/temporal/entities/urn:ngsi-ld:Vehicle:5"
    assert (await http.delete(path)).status_code == 204
    assert await kept(db, "7777") == 0
    assert (await stored(db, city, body["id"]))["speed"]["value"] == 7777
    await shown(http, path, status=404)
    patched = await http.patch("/entities/urn:ngsi-ld:Vehicle:5/attrs", json={"speed": speed(8, 2)})
    assert patched.status_code == 204
    assert values(await shown(http, path)) == [8]


async def test_1_1_temporal_attr_delete_by_dataset_and_all(http: httpx.AsyncClient, db: Database) -> None:
    def body(name: str) -> dict[str, Any]:
        return vehicle(
            name,
            speed(1, 1),
            speed(6161, 1, datasetId="urn:x:gps"),
            speed("n/a", 2),
            speed("8282", 2, datasetId="urn:x:gps"),
            fuel=[speed(3, 1)],
        )

    path = await made(http, body("6"))
    assert (await http.delete(f"{path}/attrs/speed")).status_code == 204
    assert values(await shown(http, path)) == [6161, "8282"]
    assert (await http.delete(f"{path}/attrs/speed")).status_code == 404
    gps = f"{path}/attrs/speed?datasetId=urn:x:gps"
    assert (await http.delete(gps)).status_code == 204
    found = await shown(http, path)
    assert "speed" not in found
    assert values(found, "fuel") == [3]
    assert await kept(db, "6161") == await kept(db, "8282") == 0
    path = await made(http, body("7"))
    assert (await http.delete(f"{path}/attrs/speed?deleteAll=True")).status_code == 204
    assert "speed" not in await shown(http, path)
    assert (await http.delete(f"{path}/attrs/speed?deleteAll=true")).status_code == 404
    for wrong in ("speed?deleteAll=perhaps", "speed?datasetId=tank", "invalid(Name", "speed?colour=red"):
        assert (await http.delete(f"{path}/attrs/{wrong}")).status_code == 400, wrong


async def test_1_1_temporal_attrs_instance_patch(http: httpx.AsyncClient, clock: FixedClock) -> None:
    path = await made(http, vehicle("8", speed(120, 3), speed(80, 5), fuel=[speed(67, 3)]))
    before = (await shown(http, path))["speed"][0]["instanceId"]
    clock.advance(timedelta(minutes=5))
    fragment = {"type": "Property", "value": 129, "observedAt": at(3)}
    answer = await http.patch(f"{path}/attrs/speed/{before}", json=fragment)
    assert (answer.status_code, answer.content) == (204, b""), answer.text
    found = await shown(http, path, "options=sysAttrs")
    first = found["speed"][0]
    assert (first["value"], first["instanceId"], values(found, "fuel")) == (129, before, [67])
    assert (first["createdAt"], first["modifiedAt"]) == ("2026-03-16T02:00:00Z", "2026-03-16T02:05:00Z")
    recently = await shown(http, path, "timeproperty=modifiedAt&timerel=after&timeAt=2026-03-16T02:05:00Z")
    assert values(recently) == [129]
    # Another time, another kind, another dataset: the instance keeps its name.
    moved = {"speed": [{"type": "Property", "value": {"km": 1}, "observedAt": at(9), "datasetId": "urn:x:b"}]}
    assert (await http.patch(f"{path}/attrs/speed/{before}", json=moved)).status_code == 204
    found = await shown(http, path)
    assert values(found) == [80, {"km": 1}]
    assert found["speed"][1]["instanceId"] == before
    back = {"type": "Relationship", "object": "urn:x:1"}  # without a time it stays where it is
    assert (await http.patch(f"{path}/attrs/speed/{before}", json=back)).status_code == 204
    found = await shown(http, path)
    assert found["speed"][1] == {
        "type": "Relationship", "object": "urn:x:1", "observedAt": at(9), "instanceId": before,
    }  # fmt: skip
    for wrong in (
        [], {}, {"type": "Property"}, {"fuel": [speed(1, 1)]}, {"speed": [speed(1, 1), speed(2, 2)]},
        {"type": "Property", "value": "urn:ngsi-ld:null"},
        {"type": "Property", "value": 1, "observedAt": "soon"},
    ):  # fmt: skip
        answer = await http.patch(f"{path}/attrs/speed/{before}", json=wrong)
        assert answer.status_code == 400, (wrong, answer.text)
    assert values(await shown(http, path)) == [80, "urn:x:1"]


async def test_1_1_temporal_attrs_instance_delete(http: httpx.AsyncClient, db: Database) -> None:
    path = await made(http, vehicle("9", speed(9191, 3), speed(80, 5), name=[speed("Nguyễn Văn A", 3)]))
    found = await shown(http, path)
    for attr in ("speed", "name"):
        gone = await http.delete(f"{path}/attrs/{attr}/{found[attr][0]['instanceId']}")
        assert (gone.status_code, gone.content) == (204, b"")
    left = await shown(http, path)
    assert values(left) == [80]
    assert "name" not in left
    assert await kept(db, "Nguyễn Văn A") == await kept(db, "9191") == 0
    again = await http.delete(f"{path}/attrs/speed/{found['speed'][0]['instanceId']}")
    assert again.status_code == 404
    for part, status in [
        ("speed/urn:ngsi-ld:Instance:1-1", 404),
        ("speed/urn:ngsi-ld:Instance:x", 404),
        ("speed/nonsense", 400),
        ("invalid(Name/urn:ngsi-ld:Instance:1-1", 400),
        (f"name/{left['speed'][0]['instanceId']}", 404),
    ]:
        for method in ("DELETE", "PATCH"):
            answer = await http.request(
                method,
                f"{path}/attrs/{part}",
                json={"type": "Property", "value": 1} if method == "PATCH" else None,
            )
            assert answer.status_code == status, (method, part, answer.text)


async def test_a_correction_is_told_in_the_log_and_the_audit_without_the_value(
    http: httpx.AsyncClient, db: Database
) -> None:
    path = await made(http, vehicle("10", speed(3131, 3)))
    name = (await shown(http, path))["speed"][0]["instanceId"]
    assert (await http.patch(f"{path}/attrs/speed/{name}", json=speed(2929, 3))).status_code == 204
    assert (await http.delete(f"{path}/attrs/speed/{name}")).status_code == 204
    async with db.transaction() as conn:
        told = await (
            await conn.execute(
                "SELECT body FROM event_inbox WHERE ref = 'urn:ngsi-ld:Vehicle:10' UNION ALL"
                " SELECT j->'body' FROM change WHERE kind = 9 AND j->>'ref' = 'urn:ngsi-ld:Vehicle:10'"
            )
        ).fetchall()
        audit = await (
            await conn.execute(
                "SELECT action, body FROM chain WHERE subject = 'urn:ngsi-ld:Vehicle:10' ORDER BY no"
            )
        ).fetchall()
    assert sorted(body["what"] for (body,) in told) == ["correct", "erase"]
    assert [action for action, _ in audit] == ["history.correct", "history.erase"]
    assert all(name in str(body) and "3131" not in str(body) and "2929" not in str(body) for _, body in audit)
    assert await kept(db, "3131") == await kept(db, "2929") == 0


async def test_two_agencies_never_touch_each_others_history(city: City, http: httpx.AsyncClient) -> None:
    path = await made(http, vehicle("11", speed(1, 1)))
    name = (await shown(http, path))["speed"][0]["instanceId"]
    async with client(city, agency(ORG_B)) as other:
        mine = vehicle("12", speed(5, 1))
        own = await made(other, mine)
        assert (await other.post("/temporal/entities", json=vehicle("11", speed(2, 2)))).status_code == 403
        assert (await other.post(f"{path}/attrs", json={"speed": [speed(2, 2)]})).status_code == 404
        for method, rest in [("GET", ""), ("DELETE", ""), ("DELETE", "/attrs/speed?deleteAll=true")]:
            assert (await other.request(method, path + rest)).status_code == 404
        # By the way of an own entity, with the name of a foreign instance.
        for base in (path, own):
            for method in ("PATCH", "DELETE"):
                answer = await other.request(method, f"{base}/attrs/speed/{name}", json=speed(9, 9))
                assert answer.status_code == 404, answer.text
    reader = agency(ORG_A, "entity.read")
    async with client(city, reader) as looking:
        assert (await looking.delete(path)).status_code == 403
    async with client(city, agency(ORG_A, "entity.read", "entity.write")) as writing:
        assert (await writing.delete(f"{path}/attrs/speed")).status_code == 403
    assert values(await shown(http, path)) == [1]


async def test_1_2_deleted_entities_stay_in_temporal_answers(
    http: httpx.AsyncClient, city: City, clock: FixedClock
) -> None:
    body = {"id": "urn:ngsi-ld:Vehicle:13", "type": "Lorry", "speed": speed(1, 1), "name": speed("x", 1)}
    assert (await http.post("/entities", json=body)).status_code == 201
    clock.advance(timedelta(minutes=1))
    assert (await http.delete("/entities/urn:ngsi-ld:Vehicle:13")).status_code == 204
    path = "/temporal/entities/urn:ngsi-ld:Vehicle:13"
    ended = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    found = await shown(http, path, "options=sysAttrs")
    assert (values(found), found["deletedAt"]) == ([1], ended)
    listed = await shown(http, "/temporal/entities", f"type=Lorry&{ALWAYS}&count=true")
    assert [one["id"] for one in listed] == [body["id"]]
    gone = await shown(http, path, "timeproperty=deletedAt")
    for attr in ("speed", "name"):
        assert [(one["value"], one["deletedAt"]) for one in gone[attr]] == [("urn:ngsi-ld:null", ended)]
    async with client(city, agency(ORG_B)) as other:
        await shown(other, path, status=404)
        assert await shown(other, "/temporal/entities", f"type=Lorry&{ALWAYS}") == []
    # It lives again: its evolution is that of both lives.
    again = body | {"speed": speed(2, 5)}
    assert (await http.post("/entities", json=again)).status_code == 201
    assert values(await shown(http, path)) == [1, 2]
    assert (await http.delete(path)).status_code == 204
    await shown(http, path, status=404)


async def test_1_2_timeproperty_deleted_at(http: httpx.AsyncClient) -> None:
    body = vehicle(
        "14",
        speed(1, 1),
        fuel=[speed(2, 1)],
        parked=[{"type": "Relationship", "object": "urn:x:1", "observedAt": at(1)}],
        name=[{"type": "LanguageProperty", "languageMap": {"vi": "xe"}, "observedAt": at(1)}],
    )
    path = await made(http, body)
    for attr in ("fuel", "parked", "name"):
        assert (await http.delete(f"/entities/{body['id']}/attrs/{attr}")).status_code == 204
    found = await shown(http, path, "timeproperty=deletedAt")
    assert found.keys() == {"id", "type", "fuel", "parked", "name"}
    assert found["fuel"][0]["value"] == found["parked"][0]["object"] == "urn:ngsi-ld:null"
    assert found["parked"][0]["type"] == "Relationship"
    assert found["name"][0]["languageMap"] == {"@none": "urn:ngsi-ld:null"}
    assert all("deletedAt" in found[attr][0] for attr in ("fuel", "parked", "name"))
    short = await shown(http, path, "timeproperty=deletedAt&options=temporalValues")
    assert short["parked"]["objects"][0][0] == "urn:ngsi-ld:null"
    assert short["name"]["languageMaps"][0][0] == {"languageMap": {"@none": "urn:ngsi-ld:null"}}
    assert "fuel" in await shown(http, path)  # what was observed before is still history
    never = "timeproperty=deletedAt&timerel=before&timeAt=2020-01-01T00:00:00Z"
    assert (await shown(http, path, never)).keys() == {"id", "type"}


async def test_deletions_are_legal_temporal_input(http: httpx.AsyncClient) -> None:
    path = await made(http, vehicle("15", speed(1, 1), speed("urn:ngsi-ld:null", 5)))
    found = await shown(http, path)
    assert values(found) == [1, "urn:ngsi-ld:null"]
    assert found["speed"][1]["deletedAt"] == at(5)
    assert "speed" not in (await http.get("/entities/urn:ngsi-ld:Vehicle:15")).json()
    wrong = await http.post(
        "/temporal/entities", json=vehicle("16", speed(1, 1), expiresAt="urn:ngsi-ld:null")
    )
    assert wrong.status_code == 400
    await shown(http, "/temporal/entities/urn:ngsi-ld:Vehicle:16", status=404)


async def test_the_simplified_form_can_be_written_back(http: httpx.AsyncClient) -> None:
    path = await made(http, vehicle("17", speed(1, 1), speed(2, 2)))
    short = await shown(http, path, "options=temporalValues")
    copy = short | {"id": "urn:ngsi-ld:Vehicle:18"}
    answer = await http.post("/temporal/entities", json=copy)
    assert answer.status_code == 201, answer.text
    assert await shown(http, "/temporal/entities/urn:ngsi-ld:Vehicle:18", "options=temporalValues") == copy


@pytest.mark.parametrize(
    "body",
    [
        [], "x", {}, {"id": "urn:x:1"}, {"type": "Vehicle"}, {"id": "nonsense", "type": "Vehicle"},
        vehicle("b", speed(1, 1)) | {"type": 3},
        vehicle("b") | {"speed": 3},
        vehicle("b") | {"speed": [3]},
        vehicle("b") | {"speed": [[1, 2]]},
        vehicle("b") | {"speed": []},
        vehicle("b", {"type": "Property", "observedAt": at(1)}),
        vehicle("b", {"type": "Nonsense", "value": 1}),
        vehicle("b", speed(1, 1) | {"observedAt": "2026-03-01"}),
        vehicle("b", speed(1, 1) | {"observedAt": "2099-03-01T00:00:00Z"}),
        vehicle("b", speed(1, 1) | {"observedAt": None}),
        vehicle("b", speed(1, 1, datasetId="nonsense")),
        vehicle("b") | {"speed": {"type": "Property", "values": [1, 2]}},
        vehicle("b") | {"speed": {"type": "Property", "values": [[1, at(1)]], "unitCode": "KMH"}},
        vehicle("b", scope=[{"type": "Property", "value": 3}]),
        vehicle("b", scope={"type": "Property"}),
        vehicle("b", **{"inva(lid": [speed(1, 1)]}),
        vehicle("b", {"type": "Property", "value": "a\u0000b", "observedAt": at(1)}),
    ],
)  # fmt: skip
async def test_what_is_no_evolution_is_refused(http: httpx.AsyncClient, body: Any) -> None:
    answer = await http.post("/temporal/entities", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"].endswith("/BadRequestData")
    await shown(http, "/temporal/entities/urn:ngsi-ld:Vehicle:b", status=404)


async def test_many_instances_at_once_and_too_many(http: httpx.AsyncClient) -> None:
    path = await made(http, vehicle("19", *(speed(n, n) for n in range(3_000))))
    answer = await http.get(f"{path}?lastN=5")
    assert values(answer.json()) == [2995, 2996, 2997, 2998, 2999]
    flood = vehicle("20", *(speed(n, n) for n in range(10_001)))
    assert (await http.post("/temporal/entities", json=flood)).status_code == 413
    await shown(http, "/temporal/entities/urn:ngsi-ld:Vehicle:20", status=404)
