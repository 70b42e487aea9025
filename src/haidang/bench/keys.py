"""The key with which the load generator signs its requests, made as an administrator would make it."""

from __future__ import annotations

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.organisation.permissions import system
from haidang.organisation.service.keys import NewKey, make_key
from haidang.organisation.service.orgs import list_orgs


async def device_key(url: str) -> str:
    """Return the secret of a new key over the whole site that may read and write entities."""
    operator = system("bench")
    async with Database(url, pool_max=1) as db, db.transaction() as connection:
        root = (await list_orgs(connection, operator))[0]
        wanted = NewKey(name="bench", org_id=root.id, permissions=("entity.read", "entity.write"))
        return (await make_key(connection, SystemClock(), operator, wanted)).secret
