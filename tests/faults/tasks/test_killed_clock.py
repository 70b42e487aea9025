"""The clock of tasks and the delivery of reminders, ended again and again with kill -9."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.organisation import prepare, root_org, system
from haidang.organisation.service.accounts import NewAccount, add_account
from haidang.tasks.model.due import Due
from haidang.tasks.service import giving
from haidang.tasks.service.desk import desk_of
from haidang.tasks.service.giving import NewTask
from haidang.tasks.store import people
from haidang.tasks.store.people import Preference

TASKS = 100
WORKER = """
import asyncio, sys
from pathlib import Path
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.tasks.delivery import deliver
from haidang.tasks.service import clockwork
from haidang.tasks.service.desk import desk_of

async def main():
    clockwork.ROUND = 5
    settings = Settings(data_dir=Path(sys.argv[2]), smtp_host="127.0.0.1", smtp_port=int(sys.argv[3]),
                        smtp_tls="none")
    clock = SystemClock()
    async with Database(sys.argv[1], pool_max=3) as db:
        print("ready", flush=True)
        await clockwork.tick(db, desk_of(settings, clock))
        await deliver(db, settings, clock)
        print("done", flush=True)

asyncio.run(main())
"""


class Mailbox:
    """A mail server that keeps the ids of what it gets."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - theirs
        self.ids.append(message_from_bytes(envelope.content)["Message-ID"])
        return "250 OK"


def worker(url: str, folder: Path, port: int, kill_after_s: float | None) -> bool:
    """Run the clock and the delivery in a process of their own; return whether it came to its end."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(folder), str(port)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    if kill_after_s is not None:
        time.sleep(kill_after_s)  # somewhere within its work: that is the fault
        process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    return "done" in rest


async def furnish(db: Database, settings: Settings) -> int:
    """Give tasks in the past, whose whole ladder has come meanwhile, to a person who wants mail."""
    clock = FixedClock(datetime(2026, 3, 2, 2, 30, tzinfo=UTC))
    await prepare(db, settings, clock)
    desk, me = desk_of(settings, clock), system("test")
    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        new = NewAccount(username="binh", display_name="Bình", org_id=root)
        account = (await add_account(connection, clock, me, new)).account.id
        due = Due(precision="day", on=date(2026, 3, 20))
        for number in range(TASKS):
            task = NewTask(title=f"Việc {number}", owner_org=root, assigner_org=root, due=due)
            await giving.give(connection, desk, me, task)
        await connection.execute(
            "INSERT INTO task_role (org_id, role, rank, account_id) VALUES (%s, 'head', 1, %s)",
            (root, account),
        )
        wanted = Preference(version=1, email="binh@x.vn", channels=("email",))
        await people.set_preference(connection, account, wanted)
        await connection.execute("UPDATE task SET priority = 1")  # not held back by quiet hours
    return account


async def test_killed_at_any_moment_every_reminder_falls_once_and_every_mail_goes_out(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    account = await furnish(db, Settings(data_dir=tmp_path))
    mailbox = Mailbox()
    mailbox.server.start()
    try:
        kills = 0
        for delay_s in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0):
            kills += not await asyncio.to_thread(worker, database_url, tmp_path, mailbox.port, delay_s)
        assert kills >= 3, "the test must have hit something"
        async with db.transaction() as connection:  # a lease of a dead process runs out
            await connection.execute("UPDATE notice_delivery SET next_try = now() WHERE next_try IS NOT NULL")
        assert await asyncio.to_thread(worker, database_url, tmp_path, mailbox.port, None)
    finally:
        mailbox.server.stop()
    async with db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT task_id, count(*) FILTER (WHERE collapsed IS NULL), count(*) FROM reminder "
            "GROUP BY task_id"
        )
        fallen = await cursor.fetchall()
        cursor = await connection.execute(
            "SELECT task_id, count(*) FROM notice WHERE account_id = %s AND kind = 'ladder' GROUP BY task_id",
            (account,),
        )
        told = await cursor.fetchall()
        cursor = await connection.execute("SELECT count(*) FROM notice_delivery WHERE sent_at IS NULL")
        [(unsent,)] = await cursor.fetchall()
    assert Counter(row[1:] for row in fallen) == {(1, 6): TASKS}, (
        "the highest step fell, the others collapsed"
    )
    assert Counter(count for _, count in told) == {1: TASKS}
    assert unsent == 0
    assert len(set(mailbox.ids)) == TASKS, "each went out"
    assert len(mailbox.ids) <= TASKS + kills, "only the one under way at a kill may go twice, under its id"
