"""What another system hands over: figures of indicators that are pulled, taken one by one, never silently."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.indicators.model.register import Indicator
from haidang.indicators.model.value import Flag, Missing, NewValue
from haidang.indicators.service import values
from haidang.indicators.service.desk import Desk, period_of, record, wrong
from haidang.indicators.store import places, register
from haidang.indicators.store.places import Place
from haidang.indicators.store.values import Key
from haidang.organisation.permissions import Principal

HANDED_MAX = 5_000
_TOLD_MAX = 200


class Handed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure: of which indicator, about which unit or area, of which period."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    period: Annotated[str, msgspec.Meta(max_length=20)]
    org: int | None = None
    area_code: Annotated[str, msgspec.Meta(max_length=10)] | None = None
    value: Decimal | None = None
    missing: Missing | None = None
    unit: str | None = None
    is_estimate: bool = False


async def take(
    connection: Connection, desk: Desk, principal: Principal, handed: Sequence[Handed], *, source_ref: str
) -> dict[str, Any]:
    """Record what fits as pulled; return what was refused, each with its place in the list and its reason."""
    indicators = await register.by_codes(connection, {each.code for each in handed})
    good: list[NewValue] = []
    refused: list[dict[str, Any]] = []
    seen: set[Key] = set()
    for number, each in enumerate(handed):
        try:
            new = await _judged(connection, principal, each, indicators.get(each.code))
            key = (new.indicator_id, new.place_id, new.start)
            if key in seen:
                raise wrong("code", "lặp lại trong lô này", "stands twice in this batch", each.code)
            seen.add(key)
            good.append(new)
        except Problem as problem:
            refused.append({"index": number, "code": each.code, "problem": problem.document()})
    done = await values.record_many(
        connection, desk, principal.id, good, source="pulled", source_ref=source_ref, org_id=principal.org_id
    )
    if good:
        await record(
            connection, desk, principal.id, action="pull", subject=f"batch:{done.batch}",
            org_id=principal.org_id,
            body={"source_ref": source_ref, "figures": len(good), "changed": len(done.changed),
                  "held": len(done.held), "refused": len(refused)},
        )  # fmt: skip
    return {
        "batch": done.batch, "changed": len(done.changed),
        "unchanged": len(good) - len(done.changed) - len(done.held),
        "held": [list(key) for key in done.held[:_TOLD_MAX]], "refused": refused,
    }  # fmt: skip


async def _judged(
    connection: Connection, principal: Principal, each: Handed, indicator: Indicator | None
) -> NewValue:
    if indicator is None:
        raise wrong("code", "không có chỉ tiêu này", "there is no such indicator", each.code)
    if indicator.source_kind != "pulled":
        raise wrong("code", "chỉ tiêu này không lấy tự động", "this indicator is not pulled", each.code)
    values.in_unit(indicator, each.unit)
    period = period_of(each.period, indicator.period_kind)
    place = await _place(connection, each, period.start)
    principal.require(
        "indicator.submit", org_id=place.org_id, area_code=place.area_code, sector=indicator.sector
    )
    new = NewValue(
        indicator_id=indicator.id, place_id=place.id, start=period.start, value=each.value,
        missing=each.missing,
        flags=int(Flag.ESTIMATE) if each.is_estimate else 0,
    )  # fmt: skip
    [found] = await values.checked(connection, {indicator.id: indicator}, [new])
    return found


async def _place(connection: Connection, each: Handed, on: Any) -> Place:
    if (each.org is None) == (each.area_code is None):
        raise wrong("org", "cần đúng một trong hai: org, area_code", "needs one of org and area_code")
    if each.org is not None:
        found = await places.of_unit(connection, each.org)
    else:
        found = await places.of_area(connection, each.area_code or "", on)
    if found is None:
        raise wrong("org", "không có đơn vị hoặc địa bàn này", "there is no such unit or area")
    return found
