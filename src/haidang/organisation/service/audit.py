"""Use cases of the audit log: reading it within one's scope, and verifying a chain."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.chain import AUDIT, GONE, Entry, Verdict, verify
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.store import chain as store


class AuditLine(msgspec.Struct, frozen=True):
    """An entry as people read it."""

    no: int
    at: str
    actor: str
    action: str
    subject: str
    org_id: int | None
    body: Any
    hash: str


async def list_audit(
    connection: Connection,
    principal: Principal,
    *,
    before: int | None = None,
    actor: str | None = None,
    action: str | None = None,
    limit: int = 50,
) -> list[AuditLine]:
    """Return entries of the agencies over which the principal holds ``audit.read``, newest first."""
    where, values = scope_sql(principal, "audit.read", org="c.org_id", area=None, sector=None)
    rows = await store.page(
        connection, AUDIT, where, values, before=before, actor=actor, action=action, limit=limit
    )
    fields = AuditLine.__struct_fields__
    return [
        AuditLine(**{name: row[name] for name in fields} | {"body": msgspec.json.decode(row["body"])})
        for row in rows
    ]


async def verify_log(
    connection: Connection, log: str = AUDIT, *, noted: tuple[int, str] | None = None
) -> Verdict:
    """Check a whole log against itself, its kept head and, where given, a head noted elsewhere."""
    entries = [Entry(**row) async for row in store.read(connection, log)]
    return verify(log, entries, kept=await store.head(connection, log), noted=noted)


async def verify_every(connection: Connection, expected: Iterable[str] = ()) -> AsyncIterator[Verdict]:
    """Check every log there is, one after the other; one that must be there and is not is broken too."""
    wanted = set(expected)
    for log in sorted({*await store.logs(connection), *wanted}):
        verdict = await verify_log(connection, log)
        if log in wanted and not verdict.entries and verdict.sound:
            verdict = msgspec.structs.replace(verdict, breaks=(GONE,))
        yield verdict
