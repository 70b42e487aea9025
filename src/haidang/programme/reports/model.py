"""What the reports of programmes know: figures of one moment, from which each can be made again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from haidang.organisation.service.letterhead import Letterhead
from haidang.programme.model.money import Ratio
from haidang.programme.model.register import ProjectGroup, ProjectPhase

Kind = Literal["monthly", "supervision", "overview"]
EDITION = 1
"""Of the figures; a paper of an older edition is still drawn from what it knows."""
PROJECTS_MAX = 2_000
"""Projects of one report."""
LISTED_MAX = 40
"""Lines that a paper lists; its workbook has all of them."""
NOTE_MAX = 4_000

Note = Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_MAX)]


class Notes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the issuer says in words of its own; the register has no such fields."""

    progress: Note | None = None
    quality: Note | None = None
    difficulties: Note | None = None
    proposals: Annotated[tuple[Note, ...], msgspec.Meta(max_length=20)] = ()


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the report should say and the register does not hold."""

    what: str
    """In Vietnamese: "Tiến độ hiện trường"."""
    ask: str
    """The unit that has it."""
    projects: int = 1
    """How many projects of that unit lack it."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A project in the figures of a period; None is what the register does not hold."""

    id: int
    public_id: str
    name: str
    owner: str
    deciding: str | None = None
    group: ProjectGroup | None = None
    phase: ProjectPhase | None = None
    start_on: date | None = None
    finish_on: date | None = None
    """As decided last."""
    total_dong: int | None = None
    initial_dong: int | None = None
    """Annual plan as first assigned."""
    current_dong: int | None = None
    """Annual plan as it held at the end of the period."""
    carry_over_dong: int | None = None
    paid_dong: int | None = None
    """Confirmed by the Treasury from the year's plan; None where no voucher at all is in the register."""
    paid_carry_over_dong: int | None = None
    paid_in_period_dong: int | None = None
    """Of both."""
    accepted_dong: int | None = None
    physical_pct: Decimal | None = None
    physical_of: str = ""
    """Year and period of the latest physical progress: "2026/3"."""
    milestones: int = 0
    milestones_met: int = 0
    milestones_met_in_period: int = 0
    milestones_late: int = 0
    packages: int = 0
    packages_opened: int = 0
    """In the period."""
    contracts: int = 0
    contracts_over: int = 0
    """Past their last extension and not ended."""
    total_changes: int = 0
    """Adjustments of the total investment in the period."""
    plan_changes: int = 0
    contract_changes: int = 0
    findings: int = 0
    """Reports of supervision, inspection and audit in the period."""
    inspected: bool = False
    """An inspection of the deciding authority is in the register, of whatever day."""
    bottlenecks: int = 0
    bottlenecks_overdue: int = 0
    reported: str = ""
    """Number of the owner's issued report for this period."""
    simulated: bool = False

    @property
    def delayed(self) -> bool:
        """Say whether anything of it is past its day."""
        return bool(self.milestones_late or self.contracts_over)


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """Plan and payments, of a fund source or of a project."""

    source: str
    initial_dong: int | None = None
    current_dong: int | None = None
    carry_over_dong: int | None = None
    paid_dong: int | None = None
    """From the year's own plan."""
    paid_carry_over_dong: int | None = None
    paid_in_period_dong: int | None = None
    """Of both."""


class Milestone(msgspec.Struct, frozen=True, kw_only=True):
    """A milestone, and by how many days it is late."""

    project: str
    name: str
    baseline_on: date
    forecast_on: date | None = None
    actual_on: date | None = None
    days_late: int = 0


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """What was adjusted in the period, by which document."""

    project: str
    what: str
    before: str = ""
    after: str = ""
    document: str
    on: date
    reason: str = ""


class Tender(msgspec.Struct, frozen=True, kw_only=True):
    """A package: how far its tender is."""

    project: str
    name: str
    method: str
    estimate_dong: int
    opened_on: date | None = None
    bidders: int | None = None
    """None: no bid is in the register."""
    winner: str = ""
    contract_dong: int | None = None


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """A contract as it holds."""

    project: str
    number: str
    contractor: str
    value_dong: int
    expires_on: date
    ended_on: date | None = None
    days_over: int = 0
    accepted_dong: int | None = None
    paid_dong: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A report of supervision, evaluation, inspection or audit."""

    project: str
    kind: str
    document: str
    on: date
    by: str = ""
    text: str = ""
    resolved_on: date | None = None


class Bottleneck(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the way, with the unit that has the task."""

    project: str
    cause: str
    text: str
    unit: str
    due: date | None = None
    overdue: bool = False


class Foresight(msgspec.Struct, frozen=True, kw_only=True):
    """What the year will have paid, by the method that erred least."""

    as_of: date
    method: str
    error_points: float | None
    p10_dong: int
    p50_dong: int
    p90_dong: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a report: of a programme, or of one of its projects."""

    kind: Kind
    edition: int = EDITION
    agency: Letterhead
    program: str
    project: str = ""
    """Of an owner's report."""
    deciding: str = ""
    """Of an overview: only of projects that this authority decides."""
    period: str
    plan_year: int
    plan_as_of: date
    """The plan is the one that held on this day; payments count up to and with it."""
    cut_off: datetime
    plan_initial_on: date | None = None
    plan_dong: dict[str, int | None]
    """Denominator → đồng; None where no decision has set one."""
    ratios: tuple[Ratio, ...] = ()
    elsewhere: Amount | None = None
    """Plans of lines without a project."""
    lines: tuple[Line, ...] = ()
    sources: tuple[Amount, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    tenders: tuple[Tender, ...] = ()
    contracts: tuple[Contract, ...] = ()
    findings: tuple[Finding, ...] = ()
    bottlenecks: tuple[Bottleneck, ...] = ()
    foresight: Foresight | None = None
    missing: tuple[Missing, ...] = ()
    notes: Notes = Notes()
    simulated: bool = False

    def reconciles(self) -> bool:
        """Say whether projects and lines without a project come to the plan, and sources to the same."""
        current = self.plan_dong.get("annual")
        of_lines = summed(line.current_dong for line in self.lines)
        whole = summed((of_lines, self.elsewhere.current_dong if self.elsewhere else None))
        return whole == current and summed(each.current_dong for each in self.sources) == current


def summed(amounts: Iterable[int | None]) -> int | None:
    """Return a sum over what is there; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
