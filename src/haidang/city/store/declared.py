"""SQL of declared attributes: which they are, and the triggers that keep their values."""

from __future__ import annotations

from collections.abc import Sequence

from haidang.base.database import Connection

_TRIGGERS = (
    ("entity", "INSERT", "NEW", "keep_values_of_entities"),
    ("entity", "UPDATE", "NEW", "keep_values_of_entities"),
    ("entity", "DELETE", "OLD", "forget_values"),
    ("entity_static", "INSERT", "NEW", "keep_values_of_statics"),
    ("entity_static", "UPDATE", "NEW", "keep_values_of_statics"),
)


async def known(conn: Connection) -> list[tuple[int, int, bool]]:
    """Return (type, attribute, retired) of everything whose values are kept."""
    found = await conn.execute("SELECT type_id, attr_id, retired FROM declared")
    return [(int(one), int(other), bool(retired)) for one, other, retired in await found.fetchall()]


async def add(conn: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Declare (type, attribute) pairs; their values are not kept before :func:`keep`."""
    await conn.execute(
        """
        INSERT INTO declared (type_id, attr_id) SELECT * FROM unnest(%s::int[], %s::int[])
        ON CONFLICT (type_id, attr_id) DO UPDATE SET retired = false
        """,
        ([one for one, _ in pairs], [other for _, other in pairs]),
    )


async def retire(conn: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Note that nothing declares these pairs any more."""
    await conn.execute(
        """
        UPDATE declared d SET retired = true FROM unnest(%s::int[], %s::int[]) AS x (type_id, attr_id)
        WHERE (d.type_id, d.attr_id) = (x.type_id, x.attr_id)
        """,
        ([one for one, _ in pairs], [other for _, other in pairs]),
    )


async def drop(conn: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Forget pairs and their values."""
    types, attributes = [one for one, _ in pairs], [other for _, other in pairs]
    await conn.execute(
        """
        DELETE FROM declared d USING unnest(%s::int[], %s::int[]) AS x (type_id, attr_id)
        WHERE (d.type_id, d.attr_id) = (x.type_id, x.attr_id)
        """,
        (types, attributes),
    )
    await conn.execute(
        """
        DELETE FROM entity_value i USING entity e
        WHERE e.eid = i.eid AND (e.type_id, i.attr_id) IN (SELECT * FROM unnest(%s::int[], %s::int[]))
        """,
        (types, attributes),
    )


async def keep(conn: Connection, types: Sequence[int]) -> None:
    """Keep the values from now on, those of entities of ``types`` from before included.

    Writers wait until the transaction ends: nothing may be written between the look and the triggers.
    """
    await conn.execute("LOCK TABLE entity, entity_static IN SHARE ROW EXCLUSIVE MODE")
    for table, event, side, function in _TRIGGERS:
        await conn.execute(
            f"CREATE OR REPLACE TRIGGER {table}_{event.lower()}_values AFTER {event} ON {table} "
            f"REFERENCING {side} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    await conn.execute(
        "SELECT keep_values(array_agg(eid)) FROM entity WHERE type_id = ANY(%s)", (list(types),)
    )
    await conn.execute("ANALYZE entity_value")


async def stop(conn: Connection) -> None:
    """Take the triggers away: nothing is declared."""
    for table, event, _, _ in _TRIGGERS:
        await conn.execute(f"DROP TRIGGER IF EXISTS {table}_{event.lower()}_values ON {table}")
