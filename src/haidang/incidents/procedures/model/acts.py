"""What may be done with a step: one table, read by the service, the routes, the docs and the screen.

Most of it is an act on the step's task under another word; the rest is about steps that have no task.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from haidang.incidents.procedures.model.plan import State

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Long = Annotated[str, msgspec.Meta(max_length=4_000)]


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Start(_Act, frozen=True, kw_only=True, tag="start"):
    """The unit has begun."""


class Done(_Act, frozen=True, kw_only=True, tag="done"):
    """It is done; where a role approves, that role is asked."""

    text: Text
    product: Long = ""
    """Number of the document, where one is the evidence."""


class Approve(_Act, frozen=True, kw_only=True, tag="approve"):
    """The named role approves what was done."""

    text: Long = ""


class Return(_Act, frozen=True, kw_only=True, tag="return"):
    """The named role sends it back."""

    text: Text


class Skip(_Act, frozen=True, kw_only=True, tag="skip"):
    """It is left out, with a reason."""

    reason: Text


class Answer(_Act, frozen=True, kw_only=True, tag="answer"):
    """An operator says whether a step is needed whose condition is not known, or does not hold."""

    needed: bool
    reason: Text


class RepeatAction(_Act, frozen=True, kw_only=True, tag="repeat_action"):
    """What the step does by itself has failed, or nobody knows how it ended: do it once more."""

    action: Annotated[int, msgspec.Meta(ge=0, le=100)]
    """Its place in the step, from 0."""
    reason: Text


StepAct = Start | Done | Approve | Return | Skip | Answer | RepeatAction
Part = Literal["unit", "role", "worker"]
"""unit: ``task.work`` over the unit that has the task · role: stands in the approving role and has not done
it itself · worker: ``incident.work`` over the incident's unit; to skip what a role approves,
``incident.command``."""


class Rule(msgspec.Struct, frozen=True):
    """Who may do an act, from which states."""

    part: Part
    states: frozenset[State]
    to: str
    """The state it leads to, in words of the docs."""


RULES: dict[str, Rule] = {
    "start": Rule("unit", frozenset({"open"}), "stays"),
    "done": Rule("unit", frozenset({"open"}), "done, approving"),
    "approve": Rule("role", frozenset({"approving"}), "done"),
    "return": Rule("role", frozenset({"approving"}), "open"),
    "skip": Rule(
        "worker", frozenset({"waiting", "unneeded", "asked", "open", "approving"}), "skipped"
    ),
    "answer": Rule("worker", frozenset({"unneeded", "asked"}), "open, unneeded"),
    "repeat_action": Rule("worker", frozenset({"open", "approving", "done"}), "stays"),
}  # fmt: skip


def act_name(act: StepAct) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)
