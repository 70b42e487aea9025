"""What parts of ``count`` and ``together`` were seen to hold, and whether their groups are full."""

from __future__ import annotations

from haidang.alerts.rules.conditions import Holding, Joint, Part
from haidang.alerts.rules.course import Course, Said, Seat
from haidang.alerts.rules.entity import ACTIVE, Entity, Kept
from haidang.alerts.rules.index import Watch
from haidang.base.geometry import distance_m
from haidang.city.times import ALWAYS, NEVER


class Gathering(Course):
    """The sightings of joints, and the alerts of their groups."""

    def _sight(self, part: Part, entity: Entity, t: int, last: int, *, less: bool = False) -> None:
        """Note when a part was last seen to hold; ``less``: it held without an end until now."""
        watch = part.watch
        joint = watch.joint
        group = None if joint is None else joint.group(entity)
        if joint is None or group is None:
            return
        seen = joint.groups.setdefault(group, {})
        key = (part.place, entity.eid)
        seen.pop(key, None)  # what was seen last stands last
        seen[key] = last
        kept = f"s:{part.place}:{entity.eid}"
        self.writes[watch.name, kept] = Kept(watch.name, kept, entity.eid, 0, last, 0, NEVER, None, None)
        self._look(part, group, entity, t, less=less)

    def _look(self, part: Part, group: str, entity: Entity, t: int, *, less: bool) -> None:
        """Say what a sighting means for its group, or for the alert that stands nearby."""
        watch, joint = part.watch, part.watch.joint
        if joint is None:
            return
        key = self._standing(watch, joint, group, entity)
        phase = watch.phases.get(key)
        if phase is not None and phase.state == ACTIVE and phase.due > t and not less:
            return  # it stands, and no sighting makes it less
        holding = joint.holding(group, entity, t)
        if phase is None and not holding.full:
            return
        self._full(watch, key, entity, holding, t)

    def _standing(self, watch: Watch, joint: Joint, group: str, entity: Entity) -> str:
        radius = getattr(joint, "radius_m", None)
        if radius is None:
            return group
        for key, phase in watch.phases.items():
            other = self.entities.get(phase.eid)
            if other is None or None in (other.lon, other.lat, entity.lon, entity.lat):
                continue
            if distance_m(other.lon, other.lat, entity.lon, entity.lat) <= radius:  # type: ignore[arg-type]
                return key
        return f"n:{entity.eid}"

    def _full(self, watch: Watch, key: str, entity: Entity, holding: Holding, t: int) -> None:
        """Let what a group says have its effect, and look again when it may cease to be full."""
        joint = watch.joint
        if joint is None:
            return
        said = Said(holding.full, t, holding.value, holding.limit)
        self._settle(watch, joint, Seat(watch.phases, key), self._told(watch, entity), said)
        phase = watch.phases.get(key)
        if phase is not None and phase.state == ACTIVE:
            phase.due = ALWAYS if holding.until is None else holding.until
            self._push(phase.due, watch, watch.phases, key)

    def _told(self, watch: Watch, entity: Entity) -> Entity:
        """Return whose alert it is: of entities of several types the one of the rule's own type."""
        if entity.type == watch.rule.type or watch.joint is None:
            return entity
        group = watch.joint.group(entity)
        for _, eid in reversed(watch.joint.groups.get(group or "", {})):
            other = self.entities.get(eid)
            if other is not None and other.type == watch.rule.type:
                return other
        return entity
