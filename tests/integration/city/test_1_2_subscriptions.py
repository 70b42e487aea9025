"""Members of subscriptions of city-core § 1.2, each in the notifications that come of it."""

# ruff: noqa: F811 - fixtures of another file

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest
from tests.integration.city.test_subscriptions import (  # noqa: F401 - fixtures
    Broker,
    broker,
    device,
    module_broker,
)

from haidang.city.model import Origin
from haidang.organisation.model import Principal
from haidang.organisation.permissions import PERMISSIONS, Scope

NULL = "urn:ngsi-ld:null"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


def fresh(kind: str = "Device") -> str:
    return f"urn:ngsi-ld:{kind}:{uuid.uuid4().hex}"


def prop(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value} | more


async def told(broker: Broker, count: int) -> list[dict[str, Any]]:
    await broker.receiver.came(count)
    return broker.receiver.data


async def ok(answer: Any) -> None:
    assert answer.status_code in (201, 204), answer.text


# --- what a subscription says is kept and shown


async def test_1_2_every_member_is_kept_and_read_again(broker: Broker) -> None:
    sent = {
        "id": fresh("Subscription"),
        "type": "Subscription",
        "subscriptionName": "n",
        "description": "d",
        "entities": [{"type": "Device", "id": ["urn:x:1", "urn:x:2"]}, {"type": "*", "idPattern": "^urn"}],
        "watchedAttributes": ["heat"],
        "notificationTrigger": ["attributeUpdated"],
        "q": "heat>1;mode==auto",
        "expandValues": "mode",
        "jsonKeys": "raw",
        "geoQ": {"georel": "within", "geometry": "Point", "coordinates": [1, 2], "geoproperty": "location"},
        "scopeQ": "/a/#",
        "lang": "vi",
        "isActive": False,
        "expiresAt": "2999-01-01T00:00:00Z",
        "throttling": 1.5,
        "datasetId": ["@none"],
        "jsonldContext": CORE,
        "localOnly": True,
        "ngsildConformance": "1.6",
        "notification": {
            "pick": ["id", "heat", "owner{id,name}"],
            "omit": ["mode"],
            "format": "concise",
            "sysAttrs": True,
            "showChanges": True,
            "join": "inline",
            "joinLevel": 1,
            "endpoint": {
                "uri": broker.receiver.uri,
                "accept": "application/ld+json",
                "timeout": 1000,
                "cooldown": 2000,
                "receiverInfo": [{"key": "X-A", "value": "b"}],
                "notifierInfo": [{"key": "any", "value": "thing"}],
            },
        },
    }
    await ok(await broker.http.post("/subscriptions", json=sent))
    shown = await broker.get(sent["id"])  # type: ignore[arg-type]
    assert shown.pop("status") == "paused"
    assert shown["notification"].pop("timesSent") == shown["notification"].pop("timesFailed") == 0
    assert shown == sent
    made = (await broker.http.get(f"/subscriptions/{sent['id']}?options=sysAttrs")).json()
    assert made["createdAt"] == made["modifiedAt"]
    # What was read can be sent back as it is.
    await ok(await broker.http.patch(f"/subscriptions/{sent['id']}", json=made))


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"notification": {"join": "deep"}}, "join"),
        ({"notification": {"joinLevel": 2}}, "join"),
        ({"notification": {"join": "inline", "joinLevel": 0}}, "joinLevel"),
        ({"notification": {"pick": []}}, "pick"),
        ({"notification": {"pick": ["a{b}"]}}, "pick"),
        ({"notification": {"omit": ["a{"]}}, "pick or omit"),
        ({"ngsildConformance": "2"}, "ngsildConformance"),
        ({"q": "mode==auto"}, "q filter"),
        ({"geoQ": {"georel": "within", "geometry": "LineString", "coordinates": [[1, 2]]}}, "two positions"),
        ({"temporalQ": {}}, "temporalQ"),
    ],
)
async def test_1_2_members_that_are_wrong_are_named(
    broker: Broker,
    members: dict[str, Any],
    named: str,
) -> None:
    params = {"endpoint": {"uri": broker.receiver.uri}} | members.pop("notification", {})
    body = {"type": "Subscription", "entities": [{"type": "Device"}], "notification": params} | members
    answer = await broker.http.post("/subscriptions", json=body)
    assert answer.status_code == 400 and named in answer.text, answer.text


# --- trigger × format


ATTRIBUTE: dict[str, dict[str, Any]] = {
    "normalized": {"there": prop(1), "gone": prop(NULL)},
    "concise": {"there": 1, "gone": NULL},
    "keyValues": {"there": 1, "gone": NULL},
    "simplified": {"there": 1, "gone": NULL},
}


