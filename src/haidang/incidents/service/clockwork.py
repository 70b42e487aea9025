"""The clock of the room: what has run out is said once, to the log, to screens and to whoever leads.

Targets stand in rows, so a restart, two servers or a clock that jumps neither skip nor repeat: a clock is
missed by an update that holds only while it was neither met nor missed.
"""

from __future__ import annotations

from datetime import timedelta

from haidang.base.database import Connection, Database
from haidang.incidents.model.incident import ClockName
from haidang.incidents.service import journal, shifts, statistics
from haidang.incidents.service.desk import Desk
from haidang.incidents.service.telling import tell_log, tell_role, tell_unit
from haidang.incidents.store import clocks, incidents
from haidang.incidents.store import shifts as shift_store

ACTOR = "system:incidents"
BATCH = 100
CLOCK_WORDS: dict[ClockName, tuple[str, str]] = {
    "acknowledge": ("tiếp nhận", "acknowledge"), "dispatch": ("điều động", "dispatch"),
    "on_scene": ("có mặt tại hiện trường", "arrive on scene"), "contain": ("khống chế", "contain"),
    "close": ("kết thúc", "close"),
}  # fmt: skip


async def tick(db: Database, desk: Desk) -> int:
    """Say what has run out since the last look, and which handovers wait too long; return how many."""
    said = 0
    while True:
        async with db.transaction() as connection:
            late = await clocks.late(connection, desk.now(), BATCH)
            await incidents.lock(connection, {number for number, _ in late})
            for number, name in late:
                said += await _late(connection, desk, number, name)
        if len(late) < BATCH:
            break
    async with db.transaction() as connection:
        said += await _unsigned(connection, desk)
    return said


async def _late(connection: Connection, desk: Desk, number: int, name: ClockName) -> bool:
    if not await clocks.miss(connection, number, name, desk.now()):
        return False
    incident = await incidents.get(connection, number)
    assert incident is not None  # noqa: S101 - a foreign key
    vi, en = CLOCK_WORDS[name]
    await tell_role(
        connection, desk, incident, "head", key=f"incident-late:{number}:{name}", kind="incident-late",
        vi=f"Quá thời hạn {vi}", en=f"Too late to {en}",
    )  # fmt: skip
    await statistics.touched(connection, incident)
    await tell_log(connection, desk, incident, action="late")
    await journal.write(connection, desk, ACTOR, number, "late", f"Quá thời hạn {vi}", detail={"clock": name})
    return True


async def _unsigned(connection: Connection, desk: Desk) -> int:
    allowed = timedelta(minutes=desk.tables.reaction.handover_sign_minutes)
    waiting = await shift_store.overdue(connection, desk.now() - allowed, BATCH)
    for each in waiting:
        await shift_store.told(connection, each.id, desk.now())
        await tell_unit(
            connection, desk, each.org_id, "head", key=f"handover-unsigned:{each.id}",
            kind="handover-unsigned", vi="Bàn giao ca trực chưa được hai bên ký",
            en="A handover of the shift is not signed by both",
        )  # fmt: skip
    for each in waiting:
        await shifts.log_unsigned(connection, desk, ACTOR, each)
    return len(waiting)
