"""SQL that every table of the room shares: a struct whose fields are the columns, in and out.

Table names are constants of ours. Rows go in by one statement whatever their number
(``jsonb_populate_recordset`` reads each column's type from the table), and their ids are taken beforehand, so
that the caller can build rows that refer to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from haidang.base.database import Connection

Row = TypeVar("Row", bound=msgspec.Struct)


def columns(kind: type[msgspec.Struct], alias: str) -> str:
    """Return the columns of a struct in its order."""
    return ", ".join(f"{alias}.{name}" for name in kind.__struct_fields__)


def build(kind: type[Row], values: Sequence[Any]) -> Row:
    """Return a struct from its columns in the order of :func:`columns`; arrays become tuples."""
    found = (tuple(value) if isinstance(value, list) else value for value in values)
    return kind(**dict(zip(kind.__struct_fields__, found, strict=True)))


async def fresh_ids(connection: Connection, table: str, count: int) -> list[int]:
    """Take so many numbers for rows of a table."""
    cursor = await connection.execute(
        f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, %s)", (count,)
    )
    return [int(number) for (number,) in await cursor.fetchall()]


async def add(
    connection: Connection,
    table: str,
    rows: Sequence[msgspec.Struct],
    extra: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Add rows of one kind by one statement; ``extra`` are columns beside the struct's, row by row."""
    if not rows:
        return
    names = [*rows[0].__struct_fields__, *(extra[0] if extra else ())]
    plain = [msgspec.to_builtins(row) for row in rows]
    if extra:
        plain = [row | dict(more) for row, more in zip(plain, extra, strict=True)]
    listed = ", ".join(names)
    chosen = ", ".join(f"x.{name}" for name in names)
    await connection.execute(
        f"INSERT INTO {table} ({listed}) "
        f"SELECT {chosen} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS x",
        (msgspec.json.encode(plain).decode(),),
    )


async def put(
    connection: Connection, table: str, row: msgspec.Struct, extra: Mapping[str, Any] | None = None
) -> None:
    """Write a whole row by its id; the caller has locked it and counted the version."""
    values = msgspec.to_builtins(row) | dict(extra or {})
    names = [name for name in (*row.__struct_fields__, *(extra or ())) if name != "id"]
    await connection.execute(
        f"UPDATE {table} t SET ({', '.join(names)}) = "
        f"(SELECT {', '.join(f'x.{name}' for name in names)} "
        f"FROM jsonb_populate_record(NULL::{table}, %s::jsonb) AS x) WHERE t.id = %s",
        (msgspec.json.encode(values).decode(), values["id"]),
    )


async def get(
    connection: Connection, table: str, kind: type[Row], row_id: int, *, lock: bool = False
) -> Row | None:
    """Return a row; ``lock`` holds it for the caller's change."""
    cursor = await connection.execute(
        f"SELECT {columns(kind, 't')} FROM {table} t WHERE t.id = %s"
        + (" FOR NO KEY UPDATE" if lock else ""),
        (row_id,),
    )
    found = await cursor.fetchone()
    return build(kind, found) if found else None


async def where(
    connection: Connection,
    table: str,
    kind: type[Row],
    *,
    order: str = "t.id",
    limit: int = 5_000,
    **equal: Any,
) -> list[Row]:
    """Return the rows whose columns are (any of) what is asked, in an order of ours."""
    limits = [
        f"t.{name} = ANY(%({name})s)" if isinstance(value, list) else f"t.{name} = %({name})s"
        for name, value in equal.items()
    ]
    cursor = await connection.execute(
        f"SELECT {columns(kind, 't')} FROM {table} t WHERE {' AND '.join(limits) or 'TRUE'} "
        f"ORDER BY {order} LIMIT %(limit_)s",
        equal | {"limit_": limit},
    )
    return [build(kind, found) for found in await cursor.fetchall()]


async def existing(connection: Connection, table: str, ids: Iterable[int]) -> set[int]:
    """Return which of these numbers are rows of a table."""
    cursor = await connection.execute(f"SELECT id FROM {table} WHERE id = ANY(%s)", (sorted(set(ids)),))
    return {number for (number,) in await cursor.fetchall()}


async def names(connection: Connection, table: str, column: str, ids: Iterable[int]) -> dict[int, str]:
    """Return what rows of a table are called."""
    cursor = await connection.execute(
        f"SELECT id, {column} FROM {table} WHERE id = ANY(%s)", (sorted(set(ids)),)
    )
    return dict(await cursor.fetchall())


async def settle(connection: Connection) -> None:
    """Ask the ledger now what it would ask at the commit; ``IntegrityError`` where a rule is broken."""
    await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    await connection.execute("SET CONSTRAINTS ALL DEFERRED")
