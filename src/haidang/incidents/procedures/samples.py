"""Runs a procedure's samples: given these facts, which steps stand open? Nothing but the file is needed.

``haidang procedures check`` and the tests of the packs run the same function.
"""

from __future__ import annotations

from haidang.base.problems import Fault
from haidang.incidents.procedures import conditions
from haidang.incidents.procedures.model.plan import State, plan
from haidang.incidents.procedures.model.procedure import Procedure, Sample
from haidang.incidents.procedures.model.words import Faults


def standing(procedure: Procedure, sample: Sample) -> dict[str, State]:
    """Return how the steps stand with a sample's facts."""
    settled: dict[str, State] = dict.fromkeys(sample.done, "done")
    settled |= dict.fromkeys(sample.skipped, "skipped")
    return plan(procedure, settled, sample.answered, lambda text: conditions.truth(text, sample.facts))


def check(procedure: Procedure) -> tuple[Fault, ...]:
    """Return a fault for each sample whose outcome is another than it says."""
    faults = Faults(f"{procedure.sector}/{procedure.procedure}.yaml")
    sample_faults(procedure, faults)
    return tuple(faults.found)


def sample_faults(procedure: Procedure, faults: Faults) -> None:
    """Note the samples whose outcome is another than they say."""
    for number, sample in enumerate(procedure.samples, 1):
        label = f"samples[{number}]"
        applies = conditions.truth(procedure.applies_when, sample.facts)
        if applies is not sample.applies:
            said = {True: ("áp dụng", "applies"), False: ("không áp dụng", "does not apply"),
                    None: ("không rõ", "is unknown")}[applies]  # fmt: skip
            faults.add(label, "applies", f"kết quả: {said[0]}", f"outcome: {said[1]}")
            continue
        if not applies:
            continue
        states = standing(procedure, sample)
        for state in ("open", "asked", "unneeded", "waiting"):
            wanted: tuple[str, ...] | None = getattr(sample, state)
            found = sorted(name for name, each in states.items() if each == state)
            if wanted is not None and found != sorted(wanted):
                shown = ", ".join(found) or "–"
                faults.add(label, state, f"kết quả: {shown}", f"outcome: {shown}", ", ".join(wanted))
