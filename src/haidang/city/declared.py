"""Attributes that a pack declares as asked for by value (``indexed: true``): questions find them by an index.

An index on the documents themselves would make every observation of the province rewrite all indexes of its
row. So the plain values of declared attributes stand in a narrow table of their own, kept by triggers within
the writer's transaction; entities of other types pay nothing. A question takes its candidates from there
(``query.candidates``), and its own condition decides as ever.
"""

from __future__ import annotations

from haidang.base.database import Database
from haidang.base.log import logger
from haidang.city.packs import Packs
from haidang.city.store import declared, names
from haidang.city.terms import Terms

_log = logger("city")


async def settle(db: Database, terms: Terms, packs: Packs) -> None:
    """Make the kept values what the packs declare; for the process that writes, before it does.

    What is declared no more is kept until the next start: other servers on the same database, which are
    started after this one, may still ask by it.
    """
    wanted = {
        (pack.type, name)
        for pack in packs.types.values()
        for name, attribute in pack.attributes.items()
        if attribute.indexed
    }
    async with db.transaction() as conn:
        before = await declared.known(conn)
        if not wanted and not before:
            return
        pairs = set()
        await names.intern_attributes(conn, terms, {terms.context.expand(name) for _, name in wanted})
        for type_, name in sorted(wanted):
            number = await names.intern_type(conn, terms, [terms.context.expand(type_)])
            attribute = terms.attr_ids[terms.context.expand(name)]
            # Combinations of types, too; one that comes later is asked for without the index until then.
            pairs |= {(one, attribute) for one in terms.type_iris if number in terms.members(one)}
        known = {(one, other) for one, other, retired in before if not retired}
        retired = {(one, other) for one, other, retired in before if retired}
        if fresh := sorted(pairs - known):
            _log.info("values of declared attributes are put beside their entities", attributes=len(fresh))
            await declared.add(conn, fresh)
            await declared.keep(conn, sorted({type_ for type_, _ in fresh}))
        if gone := sorted(known - pairs):
            await declared.retire(conn, gone)
        if over := sorted(retired - pairs):
            await declared.drop(conn, over)
        if not pairs and not gone:
            await declared.stop(conn)


async def learn(db: Database, terms: Terms) -> None:
    """Let questions of this process know what is declared."""
    async with db.transaction() as conn:
        found: dict[int, set[int]] = {}
        for type_, attribute, retired in await declared.known(conn):
            if not retired:
                found.setdefault(attribute, set()).add(type_)
    terms.declared = {attribute: frozenset(types) for attribute, types in found.items()}
