"""The live stream: one encoding per audience, nobody sees another's, slow screens hold nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from haidang.base.clock import FixedClock
from haidang.city.model import Changed, Entity, Group, Kind, Origin
from haidang.organisation.permissions import Principal, Scope
from haidang.web import hub as module
from haidang.web.hub import BUFFER_BYTES, Audience, Client, Hub, Missed, Row, framed


def person(
    *orgs: int, number: int = 1, permissions: tuple[str, ...] = ("entity.read", "feed.read")
) -> Principal:
    return Principal(f"account:{number}", "", orgs[0], (Scope(frozenset(permissions), frozenset(orgs)),))


def entity(eid: int, org: int) -> Entity:
    return Entity(
        eid=eid, tenant_id=0, id=f"urn:x:{eid}", type_id=1, origin=Origin(owner_org=org, area_code="HD001")
    )


def changed(eid: int, org: int, kind: int = Kind.UPDATE, tenant: str = "") -> Changed:
    return Changed(seq=eid, kind=kind, entity=entity(eid, org), type="Camera", tenant=tenant)


def feed_event(ref: str, org: int, state: str = "live") -> Changed:
    whose = {"owner_org": org, "area_code": None, "sector": None}
    event = {"topic": "feeds", "kind": "run", "ref": ref, "body": {"name": ref, "state": state}} | whose
    return Changed(seq=1, kind=Kind.EVENT, entity=None, event=event)


def board_row(eid: int, owner: int) -> Row:
    return [f"urn:x:{eid}", "Camera", "", 0, 0, None, eid, owner, "HD001", None, "", True]


class City:
    """Stands for the board's rows and the log."""

    def __init__(self) -> None:
        self.owners: dict[int, int] = {}
        self.asked: list[list[int]] = []
        self.missed = Missed(0)
        self.broken = False

    async def rows(self, eids: Sequence[int]) -> list[Row]:
        return [board_row(eid, self.owners[eid]) for eid in sorted(eids)]

    def rows_of_changes(self, changes: Sequence[Changed]) -> tuple[list[Row], list[Row]]:
        self.asked.append(sorted(change.entity.eid for change in changes if change.entity))
        if self.broken:
            raise RuntimeError("something unforeseen")
        rows: dict[bool, list[Row]] = {True: [], False: []}
        for change in changes:
            if change.entity:
                rows[change.kind == Kind.DELETE].append(
                    board_row(change.entity.eid, self.owners[change.entity.eid])
                )
        return rows[False], rows[True]

    async def since(self, after: int, limit: int) -> Missed:
        return self.missed


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def hub(city: City, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setattr(module, "TICK_S", 0.0)
    return Hub(
        rows_of=city.rows,
        rows_of_changes=city.rows_of_changes,
        missed=city.since,
        clock=FixedClock(datetime(2026, 3, 16, tzinfo=UTC)),
        seq=10,
    )


def events(chunk: bytes) -> list[tuple[str, Any]]:
    found = []
    for block in chunk.decode().strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if line)
        found.append((lines["event"], msgspec.json.decode(lines["data"])))
    return found


async def joined(hub: Hub, principal: Principal, after: int | None = None, **wishes: Any) -> Client:
    client = Client(Audience(principal, **wishes))
    await hub.join(client, after)
    return client


async def told(client: Client) -> list[tuple[str, Any]]:
    return events(await client.take(5))


async def test_each_agency_hears_of_its_own_only(hub: Hub, city: City) -> None:
    city.owners = {1: 100, 2: 200}
    hub.start()
    first, second = await joined(hub, person(100)), await joined(hub, person(200, number=2))
    assert [name for name, _ in await told(first)] == ["hello"]
    await told(second)
    hub.publish(Group(seq=12, at_us=0, changes=[changed(1, 100), changed(2, 200)]))
    [(name, body)] = await told(first)
    assert name == "changes"
    assert [row[0] for row in body["rows"]] == ["urn:x:1"]
    [(_, body)] = await told(second)
    assert [row[0] for row in body["rows"]] == ["urn:x:2"]
    assert city.asked == [[1, 2]], "one making of rows, whatever the number of audiences"
    hub.publish(Group(seq=13, at_us=0, changes=[changed(1, 100, Kind.DELETE)]))
    [(_, body)] = await told(first)
    assert body["removed"] == ["urn:x:1"]
    hub.publish(Group(seq=14, at_us=0, changes=[feed_event("a", 200)]))
    assert await told(second) == [("feed", {"name": "a", "state": "live"})]
    assert first._frames == type(first._frames)(), "nothing of the other agency was even queued"
    await hub.close()


async def test_one_audience_shares_its_bytes(hub: Hub, city: City) -> None:
    city.owners = {1: 100}
    hub.start()
    one, two = await joined(hub, person(100)), await joined(hub, person(100, number=2))
    await told(one)
    await told(two)
    hub.publish(Group(seq=12, at_us=0, changes=[changed(1, 100)]))
    await one._wake.wait()
    assert one._frames[0] is two._frames[0]
    await hub.close()


async def test_only_the_last_of_a_burst_is_told(hub: Hub, city: City) -> None:
    city.owners = {1: 100}
    hub.start()
    client = await joined(hub, person(100))
    await told(client)
    for seq in range(20, 30):
        hub.publish(Group(seq=seq, at_us=0, changes=[changed(1, 100), feed_event("a", 100, str(seq))]))
    told_of = await told(client)
    assert [name for name, _ in told_of] == ["feed", "changes"]
    assert told_of[0][1]["state"] == "29"
    assert told_of[1][1]["seq"] == 29
    await hub.close()


