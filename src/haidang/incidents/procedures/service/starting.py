"""Starting a procedure where somebody asks for it, and changing it for another."""

from __future__ import annotations

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.requests import VERSION_MISSING
from haidang.incidents.procedures.service import running
from haidang.incidents.procedures.service.course import NOT_NOW
from haidang.incidents.procedures.store import runs
from haidang.incidents.service.desk import NOT_YOURS, Desk, holds, visible
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import unchanged


async def start_asked(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    incident_id: int,
    name: str | None,
    *,
    reason: str,
    version: int | None,
) -> None:
    """Start a procedure; ``Problem`` where the asker may not, none applies, the running one was not seen."""
    incident = await visible(connection, principal, incident_id, lock=True)
    if not holds(principal, "incident.work", incident, incident.owner_org):
        raise Problem(NOT_YOURS, "Việc này của trực ban sự cố.", "This is the incident's unit's to do.")
    before = await runs.running(connection, incident.id)
    if before is not None:
        if version is None:
            raise Problem(
                VERSION_MISSING,
                "Đang có quy trình: cần tiêu đề If-Match.",
                "One runs already: the header If-Match is needed.",
            )
        unchanged(before, version)
        if not reason.strip():
            raise Problem(
                INVALID, faults=(Fault("reason", "cần lý do thay đổi", "a reason is needed to change it"),)
            )
    started = await running.start(connection, desk, principal, incident.id, name, reason=reason.strip())
    if started is None:
        raise Problem(
            NOT_NOW,
            "Không có, hoặc có nhiều quy trình áp dụng: hãy chọn một.",
            "None applies, or several do: choose one.",
            hindrance="choice",
        )
