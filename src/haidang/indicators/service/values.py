"""Recording values: many at once, by the honour of their source; corrections; what is asked of them.

Everything that writes a value comes through here: a unit's form, a correction, a feed, the clock of the
house,
a formula. What changed is told in one event with its keys, so that whatever is made from it is made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from haidang.base import eventlog
from haidang.base.database import Connection
from haidang.base.problems import CONFLICT, INVALID, Fault, Problem
from haidang.indicators.model.register import Indicator, amiss, method_of, plain
from haidang.indicators.model.value import (
    AUTOMATIC,
    HINDRANCES,
    STATES,
    Flag,
    Missing,
    NewValue,
    Source,
    Standing,
    hinders,
    same,
)
from haidang.indicators.service.desk import (
    HELD,
    TOPIC,
    UNIT_MISMATCH,
    Desk,
    period_of,
    record,
    registered,
    wrong,
)
from haidang.indicators.store import places, register
from haidang.indicators.store import values as store
from haidang.indicators.store.values import Batch, Key
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing

KEYS_TOLD = 500
"""Keys that an event carries; of more it says indicators and periods."""
AUTOMATIC_STATE = STATES.index("approved")
"""What no person enters needs nobody's approval; it can be locked."""

Text = Annotated[str, msgspec.Meta(max_length=2_000)]
Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=2_000)]


class Recorded(msgspec.Struct, frozen=True):
    """What came of recording values."""

    batch: int | None
    changed: tuple[Key, ...]
    held: tuple[Key, ...] = ()
    """Differ, and were not gone over: locked, or corrected by a person."""


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a value is to be from now on, and why."""

    place: int
    period: str
    revision: int
    """The revision that was seen."""
    value: Decimal | None = None
    missing: Missing | None = None
    unit: str | None = None
    """The unit of measurement that the number is in; refused where it is not the indicator's."""
    reason: Reason
    document: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Needed once the figure is locked."""


async def record_many(
    connection: Connection,
    desk: Desk,
    actor: str,
    new: Sequence[NewValue],
    *,
    source: Source,
    source_ref: str = "",
    org_id: int | None = None,
    simulated: bool = False,
) -> Recorded:
    """Record values that no person entered: computed, counted inside, or pulled.

    The caller answers for range and method. What is locked or was corrected is not gone over but marked as
    outdated where it differs; a source of lower honour changes nothing that a higher one has said.
    """
    if source not in AUTOMATIC:
        raise ValueError(f"{source} values come by forms")
    if not new:
        return Recorded(None, ())
    flag = int(Flag.SIMULATED) if simulated else 0
    rows = [msgspec.structs.replace(each, flags=each.flags | flag) for each in new] if flag else new
    batch = await store.add_batch(
        connection,
        Batch(
            at=desk.now(), author=actor, act="record", source_kind=source, source_ref=source_ref,
            org_id=org_id,
            simulated=simulated,
        ),
    )  # fmt: skip
    changed, held = await store.put_automatic(connection, batch, source, AUTOMATIC_STATE, rows)
    await heard(connection, desk, [(each.indicator_id, each.place_id, each.start) for each in rows])
    if changed:
        await tell(connection, batch, source, changed, org_id=org_id)
    return Recorded(batch, tuple(changed), tuple(held))


async def heard(connection: Connection, desk: Desk, keys: Sequence[Key]) -> None:
    """Note when something was last heard of the indicators of keys."""
    last: dict[int, Any] = {}
    for indicator, _, start in keys:
        last[indicator] = max(last.get(indicator, start), start)
    await store.heard(connection, last, desk.now())


async def tell(
    connection: Connection,
    batch: int,
    source: Source,
    keys: Sequence[Key],
    *,
    org_id: int | None,
    late: bool = False,
    corrected: bool = False,
) -> None:
    """Tell the event log which values have changed; whatever is made from them is made again.

    Body: ``batch``, ``source``, ``late``, ``corrected``, and ``keys`` ([indicator, place, first day] each);
    where
    they are more than :data:`KEYS_TOLD` ``indicators`` and ``starts`` instead.
    """
    body: dict[str, Any] = {"batch": batch, "source": source, "late": late, "corrected": corrected}
    if len(keys) <= KEYS_TOLD:
        body["keys"] = [[indicator, place, start.isoformat()] for indicator, place, start in keys]
    else:
        body["indicators"] = sorted({key[0] for key in keys})
        body["starts"] = sorted({key[2].isoformat() for key in keys})
    await eventlog.append(
        connection, topic=TOPIC, kind="values", ref=f"batch:{batch}", body=body, owner_org=org_id
    )


async def outdated(connection: Connection, keys: Sequence[Key]) -> int:
    """Mark values that are made from something that has changed since; return how many stand.

    Whoever knows what depends on what (formulas) calls it before computing again: what is computed anew loses
    the mark, what is locked or corrected keeps it until a person decides.
    """
    return await store.outdate(connection, keys)


async def checked(
    connection: Connection, indicators: dict[int, Indicator], new: Sequence[NewValue]
) -> list[NewValue]:
    """Return values with the method that holds for their period; ``Problem`` that names each wrong one."""
    methods = await register.methods(connection, indicators)
    faults, found = [], []
    for each in new:
        indicator = indicators[each.indicator_id]
        method = method_of(methods[each.indicator_id], each.start)
        if (each.value is None) == (each.missing is None):
            faults.append(
                Fault(
                    indicator.code,
                    "cần một trong hai: số, lý do thiếu",
                    "needs a number or a reason, one of the two",
                )
            )
        elif each.value is not None and (found_amiss := amiss(indicator, each.value)):
            faults.append(Fault(indicator.code, found_amiss.vi, found_amiss.en, plain(each.value)))
        if method is None:
            faults.append(
                Fault(indicator.code, "kỳ này chưa có phương pháp tính", "no method holds for this period")
            )
        else:
            found.append(msgspec.structs.replace(each, method=method.version))
    if faults:
        raise Problem(INVALID, faults=tuple(faults[:200]))
    return found


async def put_drafts(
    connection: Connection,
    desk: Desk,
    batch: Batch,
    new: Sequence[NewValue],
    *,
    state: int,
) -> list[Key]:
    """Record values that people enter, each judged against what stands; ``Problem`` that names the
    hindrance."""
    keys = [(each.indicator_id, each.place_id, each.start) for each in new]
    standing = await store.standing(connection, keys, lock=True)
    changed = []
    for each, key in zip(new, keys, strict=True):
        before = standing.get(key)
        if before is not None and same(before, each, batch.source_kind):
            continue
        hindrance = hinders(before, batch.source_kind)
        if hindrance is not None:
            vi, en = HINDRANCES[hindrance]
            raise Problem(HELD, vi, en, hindrance=hindrance, indicator=each.indicator_id, place=each.place_id)
        changed.append(each)
    if not changed:
        return []
    number = await store.add_batch(connection, batch)
    await store.put(connection, number, batch.source_kind, state, changed)
    return [(each.indicator_id, each.place_id, each.start) for each in changed]


def in_unit(indicator: Indicator, unit: str | None) -> None:
    """Raise ``Problem`` where a number is said to be in another unit than the indicator's."""
    if unit is not None and unit.strip() != indicator.unit:
        raise Problem(
            UNIT_MISMATCH,
            f"{indicator.code} tính bằng “{indicator.unit}”, không phải “{unit}”.",
            f"{indicator.code} is in “{indicator.unit}”, not in “{unit}”.",
            unit=indicator.unit,
        )


