"""Procedures whose clock and whose commands to devices are ended again and again with kill -9."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.incidents.procedures.service import actuating
from haidang.incidents.service import opening
from haidang.incidents.service.desk import desk_of
from haidang.incidents.service.opening import NewIncident
from haidang.organisation import prepare, root_org, system
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.audit import verify_log
from haidang.organisation.service.standing import standing
from tests.integration.city.broker import client
from tests.integration.city.device import Device

INCIDENTS = 24
SIREN = "urn:ngsi-ld:Siren:1"
TEXT = f"""
procedure: siren
version: 1
vi: Còi
en: Siren
applies_when: incident.kind == "medical"
steps:
  - id: sound
    vi: Bật còi
    en: Sound
    action: {{actuate: {{entity: "{SIREN}", attribute: siren, value: true}}}}
  - id: look
    vi: Kiểm tra
    en: Look
    role: duty_officer
    within: 1 minute
    on_late: [{{escalate_to: shift_lead}}, {{after: 5 minutes, escalate_to: leader_on_duty}}]
samples:
  - {{facts: {{incident.kind: medical}}, applies: true, open: [sound, look]}}
  - {{facts: {{incident.kind: fire}}, applies: false}}
"""
WORKER = """
import asyncio, sys
from pathlib import Path
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.registrations.book import refresh
from haidang.city.service import City
from haidang.incidents.procedures.service import actuating, clockwork
from haidang.incidents.service.desk import desk_of

async def main():
    settings = Settings(data_dir=Path(sys.argv[2]), notification_allow_hosts=(sys.argv[3],))
    clock = SystemClock()
    async with Database(sys.argv[1], pool_max=4) as db:
        city = await City.open(db, settings, clock)
        await refresh(city)
        desk = desk_of(settings, clock)
        print("ready", flush=True)
        async def commands():
            while await actuating.turn(city, desk):
                pass
        await asyncio.gather(clockwork.tick(db, desk), commands())
        print("done", flush=True)
        await city.close()

asyncio.run(main())
"""


def worker(url: str, folder: Path, host: str, kill_after_s: float | None) -> bool:
    """Run the clock and the commands in a process of their own; return whether it came to its end."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(folder), host], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while (line := process.stdout.readline()) and line != "ready\n":
        pass  # its log
    assert line == "ready\n"
    if kill_after_s is not None:
        time.sleep(kill_after_s)  # somewhere within its work: that is the fault
        process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    return "done" in rest


async def furnish(db: Database, settings: Settings, clock: FixedClock, device: Device) -> None:
    """Open incidents in the past whose step is late by now, and have a device answer for the siren."""
    folder = settings.data_dir / "sectors" / "health" / "procedures"
    folder.mkdir(parents=True)
    (folder / "siren.yaml").write_text(TEXT, encoding="utf-8")
    await prepare(db, settings, clock)
    who = await administrator(db, clock)
    city = await City.open(db, settings, clock)
    body = {
        "type": "ContextSourceRegistration", "mode": "exclusive", "operations": ["updateOps"],
        "information": [{"entities": [{"type": "Siren", "id": SIREN}], "propertyNames": ["siren"]}],
        "endpoint": device.uri,
    }  # fmt: skip
    answer = await client(city, who).post("/csourceRegistrations/", json=body)
    assert answer.status_code == 201, answer.text
    await city.close()
    desk = desk_of(settings, clock)
    for number in range(INCIDENTS):
        async with db.transaction() as connection:
            new = NewIncident(kind="medical", severity=2, title=f"Cấp cứu {number}")
            await opening.open_incident(connection, desk, who, new)


async def administrator(db: Database, clock: FixedClock) -> Principal:
    me = system("test")
    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        new = NewAccount(username="quan.tri", display_name="Quản trị", org_id=root)
        account = (await add_account(connection, clock, me, new)).account.id
        await add_grant(connection, clock, me, account, Grant("administrator"))
        found = await standing(connection, f"account:{account}", clock.now())
    assert found is not None
    return found


async def test_killed_at_any_moment_no_command_goes_twice_and_every_rung_falls_once(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    device = await Device().start()
    settings = Settings(data_dir=tmp_path, notification_allow_hosts=(device.host,))
    clock = FixedClock(datetime(2026, 3, 2, 2, 30, tzinfo=UTC))
    await furnish(db, settings, clock, device)
    try:
        kills = 0
        for delay_s in (0.1, 0.3, 0.6):
            kills += not await asyncio.to_thread(worker, database_url, tmp_path, device.host, delay_s)
        assert kills >= 1, "the test must have hit something"
        assert await asyncio.to_thread(worker, database_url, tmp_path, device.host, None)
    finally:
        await device.stop()
    clock.advance(datetime.now(UTC) + timedelta(hours=1) - clock.now())
    await actuating.give_up(db, desk_of(settings, clock))
    async with db.transaction() as connection:
        cursor = await connection.execute("SELECT state, count(*) FROM procedure_action GROUP BY state")
        ends = dict(await cursor.fetchall())
        cursor = await connection.execute("SELECT count(*) FROM procedure_late GROUP BY run_id")
        rungs = Counter(count for (count,) in await cursor.fetchall())
        cursor = await connection.execute(
            "SELECT count(*) FROM notice WHERE kind = 'escalation' GROUP BY key, account_id, org_id"
        )
        told = Counter(count for (count,) in await cursor.fetchall())
        cursor = await connection.execute("SELECT id FROM incident")
        numbers = [number for (number,) in await cursor.fetchall()]
        for log in ("tasks", "audit", *(f"incident:{number}" for number in numbers)):
            assert (await verify_log(connection, log)).sound
    done, unknown = ends.get("done", 0), ends.get("unknown", 0)
    assert done + unknown == INCIDENTS, ends
    assert unknown <= kills, "only what was under way at a kill"
    assert done <= len(device.told) <= done + unknown, "nothing was sent twice"
    assert rungs == {3: INCIDENTS}, "late, and two rungs, once each"
    assert told == {1: 2 * INCIDENTS}
