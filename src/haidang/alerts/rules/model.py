"""A rule as a pack writes it (``rules.yaml``), and what follows from it. No I/O, no clock."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from haidang.alerts.model.signal import Rationale
from haidang.alerts.rules.duration import Duration

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Attr = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Limit = float | Attr
"""A number, or the name of another attribute of the same entity that holds it."""
Mode = Literal["on", "trial", "off"]
Consequence = Literal["severe", "major", "moderate", "minor"]

_MINUTE = 60_000_000
RESPONSE_STEPS = (5 * _MINUTE, 30 * _MINUTE, 8 * 60 * _MINUTE)
"""Time to respond falls into four classes: within 5 minutes, 30 minutes, the shift (8 hours), longer."""
PRIORITIES: dict[Consequence, tuple[Literal[1, 2, 3, 4], ...]] = {
    "severe": (1, 1, 2, 3),
    "major": (1, 2, 3, 3),
    "moderate": (2, 3, 3, 4),
    "minor": (3, 3, 4, 4),
}
"""Priority by consequence and class of time to respond (the grid of ISA-18.2, clause 8)."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a pack writes: unknown keys are refused."""


class _Delayed(_Strict, frozen=True, kw_only=True):
    """A condition that must hold for a while, or be over for a while."""

    for_: Duration | None = msgspec.field(default=None, name="for")
    """It must hold so long before it counts; the clock ends the wait where nothing says otherwise."""
    clears_after: Duration | None = None
    """It must be over so long before the alert clears."""


class Threshold(_Delayed, frozen=True, kw_only=True):
    """A value above, or below, a limit; with a band in which an alert neither comes nor goes."""

    attr: Attr
    above: Limit | None = None
    below: Limit | None = None
    clears_below: float | None = None
    clears_above: float | None = None
    margin: Annotated[float, Meta(ge=0)] | None = None
    """The same for a limit that is an attribute: it clears so much beyond the limit."""


class Rate(_Delayed, frozen=True, kw_only=True):
    """A value that rises, or falls, by so much within a while."""

    attr: Attr
    rises: Annotated[float, Meta(gt=0)] | None = None
    falls: Annotated[float, Meta(gt=0)] | None = None
    within: Duration
    clears_under: Annotated[float, Meta(ge=0)] | None = None
    """It clears where the change within the while is less than this; absent: than the change asked for."""


class Stuck(_Strict, frozen=True, kw_only=True):
    """A value that is reported again and again and never moves."""

    attr: Attr
    for_: Duration = msgspec.field(name="for")
    tolerance: Annotated[float, Meta(ge=0)] = 0.0
    """Numbers within so much of the first count as the same."""
    at_least: Annotated[int, Meta(ge=2, le=1_000)] = 3
    """So many observations must say the same."""


class Missing(_Strict, frozen=True, kw_only=True):
    """Nothing came for a while; decided by the clock, and only for the time in which we listened."""

    for_: Duration | None = msgspec.field(default=None, name="for")
    periods: Annotated[float, Meta(ge=1, le=1_000)] | None = None
    """So many times the period in which the type is expected to speak (``expected_period_s`` of its pack)."""
    attr: Attr | None = None
    """Absent: any observation of the entity."""


class Baseline(_Delayed, frozen=True, kw_only=True):
    """A value far from what is usual at this hour of the week (Vietnam time)."""

    attr: Attr
    deviates: Annotated[float, Meta(gt=0, le=100)]
    """So many standard deviations."""
    direction: Literal["both", "above", "below"] = "both"
    min_weeks: Annotated[int, Meta(ge=2, le=8)] = 3
    """Weeks of which there must be data of this hour; before that nothing is judged."""
    least: Annotated[float, Meta(ge=0)] = 0.0
    """It must be away from the mean by so much in the attribute's unit, however small the deviation is."""
    clears_at: Annotated[float, Meta(ge=0)] | None = None
    """Standard deviations under which it clears; absent: four fifths of ``deviates``."""


class Circle(_Strict, frozen=True, kw_only=True):
    """A place and a distance around it."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    radius_m: Annotated[float, Meta(gt=0, le=1_000_000)]


class Fence(_Strict, frozen=True, kw_only=True):
    """A part of the world; exactly one of the three."""

    area: str | tuple[str, ...] | None = None
    """Codes of administrative areas, those below them included."""
    polygon: tuple[tuple[float, float], ...] | None = None
    """Corners as [lon, lat]."""
    circle: Circle | None = None


class Geofence(_Delayed, frozen=True, kw_only=True):
    """An entity that is inside, or outside, a part of the world."""

    inside: Fence | None = None
    outside: Fence | None = None
    attr: Attr = "location"


class Formula(_Delayed, frozen=True, kw_only=True):
    """An expression over the entity's attributes."""

    that: Text
    clears: Text | None = None
    """It clears where this holds; absent: where ``that`` does not hold any more."""


class Nearby(_Strict, frozen=True, kw_only=True):
    """Within so many metres of each other."""

    radius_m: Annotated[float, Meta(gt=0, le=100_000)]


class Many(_Delayed, frozen=True, kw_only=True):
    """So many entities in an area meet a condition within a while."""

    of: Condition
    at_least: Count
    within: Duration
    in_: Literal["area", "everywhere"] | Nearby = msgspec.field(default="area", name="in")
    """``area``: the commune they lie in."""


