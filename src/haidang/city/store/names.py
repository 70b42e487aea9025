"""Interned names in the database: attributes, types, keysets, tenants. Rows are added, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, LiteralString

import msgspec
import psycopg

from haidang.base.database import Connection
from haidang.city.items import bad
from haidang.city.terms import Keyset, Terms

TYPE_BYTES_MAX = 2_048
"""Of all IRIs of a combination of types together."""
LEARN_S = 3
OVERLAP = 100
"""Numbers below the newest one known that a refresh reads again."""


async def load(conn: Connection, terms: Terms) -> None:
    """Fill ``terms`` with everything interned so far; calling it again adds what is new."""
    for statement, newest, add in _sources(terms):
        for row in await (await conn.execute(statement, (newest - OVERLAP,))).fetchall():
            add(*row)


def learn(url: str, terms: Terms) -> None:
    """Do as :func:`load`, at once: a number is met that another process has given a moment ago.

    It holds the process up for the few milliseconds of a connection; names are new only so often.
    """
    with psycopg.connect(url, autocommit=True, connect_timeout=LEARN_S) as conn:
        for statement, newest, add in _sources(terms):
            for row in conn.execute(statement, (newest - OVERLAP,)).fetchall():
                add(*row)


def _sources(terms: Terms) -> Iterator[tuple[LiteralString, int, Callable[..., None]]]:
    """Yield (what to ask, the newest number known, what adds a row)."""

    def attribute(number: int, iri: str) -> None:
        terms.attr_iris[number] = iri
        terms.attr_ids[iri] = number

    def keyset(number: int, observed: bool, *lists: list[Any]) -> None:
        terms.add_keyset(Keyset(number, observed, *(tuple(one) for one in lists)))

    def tenant(number: int, name: str) -> None:
        terms.tenants[name] = number
        terms.tenant_names[number] = name

    def type_(number: int, iri: str, members: list[int] | None) -> None:
        _add_type(terms, number, iri, members)

    # Two transactions may commit their numbers in the other order: look a little behind the newest.
    yield (
        "SELECT id, iri FROM attr WHERE id > %s ORDER BY id",
        max(terms.attr_iris, default=0),
        attribute,
    )
    yield (
        "SELECT id, iri, members FROM type WHERE id > %s ORDER BY id",
        max(terms.type_iris, default=0),
        type_,
    )
    yield (
        "SELECT id, observed, attrs, units, datasets, integers FROM keyset WHERE id > %s ORDER BY id",
        max(terms.keysets),
        keyset,
    )
    yield "SELECT id, name FROM tenant WHERE id > %s ORDER BY id", max(terms.tenant_names), tenant


async def intern_attributes(conn: Connection, terms: Terms, iris: Iterable[str]) -> None:
    """Give every IRI its number."""
    for iri in sorted(set(iris) - terms.attr_ids.keys()):
        number = await _id(
            conn,
            "INSERT INTO attr (iri, name) VALUES (%s, %s) ON CONFLICT (iri) DO NOTHING RETURNING id",
            "SELECT id FROM attr WHERE iri = %s",
            (iri, terms.context.compact(iri)),
        )
        terms.attr_iris[number] = iri
        terms.attr_ids[iri] = number


async def intern_type(conn: Connection, terms: Terms, iris: Sequence[str]) -> int:
    """Return the number of a type, or of the combination of several types.

    Raises ``Problem`` where the combination has more text than an index holds.
    """
    if len(" ".join(iris).encode()) > TYPE_BYTES_MAX:
        raise bad("“type” quá dài.", "The type is too long.", "type")
    single: list[int] = []
    for iri in iris:
        if iri not in terms.type_ids:
            number = await _id(
                conn,
                "INSERT INTO type (iri, name) VALUES (%s, %s) ON CONFLICT (iri) DO NOTHING RETURNING id",
                "SELECT id FROM type WHERE iri = %s",
                (iri, terms.context.compact(iri)),
            )
            _add_type(terms, number, iri, None)
        single.append(terms.type_ids[iri])
    if len(single) == 1:
        return single[0]
    joined = " ".join(iris)
    if joined not in terms.type_ids:
        number = await _id(
            conn,
            "INSERT INTO type (iri, name, members) VALUES (%s, %s, %s)"
            " ON CONFLICT (iri) DO NOTHING RETURNING id",
            "SELECT id FROM type WHERE iri = %s",
            (joined, " ".join(terms.context.compact(iri) for iri in iris), single),
        )
        _add_type(terms, number, joined, single)
    return terms.type_ids[joined]


async def intern_keyset(conn: Connection, terms: Terms, observed: bool, columns: tuple[int, ...]) -> int:
    """Return the number of the keyset of these columns."""
    found = terms.keyset_ids.get((observed, columns))
    if found is not None:
        return found
    parts = [terms.columns[number] for number in columns]
    attrs = tuple(part.attr for part in parts)
    units = tuple(part.unit for part in parts)
    datasets = tuple(part.dataset for part in parts)
    integers = tuple(part.integer for part in parts)
    digest = hashlib.sha256(msgspec.json.encode([observed, attrs, units, datasets, integers])).digest()
    number = await _id(
        conn,
        """
        INSERT INTO keyset (digest, observed, attrs, units, datasets, integers)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (digest) DO NOTHING RETURNING id
        """,
        "SELECT id FROM keyset WHERE digest = %s",
        (digest, observed, list(attrs), list(units), list(datasets), list(integers)),
    )
    terms.add_keyset(Keyset(number, observed, attrs, units, datasets, integers))
    return number


async def make_tenant(conn: Connection, terms: Terms, name: str) -> int:
    """Return the number of a tenant, made if it does not exist; makers come one after the other."""
    await conn.execute("LOCK TABLE tenant IN SHARE ROW EXCLUSIVE MODE")
    number = await _id(
        conn,
        "INSERT INTO tenant (id, name) SELECT max(id) + 1, %s FROM tenant"
        " ON CONFLICT (name) DO NOTHING RETURNING id",
        "SELECT id FROM tenant WHERE name = %s",
        (name,),
    )
    terms.tenants[name] = number
    terms.tenant_names[number] = name
    return number


def _add_type(terms: Terms, number: int, iri: str, members: list[int] | None) -> None:
    terms.type_iris[number] = iri
    terms.type_ids[iri] = number
    if members:
        terms.type_members[number] = tuple(members)


async def _id(
    conn: Connection, insert: LiteralString, select: LiteralString, values: tuple[object, ...]
) -> int:
    row = await (await conn.execute(insert, values)).fetchone()
    if row is None:
        row = await (await conn.execute(select, values[:1])).fetchone()
    assert row is not None  # noqa: S101 - one of the two statements found it
    return int(row[0])
