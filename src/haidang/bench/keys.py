"""The key with which the load generator signs its requests, made as an administrator would make it."""

from __future__ import annotations

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.organisation.permissions import system
from haidang.organisation.service.keys import NewKey, make_key
from haidang.organisation.service.orgs import list_orgs

PERMISSIONS = ("entity.read", "entity.write", "subscription.read", "subscription.manage")


async def device_key(url: str) -> str:
    """Return the secret of a new key over the whole site: reads and writes entities, and subscribes."""
    operator = system("bench")
    async with Database(url, pool_max=1) as db, db.transaction() as connection:
        root = (await list_orgs(connection, operator))[0]
        wanted = NewKey(name="bench", org_id=root.id, permissions=PERMISSIONS)
        return (await make_key(connection, SystemClock(), operator, wanted)).secret


async def screen_keys(url: str, count: int) -> list[str]:
    """Return the secrets of new keys over the whole site that may read entities: one opens few screens."""
    operator = system("bench")
    async with Database(url, pool_max=1) as db, db.transaction() as connection:
        root = (await list_orgs(connection, operator))[0]
        made = []
        for number in range(count):
            wanted = NewKey(name=f"screens {number}", org_id=root.id, permissions=("entity.read",))
            made.append((await make_key(connection, SystemClock(), operator, wanted)).secret)
        return made
