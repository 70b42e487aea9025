"""Money of a year: plans by kind, what was disbursed, what is estimated, every rate by its denominator."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, get_args

import msgspec

from haidang.base.database import Connection
from haidang.programme.model.money import DENOMINATORS, DenominatorKind, Disbursed, Estimated, Ratio
from haidang.programme.model.plans import PlanKind
from haidang.programme.store import payments, plans

_WITH = "_with_carry_over"


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Of which year, by the plan of which day, with payments until when, by what was known when."""

    plan_year: int
    plan_as_of: date
    cutoff: date
    known_at: datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the money of some projects stands; every rate names what it is a rate of."""

    cut: Cut
    plan_dong: dict[DenominatorKind, int | None]
    """Denominator → đồng; None where no decision has set one."""
    initial_on: date | None
    """Day of the first decision of the year."""
    disbursed: Disbursed
    disbursed_carry_over: Disbursed
    """Of it, from carried-over capital."""
    estimated: Estimated
    """Expected beyond what is confirmed; never part of a rate."""
    ratios: list[Ratio]


async def standing(
    connection: Connection,
    program_id: int,
    cut: Cut,
    *,
    projects: Collection[int] | None = None,
    source: int | None = None,
) -> Standing:
    """Return how the money of a programme, of some of its projects, or from one fund source, stands.

    Lines without a project count for the programme, since their amounts are part of its plan.
    """
    held = await plans.sums(
        connection, program_id, valid_on=cut.plan_as_of, known_at=cut.known_at, year=cut.plan_year,
        projects=projects, source=source,
    )  # fmt: skip
    first = await plans.first_day(connection, program_id, cut.plan_year, "annual", cut.known_at)
    initial: dict[PlanKind, int] = {}
    if first is not None and first <= cut.plan_as_of:
        initial = await plans.sums(
            connection, program_id, valid_on=first, known_at=cut.known_at, year=cut.plan_year,
            projects=projects, source=source,
        )  # fmt: skip
    paid = await payments.disbursed(
        connection, ["carry_over"], program=program_id, projects=projects, year=cut.plan_year,
        cutoff=cut.cutoff, known_at=cut.known_at, source=source,
    )  # fmt: skip
    expected = await payments.estimated(
        connection, [], program=program_id, projects=projects, year=cut.plan_year, source=source
    )
    own, carried = paid.get((False,), Disbursed()), paid.get((True,), Disbursed())
    amounts = denominators(held, initial)
    return Standing(
        cut=cut, plan_dong={**amounts}, initial_on=first, disbursed=own + carried,
        disbursed_carry_over=carried, estimated=expected.get((), Estimated()),
        ratios=ratios(amounts, own, carried, cut),
    )  # fmt: skip


def denominators(
    held: Mapping[PlanKind, int], initial: Mapping[PlanKind, int]
) -> dict[DenominatorKind, int | None]:
    """Return every denominator in đồng from sums by kind; None where no decision has set one."""
    carried = held.get("carry_over")
    plain: dict[str, int | None] = {
        "prime_minister": held.get("prime_minister"), "council_initial": initial.get("annual"),
        "annual": held.get("annual"), "allocation": held.get("allocation"),
    }  # fmt: skip
    found: dict[DenominatorKind, int | None] = {}
    for kind in get_args(DenominatorKind):
        base = plain.get(kind.removesuffix(_WITH))
        if kind == "carry_over":
            found[kind] = carried
        elif kind.endswith(_WITH):
            found[kind] = None if base is None else base + (carried or 0)
        else:
            found[kind] = base
    return found


def ratios(
    amounts: dict[DenominatorKind, int | None], own: Disbursed, carried: Disbursed, cut: Cut
) -> list[Ratio]:
    """Return the rate against each denominator that exists: what is paid from it, over it."""
    found = []
    for kind, amount in amounts.items():
        if amount is None:
            continue
        paid = numerator(kind, own, carried)
        found.append(
            Ratio(
                numerator_dong=paid.total_dong, denominator_dong=amount, denominator_kind=kind,
                plan_as_of=cut.plan_as_of, cutoff=cut.cutoff,
            )
        )  # fmt: skip
    return found


def numerator(kind: DenominatorKind, own: Disbursed, carried: Disbursed) -> Disbursed:
    """Return what is paid of a denominator: of the year's own plan, of what was carried over, or of both."""
    return carried if kind == "carry_over" else own + carried if kind.endswith(_WITH) else own


def shown(found: Standing) -> dict[str, Any]:
    """Return a standing as the API says it."""
    return {
        "plan_year": found.cut.plan_year, "plan_as_of": found.cut.plan_as_of, "cutoff": found.cut.cutoff,
        "known_at": found.cut.known_at, "initial_on": found.initial_on, "plan_dong": found.plan_dong,
        "disbursed": disbursed_shown(found.disbursed),
        "disbursed_carry_over": disbursed_shown(found.disbursed_carry_over),
        "estimated": msgspec.structs.asdict(found.estimated) | {"total_dong": found.estimated.total_dong},
        "ratios": [ratio_shown(each) for each in found.ratios],
    }  # fmt: skip


def disbursed_shown(found: Disbursed) -> dict[str, int]:
    """Return confirmed payments by kind, with what is out and what of the advances is not covered yet."""
    return msgspec.structs.asdict(found) | {
        "total_dong": found.total_dong, "outstanding_advance_dong": found.outstanding_advance_dong,
        "actual_cost_dong": found.actual_cost_dong,
    }  # fmt: skip


def ratio_shown(found: Ratio) -> dict[str, Any]:
    """Return a ratio with its value and the words of its denominator."""
    vi, en = DENOMINATORS[found.denominator_kind]
    share = None if found.value is None else float(found.value)
    return msgspec.structs.asdict(found) | {
        "value": share, "share": share,
        "denominator_vi": vi, "denominator_en": en,
    }  # fmt: skip
