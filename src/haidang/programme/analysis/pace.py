"""What must be paid a month to reach the goal, whether accepted volume allows it, where money could move.

The goal is a share of the plan by 31 January (95 % by default). What has been accepted and not been paid can
be paid at once; what has not been accepted needs its volume first.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from heapq import heapify, heappop, heapreplace
from typing import Literal

import msgspec

from haidang.programme.analysis.curves import PERIODS

GOAL = Decimal("0.95")


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """What is left to do until the end of the plan year."""

    goal_dong: int
    """The goal's share of the plan, rounded up."""
    lacking_dong: int
    """To be paid still to reach it; 0 where it is reached."""
    periods_left: int
    monthly_dong: int | None
    """Each period from now on, rounded up; None where none is left."""
    payable_dong: int
    """Accepted and not paid: needs no further volume."""
    volume_dong: int
    """Volume still to be accepted before the goal can be paid."""
    allowed: Literal["reached", "by_volume", "needs_volume", "too_late"]
    """by_volume: what was accepted suffices · needs_volume: it does not · too_late: no period is left."""
    usual_dong: int | None
    """What was paid in a period on average until now; None before the first."""


def pace(*, plan_dong: int, paid_dong: int, accepted_dong: int, period: int, goal: Decimal = GOAL) -> Pace:
    """Return what reaching the goal takes at the end of ``period`` (0 to 13).

    ``accepted_dong`` is the volume accepted in all, the paid part included; an advance that is outstanding
    counts as paid and not as accepted.
    """
    if not 0 <= period <= PERIODS or not 0 < goal <= 1 or min(plan_dong, paid_dong, accepted_dong) < 0:
        raise ValueError("a period of 0 to 13, a goal of up to 1, amounts not below zero")
    aim = _up(Decimal(plan_dong) * goal)
    lacking = max(0, aim - paid_dong)
    left = PERIODS - period
    payable = max(0, accepted_dong - paid_dong)
    volume = max(0, lacking - payable)
    allowed: Literal["reached", "by_volume", "needs_volume", "too_late"]
    if not lacking:
        allowed = "reached"
    elif not left:
        allowed = "too_late"
    else:
        allowed = "needs_volume" if volume else "by_volume"
    return Pace(
        goal_dong=aim, lacking_dong=lacking, periods_left=left,
        monthly_dong=_up(Decimal(lacking) / left) if left else None,
        payable_dong=payable, volume_dong=volume, allowed=allowed,
        usual_dong=paid_dong // period if period else None,
    )  # fmt: skip


class Budgeted(msgspec.Struct, frozen=True, kw_only=True):
    """A project's year as far as moving money is concerned; all amounts are of one fund source and year."""

    project: str
    fund_source: str
    plan_dong: int
    foreseen_dong: int
    """What will have been paid of this plan (P50)."""
    certain_dong: int
    """What will have been paid of it for all that is foreseen (P90): more than the rest is not given away."""
    absorbable_dong: int
    """What more it could pay: by accepted volume, signed contracts and its decided total beyond this plan."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal: no money moves without a decision."""

    fund_source: str
    giver: str
    taker: str
    amount_dong: int


def moves(projects: Sequence[Budgeted], *, least_dong: int = 100_000_000) -> list[Move]:
    """Propose what could move, within each source, from those that will not spend it to those that can.

    The one with most left gives first, to the one that can take most; the sum of all plans stays what it is.
    """
    found: list[Move] = []
    for source in sorted({each.fund_source for each in projects}):
        here = [each for each in projects if each.fund_source == source]
        spare = {
            each.project: max(0, each.plan_dong - max(each.certain_dong, each.foreseen_dong)) for each in here
        }
        room = {each.project: each.absorbable_dong for each in here if not spare[each.project]}
        givers = [(-amount, name) for name, amount in spare.items() if amount >= least_dong]
        heapify(givers)
        for taker in sorted(room, key=lambda name: (-room[name], name)):
            wanted = room[taker]
            while givers and wanted >= least_dong:
                left, giver = -givers[0][0], givers[0][1]
                amount = min(left, wanted)
                found.append(Move(fund_source=source, giver=giver, taker=taker, amount_dong=amount))
                wanted -= amount
                if left - amount >= least_dong:
                    heapreplace(givers, (amount - left, giver))
                else:
                    heappop(givers)
    return found


def _up(amount: Decimal) -> int:
    whole = int(amount)
    return whole + (amount > whole)
