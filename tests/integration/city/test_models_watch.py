"""accept, warn and reject, over HTTP against a real database; what is counted, and for whom it is visible."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client, stored

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.forward import Order
from haidang.city.items import Op
from haidang.city.models import service, store
from haidang.city.models.model import Mode
from haidang.city.service import City
from haidang.organisation.permissions import system

NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
T = "2026-03-16T02:10:00Z"
SYSTEM = system("test")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("city"))
    opened = await City.open(db, settings, FixedClock(NOW))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def api(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def clean(city: City) -> AsyncIterator[None]:
    yield
    await city.models.flush()
    async with city.db.transaction() as conn:
        await conn.execute("TRUNCATE model_mode, model_seen, model_violation")
        rows = await (await conn.execute("SELECT id FROM entity WHERE tenant_id = 0")).fetchall()
    for (id_,) in rows:
        await city.delete(SYSTEM, id_)
    await city.models.reload()


async def choose(city: City, type_name: str, mode: Mode) -> None:
    async with city.db.transaction() as conn:
        await store.choose(conn, type_name, store.Chosen(mode, 1, NOW, "test"))
    await city.models.reload()


def prop(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, **more}


def air(id_: str = "urn:x:air:1", **attributes: Any) -> dict[str, Any]:
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.05, 20.95]}}
    return {"id": id_, "type": "AirQualityObserved", "location": place} | attributes


async def violations(city: City, type_name: str = "AirQualityObserved") -> dict[str, tuple[str, int, int]]:
    await city.models.flush()
    async with city.db.transaction() as conn:
        found = await store.violations(conn, "TRUE", {}, type_name)
    return {one["attribute"]: (one["reason"], one["count"], one["refused"]) for one in found}


async def test_warn_stores_counts_and_tells_the_sender(city: City, api: httpx.AsyncClient) -> None:
    wrong = air(pm25=prop("3.7 µg", observedAt=T), relativeHumidity=prop(63, observedAt=T))
    answer = await api.post("/entities", json=wrong)
    assert answer.status_code == 201
    told = answer.headers.get_list("ngsild-warning")
    assert any("pm25: must be a number" in one for one in told)
    assert any("relativeHumidity: lies outside" in one for one in told)
    assert (await stored(city.db, city, "urn:x:air:1"))["pm25"]["value"] == "3.7 µg"
    assert await violations(city) == {"pm25": ("value", 1, 0), "relativeHumidity": ("range", 1, 0)}
    again = await api.post("/entities/urn:x:air:1/attrs", json={"pm25": prop("n/a", observedAt=T)})
    assert again.status_code == 204
    assert "pm25" in again.headers["ngsild-warning"]
    assert (await violations(city))["pm25"] == ("value", 2, 0)


async def test_what_is_in_order_is_not_mentioned(city: City, api: httpx.AsyncClient) -> None:
    fine = air(pm25=prop(35.5, unitCode="GQ", observedAt=T), relativeHumidity=prop(63, unitCode="P1"))
    answer = await api.post("/entityOperations/upsert", json=[fine])
    assert answer.status_code == 201
    assert "ngsild-warning" not in answer.headers
    assert await violations(city) == {}
    async with city.db.transaction() as conn:
        assert await store.seen(conn, "TRUE", {}) == {"AirQualityObserved": (1, 0)}


async def test_accept_looks_at_nothing(city: City, api: httpx.AsyncClient) -> None:
    await choose(city, "AirQualityObserved", Mode.ACCEPT)
    answer = await api.post("/entities", json=air(pm25=prop("x")))
    assert answer.status_code == 201
    assert "ngsild-warning" not in answer.headers
    assert await violations(city) == {}


async def test_reject_refuses_only_that_entity_and_says_why_in_both_languages(
    city: City, api: httpx.AsyncClient
) -> None:
    await choose(city, "AirQualityObserved", Mode.REJECT)
    batch = [
        air("urn:x:air:good", pm25=prop(12.5)),
        air("urn:x:air:bad", pm25=prop("mười hai")),
        {"id": "urn:x:cam:1", "type": "Camera", "on": prop("yes")},
    ]
    answer = await api.post("/entityOperations/upsert", json=batch)
    assert answer.status_code == 207
    body = answer.json()
    assert set(body["success"]) == {"urn:x:air:good", "urn:x:cam:1"}
    (failed,) = body["errors"]
    assert failed["entityId"] == "urn:x:air:bad"
    error = failed["error"]
    assert error["type"].endswith("BadRequestData")
    assert error["code"] == "model-violation"
    assert error["faults"] == [
        {"field": "pm25", "vi": "phải là số", "en": "must be a number", "value": "mười hai"}
    ]
    assert await stored(city.db, city, "urn:x:air:bad") is None
    assert ["on: must be true" in one for one in answer.headers.get_list("ngsild-warning")] == [True]
    assert await violations(city) == {"pm25": ("value", 1, 1)}
    assert await violations(city, "Camera") == {"on": ("value", 1, 0)}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/entities/urn:x:air:1", {"pm25": prop("x")}),
        ("POST", "/entities/urn:x:air:1/attrs", {"pm25": prop("x")}),
        ("PATCH", "/entities/urn:x:air:1/attrs", {"pm25": prop("x")}),
        ("PATCH", "/entities/urn:x:air:1/attrs/pm25", {"value": "x"}),
        ("PUT", "/entities/urn:x:air:1/attrs/pm25", prop("x")),
        ("PUT", "/entities/urn:x:air:1", air(pm25=prop("x"))),
        (
            "PATCH",
            "/entities/urn:x:air:1/attrs",
            {"https://uri.etsi.org/ngsi-ld/default-context/pm25": prop("x")},
        ),
    ],
)
@pytest.mark.parametrize("at_hand", [True, False])
async def test_no_way_of_writing_goes_around_reject(
    city: City, api: httpx.AsyncClient, method: str, path: str, body: Any, at_hand: bool
) -> None:
    assert (await api.post("/entities", json=air(pm25=prop(5)))).status_code == 201
    await choose(city, "AirQualityObserved", Mode.REJECT)
    if not at_hand:
        assert city.writer is not None
        city.writer._states.entities.clear()
    answer = await api.request(method, path, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["faults"][0]["field"] == "pm25"
    assert (await stored(city.db, city, "urn:x:air:1"))["pm25"]["value"] == 5


async def test_names_of_a_context_of_ones_own_are_held_against_the_model(
    city: City, api: httpx.AsyncClient
) -> None:
    await choose(city, "AirQualityObserved", Mode.REJECT)
    smart = "https://smartdatamodels.org/"
    body = {
        "@context": {"Luft": f"{smart}dataModel.Environment/AirQualityObserved", "fein": f"{smart}pm25"},
        "id": "urn:x:luft:1", "type": "Luft", "fein": prop("x"),
    }  # fmt: skip
    answer = await api.post("/entities", json=body, headers={"content-type": "application/ld+json"})
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["faults"]} == {"pm25", "location"}


async def test_a_required_attribute_is_asked_of_whole_entities(city: City, api: httpx.AsyncClient) -> None:
    await choose(city, "AirQualityObserved", Mode.REJECT)
    bare = {"id": "urn:x:air:1", "type": "AirQualityObserved", "pm25": prop(5)}
    refused = await api.post("/entities", json=bare)
    assert [one["field"] for one in refused.json()["faults"]] == ["location"]
    assert (await api.post("/entities", json=air())).status_code == 201
    assert (await api.post("/entities/urn:x:air:1/attrs", json={"pm25": prop(5)})).status_code == 204


async def test_an_unknown_unit_is_stored_and_named_whatever_the_mode(
    city: City, api: httpx.AsyncClient
) -> None:
    await choose(city, "AirQualityObserved", Mode.REJECT)
    answer = await api.post("/entities", json=air(pm25=prop(5, unitCode="µg/m3")))
    assert answer.status_code == 201
    assert "unitCode" in answer.headers["ngsild-warning"]
    assert await violations(city) == {"pm25": ("unit", 1, 0)}
    thing = {"id": "urn:x:thing:1", "type": "Unheard", "a": prop(5, unitCode="km/h")}
    assert "unitCode" in (await api.post("/entities", json=thing)).headers["ngsild-warning"]
    assert await violations(city, "Unheard") == {}


async def test_an_entity_that_cannot_be_read_is_not_counted(city: City, api: httpx.AsyncClient) -> None:
    bad = air("no uri\x00", pm25=prop("x"))
    assert (await api.post("/entityOperations/upsert", json=[bad])).status_code == 207
    assert await violations(city) == {}


async def test_beyond_the_budget_a_sample_is_looked_at_and_then_nobody_looks_for_a_while(
    city: City, api: httpx.AsyncClient
) -> None:
    models = city.models
    models._allowance, models._rate, before = 10.0, 10, (models.looked_at, models.passed_by)
    try:
        bodies = [air(f"urn:x:air:{number}", pm25=prop("x")) for number in range(200)]
        looks = await models.look(0, Order(Op.UPSERT_UPDATE, "", bodies), None, lambda *_: None)
        assert 10 <= len(looks) <= 12
        places = [look.place for look in looks]
        assert max(places) - min(places) > 150  # spread over the batch
        assert models.looked_at - before[0] + models.passed_by - before[1] == 200
        assert not models.watching
        assert models._rest is not None
        models._rest.cancel()  # the test says when the while is over
        answer = await api.post("/entityOperations/upsert", json=bodies[:3])
        assert "ngsild-warning" not in answer.headers
        assert models.looked_at - before[0] + models.passed_by - before[1] == 203
        await choose(city, "AirQualityObserved", Mode.REJECT)
        assert models.watching  # whatever the budget says
        looks = await models.look(0, Order(Op.UPSERT_UPDATE, "", bodies), None, lambda *_: None)
        assert len(looks) == 200
        await choose(city, "AirQualityObserved", Mode.WARN)
        assert not models.watching
        models._resume()
        assert models.watching
    finally:
        models._rate, models._allowance = 500, 500.0
        models._resume()


async def test_violations_belong_to_the_owner_and_nobody_else_sees_them(
    city: City, api: httpx.AsyncClient
) -> None:
    await api.post("/entities", json=air(pm25=prop("x")))
    await city.models.flush()
    ours = await service.one(city, agency(ORG_A), "AirQualityObserved")
    theirs = await service.one(city, agency(ORG_B), "AirQualityObserved")
    assert [one["attribute"] for one in ours["violations"]] == ["pm25"]
    assert (ours["entities"], ours["checked"], ours["faulty"]) == (1, 1, 1)
    assert theirs["violations"] == []
    assert (theirs["entities"], theirs["checked"], theirs["faulty"]) == (0, 0, 0)
    carried = {one["name"]: one["carried"] for one in ours["attributes"]}
    assert carried["pm25"] == carried["location"] == 1
    assert carried["pm10"] == 0


async def test_a_person_s_data_never_become_an_example(city: City, api: httpx.AsyncClient) -> None:
    person = {"id": "urn:x:person:1", "type": "Person", "telephone": prop(912345678)}
    await api.post("/entities", json=person)
    await city.models.flush()
    found = (await service.one(city, agency(ORG_A), "Person"))["violations"]
    assert [(one["attribute"], one["value"]) for one in found] == [("telephone", None)]


async def test_counts_add_up_over_several_writings(city: City, api: httpx.AsyncClient) -> None:
    for number in range(3):
        await api.post("/entityOperations/upsert", json=[air(pm25=prop(f"bad {number}"))])
        await city.models.flush()
    assert await violations(city) == {"pm25": ("value", 3, 0)}
    (one,) = (await service.one(city, agency(ORG_A), "AirQualityObserved"))["violations"]
    assert one["value"] == "bad 2"


async def test_the_conformance_profile_looks_at_nothing(db: Database, tmp_path: Any) -> None:
    quiet = City(db, Settings(data_dir=tmp_path, conformance=True), FixedClock(NOW))
    assert not quiet.models.watching
    loud = City(db, Settings(data_dir=tmp_path), FixedClock(NOW))
    assert loud.models.watching
