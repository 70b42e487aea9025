"""An incident as its row has it, and the words that are closed lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

State = Literal["reported", "verified", "classified", "assigned", "contained", "closed", "rejected", "merged"]
OPEN: tuple[State, ...] = ("reported", "verified", "classified", "assigned", "contained")
ENDED: tuple[State, ...] = ("closed", "rejected", "merged")
Source = Literal["alert", "citizen", "phone", "system", "hand"]
LinkKind = Literal["alert", "entity", "camera", "report", "incident", "warning"]
ClockName = Literal["acknowledge", "dispatch", "on_scene", "contain", "close"]
CLOCKS: tuple[ClockName, ...] = ("acknowledge", "dispatch", "on_scene", "contain", "close")

Severity = Annotated[int, msgspec.Meta(ge=1, le=4)]
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]

Realm = Literal["real", "exercise", "simulated"]
"""What is so, what is played, what a simulation says: one never becomes another, nor do they mix."""
MARKS: dict[Realm, tuple[str, str] | None] = {
    "real": None, "exercise": ("DIỄN TẬP", "EXERCISE"), "simulated": ("MÔ PHỎNG", "SIMULATED"),
}  # fmt: skip
"""What stands, in Vietnamese and English, wherever an incident that is not real is shown or told of."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who fills a role in an incident: a person of the house, or somebody by name."""

    role: str
    account_id: int | None = None
    name: str = ""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0225."""

    id: int
    version: int
    code: str
    kind: str
    severity: int
    severity_rule: str = ""
    facts: dict[str, Any] = {}
    title: str
    text: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    area_code: str | None = None
    sector: str | None = None
    owner_org: int
    orgs: tuple[int, ...]
    source: Source
    source_ref: str = ""
    opened_by: str
    state: State
    commander_role: str | None = None
    commander: int | None = None
    commander_name: str | None = None
    roles: tuple[Holder, ...] = ()
    is_exercise: bool = False
    simulated: bool = False
    join_key: str | None = None
    merged_into: int | None = None
    split_from: int | None = None
    escalations: int = 0
    outcome: str = ""
    reported_at: datetime
    acknowledged_at: datetime | None = None
    verified_at: datetime | None = None
    classified_at: datetime | None = None
    dispatched_at: datetime | None = None
    on_scene_at: datetime | None = None
    contained_at: datetime | None = None
    closed_at: datetime | None = None
    changed_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return self.state in OPEN

    @property
    def realm(self) -> Realm:
        """Whether it is real; an exercise that is simulated too is an exercise."""
        return "exercise" if self.is_exercise else "simulated" if self.simulated else "real"

    @property
    def log(self) -> str:
        """Name of its chained log."""
        return f"incident:{self.id}"


def met(incident: Incident, name: ClockName) -> datetime | None:
    """Return when what a clock waits for happened: the first time that this, or what comes after it, did.

    Who closes an incident has acknowledged it; a dispatch that nobody needed is met by what came instead.
    What was rejected or merged has met only what happened before.
    """
    closed = incident.closed_at if incident.state == "closed" else None
    times: dict[ClockName, tuple[datetime | None, ...]] = {
        "acknowledge": (
            incident.acknowledged_at, incident.verified_at, incident.dispatched_at, closed,
        ),
        "dispatch": (incident.dispatched_at, incident.contained_at, closed),
        "on_scene": (incident.on_scene_at, incident.contained_at, closed),
        "contain": (incident.contained_at, closed),
        "close": (closed,),
    }  # fmt: skip
    return min((at for at in times[name] if at is not None), default=None)


def marked(incident: Incident, text: str, *, english: bool = False) -> str:
    """Return a text as it is told to people: an exercise and a simulation say so first."""
    mark = MARKS[incident.realm]
    return text if mark is None else f"[{mark[english]}] {text}"
