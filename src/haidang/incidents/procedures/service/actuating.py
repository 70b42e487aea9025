"""Commands to devices: begun on record, sent once, ended on record; what nobody knows the end of is told.

A command cannot be taken back, so its row says ``under_way``, committed, before the first byte leaves. A
process killed in between leaves it so; another finds it after some minutes and tells people that the outcome
is unknown. Nothing is sent a second time unless an operator says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple

from haidang.base.database import Connection, Database
from haidang.base.log import logger
from haidang.base.problems import Problem
from haidang.city.ngsild.commanding import command
from haidang.city.registrations.actuation import SILENT
from haidang.city.service import City
from haidang.incidents.procedures.model.procedure import Actuate
from haidang.incidents.procedures.model.run import ActionRow, ActionState, Run
from haidang.incidents.procedures.service.course import ACTOR, Course
from haidang.incidents.procedures.service.stepping import advance, settle_automatic
from haidang.incidents.procedures.store import actions as store
from haidang.incidents.procedures.store import runs
from haidang.incidents.service.desk import Desk, desk_of
from haidang.incidents.store import incidents
from haidang.organisation.service.standing import standing

LOST = timedelta(minutes=5)
"""Longer than any command may take: whoever began it then is gone."""
REST_S = 1.0
"""How often waiting commands are looked for."""
_TEXT_MAX = 500
_log = logger("procedures")


class End(NamedTuple):
    """How a command ended."""

    state: ActionState
    vi: str
    en: str


@asynccontextmanager
async def commanding(city: City) -> AsyncIterator[None]:
    """Send waiting commands until the end of the block."""
    task = asyncio.create_task(_follow(city, desk_of(city.settings, city.clock)), name="commands")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _follow(city: City, desk: Desk) -> None:
    while True:
        try:
            await give_up(city.db, desk)
            while await turn(city, desk):
                pass
        except Exception:  # the database is away, say: the next round begins where this one did
            _log.exception("commands of procedures could not be looked at")
        await asyncio.sleep(REST_S)


async def turn(city: City, desk: Desk) -> bool:
    """Send the next waiting command; False where none waits."""
    async with city.db.transaction() as connection:
        row = await store.begin(connection, desk.now())
        run = None if row is None else await runs.get(connection, row.run_id)
    if row is None or run is None:
        return False
    end = await _send(city, desk, row, run)
    async with city.db.transaction() as connection:
        await _ended(connection, desk, row, end)
    return True


async def give_up(db: Database, desk: Desk) -> int:
    """Tell of commands whose end nobody has recorded; return how many."""
    async with db.transaction() as connection:
        lost = await store.lost_ids(connection, desk.now() - LOST)
    end = End(
        "unknown",
        "không rõ kết quả: hãy kiểm tra thiết bị trước khi làm lại",
        "the outcome is unknown: look at the device before it is repeated",
    )
    for number in lost:
        async with db.transaction() as connection:
            row = await store.get(connection, number)
            if row is not None:
                await _ended(connection, desk, row, end)
    return len(lost)


async def _send(city: City, desk: Desk, row: ActionRow, run: Run) -> End:
    action = run.rule(row.step).actions[row.place]
    assert isinstance(action, Actuate)  # noqa: S101 - nothing else ever waits
    async with city.db.transaction() as connection:
        who = await standing(connection, row.actor, desk.now())
    if who is None:
        return End("failed", f"{row.actor} không còn hiệu lực", f"{row.actor} is no more")
    try:
        await command(city, who, row.target, action.attribute, action.value)
    except Problem as problem:
        vi = f"{problem.kind.vi}: {problem.vi}"[:_TEXT_MAX]
        en = f"{problem.kind.en}: {problem.en}"[:_TEXT_MAX]
        return End("unknown" if problem.kind is SILENT else "failed", vi, en)
    said = f"{row.target} {action.attribute} = {action.value}"
    return End("done", said, said)


async def _ended(connection: Connection, desk: Desk, row: ActionRow, end: End) -> None:
    """Write how a command ended, tell of it, and let the step go on; the run is held first, as always."""
    run = await runs.get(connection, row.run_id, lock=True)
    now = await store.get(connection, row.id)
    incident = None if run is None else await incidents.get(connection, run.incident_id)
    if run is None or incident is None or now is None or now.state != "under_way":
        return
    await store.end(connection, row.id, end.state, at=desk.now(), ref=row.target, vi=end.vi, en=end.en)
    course = Course(connection, desk, incident, run, ACTOR)
    step = run.rule(row.step)
    heads = {"done": "Đã điều khiển thiết bị", "failed": "KHÔNG điều khiển được thiết bị",
             "unknown": "Không rõ thiết bị đã thực hiện chưa"}  # fmt: skip
    course.say(
        "action", f"{heads[end.state]}: {end.vi}", step=step.id, action="actuate", state=end.state,
        ref=row.target, on_behalf=row.actor,
    )  # fmt: skip
    if run.state == "running":
        if step.automatic:
            await settle_automatic(course, step)
        await advance(course)
    await course.close()
