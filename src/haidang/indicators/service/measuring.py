"""The centre measures itself: where figures come from, are they there, in time, alive, and looked at.

Each night the day before is measured, for the whole house and unit by unit; the measures are indicators of
the
pack ``governance`` like any other, open to every unit (domain, section 10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from haidang.base.database import Connection
from haidang.indicators.model.period import KINDS, Period, containing
from haidang.indicators.model.register import Indicator
from haidang.indicators.model.value import AUTOMATIC, SOURCES, Flag, NewValue, Source
from haidang.indicators.service import looking, values
from haidang.indicators.service.desk import Desk
from haidang.indicators.service.discipline import midnight
from haidang.indicators.store import discipline as store
from haidang.indicators.store import places, register
from haidang.indicators.store import values as value_store
from haidang.organisation.permissions import system
from haidang.organisation.service import root_org

ACTOR = "system:indicators"
BY_SOURCE: Mapping[Source, str] = {
    "computed": "DH-NGUON-TINH", "internal": "DH-NGUON-NOI-BO", "pulled": "DH-NGUON-LAY",
    "submitted": "DH-NGUON-NOP", "typed": "DH-NGUON-NHAP",
}  # fmt: skip
AUTOMATIC_SHARE, COVERAGE, IN_TIME, FRESH, LOOKED_AT = (
    "DH-TU-DONG", "DH-DU", "DH-DUNG-HAN", "DH-SONG", "DH-SU-DUNG"
)  # fmt: skip
CODES = (*BY_SOURCE.values(), AUTOMATIC_SHARE, COVERAGE, IN_TIME, FRESH, LOOKED_AT)
ADOPTION_DAYS = 7


async def measure(connection: Connection, desk: Desk, day: date) -> int:
    """Measure a day that is over, and the month it lies in so far; return how many figures changed."""
    found = await register.by_codes(connection, CODES)
    root = await root_org(connection)
    whole = await places.of_unit(connection, root.id)
    assert whole is not None  # noqa: S101 - the root is there
    new = [
        *await _sources(connection, found, whole.id, day),
        *await _lives(connection, desk, found, whole.id, day),
        *await _punctuality(connection, found, whole.id, day, None),
    ]
    month = containing("month", day)
    for org in await store.owing_units(connection, midnight(month.start), midnight(day + timedelta(days=1))):
        unit = await places.of_unit(connection, org)
        if unit is not None and org != root.id:
            new += await _punctuality(connection, found, unit.id, day, [org])
    done = await values.record_many(
        connection, desk, ACTOR, new, source="internal", source_ref=f"measuring:{day.isoformat()}"
    )
    return len(done.changed)


def _one(
    indicator: Indicator, place: int, period: Period, part: int, whole: int, *, running: bool = False
) -> NewValue:
    """Return a share as a figure; of nothing there is no share, and that is said."""
    share = round(Decimal(part) * 100 / whole, indicator.decimals) if whole else None
    return NewValue(
        indicator_id=indicator.id, place_id=place, start=period.start, value=share,
        missing=None if whole else "not_applicable", flags=int(Flag.ESTIMATE) if running else 0,
    )  # fmt: skip


async def _sources(
    connection: Connection, found: Mapping[str, Indicator], place: int, day: date
) -> Sequence[NewValue]:
    """Measure where the figures of each kind's last full period came from."""
    starts = {kind: containing(kind, day + timedelta(days=1)).previous().start for kind in KINDS}
    shares = await value_store.shares(connection, starts)
    whole = sum(shares.values())
    asked = {code: shares[source] for source, code in BY_SOURCE.items()}
    asked[AUTOMATIC_SHARE] = sum(shares[source] for source in SOURCES if source in AUTOMATIC)
    period = containing("day", day)
    return [_one(found[code], place, period, part, whole) for code, part in asked.items() if code in found]


async def _lives(
    connection: Connection, desk: Desk, found: Mapping[str, Indicator], place: int, day: date
) -> Sequence[NewValue]:
    counts = (await looking.health(connection, desk, system("indicators")))["counts"]
    units, active = await store.looked(connection, day - timedelta(days=ADOPTION_DAYS - 1), day)
    asked = {FRESH: (counts["fresh"], sum(counts.values())), LOOKED_AT: (active, units)}
    period = containing("day", day)
    return [_one(found[code], place, period, *parts) for code, parts in asked.items() if code in found]


async def _punctuality(
    connection: Connection, found: Mapping[str, Indicator], place: int, day: date, orgs: list[int] | None
) -> Sequence[NewValue]:
    month = containing("month", day)
    first, after = midnight(month.start), midnight(day + timedelta(days=1))
    due, early = await store.in_time(connection, first, after, orgs)
    owed, there = await store.coverage(connection, first, after, orgs)
    running = day < month.last
    asked = {IN_TIME: (early, due), COVERAGE: (there, owed)}
    return [
        _one(found[code], place, month, *parts, running=running)
        for code, parts in asked.items() if code in found
    ]  # fmt: skip
