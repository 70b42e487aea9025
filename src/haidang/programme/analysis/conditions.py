"""Red flags of money, advances, time and substance over what is known of one project on a day.

Each rule is a row of :data:`RULES`: its code, its words, and one function from the facts to what it saw. What
is unknown raises no flag, and is not taken for zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec


class Thresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site may set; the words stand in ``data/flags.yaml``."""

    first_payment_period: int
    third_quarter_share: float
    goal_share: float
    late_allocation_days: int
    late_supplement_month: int
    guarantee_days: int
    advance_months: int
    advance_without_volume_months: int
    milestone_slip_days: int
    gap_points: int
    total_raised_share: float
    equipment_changes: int
    appraisal_working_days: int


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a project on a day; None is unknown or does not apply."""

    on: date
    period: int
    """Periods of the plan year that are over: 0 to 13."""
    plan_dong: int | None = None
    paid_dong: int | None = None
    province_share: float | None = None
    """The share of its plan that the whole province has paid by now."""
    foreseen_share: float | None = None
    """P50 of the year's end."""
    planned_on: date | None = None
    """The day of the year's first plan."""
    allocated_on: date | None = None
    """The day of the detailed allocation; None where it is not allocated yet."""
    supplements: tuple[date, ...] = ()
    """Days of decisions that raised this year's plan after its first one."""
    guarantee_expires_on: date | None = None
    outstanding_advance_dong: int = 0
    advance_on: date | None = None
    """Of the oldest advance that is outstanding."""
    volume_on: date | None = None
    """When volume was last accepted under the contract of that advance."""
    decision_finish: date | None = None
    forecast_finish: date | None = None
    contract_expires: date | None = None
    """The end of a contract that runs, its extensions included."""
    slips_days: tuple[int, ...] = ()
    """Of each milestone that is not met, how far its forecast lies after its baseline."""
    physical_pct: Decimal | None = None
    paid_all_dong: int | None = None
    """Of all years: what physical progress, which is of the whole project, is held against."""
    total_first_dong: int | None = None
    total_dong: int | None = None
    equipment_changes: int = 0
    appraisals_waiting: tuple[int, ...] = ()
    """Working days for which price appraisals have been waiting."""
    bottlenecks_open: int = 0
    """Bottlenecks without an owner or a due date."""


class Raised(NamedTuple):
    """A flag with what it saw and what it was held against."""

    code: str
    value: float | str
    limit: float | str | None


Seen = tuple[float | str, float | str | None]
Look = Callable[[Facts, Thresholds], Seen | None]


class Rule(NamedTuple):
    """A rule: whose question it is, and how it looks."""

    vi: str
    en: str
    look: Look


def raised(facts: Facts, thresholds: Thresholds) -> list[Raised]:
    """Return the flags of a project, in the order of the table."""
    found = []
    for code, rule in RULES.items():
        seen = rule.look(facts, thresholds)
        if seen is not None:
            found.append(Raised(code, *seen))
    return found


def _share(facts: Facts) -> float | None:
    if facts.paid_dong is None or not facts.plan_dong:
        return None
    return facts.paid_dong / facts.plan_dong


def _nothing_paid(facts: Facts, t: Thresholds) -> Seen | None:
    late = facts.period >= t.first_payment_period and bool(facts.plan_dong)
    return (facts.period, t.first_payment_period) if late and facts.paid_dong == 0 else None


def _third_quarter(facts: Facts, t: Thresholds) -> Seen | None:
    share = _share(facts)
    low = share is not None and facts.period >= 9 and share < t.third_quarter_share
    return (round(share, 4), t.third_quarter_share) if low and share is not None else None


def _below_province(facts: Facts, _: Thresholds) -> Seen | None:
    share, mean = _share(facts), facts.province_share
    if share is None or mean is None or share >= mean:
        return None
    return round(share, 4), round(mean, 4)


def _foreseen(facts: Facts, t: Thresholds) -> Seen | None:
    share = facts.foreseen_share
    return (round(share, 4), t.goal_share) if share is not None and share < t.goal_share else None


def _late_allocation(facts: Facts, t: Thresholds) -> Seen | None:
    if facts.planned_on is None:
        return None
    days = ((facts.allocated_on or facts.on) - facts.planned_on).days
    return (days, t.late_allocation_days) if days > t.late_allocation_days else None


def _late_supplement(facts: Facts, t: Thresholds) -> Seen | None:
    late = [day for day in facts.supplements if day.month > t.late_supplement_month]
    return (max(late).isoformat(), t.late_supplement_month) if late else None


def _guarantee(facts: Facts, t: Thresholds) -> Seen | None:
    if facts.guarantee_expires_on is None or not facts.outstanding_advance_dong:
        return None
    days = (facts.guarantee_expires_on - facts.on).days
    return (days, t.guarantee_days) if days < t.guarantee_days else None


def _old_advance(facts: Facts, t: Thresholds) -> Seen | None:
    if facts.advance_on is None or not facts.outstanding_advance_dong:
        return None
    months = _months(facts.advance_on, facts.on)
    return (months, t.advance_months) if months >= t.advance_months else None