async def correct(
    connection: Connection, desk: Desk, principal: Principal, indicator_id: int, new: Correction
) -> dict[str, Any]:
    """Change a figure that is approved or locked, with a reason; what was known before stays known.

    Needs ``indicator.approve`` over whoever owes the figure (or its place); once it is locked
    ``indicator.manage`` and a document.
    """
    indicator = await registered(connection, principal, indicator_id)
    period = period_of(new.period, indicator.period_kind)
    in_unit(indicator, new.unit)
    place = (await places.by_ids(connection, [new.place])).get(new.place)
    key = (indicator_id, new.place, period.start)
    standing = (await store.standing(connection, [key], lock=True)).get(key)
    seen = await store.may_read(connection, principal, indicator_id, new.place)
    if place is None or standing is None or standing.state == 0 or not seen:
        raise missing("Chưa có số liệu để đính chính.", "There is no figure to correct.")
    owner = await places.ower(connection, indicator_id, new.place, period.start) or place.org_id
    locked = STATES[standing.state] == "locked"
    principal.require(
        "indicator.manage" if locked else "indicator.approve", org_id=owner, sector=indicator.sector
    )
    if locked and not new.document:
        raise wrong(
            "document", "số liệu đã khóa, cần số văn bản", "the figure is locked: a document is needed"
        )
    _unchanged(standing, new.revision)
    value = NewValue(
        indicator_id=indicator_id, place_id=new.place, start=period.start, value=new.value,
        missing=new.missing,
        flags=(standing.flags & int(Flag.SIMULATED | Flag.LATE)) | int(Flag.CORRECTED),
    )  # fmt: skip
    [value] = await checked(connection, {indicator_id: indicator}, [value])
    batch = Batch(
        at=desk.now(), author=principal.id, act="correct", source_kind="typed", reason=new.reason,
        document=new.document, org_id=owner, simulated=bool(standing.flags & Flag.SIMULATED),
    )  # fmt: skip
    number = await store.add_batch(connection, batch)
    await store.put(connection, number, "typed", standing.state, [value])
    await tell(connection, number, "typed", [key], org_id=owner, corrected=True)
    await record(
        connection, desk, principal.id, action="correct",
        subject=f"value:{indicator.code}:{new.place}:{period.text()}",
        org_id=owner, sector=indicator.sector,
        body={"from": plain(standing.value) if standing.value is not None else standing.reason,
              "to": plain(new.value) if new.value is not None else new.missing, "reason": new.reason,
              "document": new.document, "batch": number},
    )  # fmt: skip
    return {"batch": number, "revision": standing.revision + 1}


def _unchanged(standing: Standing, seen: int) -> None:
    if standing.revision != seen:
        raise Problem(
            CONFLICT, "Hãy tải lại rồi sửa tiếp.", "Load it again and repeat the change.",
            yours=seen, current=standing.revision,
        )  # fmt: skip
