"""What may not be deleted row by row may not be emptied at once either."""

from __future__ import annotations

from haidang.base.database import Database

_OPEN = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgtype & 11 = 11  -- BEFORE DELETE, for each row
  AND c.relname NOT LIKE 'procrastinate%'
  AND NOT EXISTS (SELECT FROM pg_trigger o WHERE o.tgrelid = c.oid AND o.tgtype & 32 = 32)
ORDER BY 1
"""


async def test_every_table_that_refuses_delete_refuses_truncate(db: Database) -> None:
    async with db.transaction() as connection:
        found = await (await connection.execute(_OPEN)).fetchall()
    assert [name for (name,) in found] == []
