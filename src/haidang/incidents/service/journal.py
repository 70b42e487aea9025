"""The log of an incident: a hash chain of its own, append-only; a correction is a new entry.

Server time, author, kind, text, and what belongs to it. UPDATE and DELETE are refused by the database; what
somebody does around it shows in ``haidang audit verify``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haidang.base.database import Connection
from haidang.incidents.service.desk import Desk, wrong
from haidang.incidents.store import incidents, journal
from haidang.organisation import chain
from haidang.organisation.chain import Entry

KINDS = ("note", "call", "decision", "observation", "media", "lesson", "correction")
"""What people write by hand; acts, steps and the clock write under their own words."""


def log_of(incident_id: int) -> str:
    """Return the name of an incident's chained log."""
    return f"incident:{incident_id}"


async def write(  # noqa: PLR0917 - who writes what where
    connection: Connection,
    desk: Desk,
    actor: str,
    incident_id: int,
    kind: str,
    text: str,
    *,
    corrects: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Append an entry, the last thing a use case does with an incident; ``actor`` is ``account:7``.

    ``corrects`` is the number of the entry that this one puts right; both stay.
    """
    log = log_of(incident_id)
    if corrects is not None:
        if not await journal.has(connection, log, corrects):
            raise wrong("corrects", "không có mục này", "there is no such entry", str(corrects))
        kind = "correction"
    return await chain.append(
        connection,
        desk.clock,
        log=log,
        actor=actor,
        action=f"incident.{kind}",
        subject=log,
        org_id=None,
        body={"kind": kind, "text": text, "corrects": corrects, "detail": dict(detail or {})},
    )


async def entries(
    connection: Connection,
    incident_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Return entries with the names of who wrote them, newest first (``after``: oldest first)."""
    log = log_of(incident_id)
    found = await journal.page(connection, log, before=before, after=after, limit=limit)
    corrected = await journal.corrected(connection, log)
    names = await _names(connection, [each["actor"] for each in found])
    return [
        {
            "no": each["no"], "at": each["at"], "actor": each["actor"],
            "by": names.get(each["actor"], each["actor"]), "kind": each["kind"], "text": each["text"],
            "corrects": each["corrects"], "corrected_by": corrected.get(each["no"]),
            "detail": each["detail"], "hash": each["hash"],
        }
        for each in found
    ]  # fmt: skip


async def logs(connection: Connection) -> list[str]:
    """Return the logs that must be there, one for each incident; one that was removed whole shows by it."""
    return await journal.logs(connection)


async def _names(connection: Connection, actors: list[str]) -> dict[str, str]:
    numbers = {
        int(word.partition(":")[2])
        for word in actors
        if word.startswith("account:") and word.partition(":")[2].isdecimal()
    }
    names = await incidents.account_names(connection, numbers)
    return {f"account:{number}": name for number, name in names.items()}
