"""The city board over a real database: now, as of a moment, and moving from one to the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.boards import city as board
from haidang.boards.model import FIELDS, BoardRow, Types
from haidang.boards.reducer import Filter
from haidang.city.model import Group, Origin
from haidang.city.packs import BUILTIN, load_packs
from haidang.city.query import entities, history
from haidang.city.service import City
from haidang.city.store import log
from haidang.city.times import format_us, to_us
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope, system

SYSTEM = system("tests")
START = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def iso(at: datetime) -> str:
    return format_us(to_us(at))


def station(number: int, value: float | None, at: datetime, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"id": f"urn:ngsi-ld:AirQualityObserved:{number}", "type": "AirQualityObserved"}
    if value is not None:
        body["pm25"] = {"type": "Property", "value": value, "unitCode": "GQ", "observedAt": iso(at)}
    return body | more


def place(lon: float, lat: float, at: datetime | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, lat]}}
    return found | ({"observedAt": iso(at)} if at else {})


class Story:
    """Five minutes in the life of a small city, with what everybody knew at each of them."""

    def __init__(self, city: City, clock: FixedClock) -> None:
        self.city = city
        self.clock = clock
        self.groups: list[Group] = []
        city.subscribe(self.groups.append)
        self.types = Types(city.terms, load_packs([BUILTIN]))

    async def write(self, *entities: dict[str, Any], org: int = 1) -> None:
        origin = Origin(org, "06478", "environment", "test", simulated=org == 2)
        result = await self.city.upsert(SYSTEM, entities, origin=origin)
        assert not result.failed

    async def rows(
        self, at: datetime | None = None, who: Principal = SYSTEM, **which: Any
    ) -> dict[int, BoardRow]:
        found = await board.snapshot(
            self.city.db, self.city.terms, self.types, who, which=Filter(**which), at=at
        )
        return {int(row[0].rsplit(":", 1)[1]): row for row in found.rows}


def cell(row: BoardRow, name: str) -> Any:
    return row[FIELDS.index(name)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    clock = FixedClock(START)
    city = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    told = Story(city, clock)
    name = {"type": "Property", "value": "Trạm Một"}
    # Minute 0: two stations; 1 is fixed, 2 moves; 3 belongs to another agency.
    await told.write(
        station(1, 10, START, name=name, location=place(107.0, 20.9)),
        station(2, 20, START, location=place(107.1, 20.9, START)),
    )
    await told.write(station(3, 30, START), org=2)
    # Minute 1: both speak, the moving one has moved.
    clock.advance(MINUTE)
    await told.write(
        station(1, 11, START + MINUTE),
        station(2, 21, START + MINUTE, location=place(107.2, 20.9, START + MINUTE)),
    )
    # Minute 2: a late observation of 1 (history, not news); 4 is born; 1 is moved by hand.
    clock.advance(MINUTE)
    await told.write(station(1, 99, START + MINUTE / 2), station(4, 40, START + 2 * MINUTE))
    await told.write(station(1, None, START, location=place(107.9, 20.9)))
    # Minute 3: 3 is gone; 1 speaks again.
    clock.advance(MINUTE)
    await city.delete(SYSTEM, "urn:ngsi-ld:AirQualityObserved:3")
    await told.write(station(1, 13, START + 3 * MINUTE))
    clock.advance(MINUTE)
    yield told
    await city.close()


async def test_now(story: Story) -> None:
    rows = await story.rows()
    assert sorted(rows) == [1, 2, 4]
    assert rows[1] == [
        "urn:ngsi-ld:AirQualityObserved:1", "AirQualityObserved", "Trạm Một", 107.9, 20.9,
        to_us(START + 3 * MINUTE) // 1000, 13, 1, "06478", "environment", "test", False,
    ]  # fmt: skip
    assert cell(rows[2], "lon") == 107.2


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (-1, {}),
        (0, {1: (10, 107.0), 2: (20, 107.1), 3: (30, None)}),
        (1, {1: (11, 107.0), 2: (21, 107.2), 3: (30, None)}),
        (2, {1: (11, 107.9), 2: (21, 107.2), 3: (30, None), 4: (40, None)}),
        (3, {1: (13, 107.9), 2: (21, 107.2), 4: (40, None)}),
    ],
)
async def test_as_of_shows_what_was_known_then(
    story: Story, minutes: int, expected: dict[int, tuple[float, float | None]]
) -> None:
    rows = await story.rows(START + minutes * MINUTE + MINUTE / 2)
    assert {key: (cell(row, "value"), cell(row, "lon")) for key, row in rows.items()} == expected


async def test_as_of_keeps_agencies_apart(story: Story) -> None:
    one = Principal("account:1", "x", 1, (Scope(frozenset(PERMISSIONS), frozenset({1})),))
    assert sorted(await story.rows(START + MINUTE / 2, one)) == [1, 2]
    two = Principal("account:2", "x", 2, (Scope(frozenset(PERMISSIONS), frozenset({2})),))
    assert sorted(await story.rows(START + MINUTE / 2, two)) == [3]
    assert sorted(await story.rows(None, two)) == []


async def test_filters(story: Story) -> None:
    assert sorted(await story.rows(text="trạm một")) == [1]
    assert sorted(await story.rows(type="Camera")) == []
    assert sorted(await story.rows(sector="transport")) == []
    assert sorted(await story.rows(area="06478")) == [1, 2, 4]
    assert sorted(await story.rows(area="00001")) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 1_000])
async def test_replay_ends_where_the_board_is(story: Story, limit: int) -> None:
    begin = START + MINUTE / 2
    rows = await story.rows(begin)
    after: int | None = None
    seen: list[datetime] = []
    while True:
        frames, after = await board.frames(
            story.city.db, story.city.terms, story.types, SYSTEM, which=Filter(),
            start=begin, end=story.clock.now(), after=after, limit=limit,
        )  # fmt: skip
        for frame in frames:
            seen.append(frame.at)
            rows |= {int(row[0].rsplit(":", 1)[1]): row for row in frame.rows}
            for id_ in frame.removed:
                del rows[int(id_.rsplit(":", 1)[1])]
        if after is None:
            break
    assert rows == await story.rows()
    assert seen == sorted(seen)


async def test_replay_stops_at_its_end(story: Story) -> None:
    frames, following = await board.frames(
        story.city.db, story.city.terms, story.types, SYSTEM, which=Filter(),
        start=START + MINUTE / 2, end=START + 1.5 * MINUTE, after=None, limit=1_000,
    )  # fmt: skip
    assert following is None
    assert {cell(row, "value") for frame in frames for row in frame.rows} == {11, 21}


async def test_stream_rows_equal_board_rows(story: Story) -> None:
    latest: dict[str, BoardRow] = {}
    for group in story.groups:
        rows, removed = board.rows_of_changes(group.changes, story.types)
        latest |= {row[0]: row for row in rows}
        for row in removed:
            assert cell(row, "owner_org") == 2
            del latest[row[0]]
    assert list(latest.values()) and sorted(latest.values()) == sorted((await story.rows()).values())
    async with story.city.db.transaction() as conn:
        eids = [change.entity.eid for group in story.groups for change in group.changes if change.entity]
        assert sorted(await board.rows_of(conn, story.city.terms, story.types, eids)) == sorted(
            latest.values()
        )


async def test_one_entity_as_it_was_known(story: Story) -> None:
    terms = story.city.terms
    row = await entities.entity(story.city.db, terms, SYSTEM, "urn:ngsi-ld:AirQualityObserved:1")
    assert row is not None

    async def then(at: datetime) -> dict[str, Any] | None:
        found = await history.as_known(story.city.db, terms, row, at)
        if found is None:
            return None
        return {terms.attr_name(number): stored for number, stored, _ in found[1]}

    assert await then(START - MINUTE) is None
    early = await then(START + 1.5 * MINUTE)
    assert early is not None
    assert early["pm25"] == [11, "GQ"]
    assert early["location"]["v"]["coordinates"] == [107.0, 20.9]
    late = await then(story.clock.now())
    assert late is not None
    assert late["pm25"] == [13, "GQ"]


async def test_course_raw_and_hourly(story: Story) -> None:
    terms = story.city.terms
    row = await entities.entity(story.city.db, terms, SYSTEM, "urn:ngsi-ld:AirQualityObserved:1")
    assert row is not None
    span = {"start": START, "end": START + 10 * MINUTE}
    raw = await history.course(story.city.db, terms, row, attrs=("pm25",), step="raw", **span)
    assert [point[1] for point in raw.series[0].points] == [10, 99, 11, 13]
    assert raw.series[0].unit == "GQ"
    assert not raw.truncated
    cut = await history.course(story.city.db, terms, row, attrs=("pm25",), step="raw", points_max=2, **span)
    assert [point[1] for point in cut.series[0].points] == [11, 13]
    assert cut.truncated
    hourly = await history.course(story.city.db, terms, row, attrs=(), step="hour", **span)
    assert hourly.series[0].points == [
        [to_us(START.replace(minute=0)) // 1000, (10 + 99 + 11 + 13) / 4, 10, 99, 4]
    ]
    none = await history.course(story.city.db, terms, row, attrs=("unheard",), step="raw", **span)
    assert none.series == []


async def test_five_thousand_rows_come_quickly(story: Story, clock: FixedClock) -> None:
    now = story.clock.now()
    for start in range(10_000, 15_000, 1_000):
        await story.write(
            *(
                station(number, number % 90, now, location=place(107 + number / 1e5, 20.5))
                for number in range(start, start + 1_000)
            )
        )
    began = datetime.now(UTC)
    found = await board.snapshot(
        story.city.db, story.city.terms, story.types, SYSTEM, which=Filter(), at=None
    )
    took = datetime.now(UTC) - began
    assert len(found.rows) > 5_000
    assert found.counts[0][1] == len(found.rows)
    assert took < timedelta(seconds=2), took
    async with story.city.db.transaction() as conn:
        assert found.seq == await log.head(conn)
