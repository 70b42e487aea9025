"""Use cases of the demonstration: make the province, let it live, take it away again."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection, Database
from haidang.base.log import logger
from haidang.base.problems import UNAVAILABLE, Problem
from haidang.city.forward import Order
from haidang.city.items import Op
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.demo import directing, duty, figures, programme, province, store
from haidang.demo.conclusions import SPOKEN
from haidang.demo.fleet import Device, fleet
from haidang.demo.rhythm import position, reading
from haidang.demo.stories import STORIES
from haidang.demo.story import PACE_S, Happening, Told, Turn, entities, retold, touched
from haidang.indicators.service.desk import desk_of
from haidang.organisation.model import OrgAlias
from haidang.organisation.permissions import system
from haidang.organisation.service.orgs import NewOrg, add_org, orgs_called
from haidang.organisation.store import areas, orgs

SOURCE = "demo"
TICK_S = 5.0
PAST = timedelta(hours=12)
"""How much history the province has when it is made."""
BATCH = 1_000
_AFTERMATH = timedelta(hours=1)

_PRINCIPAL = system("demo")
_log = logger("demo")


class Demo:
    """The demonstration province in one city."""

    def __init__(
        self, db: Database, city: City, clock: Clock, *, scale: float = 1.0, seed: int = 2026
    ) -> None:
        self._db = db
        self._city = city
        self._clock = clock
        self._seed = seed
        self._devices = fleet(scale, seed)
        self._orgs: dict[str, int] = {}
        self._stories: tuple[Told, ...] = ()
        self._touched = {name: touched(story, self._devices) for name, story in STORIES.items()}
        self._happened: dict[str, dict[str, Any]] = {}

    async def prepare(self) -> None:
        """Make the areas, the agencies and the devices with their past; what is there already stays.

        A province that was there before gets no past for the time the server was off: nothing was
        observed then, and a screen shall show that as it would of a real one.
        """
        now = self._clock.now()
        async with self._db.transaction() as connection:
            await areas.add(connection, province.areas())
            self._orgs = await _add_agencies(connection, now.astimezone(LOCAL).date())
            await duty.prepare(connection, self._city.settings, self._clock, self._orgs)
            known = set(await store.made_up(connection, SOURCE))
        try:
            await directing.prepare(self._db, self._city.settings, self._clock, self._orgs)
        except Problem as problem:
            # The devices live all the same; another process may just be making the same notices.
            _log.error("the directives were refused", reason=str(problem), faults=problem.faults)
        try:
            await programme.prepare(self._db, self._city.settings, self._clock, self._orgs)
        except Problem as problem:
            _log.error("the programme was refused", reason=str(problem), faults=problem.faults)
        try:
            await figures.prepare(self._db, self._city.settings, self._clock, self._orgs)
        except Problem as problem:
            _log.error("the figures were refused", reason=str(problem), faults=problem.faults)
        new = [device for device in self._devices if device.id not in known]
        if new:
            _log.info("making the demonstration province", devices=len(new))
            await self._write(new, [entity_of(device) for device in new])
            await self._write_past(new, now)
        await self._report((device, _due(device, now)) for device in self._devices)
        if new:
            _log.info("the demonstration province lives", devices=len(self._devices))

    async def live(self) -> None:
        """Let every device report when it is due, for ever."""
        before = self._clock.now()
        while True:
            await asyncio.sleep(TICK_S)
            now = self._clock.now()
            try:
                await self.tick(before, now)
                await figures.live(self._db, desk_of(self._city.settings, self._clock))
            except Problem as problem:
                # The writer's queue is full: real devices go first, the made-up ones lose a reading.
                _log.warning("the demonstration lost a tick", reason=str(problem))
            before = now

    async def tick(self, before: datetime, now: datetime) -> int:
        """Write the reports that fell due after ``before`` until ``now``; return how many there were."""
        async with self._db.transaction() as connection:
            rows = await store.stories(connection)
        self._stories = tuple(
            Told(STORIES[name], began_at, speed) for name, began_at, speed in rows if name in STORIES
        )
        told = [each for each in self._stories if each.goes_on(now)]
        hurried = {id_ for each in told for id_ in self._touched[each.story.name]}
        due = [
            (device, at)
            for device in self._devices
            if (at := _due(device, now, hurried=device.id in hurried)) > before
        ]
        # The end of an event may fall into the last instant of its story.
        recent = [each for each in self._stories if each.began_at <= now < each.ends_at + _AFTERMATH]
        return await self._report(due) + await self._happen(recent, now)

    async def begin(self, name: str, speed: float = 1.0) -> Told:
        """Begin to tell a story; whoever lets the province live goes on with it."""
        # Whole seconds, as observations have them.
        told = Told(STORIES[name], self._clock.now().replace(microsecond=0), speed)
        async with self._db.transaction() as connection:
            await store.begin_story(connection, name, told.began_at, speed)
        return told

    async def tell(self, told: Told) -> AsyncIterator[float]:
        """Let the devices of one story report until it is over, beside whatever else lives.

        Yields the minutes of the story as they pass. The living province tells it too: both write the
        same values at the same times.
        """
        concerned = self._touched[told.story.name]
        devices, self._devices = self._devices, tuple(d for d in self._devices if d.id in concerned)
        try:
            before = told.began_at - timedelta(seconds=1)
            while told.goes_on(now := self._clock.now()):
                await self.tick(before, now)
                yield told.minute(now)
                before = now
                await asyncio.sleep(TICK_S / 2)
            await self.tick(before, now)
        finally:
            self._devices = devices

    async def remove(self) -> int:
        """Take away every entity the demonstration has written; return how many. History stays in the log."""
        async with self._db.transaction() as connection:
            ids = await store.made_up(connection, SOURCE)
            await store.end_stories(connection)
            await duty.close(connection, self._city.settings, self._clock)
            await directing.close(connection, self._city.settings, self._clock)
            await programme.close(connection, self._city.settings, self._clock)
            await figures.close(connection, self._city.settings, self._clock)
        for start in range(0, len(ids), BATCH):
            await self._city.order(_PRINCIPAL, Order(Op.DELETE, "", ids[start : start + BATCH]))
        return len(ids)

    async def links(self) -> list[duty.Link]:
        """Make a new one-time link for each account of the demonstration."""
        async with self._db.transaction() as connection:
            return await duty.links(connection, self._clock)

    async def _write_past(self, devices: Sequence[Device], now: datetime) -> None:
        reports = sorted(
            ((at, device) for device in devices for at in _past(device, now)), key=lambda report: report[0]
        )
        for start in range(0, len(reports), BATCH):
            await self._report((device, at) for at, device in reports[start : start + BATCH])

    async def _report(self, due: Iterable[tuple[Device, datetime]]) -> int:
        spoken: list[Device] = []
        bodies: list[dict[str, Any]] = []
        for device, at in due:
            body = report_of(device, at, self._seed, self._told_of(device, at))
            if body is not None:
                spoken.append(device)
                bodies.append(body)
        await self._write(spoken, bodies)
        return len(bodies)

    def _told_of(self, device: Device, at: datetime) -> list[tuple[float, tuple[Turn, ...]]]:
        """Return the stories that a device is in at an instant: their minute, and what they do to it."""
        return [
            (told.minute(at), turns)
            for told in self._stories
            if told.goes_on(at) and (turns := self._touched[told.story.name].get(device.id))
        ]

    async def _happen(self, told: Sequence[Told], now: datetime) -> int:
        """Write the events of stories that are new or have ended since they were last written."""
        new = [
            (each, happening, body)
            for each in told
            for happening, body in entities(each, now)
            if self._happened.get(body["id"]) != body
        ]
        if new:
            origins = [self._origin_of(each, happening) for each, happening, _ in new]
            await self._city.upsert(_PRINCIPAL, [body for _, _, body in new], origin=origins)
            self._happened |= {body["id"]: body for _, _, body in new}
        return len(new)

    def _origin_of(self, told: Told, happening: Happening) -> Origin:
        area = told.story.place.area
        return Origin(self._orgs[happening.agency], area, happening.sector, SOURCE, simulated=True)

    async def _write(self, devices: Sequence[Device], bodies: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(bodies), BATCH):
            origins = [self._origin(device) for device in devices[start : start + BATCH]]
            result = await self._city.upsert(_PRINCIPAL, bodies[start : start + BATCH], origin=origins)
            for _, entity_id, problem in result.failed:
                _log.error(
                    "a made-up entity was refused", id=entity_id, reason=str(problem), faults=problem.faults
                )

    def _origin(self, device: Device) -> Origin:
        kind = device.kind
        return Origin(self._orgs[kind.agency], device.commune.code, kind.sector, SOURCE, simulated=True)


@asynccontextmanager
async def living(demo: Demo) -> AsyncIterator[None]:
    """Make the province and let it live beside the server; the server need not wait for it."""

    async def life() -> None:
        await demo.prepare()
        await demo.live()

    task = asyncio.create_task(life(), name="demo")
    task.add_done_callback(_ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _log.error("the demonstration stopped", exc_info=error)


def entity_of(device: Device) -> dict[str, Any]:
    """Return a device as NGSI-LD (concise) with what never changes about it."""
    body: dict[str, Any] = {"id": device.id, "type": device.kind.type, "name": {"value": device.name}}
    body |= {name: {"value": value} for name, value in device.facts.items()}
    if device.kind.type != "Vehicle":
        body["location"] = {"type": "Point", "coordinates": [device.lon, device.lat]}
    return body


def report_of(
    device: Device, at: datetime, seed: int, told: Iterable[tuple[float, Sequence[Turn]]] = ()
) -> dict[str, Any] | None:
    """Return what a device reports at ``at`` as NGSI-LD (concise), or None where it is silent."""
    measured = reading(device, at, seed)
    for minute, turns in told:
        measured = retold(device, turns, minute, measured)
    if measured is None:
        return None
    observed = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body: dict[str, Any] = {"id": device.id, "type": device.kind.type}
    for name, (value, unit) in measured.items():
        body[name] = {"value": value, "observedAt": observed} | ({"unitCode": unit} if unit else {})
    if where := position(device, at, seed):
        point = {"type": "Point", "coordinates": list(where)}
        body["location"] = {"type": "GeoProperty", "value": point, "observedAt": observed}
    return body


def _due(device: Device, now: datetime, *, hurried: bool = False) -> datetime:
    """Return the last instant, not after ``now``, at which the device reports; ``hurried`` in a story."""
    period = min(PACE_S, device.kind.period_s) if hurried else device.kind.period_s
    turn = math.floor((now.timestamp() - device.phase_s) / period)
    return datetime.fromtimestamp(turn * period + device.phase_s, UTC)


def _past(device: Device, now: datetime) -> Iterator[datetime]:
    """Yield the instants of the made-up past, thinner than life is."""
    step = timedelta(seconds=device.kind.past_period_s)
    at = _due(device, now) - step
    while at > now - PAST:
        yield at
        at -= step


async def _add_agencies(connection: Connection, today: date) -> dict[str, int]:
    """Return the id of each agency by its word, making those that are missing."""
    root = await orgs.root(connection)
    if root is None:
        raise Problem(UNAVAILABLE, en="organisation.prepare has not made the root agency yet")
    committee = await _agency(connection, province.COMMITTEE, root.id, today)
    found = {province.COMMITTEE.word: committee}
    for agency in province.AGENCIES:
        found[agency.word] = await _agency(connection, agency, found[agency.under], today)
    return found


async def _agency(connection: Connection, agency: province.Agency, parent_id: int, today: date) -> int:
    if called := await orgs_called(connection, agency.name, today):
        return called[0].id
    area = province.CODE if agency.kind == "committee" else agency.area_code
    new = NewOrg(
        name=agency.name, parent_id=parent_id, kind=agency.kind, short_name=agency.short_name, area_code=area,
        aliases=tuple(OrgAlias(SPOKEN[word]) for word in (agency.word,) if word in SPOKEN),
    )  # fmt: skip
    return (await add_org(connection, _PRINCIPAL, new)).id
