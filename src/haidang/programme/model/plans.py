"""Capital plans on two clocks, pure: what a revision makes of the amounts that are known now.

*Valid* is from which decision date an amount holds, *recorded* when we learnt it. An amount is never changed:
what a revision from day D touches is superseded, its part before D is said again with its end at D, and the
new amount holds from D until the next later decision (governance.md § 1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from haidang.programme.model.money import Dong

PlanKind = Literal["medium", "prime_minister", "annual", "carry_over", "allocation"]
PLAN_KINDS: dict[PlanKind, tuple[str, str]] = {
    "medium": ("Kế hoạch trung hạn", "Medium-term plan"),
    "prime_minister": ("Kế hoạch Thủ tướng giao", "Plan of the Prime Minister"),
    "annual": ("Kế hoạch năm", "Annual plan"),
    "carry_over": ("Vốn kéo dài", "Carried-over capital"),
    "allocation": ("Phân bổ chi tiết", "Detailed allocation"),
}
Year = Annotated[int, msgspec.Meta(ge=1990, le=2100)]


class Line(msgspec.Struct, frozen=True):
    """What an amount is of: a project or a node, a source, years and a kind of plan."""

    project_id: int | None
    node_id: int | None
    fund_source_id: int
    plan_kind: PlanKind
    plan_year: int
    plan_year_to: int


class Revision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount that a decision sets for a line from a day on."""

    project_id: int | None = None
    node_id: int | None = None
    fund_source_id: int
    plan_kind: PlanKind
    plan_year: Year
    plan_year_to: Year | None = None
    """Last year of a medium-term plan; absent: the same year."""
    amount_dong: Dong
    decision_id: int
    valid_from: date

    @property
    def line(self) -> Line:
        """The line that it is about."""
        return Line(
            self.project_id, self.node_id, self.fund_source_id, self.plan_kind, self.plan_year,
            self.plan_year if self.plan_year_to is None else self.plan_year_to,
        )  # fmt: skip


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded amount; the columns are explained in migration 0270."""

    id: int
    program_id: int
    project_id: int | None = None
    node_id: int | None = None
    fund_source_id: int
    plan_kind: PlanKind
    plan_year: int
    plan_year_to: int
    amount_dong: int
    decision_id: int
    valid_from: date
    valid_to: date | None = None
    recorded_at: datetime
    superseded_at: datetime | None = None
    created_by: str

    @property
    def line(self) -> Line:
        """The line that it is of."""
        return Line(
            self.project_id, self.node_id, self.fund_source_id, self.plan_kind, self.plan_year,
            self.plan_year_to,
        )  # fmt: skip

    def holds_on(self, day: date) -> bool:
        """Say whether the amount holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def known_at(self, moment: datetime) -> bool:
        """Say whether we held it for right at a moment."""
        return self.recorded_at <= moment and (self.superseded_at is None or moment < self.superseded_at)


class Span(msgspec.Struct, frozen=True):
    """An amount over a range of valid days, half open; ``row`` is the recorded row it comes from, if any."""

    since: date
    until: date | None
    amount_dong: int
    decision_id: int
    row: int | None = None

    def covers(self, day: date) -> bool:
        """Say whether a day lies within."""
        return self.since <= day and (self.until is None or day < self.until)


def spans_of(rows: Sequence[Plan]) -> tuple[Span, ...]:
    """Return what is known now of one line, by day."""
    return tuple(
        sorted(
            (Span(row.valid_from, row.valid_to, row.amount_dong, row.decision_id, row.id) for row in rows),
            key=lambda span: span.since,
        )
    )


def revised(spans: tuple[Span, ...], revision: Revision) -> tuple[Span, ...]:
    """Return the spans of a line after a revision; the same ones where it says what holds already.

    A later decision that is known stays: the new amount ends where it begins.
    """
    day = revision.valid_from
    covering = next((span for span in spans if span.covers(day)), None)
    if covering and (covering.amount_dong, covering.decision_id) == (
        revision.amount_dong,
        revision.decision_id,
    ):
        return spans
    later = min((span.since for span in spans if span.since > day), default=None)
    until = covering.until if covering else later
    new = [Span(day, until, revision.amount_dong, revision.decision_id)]
    if covering and covering.since < day:
        new.append(Span(covering.since, day, covering.amount_dong, covering.decision_id))
    kept = [span for span in spans if span is not covering]
    return tuple(sorted([*kept, *new], key=lambda span: span.since))


def amount_on(spans: Sequence[Span], day: date) -> int | None:
    """Return the amount that holds on a day; None where no decision has set one."""
    return next((span.amount_dong for span in spans if span.covers(day)), None)
