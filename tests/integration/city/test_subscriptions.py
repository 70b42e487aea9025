"""Subscriptions as clients use them: made over NGSI-LD, told of changes over HTTP."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import httpx
import msgspec
import pytest
import pytest_asyncio
from tests.integration.city.receiver import Receiver

from haidang import organisation, pipeline
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.ngsild import app
from haidang.city.service import City
from haidang.city.subscriptions import store
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope, system
from haidang.web.house import House

SYSTEM = system("tests")
ORIGIN = Origin(1, None, None, "test")
STEP = next(step for step in pipeline.STEPS if step.name == "subscriptions")


class Fake:
    """What of the house the pipeline needs."""

    def __init__(self, db: Database, city: City) -> None:
        self.db, self.city, self.clock = db, city, SystemClock()


class Broker:
    """The door, the pipeline and one endpoint."""

    def __init__(self, city: City, receiver: Receiver) -> None:
        self.city = city
        self.receiver = receiver
        self.http = self.client(SYSTEM)

    def client(self, who: Principal) -> httpx.AsyncClient:
        broker = app(self.city, self.city.db, self.city.settings, self.city.clock)

        async def signed_in(scope: Any, receive: Any, send: Any) -> None:
            scope["state"] = {"principal": who}
            await broker(scope, receive, send)

        return httpx.AsyncClient(transport=httpx.ASGITransport(signed_in), base_url="http://x/ngsi-ld/v1")

    async def subscribe(self, who: Principal | None = None, **members: Any) -> str:
        client = self.http if who is None else self.client(who)
        params = {"endpoint": {"uri": self.receiver.uri}} | members.pop("notification", {})
        params["endpoint"] = {"uri": self.receiver.uri} | params["endpoint"]
        body = {"type": "Subscription", "entities": [{"type": "Device"}], "notification": params} | members
        made = await client.post("/subscriptions", json=msgspec.to_builtins(body))
        assert made.status_code == 201, made.text
        assert made.content == b""
        return unquote(made.headers["location"].rsplit("/", 1)[1])

    async def upsert(self, *bodies: dict[str, Any], origin: Origin = ORIGIN) -> None:
        result = await self.city.upsert(SYSTEM, bodies, origin=origin)
        assert not result.failed, result.failed

    async def get(self, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get(f"/subscriptions/{id_}")).json()
        return found

    async def nothing_more(self, count: int) -> None:
        """Write a marker that everybody's last subscription sees, so that no time need be waited."""
        marker = f"urn:ngsi-ld:Marker:{uuid.uuid4().hex}"
        before = len(self.receiver.bodies)
        await self.subscribe(entities=[{"type": "Marker", "id": marker}])
        await self.upsert({"id": marker, "type": "Marker", "x": {"type": "Property", "value": 1}})
        async with asyncio.timeout(15):
            while not any(each["id"] == marker for each in self.receiver.data):
                await self.receiver.came(len(self.receiver.bodies) + 1)
        assert before == count
        self.receiver.bodies[:] = [b for b in self.receiver.bodies if b["data"][0].get("id") != marker]
        assert len(self.receiver.bodies) == count, self.receiver.bodies


