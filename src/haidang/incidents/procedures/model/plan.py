"""How the steps of a procedure stand: a pure function of what is settled, and of what is known.

=============  ====================================================================================
state          meaning
=============  ====================================================================================
``waiting``    something it needs is not settled
``unneeded``   its condition does not hold; it is looked at again, for the water may still rise
``asked``      its condition hangs on something that is not known: an operator says
``open``       somebody's task (or, of an automatic step, an action under way)
``approving``  done, and the approving role has not said yes
``done``       done, and approved where that is asked for
``skipped``    left out, with a reason
=============  ====================================================================================

Missing is not false: what is not known neither opens a step nor passes it over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from haidang.incidents.procedures.model.procedure import Procedure

State = Literal["waiting", "unneeded", "asked", "open", "approving", "done", "skipped"]
SETTLED: frozenset[State] = frozenset({"done", "skipped", "unneeded"})
"""What lets the steps after it begin."""
UNDECIDED: frozenset[State] = frozenset({"waiting", "unneeded", "asked"})
"""Not yet begun: these follow from the others."""
ENDED: frozenset[State] = frozenset({"done", "skipped"})

Truth = Callable[[str], bool | None]
"""Says whether a condition holds; None: not known."""


def plan(
    procedure: Procedure, states: Mapping[str, State], answers: Mapping[str, bool], truth: Truth
) -> dict[str, State]:
    """Return how every step stands now.

    What has begun or ended stays; of the rest, those whose needs are settled open, are asked about, or are
    not needed. ``answers`` are an operator's words on conditions that were not known; they hold from then on.
    """
    found: dict[str, State] = {}

    def state_of(name: str) -> State:
        if name not in found:
            found[name] = _state(name)
        return found[name]

    def _state(name: str) -> State:
        state = states.get(name, "waiting")
        if state not in UNDECIDED:
            return state
        step = procedure.step(name)
        if not all(state_of(need) in SETTLED for need in step.needs):
            return "waiting"
        if step.when is None:
            return "open"
        holds = answers[name] if name in answers else truth(step.when)
        if holds is None:
            return "asked"
        return "open" if holds else "unneeded"

    return {step.id: state_of(step.id) for step in procedure.steps}


def is_finished(states: Mapping[str, State]) -> bool:
    """Say whether nothing is left to do or to watch: a step that is not needed now may be later."""
    return all(state in ENDED for state in states.values())


def is_settled(states: Mapping[str, State]) -> bool:
    """Say whether nothing is open, asked or waiting."""
    return all(state in SETTLED for state in states.values())
