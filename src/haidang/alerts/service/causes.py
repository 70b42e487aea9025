"""What explains alerts: a parent that is down, or most of a source. One alert stands for them then.

What it stands for is suppressed, not lost: it is counted beside the queue, and comes forward as new when the
alert that stood for it is over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from haidang.alerts.model.alert import COMMON, Alert, born, over, replace, suppressed, unsuppressed
from haidang.alerts.model.signal import Rationale, Signal
from haidang.alerts.service.ledger import Ledger
from haidang.alerts.store import alerts as store
from haidang.alerts.store import around
from haidang.base.database import Connection

TOGETHER = timedelta(minutes=2)
"""What goes down within this time has one cause, where it is enough of its source."""
SHARE = 0.7
"""So much of a source."""
LEAST = 5
"""Fewer entities than this are told one by one."""
LATELY = timedelta(minutes=10)
"""A parent whose alert comes after its dependants' still explains those that are not older than this."""

_WHY = Rationale(
    rule=COMMON,
    version=1,
    title_vi="Mất tín hiệu hàng loạt",
    title_en="Many went silent at once",
    priority=2,
    respond_within_s=15 * 60,
    cause_vi="Đường truyền, trạm tập trung hoặc hệ thống gửi dữ liệu gặp sự cố",
    cause_en="The link, the concentrator or the system that sends the data has failed",
    consequence_vi="Không quan sát được khu vực hoặc lĩnh vực này",
    consequence_en="This area or sector cannot be seen",
    action_vi="Kiểm tra nguồn dữ liệu, gọi đơn vị vận hành",
    action_en="Check the source, call the unit that runs it",
    group_by="cause",
)


async def settle(connection: Connection, ledger: Ledger, now: datetime) -> None:
    """Suppress what is explained by another alert, and bring forward what no longer is."""
    await _parents(connection, ledger, now)
    await _sources(connection, ledger, now)
    await _recovering(connection, ledger, now)
    await release(connection, ledger, now)


async def _parents(connection: Connection, ledger: Ledger, now: datetime) -> None:
    """Suppress the dependants of what is down: those that came just now, and those that came before it."""
    raised = [each for each in ledger.raised() if each.state == "new"]
    if not raised:
        return
    wanted = {each.parent_entity for each in raised if each.parent_entity is not None}
    standing = await around.down(connection, wanted) if wanted else {}
    down = {name: each for name, each in standing.items() if ledger.current(each).active}
    down |= {each.entity_id: each for each in raised if each.entity_id is not None}
    for each in raised:
        parent = down.get(each.parent_entity or "")
        if parent is not None and parent.id != each.id:
            _explain(ledger, each, parent, "parent")
    entities = {each.entity_id for each in raised if each.entity_id is not None}
    for each in await around.dependants(connection, entities, now - LATELY):
        child = ledger.know(each)
        if child.state == "new":
            _explain(ledger, child, down[str(child.parent_entity)], "parent")


async def _sources(connection: Connection, ledger: Ledger, now: datetime) -> None:
    """Put one alert in the place of those that say that most of a source is down."""
    raised = [each for each in ledger.raised() if each.common and each.source and each.state == "new"]
    if not raised:
        return
    silent: dict[str, dict[int, Alert]] = defaultdict(dict)
    for each in await around.silent(connection, {each.source for each in raised}, now - TOGETHER):
        known = ledger.know(each)
        if known.active and known.suppressed is None:
            silent[known.source][known.id] = known
    for each in raised:
        silent[each.source][each.id] = each
    standing = {
        each.subject: ledger.know(each)
        for each in await store.open_of(connection, [(COMMON, source) for source in silent])
    }
    many = {source: found for source, found in silent.items() if len(found) >= LEAST}
    population = await around.populations(connection, many) if many else {}
    for source, found in silent.items():
        one = standing.get(source)
        if one is not None and one.active:
            for each in found.values():
                _explain(ledger, each, one, "common")
        elif source in many:
            entities = {each.entity_id for each in found.values()}
            if len(entities) >= SHARE * population.get(source, 0) > 0:
                await _stand(connection, ledger, source, list(found.values()), population[source], now)