@asynccontextmanager
async def opened(db: Database, folder: Path, receiver: Receiver, **changed: Any) -> AsyncIterator[Broker]:
    given: dict[str, Any] = {"data_dir": folder, "notification_allow_hosts": (receiver.host,)}
    settings = Settings(**given | changed)
    await organisation.prepare(db, settings, SystemClock())
    city = await City.open(db, settings, SystemClock())
    try:
        async with pipeline.running(cast(House, Fake(db, city)), [STEP]):
            yield Broker(city, receiver)
    finally:
        await city.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def module_broker(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    receiver = await Receiver().start()
    async with opened(db, tmp_path_factory.mktemp("city"), receiver) as broker:
        yield broker
    await receiver.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def broker(module_broker: Broker) -> AsyncIterator[Broker]:
    module_broker.receiver.bodies.clear()
    module_broker.receiver.headers.clear()
    yield module_broker
    for one in (await module_broker.http.get("/subscriptions?limit=1000")).json():
        assert (await module_broker.http.delete(f"/subscriptions/{one['id']}")).status_code == 204


def device(heat: float, minute: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": more.pop("id", f"urn:ngsi-ld:Device:{uuid.uuid4().hex}"),
        "type": "Device",
        "heat": {"type": "Property", "value": heat, "observedAt": f"2026-03-16T02:{minute:02}:00Z"},
    } | more


async def test_what_was_written_is_read_again(broker: Broker) -> None:
    sent = {
        "id": "urn:ngsi-ld:Subscription:whole",
        "type": "Subscription",
        "subscriptionName": "tất cả",
        "description": "d",
        "entities": [{"type": "Device", "idPattern": "^urn:ngsi-ld:Device:.*"}],
        "watchedAttributes": ["heat"],
        "notificationTrigger": ["entityCreated", "attributeUpdated"],
        "q": "heat>40",
        "geoQ": {"georel": "near;maxDistance==100", "geometry": "Point", "coordinates": [107, 20]},
        "scopeQ": "/a/#",
        "lang": "vi",
        "throttling": 5,
        "expiresAt": "2099-01-01T00:00:00Z",
        "datasetId": ["@none"],
        "jsonldContext": "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld",
        "notification": {
            "attributes": ["heat", "location"],
            "format": "concise",
            "sysAttrs": True,
            "showChanges": True,
            "endpoint": {
                "uri": broker.receiver.uri,
                "accept": "application/ld+json",
                "timeout": 500,
                "cooldown": 100,
                "receiverInfo": [{"key": "Authorization", "value": "Bearer x"}],
            },
        },
    }
    made = await broker.http.post("/subscriptions/", json=sent)
    assert made.status_code == 201
    assert made.headers["location"] == "/ngsi-ld/v1/subscriptions/urn%3Angsi-ld%3ASubscription%3Awhole"
    found = await broker.get(str(sent["id"]))
    assert found.pop("status") == "active"
    assert found.pop("isActive") is True
    params = found["notification"]
    assert (params.pop("timesSent"), params.pop("timesFailed")) == (0, 0)
    assert found == sent
    assert (await broker.http.post("/subscriptions", json=sent)).status_code == 409
    page = await broker.http.get("/subscriptions?limit=1&count=true&options=sysAttrs")
    assert page.headers["ngsild-results-count"] == "1"
    assert "createdAt" in page.json()[0]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"type": "Subscriber"}, "Subscription"),
    ({"entities": None, "watchedAttributes": None}, "entities"),
    ({"entities": []}, "entities"),
    ({"entities": [{"id": "urn:x:1"}]}, "type"),
    ({"entities": [{"type": "Device", "id": "no uri"}]}, "entities.id"),
    ({"entities": [{"type": "Device", "idPattern": "("}]}, "entities.idPattern"),
    ({"timeInterval": 5, "watchedAttributes": ["heat"]}, "timeInterval"),
    ({"timeInterval": 5, "throttling": 5}, "timeInterval"),
    ({"timeInterval": 0}, "timeInterval"),
    ({"throttling": -1}, "throttling"),
    ({"notificationTrigger": ["sometimes"]}, "notificationTrigger"),
    ({"notificationTrigger": []}, "notificationTrigger"),
    ({"expiresAt": "2001-01-01T00:00:00Z"}, "expiresAt"),
    ({"expiresAt": "tomorrow"}, "expiresAt"),
    ({"q": "heat>"}, "q"),
    ({"geoQ": {"georel": "beside", "geometry": "Point", "coordinates": [1, 2]}}, "georel"),
    ({"id": "no uri"}, "id"),
    ({"csf": "x"}, "csf"),
    ({"temporalQ": {}}, "temporalQ"),
    ({"notification": {"endpoint": {"uri": "ftp://x/"}}}, "endpoint.uri"),
    ({"notification": {"endpoint": {"uri": "mqtt://x"}}}, "endpoint.uri"),
    ({"notification": {"endpoint": {"uri": "http://10.0.0.1/x"}}}, "notification_allow_hosts"),
    ({"notification": {"endpoint": {"uri": "http://[::ffff:127.0.0.1]/x"}}}, "notification_allow_hosts"),
    ({"notification": {"endpoint": {"uri": "http://localhost/x"}}}, "notification_allow_hosts"),
    ({"notification": {"endpoint": {"uri": "http://x/", "accept": "text/xml"}}}, "accept"),
    ({"notification": {"endpoint": {"uri": "http://x/", "timeout": 0}}}, "timeout"),
    (
        {"notification": {"endpoint": {"uri": "http://x/", "receiverInfo": [{"key": "Host", "value": "y"}]}}},
        "receiverInfo",
    ),
    (
        {"notification": {"endpoint": {"uri": "http://x/", "receiverInfo": [{"key": "A", "value": "y\n"}]}}},
        "receiverInfo",
    ),
    (
        {
            "notification": {
                "endpoint": {"uri": "mqtt://x/t", "notifierInfo": [{"key": "MQTT-QoS", "value": "3"}]}
            }
        },
        "notifierInfo",
    ),
    (
        {"notification": {"endpoint": {"uri": "http://x/"}, "attributes": ["a"], "pick": ["a"]}},
        "notification.attributes",
    ),
    (
        {"notification": {"endpoint": {"uri": "http://x/"}, "format": "keyValues", "showChanges": True}},
        "showChanges",
    ),
    ({"notification": {}}, "endpoint"),
]


