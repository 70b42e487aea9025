"""Doing an act on a warning: one function for each, the same way around all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from haidang.alerts.cap.model import warning as acts
from haidang.alerts.cap.model.checks import Around, Broken, check, faults
from haidang.alerts.cap.model.draft import compose
from haidang.alerts.cap.model.message import Message
from haidang.alerts.cap.model.warning import RULES, Act, CapWarning, act_name, hinders
from haidang.alerts.cap.service import drafting
from haidang.alerts.cap.service.desk import Desk, held, hindered, record, visible
from haidang.alerts.cap.store import warnings as store
from haidang.alerts.cap.xml.writing import written
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Problem
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import unchanged

SIZE_MAX = 64 * 1024
"""Most bytes of a message without resources; ours have none."""
replace = msgspec.structs.replace


class Doing:
    """One act of one asker on one locked warning."""

    def __init__(self, connection: Connection, desk: Desk, principal: Principal, warning: CapWarning) -> None:
        self.connection = connection
        self.desk = desk
        self.principal = principal
        self.warning = warning
        self.now: datetime = desk.now()
        self.body: dict[str, Any] = {}
        """What the log says of it."""
        self.made: CapWarning | None = None
        """The draft that an update or a cancel has made."""


async def perform(
    connection: Connection, desk: Desk, principal: Principal, warning_id: int, act: Act, *, version: int
) -> CapWarning:
    """Do an act and return the warning after it; of an update or a cancel, the draft that it makes.

    Raises ``Problem`` where it is not open to the asker, outdated, or a rule of CAP stands against it.
    """
    warning = await visible(connection, principal, warning_id, lock=True)
    unchanged(warning, version)
    name = act_name(act)
    hindrance = hinders(name, warning, principal.id, held(principal, warning))
    if hindrance is not None:
        raise hindered(hindrance, name)
    doing = Doing(connection, desk, principal, warning)
    after = await _DO[type(act)](doing, act)
    after = replace(
        after, state=RULES[name].to or after.state, version=warning.version + 1, changed_at=doing.now
    )
    await store.update(connection, after)
    body = doing.body | {"from": warning.state, "to": after.state}
    await record(connection, desk, principal.id, after, action=name, body=body)
    return doing.made or after


async def message_of(connection: Connection, desk: Desk, warning: CapWarning, sent: datetime) -> Message:
    """Return the message that a warning is, or would be if it were sent at an instant."""
    references = tuple(
        each.reference for each in await store.several(connection, warning.refs) if each.reference is not None
    )
    names = await store.org_names(connection, [warning.owner_org])
    return compose(
        warning.content, identifier=warning.identifier, sender=desk.sender, sent=sent,
        msg_type=warning.msg_type, sender_name=names.get(warning.owner_org, ""), references=references,
        incident_id=warning.incident_id,
    )  # fmt: skip


def moment(now: datetime, referred: list[CapWarning]) -> datetime:
    """Return when a message sent now is sent: to the second, and after those that it refers to."""
    after = [each.sent + timedelta(seconds=1) for each in referred if each.sent is not None]
    return max(now.replace(microsecond=0), *after) if after else now.replace(microsecond=0)


async def broken_of(connection: Connection, desk: Desk, warning: CapWarning) -> list[Broken]:
    """Return the rules that stand against sending a warning now."""
    referred = await store.several(connection, warning.refs)
    message = await message_of(connection, desk, warning, moment(desk.now(), referred))
    in_force = frozenset(
        each.reference
        for each in referred
        if each.reference is not None
        and each.state == "sent"
        and (each.status, each.scope) == (warning.status, warning.scope)
    )
    around = Around(
        now=desk.now(), is_exercise=warning.is_exercise, known=in_force,
        abroad_confirmed=warning.content.abroad_confirmed,
    )  # fmt: skip
    found = check(message, around)
    return found or _as_document(message)


def _as_document(message: Message) -> list[Broken]:
    """Return what stands against writing a message that keeps all other rules."""
    try:
        size = len(written(message))
    except ValueError as cause:
        return [Broken("form", "texts", str(cause)[:200])]
    return [Broken("size", "texts", str(size))] if size > SIZE_MAX else []


async def _sound(doing: Doing) -> None:
    found = await broken_of(doing.connection, doing.desk, doing.warning)
    if found:
        raise Problem(
            INVALID,
            "Bản tin chưa đúng quy tắc CAP.",
            "The warning does not keep the rules of CAP yet.",
            faults=faults(found),
            rules=[each.rule for each in found],
        )


async def _submit(doing: Doing, _: acts.Submit) -> CapWarning:
    await _sound(doing)
    return doing.warning


async def _approve(doing: Doing, _: acts.Approve) -> CapWarning:
    await _sound(doing)
    return replace(doing.warning, approver=doing.principal.id, approved_at=doing.now)


async def _refuse(doing: Doing, act: acts.Refuse) -> CapWarning:
    doing.body["reason"] = act.reason
    return replace(doing.warning, why=act.reason, approver=None, approved_at=None)


async def _withdraw(doing: Doing, _: acts.Withdraw) -> CapWarning:
    return replace(doing.warning, approver=None, approved_at=None)


async def _drop(doing: Doing, _: acts.Drop) -> CapWarning:
    return replace(doing.warning, approver=None, approved_at=None)


async def _send(doing: Doing, _: acts.Send) -> CapWarning:
    # The referred ones are locked first: of two updates of one warning, the second finds it replaced.
    referred = await store.several(doing.connection, doing.warning.refs, lock=True)
    await _sound(doing)
    sent = moment(doing.now, referred)
    message = await message_of(doing.connection, doing.desk, doing.warning, sent)
    xml = written(message).decode()
    doing.body |= {
        "sender": message.sender, "sent": sent.isoformat(), "approver": doing.warning.approver,
        "preapproved": doing.warning.preapproved, "xml_sha256": hashlib.sha256(xml.encode()).hexdigest(),
    }  # fmt: skip
    for each in referred:
        await _end(doing, each)
    if doing.warning.is_public:
        await store.touch_public(doing.connection)
    return replace(doing.warning, sender=message.sender, sent=sent, sent_by=doing.principal.id, xml=xml)


async def _end(doing: Doing, before: CapWarning) -> None:
    """End a warning by the one that updates or cancels it."""
    to: acts.State = "cancelled" if doing.warning.msg_type == "Cancel" else "replaced"
    after = replace(
        before, state=to, ended_at=doing.now, ended_by=doing.warning.id, version=before.version + 1,
        changed_at=doing.now,
    )  # fmt: skip
    await store.update(doing.connection, after)
    body = {"by": doing.warning.id, "from": before.state, "to": to}
    await record(doing.connection, doing.desk, doing.principal.id, after, action=to, body=body)


async def _update(doing: Doing, _: acts.Update) -> CapWarning:
    before = doing.warning
    content = replace(before.content, template="", fill={}, effective=None)
    doing.made = await drafting.make(
        doing.connection, doing.desk, doing.principal, content, msg_type="Update", refs=(before.id,),
        incident_id=before.incident_id, is_exercise=before.is_exercise,
    )  # fmt: skip
    doing.body["draft"] = doing.made.id
    return before


async def _cancel(doing: Doing, act: acts.Cancel) -> CapWarning:
    before = doing.warning
    texts = tuple(
        replace(
            words,
            headline=f"{'HỦY' if words.language == 'vi-VN' else 'CANCELLED'}: {words.headline}"[:160],
            description=act.reason, instruction="",
        )
        for words in before.content.texts
    )  # fmt: skip
    content = replace(
        before.content, template="", fill={}, effective=None, onset=None, texts=texts,
        response_types=("AllClear",), urgency="Past",
        note=f"{before.content.note}\n{act.reason}".strip()[: drafting.NOTE_MAX],
    )  # fmt: skip
    doing.made = await drafting.make(
        doing.connection, doing.desk, doing.principal, content, msg_type="Cancel", refs=(before.id,),
        incident_id=before.incident_id, is_exercise=before.is_exercise,
    )  # fmt: skip
    doing.body |= {"draft": doing.made.id, "reason": act.reason}
    return before


_Do = Callable[[Doing, Any], Awaitable[CapWarning]]
_DO: dict[type, _Do] = {
    acts.Submit: _submit, acts.Approve: _approve, acts.Refuse: _refuse, acts.Withdraw: _withdraw,
    acts.Drop: _drop, acts.Send: _send, acts.Update: _update, acts.Cancel: _cancel,
}  # fmt: skip
"""Which function does which act."""
