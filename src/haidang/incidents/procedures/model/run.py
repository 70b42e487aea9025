"""A run of a procedure, its steps and actions, as their rows have them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from haidang.incidents.procedures.model.plan import State
from haidang.incidents.procedures.model.procedure import Procedure, Step

RunState = Literal["running", "finished", "stopped"]
ActionState = Literal["waiting", "under_way", "done", "failed", "unknown", "withheld"]
"""``unknown``: it may have been carried out, look at the device. ``withheld``: an exercise."""


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``procedure_step``; the columns are explained in migration 0230."""

    run_id: int
    step: str
    place: int
    version: int = 1
    state: State = "waiting"
    task_id: int | None = None
    answer: bool | None = None
    opened_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    reason: str = ""


class ActionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``procedure_action``."""

    id: int = 0
    run_id: int
    step: str
    place: int
    no: int = 1
    kind: str
    target: str = ""
    state: ActionState
    actor: str
    made_at: datetime
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    ref: str = ""
    vi: str = ""
    en: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``procedure_run`` with its steps, in the file's order."""

    id: int
    incident_id: int
    procedure: str
    edition: int
    text: Procedure
    sha256: str
    state: RunState
    version: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    reason: str = ""
    steps: tuple[StepRow, ...] = ()

    def row(self, step: str) -> StepRow:
        """Return a step's row; ``KeyError`` where there is none."""
        for each in self.steps:
            if each.step == step:
                return each
        raise KeyError(step)

    def rule(self, step: str) -> Step:
        """Return what the procedure says of a step."""
        return self.text.step(step)

    @property
    def states(self) -> dict[str, State]:
        """How each step stands."""
        return {each.step: each.state for each in self.steps}

    @property
    def answers(self) -> dict[str, bool]:
        """What operators said of conditions that were not known."""
        return {each.step: each.answer for each in self.steps if each.answer is not None}
