"""Dues and what follows from them: forms are opened, tasks given, the late counted, marks told.

The clock comes by every minute. What it does for a form commits together, so a process killed in the middle
has done nothing of it. Lateness is measured at the due instant, whatever arrives later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Any

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.database import Connection, Database
from haidang.indicators.model.discipline import Mark, reached
from haidang.indicators.model.due import due_at, opens_at
from haidang.indicators.model.period import Period, containing
from haidang.indicators.model.register import Form
from haidang.indicators.model.submission import Submission
from haidang.indicators.service import tasking
from haidang.indicators.service.desk import Desk, record, starting, year_of
from haidang.indicators.store import discipline as store
from haidang.indicators.store import places, register, submissions
from haidang.indicators.store import values as value_store
from haidang.organisation.permissions import Principal
from haidang.organisation.service import root_org
from haidang.organisation.service.access import missing, unchanged
from haidang.tasks.service.telling import Addressee, Message, put
from haidang.tasks.store import people

ROUND = 50
ROUNDS_MAX = 2_000
CATCH_UP_MAX = 60
"""Periods of a form that one look opens: what was owed while the house stood still."""
ACTOR = "system:indicators"

Why = Annotated[str, msgspec.Meta(min_length=3, max_length=1_000)]


async def tick(db: Database, desk: Desk) -> dict[str, int]:
    """Open what is to be opened, give its tasks, and count what is late now."""
    return {
        "opened": await open_due(db, desk),
        "given": await _rounds(db, desk, _give, ROUND),
        "passed": await _rounds(db, desk, _pass, 1),
    }


async def _rounds(db: Database, desk: Desk, work: Any, size: int) -> int:
    """Work in transactions of a size until there is nothing left."""
    done = 0
    for _ in range(ROUNDS_MAX):
        async with db.transaction() as connection:
            found: int = await work(connection, desk, size)
        done += found
        if found < size:
            break
    return done


async def open_due(db: Database, desk: Desk) -> int:
    """Open the forms of every period whose figures are asked for by now; return how many units got one."""
    async with db.transaction() as connection:
        codes = [each.code for each in await register.forms(connection)]
    count = 0
    for code in codes:
        async with db.transaction() as connection:
            form = await register.form(connection, code, lock=True)
            if form is not None:
                count += await _open(connection, desk, form)
    return count


async def _open(connection: Connection, desk: Desk, form: Form) -> int:
    count, through = 0, form.opened_through
    for period in to_open(desk, form)[:CATCH_UP_MAX]:
        count += await open_period(connection, desk, form, period)
        through = period.start
    if through is not None and through != form.opened_through:
        await register.opened(connection, form.code, through)
    return count


async def open_period(connection: Connection, desk: Desk, form: Form, period: Period) -> int:
    """Open a form of a period for every unit that owes it; return how many had it not yet."""
    units = await places.owing(connection, form.code, period.start)
    due = due_at(form.due, period, desk.calendar)
    return await submissions.open_for(connection, form.code, units, period.start, due)


def to_open(desk: Desk, form: Form) -> list[Period]:
    """Return the periods of a form that are to be opened now, in order.

    A form that is new begins with the period that is asked for and not due yet: nobody is late with what
    nobody knew of.
    """
    now = desk.now()
    if form.opened_through is not None:
        period = starting(form.period_kind, form.opened_through).next()
    else:
        period = containing(form.period_kind, desk.today()).previous()
        while due_at(form.due, period, desk.calendar) <= now:
            period = period.next()
    found: list[Period] = []
    while opens_at(form.due, period, desk.calendar) <= now and len(found) <= CATCH_UP_MAX:
        found.append(period)
        period = period.next()
    return found


async def _give(connection: Connection, desk: Desk, size: int) -> int:
    rows = await submissions.untold(connection, size)
    if rows:
        await give_tasks(connection, desk, rows)
    return len(rows)


async def give_tasks(connection: Connection, desk: Desk, rows: Sequence[Submission]) -> None:
    """Give units the tasks to hand forms in."""
    forms = {each.code: each for each in await register.forms(connection, active=False)}
    root = (await root_org(connection)).id
    for row in rows:
        form = forms[row.form_code]
        collector = form.collector_org or root
        task = await tasking.give(connection, desk, form, row, collector)
        await submissions.put(connection, msgspec.structs.replace(row, task_id=task.id))


async def _pass(connection: Connection, desk: Desk, size: int) -> int:
    rows = await submissions.passed(connection, desk.now(), size)
    for row in rows:
        await look(connection, desk, row)
    return len(rows)


async def look(connection: Connection, desk: Desk, row: Submission) -> None:
    """Note what was there as the due passed, and count the unit where anything lacked."""
    owed = await places.owed(connection, row.form_code, row.org_id, row.start)
    keys = [(each.indicator_id, each.place_id, row.start) for each in owed]
    standing = await value_store.standing(connection, keys)
    # After the house stood still the look comes late: what was handed in since is late all the same.
    in_time = row.submitted_at is not None and row.submitted_at < row.due_at
    lacking = [key[0] for key in keys if not in_time or key not in standing or standing[key].state == 0]
    after = msgspec.structs.replace(
        row, looked_at=desk.now(), expected=len(owed), lacking=tuple(sorted(lacking))
    )
    await submissions.put(connection, after)
    if not owed or in_time:
        return
    year = row.due_at.astimezone(LOCAL).year
    count = await store.count_late(connection, row.id, row.org_id, year, desk.now())
    if count is None:
        return
    for mark in reached(desk.discipline.marks, count):
        if await store.reach(connection, row.org_id, year, mark.count, desk.now()):
            await _tell_mark(connection, desk, row.org_id, year=year, mark=mark, count=count)
    await record(
        connection, desk, ACTOR, action="late", subject=f"submission:{row.id}", org_id=row.org_id,
        body={"due_at": row.due_at, "lacking": len(lacking), "expected": len(owed), "count": count,
        "year": year},
        told={"count": count, "year": year},
    )  # fmt: skip


async def _tell_mark(
    connection: Connection, desk: Desk, org_id: int, *, year: int, mark: Mark, count: int
) -> None:
    """Tell the unit's head and the office that a unit has come to a mark."""
    [org] = (await submissions.names(connection, [org_id])).values()
    message = Message(
        key=f"indicator_mark:{org_id}:{year}:{mark.count}", kind="indicator_mark", to=(),
        vi=f"{org}: nộp muộn số liệu {count} lần trong năm {year}. {mark.vi}.",
        en=f"{org}: late with figures {count} times in {year}. {mark.en}.",
    )  # fmt: skip
    head = await people.in_role(connection, [org_id], "head", desk.now())
    above = await people.path(connection, org_id)
    office = await people.in_role(connection, above, "office", desk.now())
    root = (await root_org(connection)).id
    policy = desk.tasks.policies.named("indicator")
    for to in (
        Addressee(head, None if head is not None else org_id),
        Addressee(office, None if office is not None else root),
    ):
        await put(connection, desk.tasks, to, message, task=None, policy=policy)


