"""From an alert to a task: the unit that owns the entity gets it, with the rule's time to respond."""

from __future__ import annotations

from haidang.alerts.model.alert import Alert, replace
from haidang.alerts.service.ledger import ACTOR, Ledger
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, system
from haidang.organisation.service import root_org
from haidang.tasks.model.due import Due
from haidang.tasks.service import giving
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.giving import NewTask

_TITLE_MAX = 500
_MINUTE_S = 60


async def give_of_rule(connection: Connection, desk: Desk, ledger: Ledger, alert: Alert) -> Alert:
    """Give the task that an alert's rule asks for."""
    given = await give(connection, desk, system("alerts"), alert)
    ledger.put(given, "task_given", ACTOR, task=given.task_id)
    return given


async def give(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    alert: Alert,
    *,
    owner_org: int | None = None,
    text: str = "",
    minutes: int | None = None,
) -> Alert:
    """Give a task for an alert and return the alert with its number; ``Problem`` where the asker may not."""
    root = await root_org(connection)
    why = alert.rationale
    default = -(-why.respond_within_s // _MINUTE_S)
    about = alert.entity_name or alert.entity_id or ""
    title = f"{alert.title_vi}: {about}" if about else alert.title_vi
    lines = [alert.text_vi or "", f"Hành động: {why.action_vi}" if why.action_vi else "", text]
    task = await giving.give(
        connection,
        desk,
        principal,
        NewTask(
            title=title[:_TITLE_MAX],
            description="\n".join(line for line in lines if line),
            owner_org=owner_org if owner_org is not None else (alert.owner_org or root.id),
            assigner_org=principal.org_id if principal.org_id is not None else root.id,
            due=Due(precision="minutes", count=minutes or max(default, 1)),
            area_code=alert.area_code,
            sector=alert.sector,
            priority=alert.priority,
            source_kind="alert",
            source_id=str(alert.id),
            is_exercise=alert.is_exercise,
        ),
    )
    return replace(alert, task_id=task.id, task_wanted=False)