@pytest.mark.parametrize(("members", "named"), WRONG)
async def test_what_is_wrong_is_refused_by_name(broker: Broker, members: dict[str, Any], named: str) -> None:
    body = {
        "type": "Subscription",
        "entities": [{"type": "Device"}],
        "notification": {"endpoint": {"uri": broker.receiver.uri}},
    }
    answer = await broker.http.post("/subscriptions", json=body | members)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/BadRequestData"
    assert named in answer.text


async def test_the_other_exact_errors(broker: Broker) -> None:
    assert (await broker.http.get("/subscriptions/none")).status_code == 400
    assert (await broker.http.get("/subscriptions/urn:x:none")).status_code == 404
    assert (await broker.http.patch("/subscriptions/urn:x:none", json={"q": "a"})).status_code == 404
    assert (await broker.http.delete("/subscriptions/urn:x:none")).status_code == 404
    assert (await broker.http.post("/subscriptions", content=b"{")).status_code == 415
    broken = await broker.http.post(
        "/subscriptions", content=b"{", headers={"content-type": "application/json"}
    )
    assert broken.json()["type"].endswith("InvalidRequest")
    assert (await broker.http.get("/subscriptions?what=1")).status_code == 400
    assert (await broker.http.put("/subscriptions/urn:x:none", json={})).status_code == 405
    missing = await broker.http.get("/subscriptions", headers={"NGSILD-Tenant": "nowhere"})
    assert missing.status_code == 404
    unheard = {
        "type": "Subscription",
        "entities": [{"type": "Device"}],
        "jsonldContext": "https://example.org/unheard.jsonld",
        "notification": {"endpoint": {"uri": broker.receiver.uri}},
    }
    assert (await broker.http.post("/subscriptions", json=unheard)).status_code == 503


