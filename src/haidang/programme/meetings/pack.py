"""What a meeting is told: one structure, from which paper, slides and JSON are drawn. Frozen when issued.

Every share carries its denominator, the day of the plan and the cut-off (:class:`Ratio`). What is not known
is None with its reason, never zero. Names of people are not in it; wordings that were typed are, for paper.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Literal

import msgspec

from haidang.organisation.service.letterhead import Letterhead
from haidang.programme.model.money import DenominatorKind, Ratio

GOAL_SHARE = 0.95
"""Of the year's plan, by 31 January."""
HEADLINE: DenominatorKind = "annual_with_carry_over"
"""The denominator that a share is of where a line has room for one: all that can be paid in the year."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A structure of a pack; fields may be added, so that old packs can still be read."""


class Words(Part, frozen=True, kw_only=True):
    """The same in both languages."""

    vi: str
    en: str


class Before(Part, frozen=True, kw_only=True):
    """How it stood in the pack of the last meeting."""

    plan_dong: int | None
    paid_dong: int
    share: Ratio | None


class Money(Part, frozen=True, kw_only=True):
    """Plans and confirmed payments of an owner, or of the whole programme."""

    plan_dong: int | None
    """The current plan with what was carried over; None where no decision has set one."""
    paid_dong: int
    """Confirmed, of both."""
    paid_carry_over_dong: int = 0
    """Of it, from what was carried over."""
    ratios: tuple[Ratio, ...] = ()
    """Every denominator that a decision has set."""
    before: Before | None = None

    def ratio(self, kind: DenominatorKind = HEADLINE) -> Ratio | None:
        """Return the share of one denominator."""
        return next((each for each in self.ratios if each.denominator_kind == kind), None)


class Owner(Part, frozen=True, kw_only=True):
    """A line of the state by owner."""

    id: int | None
    """None: what stands on lines of the plan without an owner."""
    name: str
    money: Money


class Outlook(Part, frozen=True, kw_only=True):
    """What the year is foreseen to have paid by 31 January."""

    plan_dong: int = 0
    """All that can be paid in the year: current plan and what was carried over, of projects with a plan."""
    method: Words | None
    """None: not foreseen, for ``reason``."""
    p10_dong: int | None = None
    p50_dong: int | None = None
    p90_dong: int | None = None
    error_points: float | None = None
    """The method's own past error at this period, in points of the plan."""
    reason: Words | None = None


class Risk(Part, frozen=True, kw_only=True):
    """A project that will miss the goal, or asks for attention otherwise."""

    project_id: int
    name: str
    owner: str
    plan_dong: int | None
    paid_dong: int
    share: Ratio | None
    p50_dong: int | None
    shortfall_dong: int | None
    """What P50 lacks to the goal; None where nothing can be foreseen."""
    reasons: tuple[Words, ...]


class Pace(Part, frozen=True, kw_only=True):
    """What must be paid in each of the months left."""

    name: str
    plan_dong: int
    paid_dong: int
    monthly_dong: int | None
    """None where no month is left."""
    payable_dong: int
    """Accepted and not paid."""
    allowed: bool | None
    """Whether what was accepted suffices; None where the goal is reached."""
    why: Words


class Move(Part, frozen=True, kw_only=True):
    """Capital that could move from one project to another, within its source; a proposal."""

    giver: str
    giver_id: int
    taker: str
    taker_id: int
    source: str
    amount_dong: int
    why_giver: Words
    why_taker: Words


class Bottleneck(Part, frozen=True, kw_only=True):
    """What stands in a project's way."""

    id: int
    project_id: int
    project: str
    cause: str
    description: str
    """As somebody typed it: for the paper."""
    unit: str
    due_on: date | None
    days_late: int
    amount_dong: int | None


class Cause(Part, frozen=True, kw_only=True):
    """Open bottlenecks of one cause."""

    cause: str
    words: Words
    open: int
    overdue: int
    amount_dong: int | None
    """Of those that name one; None where none does."""


class Case(Part, frozen=True, kw_only=True):
    """A procedure against a contractor; shown to those who may see it."""

    id: int
    project_id: int
    project: str
    owner_org: int
    area_code: str | None
    sector: str | None
    contractor: str
    contract_no: str
    state: Words
    subject: str
    reply_until: date | None
    replied: bool


class Followed(Part, frozen=True, kw_only=True):
    """What became of one decision of the last meeting: one task of it."""

    no: str
    text: str
    """The wording: for the paper."""
    project_id: int | None
    project: str
    unit: str
    due_on: date | None
    place: str
    """Where the task stands: done_on_time, overdue, …"""
    days_late: int
    directive_id: int
    task_id: int


class Followups(Part, frozen=True, kw_only=True):
    """The decisions of earlier meetings, counted by their tasks."""

    held_on: date
    """Day of the last meeting that was concluded."""
    number: str
    """Of its notice."""
    given: int
    done_on_time: int
    done_late: int
    in_time: int
    awaiting_verdict: int
    overdue: int
    other: int
    """Without a due, suspended, cancelled: so that all places add up to what was given."""
    items: tuple[Followed, ...]
    earlier_open: int
    """Tasks of meetings before that one that are still to be done."""
    earlier_overdue: int


class Question(Part, frozen=True, kw_only=True):
    """Something that needs a decision today."""

    code: str
    """"hand": asked by who prepares the meeting, as typed."""
    text: Words
    part: str
    """The part of the pack that it comes from."""
    project_ids: tuple[int, ...] = ()


class Previous(Part, frozen=True, kw_only=True):
    """The frozen pack that this one is compared with."""

    meeting_id: int
    held_on: date
    cutoff: date
    number: str
    sha256: str


class Pack(Part, frozen=True, kw_only=True):
    """Everything that a meeting is told."""

    version: Literal[1] = 1
    program_id: int
    program: str
    simulated: bool
    meeting_id: int
    title: str
    held_on: date
    chair: str
    plan_year: int
    cutoff: date
    """Payments count until this day."""
    plan_as_of: date
    """The plan is the one that held on this day."""
    made_at: datetime
    """By what was known then."""
    agency: Letterhead
    previous: Previous | None
    total: Money
    projects: int
    initial_on: date | None
    """Day of the year's first plan decision."""
    outlook: Outlook
    owners: tuple[Owner, ...]
    """Lowest share first; a line without a project last."""
    risks: tuple[Risk, ...]
    risks_of: int
    """Projects that were looked at."""
    periods_left: int
    pace_total: Pace | None
    paces: tuple[Pace, ...]
    moves: tuple[Move, ...]
    causes: tuple[Cause, ...]
    bottlenecks: tuple[Bottleneck, ...]
    cases: tuple[Case, ...]
    followups: Followups | None
    questions: tuple[Question, ...]


def frozen(pack: msgspec.Struct) -> tuple[str, str]:
    """Return a structure as the text that is kept, and its SHA-256."""
    text = msgspec.json.encode(pack, order="deterministic").decode()
    return text, hashlib.sha256(text.encode()).hexdigest()


def thawed(text: str) -> Pack:
    """Return the pack that was frozen."""
    return msgspec.json.decode(text, type=Pack)
