"""The wall: how the province stands and what its leaders must know, in a room where anybody may look.

The wall is a public place. So nothing is taken over from a row but what stands in the lists of names below:
no person, no number plate, no free text that somebody typed (a title of an incident may hold a name; its kind
and its commune do not). What does not exist in the house yet is left out, never made up; a part that the
screen's account may not see says so (``forbidden``) and empties nothing else.

Figures are medians over entities whose value is no older than its period: ``have`` of ``expected`` says how
many spoke, ``outside`` how many of them stand outside their ordinary band.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from statistics import median
from typing import Any

import msgspec

from haidang.alerts.service import reading as alerts
from haidang.alerts.store.lists import Filter as AlertFilter
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.boards import city as board
from haidang.boards.directives.model import figures
from haidang.boards.model import BoardRow, Types, iso
from haidang.boards.reducer import Filter
from haidang.city.models.catalogue import labelled_packs
from haidang.city.packs import Packs, TypePack, symbol
from haidang.city.service import City
from haidang.directives.model.counts import summed
from haidang.directives.service import counting
from haidang.directives.store.counts import Cut
from haidang.feeds.service import overview
from haidang.incidents.service import reading as incidents
from haidang.incidents.service.desk import desk_of
from haidang.incidents.store.lists import Filter as IncidentFilter
from haidang.organisation.permissions import Principal
from haidang.organisation.store.areas import subtree
from haidang.tasks.service.desk import desk_of as tasks_desk
from haidang.tasks.store import inbox

INCIDENTS_MAX = 200
UNITS_SHOWN = 12
MARKS_MAX = 500

# Places in a row of the board (``model.FIELDS``).
_TYPE, _LON, _LAT, _OBSERVED, _VALUE, _SECTOR, _SIMULATED = 1, 3, 4, 5, 6, 9, 11

CAMERA = "Camera"
_LIVE_WORDS = frozenset({"online", "ok", "on", "working", "active"})


class Figure(msgspec.Struct, frozen=True):
    """What the entities of one type say together."""

    type: str
    label_vi: str
    label_en: str
    attr_vi: str
    attr_en: str
    unit: str | None
    decimals: int | None
    value: float | None
    """Median of the fresh values; None: none is fresh."""
    have: int
    expected: int
    outside: int | None
    """Fresh values outside the ordinary band; None: the type has none."""
    simulated: bool


def figure(pack: TypePack, rows: Sequence[BoardRow], now: datetime) -> Figure | None:
    """Return the figure of a type's rows; None where its headline is no number."""
    headline = pack.attributes.get(pack.headline or "")
    numbers = [row for row in rows if isinstance(row[_VALUE], int | float)]
    if headline is None or (rows and not numbers):
        return None
    fresh = [float(row[_VALUE]) for row in numbers if is_fresh(row, pack.expected_period_s, now)]
    outside = None
    if headline.band is not None:
        low, high = headline.band
        outside = sum(not low <= one <= high for one in fresh)
    return Figure(
        pack.type, pack.vi, pack.en, headline.vi, headline.en, symbol(headline, None), headline.decimals,
        median(fresh) if fresh else None, len(fresh), len(rows), outside,
        any(row[_SIMULATED] for row in rows),
    )  # fmt: skip


def is_fresh(row: BoardRow, period_s: float | None, now: datetime) -> bool:
    """Say whether a row was observed within its period; without a period nothing grows old."""
    at = row[_OBSERVED]
    return at is not None and (not period_s or now.timestamp() * 1000 - at <= period_s * 1000)


def camera_health(rows: Sequence[BoardRow], period_s: float | None, now: datetime) -> dict[str, int]:
    """Return how many cameras work, are lost, and are "not checked": nobody has heard of those."""
    found = {"live": 0, "lost": 0, "unchecked": 0, "total": len(rows)}
    for row in rows:
        if not is_fresh(row, 3 * period_s if period_s else None, now):
            found["unchecked"] += 1
        elif str(row[_VALUE]).lower() in _LIVE_WORDS:
            found["live"] += 1
        else:
            found["lost"] += 1
    return found


def by_sector(packs: Packs, figures: Sequence[tuple[str, Figure]]) -> list[dict[str, Any]]:
    """Return the figures under the names of their sectors, in the order of the packs."""
    found: dict[str, list[Figure]] = {}
    for sector, one in figures:
        found.setdefault(sector, []).append(one)
    named = {sector.name: sector for sector in packs.sectors.values()}
    return [
        {
            "sector": name,
            "vi": named[name].vi if name in named else name,
            "en": named[name].en if name in named else name,
            "figures": [msgspec.to_builtins(one) for one in each],
        }
        for name, each in sorted(found.items())
    ]


def shown_incident(line: dict[str, Any]) -> dict[str, Any]:
    """Return of an incident what everybody in the room may read."""
    area = line.get("area")
    return {
        "id": line["id"], "code": line["code"], "kind_vi": line["kind_vi"], "kind_en": line["kind_en"],
        "severity": line["severity"], "state": line["state"], "area": area["name"] if area else None,
        "reported_at": line["reported_at"], "is_exercise": line["is_exercise"], "location": line["location"],
        "acknowledged": line["acknowledged_at"] is not None,
    }  # fmt: skip