async def test_one_write_is_one_notification(broker: Broker) -> None:
    id_ = await broker.subscribe()
    body = device(20, name={"type": "Property", "value": "Trạm"})
    await broker.upsert(body)
    (told,) = await broker.receiver.came(1)
    assert told["type"] == "Notification"
    assert told["subscriptionId"] == id_
    assert told["id"].startswith("urn:ngsi-ld:Notification:")
    assert told["data"] == [body]
    assert broker.receiver.headers[0]["content-type"] == "application/json"
    assert "ngsi-ld-core-context" in broker.receiver.headers[0]["link"]
    await broker.upsert(device(21, 1, id=body["id"]))
    await broker.receiver.came(2)
    assert broker.receiver.data[1]["heat"]["value"] == 21
    assert broker.receiver.data[1]["name"]["value"] == "Trạm"
    await broker.nothing_more(2)
    found = await broker.get(id_)
    assert found["notification"]["timesSent"] == 2
    assert found["notification"]["status"] == "ok"
    assert "lastSuccess" in found["notification"]


async def test_every_value_is_told_in_order_also_those_that_lasted_a_moment(broker: Broker) -> None:
    await broker.subscribe(q="heat>40", watchedAttributes=["heat"])
    body = device(20)
    for minute in range(30):
        await broker.upsert(device(41 + minute if minute % 2 else 10, minute, id=body["id"]))
    await broker.receiver.came(15)
    assert [each["heat"]["value"] for each in broker.receiver.data] == [42 + 2 * n for n in range(15)]
    await broker.nothing_more(15)


async def test_late_observations_tell_nothing(broker: Broker) -> None:
    body = device(20, 30)
    await broker.upsert(body)
    await broker.subscribe()
    await broker.upsert(device(5, 10, id=body["id"]))
    await broker.upsert(device(21, 31, id=body["id"]))
    await broker.receiver.came(1)
    assert broker.receiver.data[0]["heat"]["value"] == 21
    await broker.nothing_more(1)


TRIGGERS = [
    ("entityCreated", ["made"]),
    ("entityUpdated", ["updated", "added", "removed", "deleted"]),
    ("entityDeleted", ["deleted"]),
    ("attributeCreated", ["made", "added"]),
    ("attributeUpdated", ["updated"]),
    ("attributeDeleted", ["removed", "deleted"]),
    (None, ["made", "updated", "added"]),
]


@pytest.mark.parametrize(("trigger", "expected"), TRIGGERS)
async def test_trigger(broker: Broker, trigger: str | None, expected: list[str]) -> None:
    members: dict[str, Any] = {} if trigger is None else {"notificationTrigger": [trigger]}
    await broker.subscribe(**members)
    body = device(1)
    path = f"/entities/{body['id']}"
    await broker.upsert(body)
    await broker.upsert(device(2, 1, id=body["id"]))
    assert (
        await broker.http.post(path + "/attrs", json={"extra": {"type": "Property", "value": 1}})
    ).status_code == 204
    assert (await broker.http.delete(path + "/attrs/extra")).status_code == 204
    assert (await broker.http.delete(path)).status_code == 204
    await broker.receiver.came(len(expected))
    said = []
    for each in broker.receiver.data:
        if "deletedAt" in each:
            said.append("deleted")
        elif each.get("extra", {}).get("value") == "urn:ngsi-ld:null":
            said.append("removed")
        elif "extra" in each:
            said.append("added")
        else:
            said.append("made" if each["heat"]["value"] == 1 else "updated")
    assert said == expected
    await broker.nothing_more(len(expected))


async def test_show_changes_and_system_attributes(broker: Broker) -> None:
    body = device(1)
    await broker.upsert(body)
    await broker.subscribe(
        notificationTrigger=["entityUpdated", "entityDeleted"],
        notification={"showChanges": True, "sysAttrs": True},
    )
    await broker.upsert(device(2, 1, id=body["id"]))
    await broker.http.delete(f"/entities/{body['id']}")
    await broker.receiver.came(2)
    changed, gone = broker.receiver.data
    assert (changed["heat"]["value"], changed["heat"]["previousValue"]) == (2, 1)
    assert {"createdAt", "modifiedAt"} <= set(changed)
    assert "deletedAt" in gone
    assert (gone["heat"]["value"], gone["heat"]["previousValue"]) == ("urn:ngsi-ld:null", 2)


