"""Who still speaks: when each source and each type of entity was last observed and last heard of.

Asked for by screens and by whoever looks after the sources; kept by a step of the pipeline, because the same
question put to the history would read all of it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from haidang.base.database import Connection
from haidang.city.store import liveness as store
from haidang.city.terms import Terms
from haidang.organisation.permissions import Principal, scope_sql

SOURCES_MAX = 1_000


class Spoken(msgspec.Struct, frozen=True):
    """A source, as far as one type of entity and one owner are concerned."""

    source: str
    type: str
    owner_org: int
    observed_at: datetime | None
    """The latest time of observation; None where nothing it sent carries one."""
    received_at: datetime
    """When it last changed anything."""


async def note(conn: Connection, after: int, last: int) -> None:
    """Take note of the changes ``after < seq <= last`` in the caller's transaction; repeating is harmless."""
    await store.note(conn, after, last)


async def spoken(conn: Connection, principal: Principal, terms: Terms) -> list[Spoken]:
    """Return what is known of the sources over which the principal holds ``entity.read``."""
    scope, values = scope_sql(principal, "entity.read", org="l.owner_org", area=None, sector=None)
    rows = await store.spoken(conn, scope, values, SOURCES_MAX)
    return [
        Spoken(source, " ".join(terms.type_names(type_id)), owner, observed, received)
        for source, type_id, owner, observed, received in rows
    ]
