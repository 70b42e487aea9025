"""Deleting whatever a question selects (GS CIM 009 v1.9.1, 5.6.21): entities, or with keep/drop attributes.

The entities are found first, and more than :data:`PURGE_MAX` of them are refused before anything is deleted:
a slip of the pen should not empty a city.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from haidang.city.forward import Order, Result
from haidang.city.items import Op
from haidang.city.ngsild.asking import Ask, asked, words
from haidang.city.ngsild.batch import partial
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.ngsild.questions import MEANING, SELECTING, question_of, too_wide
from haidang.city.query import grammar
from haidang.city.query.entities import entity_page
from haidang.city.query.problems import bad, complex_
from haidang.city.query.sql import Question
from haidang.city.represent import stored_attributes
from haidang.city.store.read import Row

PURGE_MAX = 20_000
"""Entities of one purge."""
PAGE = 1_000
SIDE_BY_SIDE = 64
_NARROWING = frozenset({"type", "attrs", "q", "georel", "scopeQ", "drop", "keep", "local"})


async def purge(call: Call) -> Reply:
    """DELETE /entities"""
    ask = asked(call, *SELECTING, *MEANING, "keep", "drop", "local", "geometryProperty")
    if not ask.params.keys() & _NARROWING:
        raise too_wide()
    if "keep" in ask.params and "drop" in ask.params:
        raise bad("keep và drop không đi cùng nhau.", "keep and drop exclude each other.")
    question = question_of(ask, ask.params)
    if question.q is not None and any(term.path.linked for term in grammar.terms(question.q)):
        raise bad("Không xóa qua thực thể liên kết.", "A purge does not follow links.")
    rows = await _found(ask, question)
    results = await (_attributes(ask, rows) if ask.params.keys() & {"keep", "drop"} else _whole(ask, rows))
    if any(one.problem is not None for one in results):
        return partial(results)
    return Reply(204)


async def _found(ask: Ask, question: Question) -> list[Row]:
    rows: list[Row] = []
    after: str | None = None
    while True:
        page = await entity_page(
            ask.db,
            ask.city.terms,
            ask.principal,
            question,
            limit=PAGE,
            limit_max=PAGE,
            offset=len(rows) if question.geo is not None else 0,
            after=after,
            context=ask.context,
        )
        rows += page.rows
        if len(rows) > PURGE_MAX:
            raise complex_(
                f"Xóa mỗi lần tối đa {PURGE_MAX} thực thể; hãy thu hẹp.",
                f"At most {PURGE_MAX} entities are purged at a time; narrow the question.",
            )
        if not page.more:
            return rows
        after = page.rows[-1].id if page.keyed else None


async def _whole(ask: Ask, rows: Sequence[Row]) -> list[Result]:
    results: list[Result] = []
    for start in range(0, len(rows), PAGE):
        ids = [row.id for row in rows[start : start + PAGE]]
        results += await ask.call.order(Order(Op.DELETE, "", ids), ask.context)
    return results


async def _attributes(ask: Ask, rows: Sequence[Row]) -> list[Result]:
    terms = ask.city.terms
    named = {
        number
        for name in words(ask.params.get("drop")) + words(ask.params.get("keep"))
        if (number := terms.attr_id(name, ask.context)) is not None
    }
    keeping = "keep" in ask.params
    orders = [
        Order(
            Op.ATTR_DELETE,
            "",
            [None],
            entity_id=row.id,
            attribute=terms.attr_iris[number],
            all_instances=True,
        )
        for row in rows
        for number, _, _ in stored_attributes(row.doc, row.static)
        if (number in named) != keeping
    ]
    results: dict[str, Result] = {}
    for start in range(0, len(orders), SIDE_BY_SIDE):
        some = orders[start : start + SIDE_BY_SIDE]
        for (one,) in await asyncio.gather(*(ask.call.order(order, ask.context) for order in some)):
            if one.problem is not None or one.id not in results:
                results[one.id] = one
    return list(results.values())