@pytest.mark.parametrize("form", list(ATTRIBUTE))
@pytest.mark.parametrize(
    "trigger",
    [
        "entityCreated",
        "entityUpdated",
        "entityDeleted",
        "attributeCreated",
        "attributeUpdated",
        "attributeDeleted",
    ],
)
async def test_1_2_notification_trigger_in_every_format(
    broker: Broker,
    trigger: str,
    form: str,
) -> None:
    id_ = fresh()
    await ok(await broker.http.post("/entities", json={"id": id_, "type": "Device", "still": prop(0)}))
    await broker.subscribe(
        notificationTrigger=[trigger], notification={"format": form}, entities=[{"type": "Device", "id": id_}]
    )
    path, said = f"/entities/{id_}", ATTRIBUTE[form]
    there: Any = {"id": id_, "type": "Device", "still": said["there"] if form != "normalized" else prop(0)}
    there["still"] = prop(0) if form == "normalized" else 0
    if trigger == "entityCreated":
        await ok(await broker.http.delete(path))
        await ok(await broker.http.post("/entities", json={"id": id_, "type": "Device", "a": prop(1)}))
        expected: Any = {"id": id_, "type": "Device", "a": said["there"]}
    elif trigger in ("attributeCreated", "entityUpdated"):
        await ok(await broker.http.post(path + "/attrs", json={"a": prop(1)}))
        expected = there | {"a": said["there"]}
    elif trigger == "attributeUpdated":
        await ok(await broker.http.patch(path + "/attrs", json={"still": prop(1)}))
        expected = there | {"still": said["there"]}
    elif trigger == "attributeDeleted":
        await ok(await broker.http.delete(path + "/attrs/still"))
        expected = {"id": id_, "type": "Device", "still": said["gone"]}
    else:
        await ok(await broker.http.delete(path))
        expected = {"id": id_, "type": "Device"}
    (found,) = await told(broker, 1)
    assert ("deletedAt" in found) == (trigger == "entityDeleted")
    found.pop("deletedAt", None)
    assert found == expected


KINDS: dict[str, tuple[Any, Any, str, Any]] = {
    "P": (prop(1), prop(2), "value", NULL),
    "R": (
        {"type": "Relationship", "object": "urn:x:1"}, {"type": "Relationship", "object": "urn:x:2"},
        "object", NULL,
    ),
    "G": (
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.0, 20.5]}},
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.0, 20.6]}}, "value", NULL,
    ),
    "L": (
        {"type": "LanguageProperty", "languageMap": {"vi": "a"}},
        {"type": "LanguageProperty", "languageMap": {"vi": "b"}}, "languageMap", {"@none": NULL},
    ),
    "V": (
        {"type": "VocabProperty", "vocab": "monument"}, {"type": "VocabProperty", "vocab": "museum"},
        "vocab", NULL,
    ),
    "J": (
        {"type": "JsonProperty", "json": {"a": 1}}, {"type": "JsonProperty", "json": {"a": 2}}, "json", NULL,
    ),
    "LP": (
        {"type": "ListProperty", "valueList": [1]}, {"type": "ListProperty", "valueList": [2]},
        "valueList", NULL,
    ),
    "LR": (
        {"type": "ListRelationship", "objectList": [{"object": "urn:x:1"}]},
        {"type": "ListRelationship", "objectList": [{"object": "urn:x:2"}]}, "objectList", NULL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(KINDS))
async def test_1_2_show_changes_of_every_kind(broker: Broker, kind: str) -> None:
    old, new, member, null = KINDS[kind]
    previous = f"previous{member[0].upper()}{member[1:]}"
    id_ = fresh()
    await ok(await broker.http.post("/entities", json={"id": id_, "type": "Device", "a": old, "b": prop(0)}))
    await broker.subscribe(
        notificationTrigger=["entityUpdated", "entityDeleted"],
        notification={"showChanges": True},
        entities=[{"type": "Device", "id": id_}],
    )
    await ok(await broker.http.post(f"/entities/{id_}/attrs", json={"a": new}))
    (changed,) = await told(broker, 1)
    assert changed["a"] == new | {previous: old[member]}
    assert changed["b"] == prop(0)
    await ok(await broker.http.delete(f"/entities/{id_}/attrs/a"))
    gone = (await told(broker, 2))[1]
    assert gone["a"] == {"type": new["type"], member: null, previous: new[member]}
    await ok(await broker.http.delete(f"/entities/{id_}"))
    ended = (await told(broker, 3))[2]
    assert ended["b"] == prop(NULL, previousValue=0) and "deletedAt" in ended


