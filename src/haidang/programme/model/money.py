"""Money and shares of money: a ratio without denominator, plan date and cut-off cannot be written down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

Dong = Annotated[int, msgspec.Meta(ge=0, le=9_000_000_000_000_000)]
"""An amount in đồng; whole, never below zero, and within what a float of a workbook holds exactly."""
DONG_MAX = 9_000_000_000_000_000

DenominatorKind = Literal[
    "prime_minister", "prime_minister_with_carry_over", "council_initial", "council_initial_with_carry_over",
    "annual", "annual_with_carry_over", "allocation", "allocation_with_carry_over", "carry_over",
]  # fmt: skip
"""prime_minister: the plan of the Prime Minister · council_initial: as the first decision of the year gave
it · annual: as it stands after every decision until the plan date · allocation: allocated in detail."""

DENOMINATORS: dict[DenominatorKind, tuple[str, str]] = {
    "prime_minister": ("kế hoạch Thủ tướng giao", "plan of the Prime Minister"),
    "prime_minister_with_carry_over": (
        "kế hoạch Thủ tướng giao và vốn kéo dài", "plan of the Prime Minister with carried-over capital",
    ),
    "council_initial": ("kế hoạch giao đầu năm", "plan as first assigned"),
    "council_initial_with_carry_over": (
        "kế hoạch giao đầu năm và vốn kéo dài", "plan as first assigned, with carried-over capital",
    ),
    "annual": ("kế hoạch sau điều chỉnh", "current adjusted plan"),
    "annual_with_carry_over": (
        "kế hoạch sau điều chỉnh và vốn kéo dài", "current adjusted plan with carried-over capital",
    ),
    "allocation": ("vốn đã phân bổ chi tiết", "detailed allocation"),
    "allocation_with_carry_over": (
        "vốn đã phân bổ chi tiết và vốn kéo dài", "detailed allocation with carried-over capital",
    ),
    "carry_over": ("vốn kéo dài", "carried-over capital"),
}  # fmt: skip


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """A share of money together with everything it is a share of (domain.md § 8)."""

    numerator_dong: int
    denominator_dong: int
    denominator_kind: DenominatorKind
    plan_as_of: date
    """The plan is the one that held on this day."""
    cutoff: date
    """Payments are counted up to and with this day."""

    @property
    def value(self) -> Decimal | None:
        """The share, exact to 1e-6; None where there is nothing to divide by."""
        if self.denominator_dong == 0:
            return None
        return (Decimal(self.numerator_dong) / Decimal(self.denominator_dong)).quantize(Decimal("0.000001"))


class Disbursed(msgspec.Struct, frozen=True, kw_only=True):
    """What left the Treasury, by kind. Estimates are another struct, and the two have no common sum."""

    advance_dong: int = 0
    volume_dong: int = 0
    """Gross, with the part that an advance was recovered from."""
    recovery_dong: int = 0

    @property
    def total_dong(self) -> int:
        """Money out: volume and advances, less what was recovered of them."""
        return self.advance_dong + self.volume_dong - self.recovery_dong

    @property
    def outstanding_advance_dong(self) -> int:
        """Advances that no accepted volume has covered yet."""
        return self.advance_dong - self.recovery_dong

    @property
    def actual_cost_dong(self) -> int:
        """AC of earned value: disbursed less the outstanding advance (governance.md § 1.4)."""
        return self.total_dong - self.outstanding_advance_dong

    def __add__(self, other: Disbursed) -> Disbursed:
        if type(other) is not Disbursed:  # an estimate has the same fields and must not slip in
            return NotImplemented
        return Disbursed(
            advance_dong=self.advance_dong + other.advance_dong,
            volume_dong=self.volume_dong + other.volume_dong,
            recovery_dong=self.recovery_dong + other.recovery_dong,
        )


class Estimated(msgspec.Struct, frozen=True, kw_only=True):
    """What owners expect and the Treasury has not confirmed; never added to :class:`Disbursed`."""

    advance_dong: int = 0
    volume_dong: int = 0
    recovery_dong: int = 0

    @property
    def total_dong(self) -> int:
        """Money that is expected to leave."""
        return self.advance_dong + self.volume_dong - self.recovery_dong
