"""From signals to alerts: one open alert for each rule and entity, counted; and from a condition's end on.

All signals of a stretch of the log are taken at once, by a handful of statements: ten thousand alerts of a
minute cost what ten thousand rows cost, not ten thousand transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from haidang.alerts.model.alert import Alert, again, born, over, replace, suppressed
from haidang.alerts.model.signal import Book, Rationale, Signal
from haidang.alerts.service import causes, tasking
from haidang.alerts.service.ledger import Ledger
from haidang.alerts.store import alerts as store
from haidang.alerts.store import around
from haidang.alerts.store.around import Maintenance
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.tasks.service.desk import Desk

TASKS_MAX = 20
"""Tasks that one stretch gives at once; the clock gives the rest within the minute."""


class Applied(msgspec.Struct, kw_only=True):
    """What became of signals."""

    raised: int = 0
    """New alerts, and such whose condition came back."""
    repeated: int = 0
    cleared: int = 0
    ignored: int = 0
    """Ends of conditions without an alert, and signals of rules that are gone."""


class _Ground(msgspec.Struct):
    """What a signal is held against."""

    known: dict[tuple[str, str], Alert]
    book: Book
    work: dict[str, list[Maintenance]]
    names: dict[str, str]
    numbers: list[int]
    why: dict[str, Rationale | None] = {}

    def rationale(self, rule: str) -> Rationale | None:
        if rule not in self.why:
            self.why[rule] = self.book.rationale(rule)
        return self.why[rule]


async def apply(
    connection: Connection, clock: Clock, book: Book, signals: Sequence[Signal], *, desk: Desk | None = None
) -> Applied:
    """Take signals in their order, within the caller's transaction; the last thing that it does.

    ``desk`` gives the tasks that rules ask for at once; without it the clock gives them within a minute.
    """
    done = Applied()
    if not signals:
        return done
    await store.take_turn(connection)
    now = clock.now()
    ledger = Ledger()
    ground = await _ground(connection, book, signals, now)
    for signal in signals:
        if signal.kind == "raise":
            _raise(ledger, ground, signal, now, done)
        else:
            _clear(ledger, ground, signal, now, done)
    await causes.settle(connection, ledger, now)
    if desk is not None:
        await _tasks(connection, desk, ledger)
    await ledger.commit(connection, clock)
    return done


async def _ground(connection: Connection, book: Book, signals: Sequence[Signal], now: datetime) -> _Ground:
    keys = {(signal.rule, signal.entity) for signal in signals}
    raises = {(signal.rule, signal.entity) for signal in signals if signal.kind == "raise"}
    known = {(each.rule, each.subject): each for each in await store.open_of(connection, keys)}
    entities = {entity for _, entity in raises}
    work: dict[str, list[Maintenance]] = {}
    for each in await around.under_maintenance(connection, entities, now) if raises else ():
        work.setdefault(each.entity_id, []).append(each)
    nameless = {signal.entity for signal in signals if signal.kind == "raise" and not signal.entity_name}
    names = await around.entity_names(connection, nameless) if nameless else {}
    numbers = await store.numbers(connection, len(raises)) if raises else []
    return _Ground(known, book, work, names, numbers)


def _raise(ledger: Ledger, ground: _Ground, signal: Signal, now: datetime, done: Applied) -> None:
    key = (signal.rule, signal.entity)
    alert = ground.known.get(key)
    if alert is not None:
        alert = ledger.know(alert)
        if alert.closed_at is None:
            after = again(alert, signal, now)
            ledger.put(after, "raised", value=after.value, count=after.count)
            ground.known[key] = after
            if alert.active:
                done.repeated += 1
            else:
                done.raised += 1
            return
    why = ground.rationale(signal.rule)
    if why is None:
        done.ignored += 1
        return
    fresh = born(ground.numbers.pop(), signal, why, now)
    if fresh.entity_name is None:
        fresh = replace(fresh, entity_name=ground.names.get(signal.entity))
    for each in ground.work.get(signal.entity, ()):
        if each.rule in {None, signal.rule}:
            fresh = suppressed(fresh, "maintenance", each.reason, by=each.by, until=each.until)
            break
    ledger.born(fresh, state=fresh.state)
    ground.known[key] = fresh
    done.raised += 1


def _clear(ledger: Ledger, ground: _Ground, signal: Signal, now: datetime, done: Applied) -> None:
    key = (signal.rule, signal.entity)
    alert = ground.known.get(key)
    if alert is not None:
        alert = ledger.know(alert)
    if alert is None or alert.closed_at is not None or not alert.active:
        done.ignored += 1
        return
    after = over(alert, signal.at, now)
    ledger.put(after, "cleared", value=signal.told())
    ground.known[key] = after
    done.cleared += 1


async def _tasks(connection: Connection, desk: Desk, ledger: Ledger) -> None:
    wanted = [each for each in ledger.alerts if each.task_wanted and each.state in {"new", "acked"}]
    for alert in wanted[:TASKS_MAX]:
        await tasking.give_of_rule(connection, desk, ledger, alert)
