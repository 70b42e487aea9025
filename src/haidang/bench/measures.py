"""What is measured beside the rounds, each once in a run and as a ratio to its bound or its yardstick."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from haidang.bench import asking, latency, restart, screens
from haidang.bench.rounds import Bench, Round

Say = Callable[[str], None]


class Maximum(NamedTuple):
    """What the rounds found the service to do at most; latencies are measured at half of it."""

    patches_per_s: float
    entities_per_s: float


class Measure(msgspec.Struct, frozen=True):
    """One figure and the most it may be."""

    name: str
    value: float
    must: float
    unit: str
    facts: dict[str, float] = {}
    """The absolute figures behind it."""

    @property
    def met(self) -> bool:
        """Whether it is within its bound."""
        return self.value <= self.must


def measure(bench: Bench, rounds: Sequence[Round], place: Path, say: Say) -> list[Measure]:
    """Measure everything; the rounds come first, for they tell how much the service can do."""
    found = [one for one in rounds if one.rejected is None] or list(rounds)
    most = Maximum(
        statistics.median(one.absolute["patch_c64_per_s"] for one in found),
        statistics.median(one.absolute["upsert_entities_per_s"] for one in found),
    )
    parts = (
        latency.patches,
        latency.notifications,
        screens.frames,
        screens.many,
        asking.declared_value,
        restart.restart,
    )
    measures: list[Measure] = []
    for part in parts:
        for name, value, must, unit, facts in part(bench, most, place, say):
            measures.append(Measure(name, value, must, unit, facts))
            shown = "  ".join(f"{fact} {number:,.4g}" for fact, number in facts.items())
            say(f"{name} {value:.3g} (at most {must:g}) {unit}: {shown}")
    return measures