async def test_watched_attributes_geo_scope_and_pattern(broker: Broker) -> None:
    near = {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": [107, 20]}
    here = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107, 20]}}
    there = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106, 20]}}
    await broker.subscribe(
        geoQ=near, scopeQ="/hanoi/#", entities=[{"type": "Device", "idPattern": "^urn:x:good"}]
    )
    good = f"urn:x:good:{uuid.uuid4().hex}"
    scope: dict[str, Any] = {"scope": "/hanoi/a"}
    await broker.upsert(
        device(1, id=good, location=here, **scope),
        device(1, id=f"{good}far", location=there, **scope),
        device(1, id=f"{good}scope", location=here),
        device(1, id=f"urn:x:bad:{uuid.uuid4().hex}", location=here, **scope),
    )
    await broker.receiver.came(1)
    assert [each["id"] for each in broker.receiver.data] == [good]
    await broker.nothing_more(1)
    await broker.subscribe(entities=[{"type": "Device", "id": good}], watchedAttributes=["wind"])
    broker.receiver.bodies.clear()
    wind = {"type": "Property", "value": 3}
    await broker.http.post(f"/entities/{good}/attrs", json={"wind": wind})
    await broker.receiver.came(2)
    await broker.http.patch(f"/entities/{good}/attrs", json={"heat": {"type": "Property", "value": 9}})
    await broker.receiver.came(3)
    await broker.nothing_more(3)


FORMS: list[tuple[dict[str, Any], dict[str, Any], Any]] = [
    ({"format": "keyValues"}, {}, {"heat": 1, "title": {"languageMap": {"vi": "Nóng", "en": "Hot"}}}),
    ({"format": "simplified", "pick": ["heat"]}, {}, {"heat": 1}),
    ({"attributes": ["heat"], "format": "concise"}, {}, None),
    ({"omit": ["title"], "format": "keyValues"}, {}, {"heat": 1}),
    ({"format": "keyValues"}, {"lang": "en"}, {"heat": 1, "title": "Hot"}),
]


@pytest.mark.parametrize(("params", "members", "expected"), FORMS)
async def test_form(broker: Broker, params: dict[str, Any], members: dict[str, Any], expected: Any) -> None:
    await broker.subscribe(notification=params, **members)
    title = {"type": "LanguageProperty", "languageMap": {"vi": "Nóng", "en": "Hot"}}
    body = device(1, title=title)
    await broker.upsert(body)
    await broker.receiver.came(1)
    (found,) = broker.receiver.data
    if expected is None:
        assert found["heat"] == {"value": 1, "observedAt": body["heat"]["observedAt"]}
        assert set(found) == {"id", "type", "heat"}
    else:
        assert {name: value for name, value in found.items() if name not in ("id", "type")} == expected


async def test_media_types_and_headers(broker: Broker) -> None:
    info = [{"key": "X-Secret", "value": "abc"}]
    ld = {"accept": "application/ld+json", "receiverInfo": info}
    await broker.subscribe(notification={"endpoint": ld})
    await broker.subscribe(notification={"endpoint": {"accept": "application/geo+json"}})
    place = {"type": "Point", "coordinates": [107, 20]}
    await broker.upsert(device(1, location={"type": "GeoProperty", "value": place}))
    await broker.receiver.came(2)
    by_media = dict(
        zip((h["content-type"] for h in broker.receiver.headers), broker.receiver.bodies, strict=True)
    )
    assert "@context" in by_media["application/ld+json"]
    feature = by_media["application/geo+json"]["data"]["features"][0]
    assert feature["geometry"] == place
    assert "abc" in [headers.get("x-secret") for headers in broker.receiver.headers]
    broker.receiver.bodies.clear()


