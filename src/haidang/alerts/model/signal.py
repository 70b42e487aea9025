"""What the rules tell the room: a condition of a rule came true for an entity, or is over.

And what a rule knows about its alerts beforehand (the rationalisation of ISA-18.2): cause, consequence,
action and time to respond. It is kept with the alert as it was when the alert was raised.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal, Protocol

import msgspec

VALUE_MAX = 200
"""Characters of a value that an alert keeps; an entity may hold whole documents."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A condition came or went; the same signal twice is counted, not raised twice."""

    kind: Literal["raise", "clear"]
    rule: str
    entity: str
    """The id of the entity; with the rule it is the alert's identity while it is open."""
    entity_type: str
    at: datetime
    """When it was observed."""
    entity_name: str | None = None
    """As people call it; absent: the city is asked."""
    owner_org: int | None = None
    area_code: str | None = None
    sector: str | None = None
    source: str = ""
    """Who sent the observation: ``feed:cameras``; alerts of one dead source have it in common."""
    parent: str | None = None
    """An entity that this one depends on (its gateway, its node): while an alert stands there, this one is
    suppressed."""
    simulated: bool = False
    value: float | str | None = None
    limit: float | None = None
    unit: str | None = None
    lon: float | None = None
    lat: float | None = None
    text_vi: str | None = None
    """What happened in a sentence, where value and limit do not say it."""
    text_en: str | None = None

    def told(self) -> float | str | None:
        """Return the value as an alert keeps it: a number that can be written, a text that can be read."""
        if isinstance(self.value, str):
            return self.value[:VALUE_MAX]
        return self.value if self.value is not None and math.isfinite(self.value) else None


class Rationale(msgspec.Struct, frozen=True, kw_only=True):
    """Why a rule's alert exists and what to do about it, in both languages."""

    rule: str
    version: int
    title_vi: str
    title_en: str
    priority: Literal[1, 2, 3, 4]
    """From consequence and time to respond, by the table of the rules."""
    respond_within_s: int
    cause_vi: str
    cause_en: str
    consequence_vi: str
    consequence_en: str
    action_vi: str
    action_en: str
    group_by: Literal["area", "type", "cause"] = "area"
    """What alerts of a flood have in common: the rule and the area, the type of entity, the rule and the
    source."""
    incident_kind: str | None = None
    """The kind of incident this leads to, which finds the procedure."""
    incident_severity: int | None = None
    incident_open: Literal["suggest", "auto"] | None = None
    task: bool = False
    """Whether each alert gives a task to the unit that owns the entity."""
    common_cause: bool = False
    """Whether it says that something is down or silent: where most of a source is, one alert tells it."""


class Book(Protocol):
    """Whoever knows the rules."""

    def rationale(self, rule: str) -> Rationale | None:
        """Return what the present version of a rule says about its alerts; None where there is none."""
        ...
