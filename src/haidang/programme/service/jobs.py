"""The jobs of the room: every night parties come and go, the ledger is recounted, and findings are told."""

from __future__ import annotations

from typing import Any

from procrastinate import Blueprint, JobContext

from haidang.base.log import logger
from haidang.programme.service import ledger
from haidang.programme.service.desk import desk_of
from haidang.programme.store import register

JOBS = Blueprint()
_log = logger("programme")


@JOBS.periodic(cron="23 2 * * *")
@JOBS.task(name="check_ledger", pass_context=True, queueing_lock="programme-ledger")
async def check_ledger(context: JobContext, timestamp: int) -> None:
    """Let parties see what is theirs today, and recount every total; each finding is a warning."""
    found: Any = context.additional_context
    desk = desk_of(found["settings"], found["clock"])
    async with found["db"].transaction() as connection:
        seen = await register.refresh_sight(connection, desk.today())
        checked = await ledger.check_and_log(connection, desk, "system:programme")
    for finding in checked.findings:
        _log.warning("ledger", rule=finding.rule, about=finding.about, dong=finding.dong)
    _log.info("ledger checked", sight_changed=seen, findings=len(checked.findings), years=checked.years)
