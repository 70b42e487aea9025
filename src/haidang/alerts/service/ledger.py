"""Writing alerts: whatever changed, its rows, events and log entries go out together by a few statements.

The number of an alert's last entry in the chain ``alerts`` stands in its row (``entry``). Appends to a chain
take turns until their commit, so whoever has read the head of the chain has seen every change up to it: that
is how an act on a group leaves alone what has changed since the group was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from haidang.alerts.model.alert import Alert, changed, replace
from haidang.alerts.service import showing
from haidang.alerts.store import alerts as store
from haidang.base import eventlog
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.eventlog import Event
from haidang.organisation import chain
from haidang.organisation.chain import Said

LOG = "alerts"
"""The chained log of the room."""
ACTOR = "system:alerts"
_BESIDE = frozenset({"task_given", "told_again", "noted"})
"""What comes with the raising of an alert and does not make another event of it."""


class _Entry(msgspec.Struct, frozen=True):
    alert: int
    action: str
    actor: str
    body: dict[str, Any]


class Ledger:
    """What a transaction does to alerts, in its order."""

    def __init__(self, known: Iterable[Alert] = ()) -> None:
        self._before: dict[int, Alert | None] = {}
        self._now: dict[int, Alert] = {}
        self._kinds: dict[int, str] = {}
        self._entries: list[_Entry] = []
        self._raised: dict[int, None] = {}
        for alert in known:
            self.know(alert)

    def know(self, alert: Alert) -> Alert:
        """Take a locked row in, and return it as it is by now."""
        if alert.id not in self._now:
            self._before[alert.id] = self._now[alert.id] = alert
        return self._now[alert.id]

    def born(self, alert: Alert, **body: Any) -> None:
        """Add a new alert."""
        self._before[alert.id] = None
        self._now[alert.id] = alert
        self._raised[alert.id] = None
        facts = {
            "rule": alert.rule, "subject": alert.subject, "title": alert.title_vi,
            "priority": alert.priority, "value": alert.value, "limit": alert.limit_value,
        }  # fmt: skip
        self._say(alert, "raised", ACTOR, facts | body)

    def put(self, alert: Alert, action: str, actor: str = ACTOR, **body: Any) -> None:
        """Change an alert; what people need not be told (a mere repeat) leaves no entry in the log."""
        before = self._now[alert.id]
        if before == alert:
            return
        self._now[alert.id] = alert
        if not changed(before, alert):
            self._kinds.setdefault(alert.id, "repeated")
            return
        if alert.active and not before.active:
            self._raised[alert.id] = None
        self._say(alert, action, actor, {"from": before.state, "to": alert.state} | body)

    def said(self, alert: Alert, action: str, actor: str, **body: Any) -> None:
        """Write a word about an alert into the log; it counts as a change."""
        self._say(alert, action, actor, body)

    def _say(self, alert: Alert, action: str, actor: str, body: dict[str, Any]) -> None:
        if self._kinds.get(alert.id) != "raised" or action not in _BESIDE:
            self._kinds[alert.id] = action
        self._entries.append(_Entry(alert.id, action, actor, body))

    def current(self, alert: Alert) -> Alert:
        """Return an alert as it is by now, where the transaction changes it."""
        return self._now.get(alert.id, alert)

    def find(self, number: int) -> Alert | None:
        """Return an alert that the transaction has to do with."""
        return self._now.get(number)

    @property
    def alerts(self) -> list[Alert]:
        """All alerts as they are by now."""
        return list(self._now.values())

    def before(self, alert: Alert) -> Alert | None:
        """Return an alert as it was when the transaction began; None for a new one."""
        return self._before[alert.id]

    def raised(self) -> list[Alert]:
        """Return the alerts whose condition has come in this transaction."""
        return [self._now[number] for number in self._raised]

    async def commit(self, connection: Connection, clock: Clock) -> list[Alert]:
        """Write everything; return the alerts that were changed, with their new versions."""
        touched = [self._now[number] for number in self._kinds]
        if not touched:
            return []
        now = clock.now()
        new = [each for each in touched if self._before[each.id] is None]
        numbers = await store.rationales(connection, dict.fromkeys(each.rationale for each in new))
        entries = await chain.append_many(connection, clock, log=LOG, entries=self._sayings())
        last = {entry.alert: no for entry, no in zip(self._entries, entries, strict=True)}
        written = [
            replace(
                each,
                entry=last.get(each.id, each.entry),
                version=each.version + (1 if each.id in last and self._before[each.id] is not None else 0),
                changed_at=now if each.id in last else each.changed_at,
                rationale_id=numbers.get(each.rationale, each.rationale_id)
                if self._before[each.id] is None
                else each.rationale_id,
            )
            for each in touched
        ]
        fresh = {each.id for each in new}
        await store.write(
            connection,
            [each for each in written if each.id in fresh],
            [each for each in written if each.id not in fresh],
        )
        await store.note_raises(connection, self.raised(), now)
        await eventlog.append_many(connection, await self._events(connection, written))
        return written

    def _sayings(self) -> list[Said]:
        return [
            Said(
                action=f"alert.{each.action}",
                subject=f"alert:{each.alert}",
                org_id=self._now[each.alert].owner_org,
                body=each.body,
                actor=each.actor,
            )
            for each in self._entries
        ]

    async def _events(self, connection: Connection, written: Sequence[Alert]) -> list[Event]:
        rows = await showing.rows(connection, written)
        return [
            Event("alerts", self._kinds[each.id], str(each.id), row, each.owner_org, each.area_code,
                  each.sector)
            for each, row in zip(written, rows, strict=True)
        ]  # fmt: skip
