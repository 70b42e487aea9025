"""Who somebody is now, asked by the word that stands for them: for what goes on after they have left."""

from __future__ import annotations

from datetime import datetime

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, system
from haidang.organisation.store import accounts, keys


async def standing(connection: Connection, id_: str, now: datetime) -> Principal | None:
    """Return ``account:7``, ``key:3`` or ``system:feeds`` with all it holds now.

    None where it is no more: the account was closed, the key has ended.
    """
    word, _, rest = id_.partition(":")
    if word == "system":
        return system(rest)
    if word == "account" and rest.isdecimal():
        account = await accounts.get(connection, int(rest))
        if account is None or not account.active:
            return None
        scopes = await accounts.scopes(connection, account.id)
        return Principal(id_, account.display_name, account.org_id, scopes)
    if word == "key" and rest.isdecimal():
        found = await keys.holder_by_id(connection, int(rest), now)
        return None if found is None else Principal(id_, found[1], found[2], (found[4],))
    return None
