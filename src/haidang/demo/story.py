"""A story: something that happens in the invented province on demand, for a duty officer to play.

A story is data (``demo.stories``): where it happens, which devices it changes and how, what events it makes.
Once somebody has begun to tell it (:class:`Told`), what a device measures is again a pure function of the
device and the time, so whoever computes it, the living province or the command, finds the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from haidang.demo.fleet import Device
from haidang.demo.rhythm import Reading

PACE_S = 5
"""How often a device of a story that is being told reports."""
_KM_PER_DEGREE = 111.32
_HALF = 0.5

Shape = tuple[tuple[float, float], ...]
"""Minutes of the story and how much of the change has come by then, 0 to 1; straight lines between."""


class Place(msgspec.Struct, frozen=True):
    """Where a story happens."""

    lon: float
    lat: float
    area: str
    """Code of the commune."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """How one attribute of the devices round the place changes."""

    type: str
    within_km: float
    shape: Shape
    attribute: str | None = None
    """None: the device falls silent."""
    to: float | str = 0.0
    """What it comes to; words and silence hold while more than half of the change has come."""
    above: str | None = None
    """Name of a fact of the device (its own alarm level) to which ``to`` is added."""
    unit: str | None = None
    nearest: int | None = None
    """Only so many devices, the nearest first."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a system of the province reports: a call, a fire alarm, a bulletin."""

    type: str
    title: str
    agency: str
    sector: str
    from_min: float
    to_min: float
    during: dict[str, Any]
    """Attributes while it goes on."""
    after: dict[str, Any]
    """What of them is otherwise once it is over."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can happen."""

    name: str
    vi: str
    en: str
    minutes: float
    """How long it takes at speed 1."""
    place: Place
    turns: tuple[Turn, ...] = ()
    happenings: tuple[Happening, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """A story that is being told."""

    story: Story
    began_at: datetime
    speed: float = 1.0

    def minute(self, at: datetime) -> float:
        """Return the minute of the story at an instant."""
        return (at - self.began_at).total_seconds() / 60 * self.speed

    @property
    def ends_at(self) -> datetime:
        """When all is as it was before."""
        return self.began_at + timedelta(minutes=self.story.minutes / self.speed)

    def goes_on(self, at: datetime) -> bool:
        """Say whether it has begun and not ended."""
        return self.began_at <= at < self.ends_at


def share(shape: Shape, minute: float) -> float:
    """Return how much of a change has come by a minute."""
    before_at, before = shape[0]
    if minute <= before_at:
        return before
    for after_at, after in shape[1:]:
        if minute < after_at:
            return before + (after - before) * (minute - before_at) / (after_at - before_at)
        before_at, before = after_at, after
    return before


def touched(story: Story, devices: Iterable[Device]) -> dict[str, tuple[Turn, ...]]:
    """Return what of a story concerns which device, by its id; of two turns of an attribute the first."""
    all_of_them = tuple(devices)
    found: dict[str, tuple[Turn, ...]] = {}
    for turn in story.turns:
        for device in _near(turn, story.place, all_of_them):
            before = found.get(device.id, ())
            if all(each.attribute != turn.attribute for each in before):
                found[device.id] = (*before, turn)
    return found


def retold(device: Device, turns: Sequence[Turn], minute: float, measured: Reading | None) -> Reading | None:
    """Return what a device measures in a story; ``measured``: what it would without it."""
    if any(turn.attribute is None and share(turn.shape, minute) > _HALF for turn in turns):
        return None
    changed = dict(measured or {})
    for turn in turns:
        part = share(turn.shape, minute)
        if turn.attribute is None or part <= 0:
            continue
        value, unit = changed.get(turn.attribute, (None, turn.unit))
        if isinstance(turn.to, str):
            if part > _HALF:
                changed[turn.attribute] = (turn.to, None)
            continue
        # A device that would be silent just now speaks in a story: it begins at nothing.
        start = value if isinstance(value, int | float) else 0.0
        goal = turn.to + (float(device.facts[turn.above]) if turn.above else 0.0)
        changed[turn.attribute] = (round(start + (goal - start) * part, 2), unit or turn.unit)
    return changed


def entities(told: Told, at: datetime) -> Iterator[tuple[Happening, dict[str, Any]]]:
    """Yield the events of a story that have been reported by an instant, as NGSI-LD (concise)."""
    minute = told.minute(at)
    place = told.story.place
    stamp = told.began_at.strftime("%Y%m%dT%H%M%S")
    for number, each in enumerate(told.story.happenings, 1):
        if minute < each.from_min:
            continue
        over = minute >= each.to_min
        begun = told.began_at + timedelta(minutes=each.from_min / told.speed)
        ended = told.began_at + timedelta(minutes=each.to_min / told.speed)
        observed = (ended if over else begun).strftime("%Y-%m-%dT%H:%M:%SZ")
        body: dict[str, Any] = {
            "id": f"urn:ngsi-ld:{each.type}:HD-{told.story.name}-{number}-{stamp}",
            "type": each.type,
            "name": {"value": each.title},
            "location": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "alertSource": {"object": f"urn:ngsi-ld:System:HD-{each.agency}"},
            "dateIssued": {"value": begun.strftime("%Y-%m-%dT%H:%M:%SZ")},
        }
        for name, value in (each.during | (each.after if over else {})).items():
            body[name] = {"value": value, "observedAt": observed}
        yield each, body


def _near(turn: Turn, place: Place, devices: Sequence[Device]) -> list[Device]:
    found = sorted(
        (distance, device.id, device)
        for device in devices
        if device.kind.type == turn.type and (distance := _km(device, place)) <= turn.within_km
    )
    return [device for _, _, device in found[: turn.nearest]]


def _km(device: Device, place: Place) -> float:
    east = (device.lon - place.lon) * math.cos(math.radians(place.lat))
    return math.hypot(east, device.lat - place.lat) * _KM_PER_DEGREE
