"""A meeting and its decisions as their rows have them (migration 0277), and what they still lack. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from haidang.programme.model.plans import Year
from haidang.tasks.model.due import Due

State = Literal["planned", "issued", "concluded"]
STATES: dict[State, tuple[str, str]] = {
    "planned": ("Đang chuẩn bị", "In preparation"),
    "issued": ("Đã phát hành tài liệu", "Pack issued"),
    "concluded": ("Đã kết luận", "Concluded"),
}
Part = Literal[
    "overview", "owners", "risks", "pace", "moves", "bottlenecks", "followups", "questions", "decisions",
]  # fmt: skip
"""Parts of the pack, in their order; a decision is written down beside one of them."""
DECISIONS_MAX = 100
QUESTIONS_MAX = 20
COOP_MAX = 50
Short = Annotated[str, msgspec.Meta(max_length=300)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Wording = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Product = Annotated[str, msgspec.Meta(max_length=500)]
Question = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Questions = Annotated[tuple[Question, ...], msgspec.Meta(max_length=QUESTIONS_MAX)]
Units = Annotated[tuple[int, ...], msgspec.Meta(max_length=COOP_MAX)]
UNSET = msgspec.UNSET
Unset = msgspec.UnsetType


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``programme_meeting``."""

    id: int
    version: int = 1
    program_id: int
    owner_org: int
    title: str
    held_on: date
    plan_year: int
    cutoff: date
    chair: str = ""
    place: str = ""
    questions: tuple[str, ...] = ()
    pack: str | None = None
    sha256: str | None = None
    snapshot_id: int | None = None
    number: str = ""
    issued_at: datetime | None = None
    issued_by: str | None = None
    conclusion: str | None = None
    conclusion_sha256: str | None = None
    document_id: int | None = None
    concluded_at: datetime | None = None
    concluded_by: str | None = None
    created_by: str
    recorded_at: datetime
    changed_at: datetime

    @property
    def state(self) -> State:
        """How far it is; said by what has happened, never stored."""
        if self.concluded_at is not None:
            return "concluded"
        return "issued" if self.issued_at is not None else "planned"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``programme_meeting_decision``."""

    id: int
    version: int = 1
    meeting_id: int
    slide: str = ""
    project_id: int | None = None
    text: str
    lead_org: int | None = None
    coop_orgs: tuple[int, ...] = ()
    due: Due | None = None
    product: str = ""
    directive_id: int | None = None
    created_by: str
    recorded_at: datetime
    changed_at: datetime


class NewMeeting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to prepare a meeting."""

    held_on: date
    cutoff: date
    """Payments count until this day."""
    title: Short = ""
    """Absent: "Họp giao ban giải ngân tháng 11 năm 2026"."""
    plan_year: Year | None = None
    """Absent: the year of the cut-off; of a January the year before, whose plan still runs."""
    chair: Short = ""
    place: Short = ""
    questions: Questions = ()


class MeetingPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays. Days and year only until the pack is issued."""

    title: Title | Unset = UNSET
    held_on: date | Unset = UNSET
    cutoff: date | Unset = UNSET
    plan_year: Year | Unset = UNSET
    chair: Short | Unset = UNSET
    place: Short | Unset = UNSET
    questions: Questions | Unset = UNSET


class NewDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the secretary writes down; only the wording is needed at once."""

    text: Wording
    slide: Part = "decisions"
    project_id: int | None = None
    lead_org: int | None = None
    """Absent: the owner of the project, where one is named."""
    coop_orgs: Units = ()
    due: Due | None = None
    product: Product = ""


class DecisionPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays."""

    text: Wording | Unset = UNSET
    project_id: int | Unset | None = UNSET
    lead_org: int | Unset | None = UNSET
    coop_orgs: Units | Unset = UNSET
    due: Due | Unset | None = UNSET
    product: Product | Unset = UNSET


FROZEN = ("held_on", "cutoff", "plan_year")
"""What the pack was made for: it stays once the pack is issued."""
LACKS: dict[str, tuple[str, str]] = {
    "lead_org": ("chưa có đơn vị chủ trì", "no unit leads it"),
    "due": ("chưa có thời hạn", "it has no due"),
    "product": ("chưa rõ kết quả phải có", "the expected result is not named"),
}


def lacks(decision: Decision) -> tuple[str, ...]:
    """Return which of the five clears a decision still lacks; one unit leads, so who answers is clear."""
    return tuple(name for name in LACKS if not getattr(decision, name))


def given(patch: msgspec.Struct) -> dict[str, Any]:
    """Return what a patch says."""
    return {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not UNSET}


def plan_year_of(cutoff: date) -> int:
    """Return the plan year that a cut-off reports on: until 31 January it is still the one before."""
    return cutoff.year - 1 if cutoff.month == 1 else cutoff.year


def title_of(cutoff: date) -> str:
    """Return what a month's meeting is called."""
    month = f"{cutoff.month:02}" if cutoff.month <= 2 else str(cutoff.month)
    return f"Họp giao ban giải ngân tháng {month} năm {cutoff.year}"
