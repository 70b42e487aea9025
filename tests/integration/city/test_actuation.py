"""Commands to a device: single-hop forwarding to an exclusive registration (city-core 1.1, last rows)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client, stored
from tests.integration.city.device import Device

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.registrations import history
from haidang.city.registrations.book import book_of
from haidang.city.service import City
from haidang.organisation.permissions import Principal, system
from haidang.organisation.service.audit import list_audit, verify_log

SYSTEM = system("test")
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


class Site:
    """A city, a device, and an asker who may do everything."""

    def __init__(self, db: Database, city: City, device: Device) -> None:
        self.db = db
        self.city = city
        self.device = device
        self.http = client(city, SYSTEM)

    async def register(self, entity: str, *names: str, **members: Any) -> str:
        body = {
            "type": "ContextSourceRegistration",
            "information": [{"entities": [{"type": "Barrier", "id": entity}], "propertyNames": list(names)}],
            "mode": "exclusive",
            "operations": ["updateOps", "mergeEntity", "appendAttrs"],
            "endpoint": self.device.uri,
        } | members
        answer = await self.http.post("/csourceRegistrations/", json=body)
        assert answer.status_code == 201, answer.text
        return unquote(answer.headers["location"].rpartition("/")[2])

    async def barrier(self, **attributes: Any) -> str:
        """Make a barrier of which the city keeps a name."""
        id_ = f"urn:ngsi-ld:Barrier:{uuid.uuid4().hex}"
        body = {"id": id_, "type": "Barrier", "name": value("Rào chắn")} | attributes
        assert (await self.http.post("/entities", json=body)).status_code == 201
        return id_

    async def registration(self, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get(f"/csourceRegistrations/{id_}")).json()
        return found

    async def commands(self, entity: str) -> list[dict[str, Any]]:
        items, _ = await history.actuations(self.city, SYSTEM, before=None, limit=50, entity=entity)
        return items


def value(of: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": of} | more


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    device = await Device().start()
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("city"),
        notification_allow_hosts=(device.host, f"localhost:{device.port}"),
    )
    city = await City.open(db, settings, SystemClock())
    yield Site(db, city, device)
    await city.close()
    await device.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def site(opened: Site) -> AsyncIterator[Site]:
    opened.device.forget()
    yield opened
    for one in (await opened.http.get("/csourceRegistrations", params={"limit": 1000})).json():
        assert (await opened.http.delete(f"/csourceRegistrations/{one['id']}")).status_code == 204


async def test_1_1_patch_of_one_attribute_goes_to_its_source(site: Site) -> None:
    barrier = await site.barrier()
    registration = await site.register(barrier, "open")
    answer = await site.http.patch(f"/entities/{barrier}/attrs/open", json=value(True))
    assert (answer.status_code, answer.content) == (204, b"")
    (told,) = site.device.told
    assert (told.method, told.path) == (
        "PATCH",
        f"/ngsi-ld/v1/entities/{barrier.replace(':', '%3A')}/attrs/open",
    )
    assert told.body == value(True)
    assert told.headers["content-type"] == "application/json"
    assert told.headers["link"].startswith(f"<{CORE}>; rel=")
    assert told.headers["via"] == f"1.1 {book_of(site.city).alias}"
    assert told.headers["host"] == site.device.host
    assert "ngsild-tenant" not in told.headers
    assert told.headers["accept-encoding"] == "identity"
    # What the source holds is not kept here.
    assert "open" not in await stored(site.db, site.city, barrier)
    counters = await site.registration(registration)
    assert (counters["timesSent"], counters["timesFailed"], counters["status"]) == (1, 0, "ok")
    assert "lastSuccess" in counters
    assert "lastFailure" not in counters


@pytest.mark.parametrize(
    ("method", "path", "body", "sent_path"),
    [
        ("PATCH", "/entities/{}", {"open": value(1)}, "/entities/{}"),
        ("PATCH", "/entities/{}/attrs", {"open": value(2)}, "/entities/{}/attrs"),
        ("POST", "/entities/{}/attrs", {"open": value(3)}, "/entities/{}/attrs"),
        (
            "POST",
            "/entities/{}/attrs?options=noOverwrite",
            {"open": value(4)},
            "/entities/{}/attrs?options=noOverwrite",
        ),
        ("PATCH", "/entities/{}/attrs/open", value(5), "/entities/{}/attrs/open"),
        ("PUT", "/entities/{}/attrs/open", value(6), "/entities/{}/attrs/open"),
    ],
)
async def test_1_1_each_row_that_changes_attributes_is_forwarded(
    site: Site, method: str, path: str, body: dict[str, Any], sent_path: str
) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", operations=["redirectionOps"])
    answer = await site.http.request(method, path.format(barrier), json=body)
    assert (answer.status_code, answer.content) == (204, b""), answer.text
    (told,) = site.device.told
    assert (told.method, unquote(told.path)) == (method, "/ngsi-ld/v1" + sent_path.format(barrier))
    assert told.body == body


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (True, value(True)),
        ([1, 2], value([1, 2])),
        ({"value": 5, "unitCode": "P1"}, value(5, unitCode="P1")),
        ({"object": "urn:x:1"}, {"type": "Relationship", "object": "urn:x:1"}),
        (
            {"type": "Point", "coordinates": [107.0, 20.9]},
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.0, 20.9]}},
        ),
        (
            [{"value": 1}, {"value": 2, "datasetId": "urn:x:b"}],
            [value(1), value(2, datasetId="urn:x:b")],
        ),
        ({"type": "Property", "value": 1, "level": {"value": 2}}, value(1, level={"value": 2})),
    ],
)
async def test_a_concise_command_is_written_out_for_the_source(site: Site, sent: Any, told: Any) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open")
    answer = await site.http.patch(f"/entities/{barrier}/attrs", json={"open": sent})
    assert answer.status_code == 204, answer.text
    assert site.device.told[0].body == {"open": told}


async def test_a_deletion_by_merge_is_the_sources_to_carry_out(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open")
    body = {"open": "urn:ngsi-ld:null"}
    assert (await site.http.patch(f"/entities/{barrier}", json=body)).status_code == 204
    assert site.device.told[0].body == body


async def test_what_is_not_registered_is_written_here_as_always(site: Site) -> None:
    barrier = await site.barrier(lamp=value("off"))
    await site.register(barrier, "open")
    body = {"open": value(True), "lamp": value("on"), "@context": CORE}
    answer = await site.http.patch(
        f"/entities/{barrier}/attrs", json=body, headers={"content-type": "application/ld+json"}
    )
    assert answer.status_code == 204, answer.text
    assert site.device.told[0].body == {"open": value(True)}
    found = await stored(site.db, site.city, barrier)
    assert found["lamp"] == value("on")
    assert "open" not in found
    # Another entity with the same attribute, and a request without the attribute, do not concern the source.
    other = await site.barrier(open=value(False))
    assert (await site.http.patch(f"/entities/{other}/attrs", json={"open": value(True)})).status_code == 204
    assert (await site.http.patch(f"/entities/{barrier}/attrs", json={"lamp": value("x")})).status_code == 204
    assert len(site.device.told) == 1


async def test_a_command_leaves_only_when_the_rest_was_accepted(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open")
    for body in ({"open": value(True), "name": {"type": "Nonsense"}}, {"open": {"type": "Nonsense"}}):
        answer = await site.http.patch(f"/entities/{barrier}/attrs", json=body)
        assert answer.status_code == 400, answer.text
    absent = "urn:ngsi-ld:Barrier:absent"
    await site.register(absent, "open")
    answer = await site.http.patch(f"/entities/{absent}/attrs", json={"open": value(1), "lamp": value(1)})
    assert answer.status_code == 404
    assert site.device.told == []
    # An entity that only its source has is actuated all the same.
    assert (await site.http.patch(f"/entities/{absent}/attrs", json={"open": value(1)})).status_code == 204


async def test_1_1_batch_update_and_merge_divide_each_entity(site: Site) -> None:
    mine, plain, broken = await site.barrier(), await site.barrier(), await site.barrier()
    await site.register(mine, "open", operations=["updateBatch", "mergeBatch"])
    for word in ("update", "merge"):
        site.device.forget()
        bodies = [
            {"id": mine, "type": "Barrier", "open": value(True), "lamp": value(word)},
            {"id": plain, "type": "Barrier", "open": value(word)},
            {"id": broken, "type": "Barrier", "open": {"type": "Nonsense"}},
        ]
        answer = await site.http.post(f"/entityOperations/{word}", json=bodies)
        assert answer.status_code == 207
        assert answer.json()["success"] == [mine, plain]
        assert [error["entityId"] for error in answer.json()["errors"]] == [broken]
        (told,) = site.device.told
        assert (told.method, told.path) == ("POST", f"/ngsi-ld/v1/entityOperations/{word}")
        assert told.body == [{"id": mine, "open": value(True)}]
        assert (await stored(site.db, site.city, mine))["lamp"] == value(word)
        assert (await stored(site.db, site.city, plain))["open"] == value(word)


async def test_a_batch_reaches_a_source_that_takes_single_entities(site: Site) -> None:
    one, two = await site.barrier(), await site.barrier()
    await site.register(one, "open", operations=["updateOps", "mergeEntity"])
    await site.register(two, "open", operations=["mergeEntity"])
    bodies = [{"id": id_, "type": "Barrier", "open": value(1)} for id_ in (one, two)]
    updated = await site.http.post("/entityOperations/update", json=bodies)
    assert updated.status_code == 207
    assert [(each["entityId"], each["error"]["code"]) for each in updated.json()["errors"]] == [
        (two, "registration-conflict")
    ]
    assert (await site.http.post("/entityOperations/merge", json=bodies)).status_code == 204
    assert [(told.method, unquote(told.path)) for told in site.device.told] == [
        ("PATCH", f"/ngsi-ld/v1/entities/{one}/attrs"),
        ("PATCH", f"/ngsi-ld/v1/entities/{one}"),
        ("PATCH", f"/ngsi-ld/v1/entities/{two}"),
    ]


async def test_commands_of_one_entity_keep_their_order_in_a_batch(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", operations=["mergeEntity"])
    bodies = [{"id": barrier, "type": "Barrier", "open": value(number)} for number in range(12)]
    assert (await site.http.post("/entityOperations/merge", json=bodies)).status_code == 204
    assert [told.body["open"]["value"] for told in site.device.told] == list(range(12))


async def test_more_commands_than_a_batch_may_have_are_refused_each(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", operations=["mergeEntity"])
    bodies = [{"id": barrier, "type": "Barrier", "open": value(number)} for number in range(102)]
    answer = await site.http.post("/entityOperations/merge", json=bodies)
    assert answer.status_code == 207
    assert [error["error"]["code"] for error in answer.json()["errors"]] == ["too-large"] * 2
    assert len(site.device.told) == 100


async def test_reports_of_devices_are_never_forwarded(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open")
    report = [{"id": barrier, "type": "Barrier", "open": value(True)}]
    for options in ("update", "replace"):
        answer = await site.http.post(f"/entityOperations/upsert?options={options}", json=report)
        assert answer.status_code == 204
    assert site.device.told == []
    assert (await stored(site.db, site.city, barrier))["open"] == value(True)


async def test_an_operation_that_the_source_does_not_take_is_409(site: Site) -> None:
    barrier = await site.barrier()
    registration = await site.register(barrier, "open", operations=["updateAttrs"])
    answer = await site.http.patch(f"/entities/{barrier}", json={"open": value(True)})
    assert (answer.status_code, answer.json()["registration"]) == (409, registration)
    assert answer.json()["type"].endswith("/Conflict")
    assert site.device.told == []
    assert "open" not in await stored(site.db, site.city, barrier)
    # A source that only reads holds up nobody.
    reader = await site.barrier()
    await site.register(reader, "open", operations=["retrieveOps"])
    assert (await site.http.patch(f"/entities/{reader}", json={"open": value(True)})).status_code == 204
    assert (await stored(site.db, site.city, reader))["open"] == value(True)


async def test_names_tenant_and_headers_go_as_the_source_wants_them(site: Site) -> None:
    entity = {"id": "urn:x:gate", "type": "Barrier"}
    assert (
        await site.http.post("/entities", json=entity, headers={"ngsild-tenant": "gates"})
    ).status_code in {201, 403}
    hosted = await site.http.post(
        "/jsonldContexts",
        json={"@context": {"mo": "https://example.org/open", "muc": "https://example.org/level"}},
    )
    url = str(hosted.headers["location"])
    url = url if url.startswith("http") else f"{site.city.settings.address}{url}"
    barrier = await site.barrier()
    mine = {"@context": [{"open": "https://example.org/open", "level": "https://example.org/level"}]}
    body = {
        "type": "ContextSourceRegistration",
        "information": [{"entities": [{"type": "Barrier", "id": barrier}], "propertyNames": ["open"]}],
        "mode": "exclusive",
        "operations": ["updateOps"],
        "endpoint": site.device.uri + "/agent/",
        "tenant": "theirs",
        "contextSourceInfo": [
            {"key": "jsonldContext", "value": url},
            {"key": "Authorization", "value": "Bearer of-the-agent"},
            {"key": "X-Trace", "value": "urn:ngsi-ld:request"},
            {"key": "X-Absent", "value": "urn:ngsi-ld:request"},
        ],
    }
    ld = {"content-type": "application/ld+json", "x-trace": "7", "authorization": "Bearer of-the-asker"}
    assert (await site.http.post("/csourceRegistrations", json=body | mine, headers=ld)).status_code == 201
    command = {"open": value(True, level=value(3))}
    answer = await site.http.patch(f"/entities/{barrier}/attrs", json=command | mine, headers=ld)
    assert answer.status_code == 204, answer.text
    (told,) = site.device.told
    assert told.path.startswith("/agent/ngsi-ld/v1/entities/")
    assert told.body == {"mo": value(True, muc=value(3))}
    assert told.headers["link"].startswith(f"<{url}>")
    assert told.headers["ngsild-tenant"] == "theirs"
    assert told.headers["authorization"] == "Bearer of-the-agent"
    assert told.headers["x-trace"] == "7"
    assert "x-absent" not in told.headers


async def test_embedded_contexts_travel_with_the_command(site: Site) -> None:
    barrier = await site.barrier()
    context = [{"open": "https://example.org/open"}]
    body = {
        "type": "ContextSourceRegistration",
        "information": [{"entities": [{"type": "Barrier", "id": barrier}], "propertyNames": ["open"]}],
        "mode": "exclusive",
        "operations": ["updateOps"],
        "endpoint": site.device.uri,
        "@context": context,
    }
    ld = {"content-type": "application/ld+json"}
    assert (await site.http.post("/csourceRegistrations", json=body, headers=ld)).status_code == 201
    answer = await site.http.patch(
        f"/entities/{barrier}/attrs", json={"open": value(1), "@context": context}, headers=ld
    )
    assert answer.status_code == 204, answer.text
    (told,) = site.device.told
    assert told.headers["content-type"] == "application/ld+json"
    assert told.body == {"open": value(1), "@context": context[0]}


async def test_loops_end_with_508(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", hostAlias="agent-7")
    path, body = f"/entities/{barrier}/attrs", {"open": value(True)}
    for via in (
        f"1.1 {book_of(site.city).alias}",
        "1.1 other, 1.1 AGENT-7",
        f"1.1 a,1.1 {book_of(site.city).alias}",
    ):
        answer = await site.http.patch(path, json=body, headers={"via": via})
        assert (answer.status_code, answer.json()["code"]) == (508, "loop-detected"), via
    assert site.device.told == []
    assert (await site.http.patch(path, json=body, headers={"via": "1.1 other"})).status_code == 204
    assert site.device.told[0].headers["via"] == f"1.1 other, 1.1 {book_of(site.city).alias}"
    site.device.status = 508
    answer = await site.http.patch(path, json=body)
    assert answer.status_code == 508


async def test_a_refusal_is_502_with_the_sources_own_status(site: Site) -> None:
    barrier = await site.barrier()
    registration = await site.register(barrier, "open")
    site.device.status, site.device.answer = 404, {"title": "DEVICE_NOT_FOUND", "detail": "gate 7"}
    answer = await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(True)})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["source_status"]) == (502, "source-refused", 404)
    assert "DEVICE_NOT_FOUND: gate 7" in problem["detail"]
    site.device.status, site.device.answer = 302, None
    assert (await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(1)})).status_code == 502
    counters = await site.registration(registration)
    assert (counters["timesSent"], counters["timesFailed"], counters["status"]) == (2, 2, "failed")
    assert [one["status"] for one in await site.commands(barrier)] == [302, 404]
    site.device.status = 200
    assert (await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(1)})).status_code == 204
    assert (await site.registration(registration))["status"] == "ok"


async def test_no_answer_is_504_and_is_never_sent_again(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", management={"timeout": 300})
    for fault in ("hang", "drop"):
        site.device.forget()
        setattr(site.device, fault, True)
        answer = await site.http.patch(f"/entities/{barrier}/attrs/open", json=value(True))
        assert (answer.status_code, answer.json()["code"]) == (504, "source-silent"), answer.text
        assert "may have been carried out" in answer.json()["detail"]
        assert len(site.device.told) == 1
        assert (await site.commands(barrier))[0]["end"] == "silent"


async def test_what_cannot_be_reached_is_502_and_nothing_was_sent(site: Site) -> None:
    barrier = await site.barrier()
    gone = await Device().start()
    await gone.stop()
    hosts = site.city.settings.notification_allow_hosts
    site.city.settings = msgspec.structs.replace(
        site.city.settings, notification_allow_hosts=(*hosts, gone.host)
    )
    try:
        await site.register(barrier, "open", endpoint=gone.uri)
        answer = await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(True)})
        assert (answer.status_code, answer.json()["code"]) == (502, "source-unreachable"), answer.text
    finally:
        site.city.settings = msgspec.structs.replace(site.city.settings, notification_allow_hosts=hosts)
    # The guard is asked again when a command passes: what the operator no longer lists is not reached.
    answer = await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(True)})
    assert answer.status_code == 502
    assert "private address" in answer.json()["detail"]
    unknown = await site.barrier()
    await site.register(unknown, "open", endpoint="http://nobody.invalid/")
    answer = await site.http.patch(f"/entities/{unknown}/attrs", json={"open": value(True)})
    assert (answer.status_code, answer.json()["code"]) == (502, "source-unreachable")


async def test_a_failed_source_is_left_alone_for_its_cooldown(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", management={"cooldown": 60_000})
    site.device.status = 500
    path, body = f"/entities/{barrier}/attrs", {"open": value(True)}
    assert (await site.http.patch(path, json=body)).status_code == 502
    site.device.status = 204
    answer = await site.http.patch(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (504, "source-resting")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert len(site.device.told) == 1


async def test_a_part_that_failed_stands_in_the_207_with_its_reason(site: Site) -> None:
    barrier = await site.barrier(lamp=value("off"))
    await site.register(barrier, "open", "siren")
    site.device.status, site.device.answer = 500, {"title": "valve stuck"}
    body = {"open": value(True), "siren": value(True), "lamp": value("on")}
    for path in (f"/entities/{barrier}/attrs", f"/entities/{barrier}"):
        answer = await site.http.patch(path, json=body)
        assert answer.status_code == 207
        document = answer.json()
        assert document["updated"] == ["lamp"]
        assert [one["attributeName"] for one in document["notUpdated"]] == ["open", "siren"]
        assert all("valve stuck" in one["reason"] for one in document["notUpdated"])
    # A source that itself did a part of it.
    site.device.status = 207
    site.device.answer = {
        "updated": ["open"],
        "notUpdated": [{"attributeName": "siren", "reason": "no siren here"}],
    }
    answer = await site.http.patch(f"/entities/{barrier}/attrs", json=body)
    assert answer.status_code == 207
    assert sorted(answer.json()["updated"]) == ["lamp", "open"]
    assert "no siren here" in answer.json()["notUpdated"][0]["reason"]


async def test_two_sources_of_one_entity_fail_apart(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open")
    await site.register(barrier, "lamp", endpoint="http://nobody.invalid/")
    answer = await site.http.patch(
        f"/entities/{barrier}/attrs", json={"open": value(True), "lamp": value(True)}
    )
    assert answer.status_code == 207
    assert answer.json()["updated"] == ["open"]
    assert [one["attributeName"] for one in answer.json()["notUpdated"]] == ["lamp"]


async def test_every_command_is_on_record(site: Site) -> None:
    barrier = await site.barrier()
    registration = await site.register(barrier, "open")
    await site.http.patch(f"/entities/{barrier}/attrs/open", json=value("mở"))
    site.device.status = 500
    await site.http.patch(f"/entities/{barrier}/attrs/open", json=value("đóng"))
    failed, done = await site.commands(barrier)
    assert (done["actor"], done["registration"], done["operation"]) == (
        SYSTEM.id,
        registration,
        "updateAttrs",
    )
    assert msgspec.json.decode(done["body"]) == value("mở")
    assert (done["end"], done["status"], done["reason"]) == ("done", 204, None)
    assert (failed["end"], failed["status"]) == ("refused", 500)
    assert done["at"] <= done["ended_at"]
    async with site.db.transaction() as conn:
        lines = [one for one in await list_audit(conn, SYSTEM, action="actuation") if one.subject == barrier]
        assert [one.action for one in lines] == ["actuation.end", "actuation.begin"] * 2
        assert (await verify_log(conn)).sound
    items, _ = await history.actuations(site.city, agency(ORG_A), before=None, limit=50, entity=None)
    assert items == []


async def test_the_record_stands_before_the_command_leaves(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", management={"timeout": 1_000})
    site.device.hang = True
    asking = asyncio.create_task(site.http.patch(f"/entities/{barrier}/attrs/open", json=value(True)))
    async with asyncio.timeout(15):
        await site.device.reached.wait()
    (begun,) = await site.commands(barrier)
    assert begun["end"] is None
    # Whoever asked goes away: the command and its record do not.
    asking.cancel()
    async with asyncio.timeout(15):
        while (await site.commands(barrier))[0]["end"] is None:
            await asyncio.sleep(0)
    assert len(site.device.told) == 1


async def test_who_may_write_an_entity_may_actuate_it_and_nobody_else(site: Site) -> None:
    owner = agency(ORG_A)
    async with client(site.city, owner) as ours, client(site.city, agency(ORG_B)) as theirs:
        id_ = f"urn:ngsi-ld:Barrier:{uuid.uuid4().hex}"
        assert (
            await ours.post("/entities", json={"id": id_, "type": "Barrier", "name": value("r")})
        ).status_code == 201
        await site.register(id_, "open")
        path, body = f"/entities/{id_}/attrs", {"open": value(True)}
        assert (await theirs.patch(path, json=body)).status_code == 404
        reader = msgspec.structs.replace(agency(ORG_A, "entity.read"), id="account:9")
        async with client(site.city, reader) as looking:
            assert (await looking.patch(path, json=body)).status_code == 403
        seer = Principal(
            "account:8", "b", ORG_B, (*agency(ORG_B).scopes, *agency(ORG_A, "entity.read").scopes)
        )
        async with client(site.city, seer) as seeing:
            assert (await seeing.patch(path, json=body)).status_code == 403
        batch = await theirs.post("/entityOperations/update", json=[{"id": id_, "type": "Barrier", **body}])
        assert batch.json()["errors"][0]["error"]["status"] == 404
        assert site.device.told == []
        assert (await ours.patch(path, json=body)).status_code == 204


async def test_a_registration_whose_maker_is_gone_opens_nothing(site: Site) -> None:
    """The account of the agency is in no table here: it is as one that was closed."""
    async with client(site.city, agency(ORG_A)) as ours:
        id_ = f"urn:ngsi-ld:Barrier:{uuid.uuid4().hex}"
        assert (await ours.post("/entities", json={"id": id_, "type": "Barrier"})).status_code == 201
        body = {
            "type": "ContextSourceRegistration",
            "information": [{"entities": [{"type": "Barrier", "id": id_}], "propertyNames": ["open"]}],
            "mode": "exclusive",
            "operations": ["updateOps"],
            "endpoint": site.device.uri,
        }
        assert (await ours.post("/csourceRegistrations", json=body)).status_code == 201
        answer = await ours.patch(f"/entities/{id_}/attrs", json={"open": value(True)})
        assert answer.status_code == 403
        assert "registration" in answer.json()
        assert site.device.told == []
        assert "open" not in await stored(site.db, site.city, id_)


async def test_a_registration_deleted_elsewhere_a_moment_ago_sends_nothing(site: Site) -> None:
    barrier = await site.barrier(open=value(False))
    registration = await site.register(barrier, "open")
    async with site.db.transaction() as conn:  # as another process does, of which this one has not heard yet
        await conn.execute("DELETE FROM registration WHERE id = %s", (registration,))
        await conn.execute("UPDATE registration_site SET rev = rev + 1")
    answer = await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(True)})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (
        await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(True)})
    ).status_code == 204
    assert site.device.told == []
    assert (await stored(site.db, site.city, barrier))["open"] == value(True)


async def test_what_has_expired_is_written_here(site: Site) -> None:
    barrier = await site.barrier()
    await site.register(barrier, "open", expiresAt="2100-01-01T00:00:00Z")
    assert (await site.http.patch(f"/entities/{barrier}", json={"open": value(1)})).status_code == 204
    assert len(site.device.told) == 1
    key = (0, barrier)
    assert site.city.exclusives is not None
    (one,) = site.city.exclusives[key]
    site.city.exclusives[key] = (msgspec.structs.replace(one, expires_us=1),)
    assert (await site.http.patch(f"/entities/{barrier}", json={"open": value(2)})).status_code == 204
    assert len(site.device.told) == 1
    assert (await stored(site.db, site.city, barrier))["open"] == value(2)


async def test_without_registrations_a_write_looks_nothing_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = await site.barrier(open=value(False))
    assert site.city.exclusives is None

    async def never(*_: Any) -> None:
        raise AssertionError("the division of requests was asked")

    monkeypatch.setattr("haidang.city.ngsild.forwarding.one", never)
    monkeypatch.setattr("haidang.city.ngsild.forwarding.many", never)
    assert (await site.http.patch(f"/entities/{barrier}/attrs", json={"open": value(1)})).status_code == 204
    body = [{"id": barrier, "type": "Barrier", "open": value(2)}]
    assert (await site.http.post("/entityOperations/update", json=body)).status_code == 204
