"""The figures that units of the invented province owe: handed in, approved, late, reminded and counted.

Who owes what is declared here; that it goes on, day by day, follows from the clock alone: a unit hands in two
hours before its due, one commune an hour and a half after it, and its last monthly form not at all. What a
unit
says is a pure function of the indicator, the place and the period. Everything is marked as simulated.
"""

from __future__ import annotations

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
from haidang.indicators.model.register import Form
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
    """Let units owe figures, and let the last two months happen; what is there already stays.

    A form of a period happens whole in one transaction: the clock of the house, which stands at today, never
    finds one that was opened and not handed in yet.
    """
    await declare(db, settings, clock)
    then = FixedClock(clock.now())
    desk = desk_of(settings, then)
    async with db.transaction() as connection:
        if await store.owes(connection):
            return
        past = await _owe(connection, desk, orgs, clock.now())
    for each, period in past:
        async with db.transaction() as connection:
            await _happen(connection, desk, then, each, period, clock.now())
    async with db.transaction() as connection:
        for code in {form.code for form, _ in past}:
            form = await register.form(connection, code, lock=True)
            last = max(period.start for each, period in past if each.code == code)
            if form is not None and (form.opened_through is None or form.opened_through < last):
                await register.opened(connection, code, last)
        then.advance(clock.now() - then.now())
        await measuring.measure(connection, desk, desk.today() - timedelta(days=1))
    _log.info("the demonstration owes figures", forms=len(past))


async def _owe(
    connection: Connection, desk: Desk, orgs: Mapping[str, int], now: datetime
) -> list[tuple[Form, Period]]:
    """Say who owes what from when on; return the forms of periods whose due has passed, in that order."""
    today = now.astimezone(LOCAL).date()
    month = containing("month", today)
    begins = {"month": month.shifted(-MONTHS_PAST).start, "day": today - timedelta(days=DAYS_PAST)}
    indicators = await register.by_codes(connection, _BOUNDS)
    forms = {form.code: form for form in await register.forms(connection)}
    used: set[str] = set()
    for each in OWED:
        indicator = indicators[each.code]
        first = containing(indicator.period_kind, begins[indicator.period_kind])
        duties = list(_duties(each, orgs, first))
        await expecting.set_duties(connection, desk, KEEPER, indicator.id, duties, simulated=True)
        used.add(indicator.form_code or "")
    past = []
    for form in (forms[code] for code in sorted(used)):
        first = containing(form.period_kind, begins[form.period_kind])
        for period in span(first, containing(form.period_kind, today)):
            due = due_at(form.due, period, desk.calendar)
            if due <= now:
                past.append((due, form.code, form, period))
    return [(form, period) for _, _, form, period in sorted(past, key=lambda each: each[:2])]


async def _happen(  # noqa: PLR0917 - a form of a period, and two clocks
    connection: Connection, desk: Desk, then: FixedClock, form: Form, period: Period, now: datetime
) -> None:
    """Let a form of a period be asked for, reminded of, handed in by most, counted for who did not."""
    due = due_at(form.due, period, desk.calendar)
    day = desk.calendar.add_working_days(due.astimezone(LOCAL).date(), -1)
    moments = {
        due - EARLY, due, due + TARDY, due - timedelta(minutes=59), datetime.combine(day, time(7, 31), LOCAL)
    }  # fmt: skip
    then.advance(opens_at(form.due, period, desk.calendar) - then.now())
    await discipline.open_period(connection, desk, form, period)
    await discipline.give_tasks(
        connection, desk, await submission_store.of_period(connection, form.code, period.start)
    )
    late = await store.org_of_area(connection, LATE_UNIT)
    for at in sorted(moment for moment in moments if then.now() < moment <= now):
        then.advance(at - then.now())
        for row in await submission_store.of_period(connection, form.code, period.start):
            if row.task_id is not None:
                await clockwork.remind(connection, desk.tasks, row.task_id)
            await _move(connection, desk, row, tardy=row.org_id == late, now=now)
        if at == due:
            for row in await submission_store.of_period(connection, form.code, period.start):
                await discipline.look(connection, desk, row)


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
    async with db.transaction() as connection:
        late = await store.org_of_area(connection, LATE_UNIT)
        waiting = await store.owed_forms(connection)
    moved = 0
    for number in waiting:
        async with db.transaction() as connection:
            row = await submission_store.get(connection, number, lock=True)
            if row is not None:
                moved += await _move(connection, desk, row, tardy=row.org_id == late)
    return moved


async def _move(
    connection: Connection, desk: Desk, row: Submission, *, tardy: bool, now: datetime | None = None
) -> bool:
    """Let a unit do what its time has come for; ``now``: today, where what happens lies in the past."""
    at, today = desk.now(), (now or desk.now()).astimezone(LOCAL).date()
    found = await submissions.opened(connection, row)
    # Every month, and every third day.
    tardy = tardy and (found.period.kind != "day" or row.start.toordinal() % 3 == 0)
    if row.state == "open":
        if tardy and found.period == containing("month", today).previous():
            return False  # the month that is asked for now: it owes that still
        if at < row.due_at + (TARDY if tardy else -EARLY):
            return False
        entries = [
            Entry(
                indicator=line.indicator.id, place=line.place.id,
                value=said(line.indicator.code, line.place.id, row.start, line.indicator.decimals),
            )
            for line in found.lines if line.standing is None
        ]  # fmt: skip
        if entries:
            await submissions.enter(connection, desk, UNIT, row.id, entries, logged=False)
        await submissions.perform(connection, desk, UNIT, row.id, Submit(), version=row.version)
        return True
    if row.state == "submitted" and at >= row.due_at:
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
