"""The clock: what was in force and has come to its end, ends, once."""

from __future__ import annotations

import msgspec

from haidang.alerts.cap.service.desk import Desk, record
from haidang.alerts.cap.store import warnings as store
from haidang.base.database import Database

ACTOR = "system:warnings"
ROUND = 100


async def expire(db: Database, desk: Desk) -> int:
    """End our warnings whose time is over; return how many."""
    ended = 0
    while True:
        async with db.transaction() as connection:
            found = await store.expired(connection, desk.now(), ROUND)
            for before in found:
                after = msgspec.structs.replace(
                    before, state="expired", ended_at=before.expires, version=before.version + 1,
                    changed_at=desk.now(),
                )  # fmt: skip
                await store.update(connection, after)
                if before.is_public:
                    await store.touch_public(connection)
                body = {"from": "sent", "to": "expired", "expires": before.expires}
                await record(connection, desk, ACTOR, after, action="expired", body=body)
        ended += len(found)
        if len(found) < ROUND:
            return ended