class Together(_Delayed, frozen=True, kw_only=True):
    """Several conditions, each met at some time within the last while."""

    all_: Annotated[tuple[Condition, ...], Meta(min_length=2, max_length=5)] = msgspec.field(name="all")
    within: Duration
    same: Literal["entity", "area"] = "entity"
    """Of one entity, or of entities of any type in one commune."""


class Condition(_Strict, frozen=True, kw_only=True):
    """Exactly one kind; ``type`` only inside ``together`` with ``same: area``, absent: the rule's."""

    type: Text | None = None
    threshold: Threshold | None = None
    rate: Rate | None = None
    stuck: Stuck | None = None
    missing: Missing | None = None
    baseline: Baseline | None = None
    geofence: Geofence | None = None
    count: Many | None = None
    together: Together | None = None
    expression: Formula | Text | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are given; a sound condition has one."""
        return tuple(name for name in KINDS if getattr(self, name) is not None)

    @property
    def kind(self) -> str:
        """The one kind."""
        return self.kinds[0]

    @property
    def body(self) -> Any:
        """What is said of the one kind."""
        found = getattr(self, self.kind)
        return Formula(that=found) if isinstance(found, str) else found


KINDS = (
    "threshold", "rate", "stuck", "missing", "baseline", "geofence", "count", "together", "expression",
)  # fmt: skip
"""Every kind of condition; ``conditions/`` has a file for each."""


class Words(_Strict, frozen=True, kw_only=True):
    """A sentence in both languages."""

    vi: Text
    en: Text


class Incident(_Strict, frozen=True, kw_only=True):
    """The incident that an alert leads to; its kind finds the procedure."""

    kind: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
    severity: Annotated[int, Meta(ge=1, le=4)]
    open: Literal["suggest", "auto"] = "suggest"


class Only(_Strict, frozen=True, kw_only=True):
    """Which entities of the type a rule looks at; what is given must all fit."""

    areas: tuple[str, ...] = ()
    """Codes of administrative areas, those below them included."""
    entities: tuple[str, ...] = ()
    """Ids."""
    sources: tuple[str, ...] = ()
    """As ``entity.source``: ``feed:cameras``."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a sample: who, when, and its attributes under ``values``."""

    at: int
    """When it was observed, µs."""
    heard: int
    """When it came; later than ``at`` for what is late."""
    id: str
    type: str
    area: str | None
    deleted: bool
    values: dict[str, Any]


class Usual(_Strict, frozen=True, kw_only=True):
    """What is usual at every hour, for samples of ``baseline``."""

    mean: float
    deviation: float
    weeks: int = 8


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Changes in the order in which they come, and what must come of them."""

    fires: bool
    """True: at least one alert; False: none."""
    changes: tuple[Change, ...]
    times: int | None = None
    """How many alerts exactly."""
    cleared: bool | None = None
    """Whether in the end nothing is active."""
    clock: int | None = None
    """The clock goes on to here in the end, µs."""
    usual: Usual | None = None
    note: str = ""


class Rule(_Strict, frozen=True, kw_only=True):
    """One rule. Without cause, consequence, action and time to respond there is none."""

    rule: Name
    version: Count
    vi: Text
    en: Text
    type: Text
    when: Condition
    consequence_class: Consequence
    respond_within: Duration
    cause: Words
    consequence: Words
    action: Words
    incident: Incident | None = None
    group_by: Literal["area", "type", "cause"] = "area"
    only: Only = Only()
    mode: Mode = "on"
    """As it is delivered; the site's choice at run time goes before it."""
    parent: Attr | None = None
    """A relationship to what the entity depends on (gateway, node): while an alert stands there, this one is
    suppressed."""
    supersedes: tuple[Name, ...] = ()
    """Rules that are silent about an entity while this one's alert stands there: level III over I and II."""
    task: bool = False
    """Whether each alert gives a task to the unit that owns the entity."""
    samples: tuple[Sample, ...] = ()
    sector: str = ""
    """Filled in from the folder."""

    @property
    def priority(self) -> Literal[1, 2, 3, 4]:
        """1 (most urgent) to 4, by :data:`PRIORITIES`."""
        place = sum(self.respond_within > step for step in RESPONSE_STEPS)
        return PRIORITIES[self.consequence_class][place]

    @property
    def rationale(self) -> Rationale:
        """What an alert keeps of its rule."""
        incident = self.incident
        return Rationale(
            rule=self.rule,
            version=self.version,
            title_vi=self.vi,
            title_en=self.en,
            priority=self.priority,
            respond_within_s=self.respond_within // 1_000_000,
            cause_vi=self.cause.vi,
            cause_en=self.cause.en,
            consequence_vi=self.consequence.vi,
            consequence_en=self.consequence.en,
            action_vi=self.action.vi,
            action_en=self.action.en,
            group_by=self.group_by,
            incident_kind=incident.kind if incident else None,
            incident_severity=incident.severity if incident else None,
            incident_open=incident.open if incident else None,
            task=self.task,
            common_cause=self.when.kind in ("missing", "stuck"),
        )


class Rules(msgspec.Struct, frozen=True):
    """A set of rules by name."""

    by_name: dict[str, Rule]

    def rationale(self, rule: str) -> Rationale | None:
        """Return what a rule says about its alerts; None where there is no such rule."""
        found = self.by_name.get(rule)
        return found.rationale if found else None
