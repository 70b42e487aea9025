"""Giving numbers to papers, and keeping the register true: voiding, beginning, explaining gaps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.documents.numbering import store
from haidang.documents.numbering.model import (
    NUMBER_REFUSED,
    TYPE_UNKNOWN,
    TYPES,
    Gap,
    Number,
    Series,
    missing,
    symbol,
)
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.service.access import missing as absent
from haidang.organisation.service.access import unchanged

PERMISSION = "directive.report"
Why = Annotated[str, msgspec.Meta(min_length=5, max_length=1_000)]
Year = Annotated[int, msgspec.Meta(ge=2000, le=2200)]
Count = Annotated[int, msgspec.Meta(ge=1, le=999_999)]


class NewNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number for a paper that is written elsewhere."""

    org_id: int
    type_code: str
    year: Year
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
    unit: Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[A-ZĐ]{0,20}$")] = ""
    """Of a letter: the abbreviation of the unit that wrote it."""


class Beginning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a register goes on: the year began on paper."""

    org_id: int
    type_code: str
    year: Year
    next: Count


class Explanation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why some numbers have no paper."""

    org_id: int
    type_code: str
    year: Year
    first: Count
    last: Count
    why: Why


class Voiding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a paper that has a number did not leave."""

    why: Why


async def take(
    connection: Connection,
    *,
    issuer_org: int,
    type_code: str,
    year: int,
    subject: str,
    actor: str,
    at: datetime,
    unit: str = "",
) -> Number:
    """Give the next number of a register, within the transaction that makes the paper.

    Others who take from the same register wait until that transaction ends: make the paper's row after it
    and do nothing slow in between. Whoever calls has asked whether ``actor`` may.
    """
    if type_code not in TYPES:
        known = ", ".join(TYPES)
        raise Problem(TYPE_UNKNOWN, f"Các loại: {known}.", f"The types are: {known}.")
    short = await store.short_name(connection, issuer_org)
    if short is None:
        raise absent("Không có đơn vị này.", "There is no such unit.")
    series = Series(issuer_org, type_code, year)
    number = await store.next_number(connection, series)
    written = symbol(number, type_code, short, unit)
    return await store.add(
        connection, series, number, symbol=written, subject=" ".join(subject.split())[:1_000], at=at, by=actor
    )


async def take_by_hand(connection: Connection, principal: Principal, at: datetime, new: NewNumber) -> Number:
    """Give a number to a paper that is written elsewhere."""
    principal.require(PERMISSION, org_id=new.org_id)
    return await take(
        connection, issuer_org=new.org_id, type_code=new.type_code, year=new.year, subject=new.subject,
        actor=principal.id, at=at, unit=new.unit,
    )  # fmt: skip


async def begin(connection: Connection, principal: Principal, at: datetime, wanted: Beginning) -> Gap | None:
    """Let a register go on from a number; return the gap that this leaves, to be explained."""
    principal.require(PERMISSION, org_id=wanted.org_id)
    if wanted.type_code not in TYPES:
        raise Problem(TYPE_UNKNOWN)
    series = Series(wanted.org_id, wanted.type_code, wanted.year)
    last = await store.last_number(connection, series, lock=True)
    goes_on = wanted.next == last + 1
    if wanted.next <= last or not (goes_on or await store.raise_to(connection, series, wanted.next - 1)):
        raise Problem(
            NUMBER_REFUSED,
            f"Sổ này đã cấp đến số {last}; số không được cấp lại.",
            f"The register has given numbers up to {last}; none is given again.",
            last=last,
        )
    await audit(
        connection, principal, "paper_series.begin", _subject(series), {"last": last, "next": wanted.next},
        org_id=wanted.org_id,
    )  # fmt: skip
    if goes_on:
        return None
    return Gap(**msgspec.structs.asdict(series), first=last + 1, last=wanted.next - 1)


async def void(
    connection: Connection, principal: Principal, at: datetime, number_id: int, *, seen: int, why: str
) -> Number:
    """Keep that a paper with a number did not leave; the number stays taken."""
    scope, values = scope_sql(principal, PERMISSION, org="n.org_id", area=None, sector=None)
    found = await store.one(connection, number_id, scope, values, lock=True)
    if found is None:
        raise absent("Không có số văn bản này.", "There is no such number.")
    unchanged(found, seen)
    if found.void_at is not None:
        raise Problem(NUMBER_REFUSED, "Số này đã hủy.", "The number is void already.")
    await audit(
        connection, principal, "paper_number.void", f"paper_number:{found.id}",
        {"symbol": found.symbol, "year": found.year, "why": why}, org_id=found.org_id,
    )  # fmt: skip
    return await store.void(connection, found.id, at, principal.id, why)


async def listed(
    connection: Connection, principal: Principal, *, series: dict[str, Any], before: int | None, limit: int
) -> dict[str, Any]:
    """Return a page of numbers, newest first."""
    scope, values = scope_sql(principal, PERMISSION, org="n.org_id", area=None, sector=None)
    found = await store.page(connection, scope, values, series=series, before=before, limit=limit + 1)
    return {
        "items": [shown(number) for number in found[:limit]],
        "next": str(found[limit - 1].id) if len(found) > limit else None,
    }


def shown(number: Number) -> dict[str, Any]:
    """Return a number as the API shows it."""
    vi, en = TYPES[number.type_code]
    return msgspec.to_builtins(number) | {"type_vi": vi, "type_en": en}  # type: ignore[no-any-return]


async def gaps(connection: Connection, principal: Principal, series: dict[str, Any]) -> dict[str, Any]:
    """Return the gaps of registers: those that nobody explained first, then those that somebody has."""
    scope, values = scope_sql(principal, PERMISSION, org="s.org_id", area=None, sector=None)
    open_, known = [], []
    for register, last in await store.registers(connection, scope, values, series):
        told = await store.explained(connection, register)
        known += told
        open_ += await _open(connection, register, last, told)
    return {"items": msgspec.to_builtins([*open_, *known]), "open": len(open_)}


async def _open(connection: Connection, series: Series, last: int, told: list[Gap]) -> list[Gap]:
    taken = [*await store.taken(connection, series), *((gap.first, gap.last) for gap in told)]
    return [
        Gap(**msgspec.structs.asdict(series), first=first, last=end) for first, end in missing(taken, last)
    ]


async def explain(
    connection: Connection, principal: Principal, at: datetime, wanted: Explanation
) -> dict[str, Any]:
    """Keep why numbers have no paper; they must be missing, and not be explained yet."""
    principal.require(PERMISSION, org_id=wanted.org_id)
    if wanted.first > wanted.last:
        raise Problem(INVALID, faults=(Fault("last", "nhỏ hơn first", "is below first", str(wanted.last)),))
    series = Series(wanted.org_id, wanted.type_code, wanted.year)
    last = await store.last_number(connection, series, lock=True)
    told = await store.explained(connection, series)
    holes = await _open(connection, series, last, told)
    if not any(hole.first <= wanted.first and wanted.last <= hole.last for hole in holes):
        said = "; ".join(f"{hole.first}-{hole.last}" for hole in holes[:20]) or "0"
        raise Problem(
            NUMBER_REFUSED,
            f"Các số này không phải khoảng trống chưa giải trình (còn: {said}).",
            f"These numbers are no gap that waits for an explanation (there are: {said}).",
        )
    await store.explain(connection, series, wanted.first, wanted.last, why=wanted.why, at=at, by=principal.id)
    await audit(
        connection, principal, "paper_gap.explain", _subject(series),
        {"first": wanted.first, "last": wanted.last, "why": wanted.why}, org_id=wanted.org_id,
    )  # fmt: skip
    return await gaps(connection, principal, msgspec.structs.asdict(series))


def _subject(series: Series) -> str:
    return f"paper_series:{series.org_id}/{series.type_code}/{series.year}"
