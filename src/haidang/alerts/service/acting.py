"""Doing an act: on one alert against the version that was seen, on many, or on a whole group.

All go the same way around: lock the rows, hold them against what was seen, ask the rules, let the act make
new rows, write them with their events and log entries by :class:`Ledger`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from haidang.alerts.model import acts
from haidang.alerts.model.acts import PERMISSIONS, RULES, Act, Hindrance, act_name, hinders
from haidang.alerts.model.alert import Alert, replace, suppressed, unshelved, unsuppressed
from haidang.alerts.service import causes, tasking
from haidang.alerts.service.ledger import Ledger
from haidang.alerts.store import alerts as store
from haidang.alerts.store import around, lists
from haidang.alerts.store.around import Maintenance
from haidang.alerts.store.lists import Filter
from haidang.base.database import Connection
from haidang.base.problems import CONFLICT, INVALID, Fault, Problem, kind
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.tasks.service.desk import Desk

NOT_NOW = kind(
    "alert-act-refused",
    409,
    "Không thực hiện được với cảnh báo lúc này",
    "This cannot be done with the alert now",
)
NOT_YOURS = kind(
    "alert-act-forbidden",
    403,
    "Bạn không có quyền làm việc này với cảnh báo",
    "You may not do this with the alert",
)
HINDRANCES: dict[Hindrance, tuple[str, str]] = {
    "permission": (
        "Cần quyền đối với đơn vị, khu vực, lĩnh vực này.",
        "It needs the permission over its unit.",
    ),
    "state": (
        "Trạng thái hiện tại của cảnh báo không cho phép.",
        "The alert's present state does not allow it.",
    ),
    "top": ("Cảnh báo đã ở mức cao nhất.", "It has the highest priority already."),
    "present": (
        "Nguyên nhân vẫn còn: cảnh báo tự đóng khi hết; chỉ người quản lý quy tắc đóng sớm.",
        "The condition is present: it closes when that is over; only who manages the rules closes it before.",
    ),
    "has_task": ("Cảnh báo đã có nhiệm vụ.", "The alert has a task already."),
    "no_entity": (
        "Cảnh báo không gắn với thực thể nào để bảo trì.",
        "It has no entity that could be worked on.",
    ),
}
GROUP_MAX = 20_000
"""Alerts that one act on a group takes."""


class Doing(msgspec.Struct):
    """One act under way, on alerts that are locked."""

    connection: Connection
    desk: Desk
    principal: Principal
    ledger: Ledger


async def perform(
    connection: Connection, desk: Desk, principal: Principal, alert_id: int, act: Act, *, version: int
) -> Alert:
    """Do an act on one alert and return it; ``Problem`` where it is not open to the asker, or outdated."""
    alert = await visible(connection, principal, alert_id, lock=True)
    unchanged(alert, version)
    doing = Doing(connection, desk, principal, Ledger([alert]))
    refusal = refused(principal, alert, act_name(act))
    if refusal is not None:
        raise refusal
    await _DO[type(act)](doing, alert, act)
    return await _write(doing, [alert], act)


async def visible(
    connection: Connection, principal: Principal, alert_id: int, *, lock: bool = False
) -> Alert:
    """Return an alert that the asker may see; ``Problem`` (404) where there is none for this asker."""
    found = await store.by_ids(connection, [alert_id], lock=lock)
    if not found or "alert.read" not in held(principal, found[0]):
        raise missing("Không có cảnh báo này.", "There is no such alert.")
    return found[0]


def held(principal: Principal, alert: Alert) -> frozenset[str]:
    """Return which permissions of the room the asker holds over an alert."""
    return frozenset(
        name
        for name in ("alert.read", *PERMISSIONS)
        if principal.may(name, org_id=alert.owner_org, area_code=alert.area_code, sector=alert.sector)
    )


def refused(principal: Principal, alert: Alert, name: str) -> Problem | None:
    """Return why an act is not open to the asker, or None."""
    hindrance = hinders(name, alert, held(principal, alert))
    if hindrance is None:
        return None
    vi, en = HINDRANCES[hindrance]
    found = NOT_YOURS if hindrance in {"permission", "present"} else NOT_NOW
    return Problem(found, vi, en, act=name, hindrance=hindrance)


async def on_many(
    connection: Connection, desk: Desk, principal: Principal, act: Act, seen: dict[int, int]
) -> list[dict[str, Any]]:
    """Do an act on alerts, each against the version seen of it; each answers for itself."""
    _bulk_only(act)
    found = {each.id: each for each in await store.by_ids(connection, seen, lock=True)}
    doing = Doing(connection, desk, principal, Ledger(found.values()))
    answers: dict[int, dict[str, Any]] = {}
    done: list[Alert] = []
    for number, version in sorted(seen.items()):
        alert = found.get(number)
        try:
            if alert is None or "alert.read" not in held(principal, alert):
                raise missing("Không có cảnh báo này.", "There is no such alert.")
            unchanged(alert, version)
            if (refusal := refused(principal, alert, act_name(act))) is not None:
                raise refusal
        except Problem as problem:
            answers[number] = {"id": number, "problem": problem.document()}
            continue
        await _DO[type(act)](doing, alert, act)
        done.append(alert)
    if done:
        await _write(doing, done, act)
        for each in await store.by_ids(connection, [alert.id for alert in done]):
            answers[each.id] = {"id": each.id, "version": each.version, "state": each.state}
    return [answers[number] for number in sorted(answers)]


async def on_group(  # noqa: PLR0917 - an act, what it is done to, and what was seen of it
    connection: Connection, desk: Desk, principal: Principal, act: Act, wanted: Filter, seen: int
) -> dict[str, Any]:
    """Do an act on all of a queue's group that has not changed since entry ``seen`` of the log.

    What has changed since, or is not open to this act, is left as it is and told.
    """
    _bulk_only(act)
    found = await lists.locked(connection, principal, lists.queued(wanted), GROUP_MAX)
    doing = Doing(connection, desk, principal, Ledger(found))
    changed, hindered, done = [], [], []
    for alert in found:
        if alert.entry > seen:
            changed.append(alert.id)
        elif refused(principal, alert, act_name(act)) is not None:
            hindered.append(alert.id)
        else:
            await _DO[type(act)](doing, alert, act)
            done.append(alert)
    if found and not done and changed:
        raise Problem(
            CONFLICT, "Nhóm cảnh báo đã thay đổi, hãy tải lại.", "The group has changed, load it again.",
            yours=seen, current=max(each.entry for each in found),
        )  # fmt: skip
    if done:
        await _write(doing, done, act)
    return {"done": len(done), "changed": changed[:100], "changed_count": len(changed),
            "refused": hindered[:100], "refused_count": len(hindered)}  # fmt: skip


def _bulk_only(act: Act) -> None:
    name = act_name(act)
    if not RULES[name].bulk:
        fault = Fault("do", "chỉ làm từng cảnh báo", "is done one by one", name)
        raise Problem(INVALID, faults=(fault,))


async def _write(doing: Doing, alerts: Sequence[Alert], act: Act) -> Alert:
    now = doing.desk.now()
    await causes.release(doing.connection, doing.ledger, now)
    waited = [(now - each.raised_at).total_seconds() for each in alerts]
    await store.note_deed(
        doing.connection, at=now, actor=doing.principal.id, act=act_name(act), alerts=len(alerts),
        seconds=sum(waited) / len(waited) if act_name(act) == "acknowledge" else None,
    )  # fmt: skip
    written = {each.id: each for each in await doing.ledger.commit(doing.connection, doing.desk.clock)}
    return written.get(alerts[0].id, alerts[0])


async def _acknowledge(doing: Doing, alert: Alert, _: acts.Acknowledge) -> None:
    now, by = doing.desk.now(), doing.principal.id
    after = replace(alert, acked_at=now, acked_by=by)
    if not alert.active:
        after = replace(after, closed_at=now, closed_by=by)
    doing.ledger.put(after, "acknowledged", by)


async def _shelve(doing: Doing, alert: Alert, act: acts.Shelve) -> None:
    now, by = doing.desk.now(), doing.principal.id
    until = act.until
    if act.minutes is not None and until is None:
        until = now + timedelta(minutes=act.minutes)
    hours = acts.SHELF_HOURS_MAX
    if until is None or (act.minutes is not None and act.until is not None) or until <= now:
        raise _wrong("until", "cần minutes hoặc until, ở tương lai", "needs minutes or until, in the future")
    if until > now + timedelta(hours=hours):
        raise _wrong("until", f"tối đa một ca ({hours} giờ)", f"at most one shift ({hours} hours)")
    after = replace(alert, shelved_until=until, shelved_by=by, shelved_reason=act.reason)
    doing.ledger.put(after, "shelved", by, until=until, reason=act.reason)


async def _unshelve(doing: Doing, alert: Alert, _: acts.Unshelve) -> None:
    doing.ledger.put(unshelved(alert, doing.desk.now()), "unshelved", doing.principal.id)


async def _suppress(doing: Doing, alert: Alert, act: acts.Suppress) -> None:
    now, by = doing.desk.now(), doing.principal.id
    if not now < act.until <= now + timedelta(days=acts.MAINTENANCE_DAYS_MAX):
        days = acts.MAINTENANCE_DAYS_MAX
        raise _wrong("until", f"ở tương lai, tối đa {days} ngày", f"in the future, at most {days} days")
    work = Maintenance(
        entity_id=str(alert.entity_id), rule=None if act.whole else alert.rule, owner_org=alert.owner_org,
        area_code=alert.area_code, sector=alert.sector, starts_at=now, until=act.until, reason=act.reason,
        by=by,
    )  # fmt: skip
    number = await around.add_maintenance(doing.connection, work)
    after = suppressed(alert, "maintenance", act.reason, by=by, until=act.until)
    doing.ledger.put(after, "suppressed", by, until=act.until, reason=act.reason, maintenance=number)


async def _unsuppress(doing: Doing, alert: Alert, _: acts.Unsuppress) -> None:
    doing.ledger.put(unsuppressed(alert, doing.desk.now()), "unsuppressed", doing.principal.id)


async def _close(doing: Doing, alert: Alert, act: acts.Close) -> None:
    by = doing.principal.id
    after = replace(alert, closed_at=doing.desk.now(), closed_by=by)
    doing.ledger.put(after, "closed", by, reason=act.reason, present=alert.active)


async def _escalate(doing: Doing, alert: Alert, act: acts.Escalate) -> None:
    after = replace(alert, priority=alert.priority - 1, escalated_at=doing.desk.now())
    doing.ledger.put(
        after, "escalated", doing.principal.id, reason=act.reason, priority=[alert.priority, after.priority]
    )


async def _note(doing: Doing, alert: Alert, act: acts.Note) -> None:
    doing.ledger.said(alert, "noted", doing.principal.id, text=act.text)


async def _give_task(doing: Doing, alert: Alert, act: acts.GiveTask) -> None:
    after = await tasking.give(
        doing.connection, doing.desk, doing.principal, alert, owner_org=act.owner_org, text=act.text,
        minutes=act.minutes,
    )  # fmt: skip
    doing.ledger.put(after, "task_given", doing.principal.id, task=after.task_id)


def _wrong(field: str, vi: str, en: str) -> Problem:
    return Problem(INVALID, faults=(Fault(field, vi, en),))


_Do = Callable[[Doing, Alert, Any], Awaitable[None]]
_DO: dict[type, _Do] = {
    acts.Acknowledge: _acknowledge, acts.Shelve: _shelve, acts.Unshelve: _unshelve,
    acts.Suppress: _suppress, acts.Unsuppress: _unsuppress, acts.Close: _close, acts.Escalate: _escalate,
    acts.Note: _note, acts.GiveTask: _give_task,
}  # fmt: skip
"""Which function does which act."""
