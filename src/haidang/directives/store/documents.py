"""SQL of documents: their rows and texts, what they refer to, and every reading of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.directives.model.document import Document, number_key
from haidang.directives.store import sight
from haidang.organisation.permissions import Principal

FIELDS: tuple[str, ...] = Document.__struct_fields__
COLUMNS = ", ".join(f"d.{name}" for name in FIELDS)
_CHANGED = (
    "version", "kind", "number", "issued_on", "issued_on_certain", "issuer", "place", "signatory",
    "signatory_title", "subject", "meeting_id", "secrecy", "readers", "state", "note", "changed_at",
)  # fmt: skip
"""What a change may touch; the rest is kept from the first."""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list was asked for."""

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    meeting: int | None = None
    q: str = ""
    before: int | None = None


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """Another document that is named in a text."""

    no: int
    kind: str
    number: str
    issued_on: date | None
    issuer: str
    span_start: int
    span_end: int
    text: str


def row(values: Sequence[Any]) -> Document:
    """Return a document from its columns in the order of :data:`COLUMNS`."""
    found = dict(zip(FIELDS, values, strict=True))
    found["readers"] = tuple(found["readers"])
    found["warnings"] = tuple(found["warnings"])
    return Document(**found)


def _values(document: Document) -> dict[str, Any]:
    found = {name: getattr(document, name) for name in FIELDS}
    return found | {
        "readers": list(document.readers),
        "warnings": Jsonb(list(document.warnings)),
        "mail": None if document.mail is None else Jsonb(document.mail),
        "number_key": number_key(document.number),
        "fold": fold(f"{document.number} {document.issuer} {document.subject}"),
    }