async def waive(
    connection: Connection, desk: Desk, principal: Principal, late_id: int, why: str, *, version: int
) -> dict[str, Any]:
    """Let an entry of the register no longer count: the network was down, the form was wrong."""
    entry = await store.entry(connection, late_id)
    if entry is None or not principal.may("indicator.read", org_id=entry["org_id"]):
        raise missing("Không có mục này trong sổ.", "There is no such entry in the register.")
    # A unit does not take its own entries away: that is for whoever keeps the register above it.
    principal.require("indicator.manage", org_id=(await root_org(connection)).id)
    unchanged(_Entry(entry["version"]), version)
    if entry["waived_at"] is None:
        await store.waive(connection, late_id, desk.now(), principal.id, why)
        await record(
            connection, desk, principal.id, action="waive", subject=f"late:{late_id}", org_id=entry["org_id"],
            body={"why": why, "year": entry["year"]},
        )  # fmt: skip
    return {"id": late_id, "version": version + 1}


class _Entry(msgspec.Struct, frozen=True):
    version: int


async def book(
    connection: Connection, desk: Desk, principal: Principal, year: int, org_id: int | None
) -> dict[str, Any]:
    """Return the counted register of a year: the units with what they owed, and each entry."""
    first, after = date(year_of(year), 1, 1), date(year + 1, 1, 1)
    entries = await store.late(connection, principal, year, org_id, 2_000)
    for each in entries:
        period = starting(each.pop("period_kind"), each.pop("start"))
        each |= {"period": period.text(), "period_vi": period.vi()}
    units = await store.units(connection, principal, first, after, desk.now())
    return {
        "year": year, "marks": desk.discipline.marks, "entries": entries,
        "units": [
            each | {"share_in_time": _share(each["in_time"], each["due"])}
            for each in units if org_id in (None, each["org_id"])
        ],
    }  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def midnight(day: date) -> datetime:
    """Return the first instant of a day in Vietnam."""
    return datetime.combine(day, time(), LOCAL)
