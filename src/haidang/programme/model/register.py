"""What the register keeps: programmes, projects, decisions, totals, lines. Fields are columns of 0270."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

ProjectGroup = Literal["national", "A", "B", "C"]
ProjectKind = Literal["construction", "it", "equipment", "planning", "it_lease"]
ProjectPhase = Literal["preparation", "new_start", "transitional", "completing", "completed"]
PartyRole = Literal["owner", "pmu", "funder", "supervisor"]
DecisionKind = Literal[
    "policy", "investment", "adjustment", "plan", "allocation", "carry_over", "settlement", "cancellation",
    "other",
]  # fmt: skip
NodeKind = Literal["tier", "owner", "phase", "capital", "norm", "group"]
CapitalClass = Literal["investment", "recurrent", "technical_assistance"]

PHASES: dict[ProjectPhase, tuple[str, str]] = {
    "preparation": ("Chuẩn bị đầu tư", "Investment preparation"),
    "new_start": ("Khởi công mới", "New start"),
    "transitional": ("Chuyển tiếp", "Transitional"),
    "completing": ("Hoàn thành trong năm", "Completing this year"),
    "completed": ("Đã hoàn thành", "Completed"),
}
KINDS: dict[ProjectKind, tuple[str, str]] = {
    "construction": ("Xây dựng", "Construction"),
    "it": ("Công nghệ thông tin", "Information technology"),
    "equipment": ("Mua sắm thiết bị", "Equipment"),
    "planning": ("Quy hoạch, chuẩn bị", "Planning"),
    "it_lease": ("Thuê dịch vụ CNTT", "Lease of IT services"),
}


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A scheme whose projects are decided and paid for together (đề án, chương trình)."""

    id: int
    version: int = 1
    code: str
    name: str
    period_from: int
    period_to: int
    owner_org: int
    committee_org: int | None = None
    source_document: str = ""
    simulated: bool = False
    created_by: str
    recorded_at: datetime
    changed_at: datetime


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project as its row has it; money stands in totals, plans and payments beside it."""

    id: int
    version: int = 1
    public_id: str
    national_code: str = ""
    budget_code: str = ""
    program_id: int
    name: str
    description: str = ""
    sector: str | None = None
    project_group: ProjectGroup | None = None
    project_kind: ProjectKind | None = None
    project_phase: ProjectPhase | None = None
    owner_org: int
    owner_name: str = ""
    deciding_org: int | None = None
    orgs: tuple[int, ...]
    start_on: date | None = None
    finish_on: date | None = None
    time_text: str = ""
    capacity: str = ""
    area_code: str | None = None
    area_codes: tuple[str, ...] = ()
    place: str = ""
    geometry: dict[str, Any] | None = None
    security_level: int | None = None
    is_public: bool = False
    cancelled_on: date | None = None
    cancelled_by: str = ""
    source_ref: str = ""
    simulated: bool = False
    created_by: str
    recorded_at: datetime
    changed_at: datetime


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A signed document that fixes something; immutable."""

    id: int
    program_id: int
    project_id: int | None = None
    kind: DecisionKind
    doc_number: str
    signed_on: date
    issuer: str = ""
    signatory: str = ""
    subject: str = ""
    file_sha256: str = ""
    created_by: str
    recorded_at: datetime


class FundSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where money comes from."""

    id: int
    version: int = 1
    code: str
    name: str
    name_en: str
    parent_id: int | None = None
    capital_class: CapitalClass


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """Total investment by a decision; the first is the approval, later ones are adjustments."""

    id: int
    project_id: int
    amount_dong: int
    finish_on: date | None = None
    decision_id: int
    reason: str = ""
    valid_from: date
    recorded_at: datetime
    superseded_at: datetime | None = None
    created_by: str


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a year's plan that groups others; it may carry an amount of its own."""

    id: int
    version: int = 1
    program_id: int
    plan_year: int
    parent_id: int | None = None
    position: int
    kind: NodeKind
    number: str = ""
    name: str
    owner_org: int | None = None
    phase: ProjectPhase | None = None
    stated_dong: int | None = None
    stated_total_dong: int | None = None
    stated_on: date | None = None
    source_ref: str = ""
    created_by: str
    recorded_at: datetime


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Under which node a project stands in a year."""

    project_id: int
    plan_year: int
    node_id: int
    position: int = 0
    number: str = ""