async def test_several_instances_by_dataset(broker: Broker) -> None:
    await broker.subscribe(datasetId=["urn:d:1"])
    two = [
        {"type": "Property", "value": 1},
        {"type": "Property", "value": 2, "datasetId": "urn:d:1"},
    ]
    await broker.upsert({"id": "urn:ngsi-ld:Device:two", "type": "Device", "speed": two})
    await broker.receiver.came(1)
    assert broker.receiver.data[0]["speed"] == two[1]


async def test_paused_expired_changed_and_deleted(broker: Broker) -> None:
    id_ = await broker.subscribe(isActive=False)
    assert (await broker.get(id_))["status"] == "paused"
    body = device(1)
    await broker.upsert(body)
    await broker.nothing_more(0)
    assert (await broker.http.patch(f"/subscriptions/{id_}", json={"isActive": True})).status_code == 204
    await broker.upsert(device(2, 1, id=body["id"]))
    await broker.receiver.came(1)
    assert broker.receiver.data[0]["heat"]["value"] == 2  # what happened during the pause stays untold
    change = {"q": "heat>100", "notification": {"format": "keyValues"}}
    assert (await broker.http.patch(f"/subscriptions/{id_}", json=change)).status_code == 204
    await broker.upsert(device(3, 2, id=body["id"]))
    await broker.upsert(device(101, 3, id=body["id"]))
    await broker.receiver.came(2)
    assert broker.receiver.data[1]["heat"] == 101
    gone = {"q": "urn:ngsi-ld:null"}
    assert (await broker.http.patch(f"/subscriptions/{id_}", json=gone)).status_code == 204
    assert "q" not in await broker.get(id_)
    assert (await broker.http.patch(f"/subscriptions/{id_}", json={"throttling": -1})).status_code == 400
    assert (await broker.http.delete(f"/subscriptions/{id_}")).status_code == 204
    await broker.upsert(device(4, 4, id=body["id"]))
    await broker.nothing_more(2)


async def test_throttling_keeps_the_last_value_and_sends_it_at_the_end(broker: Broker) -> None:
    await broker.subscribe(throttling=1)
    body = device(1)
    for minute in range(5):
        await broker.upsert(device(minute, minute, id=body["id"]))
    await broker.receiver.came(2)
    assert [each["heat"]["value"] for each in broker.receiver.data] == [0, 4]
    await broker.nothing_more(2)


async def test_an_interval_tells_of_everything_again_and_again(broker: Broker) -> None:
    kind = f"Kind{uuid.uuid4().hex}"
    await broker.upsert(*(device(n, id=f"urn:x:{kind}:{n}", type=kind) for n in range(3)))
    await broker.subscribe(timeInterval=0.3, entities=[{"type": kind}], q="heat>=1")
    await broker.receiver.came(3)
    assert len(set(broker.receiver.ids)) == len(broker.receiver.ids)
    for told in broker.receiver.bodies:
        assert [each["heat"]["value"] for each in told["data"]] == [1, 2]


async def test_only_what_the_owner_may_see_is_told(broker: Broker) -> None:
    scope = Scope(frozenset(PERMISSIONS), frozenset({1}))
    reader = Principal("system:one", "x", 1, (scope,))
    await broker.subscribe(reader)
    await broker.upsert(device(1), origin=Origin(2, None, None, "test"))
    mine = device(2)
    await broker.upsert(mine)
    await broker.receiver.came(1)
    assert [each["id"] for each in broker.receiver.data] == [mine["id"]]
    await broker.nothing_more(1)


async def test_whoever_has_left_is_told_nothing(broker: Broker) -> None:
    scope = Scope(frozenset(PERMISSIONS))
    await broker.subscribe(Principal("account:999999", "x", 1, (scope,)))
    await broker.upsert(device(1))
    await broker.nothing_more(0)


