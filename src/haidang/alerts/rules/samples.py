"""The samples of rules as tests: the engine that runs at night runs them, without a city."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from haidang.alerts.rules.conditions import Band, Surroundings
from haidang.alerts.rules.conditions.geofence import point_of
from haidang.alerts.rules.course import Happening
from haidang.alerts.rules.engine import Engine
from haidang.alerts.rules.entity import Entity
from haidang.alerts.rules.model import Change, Rule, Rules, Sample
from haidang.alerts.rules.reading import read_rules
from haidang.city.packs import load_packs


class Outcome(NamedTuple):
    """What came of a sample."""

    happened: tuple[Happening, ...]
    active: int
    """How many alerts stand in the end."""

    @property
    def raised(self) -> int:
        """How many alerts there were."""
        return sum(one.kind == "raise" for one in self.happened)


def run(rule: Rule, sample: Sample, period_us: Callable[[str], int] | None = None) -> Outcome:
    """Let the sample's changes come, and the clock go on to its end."""
    usual = sample.usual
    band = None if usual is None else Band(usual.mean, usual.deviation, usual.weeks)
    return played(
        Rules({rule.rule: rule}), sample.changes, clock=sample.clock, band=band, period_us=period_us
    )


def played(
    rules: Rules,
    changes: Iterable[Change],
    *,
    clock: int | None = None,
    band: Band | None = None,
    period_us: Callable[[str], int] | None = None,
) -> Outcome:
    """Let changes come, in the order in which they were heard, over any set of rules, without a city."""
    around = Surroundings(
        period_us or (lambda _: 3_600_000_000), lambda *_: band, lambda *_: (), lambda code: (code,)
    )
    engine = Engine(rules, around)
    known: dict[str, Entity] = {}
    for change in changes:
        engine.tick(change.heard)
        entity = known.get(change.id)
        if entity is None:
            entity = known[change.id] = Entity(len(known) + 1, change.id, change.type, name=change.id)
        if change.deleted:
            engine.forget(known.pop(change.id), change.heard)
            continue
        if change.area is not None and change.area != entity.area:
            entity.area, entity.slots = change.area, None
        point = point_of(change.values.get("location"))
        if point is not None:
            entity.lon, entity.lat = point
        if entity.slots is None:
            engine.adopt(entity)
        engine.observe(entity, change.at, change.values.items())
    if clock is not None:
        engine.tick(clock)
    phases = [phase for each in engine.entities.values() for phase in each.phases.values()]
    phases += [phase for watch in engine.index.watches.values() for phase in watch.phases.values()]
    return Outcome(tuple(engine.happened), sum(one.standing and not one.muted for one in phases))


def wrong(rule: Rule, sample: Sample, period_us: Callable[[str], int] | None = None) -> str | None:
    """Return in what a sample fails; None where it holds."""
    found = run(rule, sample, period_us)
    if (found.raised > 0) is not sample.fires:
        return f"fires {found.raised} times, and should {'fire' if sample.fires else 'not'}"
    if sample.times is not None and found.raised != sample.times:
        return f"fires {found.raised} times instead of {sample.times}"
    if sample.cleared is not None and (found.active == 0) is not sample.cleared:
        return f"{found.active} alerts stand in the end"
    return None


def failures(folders: Iterable[Path]) -> list[str]:
    """Read all rules and run all samples; return what is wrong, nothing where all is well."""
    folders = list(folders)
    read = read_rules(folders)
    found = [f"{fault.field}: {fault.en} / {fault.vi}" for fault in read.faults]
    packs = load_packs(folders)
    for rule, number, sample in samples_in(read.rules):
        fault = wrong(rule, sample, lambda type_: packs.type(type_).expected_period_s * 1_000_000)
        if fault is not None:
            found.append(f"{rule.rule}: sample {number} {sample.note}: {fault}")
    return found


def samples_in(rules: Rules) -> Iterator[tuple[Rule, int, Sample]]:
    """Yield every sample with its rule and its number, from 1."""
    for rule in rules.by_name.values():
        for number, sample in enumerate(rule.samples, 1):
            yield rule, number, sample


def untested(rules: Rules) -> Collection[str]:
    """Return the rules that lack a sample that fires, or one that does not."""
    return [
        rule.rule
        for rule in rules.by_name.values()
        if {sample.fires for sample in rule.samples} != {True, False}
    ]
