"""Taking a batch in: map each row, store the entities, record what was not taken, then settle with the
source.

The order is what makes a crash harmless. Entities are stored first, each with its own durable commit; the
counts and refused rows follow; the source hears last that it may forget the batch. A crash in between means
that rows come again, and the city finds them unchanged, entity and observed time being the same."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec

from haidang import organisation
from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.problems import Fault, Problem
from haidang.city.model import BatchResult, Origin
from haidang.city.service import City
from haidang.feeds import store
from haidang.feeds.connectors import Batch
from haidang.feeds.model import life
from haidang.feeds.model.declaration import MqttSource
from haidang.feeds.model.life import Refusal, Tally
from haidang.feeds.model.mapping import Mapped, Mapper
from haidang.feeds.model.rows import Row
from haidang.feeds.store import Feed
from haidang.organisation.permissions import system

PATIENCE_S = 120
"""How long a run waits for a city that is full or just starting again before it gives up."""
_PAUSE_S = (0.2, 5.0)


DOUBLES_MAX = 100_000


class Sorted(msgspec.Struct):
    """A batch of rows after mapping: the entities to store, and what was not taken."""

    entities: list[dict[str, Any]]
    rows: list[tuple[Row, Mapped]]
    """Of each entity, the row it came from."""
    refusals: list[Refusal]
    refused: int


class Doubles:
    """What a run has read already, to name the row that writes over another of the same run.

    Only the newest ``DOUBLES_MAX`` keys are remembered: doubled rows mostly stand near each other.
    """

    def __init__(self) -> None:
        self._seen: dict[int, tuple[str, int, int]] = {}

    def look(self, row: Row, mapped: Mapped, entity: dict[str, Any], source: str) -> Mapped:
        """Return the mapped row, with a warning where another row said something else of the same thing."""
        key, said = hash((entity["id"], mapped.observed_at)), hash(msgspec.json.encode(entity))
        before = self._seen.pop(key, None)
        self._seen[key] = (source, row.no, said)
        if len(self._seen) > DOUBLES_MAX:
            del self._seen[next(iter(self._seen))]
        if before is None or before[2] == said:
            return mapped
        where = f"{before[0]} " if before[0] not in {"", source} else ""
        warning = Fault(
            "id",
            f"Trùng mã{' và thời điểm' if mapped.observed_at else ''} với {where}dòng {before[1]}; "
            "giá trị của dòng này thay giá trị trước.",
            f"The same thing{' at the same time' if mapped.observed_at else ''} as {where}row {before[1]}; "
            "the values of this row take the place of those.",
            entity["id"],
        )
        return msgspec.structs.replace(mapped, warnings=(*mapped.warnings, warning))


def sort_rows(
    mapper: Mapper, rows: list[Row], now: datetime, source: str = "", doubles: Doubles | None = None
) -> Sorted:
    """Map rows; a bad one is named with its reason and never hides a good one."""
    result = Sorted([], [], [], 0)
    for row in rows:
        if row.unreadable is not None:
            fault = Fault("", *row.unreadable)
            result.refusals.append(Refusal("row", row.no, row.original, (fault,), source))
            result.refused += 1
            continue
        mapped = mapper.row(row.values, now)
        if mapped.entity is None:
            result.refusals.append(Refusal("row", row.no, row.original, mapped.faults, source))
            result.refused += 1
            continue
        result.entities.append(mapped.entity)
        if doubles is not None:
            mapped = doubles.look(row, mapped, mapped.entity, source)
        result.rows.append((row, mapped))
    return result


class Intake:
    """One run being recorded."""

    def __init__(self, db: Database, city: City, clock: Clock, feed: Feed, run_id: int) -> None:
        self._db = db
        self._city = city
        self._clock = clock
        self.feed = feed
        self._mapper = Mapper(feed.declaration)
        self._principal = system(f"feed:{feed.name}")
        self._origin = Origin(
            owner_org=feed.owner_org,
            area_code=feed.area_code,
            sector=feed.sector,
            source=f"feed:{feed.name}",
            simulated=feed.declaration.simulated,
        )
        # A stream of messages corrects itself by saying a thing again; a file should say it once.
        self._doubles = None if isinstance(feed.declaration.source, MqttSource) else Doubles()
        self._recorded = 0
        self.run_id = run_id
        self.tally = Tally()
        self.begun_at = clock.now()

    @property
    def capped(self) -> bool:
        """Whether more was refused than is kept in full."""
        return self._recorded >= life.REFUSED_PER_RUN_MAX

    async def take(self, batch: Batch) -> None:
        """Store a batch and record it; raise ``Problem`` where the city does not take it in time."""
        now, source = self._clock.now(), batch.source
        found = sort_rows(self._mapper, batch.rows, now, source, self._doubles)
        result = await self._upsert(found.entities) if found.entities else BatchResult()
        refusals = found.refusals + _failed(found, result, source)
        failed = {index for index, _, _ in result.failed}
        taken = [pair for index, pair in enumerate(found.rows) if index not in failed]
        doubtful = _doubtful(taken, source)
        observed = [mapped.observed_at for _, mapped in taken if mapped.observed_at is not None]
        counts = Tally(
            read=len(batch.rows),
            accepted=len(taken) - len(result.unchanged),
            unchanged=len(result.unchanged),
            refused=found.refused + len(result.failed),
            faulty=len({refusal.row_no for refusal in doubtful}),
            lag_s=(now - max(observed)).total_seconds() if observed else None,
        )
        await self._record(counts, refusals + doubtful, batch, now)

    async def _record(self, counts: Tally, refusals: list[Refusal], batch: Batch, now: datetime) -> None:
        kept = refusals[: max(0, life.REFUSED_PER_RUN_MAX - self._recorded)]
        async with self._db.transaction() as connection:
            await store.record(connection, self.feed.id, self.run_id, tally=counts, refusals=kept, at=now)
            if batch.file is not None:
                await store.set_file_seen(connection, self.feed.id, batch.file, now)
            if batch.state is not None:
                await store.set_state(connection, self.feed.id, batch.state)
        self._recorded += len(kept)
        self.tally.add(counts)

    async def _upsert(self, entities: list[dict[str, Any]]) -> BatchResult:
        """Store entities; wait while the city is full, draining or just coming back."""
        origins = [placed(self._origin, entity) for entity in entities]
        pause, waited = _PAUSE_S[0], 0.0
        while True:
            try:
                return await self._city.upsert(self._principal, entities, origin=origins)
            except Problem as problem:
                if problem.kind.status not in {429, 503} or waited >= PATIENCE_S:
                    raise
            await asyncio.sleep(pause)
            waited += pause
            pause = min(pause * 2, _PAUSE_S[1])


def placed(origin: Origin, entity: dict[str, Any]) -> Origin:
    """Return the origin of an entity, in the commune its position lies in where outlines tell."""
    place = entity.get("location", {}).get("value", {})
    if place.get("type") != "Point":
        return origin
    commune = organisation.locate(*place["coordinates"][:2])
    return msgspec.structs.replace(origin, area_code=commune) if commune else origin


def _failed(found: Sorted, result: BatchResult, source: str) -> list[Refusal]:
    """Return the rows whose entity the city refused, with the city's own reasons."""
    refusals: list[Refusal] = []
    for index, _, problem in result.failed:
        row = found.rows[index][0]
        faults = problem.faults or (Fault("", problem.vi or problem.kind.vi, problem.en or problem.kind.en),)
        refusals.append(Refusal("row", row.no, row.original, faults, source))
    return refusals


def _doubtful(taken: list[tuple[Row, Mapped]], source: str) -> list[Refusal]:
    """Return, of the rows that were taken, the values that were not, and what looks wrong."""
    refusals: list[Refusal] = []
    for row, mapped in taken:
        if mapped.faults:
            refusals.append(Refusal("field", row.no, row.original, mapped.faults, source))
        if mapped.warnings:
            refusals.append(Refusal("warning", row.no, row.original, mapped.warnings, source))
    return refusals
