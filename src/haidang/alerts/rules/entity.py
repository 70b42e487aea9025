"""What the engine remembers of an entity, and the phases of its conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from haidang.city.times import NEVER

if TYPE_CHECKING:
    from haidang.alerts.rules.index import Slots

PENDING, ACTIVE, CLEARING = 1, 2, 3


class Kept(NamedTuple):
    """What of the memory must outlive a restart; ``state`` 0: a sighting for a joint, ``since`` its time."""

    rule: str
    key: str
    """``e:<eid>`` an entity's phase, ``g:<group>`` a group's, ``s:<place>:<eid>`` a sighting."""
    eid: int
    state: int
    since: int
    due: int
    raised: int
    value: Any
    limit: float | None


class Phase:
    """Where a rule stands for an entity or a group; idle is no phase at all."""

    __slots__ = ("due", "eid", "limit", "muted", "raised", "since", "state", "value")

    def __init__(
        self,
        state: int,
        since: int,
        due: int,
        *,
        eid: int,
        raised: int = NEVER,
        value: Any = None,
        limit: float | None = None,
    ) -> None:
        self.state = state
        self.since = since
        """When this state began, µs."""
        self.due = due
        """When waiting ends, µs; only while pending or clearing."""
        self.eid = eid
        """Whose alert it is: of a group, the entity that made it full."""
        self.raised = raised
        self.value = value
        self.limit = limit
        self.muted = False
        """A rule that supersedes this one stands: nobody is told."""

    @property
    def standing(self) -> bool:
        """Whether the alert's condition is present."""
        return self.state != PENDING

    def kept(self, rule: str, key: str) -> Kept:
        """Return it as it outlives a restart."""
        return Kept(
            rule, key, self.eid, self.state, self.since, self.due, self.raised, self.value, self.limit
        )


class Entity:
    """One entity of a watched type: who it is, and what conditions remember of it."""

    __slots__ = (
        "area", "eid", "heard", "held", "id", "last", "lat", "lon", "lost", "name", "notes", "owner_org",
        "phases", "sector", "simulated", "slots", "source", "type", "values",
    )  # fmt: skip

    def __init__(
        self,
        eid: int,
        id_: str,
        type_: str,
        *,
        name: str = "",
        owner_org: int | None = None,
        area: str | None = None,
        sector: str | None = None,
        source: str = "",
        simulated: bool = False,
        lon: float | None = None,
        lat: float | None = None,
        heard: int = NEVER,
    ) -> None:
        self.eid = eid
        self.id = id_
        self.type = type_
        self.name = name
        self.owner_org = owner_org
        self.area = area
        self.sector = sector
        self.source = source
        self.simulated = simulated
        self.lon = lon
        self.lat = lat
        self.heard = heard
        """The newest observation of anything, µs."""
        self.last: dict[str, int] = {}
        """The newest observation of each watched attribute, µs."""
        self.values: dict[str, Any] = {}
        """Values that a condition on another attribute may look at."""
        self.notes: dict[int, Any] = {}
        """What conditions remember, by the condition's number."""
        self.phases: dict[str, Phase] = {}
        """By rule."""
        self.held: set[int] = set()
        """Parts of ``count`` and ``together`` that hold at the newest observation, by number."""
        self.lost: set[int] = set()
        """Conditions ``missing`` that hold, by number."""
        self.slots: Slots | None = None
        """Which rules look at it; None until somebody asks."""
