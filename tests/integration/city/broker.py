"""A client of the NGSI-LD door, and a look at what is really stored."""

from __future__ import annotations

from typing import Any

import httpx

from haidang.base.database import Database
from haidang.city.ngsild import app
from haidang.city.represent import Names, represent
from haidang.city.service import City
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope

ORG_A = 101
ORG_B = 202


def agency(org: int, *permissions: str, **limits: Any) -> Principal:
    """Return an account of an agency that may do these things (all, if none is named) over its own."""
    held = frozenset(permissions or PERMISSIONS) - {"tenant.administer"}
    return Principal(f"account:{org}", f"org {org}", org, (Scope(held, frozenset({org}), **limits),))


def client(city: City, principal: Principal | None) -> httpx.AsyncClient:
    """Return a client whose requests come from ``principal``."""
    broker = app(city, city.db, city.settings, city.clock)

    async def signed_in(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"principal": principal} if principal else {}
        await broker(scope, receive, send)

    transport = httpx.ASGITransport(app=signed_in)
    return httpx.AsyncClient(transport=transport, base_url="http://city/ngsi-ld/v1")


async def stored(db: Database, city: City, id_: str, tenant: str = "", form: str = "normalized") -> Any:
    """Return an entity as the database has it, in NGSI-LD; None where it is not."""
    async with db.transaction() as conn:
        row = await (
            await conn.execute(
                "SELECT e.type_id, e.doc::text, s.doc::text FROM entity e JOIN entity_static s USING (eid)"
                " WHERE id = %s AND tenant_id = %s",
                (id_, city.terms.tenants[tenant]),
            )
        ).fetchone()
    if row is None:
        return None
    names = Names(city.terms, city.terms.context)
    return represent(id_, city.terms.type_names(row[0]), row[1], row[2], names, form=form)


async def log(db: Database, id_: str) -> list[tuple[Any, ...]]:
    """Return (kind, t, k, v, j) of an entity's rows in the log, in order."""
    async with db.transaction() as conn:
        cursor = await conn.execute(
            "SELECT c.kind, c.t, c.k, c.v, c.j FROM change c JOIN entity e USING (eid) WHERE e.id = %s"
            " ORDER BY c.seq",
            (id_,),
        )
        return await cursor.fetchall()