async def test_1_3_08_a_deleted_instance_is_told_beside_the_others(broker: Broker) -> None:
    id_ = fresh()
    names = [prop("Tower"), prop("Turm", datasetId="urn:d:de"), prop("Tour", datasetId="urn:d:fr")]
    await ok(await broker.http.post("/entities", json={"id": id_, "type": "Device", "name": names}))
    entities = [{"type": "Device", "id": id_}]
    await broker.subscribe(notificationTrigger=["attributeDeleted"], entities=entities)
    await broker.subscribe(
        notificationTrigger=["attributeDeleted"], notification={"format": "keyValues"}, entities=entities
    )
    await ok(await broker.http.delete(f"/entities/{id_}/attrs/name?datasetId=urn:d:fr"))
    found = sorted((each["name"] for each in await told(broker, 2)), key=str)
    assert found[0] == [names[0], names[1], prop(NULL, datasetId="urn:d:fr")]
    assert found[1] == {"dataset": {"@none": "Tower", "urn:d:de": "Turm", "urn:d:fr": NULL}}


async def test_1_3_08_an_attribute_that_goes_with_its_entity_is_told(broker: Broker) -> None:
    id_ = fresh()
    body = {"id": id_, "type": "Device", "name": prop("a"), "other": prop(1)}
    await ok(await broker.http.post("/entities", json=body))
    entities = [{"type": "Device", "id": id_}]
    await broker.subscribe(
        notificationTrigger=["attributeDeleted"], watchedAttributes=["name"], entities=entities
    )
    await broker.subscribe(
        notificationTrigger=["attributeDeleted"], watchedAttributes=["missing"], entities=entities
    )
    await ok(await broker.http.delete(f"/entities/{id_}"))
    (found,) = await told(broker, 1)
    assert found.pop("deletedAt")
    assert found == {"id": id_, "type": "Device", "name": prop(NULL)}
    await broker.nothing_more(1)


async def test_1_2_sys_attrs_stand_on_entities_and_attributes(broker: Broker) -> None:
    id_ = fresh()
    await ok(
        await broker.http.post("/entities", json={"id": id_, "type": "Device", "a": prop(1), "b": prop(1)})
    )
    await broker.subscribe(
        notificationTrigger=["attributeUpdated", "attributeDeleted"],
        notification={"sysAttrs": True},
        entities=[{"type": "Device", "id": id_}],
    )
    await ok(await broker.http.patch(f"/entities/{id_}/attrs", json={"a": prop(2)}))
    (found,) = await told(broker, 1)
    assert found["a"]["createdAt"] == found["b"]["modifiedAt"] == found["createdAt"]
    assert found["a"]["modifiedAt"] == found["modifiedAt"] >= found["createdAt"]
    await ok(await broker.http.delete(f"/entities/{id_}/attrs/a"))
    gone = (await told(broker, 2))[1]["a"]
    assert gone["value"] == NULL and {"createdAt", "modifiedAt", "deletedAt"} <= gone.keys()


# --- join


async def linked(broker: Broker) -> tuple[str, str, str]:
    tower, city, country = fresh("Tower"), fresh("City"), fresh("Country")
    await broker.upsert(
        {"id": country, "type": "Country", "mood": prop("fine")},
        {
            "id": city,
            "type": "City",
            "name": prop("Huế"),
            "isIn": {"type": "Relationship", "object": country},
        },
    )
    return tower, city, country


@pytest.mark.parametrize("form", ["normalized", "simplified"])
async def test_1_2_join_brings_linked_entities_along(broker: Broker, form: str) -> None:
    tower, city, country = await linked(broker)
    entities = [{"type": "Tower", "id": tower}]
    base = {"format": form, "joinLevel": 2}
    await broker.subscribe(entities=entities, notification=base | {"join": "inline"})
    await broker.upsert({"id": tower, "type": "Tower", "at": {"type": "Relationship", "object": city}})
    (inline,) = await told(broker, 1)
    inner = inline["at"]["entity"] if form == "normalized" else inline["at"]
    assert (inner["id"], inner["name"]) == (city, prop("Huế") if form == "normalized" else "Huế")
    deepest = inner["isIn"]["entity"] if form == "normalized" else inner["isIn"]
    assert deepest["id"] == country
    broker.receiver.bodies.clear()
    await broker.subscribe(
        entities=[{"type": "Tower", "id": tower + "f"}],
        notification=base | {"join": "flat", "pick": ["id", "at{id|isIn}"]},
    )
    await broker.upsert({"id": tower + "f", "type": "Tower", "at": {"type": "Relationship", "object": city}})
    flat = await told(broker, 1)
    assert [each["id"] for each in flat] == [tower + "f", city, country]
    assert flat[0].keys() == {"id", "at"} and flat[1].keys() == {"id", "isIn"}


