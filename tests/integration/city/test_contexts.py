"""Contexts of others at the NGSI-LD door: embedded, hosted, from the folder, downloaded; and broken ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.contexts import Contexts
from haidang.city.service import City

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
FOLDER = "https://vocab.example/folder.jsonld"
ALLOWED = "https://vocab.example/heat.jsonld"
LD = {"content-type": "application/ld+json"}


def room(id_: str, context: Any, **attributes: Any) -> dict[str, Any]:
    found = {name: {"type": "Property", "value": value} for name, value in attributes.items()}
    return {"id": f"urn:ngsi-ld:Room:{id_}", "type": "Room", "@context": context} | found


def link(url: str) -> dict[str, str]:
    return {"link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    folder = tmp_path_factory.mktemp("city")
    (folder / "contexts").mkdir()
    (folder / "contexts" / "index.json").write_text(
        json.dumps({FOLDER: "folder.jsonld", "https://vocab.example/broken.jsonld": "broken.jsonld"})
    )
    (folder / "contexts" / "folder.jsonld").write_text(
        json.dumps({"@context": [{"v": "https://vocab.example/#", "heat": "v:heat"}, CORE]})
    )
    (folder / "contexts" / "broken.jsonld").write_text("{")
    settings = Settings(data_dir=folder, context_allow_hosts=("vocab.example", "localhost"))
    opened = await City.open(db, settings, FixedClock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC)))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


async def test_an_embedded_context_names_attributes(http: httpx.AsyncClient) -> None:
    context = [
        {"ex": "https://example.org/", "heat": "ex:heat", "kind": {"@id": "ex:kind", "@type": "@id"}},
        CORE,
    ]
    made = await http.post("/entities", json=room("1", context, heat=20, kind="a"), headers=LD)
    assert made.status_code == 201, made.text
    core = (await http.get("/entities/urn:ngsi-ld:Room:1?options=keyValues")).json()
    assert core == {
        "id": "urn:ngsi-ld:Room:1",
        "type": "Room",
        "https://example.org/heat": 20,
        "https://example.org/kind": "a",
    }
    question = {"type": "Query", "entities": [{"type": "Room"}], "q": "heat==20", "@context": context}
    found = await http.post(
        "/entityOperations/query", json=question, headers=LD | {"accept": "application/ld+json"}
    )
    assert found.json()[0]["heat"] == {"type": "Property", "value": 20}
    assert found.json()[0]["@context"] == context


async def test_one_batch_may_mix_contexts(http: httpx.AsyncClient) -> None:
    ours = [{"heat": "https://example.org/heat"}, CORE]
    theirs = [{"heat": "https://example.com/heat"}]
    bad = [{"heat": 5}]
    batch = [
        room("2", ours, heat=1),
        room("3", theirs, heat=2),
        room("4", bad, heat=3),
        room("5", CORE, heat=4),
    ]
    answer = await http.post("/entityOperations/create", json=batch, headers=LD)
    assert answer.status_code == 207
    assert len(answer.json()["success"]) == 3
    assert [one["entityId"] for one in answer.json()["errors"]] == ["urn:ngsi-ld:Room:4"]
    body = (await http.get("/entities/urn:ngsi-ld:Room:3?options=keyValues")).json()
    assert body["https://example.com/heat"] == 2


async def test_core_terms_win(http: httpx.AsyncClient) -> None:
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.0, 20.9]}}
    body = room("6", [{"location": "https://example.org/elsewhere"}]) | {"location": place}
    assert (await http.post("/entities", json=body, headers=LD)).status_code == 201
    assert (await http.get("/entities/urn:ngsi-ld:Room:6")).json()["location"] == place


async def test_a_hosted_context_is_listed_served_used_and_deleted(
    http: httpx.AsyncClient, city: City
) -> None:
    made = await http.post("/jsonldContexts/", json={"@context": {"heat": "https://hosted.example/heat"}})
    assert made.status_code == 201 and made.content == b""
    id_ = made.headers["location"].rpartition("/")[2]
    (detail,) = (await http.get("/jsonldContexts?details=true&kind=Hosted")).json()
    assert detail["localId"] == id_ and detail["kind"] == "Hosted"
    assert (await http.get("/jsonldContexts")).json() == [detail["URL"]]
    served = await http.get(f"/jsonldContexts/{id_}")
    assert served.json() == {"@context": {"heat": "https://hosted.example/heat"}}
    assert served.headers["content-type"] == "application/ld+json"
    by_address = await http.get(f"/jsonldContexts/{detail['URL']}")
    assert by_address.json() == served.json()

    url = detail["URL"]
    body = {name: value for name, value in room("7", CORE, heat=7).items() if name != "@context"}
    assert (await http.post("/entities", json=body, headers=link(url))).status_code == 201
    read = await http.get("/entities/urn:ngsi-ld:Room:7?options=keyValues", headers=link(url))
    assert read.json()["heat"] == 7
    assert url in read.headers["link"]
    plain = (await http.get("/entities/urn:ngsi-ld:Room:7?options=keyValues")).json()
    assert plain["https://hosted.example/heat"] == 7

    async with client(city, agency(ORG_B)) as other:
        assert (await other.delete(f"/jsonldContexts/{id_}")).status_code == 403
    assert (await http.delete(f"/jsonldContexts/{id_}?reload=true")).status_code == 400
    assert (await http.delete(f"/jsonldContexts/{id_}")).status_code == 204
    assert (await http.get(f"/jsonldContexts/{id_}")).status_code == 404
    gone = await http.get("/entities/urn:ngsi-ld:Room:7", headers=link(url))
    assert gone.status_code == 503 and gone.json()["type"].endswith("/LdContextNotAvailable")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"@context": 5},
        {"@context": {"heat": ["x"]}},
        {"@context": {"heat": {"@id": 5}}},
        {"@context": {"a b": "https://example.org/x"}},
        {"@context": {"heat": "https://example.org/a b"}},
    ],
)
async def test_a_broken_context_is_not_hosted(http: httpx.AsyncClient, body: Any) -> None:
    answer = await http.post("/jsonldContexts", json=body)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/BadRequestData")


async def test_the_folder_gives_contexts_without_a_network(http: httpx.AsyncClient) -> None:
    body = {name: value for name, value in room("8", CORE, heat=8).items() if name != "@context"}
    assert (await http.post("/entities", json=body, headers=link(FOLDER))).status_code == 201
    plain = (await http.get("/entities/urn:ngsi-ld:Room:8?options=keyValues")).json()
    assert plain["https://vocab.example/#heat"] == 8


@pytest.mark.parametrize(
    "url",
    [
        "https://unknown.example/x.jsonld",
        "http://vocab.example/plain-http.jsonld",
        "https://localhost/private.jsonld",
        "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v9.9.jsonld",
        "https://vocab.example/broken.jsonld",
        "not an address",
    ],
)
async def test_1_3_9_a_context_that_cannot_be_had_answers_503(http: httpx.AsyncClient, url: str) -> None:
    answer = await http.post("/entities", json=room("9", [url], heat=1), headers=LD)
    assert answer.status_code == 503
    assert answer.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable"


async def test_a_download_is_checked_before_it_is_kept(city: City) -> None:
    contexts = Contexts(city.db, city.settings, city.clock, city.terms)
    documents = [
        b"<html>",
        b'{"@context": {"heat": ["x"]}}',
        b'{"@context": {"heat": "https://a.example/heat"}}',
    ]
    asked = 0

    async def fetch(url: str) -> bytes:
        nonlocal asked
        asked += 1
        return documents[asked - 1]

    contexts.fetch = fetch
    for _ in range(2):
        with pytest.raises(Problem, match="ld-context-not-available"):
            await contexts.prepare(ALLOWED)
        contexts._failed.clear()  # the wait after a failure is over
    await contexts.prepare(ALLOWED)
    assert contexts.context(ALLOWED).expand("heat") == "https://a.example/heat"
    held = await contexts.find(ALLOWED)
    assert held is not None and held.kind == "Cached"

    documents.append(b"{")
    with pytest.raises(Problem):
        await contexts.reload(held)
    await contexts.prepare(ALLOWED)
    assert contexts.context(ALLOWED).expand("heat") == "https://a.example/heat"
    documents.append(b'{"@context": {"heat": "https://b.example/heat"}}')
    await contexts.reload(held)
    assert contexts.context(ALLOWED).expand("heat") == "https://b.example/heat"


async def test_a_failed_download_is_not_tried_at_once_again(city: City) -> None:
    contexts = Contexts(city.db, city.settings, city.clock, city.terms)
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        raise OSError("no network")

    contexts.fetch = fetch
    for _ in range(3):
        with pytest.raises(Problem):
            await contexts.prepare("https://vocab.example/away.jsonld")
    assert asked == ["https://vocab.example/away.jsonld"]
