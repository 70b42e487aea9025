"""Replay: a historical file played as if it were live.

With times shifted to now, what is played did not happen now: it is stored as simulated, under identifiers
of its own (``urn:ngsi-ld:Type:replay:…``), so it never mixes with the record of the real device. With the
original times kept, it is that record, and is stored as such."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from haidang.base.clock import Clock
from haidang.base.problems import Problem
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.feeds.connectors import unreadable
from haidang.feeds.connectors.file import FileConnector
from haidang.feeds.model import cells
from haidang.feeds.model.declaration import Declaration, FileSource
from haidang.feeds.model.mapping import Mapper
from haidang.feeds.service.intake import sort_rows
from haidang.organisation.permissions import system

ROWS_MAX = 1_000_000
TICK_S = 0.25
"""What falls due within a tick is stored together."""
GROUP_MAX = 500


class Moment(msgspec.Struct, frozen=True):
    """An entity, and when its values were observed."""

    at: datetime
    entity: dict[str, Any]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """How to play."""

    speed: float = 1.0
    """Seconds of the file for one second of the clock."""
    since: datetime | None = None
    until: datetime | None = None
    keep_time: bool = False
    loops: int = 1
    """How often to play; 0 goes on until stopped."""


async def load(declaration: Declaration, choice: Choice, now: datetime) -> list[Moment]:
    """Read and map the whole file, in the order of the observed times; refused rows are left out."""
    if not isinstance(declaration.source, FileSource) or declaration.mapping.observed_at is None:
        raise unreadable(
            "Chỉ phát lại được nguồn kiểu file có observed_at.",
            "Only a feed of kind file with observed_at can be replayed.",
        )
    mapper = Mapper(declaration)
    moments: list[Moment] = []
    async for batch in FileConnector(declaration.source, mapper.columns, again=True).batches():
        for _, mapped in sort_rows(mapper, batch.rows, now).rows:
            at = mapped.observed_at
            if at is None or mapped.entity is None or (choice.since and at < choice.since):
                continue
            if choice.until is None or at < choice.until:
                moments.append(Moment(at, mapped.entity))
        if len(moments) > ROWS_MAX:
            raise unreadable(f"Hơn {ROWS_MAX} dòng để phát lại.", f"More than {ROWS_MAX} rows to replay.")
    moments.sort(key=lambda moment: moment.at)
    return moments


async def play(moments: list[Moment], choice: Choice, clock: Clock) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield groups of entities when they fall due; the clock sets the pace, so a slow taker catches up."""
    loop = 0
    while moments and (choice.loops == 0 or loop < choice.loops):
        loop += 1
        began, first = clock.now(), moments[0].at
        done = 0
        while done < len(moments):
            played = first + (clock.now() - began) * choice.speed
            group: list[dict[str, Any]] = []
            while done < len(moments) and moments[done].at <= played and len(group) < GROUP_MAX:
                at = began + (moments[done].at - first) / choice.speed
                entity = moments[done].entity
                group.append(entity if choice.keep_time else shifted(entity, at))
                done += 1
            if group:
                yield group
            elif done < len(moments):
                wait = (moments[done].at - played) / choice.speed
                await asyncio.sleep(max(TICK_S, wait.total_seconds()))
        # One step of the clock between two rounds, or their first and last moments would be the same.
        await asyncio.sleep(TICK_S)


def shifted(entity: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return the entity as played at a moment that is not its own: marked in its id, observed then."""
    stamp = cells.written(at)
    head, tail = f"urn:ngsi-ld:{entity['type']}:", entity["id"].split(":", 3)[3]
    played: dict[str, Any] = {"id": f"{head}replay:{tail}", "type": entity["type"]}
    for name, attribute in entity.items():
        if name in {"id", "type"}:
            continue
        observed = isinstance(attribute, dict) and "observedAt" in attribute
        played[name] = attribute | {"observedAt": stamp} if observed else attribute
    return played


async def store_group(
    city: City, feed: str, origin: Origin, group: list[dict[str, Any]], refused: Callable[[Problem], None]
) -> None:
    """Store what is due; refusals are told and do not stop the play."""
    result = await city.upsert(system(f"replay:{feed}"), group, origin=origin)
    for _, _, problem in result.failed:
        refused(problem)


def span(moments: list[Moment]) -> timedelta:
    """Return the time from the first to the last observation."""
    return moments[-1].at - moments[0].at if moments else timedelta(0)
