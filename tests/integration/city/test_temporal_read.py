"""Reading history over NGSI-LD (GS CIM 009, 4.5.6 to 4.5.9, 5.7.3, 5.7.4, 6.3.10), asked as clients ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City

START = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
DAY = datetime(2026, 3, 1, tzinfo=UTC)
LIST = "/temporal/entities"
WINDOW = "timerel=between&timeAt=2026-03-01T00:00:00Z&endTimeAt=2026-03-02T00:00:00Z"


def at(minute: int) -> str:
    return (DAY + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def seen(value: Any, minute: int, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": at(minute), **more}


def bus(number: int | str) -> str:
    return f"urn:ngsi-ld:Bus:{number}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    clock = FixedClock(START)
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    async with client(opened, agency(ORG_A)) as http:
        for number in (1, 2):  # two attributes, twenty instances each, every two minutes in turn
            await made(http, {
                "id": bus(number), "type": "Bus",
                "speed": [seen(minute, minute) for minute in range(0, 40, 2)],
                "fuel": [seen(minute / 2, minute) for minute in range(1, 40, 2)],
            })  # fmt: skip
        await made(http, {
            "id": bus(3), "type": "Tram",
            "speed": [seen(minute, minute) for minute in range(60)],
            "fuel": [seen(minute, minute) for minute in range(60, 120)],
        })  # fmt: skip
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def strict(city: City) -> AsyncIterator[httpx.AsyncClient]:
    """The same city in the conformance profile: thirty instances an answer."""
    other = City(city.db, msgspec.structs.replace(city.settings, conformance=True), city.clock)
    other.terms = city.terms
    async with client(other, agency(ORG_A)) as found:
        yield found


async def made(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await http.post(LIST, json=body)
    assert answer.status_code == 201, answer.text


async def shown(http: httpx.AsyncClient, path: str, status: int = 200) -> Any:
    answer = await http.get(path)
    assert answer.status_code == status, answer.text
    return answer.json()


async def ids(http: httpx.AsyncClient, query: str) -> set[str]:
    return {one["id"].rsplit(":", 1)[1] for one in await shown(http, f"{LIST}?{query}")}


def values(shown_: list[dict[str, Any]]) -> list[Any]:
    return [one["value"] for one in shown_]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("timerel=before&timeAt={4}", [0, 2]),
        ("timerel=after&timeAt={36}", [36, 38]),
        ("timerel=between&timeAt={4}&endTimeAt={8}", [4, 6]),
        ("timerel=between&timeAt={4}&endTimeAt={4}", []),
        ("timerel=between&timeAt=2026-03-01T07:04:00%2B07:00&endTimeAt={6}", [4]),
        ("timerel=after&timeAt=9999-12-31T23:59:59.999999Z", []),
        ("timerel=before&timeAt=0001-01-01T00:00:00Z", []),
        ("timerel=after&timeAt=0001-01-01T00:00:00Z&lastN=1", [38]),
    ],
)
async def test_1_2_timerel(http: httpx.AsyncClient, span: str, expected: list[int]) -> None:
    for minute in (4, 6, 8, 36):
        span = span.replace(f"{{{minute}}}", at(minute))
    found = await shown(http, f"{LIST}/{bus(1)}?attrs=speed&{span}")
    assert values(found.get("speed", [])) == expected
    # An entity without an instance in the span is no answer to a query.
    assert await ids(http, f"type=Bus&attrs=speed&{span}") == ({"1", "2"} if expected else set())


async def test_1_2_last_n_counts_for_each_attribute(http: httpx.AsyncClient) -> None:
    found = await shown(http, f"{LIST}/{bus(3)}?lastN=2")
    assert (values(found["speed"]), values(found["fuel"])) == ([58, 59], [118, 119])
    found = await shown(http, f"{LIST}/{bus(3)}?lastN=2&timerel=before&timeAt={at(61)}")
    assert (values(found["speed"]), values(found["fuel"])) == ([58, 59], [60])
    many = await shown(http, f"{LIST}?type=Bus,Tram&lastN=1&timerel=after&timeAt={at(0)}")
    assert [values(one["speed"]) for one in many] == [[38], [38], [59]]


@pytest.mark.parametrize(
    ("query", "first", "last", "size"),
    [
        ("", 0, 29, "*"),
        ("lastN=20", 39, 10, "20"),
        (f"lastN=20&timerel=before&timeAt={at(100)}", 100, 10, "20"),
        (f"lastN=20&timerel=between&timeAt={at(-9)}&endTimeAt={at(100)}", 100, 10, "20"),
        (f"lastN=20&timerel=after&timeAt={at(-9)}", 39, 10, "20"),
        (f"timerel=before&timeAt={at(100)}", 0, 29, "*"),
        (f"timerel=between&timeAt={at(-9)}&endTimeAt={at(100)}", -9, 29, "*"),
        (f"timerel=after&timeAt={at(-9)}", -9, 29, "*"),
        (f"options=temporalValues&timerel=after&timeAt={at(-9)}", -9, 29, "*"),
    ],
)
async def test_1_2_forty_instances_are_cut_to_one_range(
    strict: httpx.AsyncClient, query: str, first: int, last: int, size: str
) -> None:
    answer = await strict.get(f"{LIST}/{bus(1)}?{query}")
    assert answer.status_code == 206, answer.text
    assert answer.headers["content-range"] == f"date-time {at(first)}-{at(last)}/{size}"
    body = answer.json()
    if "temporalValues" in query:
        times = [pair[1] for attr in ("speed", "fuel") for pair in body[attr]["values"]]
    else:
        times = [one["observedAt"] for attr in ("speed", "fuel") for one in body[attr]]
    assert len(times) == 30
    assert {min(times), max(times)} == ({at(10), at(39)} if "lastN" in query else {at(0), at(29)})


async def test_1_2_twenty_instances_come_whole(strict: httpx.AsyncClient) -> None:
    for query in ("attrs=speed", "lastN=10", "lastN=15"):
        answer = await strict.get(f"{LIST}/{bus(1)}?{query}")
        assert answer.status_code == 200
        assert "content-range" not in answer.headers


async def test_1_2_what_lies_beyond_the_cut_is_shown_empty(strict: httpx.AsyncClient) -> None:
    answer = await strict.get(f"{LIST}/{bus(3)}?timerel=after&timeAt={at(-9)}")
    assert (answer.status_code, answer.json()["fuel"], len(answer.json()["speed"])) == (206, [], 30)
    answer = await strict.get(
        f"{LIST}/{bus(3)}?lastN=100&timerel=before&timeAt={at(500)}&options=temporalValues"
    )
    assert answer.status_code == 206
    assert answer.json()["speed"] == {"type": "Property", "values": []}
    assert answer.json()["fuel"]["values"][0] == [90, at(90)]


async def test_1_2_a_cut_answer_has_the_same_range_for_every_entity(strict: httpx.AsyncClient) -> None:
    query = f"{LIST}?type=Bus,Tram&timerel=after&timeAt="
    collected: dict[str, set[str]] = {}
    start, pages = at(0), 0
    while True:  # as a client goes on: from the end of the range it was given
        answer = await strict.get(query + start)
        bodies = answer.json()
        for body in bodies:
            for attr in ("speed", "fuel"):
                collected.setdefault(body["id"], set()).update(
                    one["instanceId"] for one in body.get(attr, [])
                )
        pages += 1
        if answer.status_code == 200:
            break
        times = [
            one["observedAt"] for body in bodies for attr in ("speed", "fuel") for one in body.get(attr, [])
        ]
        assert len(times) <= 30
        end = max(times)
        assert answer.headers["content-range"] == f"date-time {start}-{end}/*"
        assert end > start
        start = end
    assert pages > 5
    assert {id_: len(found) for id_, found in collected.items()} == {bus(1): 40, bus(2): 40, bus(3): 120}


async def test_temporal_instances_max_is_a_setting(city: City) -> None:
    few = City(city.db, msgspec.structs.replace(city.settings, temporal_instances_max=5), city.clock)
    few.terms = city.terms
    async with client(few, agency(ORG_A)) as http:
        answer = await http.get(f"{LIST}/{bus(1)}")
    assert (answer.status_code, len(answer.json()["speed"]) + len(answer.json()["fuel"])) == (206, 5)
    async with client(city, agency(ORG_A)) as http:
        assert (await http.get(f"{LIST}/{bus(1)}")).status_code == 200


async def test_1_2_an_instant_that_is_too_full_comes_whole(
    http: httpx.AsyncClient, strict: httpx.AsyncClient
) -> None:
    body = {"id": bus("wide"), "type": "Wide", **{f"a{n}": [seen(n, 1), seen(n, 2)] for n in range(35)}}
    await made(http, body)
    answer = await strict.get(f"{LIST}/{bus('wide')}")
    assert answer.status_code == 206
    assert all(len(answer.json()[f"a{n}"]) == 1 for n in range(35))
    assert answer.headers["content-range"] == f"date-time {at(1)}-{at(1)}/*"


def place(coordinates: list[float], minute: int) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": coordinates}
    return {"type": "GeoProperty", "value": point, "observedAt": at(minute)}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fleet(city: City) -> None:
    """Vehicles whose values differ inside and outside the window."""
    out = -40 * 24 * 60
    bodies: dict[str, dict[str, Any]] = {
        "fast": {
            "speed": [seen(30, 720), seen(90, out)], "heading": [seen(45, 720)], "route": [seen("550", 720)],
        },
        "slow": {"speed": [seen(10, 720), seen(80, out)], "heading": [seen(170, 720)]},
        "shapes": {
            "name": [seen("m", 720)],
            "ref": [{"type": "Relationship", "object": "urn:dest:1", "observedAt": at(720)}],
            "tags": [seen(["a", "b"], 720)],
            "label": [
                {"type": "LanguageProperty", "languageMap": {"en": "red", "vi": "đỏ"}, "observedAt": at(720)}
            ],
        },
        "nowin": {"speed": [seen(99, out)]},
        "multi": {"speed": [seen(5, 720), seen(60, 720, datasetId="urn:x:b")]},
        "near": {"location": [place([107.0, 20.9], 720)]},
        "far": {"location": [place([108.0, 16.0], 720), place([107.0, 20.9], out)]},
    }  # fmt: skip
    async with client(city, agency(ORG_A)) as http:
        for name, attributes in bodies.items():
            await made(http, {"id": f"urn:ngsi-ld:Car:{name}", "type": "Car", **attributes})
        # A station that stands still: its place and name carry no time and hold throughout.
        await http.post("/entities", json={
            "id": "urn:ngsi-ld:Car:still", "type": "Station",
            "address": {"type": "Property", "value": "Bến 1"},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.0, 20.9]}},
            "level": seen(1, 720),
        })  # fmt: skip


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("speed>25", {"fast", "multi"}),
        ("speed>50", {"multi"}),
        ("speed>=5;heading<90", {"fast"}),
        ("speed>25|heading>100", {"fast", "slow", "multi"}),
        ('speed>25|name~="^m"', {"fast", "multi", "shapes"}),
        ("speed==10..40", {"fast", "slow"}),
        ('route=="550","551"', {"fast"}),
        ('ref=="urn:dest:1"', {"shapes"}),
        ('tags=="a"', {"shapes"}),
        ('label[vi]=="đỏ"', {"shapes"}),
        ("(speed>25|heading>100);heading", {"fast", "slow"}),
        ("speed==99", set()),
        ("speed==80", set()),
    ],
)
async def test_1_2_q_asks_the_instances_in_the_span(
    http: httpx.AsyncClient, fleet: None, q: str, expected: set[str]
) -> None:
    found = await http.get(
        LIST, params={"type": "Car", "q": q, **dict(p.split("=") for p in WINDOW.split("&"))}
    )
    assert found.status_code == 200, found.text
    assert {one["id"].rsplit(":", 1)[1] for one in found.json()} == expected
    assert at(-40 * 24 * 60) not in found.text


async def test_1_2_geometry_and_what_stands_still(http: httpx.AsyncClient, fleet: None) -> None:
    near = "georel=near%3BmaxDistance%3D%3D1000&geometry=Point&coordinates=%5B107.0,20.9%5D"
    assert await ids(http, f"type=Car,Station&{near}&{WINDOW}") == {"near", "still"}
    assert await ids(http, f"type=Station&q=address==%22B%E1%BA%BFn%201%22&{WINDOW}") == {"still"}


async def test_1_2_pages_and_counts_of_conditions(http: httpx.AsyncClient, fleet: None) -> None:
    path = f"{LIST}?type=Car&q=speed%3E25&{WINDOW}&count=true&limit=1"
    found: list[str] = []
    for offset in range(3):
        answer = await http.get(f"{path}&offset={offset}")
        assert answer.headers["ngsild-results-count"] == "2"
        found += [one["id"].rsplit(":", 1)[1] for one in answer.json()]
        assert ("next" in answer.links) == (offset == 0)
    assert found == ["fast", "multi"]
    none = await http.get(f"{LIST}?type=Car&{WINDOW}&count=true&limit=0")
    assert (none.json(), none.headers["ngsild-results-count"]) == ([], "6")
    backwards = await http.get(f"{LIST}?type=Car&{WINDOW}&orderBy=id&limit=2")
    assert len(backwards.json()) == 2


async def test_1_2_scope_over_time(http: httpx.AsyncClient) -> None:
    def scoped(value: Any, minute: int) -> dict[str, Any]:
        return {"type": "Property", "value": value, "observedAt": at(minute)}

    for name, scopes in {
        "ab": [scoped("/A/B", -10)], "both": [scoped(["/A/B", "/C"], -10)],
        "rep": [scoped("/R", -10), scoped("/S", 30)], "bare": [],
    }.items():  # fmt: skip
        body = {"id": f"urn:ngsi-ld:Scoped:{name}", "type": "Scoped", "speed": [seen(1, 5), seen(2, 45)]}
        await made(http, body | ({"scope": scopes} if scopes else {}))
    for scope, expected in [
        ("/A/B", {"ab", "both"}),
        ("/A/%23", {"ab", "both"}),
        ("/S", {"rep"}),
        ("/Y", set()),
    ]:
        assert await ids(http, f"type=Scoped&scopeQ={scope}&{WINDOW}") == expected, scope
    found = await shown(http, f"{LIST}/urn:ngsi-ld:Scoped:rep")
    assert found["scope"] == [scoped("/R", -10), scoped("/S", 30)]
    short = await shown(http, f"{LIST}/urn:ngsi-ld:Scoped:rep?options=temporalValues")
    assert short["scope"] == {"type": "Property", "values": [["/R", at(-10)], ["/S", at(30)]]}
    assert "scope" not in await shown(http, f"{LIST}/urn:ngsi-ld:Scoped:rep?omit=scope")
    assert (await http.get("/entities/urn:ngsi-ld:Scoped:rep")).json()["scope"] == "/S"
    assert (await http.delete(f"{LIST}/urn:ngsi-ld:Scoped:rep/attrs/scope")).status_code == 204
    assert "scope" not in await shown(http, f"{LIST}/urn:ngsi-ld:Scoped:rep")


async def test_1_2_temporal_values_of_every_kind(http: httpx.AsyncClient) -> None:
    when = {"observedAt": at(1)}
    point = {"type": "Point", "coordinates": [107.0, 20.9]}
    body = {
        "id": bus("kinds"), "type": "Kinds",
        "p": [{"type": "Property", "value": 1, **when}],
        "r": [{"type": "Relationship", "object": ["urn:x:1", "urn:x:2"], **when}],
        "g": [{"type": "GeoProperty", "value": point, **when}],
        "l": [{"type": "LanguageProperty", "languageMap": {"vi": "cầu", "en": "bridge"}, **when}],
        "v": [{"type": "VocabProperty", "vocab": "monument", **when}],
        "j": [{"type": "JsonProperty", "json": {"a": [1]}, **when}],
        "lp": [{"type": "ListProperty", "valueList": [1, 2], **when}],
        "lr": [{"type": "ListRelationship", "objectList": ["urn:x:1"], **when}],
        "d": [{"type": "Property", "value": n, "datasetId": f"urn:x:{n}", **when} for n in (1, 2)],
    }  # fmt: skip
    await made(http, body)
    path = f"{LIST}/{bus('kinds')}"
    short = await shown(http, f"{path}?format=temporalValues")
    t = at(1)
    assert short == {
        "id": bus("kinds"), "type": "Kinds",
        "p": {"type": "Property", "values": [[1, t]]},
        "r": {"type": "Relationship", "objects": [[["urn:x:1", "urn:x:2"], t]]},
        "g": {"type": "GeoProperty", "values": [[point, t]]},
        "l": {
            "type": "LanguageProperty",
            "languageMaps": [[{"languageMap": {"vi": "cầu", "en": "bridge"}}, t]],
        },
        "v": {"type": "VocabProperty", "vocabs": [[{"vocab": "monument"}, t]]},
        "j": {"type": "JsonProperty", "jsons": [[{"json": {"a": [1]}}, t]]},
        "lp": {"type": "ListProperty", "valueLists": [[[1, 2], t]]},
        "lr": {"type": "ListRelationship", "objectLists": [[["urn:x:1"], t]]},
        "d": [{"type": "Property", "datasetId": f"urn:x:{n}", "values": [[n, t]]} for n in (1, 2)],
    }  # fmt: skip
    whole = await shown(http, path)
    for attr in "prgvjd":
        assert [{k: v for k, v in one.items() if k != "instanceId"} for one in whole[attr]] == body[attr]
    concise = await shown(http, f"{path}?format=concise")
    assert concise["p"][0].keys() == {"value", "observedAt", "instanceId"}
    assert concise["g"][0]["value"] == point
    # lang, datasetId
    found = await shown(http, f"{path}?lang=en&attrs=l")
    assert (found["l"][0]["type"], found["l"][0]["value"], found["l"][0]["lang"]) == (
        "Property",
        "bridge",
        "en",
    )
    assert (await shown(http, f"{path}?datasetId=urn:x:2")).keys() == {"id", "type", "d"}
    assert values((await shown(http, f"{path}?datasetId=urn:x:2"))["d"]) == [2]
    assert "d" not in await shown(http, f"{path}?datasetId=@none")


async def test_1_2_pick_omit_attrs(http: httpx.AsyncClient) -> None:
    path = f"{LIST}/{bus(1)}?timerel=before&timeAt={at(4)}"
    assert (await shown(http, f"{path}&pick=speed")).keys() == {"speed"}
    assert (await shown(http, f"{path}&pick=id,speed")).keys() == {"id", "speed"}
    assert (await shown(http, f"{path}&pick=id")).keys() == {"id"}
    assert (await shown(http, f"{path}&omit=type,speed")).keys() == {"id", "fuel"}
    assert (await shown(http, f"{path}&attrs=speed")).keys() == {"id", "type", "speed"}
    assert (await shown(http, f"{path}&attrs=speed&pick=id,fuel")).keys() == {"id"}
    await shown(http, f"{path}&attrs=unheard", 404)
    assert await ids(http, f"attrs=fuel&type=Bus,Tram&timerel=before&timeAt={at(4)}") == {"1", "2"}
    assert await ids(http, f"attrs=fuel&type=Bus,Tram&timerel=after&timeAt={at(60)}") == {"3"}


async def test_1_2_sys_attrs_and_stable_names(http: httpx.AsyncClient) -> None:
    path = f"{LIST}/{bus(1)}?lastN=1"
    found = await shown(http, f"{path}&options=sysAttrs")
    one = found["speed"][0]
    assert found["createdAt"] == one["createdAt"] == one["modifiedAt"] == "2026-03-16T02:00:00Z"
    assert one["instanceId"].startswith("urn:ngsi-ld:Instance:")
    again = await shown(http, f"{path}&attrs=speed")
    assert again["speed"][0]["instanceId"] == one["instanceId"]
    assert "createdAt" not in again
    entered = await shown(
        http, f"{LIST}/{bus(1)}?timeproperty=createdAt&timerel=after&timeAt=2026-03-16T00:00:00Z"
    )
    assert len(entered["speed"]) == 20
    assert entered["speed"][0]["createdAt"] == "2026-03-16T02:00:00Z"
    before = "timeproperty=createdAt&timerel=before&timeAt=2026-03-16T02:00:00Z"
    assert (await shown(http, f"{LIST}/{bus(1)}?{before}")).keys() == {"id", "type"}
    assert await ids(http, f"type=Bus&{before}") == set()
    assert await ids(http, "type=Bus&timeproperty=modifiedAt&timerel=after&timeAt=2026-03-16T02:00:00Z") == {
        "1",
        "2",
    }


async def test_the_body_of_a_query_says_the_same(http: httpx.AsyncClient) -> None:
    def body(**temporal: Any) -> dict[str, Any]:
        return {
            "type": "Query",
            "entities": [{"type": "Bus"}],
            "temporalQ": {"timerel": "after", "timeAt": at(0)} | temporal,
        }

    post = f"{LIST.removesuffix('/entities')}/entityOperations/query"
    by_get = await shown(http, f"{LIST}?type=Bus&timerel=after&timeAt={at(0)}&lastN=1&options=temporalValues")
    by_post = await http.post(f"{post}?options=temporalValues", json=body(lastN=1))
    assert by_post.json() == by_get
    summed = await http.post(post, json=body(aggrMethods=["avg", "max"], aggrPeriodDuration="PT1H"))
    assert summed.json()[0]["speed"]["max"] == [[38.0, at(0), at(60)]]
    assert (await http.post(post, json=body(aggrMethods="avg"))).json()[0]["speed"]["avg"][0][0] == 19.0
    for wrong in (
        body(lastN=0), body(lastN=1.5), body(lastN="1"), body(lastN=True),
        body(timerel="during"), body(timerel=3),
        body(timerel="between"), body(timeAt=None), body(timeproperty="expiresAt"), body(colour="red"),
        body(aggrMethods=["avg"], aggrPeriodDuration="soon"), body(aggrMethods=[3]), body(aggrMethods={}),
        {"type": "Query", "entities": [{"type": "Bus"}]},
        {"type": "Query", "entities": [{"type": "Bus"}], "temporalQ": []},
        {"type": "Query", "temporalQ": {"timerel": "after", "timeAt": at(0)}},
    ):  # fmt: skip
        answer = await http.post(post, json=wrong)
        assert answer.status_code == 400, wrong
        assert answer.json()["type"].endswith("/BadRequestData"), wrong


@pytest.mark.parametrize(
    "query",
    [
        "",
        "type=Bus",
        f"timerel=after&timeAt={at(0)}",
        "type=Bus&timerel=after",
        f"type=Bus&timeAt={at(0)}",
        f"type=Bus&timerel=between&timeAt={at(0)}",
        f"type=Bus&timerel=between&timeAt={at(5)}&endTimeAt={at(0)}",
        f"type=Bus&timerel=after&timeAt={at(0)}&endTimeAt={at(5)}",
        f"type=Bus&timerel=during&timeAt={at(0)}",
        "type=Bus&timerel=after&timeAt=yesterday",
        "type=Bus&timerel=after&timeAt=2026-03-01T00:00:00",
        f"type=Bus&timerel=after&timeAt={at(0)}&timeproperty=expiresAt",
        f"type=Bus&timerel=after&timeAt={at(0)}&lastN=0",
        f"type=Bus&timerel=after&timeAt={at(0)}&lastN=-1",
        f"type=Bus&timerel=after&timeAt={at(0)}&lastN=1e3",
        f"type=Bus&timerel=after&timeAt={at(0)}&lastN={'9' * 400}",
        f"type=Bus&timerel=after&timeAt={at(0)}&options=temporalValues,aggregatedValues",
        f"type=Bus&timerel=after&timeAt={at(0)}&options=aggregatedValues",
        f"type=Bus&timerel=after&timeAt={at(0)}&format=simplified",
        f"type=Bus&timerel=after&timeAt={at(0)}&pick=near%7Bname%7D",
        f"type=Bus&timerel=after&timeAt={at(0)}&q=near%7Bname%7D==%22x%22",
        f"type=Bus&timerel=after&timeAt={at(0)}&orderBy=name",
        f"type=Bus&timerel=after&timeAt={at(0)}&id=not%20a%20uri",
        f"type=Bus&timerel=after&timeAt={at(0)}&datasetId=nonsense",
        f"type=Bus&timerel=after&timeAt={at(0)}&lang=vi;q=x",
        f"type=Bus&timerel=after&timeAt={at(0)}&limit=0",
        f"type=Bus&timerel=after&timeAt={at(0)}&q=speed==",
        f"type=Bus&timerel=after&timeAt={at(0)}&georel=near",
        f"type=Bus&timerel=after&timeAt={at(0)}&colour=red",
        f"type=Bus&timerel=after&timerel=before&timeAt={at(0)}",
    ],
)
async def test_1_2_wrong_combinations_are_refused(http: httpx.AsyncClient, query: str) -> None:
    answer = await http.get(f"{LIST}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"].rsplit("/", 1)[1] in ("BadRequestData", "InvalidRequest")


async def test_two_agencies_read_only_their_own_history(
    city: City, http: httpx.AsyncClient, fleet: None
) -> None:
    async with client(city, agency(ORG_B)) as other:
        for query in (f"type=Bus,Car&{WINDOW}", f"type=Car&q=speed%3E1&{WINDOW}", f"id={bus(1)}&{WINDOW}"):
            answer = await other.get(f"{LIST}?{query}&count=true")
            assert (answer.json(), answer.headers["ngsild-results-count"]) == ([], "0")
        await shown(other, f"{LIST}/{bus(1)}", 404)
        summed = f"{LIST}/{bus(1)}?options=aggregatedValues&aggrMethods=avg"
        await shown(other, summed, 404)
