"""What is expected: targets and the way to them, and which unit owes which figure about which place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec

from haidang.base.database import Connection
from haidang.indicators.model.register import Target, sound
from haidang.indicators.service.desk import Desk, period_of, record, registered, wrong
from haidang.indicators.store import places, values
from haidang.indicators.store import register as store
from haidang.indicators.store.places import Owed, Place
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing

DUTIES_MAX = 500
TARGETS_MAX = 200


class NewTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By the end of a period the value should be so much; points on the way make the trajectory."""

    period: str
    value: Decimal
    is_goal: bool = True
    decision: Annotated[str, msgspec.Meta(max_length=200)] = ""


class NewDuty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit owes the figure of an indicator, about an area or (absent) about itself."""

    org: int
    area_code: Annotated[str, msgspec.Meta(max_length=10)] | None = None
    period: str
    """The first period that it is owed for."""
    ends: bool = False
    """It is owed no longer, from that period on."""


async def set_targets(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    number: int,
    *,
    place: int,
    new: Sequence[NewTarget],
) -> list[Target]:
    """Set what an indicator should come to at a place; what held for the same periods is superseded."""
    indicator = await registered(connection, principal, number)
    about = (await places.by_ids(connection, [place])).get(place)
    if about is None:
        raise wrong("place", "không có nơi này", "there is no such place", str(place))
    principal.require("indicator.manage", org_id=indicator.owner_org or about.org_id, sector=indicator.sector)
    if not 1 <= len(new) <= TARGETS_MAX:
        raise wrong("targets", f"từ 1 đến {TARGETS_MAX}", f"1 to {TARGETS_MAX}")
    rows = [
        Target(
            start=period_of(each.period, indicator.period_kind).start, value=each.value, is_goal=each.is_goal,
            decision=each.decision,
        )
        for each in new
    ]  # fmt: skip
    if not all(sound(each.value) for each in rows):
        raise wrong("value", "không phải là số dùng được", "is no number that can be kept")
    if len({each.start for each in rows}) != len(rows):
        raise wrong("targets", "một kỳ có hai mục tiêu", "two targets for one period")
    await store.set_targets(connection, number, place, rows, by=principal.id, at=desk.now())
    await record(
        connection, desk, principal.id, action="target", subject=f"indicator:{number}",
        org_id=indicator.owner_org, sector=indicator.sector,
        body={"place": place, "targets": msgspec.to_builtins(rows)},
    )  # fmt: skip
    return await store.targets(connection, number, place)


async def set_duties(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    number: int,
    new: Sequence[NewDuty],
    *,
    simulated: bool = False,
) -> int:
    """Let units owe an indicator, or owe it no longer; return how many changed."""
    indicator = await registered(connection, principal, number)
    if indicator.form_code is None:
        raise wrong("indicator", "chỉ tiêu này không do đơn vị nộp", "no unit hands this indicator in")
    if not 1 <= len(new) <= DUTIES_MAX:
        raise wrong("duties", f"từ 1 đến {DUTIES_MAX}", f"1 to {DUTIES_MAX}")
    changed = 0
    for each in new:
        principal.require("indicator.manage", org_id=each.org, sector=indicator.sector)
        start = period_of(each.period, indicator.period_kind).start
        place = await _place(connection, each, start)
        owed = Owed(number, place.id)
        if each.ends:
            changed += await places.end_duty(connection, owed, start)
        else:
            changed += await places.add_duty(connection, owed, each.org, start, simulated=simulated)
    if changed:
        await record(
            connection, desk, principal.id, action="duty", subject=f"indicator:{number}",
            org_id=indicator.owner_org, sector=indicator.sector,
            body={"changed": changed, "duties": msgspec.to_builtins(new[:100])},
        )  # fmt: skip
    return changed


async def _place(connection: Connection, each: NewDuty, on: date) -> Place:
    unit = await places.of_unit(connection, each.org)
    if unit is None:
        raise wrong("org", "không có đơn vị này", "there is no such unit", str(each.org))
    if each.area_code is None:
        return unit
    area = await places.of_area(connection, each.area_code, on)
    if area is None:
        raise wrong("area_code", "không có đơn vị hành chính này", "there is no such area", each.area_code)
    return area


async def targets(connection: Connection, principal: Principal, number: int, place: int) -> list[Target]:
    """Return the targets of an indicator at a place whose values the asker may see."""
    await registered(connection, principal, number)
    if not await values.may_read(connection, principal, number, place):
        raise missing("Không có số liệu này.", "There is no such figure.")
    return await store.targets(connection, number, place)