async def test_other_tenants_and_unwished_topics_are_not_told(hub: Hub, city: City) -> None:
    city.owners = {1: 100}
    hub.start()
    client = await joined(hub, person(100), topics=frozenset({"feeds"}))
    types = await joined(hub, person(100), types=frozenset({"Streetlight"}))
    areas = await joined(hub, person(100), area_codes=frozenset({"HD002"}))
    last = await joined(hub, person(100))
    for each in (client, types, areas, last):
        await told(each)
    hub.publish(Group(seq=12, at_us=0, changes=[changed(7, 100, tenant="other"), changed(1, 100)]))
    await told(last)
    assert city.asked == [[1]]
    assert not client._frames
    assert not types._frames
    assert not areas._frames
    await hub.close()


async def test_a_screen_that_does_not_read_is_reset_then_closed(hub: Hub) -> None:
    client = await joined(hub, person(100))
    frame = framed("changes", {"rows": ["x" * 1000]})
    for _ in range(BUFFER_BYTES // len(frame) + 1):
        client.put(frame)
    assert not client.closed
    while not client.closed and client._bytes + len(frame) <= BUFFER_BYTES:
        client.put(frame)
    assert next(name for name, _ in events(b"".join(client._frames))) == "reset"
    client.put(frame)
    assert client.closed


async def test_whoever_was_away_gets_what_it_missed_before_what_is_new(hub: Hub, city: City) -> None:
    city.owners = {1: 100, 2: 200, 3: 100}
    city.missed = Missed(10, eids=[1, 2], events=[feed_event("a", 100).event or {}])
    client = Client(Audience(person(100)))
    joining = asyncio.create_task(hub.join(client, 5))
    await joining
    told_of = await told(client)
    assert [name for name, _ in told_of] == ["hello", "feed", "changes"]
    assert [row[0] for row in told_of[2][1]["rows"]] == ["urn:x:1"]


@pytest.mark.parametrize(("after", "lost"), [(5, True), (11, False)])
async def test_a_gap_that_cannot_be_told_is_a_reset(hub: Hub, city: City, after: int, lost: bool) -> None:
    city.missed = Missed(10, lost=lost)
    client = await joined(hub, person(100), after)
    assert [name for name, _ in await told(client)] == ["hello", "reset"]


async def test_a_failed_tick_makes_every_screen_start_again(hub: Hub, city: City) -> None:
    hub.start()
    client = await joined(hub, person(100))
    await told(client)
    city.broken = True
    hub.publish(Group(seq=12, at_us=0, changes=[changed(1, 100)]))
    assert [name for name, _ in await told(client)] == ["reset"]
    city.broken, city.owners = False, {1: 100}
    hub.publish(Group(seq=13, at_us=0, changes=[changed(1, 100)]))
    assert [name for name, _ in await told(client)] == ["changes"]
    await hub.close()


async def test_nothing_is_gathered_while_nobody_listens(hub: Hub, city: City) -> None:
    hub.start()
    hub.publish(Group(seq=50, at_us=0, changes=[changed(1, 100)]))
    assert hub.seq == 50
    client = await joined(hub, person(100))
    await told(client)
    hub.leave(client)
    hub.publish(Group(seq=51, at_us=0, changes=[changed(1, 100)]))
    assert hub._changed == {}
    assert city.asked == []
    await hub.close()


async def test_one_clock_beats_for_every_screen(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_S", 0.01)
    hub.start()
    screens = [await joined(hub, person(100, number=number)) for number in range(3)]
    for screen in screens:
        await told(screen)
    for screen in screens:
        assert await asyncio.wait_for(screen.take(), 5) == b"", "woken, although nothing waits"
    await hub.close()


def alert_event(
    ref: int, org: int, area: str | None = "HD001", topic: str = "alerts", **body: Any
) -> Changed:
    whose = {"owner_org": org, "area_code": area, "sector": None}
    event = {"topic": topic, "kind": "raised", "ref": str(ref), "body": {"id": ref} | body} | whose
    return Changed(seq=1, kind=Kind.EVENT, entity=None, event=event)


def told_to(hub: Hub, principal: Principal, events: list[Changed], **wishes: Any) -> list[tuple[str, Any]]:
    """What one tick tells somebody, as (event, data)."""
    audience = Audience(principal, **{"topics": frozenset({"alerts", "tasks"})} | wishes)
    frames = hub._frames(audience, 7, [], [], [each.event for each in events if each.event])
    parsed = [frame.decode().strip().split("\n") for frame in frames]
    return [(lines[0][7:], msgspec.json.decode(lines[1][6:])) for lines in parsed]


def test_a_topic_is_told_to_whoever_holds_its_permission_over_the_thing(hub: Hub) -> None:
    reader = person(1, permissions=("alert.read", "task.read"))
    events = [
        alert_event(5, 1, count=1), alert_event(5, 1, count=2), alert_event(6, 2),
        alert_event(9, 2, topic="tasks", orgs=[2, 1]), alert_event(10, 2, topic="tasks", orgs=[2]),
    ]  # fmt: skip
    assert told_to(hub, reader, events) == [
        ("alert", {"id": 5, "count": 2}), ("task", {"id": 9, "orgs": [2, 1]}),
    ]  # fmt: skip
    assert told_to(hub, person(1, permissions=("task.read",)), events[:1]) == []
    elsewhere = told_to(hub, reader, events[:1], area_codes=frozenset({"HD002"}))
    assert elsewhere == []


def test_a_flood_is_told_as_one_event_that_counts_only_what_is_ones_own(hub: Hub) -> None:
    flood = [alert_event(number, 1 + number % 2) for number in range(1, 10_001)]
    reader = person(1, permissions=("alert.read",))
    assert told_to(hub, reader, flood) == [("alerts", {"count": 5_000, "seq": 7})]
    few = told_to(hub, reader, flood[: 2 * module.MANY])
    assert [event for event, _ in few] == ["alert"] * module.MANY
