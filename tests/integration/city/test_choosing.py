"""lang and datasetId in every representation, asked as clients ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City

ID = "urn:ngsi-ld:Beach:1"
AT = "2026-03-01T00:00:00Z"
ROOF = "urn:ngsi-ld:Dataset:roof"
BEACH = {
    "id": ID,
    "type": "Beach",
    "title": {"type": "LanguageProperty", "languageMap": {"vi": "Bãi Cháy", "en-GB": "Bai Chay beach"}},
    "note": {"type": "LanguageProperty", "languageMap": {"@none": "-", "fr": "plage"}},
    "size": {"type": "Property", "value": 3},
    "heat": [
        {"type": "Property", "value": 20, "observedAt": AT},
        {"type": "Property", "value": 24, "observedAt": AT, "datasetId": ROOF},
    ],
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def http(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    clock = FixedClock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    city = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    async with client(city, agency(ORG_A)) as found:
        assert (await found.post("/entities", json=BEACH)).status_code == 201
        yield found
    await city.close()


async def read(http: httpx.AsyncClient, rest: str) -> Any:
    answer = await http.get(f"/entities/{ID}?{rest}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("lang", "title", "tag", "note"),
    [
        ("vi", "Bãi Cháy", "vi", "-"),
        ("en-GB-oed", "Bai Chay beach", "en-GB", "-"),
        ("en;q=0.2,vi;q=0.9", "Bãi Cháy", "vi", "-"),
        ("EN-gb,fr;q=0.5", "Bai Chay beach", "en-GB", "plage"),
        ("de", "Bãi Cháy", "vi", "-"),
        ("*", "Bãi Cháy", "vi", "-"),
    ],
)
async def test_a_language_property_becomes_a_property_in_one_language(
    http: httpx.AsyncClient, lang: str, title: str, tag: str, note: str
) -> None:
    body = await read(http, f"lang={lang}")
    assert body["title"] == {"type": "Property", "value": title, "lang": tag}
    assert body["note"]["value"] == note
    assert body["size"] == BEACH["size"]
    short = await read(http, f"lang={lang}&options=keyValues")
    assert (short["title"], short["note"]) == (title, note)
    concise = await read(http, f"lang={lang}&options=concise")
    assert concise["title"] == {"value": title, "lang": tag}


async def test_datasets_are_told_apart(http: httpx.AsyncClient) -> None:
    roof = await read(http, f"datasetId={ROOF}")
    assert roof == {"id": ID, "type": "Beach", "heat": BEACH["heat"][1]}  # type: ignore[index]
    default = await read(http, "datasetId=@none&options=keyValues")
    assert default["heat"] == 20 and default["size"] == 3
    both = await read(http, f"datasetId=@none,{ROOF}")
    assert both["heat"] == BEACH["heat"]


async def test_the_body_of_a_question_chooses_too(http: httpx.AsyncClient) -> None:
    body = {"type": "Query", "entities": [{"type": "Beach"}], "lang": "vi", "datasetId": [ROOF, "@none"]}
    (found,) = (await http.post("/entityOperations/query?options=keyValues", json=body)).json()
    assert found["title"] == "Bãi Cháy"
    assert found["heat"] == {"dataset": {"@none": 20, ROOF: 24}}


@pytest.mark.parametrize("rest", ["datasetId=roof", "lang=vi;q=much"])
async def test_what_cannot_be_chosen_is_refused(http: httpx.AsyncClient, rest: str) -> None:
    answer = await http.get(f"/entities/{ID}?{rest}")
    assert answer.status_code == 400, answer.text
