"""Whose temporal evolution a question means (GS CIM 009, 5.7.4.4): entities that are, and that were.

Type, id and rights are asked of the entity; ``q``, geometry and scope of its instances within the span, so
that a value outside it never decides. What is never observed (an address, a fixed place) holds throughout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import msgspec

from haidang.base.database import Connection, Database
from haidang.city.query.entities import entity_page
from haidang.city.query.evolution import STEP, Collector
from haidang.city.query.geo import Matcher
from haidang.city.query.grammar import Node, Term
from haidang.city.query.instances import SCOPE, Cut, Life, Point, Wish
from haidang.city.query.problems import bad, complex_
from haidang.city.query.sql import Question, where
from haidang.city.represent import documents
from haidang.city.store import log, read, temporal
from haidang.city.subscriptions.store import meeting
from haidang.city.terms import Context, Terms
from haidang.city.times import format_us, to_us
from haidang.organisation.permissions import Principal, scope_sql, system

_SYSTEM = system("temporal query")
"""Conditions are asked of states that the asker was found to see."""
BATCH = 200
"""Entities looked at together."""
CANDIDATES_MAX = 20_000
"""Entities that one question may look at."""
ENDED_MAX = 10_000
"""Entities that are no more, the last ones, among which a question looks."""
CONDITION_INSTANCES_MAX = 2_000
"""Instances of one entity that conditions are asked of."""


class Asker(NamedTuple):
    """Who asks where, and in which words."""

    db: Database
    terms: Terms
    principal: Principal
    context: Context


class Page(msgspec.Struct):
    """Entities in order of id."""

    lives: list[Life]
    more: bool
    total: int | None


class Selection:
    """One question about evolutions."""

    def __init__(self, asker: Asker, question: Question, wish: Wish) -> None:
        self._db, self._terms, self._principal, self._context = asker
        self._question = question
        self._wish = wish
        if question.q is not None and any(term.path.linked for term in _terms_of(question.q)):
            raise bad(
                "Truy vấn theo thời gian không đi qua thực thể liên kết.",
                "A temporal query does not reach through linked entities.",
            )
        self._asked_of_entities = msgspec.structs.replace(
            question, q=None, geo=None, scope=None, attributes=(), ordering=None
        )
        self._geo = None if question.geo is None else Matcher(question.geo)

    async def page(self, *, limit: int, offset: int, count: bool) -> Page:
        """Return a page of the evolutions that meet the question, and how many do where that is asked."""
        found: list[Life] = []
        met = 0
        async for lives in self._candidates():
            async with read.reading(self._db) as conn:
                for life in await self._meeting(conn, await self._present(conn, lives)):
                    if offset <= met < offset + limit + 1:
                        found.append(life)
                    met += 1
            if not count and met > offset + limit:
                break
        return Page(found[:limit], met > offset + limit, met if count else None)

    async def one(self, id_: str) -> Life | None:
        """Return the evolution of one entity; None where there is none for the asker."""
        lives = [life for batch in [one async for one in self._candidates(only=id_)] for life in batch]
        return lives[0] if lives else None

    async def _candidates(self, only: str | None = None) -> AsyncIterator[list[Life]]:
        """Yield batches of entities, in order of id, that type, id and rights select."""
        question = self._asked_of_entities
        if only is not None:
            question = msgspec.structs.replace(question, ids=(only,))
        ended = await self._ended(question)
        ids = sorted(ended)
        after: str | None = None
        looked = 0
        while True:
            page = await entity_page(
                self._db,
                self._terms,
                self._principal,
                question,
                limit=BATCH,
                after=after,
                context=self._context,
            )
            rows = {row.id: row for row in page.rows}
            last = page.rows[-1].id if page.more and page.rows else None
            here = [one for one in ids if last is None or one <= last]
            ids = ids[len(here) :]
            batch = [
                Life(
                    id_,
                    rows[id_].type_id if id_ in rows else ended[id_][0][3]["type_id"],
                    tuple(
                        dict.fromkeys(
                            ([rows[id_].eid] if id_ in rows else []) + [one[0] for one in ended.get(id_, ())]
                        )
                    ),
                    rows.get(id_),
                    tuple((eid, seq, at) for eid, seq, at, _ in ended.get(id_, ())),
                )
                for id_ in sorted({*rows, *here})
            ]
            looked += len(batch)
            if looked > CANDIDATES_MAX:
                raise complex_(
                    f"Câu hỏi chạm quá {CANDIDATES_MAX} thực thể; hãy thu hẹp kiểu hoặc mã.",
                    f"The question touches over {CANDIDATES_MAX} entities; please narrow type or id.",
                )
            if batch:
                yield batch
            if last is None:
                return
            after = last

    async def _ended(self, question: Question) -> dict[str, list[tuple[int, int, Any, dict[str, Any]]]]:
        """Return the deletions of entities that the question selects, by id."""
        tenant = self._terms.tenants.get(question.tenant)
        visible, values = scope_sql(
            self._principal, "entity.read", org="p.owner_org", area="p.area_code", sector="p.sector"
        )
        by_id: dict[str, list[tuple[int, int, Any, dict[str, Any]]]] = defaultdict(list)
        if tenant is None:
            return by_id
        async with read.reading(self._db) as conn:
            if len(question.ids) == 1:
                rows = await temporal.ended_as(conn, visible, values, tenant, question.ids[0])
            else:
                rows = await temporal.ended(conn, visible, values, tenant, ENDED_MAX)
            if not rows:
                return by_id
            states: list[dict[str, Any]] = [
                {
                    "no": no,
                    "doc": {},
                    "static": {},
                    **{name: one[3].get(name) for name in ("id", "type_id", "tenant_id", "owner_org")},
                    **{name: one[3].get(name) for name in ("area_code", "sector")},
                }
                for no, one in enumerate(rows)
            ]
            asked = where(question, self._terms, self._context, self._principal)
            met = await meeting(conn, states, asked.sql, asked.values)
        for no in sorted(met):
            by_id[rows[no][3]["id"]].append(rows[no])
        return by_id

    async def _present(self, conn: Connection, lives: Sequence[Life]) -> list[Life]:
        """Return those that have an instance within the span."""
        known = await self._entered(conn, lives)
        wish = self._wish._replace(span=msgspec.structs.replace(self._wish.span, last=None))
        found: list[Life] = []
        for life in lives:
            if known.isdisjoint(life.eids):
                cut = Cut(1, backwards=False)
                await Collector(conn, self._terms, wish, cut, 1).collect(life, 0)
                if not cut.was and cut.range() is None:
                    continue
            found.append(life)
        return found

    async def _entered(self, conn: Connection, lives: Sequence[Life]) -> set[int]:
        """Return lives of which the log surely tells within the span, asked about all of them at once."""
        if self._wish.attrs is not None or self._wish.filters:
            return set()
        span, eids = self._wish.span, [eid for life in lives for eid in life.eids]
        if span.timeproperty == "observedAt":
            return await temporal.observed_between(conn, eids, span.start, span.end)
        if span.timeproperty == "deletedAt":
            return set()
        after = 0 if span.start is None else (await log.moment(conn, span.start - STEP))[0]
        until = None if span.end is None else (await log.moment(conn, span.end - STEP))[0]
        return await temporal.entered_between(conn, eids, after, until)

    async def _meeting(self, conn: Connection, lives: Sequence[Life]) -> list[Life]:
        """Return those whose instances within the span meet ``q``, geometry and scope."""
        question = self._question
        if not lives or (question.q is None and question.geo is None and question.scope is None):
            return list(lives)
        wish = self._wish._replace(attrs=tuple(self._looked_at()), keep=lambda stored: stored)
        states: list[dict[str, Any]] = []
        for no, life in enumerate(lives):
            cut = Cut(CONDITION_INSTANCES_MAX, backwards=False)
            span = msgspec.structs.replace(wish.span, last=None)
            await Collector(
                conn, self._terms, wish._replace(span=span), cut, CONDITION_INSTANCES_MAX
            ).collect(life, 0)
            if cut.was:
                raise complex_(
                    f"Điều kiện chạm quá {CONDITION_INSTANCES_MAX} giá trị của {life.id}; hãy thu hẹp lại.",
                    f"The conditions touch over {CONDITION_INSTANCES_MAX} instances of {life.id}: narrow it.",
                )
            state = self._state(no, life, cut.of(0))
            if self._geo is None or any(self._geo.matches(shape) for shape in self._shapes(state)):
                states.append(state)
        if question.q is None and question.scope is None:
            return [lives[state["no"]] for state in states]
        asked = where(
            msgspec.structs.replace(self._asked_of_entities, q=question.q, scope=question.scope),
            self._terms, self._context, _SYSTEM,
        )  # fmt: skip
        met = await meeting(conn, states, asked.sql, asked.values) if states else set()
        return [lives[no] for no in sorted(met)]

    def _looked_at(self) -> set[int]:
        """Return the attributes that the conditions look at."""
        q = self._question.q
        names = set() if q is None else {term.path.attributes[0] for term in _terms_of(q)}
        if self._question.geo is not None:
            names.add(self._question.geo.geoproperty)
        found = {self._terms.attr_id(name, self._context) for name in names}
        return {number for number in found if number is not None} | {SCOPE}

    def _state(self, no: int, life: Life, points: Sequence[Point]) -> dict[str, Any]:
        """Return an entity as conditions look at it: each attribute with all its instances in the span."""
        row = life.row
        doc: dict[str, Any] = {}
        scopes: list[Any] = []
        static: dict[str, Any] = {} if row is None else dict(documents(None, row.static)[1])
        for one in points:
            if one.attr == SCOPE:
                scopes += one.value if type(one.value) is list else [one.value]
            elif one.value is not None:
                doc.setdefault(str(one.attr), {"m": []})["m"].append(_long(one))
        scope = static.get("scope", [])
        static["scope"] = [*scopes, *(scope if type(scope) is list else [scope])]
        created = "1970-01-01T00:00:00Z" if row is None else format_us(to_us(row.created))
        return {
            "no": no,
            "tenant_id": self._terms.tenants.get(self._question.tenant, 0),
            "id": life.id,
            "type_id": life.type_id,
            "created": created,
            "mod": created if row is None else format_us(to_us(row.mod)),
            "owner_org": None,
            "doc": {"@": 0, **doc},
            "static": {key: value for key, value in static.items() if key not in doc},
        }

    def _shapes(self, state: dict[str, Any]) -> list[dict[str, Any]]:
        assert self._question.geo is not None  # noqa: S101 - asked only with one
        key = str(self._terms.attr_id(self._question.geo.geoproperty, self._context))
        stored = state["doc"].get(key, state["static"].get(key))
        longs = stored["m"] if type(stored) is dict and "m" in stored else [stored]
        return [one["v"] for one in longs if type(one) is dict and type(one.get("v")) is dict]


def _terms_of(node: Node) -> list[Term]:
    return [node] if isinstance(node, Term) else [one for part in node.parts for one in _terms_of(part)]


def _long(one: Point) -> dict[str, Any]:
    if type(one.stored) is dict:
        return one.stored
    if type(one.stored) is list:
        return {"v": one.stored[0], "u": one.stored[1], "o": one.at_us}
    return {"v": one.stored, "o": one.at_us}
