"""Payments: the row, and the one table of what may be done with one.

An owner estimates, finance confirms by the Treasury's reference, and what was confirmed is only reversed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from haidang.programme.model.money import DONG_MAX
from haidang.programme.model.plans import Year
from haidang.programme.model.records import Long, Period, Short

State = Literal["estimate", "confirmed", "cancelled", "reversed"]
PaymentKind = Literal["advance", "volume", "recovery"]
Part = Literal["owner", "finance", "either"]
"""owner: ``programme.edit`` over the project's owner · finance: ``payment.confirm`` over it."""
Paid = Annotated[int, msgspec.Meta(ge=1, le=DONG_MAX)]
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
PERIODS = 13


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0272."""

    id: int
    version: int = 1
    project_id: int
    contract_id: int | None = None
    fund_source_id: int
    plan_year: int
    period: int
    kind: PaymentKind
    carry_over: bool = False
    state: State
    estimate_dong: int | None = None
    confirmed_dong: int | None = None
    paid_on: date | None = None
    treasury_ref: str = ""
    exception: str = ""
    note: str = ""
    owner_org: int
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    reversed_at: datetime | None = None
    reversed_by: str = ""
    created_by: str
    recorded_at: datetime
    changed_at: datetime


class NewEstimate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an owner expects to be paid in a month."""

    fund_source_id: int
    plan_year: Year
    period: Period
    kind: PaymentKind
    estimate_dong: Paid
    contract_id: int | None = None
    carry_over: bool = False
    """From capital carried over from the year before."""
    note: Long = ""


class NewPayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payment that the Treasury has made; nobody had estimated it."""

    fund_source_id: int
    plan_year: Year
    kind: PaymentKind
    confirmed_dong: Paid
    paid_on: date
    treasury_ref: Reference
    contract_id: int | None = None
    carry_over: bool = False
    exception: Short = ""
    note: Long = ""


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Reestimate(_Act, frozen=True, kw_only=True, tag="reestimate"):
    """The estimate is another."""

    estimate_dong: Paid
    period: Period | None = None
    note: Long = ""


class Confirm(_Act, frozen=True, kw_only=True, tag="confirm"):
    """The Treasury has paid; the amount may differ from the estimate, which stays beside it."""

    confirmed_dong: Paid
    paid_on: date
    treasury_ref: Reference
    exception: Short = ""
    """Why it may exceed what is allocated with carry-over, or come after 31 January."""


class Cancel(_Act, frozen=True, kw_only=True, tag="cancel"):
    """The estimate will not be paid."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


class Reverse(_Act, frozen=True, kw_only=True, tag="reverse"):
    """The confirmed payment does not hold (a correction of the Treasury); it stays readable."""

    document: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


Act = Reestimate | Confirm | Cancel | Reverse


class Rule(msgspec.Struct, frozen=True):
    """Who may do an act, from which state, and where it leads."""

    part: Part
    state: State
    to: State


RULES: dict[str, Rule] = {
    "reestimate": Rule("owner", "estimate", "estimate"),
    "confirm": Rule("finance", "estimate", "confirmed"),
    "cancel": Rule("either", "estimate", "cancelled"),
    "reverse": Rule("finance", "confirmed", "reversed"),
}
Hindrance = Literal["part", "state"]


def act_name(act: Act) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def hinders(name: str, state: State, parts: frozenset[Part]) -> Hindrance | None:
    """Return what stands against an act, or None."""
    rule = RULES[name]
    if state != rule.state:
        return "state"
    stands = bool(parts) if rule.part == "either" else rule.part in parts
    return None if stands else "part"


def offered(state: State, parts: frozenset[Part]) -> list[str]:
    """Return the acts that are open, in the table's order."""
    return [name for name in RULES if hinders(name, state, parts) is None]


def period_of(paid_on: date, plan_year: int) -> int | None:
    """Return the period of a plan year in which a day lies; None before it begins.

    Periods 1 to 12 are its months; 13 is January of the next year, and whatever comes later by an exception.
    """
    if paid_on.year == plan_year:
        return paid_on.month
    return PERIODS if paid_on.year > plan_year else None