async def test_subscriptions_of_another_agency_are_not_there(broker: Broker) -> None:
    info = [{"key": "X-Secret", "value": "abc"}]
    id_ = await broker.subscribe(notification={"endpoint": {"receiverInfo": info}})
    stranger = broker.client(Principal("account:5", "x", 5, (Scope(frozenset(PERMISSIONS), frozenset({5})),)))
    assert (await stranger.get(f"/subscriptions/{id_}")).status_code == 404
    assert (await stranger.patch(f"/subscriptions/{id_}", json={"q": "a"})).status_code == 404
    assert (await stranger.delete(f"/subscriptions/{id_}")).status_code == 404
    assert (await stranger.get("/subscriptions")).json() == []
    reader = broker.client(Principal("account:6", "x", 1, (Scope(frozenset(PERMISSIONS)),)))
    shown = (await reader.get(f"/subscriptions/{id_}")).json()
    assert shown["notification"]["endpoint"]["receiverInfo"] == [{"key": "X-Secret", "value": "***"}]


async def test_a_repeated_match_puts_nothing_twice(broker: Broker) -> None:
    letter = store.New("urn:x:n", 0, "http://192.0.2.1/", "urn:x:e", [], "{}")
    id_ = await broker.subscribe(isActive=False)
    async with broker.city.db.transaction() as conn:
        row = await store.get(conn, 0, id_)
        assert row is not None
        for _ in range(2):
            await store.put(conn, [letter._replace(subscription=row.no)], broker.city.clock.now())
        assert len(await store.waiting(conn, letter.queue, 10)) == 1
        await store.delete(conn, row.no)


async def test_a_change_of_the_wrong_form_is_refused_and_changes_nothing(broker: Broker) -> None:
    id_ = await broker.subscribe()
    before = await broker.get(id_)
    for fragment in (
        {"entities": [1]},
        {"entities": [{"id": "urn:x:1"}]},
        {"entities": {"type": "X"}},
        {"watchedAttributes": [1]},
        {"watchedAttributes": "heat"},
        {"notification": None},
        {"notification": {"attributes": [2]}},
        {"geoQ": {"geoproperty": 1}},
        {"id": "urn:x:other"},
        {"what": 1},
    ):
        answer = await broker.http.patch(f"/subscriptions/{id_}", json=fragment)
        assert answer.status_code == 400, (fragment, answer.text)
    assert await broker.get(id_) == before


async def test_names_are_read_and_written_in_the_contexts_of_subscription_and_asker(broker: Broker) -> None:
    context = {"heat": "https://example.org/heat", "Boiler": "https://example.org/Boiler"}
    headers = {"content-type": "application/ld+json"}
    hosted = await broker.http.post("/jsonldContexts", json={"@context": context})
    assert hosted.status_code == 201, hosted.text
    url = broker.city.settings.address + hosted.headers["location"]
    body = {
        "@context": context,
        "type": "Subscription",
        "entities": [{"type": "Boiler"}],
        "watchedAttributes": ["heat"],
        "q": "heat>1",
        "jsonldContext": url,
        "notification": {"attributes": ["heat"], "endpoint": {"uri": broker.receiver.uri}},
    }
    made = await broker.http.post("/subscriptions", content=msgspec.json.encode(body), headers=headers)
    assert made.status_code == 201, made.text
    id_ = unquote(made.headers["location"].rsplit("/", 1)[1])
    assert (await broker.get(id_))["watchedAttributes"] == ["https://example.org/heat"]
    boiler = {"@context": context, "id": f"urn:x:{uuid.uuid4()}", "type": "Boiler"}
    boiler["heat"] = {"type": "Property", "value": 2}
    sent = await broker.http.post("/entities", content=msgspec.json.encode(boiler), headers=headers)
    assert sent.status_code == 201, sent.text
    await broker.receiver.came(1)
    assert broker.receiver.data[0] == {name: boiler[name] for name in ("id", "type", "heat")}
    assert url in broker.receiver.headers[0]["link"]
