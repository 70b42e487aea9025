"""A procedure as its file has it, checked: steps, what they need, what they do by themselves.

These structs are also what is stored with a run (``procedure_run.text``): a running procedure keeps its
wording and its rules, whatever becomes of the file. ``reading`` makes them and says what is wrong in a file.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Evidence = Literal["text", "photo", "document"]
At = Literal["opened", "done"]
ActionKind = Literal["cap_draft", "notify_unit", "actuate", "open_subtask"]
ACTION_KINDS: tuple[ActionKind, ...] = ("cap_draft", "notify_unit", "actuate", "open_subtask")
FALLBACK_ROLE = "duty_officer"
"""Whose task an automatic step becomes where its action fails."""


class Rung(msgspec.Struct, frozen=True):
    """Whom a late step is told to, and how long after its end."""

    escalate_to: str
    after: int = 0
    """Minutes."""


class Notice(msgspec.Struct, frozen=True):
    """The wording of a warning in one language; empty: the incident's own."""

    event: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""


class CapDraft(msgspec.Struct, frozen=True, kw_only=True, tag="cap_draft", tag_field="kind"):
    """Draft a CAP message; approving and sending it are people's (``alerts.cap``)."""

    at: At = "opened"
    category: str = "Safety"
    urgency: str = "Immediate"
    severity: str = "Severe"
    certainty: str = "Observed"
    response: str | None = None
    expires_in: int = 360
    """Minutes."""
    vi: Notice = Notice()
    en: Notice = Notice()


class NotifyUnit(msgspec.Struct, frozen=True, kw_only=True, tag="notify_unit", tag_field="kind"):
    """Tell the units that fill some roles."""

    at: At = "opened"
    roles: tuple[str, ...]
    vi: str
    en: str


class Actuate(msgspec.Struct, frozen=True, kw_only=True, tag="actuate", tag_field="kind"):
    """Give a device a command, through the registration that holds its attribute. Exactly one target."""

    at: At = "opened"
    entity: str | None = None
    """Its id."""
    linked: str | None = None
    """Every entity of this type that is linked to the incident."""
    nearest: str | None = None
    """The nearest entity of this type."""
    within_m: int = 0
    attribute: str
    value: bool | int | float | str


class OpenSubtask(msgspec.Struct, frozen=True, kw_only=True, tag="open_subtask", tag_field="kind"):
    """Give another unit a part of the step's task."""

    at: At = "opened"
    role: str
    vi: str
    en: str
    within: int | None = None
    """Minutes."""


Action = CapDraft | NotifyUnit | Actuate | OpenSubtask


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step."""

    id: str
    vi: str
    en: str
    role: str | None = None
    """None: automatic."""
    needs: tuple[str, ...] = ()
    when: str | None = None
    within: int | None = None
    """Minutes."""
    on_late: tuple[Rung, ...] = ()
    evidence: Evidence = "text"
    approve: str | None = None
    actions: tuple[Action, ...] = ()

    @property
    def automatic(self) -> bool:
        """Whether nobody is asked to do it."""
        return self.role is None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Facts, and which steps stand open then."""

    facts: dict[str, bool | int | float | str]
    applies: bool
    says: str = ""
    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    answered: dict[str, bool] = {}
    open: tuple[str, ...] | None = None
    asked: tuple[str, ...] | None = None
    unneeded: tuple[str, ...] | None = None
    waiting: tuple[str, ...] | None = None


class Procedure(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure of one version."""

    procedure: str
    version: int
    vi: str
    en: str
    sector: str
    applies_when: str
    steps: tuple[Step, ...]
    samples: tuple[Sample, ...] = ()

    def step(self, name: str) -> Step:
        """Return a step by its id; ``KeyError`` where there is none."""
        for each in self.steps:
            if each.id == name:
                return each
        raise KeyError(name)


class Role(msgspec.Struct, frozen=True):
    """A role's word, in both languages."""

    word: str
    vi: str
    en: str
