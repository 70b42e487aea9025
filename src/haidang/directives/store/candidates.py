"""SQL of candidates and of what people said to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.directives.extraction.model import Deadline
from haidang.directives.model.candidate import Candidate
from haidang.directives.model.names import Written
from haidang.tasks.model.due import Due

FIELDS: tuple[str, ...] = Candidate.__struct_fields__
COLUMNS = ", ".join(f"c.{name}" for name in FIELDS)
_KEPT = tuple(name for name in FIELDS if name != "id")
_LISTS = ("came_from", "rules", "follows", "edited")
_JSON = ("lead", "cooperating", "deadline", "due", "warnings")
_UNITS = ("lead_orgs", "coop_orgs")


def row(values: Sequence[Any]) -> Candidate:
    """Return a candidate from its columns in the order of :data:`COLUMNS`."""
    found = dict(zip(FIELDS, values, strict=True))
    for name in _LISTS:
        found[name] = tuple(found[name])
    for name in _UNITS:
        found[name] = None if found[name] is None else tuple(found[name])
    found["warnings"] = tuple(found["warnings"])
    for name in ("lead", "cooperating"):
        found[name] = msgspec.convert(found[name], tuple[Written, ...])
    found["deadline"] = msgspec.convert(found["deadline"], Deadline | None)
    found["due"] = msgspec.convert(found["due"], Due | None)
    return Candidate(**found)


def _values(candidate: Candidate) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(candidate, name) for name in FIELDS}
    for name in _LISTS:
        found[name] = list(found[name])
    for name in _UNITS:
        found[name] = None if found[name] is None else list(found[name])
    for name in _JSON:
        found[name] = None if found[name] is None else Jsonb(msgspec.to_builtins(found[name]))
    return found


async def insert(connection: Connection, candidates: Sequence[Candidate]) -> list[int]:
    """Add candidates (their ``id`` is not used) and return their numbers in the same order."""
    if not candidates:
        return []
    statement = (
        f"INSERT INTO extraction_candidate ({', '.join(_KEPT)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in _KEPT)}) RETURNING id"
    )
    found = []
    async with connection.cursor() as cursor:
        await cursor.executemany(statement, [_values(each) for each in candidates], returning=True)
        while True:
            [(number,)] = await cursor.fetchall()
            found.append(int(number))
            if not cursor.nextset():
                return found


async def update(connection: Connection, candidates: Iterable[Candidate]) -> None:
    """Write whole rows; the caller holds their document and has counted their versions."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            f"UPDATE extraction_candidate SET {', '.join(f'{name} = %({name})s' for name in _KEPT)} "
            "WHERE id = %(id)s",
            [_values(each) for each in candidates],
        )


async def get(connection: Connection, candidate_id: int) -> Candidate | None:
    """Return a candidate; who may see it is its document's matter."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM extraction_candidate c WHERE c.id = %s", (candidate_id,)
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def of_document(connection: Connection, document_id: int) -> list[Candidate]:
    """Return the candidates of a document in the order of its text."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM extraction_candidate c WHERE c.document_id = %s "
        "ORDER BY c.span_start, c.span_end, c.id",
        (document_id,),
    )
    return [row(each) for each in await cursor.fetchall()]


class Said(msgspec.Struct, frozen=True):
    """A verdict: what somebody did to a candidate."""

    candidate_id: int
    act: str
    body: dict[str, Any]


async def say(connection: Connection, at: datetime, by: str, verdicts: Sequence[Said]) -> None:
    """Keep verdicts."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO candidate_verdict (candidate_id, at, by, act, body) VALUES (%s, %s, %s, %s, %s)",
            [
                (each.candidate_id, at, by, each.act, Jsonb(msgspec.to_builtins(each.body)))
                for each in verdicts
            ],
        )


async def verdicts(connection: Connection, candidate_id: int) -> list[dict[str, Any]]:
    """Return all that was said to a candidate, the first first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT at, by, act, body FROM candidate_verdict WHERE candidate_id = %s ORDER BY id LIMIT 500",
            (candidate_id,),
        )
        return await cursor.fetchall()


async def names(connection: Connection, accounts: Iterable[int]) -> dict[int, str]:
    """Return the names of people."""
    cursor = await connection.execute(
        "SELECT id, display_name FROM account WHERE id = ANY(%s)", (sorted(set(accounts)),)
    )
    return dict(await cursor.fetchall())