async def _stand(  # noqa: PLR0917 - a cause and what it stands for
    connection: Connection, ledger: Ledger, source: str, found: Sequence[Alert], of: int, now: datetime
) -> None:
    """Raise the alert that stands for most of a source, and suppress what it explains."""
    first = min(found, key=lambda each: each.first_at)
    owners, areas = {each.owner_org for each in found}, {each.area_code for each in found}
    sectors = {each.sector for each in found}
    minutes = TOGETHER.seconds // 60
    signal = Signal(
        kind="raise", rule=COMMON, entity=source, entity_type="", at=first.first_at, source=source,
        owner_org=first.owner_org if len(owners) == 1 else None,
        area_code=first.area_code if len(areas) == 1 else None,
        sector=first.sector if len(sectors) == 1 else None,
        simulated=all(each.simulated for each in found), value=len(found), limit=float(of),
        text_vi=f"{len(found)}/{of} thực thể của nguồn {source} mất tín hiệu trong {minutes} phút",
        text_en=f"{len(found)} of {of} entities of {source} went silent within {minutes} minutes",
    )  # fmt: skip
    [number] = await store.numbers(connection, 1)
    one = replace(born(number, signal, _WHY, now), entity_id=None, entity_type=None)
    one = replace(one, priority=min([2, *(each.priority for each in found)]))
    ledger.born(one, alerts=[each.id for each in found][:100], of=of)
    for each in found:
        _explain(ledger, each, one, "common")


def _explain(ledger: Ledger, alert: Alert, by: Alert, kind: str) -> None:
    if _stands_on(ledger, by, alert):
        return  # two that depend on each other: one of them must be seen
    reason = f"{by.title_vi}: {by.entity_name or by.subject}"[:500]
    after = suppressed(
        alert, "parent" if kind == "parent" else "common", reason, by=f"alert:{by.id}", parent=by.id
    )
    ledger.put(after, "suppressed", parent=by.id, reason=reason)


def _stands_on(ledger: Ledger, by: Alert, alert: Alert) -> bool:
    seen: set[int] = set()
    step: Alert | None = ledger.current(by)
    while step is not None and step.id not in seen:
        if alert.id in {step.parent_alert, step.id}:
            return True
        seen.add(step.id)
        step = None if step.parent_alert is None else ledger.find(step.parent_alert)
    return False


async def _recovering(connection: Connection, ledger: Ledger, now: datetime) -> None:
    """End the alert of a source where more than half of what it stood for is back."""
    back = {
        each.parent_alert
        for each in ledger.alerts
        if each.suppressed == "common" and not each.active and each.parent_alert is not None
        and (before := ledger.before(each)) is not None and before.active
    }  # fmt: skip
    if not back:
        return
    members = [ledger.know(each) for each in await around.explained_by(connection, back)]
    for one in await store.by_ids(connection, back, lock=True):
        parent = ledger.know(one)
        mine = [each for each in members if each.parent_alert == parent.id]
        if parent.active and 2 * sum(each.active for each in mine) < len(mine):
            ledger.put(over(parent, now, now), "cleared", value=parent.value)


async def release(connection: Connection, ledger: Ledger, now: datetime) -> None:
    """Bring forward what alerts stood for that are over."""
    gone = [
        each.id
        for each in ledger.alerts
        if (before := ledger.before(each)) is not None
        and before.active
        and (not each.active or each.closed_at is not None)
    ]  # fmt: skip
    if not gone:
        return
    for each in await around.explained_by(connection, gone):
        child = ledger.know(each)
        if child.suppressed is not None and child.parent_alert in gone:
            ledger.put(unsuppressed(child, now), "unsuppressed", parent=child.parent_alert)
