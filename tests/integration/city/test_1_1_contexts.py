"""``/jsonldContexts`` of city-core § 1.1, its parameters, and what § 1.3 and § 1.4 say of contexts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
REMOTE = "https://vocab.example/heat.jsonld"
LD = {"content-type": "application/ld+json"}
NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(
    db: Database, clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("city"),
        context_allow_hosts=("vocab.example",),
        notification_allow_hosts=("127.0.0.1:9",),
    )
    opened = await City.open(db, settings, clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found
        for url in (await found.get("/jsonldContexts")).json():
            await found.delete(f"/jsonldContexts/{quote(url, safe='')}")


def serving(city: City, heat: str) -> list[str]:
    """Let the site at vocab.example answer; return the list of what was fetched."""
    fetched: list[str] = []

    async def fetch(url: str) -> bytes:
        fetched.append(url)
        return json.dumps({"@context": {"heat": heat}}).encode()

    city.contexts.fetch = fetch
    city.contexts._failed.clear()
    return fetched


def using(*contexts: Any) -> dict[str, Any]:
    body = {"id": "urn:ngsi-ld:Room:1", "type": "Room", "heat": {"type": "Property", "value": 1}}
    return body | {"@context": list(contexts)}


async def details(http: httpx.AsyncClient, kind: str = "") -> list[dict[str, Any]]:
    answer = await http.get(f"/jsonldContexts?details=true{kind and f'&kind={kind}'}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_1_1_contexts_are_listed_by_kind_with_their_details(
    http: httpx.AsyncClient, city: City
) -> None:
    assert await details(http) == []
    made = await http.post("/jsonldContexts", json={"@context": {"a": "https://x.vn/a"}, "other": 1})
    assert made.status_code == 201 and made.content == b""
    (one,) = await details(http, "Hosted")
    local = made.headers["location"].rpartition("/")[2]
    assert one == {
        "URL": f"{city.settings.address}/ngsi-ld/v1/jsonldContexts/{local}",
        "localId": local,
        "kind": "Hosted",
        "timestamp": "2026-03-16T02:00:00Z",
        "createdAt": "2026-03-16T02:00:00Z",
        "numberOfHits": 0,
    }
    assert await details(http, "Cached") == []
    assert (await http.get("/jsonldContexts?kind=Hosted")).json() == [one["URL"]]
    assert (await http.get("/jsonldContexts?details=false")).json() == [one["URL"]]
    served = await http.get(f"/jsonldContexts/{local}")
    # What stands outside of @context is not kept (5.13.2.3).
    assert served.json() == {"@context": {"a": "https://x.vn/a"}}
    assert served.headers["content-type"] == "application/ld+json"
    for wrong in ("kind=Other", "details=maybe", "kind=Hosted&other=1"):
        assert (await http.get(f"/jsonldContexts?{wrong}")).status_code == 400


async def test_1_1_contexts_count_how_often_they_were_used(
    http: httpx.AsyncClient, city: City, clock: FixedClock
) -> None:
    made = await http.post("/jsonldContexts", json={"@context": {"heat": "https://x.vn/heat"}})
    local = made.headers["location"].rpartition("/")[2]
    (one,) = await details(http)
    link = {"link": f'<{one["URL"]}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}
    clock.advance(timedelta(minutes=5))
    for _ in range(3):
        assert (await http.get("/entities?type=Room", headers=link)).status_code == 200
    shown = (await http.get(f"/jsonldContexts/{local}?details=true")).json()
    assert (shown["numberOfHits"], shown["lastUsage"]) == (3, "2026-03-16T02:05:00Z")


async def test_1_1_a_downloaded_context_is_not_served_but_told_of_and_reloaded(
    http: httpx.AsyncClient, city: City
) -> None:
    fetched = serving(city, "https://x.vn/old")
    assert (
        await http.post("/entityOperations/upsert", content=json.dumps([using(REMOTE, CORE)]), headers=LD)
    ).status_code == 201
    await http.delete("/entities/urn:ngsi-ld:Room:1")
    assert fetched == [REMOTE]
    (one,) = await details(http, "Cached")
    assert one["URL"] == REMOTE and one["expiresAt"] > one["createdAt"]
    by_address = f"/jsonldContexts/{quote(REMOTE, safe='')}"
    refused = await http.get(by_address)
    assert refused.status_code == 422
    assert refused.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/OperationNotSupported"
    assert (await http.get(f"{by_address}?details=true")).json()["localId"] == one["localId"]
    assert (await http.get(f"/jsonldContexts/{one['localId']}?details=true")).json()["URL"] == REMOTE
    # What belongs to nobody is renewed and deleted by those who write for everybody.
    assert (await http.delete(f"{by_address}?reload=true")).status_code == 403
    await city.contexts.remove(await city.contexts.find(REMOTE))  # type: ignore[arg-type]


async def test_1_1_reload_keeps_what_is_held_where_the_new_document_is_broken(city: City) -> None:
    serving(city, "https://x.vn/old")
    await city.contexts.prepare(REMOTE)
    held = await city.contexts.find(REMOTE)
    assert held is not None
    serving(city, "https://x.vn/new")
    await city.contexts.reload(held)
    assert city.contexts.context(REMOTE).expand("heat") == "https://x.vn/new"
    serving(city, "no iri")
    with pytest.raises(Exception, match="not held here"):
        await city.contexts.reload(held)
    assert city.contexts.context(REMOTE).expand("heat") == "https://x.vn/new"
    await city.contexts.remove(held)


async def test_1_1_a_download_is_fetched_again_after_a_week(city: City, clock: FixedClock) -> None:
    serving(city, "https://x.vn/old")
    await city.contexts.prepare(REMOTE)
    clock.advance(timedelta(days=8))
    city.contexts._bodies.clear()
    fetched = serving(city, "https://x.vn/new")
    await city.contexts.prepare(REMOTE)
    assert fetched == [REMOTE]
    assert city.contexts.context(REMOTE).expand("heat") == "https://x.vn/new"
    held = await city.contexts.find(REMOTE)
    assert held is not None and held.created_at == clock.now()
    await city.contexts.remove(held)


async def test_1_1_only_downloads_are_reloaded_and_the_core_stays(http: httpx.AsyncClient) -> None:
    made = await http.post("/jsonldContexts", json={"@context": {"a": "https://x.vn/a"}})
    path = "/jsonldContexts/" + made.headers["location"].rpartition("/")[2]
    assert (await http.delete(f"{path}?reload=true")).json()["type"].endswith("BadRequestData")
    assert (await http.delete(f"{path}?reload=false")).status_code == 204
    assert (await http.delete(path)).status_code == 404
    for rest in ("", "?reload=true"):
        refused = await http.delete(f"/jsonldContexts/{quote(CORE, safe='')}{rest}")
        assert refused.status_code == 400 and refused.json()["type"].endswith("BadRequestData")


async def test_1_1_the_core_context_is_served_without_a_network(http: httpx.AsyncClient) -> None:
    body = (await http.get(f"/jsonldContexts/{quote(CORE, safe='')}")).json()
    assert body["@context"]["status"] == "ngsi-ld:status"
    told = (await http.get(f"/jsonldContexts/{quote(CORE, safe='')}?details=true")).json()
    assert (told["URL"], told["kind"]) == (CORE, "Cached")


@pytest.mark.parametrize("value", [True, 5, "no iri", {"a": 1}, [5], {"a": {"@id": 5}}, None])
async def test_1_1_a_context_that_is_none_is_refused(http: httpx.AsyncClient, value: Any) -> None:
    answer = await http.post("/jsonldContexts", json={"@context": value})
    assert answer.status_code in (400, 503), answer.text
    assert (await http.get("/jsonldContexts")).json() == []


async def test_1_1_a_subscription_gives_its_contexts_one_address(http: httpx.AsyncClient, city: City) -> None:
    body = {
        "type": "Subscription",
        "entities": [{"type": "Room"}],
        "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}},
        "@context": [{"Room": "https://x.vn/Room", "heat": "https://x.vn/heat"}, CORE],
    }
    made = await http.post("/subscriptions", content=json.dumps(body), headers=LD)
    assert made.status_code == 201, made.text
    path = made.headers["location"].removeprefix("/ngsi-ld/v1")
    (one,) = await details(http, "ImplicitlyCreated")
    assert (await http.get(path)).json()["jsonldContext"] == one["URL"]
    served = (await http.get(f"/jsonldContexts/{one['localId']}")).json()
    assert served == {"@context": body["@context"]}
    # The same contexts get the same address.
    again = await http.post("/subscriptions", content=json.dumps(body), headers=LD)
    assert len(await details(http)) == 1
    refused = await http.delete(f"/jsonldContexts/{one['localId']}?reload=true")
    assert refused.status_code == 400
    async with client(city, agency(ORG_B)) as other:
        assert (await other.delete(f"/jsonldContexts/{one['localId']}")).status_code == 403
    for each in (made, again):
        await http.delete(each.headers["location"].removeprefix("/ngsi-ld/v1"))


async def test_1_2_an_answer_names_the_one_address_beside_the_core(
    http: httpx.AsyncClient, city: City
) -> None:
    serving(city, "https://x.vn/heat")
    question = {"type": "Query", "entities": [{"type": "Room"}], "@context": [REMOTE, CORE]}
    answer = await http.post("/entityOperations/query", content=json.dumps(question), headers=LD)
    assert answer.headers["link"].startswith(f"<{REMOTE}>")
    await city.contexts.remove(await city.contexts.find(REMOTE))  # type: ignore[arg-type]


# --- § 1.3


@pytest.mark.parametrize("status", [503, 504])
async def test_1_3_09_the_status_of_a_context_that_cannot_be_had_is_a_setting(
    db: Database, tmp_path_factory: pytest.TempPathFactory, status: int, city: City
) -> None:
    settings = Settings(data_dir=tmp_path_factory.mktemp("other"), context_missing_status=status)
    other = await City.open(db, settings, FixedClock(NOW))
    async with client(other, agency(ORG_A)) as http:
        body = json.dumps(using("https://nowhere.example/x.jsonld"))
        answer = await http.post("/entities", content=body, headers=LD)
        assert answer.status_code == status == answer.json()["status"]
        assert answer.json()["type"].endswith("LdContextNotAvailable")
    await other.close()


async def test_1_3_07_ld_json_and_link_and_json_and_context_exclude_each_other(
    http: httpx.AsyncClient,
) -> None:
    link = {"link": f'<{CORE}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}
    cases: list[tuple[dict[str, Any], dict[str, str]]] = [
        (using(CORE), LD | link),
        ({name: value for name, value in using(CORE).items() if name != "@context"}, LD),
        (using(CORE), {"content-type": "application/json"}),
        (using(CORE), {"content-type": "application/json"} | link),
    ]
    for body, headers in cases:
        answer = await http.post("/entities", content=json.dumps(body), headers=headers)
        assert answer.status_code == 400 and answer.json()["type"].endswith("BadRequestData")
    good = {name: value for name, value in using(CORE).items() if name != "@context"}
    assert (await http.post("/entities", json=good, headers=link)).status_code == 201
    assert (await http.delete("/entities/urn:ngsi-ld:Room:1")).status_code == 204
