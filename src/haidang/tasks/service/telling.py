"""Telling people: who fills a role, what they are told on the screen, and where else it goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from haidang.base.database import Connection
from haidang.tasks.model.policy import Policy, Quiet, Role, speakable
from haidang.tasks.model.task import Task
from haidang.tasks.service.desk import Desk
from haidang.tasks.store import notices, people
from haidang.tasks.store.people import Preference


class Addressee(NamedTuple):
    """A person, or a unit's inbox where nobody fills the role."""

    account_id: int | None
    org_id: int | None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is told of a task."""

    key: str
    """Its cause; the same cause tells an addressee once."""
    kind: str
    vi: str
    en: str
    to: tuple[Role, ...]


async def tell(connection: Connection, desk: Desk, task: Task, message: Message, *, actor: str = "") -> int:
    """Tell everybody in the message's roles, once each, but not whoever did it; return how many were told."""
    policy = desk.policy(task)
    told = 0
    for one in dict.fromkeys([await addressee(connection, task, role, desk.now()) for role in message.to]):
        if actor == f"account:{one.account_id}":
            continue
        told += await put(connection, desk, one, message, task=task, policy=policy)
    return told


async def put(
    connection: Connection,
    desk: Desk,
    to: Addressee,
    message: Message,
    *,
    task: Task | None,
    policy: Policy,
) -> bool:
    """Put a notice before an addressee and, for a person, on the channels that the person wants."""
    now = desk.now()
    priority = task.priority if task else 4
    notice_id = await notices.add(
        connection,
        key=message.key,
        account_id=to.account_id,
        org_id=to.org_id,
        task_id=task.id if task else None,
        kind=message.kind,
        vi=message.vi,
        en=message.en,
        priority=priority,
        at=now,
    )
    if notice_id is None:
        return False
    if to.account_id is not None:
        wanted = await people.preference(connection, to.account_id)
        at = speakable(now, quiet_of(wanted, policy.quiet), desk.calendar, priority)
        for channel, address in channels(wanted):
            await notices.add_delivery(connection, notice_id, channel, address, at)
    return True


def channels(wanted: Preference) -> Iterable[tuple[str, str]]:
    """Return (channel, address) of everything a person wants and has given an address for."""
    for channel, address in (
        ("email", wanted.email), ("webhook", wanted.webhook), ("sms", wanted.phone)
    ):  # fmt: skip
        if channel in wanted.channels and address:
            yield channel, address


def quiet_of(wanted: Preference, quiet: Quiet) -> Quiet:
    """Return a person's quiet hours: the policy's where none were chosen."""
    if wanted.quiet_start is None or wanted.quiet_end is None:
        return quiet
    return msgspec.structs.replace(quiet, start=wanted.quiet_start, end=wanted.quiet_end)


async def addressee(connection: Connection, task: Task, role: Role, now: datetime) -> Addressee:
    """Return who is addressed by a role: whoever fills it, else the deputy, else the unit's inbox."""
    if role == "assignee":
        if task.assignee is not None and await people.is_active(connection, task.assignee):
            return Addressee(task.assignee, None)
        role = "focal"
    if role in {"focal", "head"}:
        return await _in_unit(connection, task.owner_org, role, now)
    if role == "assigner" or (role == "monitor" and task.monitor_org is None):
        word, _, number = task.assigner.partition(":")
        if word == "account" and await people.is_active(connection, int(number)):
            return Addressee(int(number), None)
        return await _in_unit(connection, task.assigner_org, "focal", now)
    if role == "monitor":
        assert task.monitor_org is not None  # noqa: S101 - the case above
        return await _in_unit(connection, task.monitor_org, "focal", now)
    above = await people.path(connection, task.assigner_org)
    found = await people.in_role(connection, above, role, now)
    return Addressee(found, None) if found is not None else Addressee(None, task.assigner_org)


async def _in_unit(connection: Connection, org_id: int, role: str, now: datetime) -> Addressee:
    found = await people.in_role(connection, [org_id], role, now)
    return Addressee(found, None) if found is not None else Addressee(None, org_id)
