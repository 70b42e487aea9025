"""The figures that units of the invented province owe: handed in, approved, late, reminded and counted.

Who owes what is declared here; that it goes on, day by day, follows from the clock alone: a unit hands in two
hours before its due, one commune an hour and a half after it, and its last monthly form not at all. What a
unit
says is a pure function of the indicator, the place and the period. Everything is marked as simulated.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import msgspec

from haidang.base.clock import LOCAL, Clock, FixedClock
from haidang.base.database import Connection, Database
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.demo import store
from haidang.demo.province import CODE, COMMUNES
from haidang.indicators.model.due import due_at, opens_at
from haidang.indicators.model.period import Period, containing, span
from haidang.indicators.model.submission import Approve, Lock, Submission, Submit
from haidang.indicators.service import discipline, expecting, measuring, submissions
from haidang.indicators.service.desk import Desk, desk_of
from haidang.indicators.service.expecting import NewDuty
from haidang.indicators.service.jobs import prepare as declare
from haidang.indicators.service.submissions import Entry
from haidang.indicators.store import register
from haidang.indicators.store import submissions as submission_store
from haidang.organisation.permissions import system
from haidang.tasks.service import clockwork

KEEPER = system("demo-indicators")
UNIT = system("demo-indicators-unit")
MONTHS_PAST = 2
DAYS_PAST = 12
EARLY, TARDY = timedelta(hours=2), timedelta(minutes=95)
LATE_UNIT = "HD004"
"""The commune that is late, and never hands in the last month's form."""
_log = logger("demo")


class Owed(msgspec.Struct, frozen=True):
    """What a unit owes: about itself, the province, or each commune; and between which bounds it says it
    is."""

    code: str
    units: tuple[str, ...]
    about: str
    low: float
    high: float


_SERVICE = ("service", "HD001", "HD003", "HD004")
OWED: tuple[Owed, ...] = (
    Owed("HC-TIEP-NHAN", _SERVICE, "self", 20, 140),
    Owed("HC-DA-TRA", _SERVICE, "self", 20, 120),
    Owed("HC-QUA-HAN", _SERVICE, "self", 0, 4),
    Owed("HC-DUNG-HAN", _SERVICE, "self", 93, 99.8),
    Owed("HC-TRUC-TUYEN", _SERVICE, "self", 55, 88),
    Owed("HC-SO-HOA", _SERVICE, "self", 60, 92),
    Owed("YT-GIUONG", ("healthcare",), "self", 68, 93),
    Owed("YT-KHAM", ("healthcare",), "self", 2_400, 3_600),
    Owed("YT-BHYT", ("healthcare",), "communes", 91, 97),
    Owed("MT-RAC", ("environment",), "communes", 88, 97),
    Owed("MT-NUOC-SACH", ("environment",), "communes", 90, 98),
    Owed("GD-CHUYEN-CAN", ("education",), "communes", 96, 99.5),
    Owed("AN-CHAY", ("police",), "communes", 0, 3),
    Owed("DL-KHACH", ("culture",), "communes", 4_000, 26_000),
    Owed("NS-THU", ("finance",), "province", 9_000, 21_000),
    Owed("NS-CHI", ("finance",), "province", 7_000, 18_000),
    Owed("KT-BAN-LE", ("finance",), "province", 2_100, 2_600),
    Owed("KT-XUAT-KHAU", ("finance",), "province", 180, 260),
    Owed("KT-DN-MOI", ("finance",), "province", 25, 60),
)
_BOUNDS: Mapping[str, tuple[float, float]] = {each.code: (each.low, each.high) for each in OWED}


async def prepare(db: Database, settings: Settings, clock: Clock, orgs: Mapping[str, int]) -> None:
    """Let units owe figures, and let the last two months happen; what is there already stays."""
    await declare(db, settings, clock)
    async with db.transaction() as connection:
        if await store.owes(connection):
            return
    now = clock.now()
    then = FixedClock(now)
    desk = desk_of(settings, then)
    moments = await _owe(db, desk, orgs, now)
    for at in moments:
        then.advance(at - then.now())
        await discipline.tick(db, desk)
        await clockwork.tick(db, desk.tasks)
        await live(db, desk)
        await asyncio.sleep(0)
    async with db.transaction() as connection:
        await measuring.measure(connection, desk, desk.today() - timedelta(days=1))
    _log.info("the demonstration owes figures", moments=len(moments))


