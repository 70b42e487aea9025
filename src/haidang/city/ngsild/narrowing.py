"""The entity that a write is about, as it stands: for ``type`` in the query, merges and single values."""

from __future__ import annotations

from haidang.base.problems import NOT_FOUND, Problem
from haidang.city.ngsild.exchange import Call
from haidang.city.query.selection import parse_types, selects
from haidang.city.store.read import Row
from haidang.city.terms import Context


async def standing(call: Call, id_: str) -> Row | None:
    """Return the entity, None where it does not exist for the asker."""
    if call.tenant not in call.city.terms.tenants:
        return None
    return await call.city.together.entity(call.who, id_, tenant=call.tenant)


async def narrow(call: Call, id_: str, selection: str | None, context: Context) -> None:
    """Refuse (not-found) a write on an entity that is not of the selected types (``type``, 4.17)."""
    if selection in (None, "*"):
        return
    row = await standing(call, id_)
    terms = call.city.terms
    node = parse_types(selection or "")
    if row is None or not selects(node, terms.members(row.type_id), terms.type_iris, context.expand):
        raise missing(id_)


def missing(id_: str) -> Problem:
    """Return the refusal for what does not exist, or not for this asker."""
    return Problem(NOT_FOUND, f"Không có thực thể {id_}.", f"There is no entity {id_}.")