async def insert(connection: Connection, document: Document, text: str | None) -> int | None:
    """Add a document (its ``id`` is not used); None where the unit has the same one already."""
    names = [name for name in FIELDS if name != "id"] + ["number_key", "fold", "text"]
    cursor = await connection.execute(
        f"INSERT INTO directive_document ({', '.join(names)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in names)}) "
        "ON CONFLICT (owner_org, (coalesce(file_sha256, text_sha256))) "
        "WHERE state <> 'withdrawn' AND text_sha256 IS NOT NULL DO NOTHING RETURNING id",
        _values(document) | {"text": text},
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def same(connection: Connection, owner_org: int, sha256: str) -> int | None:
    """Return the document of a unit that has these bytes and was not withdrawn."""
    cursor = await connection.execute(
        "SELECT id FROM directive_document WHERE owner_org = %s AND coalesce(file_sha256, text_sha256) = %s "
        "AND state <> 'withdrawn' AND text_sha256 IS NOT NULL",
        (owner_org, sha256),
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def update(connection: Connection, document: Document) -> None:
    """Write what may change; the caller has locked the row and counted the version."""
    names = (*_CHANGED, "number_key", "fold")
    await connection.execute(
        f"UPDATE directive_document SET {', '.join(f'{name} = %({name})s' for name in names)} "
        "WHERE id = %(id)s",
        _values(document),
    )


async def get(
    connection: Connection, principal: Principal, document_id: int, *, lock: bool = False
) -> Document | None:
    """Return a document that the asker may see; ``lock`` holds it for what is done in it."""
    seen, values = sight.documents(principal)
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM directive_document d WHERE d.id = %(id)s AND {seen}"
        + (" FOR NO KEY UPDATE OF d" if lock else ""),
        values | {"id": document_id},
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def many(connection: Connection, ids: Iterable[int]) -> dict[int, Document]:
    """Return documents whose sight was made sure of before."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM directive_document d WHERE d.id = ANY(%s)", (sorted(set(ids)),)
    )
    found = [row(each) for each in await cursor.fetchall()]
    return {each.id: each for each in found}


async def text_of(connection: Connection, document_id: int) -> str | None:
    """Return the raw text of a document that was looked up before."""
    cursor = await connection.execute("SELECT text FROM directive_document WHERE id = %s", (document_id,))
    found = await cursor.fetchone()
    return None if found is None else found[0]


async def page(connection: Connection, principal: Principal, wanted: Filter, *, limit: int) -> list[Document]:
    """Return documents that the asker may see, the last registered first."""
    seen, values = sight.documents(principal)
    limits = [seen]
    for condition, name, value in (
        ("d.state = ANY(%(states)s)", "states", list(wanted.states) or None),
        ("d.kind = ANY(%(kinds)s)", "kinds", list(wanted.kinds) or None),
        ("d.meeting_id = %(meeting)s", "meeting", wanted.meeting),
        ("strpos(d.fold, %(q)s) > 0", "q", fold(wanted.q) or None),
        ("d.id < %(before)s", "before", wanted.before),
    ):
        if value is not None:
            limits.append(condition)
            values[name] = value
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM directive_document d WHERE {' AND '.join(limits)} "
        "ORDER BY d.id DESC LIMIT %(limit)s",
        values | {"limit": limit},
    )
    return [row(each) for each in await cursor.fetchall()]


async def add_references(connection: Connection, document_id: int, references: Sequence[Reference]) -> None:
    """Keep what a document refers to, in place of what an earlier reading found."""
    await connection.execute("DELETE FROM document_reference WHERE document_id = %s", (document_id,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO document_reference (document_id, no, kind, number, number_key, issued_on, issuer, "
            "span_start, span_end, text) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (document_id, each.no, each.kind, each.number, number_key(each.number), each.issued_on,
                 each.issuer, each.span_start, each.span_end, each.text)
                for each in references
            ],
        )  # fmt: skip


async def references(connection: Connection, principal: Principal, document_id: int) -> list[dict[str, Any]]:
    """Return what a document refers to, each with the document of ours, where the asker sees it."""
    seen, values = sight.documents(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            'SELECT r.kind, r.number, r.issued_on, r.issuer, r.span_start AS start, r.span_end AS "end", '
            "r.text, known.id AS document_id FROM document_reference r "
            "LEFT JOIN LATERAL (SELECT d.id FROM directive_document d WHERE r.number_key <> '' "
            "AND d.number_key = r.number_key AND d.id <> r.document_id AND d.state <> 'withdrawn' "
            "AND (r.issued_on IS NULL OR d.issued_on IS NULL OR d.issued_on = r.issued_on) "
            f"AND {seen} ORDER BY d.id LIMIT 1) AS known ON true "
            "WHERE r.document_id = %(document)s ORDER BY r.no",
            values | {"document": document_id},
        )
        return await cursor.fetchall()


async def referring(connection: Connection, principal: Principal, number: str) -> list[dict[str, Any]]:
    """Return the later documents that the asker sees and that refer to a number."""
    seen, values = sight.documents(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT DISTINCT d.id, d.number, d.kind, d.issued_on FROM document_reference r "
            "JOIN directive_document d ON d.id = r.document_id WHERE r.number_key = %(key)s "
            f"AND %(key)s <> '' AND d.state <> 'withdrawn' AND {seen} ORDER BY d.issued_on, d.id LIMIT 200",
            values | {"key": number_key(number)},
        )
        return await cursor.fetchall()


async def by_number(connection: Connection, owner_org: int, numbers: Iterable[str]) -> dict[str, list[int]]:
    """Return the documents of an office by the keys of their numbers."""
    keys = sorted({number_key(number) for number in numbers} - {""})
    cursor = await connection.execute(
        "SELECT number_key, id FROM directive_document WHERE owner_org = %s AND number_key = ANY(%s) "
        "AND state <> 'withdrawn' ORDER BY id",
        (owner_org, keys),
    )
    found: dict[str, list[int]] = {}
    for key, number in await cursor.fetchall():
        found.setdefault(key, []).append(number)
    return found


async def add_run(
    connection: Connection, document_id: int, *, at: datetime, by: str, engine: str, took_ms: int,
    items: int, reading: Any,
) -> tuple[int, int]:  # fmt: skip
    """Keep a reading and return its id and number; the caller holds the document."""
    cursor = await connection.execute(
        "INSERT INTO extraction_run (document_id, no, at, by, engine, took_ms, items, reading) "
        "SELECT %(document)s, coalesce(max(no), 0) + 1, %(at)s, %(by)s, %(engine)s, %(took)s, %(items)s, "
        "%(reading)s FROM extraction_run WHERE document_id = %(document)s RETURNING id, no",
        {
            "document": document_id, "at": at, "by": by, "engine": engine, "took": took_ms, "items": items,
            "reading": Jsonb(msgspec.to_builtins(reading)),
        },
    )  # fmt: skip
    [(run_id, number)] = await cursor.fetchall()
    return int(run_id), int(number)


async def runs(connection: Connection, document_id: int) -> list[dict[str, Any]]:
    """Return the readings of a document, the last first, without what they found."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT id, no, at, by, engine, took_ms, items FROM extraction_run WHERE document_id = %s "
            "ORDER BY no DESC LIMIT 100",
            (document_id,),
        )
        return await cursor.fetchall()


async def counts(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many candidates of each state, and directives, documents have."""
    cursor = await connection.execute(
        "SELECT document_id, state, count(*)::int FROM extraction_candidate "
        "WHERE document_id = ANY(%(ids)s) GROUP BY document_id, state "
        "UNION ALL SELECT document_id, 'directives', count(*)::int FROM directive "
        "WHERE document_id = ANY(%(ids)s) GROUP BY document_id",
        {"ids": list(ids)},
    )
    found: dict[int, dict[str, int]] = {}
    for document_id, word, number in await cursor.fetchall():
        found.setdefault(document_id, {})[word] = number
    return found
