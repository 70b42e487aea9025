"""The course of conditions: idle, pending, active, clearing; what came, what went, what falls due when."""

from __future__ import annotations

import heapq
import itertools
from typing import Any, Literal, NamedTuple

from haidang.alerts.rules.conditions import Joint, Part
from haidang.alerts.rules.entity import ACTIVE, CLEARING, PENDING, Entity, Kept, Phase
from haidang.alerts.rules.index import Index, Watch
from haidang.city.times import ALWAYS, NEVER


class Happening(NamedTuple):
    """A condition of a rule came, or went."""

    kind: Literal["raise", "clear"]
    rule: str
    entity: Entity
    at: int
    """µs."""
    value: Any
    limit: float | None


class Seat(NamedTuple):
    """Where a phase is kept: an entity's by rule, or a joint's by group."""

    holder: dict[str, Phase]
    key: str


class Said(NamedTuple):
    """What is said of a condition at an instant."""

    truth: bool
    t: int
    value: Any = None
    limit: float | None = None


class Course:
    """The phases of rules for entities and groups, and the heap of what falls due."""

    def __init__(self) -> None:
        self.entities: dict[int, Entity] = {}
        self.index = Index({}, {})
        self.now = NEVER
        self.happened: list[Happening] = []
        self.writes: dict[tuple[str, str], Kept | None] = {}
        """What changed of what must outlive a restart; None: it is no more."""
        self._heap: list[tuple[int, tuple[int, str], int, Any, Any, str]] = []
        self._count = itertools.count()

    def due_by(self, t: int) -> bool:
        """Say whether anything may fall due until ``t``."""
        return bool(self._heap) and self._heap[0][0] <= t

    def _settle(self, watch: Watch, pace: Part | Joint, seat: Seat, entity: Entity, said: Said) -> None:
        """Let what an observation, or a group, says have its effect on the phase."""
        holder, key = seat
        truth, t, value, limit = said
        phase = holder.get(key)
        if phase is not None and phase.state != ACTIVE and phase.due <= t:
            self._ripen(watch, holder, key, phase)
            phase = holder.get(key)
        if phase is None:
            if truth:
                self._begin(
                    watch,
                    pace,
                    seat,
                    Phase(PENDING, t, t + pace.delay_us, eid=entity.eid, value=value, limit=limit),
                )
            return
        if truth:
            phase.value, phase.limit = value, limit
            if phase.state == CLEARING:
                phase.state = ACTIVE
                self._write(watch, holder, key, phase)
        elif phase.state == PENDING:
            self._drop(watch, seat)
        elif phase.state == ACTIVE:
            phase.state, phase.since, phase.due = CLEARING, t, t + pace.clears_us
            self._wait(watch, seat, phase, pace.clears_us)

    def _begin(self, watch: Watch, pace: Part | Joint, seat: Seat, phase: Phase) -> None:
        seat.holder[seat.key] = phase
        self._wait(watch, seat, phase, pace.delay_us)

    def _wait(self, watch: Watch, seat: Seat, phase: Phase, wait_us: int) -> None:
        if wait_us:
            self._push(phase.due, watch, seat.holder, seat.key)
            self._write(watch, seat.holder, seat.key, phase)
        else:
            self._ripen(watch, seat.holder, seat.key, phase)

    def _drop(self, watch: Watch, seat: Seat) -> None:
        """What was pending is no more; nobody was told of it."""
        phase = seat.holder.pop(seat.key)
        self._write(watch, seat.holder, seat.key, None, phase.eid)

    def _ripen(self, watch: Watch, holder: dict[str, Phase], key: str, phase: Phase) -> None:
        """A wait is over: what was pending stands, what was clearing is gone."""
        entity = self.entities[phase.eid]
        if phase.state == PENDING:
            phase.state, phase.raised = ACTIVE, phase.due
            phase.muted = watch.joint is None and self._superseded(watch, entity)
            self._write(watch, holder, key, phase)
            self._tell("raise", watch, entity, phase, phase.due)
            if watch.rule.supersedes:
                self._mute(watch, entity, phase.due)
        elif phase.state == CLEARING:
            del holder[key]
            self._write(watch, holder, key, None, phase.eid)
            self._tell("clear", watch, entity, phase, phase.due)
            if watch.rule.supersedes:
                self._unmute(watch, entity, phase.due)

    def _tell(
        self, kind: Literal["raise", "clear"], watch: Watch, entity: Entity, phase: Phase, at: int
    ) -> None:
        if not phase.muted:
            self.happened.append(Happening(kind, watch.name, entity, at, phase.value, phase.limit))

    def _superseded(self, watch: Watch, entity: Entity) -> bool:
        return any(
            watch.name in self.index.watches[name].rule.supersedes
            for name, phase in entity.phases.items()
            if phase.standing and name in self.index.watches
        )

    def _mute(self, watch: Watch, entity: Entity, at: int) -> None:
        """What a rule supersedes is over for people, whatever becomes of its condition."""
        for name in watch.rule.supersedes:
            phase, lesser = entity.phases.get(name), self.index.watches.get(name)
            if phase is not None and lesser is not None and phase.standing and not phase.muted:
                self._tell("clear", lesser, entity, phase, at)
                phase.muted = True

    def _unmute(self, watch: Watch, entity: Entity, at: int) -> None:
        """What a rule superseded and still stands is told again."""
        for name in watch.rule.supersedes:
            phase, lesser = entity.phases.get(name), self.index.watches.get(name)
            if phase is None or lesser is None or not phase.muted or self._superseded(lesser, entity):
                continue
            phase.muted = False
            if phase.standing:
                self._tell("raise", lesser, entity, phase, at)

    def _write(
        self, watch: Watch, holder: dict[str, Phase], key: str, phase: Phase | None, eid: int = 0
    ) -> None:
        kept = f"g:{key}" if holder is watch.phases else f"e:{phase.eid if phase else eid}"
        self.writes[watch.name, kept] = None if phase is None else phase.kept(watch.name, kept)

    def _push(self, due: int, what: Any, holder: Any, key: str) -> None:
        """Let something fall due; what falls due at one instant does so in an order that a restart keeps."""
        if due >= ALWAYS:
            return
        order = (holder.eid, what.watch.name) if isinstance(holder, Entity) else (holder[key].eid, what.name)
        heapq.heappush(self._heap, (due, order, next(self._count), what, holder, key))