async def test_1_2_join_shows_only_what_the_owner_may_see(broker: Broker) -> None:
    tower, hidden = fresh("Tower"), fresh("City")
    reader = Principal("system:one", "x", 1, (Scope(frozenset(PERMISSIONS), frozenset({1})),))
    await broker.upsert({"id": hidden, "type": "City", "name": prop("s")}, origin=Origin(2, None, None, "t"))
    await broker.subscribe(reader, entities=[{"type": "Tower"}], notification={"join": "inline"})
    link = {"type": "Relationship", "object": hidden}
    await broker.upsert({"id": tower, "type": "Tower", "at": link})
    (found,) = await told(broker, 1)
    assert found["at"] == link


async def test_1_2_join_goes_with_intervals_and_throttling(broker: Broker) -> None:
    tower, city, _ = await linked(broker)
    await broker.upsert({"id": tower, "type": "Tower", "at": {"type": "Relationship", "object": city}})
    await broker.subscribe(
        entities=[{"type": "Tower", "id": tower}], timeInterval=0.3, notification={"join": "flat"}
    )
    await broker.receiver.came(1)
    assert [each["id"] for each in broker.receiver.bodies[0]["data"]] == [tower, city]
    for one in (await broker.http.get("/subscriptions?limit=1000")).json():
        await broker.http.delete(f"/subscriptions/{one['id']}")
    broker.receiver.bodies.clear()
    await broker.subscribe(
        entities=[{"type": "Tower", "id": tower}], throttling=0.5, notification={"join": "flat"}
    )
    for value in (1, 2, 3):
        await ok(await broker.http.post(f"/entities/{tower}/attrs", json={"n": prop(value)}))
    await broker.receiver.came(2)
    assert [[each["id"] for each in one["data"]] for one in broker.receiver.bodies] == [[tower, city]] * 2
    assert broker.receiver.bodies[1]["data"][0]["n"]["value"] == 3


# --- the words of others


async def test_1_2_lang_expand_values_and_an_earlier_version(broker: Broker) -> None:
    title = {"type": "LanguageProperty", "languageMap": {"vi": "Nóng", "en-US": "Hot"}}
    mode = {"type": "VocabProperty", "vocab": "auto"}
    await broker.subscribe(lang="fr;q=0.1,en", q="mode==auto", expandValues="mode", ngsildConformance="1.3")
    await broker.upsert(device(1, title=title, mode={"type": "VocabProperty", "vocab": "manual"}))
    body = device(2, title=title, mode=mode, raw={"type": "JsonProperty", "json": {"a": 1}})
    await broker.upsert(body)
    (found,) = await told(broker, 1)
    assert found["title"] == {"type": "Property", "value": "Hot", "lang": "en-US"}
    assert found["mode"] == prop("auto")
    assert found["raw"] == prop({"a": 1})
    await broker.nothing_more(1)


async def test_1_2_vocab_is_told_in_the_words_of_the_notification(broker: Broker) -> None:
    made = await broker.http.post(
        "/jsonldContexts",
        json={"@context": {"tựĐộng": "https://uri.etsi.org/ngsi-ld/default-context/auto"}},
    )
    local = made.headers["location"].rpartition("/")[2]
    url = (await broker.http.get(f"/jsonldContexts/{local}?details=true")).json()["URL"]
    await broker.subscribe(jsonldContext=url)
    await broker.upsert(device(1, mode={"type": "VocabProperty", "vocab": "auto"}))
    (found,) = await told(broker, 1)
    assert "tựĐộng" in [each.get("vocab") for each in found.values() if isinstance(each, dict)]
    assert url in broker.receiver.headers[0]["link"]


async def test_1_2_geo_q_looks_at_every_instance(broker: Broker) -> None:
    near = {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": [107, 20]}
    await broker.subscribe(geoQ=near | {"geoproperty": "seenAt"})
    here = {
        "type": "GeoProperty",
        "value": {"type": "Point", "coordinates": [107.0, 20.0]},
        "datasetId": "urn:d:2",
    }
    there = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106.0, 20.0]}}
    id_ = fresh()
    await broker.upsert({"id": id_, "type": "Device", "seenAt": [there, here]})
    await broker.upsert({"id": fresh(), "type": "Device", "seenAt": there})
    (found,) = await told(broker, 1)
    assert found["id"] == id_
    await broker.nothing_more(1)


async def test_1_2_a_notification_has_its_members(broker: Broker) -> None:
    id_ = await broker.subscribe()
    await broker.upsert(device(1))
    (body,) = await broker.receiver.came(1)
    assert body.keys() == {"id", "type", "subscriptionId", "notifiedAt", "data"}
    assert (body["type"], body["subscriptionId"]) == ("Notification", id_)
    assert msgspec.json.encode(body["notifiedAt"]).endswith(b'Z"')