def _advance_without_volume(facts: Facts, t: Thresholds) -> Seen | None:
    if facts.advance_on is None or not facts.outstanding_advance_dong:
        return None
    months = _months(max(facts.advance_on, facts.volume_on or facts.advance_on), facts.on)
    limit = t.advance_without_volume_months
    return (months, limit) if months >= limit else None


def _finish(facts: Facts, _: Thresholds) -> Seen | None:
    decided, foreseen = facts.decision_finish, facts.forecast_finish
    if decided is None or foreseen is None or foreseen <= decided:
        return None
    return foreseen.isoformat(), decided.isoformat()


def _contract_over(facts: Facts, _: Thresholds) -> Seen | None:
    end = facts.contract_expires
    return ((facts.on - end).days, end.isoformat()) if end is not None and end < facts.on else None


def _slip(facts: Facts, t: Thresholds) -> Seen | None:
    worst = max(facts.slips_days, default=0)
    return (worst, t.milestone_slip_days) if worst > t.milestone_slip_days else None


def _apart(facts: Facts, t: Thresholds) -> Seen | None:
    share = _share(facts)
    if facts.paid_all_dong is not None and facts.total_dong:
        share = facts.paid_all_dong / facts.total_dong
    if share is None or facts.physical_pct is None:
        return None
    points = abs(float(facts.physical_pct) - 100 * share)
    return (round(points, 2), t.gap_points) if points > t.gap_points else None


def _total_raised(facts: Facts, t: Thresholds) -> Seen | None:
    if not facts.total_first_dong or facts.total_dong is None:
        return None
    by = Fraction(facts.total_dong - facts.total_first_dong, facts.total_first_dong)
    # As decimals: 1,100 of 1,000 is raised by exactly a tenth.
    return (round(float(by), 4), t.total_raised_share) if by > Fraction(str(t.total_raised_share)) else None


def _equipment(facts: Facts, t: Thresholds) -> Seen | None:
    changes = facts.equipment_changes
    return (changes, t.equipment_changes) if changes >= t.equipment_changes else None


def _appraisal(facts: Facts, t: Thresholds) -> Seen | None:
    longest = max(facts.appraisals_waiting, default=0)
    return (longest, t.appraisal_working_days) if longest > t.appraisal_working_days else None


def _bottleneck(facts: Facts, _: Thresholds) -> Seen | None:
    return (facts.bottlenecks_open, 0) if facts.bottlenecks_open else None


def _months(since: date, on: date) -> int:
    """Return whole months from a day to another."""
    return (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)


RULES: Mapping[str, Rule] = {
    "nothing_paid": Rule(
        "Chưa giải ngân sau quý I", "Nothing disbursed after the first quarter",
        _nothing_paid,
    ),
    "third_quarter": Rule(
        "Giải ngân thấp khi hết quý III", "Little disbursed at the end of the third quarter",
        _third_quarter,
    ),
    "below_province": Rule("Thấp hơn mức chung toàn tỉnh", "Below the province's mean", _below_province),
    "foreseen_low": Rule(
        "Dự báo không đạt mục tiêu giải ngân", "Foreseen to miss the goal of disbursement",
        _foreseen,
    ),
    "late_allocation": Rule("Phân bổ chi tiết chậm", "Allocated in detail too late", _late_allocation),
    "late_supplement": Rule(
        "Bổ sung kế hoạch cuối năm", "Plan supplemented late in the year",
        _late_supplement,
    ),
    "guarantee_ends": Rule(
        "Bảo lãnh tạm ứng sắp hết hạn", "Guarantee of the advance about to end",
        _guarantee,
    ),
    "old_advance": Rule("Tạm ứng quá lâu chưa thu hồi", "Advance outstanding for long", _old_advance),
    "advance_without_volume": Rule(
        "Tạm ứng mà không có khối lượng", "Advance without volume",
        _advance_without_volume,
    ),
    "finish_late": Rule(
        "Dự kiến hoàn thành sau thời hạn quyết định", "Forecast to finish after the decided date",
        _finish,
    ),
    "contract_over": Rule(
        "Hợp đồng quá hạn chưa gia hạn", "Contract past its end without an extension",
        _contract_over,
    ),
    "milestone_slip": Rule("Mốc tiến độ trượt", "A milestone slips", _slip),
    "physical_and_paid_apart": Rule(
        "Tiến độ vật chất và giải ngân lệch nhau", "Physical and financial progress apart",
        _apart,
    ),
    "total_raised": Rule("Tổng mức đầu tư tăng", "Total investment raised", _total_raised),
    "equipment_changed": Rule("Thay đổi thiết bị nhiều lần", "Equipment changed repeatedly", _equipment),
    "appraisal_waits": Rule("Thẩm định giá kéo dài", "Price appraisal pending for long", _appraisal),
    "bottleneck_unowned": Rule(
        "Vướng mắc chưa có người, chưa có hạn", "Bottleneck without owner or due date",
        _bottleneck,
    ),
}  # fmt: skip
"""Code to rule."""
