"""What stands beside a project: one struct for each kind, fields as the columns of 0271."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from haidang.programme.model.money import Dong
from haidang.programme.model.plans import Year
from haidang.programme.model.register import PartyRole

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Short = Annotated[str, msgspec.Meta(max_length=500)]
Long = Annotated[str, msgspec.Meta(max_length=4_000)]
Paper = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
"""Number (and date) of a document."""
Period = Annotated[int, msgspec.Meta(ge=1, le=13)]
"""Month of a plan year; 13 is January of the next."""
Amounts = Annotated[tuple[Dong, ...], msgspec.Meta(min_length=1, max_length=30)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every row beside a project has."""

    id: int
    version: int = 1
    project_id: int
    created_by: str
    recorded_at: datetime
    changed_at: datetime


OWN: frozenset[str] = frozenset(Record.__struct_fields__)
"""Fields that the house sets itself."""


class Party(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit that takes part, with dates."""

    org_id: int
    role: PartyRole
    valid_from: date
    valid_to: date | None = None


class Package(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A procurement package (gói thầu)."""

    name: Name
    method: Literal["open", "limited", "direct", "quotation", "self", "special"]
    estimate_dong: Dong
    published_on: date | None = None
    closes_at: datetime | None = None
    opened_on: date | None = None
    cancelled_reason: Short = ""


class Bid(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a bidder offered; one wins, and none that was disqualified."""

    package_id: int
    bidder_id: int
    amount_dong: Dong
    submitted_at: datetime | None = None
    disqualified_reason: Short = ""
    winner: bool = False


class Contract(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contract as signed; what changed stands in its changes."""

    contractor_id: int
    contract_no: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    package_id: int | None = None
    subject: Long = ""
    value_dong: Dong
    signed_on: date
    effective_on: date
    expires_on: date
    guarantee_dong: Dong = 0
    guarantee_expires_on: date | None = None
    ended_on: date | None = None
    end_kind: Literal["completed", "terminated"] | None = None
    end_document: Short = ""


class ContractChange(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amendment (phụ lục): old and new of duration, value, scope or equipment, by a document."""

    contract_id: int
    kind: Literal["duration", "value", "scope", "equipment"]
    old_dong: Dong | None = None
    new_dong: Dong | None = None
    old_on: date | None = None
    new_on: date | None = None
    old_text: Long = ""
    new_text: Long = ""
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    document: Paper
    signed_on: date


class PriceAppraisal(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price that an appraiser was asked for, and what came of it."""

    contract_id: int | None = None
    subject: Name
    requested_on: date
    requested_dong: Dong | None = None
    appraiser: Short = ""
    due_on: date | None = None
    appraised_on: date | None = None
    document: Short = ""
    result: Long = ""
    amount_dong: Dong | None = None


class EquipmentItem(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Equipment under a contract; another model than planned needs its amendment and its price appraisal."""

    contract_id: int
    name: Name
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    planned_model: Short = ""
    delivered_model: Short = ""
    ordered_on: date | None = None
    imported_on: date | None = None
    delivered_on: date | None = None
    installed_on: date | None = None
    change_id: int | None = None
    appraisal_id: int | None = None


class Milestone(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A milestone: baseline as first planned, forecast, actual."""

    contract_id: int | None = None
    kind: Literal[
        "start", "clearance", "design", "procurement", "contract", "delivery", "installation", "acceptance",
        "handover", "settlement", "other",
    ]  # fmt: skip
    name: Name
    baseline_on: date
    forecast_on: date | None = None
    actual_on: date | None = None
    weight: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 1


class Acceptance(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Volume that was accepted, at the approved price."""

    contract_id: int
    volume_dong: Dong
    accepted_on: date
    minutes: Paper
    withdrawn: Short = ""
    """Why it does not count after all."""


class Progress(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Physical progress as reported for a month."""

    plan_year: Year
    period: Period
    physical_pct: Annotated[Decimal, msgspec.Meta()]
    """0 to 100, two decimals."""
    text: Long = ""
    evidence: Annotated[tuple[int, ...], msgspec.Meta(max_length=50)] = ()
    """Numbers of files of the project."""


class Commitment(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the owner promises to disburse in a month; a new promise supersedes."""

    plan_year: Year
    period: Period
    amount_dong: Dong
    superseded_at: datetime | None = None


class SupervisionReport(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report of supervision, evaluation, inspection or audit."""

    kind: Literal["supervision", "evaluation", "inspection", "audit"]
    period_text: Paper
    by_whom: Short = ""
    document: Paper
    reported_on: date
    findings: Long = ""
    amount_dong: Dong | None = None
    """That it asks to be recovered or corrected."""
    resolved_on: date | None = None


class HandoverRecord(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Handed over into use."""

    handed_over_on: date
    receiver_org: int | None = None
    receiver: Short = ""
    minutes: Paper
    scope: Long = ""


class Settlement(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Final settlement (quyết toán)."""

    document: Paper
    submitted_on: date
    submitted_dong: Dong
    approved_on: date | None = None
    approved_dong: Dong | None = None
    approval: Short = ""


class SecurityDossier(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dossier of a system's security level (hồ sơ cấp độ)."""

    system_name: Name
    level: Annotated[int, msgspec.Meta(ge=1, le=5)]
    state: Literal["drafting", "submitted", "approved", "expired"]
    document: Short = ""
    approved_on: date | None = None
    next_assessment_on: date | None = None


class PilotService(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pilot urban service, allowed by a document until a day."""

    name: Name
    provider: Short = ""
    scope: Long = ""
    document: Paper
    started_on: date
    ends_on: date
    outcome: Literal["extend", "scale", "stop"] | None = None
    result: Long = ""


class LeaseComparison(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lease or invest: what each costs, year by year."""

    subject: Name
    first_year: Year
    invest_dong: Amounts
    lease_dong: Amounts
    rate_bp: Annotated[int, msgspec.Meta(ge=0, le=5_000)] = 0
    """Discount rate in hundredths of a per cent."""
    conclusion: Literal["invest", "lease"] | None = None
    reason: Long = ""


class MigrationItem(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server, application or shared data set of a department, on its way into the data centre."""

    org_id: int
    kind: Literal["server", "application", "shared_data"]
    name: Name
    planned_on: date | None = None
    moved_on: date | None = None
    verified_on: date | None = None
    not_moving: Short = ""
    note: Long = ""


def present_values(comparison: LeaseComparison) -> tuple[int, int]:
    """Return what investing and leasing cost today, in whole đồng, each year discounted to the first."""
    rate = Decimal(comparison.rate_bp) / Decimal(10_000)

    def value(amounts: tuple[int, ...]) -> int:
        summed = sum(
            (Decimal(amount) / (1 + rate) ** year for year, amount in enumerate(amounts)), Decimal(0)
        )
        return int(summed.quantize(Decimal(1)))

    return value(comparison.invest_dong), value(comparison.lease_dong)