def shown_alert(line: dict[str, Any]) -> dict[str, Any]:
    """Return of an alert what everybody in the room may read: what its rule says, and where."""
    area = line.get("area")
    return {
        "id": line["id"], "priority": line["priority"], "state": line["state"],
        "title_vi": None if line["by_hand"] else line["title_vi"],
        "title_en": None if line["by_hand"] else line["title_en"],
        "area": area["name"] if area else None, "first_at": line["first_at"], "location": line["location"],
        "is_exercise": line["is_exercise"],
    }  # fmt: skip


class Wall:
    """Puts the picture together for one screen."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        clock: Clock,
        city: City,
        *,
        principal: Principal,
        area: str | None,
    ) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._city = city
        self._principal = principal
        self._area = area

    async def picture(self) -> dict[str, Any]:
        """Return all parts; each stands alone."""
        now = self._clock.now()
        types = Types(self._city.terms, labelled_packs(self._settings.data_dir))
        found = await board.snapshot(
            self._db, self._city.terms, types, self._principal,
            which=Filter(area=self._area, sector=None, type=None), at=None,
        )  # fmt: skip
        return {
            "as_of": iso(now),
            "seq": found.seq,
            "area": self._area,
            **self._entities(found, types, now),
            "incidents": await self._part("incident.read", self._incidents),
            "alerts": await self._part("alert.read", self._alerts),
            "tasks": await self._part("task.read", self._tasks),
            "directives": await self.directives(),
            "feeds": await self._part("feed.read", self._feeds),
        }

    async def directives(self) -> dict[str, Any]:
        """Return the part of directives alone."""
        return await self._part("directive.read", self._directives)

    async def _part(
        self, permission: str, work: Callable[[Connection], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        if not self._principal.may(permission):
            return {"state": "forbidden"}
        async with self._db.transaction() as connection:
            return {"state": "ok"} | await work(connection)

    def _entities(self, found: board.Board, types: Types, now: datetime) -> dict[str, Any]:
        packs = {pack.type: pack for pack, _ in (types.of(number) for number, _, _ in found.counts)}
        rows: dict[str, list[BoardRow]] = {}
        for row in found.rows:
            rows.setdefault(row[_TYPE], []).append(row)
        figures = [
            (pack.sector or "other", one)
            for name, pack in sorted(packs.items())
            if (one := figure(pack, rows.get(name, []), now)) is not None
        ]
        cameras = rows.get(CAMERA, [])
        pack = packs.get(CAMERA)
        period_s = pack.expected_period_s if pack else None
        lost = [
            [row[_LON], row[_LAT]]
            for row in cameras
            if row[_LON] is not None
            and is_fresh(row, 3 * period_s if period_s else None, now)
            and str(row[_VALUE]).lower() not in _LIVE_WORDS
        ]
        return {
            "simulated": any(simulated for _, _, simulated in found.counts),
            "truncated": found.truncated,
            "sectors": by_sector(labelled_packs(self._settings.data_dir), figures),
            "cameras": {"state": "ok", **camera_health(cameras, period_s, now), "lost_at": lost[:MARKS_MAX]},
        }

    async def _incidents(self, connection: Connection) -> dict[str, Any]:
        desk = desk_of(self._settings, self._clock)
        wanted = IncidentFilter(is_open=True)
        page = await incidents.listed(
            connection, desk, self._principal, wanted, limit=INCIDENTS_MAX, cursor=None
        )
        codes = None if self._area is None else await subtree(connection, self._area) | {self._area}
        lines = [
            line for line in page["items"]
            if codes is None or (line["area"] is not None and line["area"]["code"] in codes)
        ]  # fmt: skip
        return {"items": [shown_incident(line) for line in lines], "more": page["next"] is not None}

    async def _alerts(self, connection: Connection) -> dict[str, Any]:
        codes = None
        if self._area is not None:
            codes = tuple(sorted(await subtree(connection, self._area) | {self._area}))
        queue = await alerts.queue(connection, self._clock, self._principal, AlertFilter(areas=codes))
        return {
            "items": [shown_alert(line) for line in queue["items"]],
            "counts": queue["counts"],
            "rate": queue["rate"],
            "flood": queue["flood"],
            "folded": sum(group["count"] for group in queue["groups"]),
        }

    async def _tasks(self, connection: Connection) -> dict[str, Any]:
        units = await inbox.by_unit(connection, self._principal, self._clock.now())
        return {
            "open": sum(count for _, count, _ in units),
            "late": sum(late for _, _, late in units),
            "units": [
                {"name": name, "open": count, "late": late} for name, count, late in units[:UNITS_SHOWN]
            ],
        }

    async def _directives(self, connection: Connection) -> dict[str, Any]:
        """Counts of the directives' tasks, against their original due; units with most that is late first."""
        desk = tasks_desk(self._settings, self._clock)
        lines = await counting.count(connection, desk, self._principal, Cut(by="unit"))
        owing = [line for line in lines if line.counts.open]
        return figures(summed([line.counts for line in lines])) | {
            "units": [
                {"name": line.title, "open": line.counts.open, "late": line.counts.overdue}
                for line in owing[:UNITS_SHOWN]
            ]
        }

    async def _feeds(self, connection: Connection) -> dict[str, Any]:
        feeds = await overview.every(connection, self._principal, self._clock.now(), {})
        late = sum(one["state"] in {"late", "dead", "error"} for one in feeds)
        dead = sum(one["state"] in {"dead", "error"} for one in feeds)
        return {"total": len(feeds), "late": late, "dead": dead}
