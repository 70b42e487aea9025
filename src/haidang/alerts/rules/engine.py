"""The engine: observations and the clock go in, what came and what went comes out. Pure.

Its time is ``now``, the instant up to which everything recorded has been looked at. What it remembers lies in
the entities and in the joints; what must outlive a restart is told in ``writes``.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Any

from haidang.alerts.rules.conditions import Part, Surroundings, is_number
from haidang.alerts.rules.conditions.missing import Silence
from haidang.alerts.rules.course import Said, Seat
from haidang.alerts.rules.entity import ACTIVE, PENDING, Entity, Kept, Phase
from haidang.alerts.rules.gathering import Gathering
from haidang.alerts.rules.index import Index, Overrides, Slot, Slots, Watch
from haidang.alerts.rules.model import Rules
from haidang.city.times import ALWAYS, NEVER


class Engine(Gathering):
    """Rules over a city."""

    def __init__(
        self, rules: Rules, around: Surroundings, *, overrides: Overrides | None = None, since: int = NEVER
    ) -> None:
        super().__init__()
        self.around = around
        self.since = since
        """From when on we have listened, µs: silence before it was not checked."""
        self.late = 0
        """Observations older than the newest one of their attribute: they change nothing."""
        self._silent = False
        self.use(rules, overrides or {})

    # Rules

    def use(self, rules: Rules, overrides: Overrides) -> None:
        """Take other rules from now on; what stands under a rule that is no more is cleared.

        A rule that is the same keeps all it remembers; one that changed keeps its phases.
        """
        known = self.index.watches
        watches: dict[str, Watch] = {}
        for name, rule in rules.by_name.items():
            before = known.get(name)
            if before is not None and before.rule == rule:
                watches[name] = before
                continue
            watches[name] = Watch(rule, self.around, self.entities)
            if before is not None and _alike(before, watches[name]):
                watches[name].phases = before.phases
                if before.joint is not None and watches[name].joint is not None:
                    watches[name].joint.groups = before.joint.groups  # type: ignore[union-attr]
        for name, before in known.items():
            if name not in watches or not _alike(before, watches[name]):
                self._end(before)
        self.index = Index(watches, overrides)
        for entity in self.entities.values():
            entity.slots = None
            self.adopt(entity)
        self._reschedule()

    def _end(self, watch: Watch) -> None:
        """Clear all that stands under a rule."""
        for key in list(watch.phases):
            self._close(watch.phases, key, watch, f"g:{key}")
        for entity in self.entities.values():
            if watch.name in entity.phases:
                self._close(entity.phases, watch.name, watch, f"e:{entity.eid}")
        if watch.joint is not None:
            for seen in watch.joint.groups.values():
                for place, eid in seen:
                    self.writes[watch.name, f"s:{place}:{eid}"] = None

    def _close(self, holder: dict[str, Phase], key: str, watch: Watch, kept: str) -> None:
        phase = holder.pop(key)
        self.writes[watch.name, kept] = None
        entity = self.entities.get(phase.eid)
        if phase.standing and entity is not None:
            at = max(self.now, phase.raised)
            self._tell("clear", watch, entity, phase, at)
            self._unmute(watch, entity, at)

    def _reschedule(self) -> None:
        self._heap.clear()
        for entity in self.entities.values():
            for name, phase in entity.phases.items():
                watch = self.index.watches.get(name)
                if watch is not None and phase.state != ACTIVE:
                    self._push(phase.due, watch, entity.phases, name)
            for part in self._slots(entity).silences:
                if part.no not in entity.lost:
                    self._expect(part, entity)
        for watch in self.index.watches.values():
            for key, phase in watch.phases.items():
                due = phase.due if phase.state != ACTIVE else self.now
                self._push(due, watch, watch.phases, key)

    def tell_again(self, rule: str) -> None:
        """Raise all that stands under a rule: it was on trial, and nobody was told."""
        watch = self.index.watches.get(rule)
        if watch is None:
            return
        phases = [each.phases[rule] for each in self.entities.values() if rule in each.phases]
        for phase in (*phases, *watch.phases.values()):
            entity = self.entities.get(phase.eid)
            if phase.standing and entity is not None:
                self._tell("raise", watch, entity, phase, phase.raised)

    # Entities

    def adopt(self, entity: Entity) -> Entity:
        """Take an entity in, or take note of what it is now."""
        known = self.entities.get(entity.eid)
        self.entities[entity.eid] = entity
        fresh = known is not entity or entity.slots is None
        entity.slots = self.index.slots(entity)
        if fresh:
            self._settle_in(entity, entity.slots)
        return entity

    def _settle_in(self, entity: Entity, slots: Slots) -> None:
        """Forget what belongs to rules that do not look at it, and expect it to speak."""
        if entity.notes or entity.held or entity.lost:
            entity.notes = {no: note for no, note in entity.notes.items() if no in slots.numbers}
            entity.held &= slots.numbers
            entity.lost &= slots.numbers
        for name in [name for name in entity.phases if name not in slots.names]:
            watch = self.index.watches.get(name)
            if watch is not None:
                self._close(entity.phases, name, watch, f"e:{entity.eid}")
        for part in slots.silences:
            if part.place < 0 and stands(entity, part.watch.name):
                entity.lost.add(part.no)
            self._expect(part, entity)

    def _slots(self, entity: Entity) -> Slots:
        return entity.slots or self.adopt(entity).slots  # type: ignore[return-value]

    def forget(self, entity: Entity, t: int) -> None:
        """An entity is no more: what stands for it is cleared."""
        self.now = max(self.now, t)
        for name in list(entity.phases):
            watch = self.index.watches[name]
            self._close(entity.phases, name, watch, f"e:{entity.eid}")
        for part in self._slots(entity).parts:
            joint = part.watch.joint
            group = None if joint is None else joint.group(entity)
            if joint is None or group is None:
                continue
            seen = joint.groups.get(group, {})
            if seen.pop((part.place, entity.eid), None) is not None:
                self.writes[part.watch.name, f"s:{part.place}:{entity.eid}"] = None
            self._look(part, group, entity, t, less=True)
        for watch in self.index.watches.values():
            for key in [key for key, phase in watch.phases.items() if phase.eid == entity.eid]:
                self._close(watch.phases, key, watch, f"g:{key}")
        self.entities.pop(entity.eid, None)

    # Observations

    def warm(self, entity: Entity, t: int, values: Iterable[tuple[str, Any]]) -> None:
        """Take an observation from before into the memory; nothing comes of it."""
        self._silent = True
        try:
            self.observe(entity, t, values)
        finally:
            self._silent = False

    def observe(self, entity: Entity, t: int, values: Iterable[tuple[str, Any]]) -> None:
        """Look at what was observed of an entity at ``t``; a value of None: the attribute is no more."""
        if t > self.now and not self._silent:
            t = self.now  # the future is a clock that goes wrong
        slots = entity.slots or self._slots(entity)
        by_attr, last = slots.by_attr, entity.last
        shared: dict[int, Part] = {}
        for attr, value in values:
            slot = by_attr.get(attr)
            if slot is None:
                continue
            if t < last.get(attr, t):
                self.late += 1
                continue
            last[attr] = t
            if value is None:
                self._lose(entity, attr, t)
                continue
            if slot.kept:
                entity.values[attr] = value
                shared.update(slot.shared)
            if slot.fast and is_number(value) and (entity.phases or value > slot.top or value < slot.bottom):
                self._levels(slot, entity, t, value)
            if slot.others:
                self._each(slot.others, entity, t, value)
        if shared:
            self._each(shared.values(), entity, t, None)
        entity.heard = max(entity.heard, t)
        if entity.lost and not self._silent:
            self._found(entity, t)

    def _levels(self, slot: Slot, entity: Entity, t: int, value: Any) -> None:
        """Judge by the thresholds that stand, and by those whose limit the value is beyond."""
        if self._silent:
            return
        standing = [part for name in entity.phases if (part := slot.fast.get(name)) is not None]
        beyond = [part for part in slot.passed(value) if part.watch.name not in entity.phases]
        for part in (*standing, *beyond):
            self._judge(part, entity, t, value)

    def _lose(self, entity: Entity, attr: str, t: int) -> None:
        """An attribute is no more: what stands because of it is cleared."""
        entity.values.pop(attr, None)
        for part in self._slots(entity).parts:
            if attr not in part.attrs:
                continue
            entity.notes.pop(part.no, None)
            entity.held.discard(part.no)
            if part.place < 0 and not self._silent:
                seat = Seat(entity.phases, part.watch.name)
                self._settle(part.watch, part, seat, entity, Said(False, t))

    def _each(self, parts: Iterable[Part], entity: Entity, t: int, value: Any) -> None:
        """Judge by each part; where nothing stands for the entity most say no, and that is all."""
        for part in parts:
            if part.place >= 0 or entity.phases or self._silent:
                self._judge(part, entity, t, value)
            elif part.judge(entity, t, value, False):
                self._judged(part, entity, t, value, truth=True)

    def _judged(self, part: Part, entity: Entity, t: int, value: Any, *, truth: bool) -> None:
        watch = part.watch
        value, limit = part.detail(entity, value)
        self._settle(watch, part, Seat(entity.phases, watch.name), entity, Said(truth, t, value, limit))

    def _judge(self, part: Part, entity: Entity, t: int, value: Any) -> None:
        if part.place < 0:
            phase = entity.phases.get(part.watch.name)
            held = phase is not None and phase.state != PENDING
            truth = part.judge(entity, t, value, held)
            if truth is not None and not self._silent and (truth or phase is not None):
                self._judged(part, entity, t, value, truth=truth)
            return
        truth = part.judge(entity, t, value, part.no in entity.held)
        if truth is None:
            return
        if not truth:
            entity.held.discard(part.no)
            return
        entity.held.add(part.no)
        if not self._silent:
            self._sight(part, entity, t, t)

    # Silence

    def _expect(self, part: Silence, entity: Entity) -> None:
        newest = max(part.newest(entity), self.since)
        if newest == NEVER:
            newest = self.now
        self._push(newest + part.for_us, part, entity, "")

    def _missed(self, part: Silence, entity: Entity, expected: int) -> None:
        if self.entities.get(entity.eid) is not entity or part.no in entity.lost:
            return
        if part not in self._slots(entity).silences:
            return
        due = max(part.newest(entity), self.since) + part.for_us
        if due > expected:  # it was heard of since
            self._push(due, part, entity, "")
            return
        entity.lost.add(part.no)
        value, limit = part.detail(entity, None)
        if part.place < 0:
            watch = part.watch
            said = Said(True, max(due, 0), value, limit)
            self._settle(watch, part, Seat(entity.phases, watch.name), entity, said)
        else:
            self._sight(part, entity, max(due, 0), ALWAYS)

    def _found(self, entity: Entity, t: int) -> None:
        for part in self._slots(entity).silences:
            if part.no not in entity.lost or part.newest(entity) + part.for_us <= self.now:
                continue
            entity.lost.discard(part.no)
            self._expect(part, entity)
            if part.place < 0:
                watch = part.watch
                self._settle(watch, part, Seat(entity.phases, watch.name), entity, Said(False, t))
            else:
                self._sight(part, entity, t, t, less=True)

    # The clock

    def hear(self, now: int) -> None:
        """Say what time it is, so that the future is known; nothing falls due by that."""
        self.now = max(self.now, now)

    def tick(self, now: int) -> None:
        """Let the clock go on to ``now``: everything recorded until then has been looked at."""
        self.now = max(self.now, now)
        heap = self._heap
        while heap and heap[0][0] <= now:
            due, _, _, what, holder, key = heapq.heappop(heap)
            if isinstance(what, Silence):
                self._missed(what, holder, due)
            else:
                self._due(what, holder, key, due)

    def _due(self, watch: Watch, holder: dict[str, Phase], key: str, due: int) -> None:
        phase = holder.get(key)
        if phase is None or self.index.watches.get(watch.name) is not watch:
            return
        joint, entity = watch.joint, self.entities.get(phase.eid)
        if joint is not None and entity is not None and phase.state in (PENDING, ACTIVE):
            group = joint.group(entity) or ""
            holding = joint.holding(group, entity, due)
            if phase.state == PENDING and not holding.full:
                self._drop(watch, Seat(holder, key))
            else:
                self._full(watch, key, entity, holding, due)
        elif phase.state != ACTIVE and phase.due == due:
            self._ripen(watch, holder, key, phase)

    # Restart

    def restore(self, kept: Kept) -> bool:
        """Take back what outlived a restart; False where there is nobody left to whom it belongs."""
        watch, entity = self.index.watches.get(kept.rule), self.entities.get(kept.eid)
        if watch is None or entity is None:
            return False
        if kept.state == 0:
            place = int(kept.key.split(":")[1])
            group = None if watch.joint is None else watch.joint.group(entity)
            if watch.joint is None or group is None or place >= len(watch.joint.parts):
                return False
            watch.joint.groups.setdefault(group, {})[place, entity.eid] = kept.since
            if kept.since == ALWAYS:
                entity.lost.add(watch.joint.parts[place].no)
            return True
        phase = Phase(
            kept.state,
            kept.since,
            kept.due,
            eid=kept.eid,
            raised=kept.raised,
            value=kept.value,
            limit=kept.limit,
        )
        kind, _, key = kept.key.partition(":")
        if (kind == "g") is not (watch.joint is not None):
            return False
        holder, name = (watch.phases, key) if kind == "g" else (entity.phases, watch.name)
        holder[name] = phase
        if kind == "e":
            self._muting(entity)
        self._push(phase.due if phase.state != ACTIVE or kind == "g" else ALWAYS, watch, holder, name)
        for part in self._slots(entity).silences:
            if part.place < 0 and part.watch is watch and phase.standing:
                entity.lost.add(part.no)
        return True

    def _muting(self, entity: Entity) -> None:
        for name, phase in entity.phases.items():
            phase.muted = phase.standing and self._superseded(self.index.watches[name], entity)


def stands(entity: Entity, rule: str) -> bool:
    """Say whether a rule's condition is present for an entity."""
    phase = entity.phases.get(rule)
    return phase is not None and phase.standing


def _alike(before: Watch, after: Watch) -> bool:
    """Say whether phases of one can go on under the other."""
    a, b = before.rule, after.rule
    return a.type == b.type and a.when.kind == b.when.kind
