"""The procedure against a weak or late contractor: one table of acts (governance.md § 1.7).

warned → demanded → remediation plan → scope cut → replaced, or closed. Each step is a document with its day
and the person who signed it, and leaves the contractor time to reply; the next one waits for the reply or for
the end of that time. A step is skipped, or not waited for, only by a recorded decision of the office.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from haidang.programme.model.records import Paper, Short

State = Literal["warned", "demanded", "remediation", "scope_cut", "replaced", "closed"]
Part = Literal["owner", "office", "either"]
"""owner: ``programme.edit`` over the project's owner · office: ``programme.oversee`` over it."""
ORDER: tuple[State, ...] = ("warned", "demanded", "remediation", "scope_cut", "replaced")
OPEN: frozenset[State] = frozenset(("warned", "demanded", "remediation", "scope_cut"))
STATES: dict[State, tuple[str, str]] = {
    "warned": ("Đã nhắc nhở", "Warned"),
    "demanded": ("Đã yêu cầu bằng văn bản", "Demanded in writing"),
    "remediation": ("Theo kế hoạch khắc phục", "Under a remediation plan"),
    "scope_cut": ("Đã cắt giảm khối lượng", "Scope cut"),
    "replaced": ("Đã thay thế nhà thầu", "Replaced"),
    "closed": ("Đã kết thúc", "Closed"),
}
REPLY_WORKING_DAYS = 5
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Person = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Days = Annotated[int, msgspec.Meta(ge=1, le=60)]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0272."""

    id: int
    version: int = 1
    project_id: int
    contract_id: int
    contractor_id: int
    owner_org: int
    state: State
    subject: str
    steps: int
    reply_until: datetime | None = None
    replied: bool = False
    plan_until: date | None = None
    closed_at: datetime | None = None
    created_by: str
    recorded_at: datetime
    changed_at: datetime


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, by which document; never changed."""

    case_id: int
    no: int
    act: str
    state: State
    document: str
    dated_on: date
    decided_by: str
    text: str
    reply_until: datetime | None = None
    skips: str = ""
    facts: dict[str, Any] = {}
    by: str
    at: datetime


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    document: Paper
    dated_on: date
    decided_by: Person
    text: Words


class _Step(_Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reply_working_days: Days = REPLY_WORKING_DAYS
    skips: Short = ""
    """Number of the decision that lets it skip a step, or not wait for the reply."""


class Warn(_Step, frozen=True, kw_only=True, tag="warn"):
    """The contractor is told that it is late; opens the case."""


class Demand(_Step, frozen=True, kw_only=True, tag="demand"):
    """A written demand."""


class Plan(_Step, frozen=True, kw_only=True, tag="plan"):
    """The contractor's remediation plan is taken, with the day by which it promises."""

    plan_until: date


class CutScope(_Step, frozen=True, kw_only=True, tag="cut_scope"):
    """Part of the work is taken away."""

    cut_dong: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Replace(_Step, frozen=True, kw_only=True, tag="replace"):
    """Another contractor takes the rest."""

    new_contract_id: int | None = None


class Reply(_Act, frozen=True, kw_only=True, tag="reply"):
    """The contractor's answer; ``decided_by`` is who signed it for the contractor."""


class Close(_Act, frozen=True, kw_only=True, tag="close"):
    """It has caught up, or the matter has ended otherwise."""


Act = Demand | Plan | CutScope | Replace | Reply | Close


class Rule(msgspec.Struct, frozen=True):
    """Who may do an act, from where, and where it leads."""

    part: Part
    states: frozenset[State]
    to: State | None
    """None: the state stays."""


RULES: dict[str, Rule] = {
    "demand": Rule("owner", frozenset(("warned",)), "demanded"),
    "plan": Rule("owner", frozenset(("demanded",)), "remediation"),
    "cut_scope": Rule("office", frozenset(("remediation",)), "scope_cut"),
    "replace": Rule("office", frozenset(("scope_cut",)), "replaced"),
    "reply": Rule("either", OPEN, None),
    "close": Rule("office", OPEN, "closed"),
}
Hindrance = Literal["part", "state", "window", "plan_runs", "office", "order"]


def act_name(act: Act | Warn) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def skippable(name: str, state: State) -> bool:
    """Say whether an act leads forward from a state, though over a step between."""
    to = RULES[name].to
    return state in OPEN and to in ORDER and ORDER.index(to) > ORDER.index(state)


def hinders(  # noqa: PLR0911 - one return for each hindrance
    name: str, case: Case, parts: frozenset[Part], now: datetime, today: date, *, skips: bool = False
) -> Hindrance | None:
    """Return what stands against an act, or None; ``skips``: a decision to skip or not to wait is named."""
    rule = RULES[name]
    if case.state not in rule.states and not (skips and skippable(name, case.state)):
        return "order" if skippable(name, case.state) else "state"
    if skips and "office" not in parts:
        return "office"
    stands = bool(parts) if rule.part == "either" else rule.part in parts
    if not stands and not (skips and "office" in parts):
        return "part"
    if rule.to is None or rule.to == "closed" or skips:
        return None
    if not case.replied and case.reply_until is not None and now < case.reply_until:
        return "window"
    if name == "cut_scope" and case.plan_until is not None and today <= case.plan_until:
        return "plan_runs"
    return None


def offered(case: Case, parts: frozenset[Part], now: datetime, today: date) -> list[str]:
    """Return the acts that are open without skipping, in the table's order."""
    return [name for name in RULES if hinders(name, case, parts, now, today) is None]
