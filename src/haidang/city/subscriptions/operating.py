"""Use cases of whoever looks after subscriptions: what waits, what was given up, and what to do about it.

An operator pauses, resumes and replays without becoming the owner: what a subscription may tell stays what
its owner may read. The payload of a dead letter is shown only to whoever may read all that stands in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, NOT_FOUND, Fault, Problem
from haidang.city.service import City
from haidang.city.subscriptions import store
from haidang.city.subscriptions.service import present, visible
from haidang.city.times import format_us, to_us
from haidang.organisation import audit
from haidang.organisation.permissions import Principal

REPLAY_MAX = 1_000
"""Dead letters that are sent again at once; the answer says how many are left."""
ENDPOINTS_MAX = 200
_NOTHING = store.Box(0, None, 0, 0)


async def listed(
    city: City, principal: Principal, *, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of subscriptions for our screens, over all tenants, and where the next one begins."""
    where, values = visible(principal, "subscription.read")
    async with city.db.transaction() as conn:
        rows = await store.page(conn, where, values, limit=limit + 1, after=after)
        more, rows = len(rows) > limit, rows[:limit]
        boxes = await store.boxes(conn, [row.no for row in rows])
        owners = await store.owners(conn, [row.no for row in rows])
    items = [_item(city, principal, row, boxes.get(row.no, _NOTHING), owners.get(row.no)) for row in rows]
    return items, rows[-1].no if more else None


async def activate(
    city: City, conn: Connection, principal: Principal, no: int, *, active: bool
) -> dict[str, Any]:
    """Pause a subscription or let it go on, and return it as the list shows it."""
    row = await store.by_number(conn, no, lock=True)
    own = row is not None and row.owner == principal.id
    if row is None or not (own or principal.may("subscription.read", org_id=row.owner_org)):
        raise Problem(NOT_FOUND, "Không có đăng ký này.", "There is no such subscription.")
    if not own:
        principal.require("subscription.manage", org_id=row.owner_org)
    if row.body.get("isActive", True) is not active:
        await store.activate(conn, no, active=active, now=city.clock.now())
        verb = "subscription.resume" if active else "subscription.pause"
        await audit(conn, principal, verb, row.id, {}, org_id=row.owner_org, clock=city.clock)
    found = await store.by_number(conn, no)
    if found is None:
        raise Problem(NOT_FOUND, "Không có đăng ký này.", "There is no such subscription.")
    boxes, owners = await store.boxes(conn, [no]), await store.owners(conn, [no])
    return _item(city, principal, found, boxes.get(no, _NOTHING), owners.get(no))


async def endpoints(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return the endpoints for which something waits or was given up, the worst first."""
    where, values = visible(principal, "subscription.read")
    return [
        {
            "endpoint": endpoint,
            "subscriptions": subscriptions,
            "waiting": waiting,
            "oldest_waiting_at": _iso(oldest),
            "tries": tries,
            "dead": dead,
            "newest_dead_at": _iso(newest),
            "error": error,
        }
        for endpoint, subscriptions, waiting, oldest, tries, dead, newest, error in await store.endpoints(
            conn, where, values, ENDPOINTS_MAX
        )
    ]


async def dead_letters(
    conn: Connection, principal: Principal, *, before: int | None, endpoint: str | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of notifications that were given up, newest first, and where the next one begins."""
    where, values = visible(principal, "subscription.read")
    rows = await store.dead(conn, where, values, before=before, endpoint=endpoint, limit=limit + 1)
    names = (
        "no", "id", "subscription", "subscription_name", "endpoint", "entity_id", "made_at", "dead_at",
        "tries", "error",
    )  # fmt: skip
    items = [dict(zip(names, row, strict=True)) for row in rows[:limit]]
    for item in items:
        item["made_at"], item["dead_at"] = (_iso(item[name]) for name in ("made_at", "dead_at"))
        item["entity_id"] = item["entity_id"] or None
    return items, rows[limit - 1][0] if len(rows) > limit else None


async def payload(conn: Connection, principal: Principal, no: int) -> dict[str, Any]:
    """Return what a dead letter would have said; ``hidden`` where the asker may not read all of it."""
    where, values = visible(principal, "subscription.read")
    found = await store.dead_letter(conn, where, values, no)
    if found is None:
        raise Problem(NOT_FOUND, "Không có thông báo này.", "There is no such dead letter.")
    _, origins, body = found
    readable = all(
        principal.may("entity.read", org_id=org, area_code=area, sector=sector)
        for org, area, sector in origins
    )
    return {"no": no, "hidden": not readable, "payload": msgspec.json.decode(body) if readable else None}


async def replay(
    city: City, conn: Connection, principal: Principal, *, numbers: list[int] | None, endpoint: str | None
) -> dict[str, int]:
    """Let dead letters be sent again, some by number or all of an endpoint up to ``REPLAY_MAX``.

    Return how many, and how many of the endpoint's are left. ``Problem`` where the asker has none of them.
    """
    where, values = visible(principal, "subscription.manage")
    left = 0
    if numbers is None:
        numbers, total = await store.dead_of(conn, where, values, endpoint or "", REPLAY_MAX)
        left = total - len(numbers)
    elif not 0 < len(numbers) <= REPLAY_MAX:
        fault = Fault("letters", f"cần 1–{REPLAY_MAX} số", f"needs 1 to {REPLAY_MAX} numbers")
        raise Problem(INVALID, faults=(fault,))
    revived = await store.revive(conn, where, values, numbers)
    if not revived:
        raise Problem(NOT_FOUND, "Không có thông báo này.", "There are no such dead letters.")
    detail = {"count": revived} | ({} if endpoint is None else {"endpoint": endpoint})
    await audit(conn, principal, "notification.replay", "outbox", detail, clock=city.clock)
    return {"replayed": revived, "left": left}


def _item(
    city: City,
    principal: Principal,
    row: store.Row,
    box: store.Box,
    owner: tuple[str | None, str | None] | None,
) -> dict[str, Any]:
    shown = present(city, principal, row, city.terms.context, system=True)
    params = shown["notification"]
    name, org = owner or (None, None)
    return {
        "no": row.no,
        "id": row.id,
        "tenant": city.terms.tenant_names.get(row.tenant_id, ""),
        "name": shown.get("subscriptionName"),
        "description": shown.get("description"),
        "status": shown["status"],
        "owner": row.owner,
        "owner_name": name,
        "owner_org": row.owner_org,
        "owner_org_name": org,
        "entities": shown.get("entities"),
        "watched_attributes": shown.get("watchedAttributes"),
        "q": shown.get("q"),
        "endpoint": params["endpoint"]["uri"],
        "format": params.get("format", "normalized"),
        "waiting": box.waiting,
        "oldest_waiting_at": _iso(box.oldest),
        "tries": box.tries,
        "dead": box.dead,
        "times_sent": row.times_sent,
        "times_failed": row.times_failed,
        "last_notification": params.get("lastNotification"),
        "last_success": params.get("lastSuccess"),
        "last_failure": params.get("lastFailure"),
        "last_error": row.last_error,
        "created_at": shown["createdAt"],
        "modified_at": shown["modifiedAt"],
        "may_manage": row.owner == principal.id or principal.may("subscription.manage", org_id=row.owner_org),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else format_us(to_us(moment))
