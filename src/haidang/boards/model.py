"""One row of the city board: what it holds, and how an observation changes it. Pure, no I/O."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from haidang.city.packs import Packs, TypePack
from haidang.city.represent import Stored, observed_of, value_of
from haidang.city.terms import Terms
from haidang.city.times import format_us, to_us

FIELDS = (
    "id", "type", "name", "lon", "lat", "observed_at", "value",
    "owner_org", "area_code", "sector", "source", "simulated",
)  # fmt: skip
"""Names of a row's places; ``observed_at`` is epoch milliseconds, ``value`` that of the type's headline."""


def iso(moment: datetime) -> str:
    """Return an instant as the API writes it."""
    return format_us(to_us(moment.astimezone(UTC)))


TEXT_MAX = 120

BoardRow = list[Any]


class Facts(msgspec.Struct):
    """What a row is made of, at whatever moment."""

    eid: int
    id: str
    type_id: int
    name: str
    lon: float | None
    lat: float | None
    headline: Stored
    """Stored form of the headline attribute; None where there is none."""
    short_us: int | None
    """Observation time of its short forms; None for an attribute without one."""
    latest_us: int | None
    """Last time anything of the entity was observed."""
    owner_org: int
    area_code: str | None
    sector: str | None
    source: str
    simulated: bool

    @property
    def observed_us(self) -> int | None:
        """Return when the headline was observed, or else anything at all."""
        own = None if self.headline is None else observed_of(self.headline, self.short_us)
        return own if own is not None else self.latest_us


class Types:
    """What the board needs to know of each type, looked up once per number."""

    def __init__(self, terms: Terms, packs: Packs) -> None:
        self._terms = terms
        self._packs = packs
        self._found: dict[int, tuple[TypePack, int | None]] = {}
        self._number_of_attributes = -1

    def of(self, type_id: int) -> tuple[TypePack, int | None]:
        """Return the pack of a type and the number of its headline attribute, if it was ever written."""
        if len(self._terms.attr_iris) != self._number_of_attributes:
            self._found.clear()
            self._number_of_attributes = len(self._terms.attr_iris)
        found = self._found.get(type_id)
        if found is None:
            names = self._terms.type_names(type_id)
            pack = next((self._packs.types[one] for one in names if one in self._packs.types), None)
            pack = pack or self._packs.type(names[0])
            number = self._terms.attr_id(pack.headline) if pack.headline else None
            found = self._found[type_id] = (pack, number)
        return found


def row(facts: Facts, types: Types) -> BoardRow:
    """Return the row of an entity."""
    observed = facts.observed_us
    return [
        facts.id,
        types.of(facts.type_id)[0].type,
        facts.name or facts.id.rsplit(":", 1)[-1],
        facts.lon,
        facts.lat,
        None if observed is None else observed // 1000,
        _shown(None if facts.headline is None else value_of(facts.headline)),
        facts.owner_org,
        facts.area_code,
        facts.sector,
        facts.source,
        facts.simulated,
    ]


def middle(geometry: Any) -> tuple[float, float] | None:
    """Return lon, lat of a GeoJSON geometry: a point's own, else the middle of its box."""
    west, south, east, north = 180.0, 90.0, -180.0, -90.0
    stack = [geometry.get("coordinates") if isinstance(geometry, dict) else None]
    seen = False
    while stack:
        one = stack.pop()
        if not isinstance(one, list):
            continue
        if len(one) >= 2 and all(isinstance(part, int | float) for part in one[:2]):
            west, east = min(west, one[0]), max(east, one[0])
            south, north = min(south, one[1]), max(north, one[1])
            seen = True
        else:
            stack.extend(one)
    return ((west + east) / 2, (south + north) / 2) if seen else None


def _shown(value: Any) -> float | int | str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    return value[:TEXT_MAX] if isinstance(value, str) else None