async def _owe(db: Database, desk: Desk, orgs: Mapping[str, int], now: datetime) -> list[datetime]:
    """Say who owes what from when on; return the moments of the past at which something happens."""
    today = now.astimezone(LOCAL).date()
    month = containing("month", today)
    begins = {"month": month.shifted(-MONTHS_PAST).start, "day": today - timedelta(days=DAYS_PAST)}
    moments: set[datetime] = set()
    async with db.transaction() as connection:
        indicators = await register.by_codes(connection, _BOUNDS)
        forms = {form.code: form for form in await register.forms(connection)}
        for each in OWED:
            indicator = indicators[each.code]
            first = containing(indicator.period_kind, begins[indicator.period_kind])
            await expecting.set_duties(
                connection, desk, KEEPER, indicator.id, list(_duties(each, orgs, first)), simulated=True
            )
            rule = forms[indicator.form_code or ""].due
            for period in span(first, containing(indicator.period_kind, today)):
                opens, due = opens_at(rule, period, desk.calendar), due_at(rule, period, desk.calendar)
                day = desk.calendar.add_working_days(due.astimezone(LOCAL).date(), -1)
                morning = datetime.combine(day, time(7, 31), LOCAL)
                moments |= {opens + timedelta(minutes=1), morning, due - EARLY, due, due + TARDY,
                            due - timedelta(minutes=59)}  # fmt: skip
        for form in {indicators[each.code].form_code or "" for each in OWED}:
            before = containing(forms[form].period_kind, begins[forms[form].period_kind]).previous()
            if forms[form].opened_through is None:
                await register.opened(connection, form, before.start)
    return sorted(at for at in moments if at <= now)


def _duties(each: Owed, orgs: Mapping[str, int], first: Period) -> Iterator[NewDuty]:
    areas: tuple[str | None, ...] = (None,)
    if each.about == "province":
        areas = (CODE,)
    elif each.about == "communes":
        areas = tuple(commune.code for commune in COMMUNES)
    for unit in each.units:
        for area in areas:
            yield NewDuty(org=orgs[unit], area_code=area, period=first.text())


async def live(db: Database, desk: Desk) -> int:
    """Let units hand in what their time has come for; return how many forms moved."""
    moved = 0
    async with db.transaction() as connection:
        late = await store.org_of_area(connection, LATE_UNIT)
        for number in await store.owed_forms(connection):
            row = await submission_store.get(connection, number, lock=True)
            if row is not None:
                moved += await _move(connection, desk, row, tardy=row.org_id == late)
    return moved


async def _move(connection: Connection, desk: Desk, row: Submission, *, tardy: bool) -> bool:
    now = desk.now()
    found = await submissions.opened(connection, row)
    # Every month, and every third day.
    tardy = tardy and (found.period.kind != "day" or row.start.toordinal() % 3 == 0)
    if row.state == "open":
        if tardy and found.period == containing("month", now.astimezone(LOCAL).date()).previous():
            return False  # the month that is asked for now: it owes that still
        if now < row.due_at + (TARDY if tardy else -EARLY):
            return False
        entries = [
            Entry(
                indicator=line.indicator.id, place=line.place.id,
                value=said(line.indicator.code, line.place.id, row.start, line.indicator.decimals),
            )
            for line in found.lines if line.standing is None
        ]  # fmt: skip
        if entries:
            await submissions.enter(connection, desk, UNIT, row.id, entries)
        await submissions.perform(connection, desk, UNIT, row.id, Submit(), version=row.version)
        return True
    if row.state == "submitted" and now >= row.due_at:
        after = await submissions.perform(connection, desk, KEEPER, row.id, Approve(), version=row.version)
        if found.period.kind == "day":
            await submissions.perform(connection, desk, KEEPER, row.id, Lock(), version=after.version)
        return True
    return False


def said(code: str, place: int, start: date, decimals: int) -> Decimal:
    """Return what a unit says: the same for the same indicator, place and period."""
    low, high = _BOUNDS[code]
    drawn = hashlib.sha256(f"{code}:{place}:{start.isoformat()}".encode()).digest()
    share = int.from_bytes(drawn[:4], "big") / 0xFFFFFFFF
    return round(Decimal(str(low + (high - low) * share)), decimals)


async def close(connection: Connection, settings: Settings, clock: Clock) -> None:
    """Let nobody owe made-up figures any longer; what was said stays in the record."""
    today = desk_of(settings, clock).today()
    await store.end_owing(connection, today)
