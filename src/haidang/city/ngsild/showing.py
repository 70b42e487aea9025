"""How entities are shown (GS CIM 009, 4.5, 6.3.7): form, members, instances, language, GeoJSON, version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from haidang.city.choosing import DEFAULT, Choice, chosen, languages_of
from haidang.city.linking import Embedding, Join, check_depth, join_of, linked
from haidang.city.ngsild.asking import GEO, JSON, LD, Ask, form_of, negotiate, words
from haidang.city.ngsild.preferring import Preference, preference_of
from haidang.city.projection import EVERYTHING, Projection, projection_of
from haidang.city.query.ages import Ages, ages
from haidang.city.query.entities import entity_page
from haidang.city.query.problems import bad
from haidang.city.query.sql import Question
from haidang.city.represent import Names, documents, represent, value_of
from haidang.city.store import read
from haidang.city.store.read import Row
from haidang.city.terms import is_uri
from haidang.city.times import format_us, to_us
from haidang.city.versions import amended

JOINING = ("join", "joinLevel", "containedBy")
SHOWING = ("pick", "omit", "options", "format", "geometryProperty", "local", "lang", "datasetId", *JOINING)
FORMS = ("normalized", "concise", "keyValues", "simplified")
_OPTIONS = ("sysAttrs", "count")


class Shape(msgspec.Struct, frozen=True):
    """How entities are shown."""

    form: str
    media: str
    system: bool
    """Whether createdAt, modifiedAt and expiresAt are shown."""
    attributes: tuple[str, ...]
    """``attrs``: of the entity itself only these."""
    projection: Projection
    geometry: str
    join: Join | None
    preference: Preference
    choice: Choice = Choice()


def shape_of(ask: Ask, params: Mapping[str, Any]) -> Shape:
    """Return how the asker wants entities shown; ``Problem`` where it does not fit together."""
    if not params and not ask.params and b"prefer" not in ask.call.headers:
        return _as_they_are(negotiate(ask, JSON, LD, GEO))
    form, options = form_of(ask, FORMS, _OPTIONS)
    media = negotiate(ask, JSON, LD, GEO)
    geometry = params.get("geometryProperty", ask.params.get("geometryProperty"))
    if geometry is not None and media != GEO:
        raise bad("geometryProperty chỉ đi với geo+json.", "geometryProperty goes only with geo+json.")
    level = params.get("joinLevel")
    if level is not None and (not str(level).isdecimal() or len(str(level)) > 3):
        raise bad("joinLevel phải là số nguyên dương.", "joinLevel must be a positive whole number.")
    join = join_of(
        params.get("join"), None if level is None else int(level), words(params.get("containedBy"))
    )
    projection = projection_of(params.get("pick"), params.get("omit"), _unify(ask))
    check_depth(projection, join)
    return Shape(
        form="keyValues" if form == "simplified" else form,
        media=media,
        system="sysAttrs" in options,
        attributes=tuple(_unify(ask)(name) for name in words(params.get("attrs"))),
        projection=projection,
        geometry=geometry or "location",
        join=join,
        preference=preference_of(ask.call.headers.get(b"prefer", b"").decode("latin-1")),
        choice=_choice(params),
    )


@lru_cache(3)  # nobody asked for anything: as most do
def _as_they_are(media: str) -> Shape:
    return Shape(
        form=FORMS[0],
        media=media,
        system=False,
        attributes=(),
        projection=EVERYTHING,
        geometry="location",
        join=None,
        preference=Preference(),
    )


def _unify(ask: Ask) -> Any:
    """Return what makes one name of all names of an attribute, members of an entity left alone."""
    members = ("id", "type", "scope", "createdAt", "modifiedAt", "deletedAt", "expiresAt")
    return lambda name: name if name in members else ask.context.compact(ask.context.expand(name))


def _choice(params: Mapping[str, Any]) -> Choice:
    datasets = frozenset(words(params.get("datasetId")))
    for dataset in datasets - {DEFAULT}:
        if not is_uri(dataset):
            raise bad("datasetId phải là URI hoặc @none.", "A datasetId is a URI or @none.")
    try:
        return Choice(datasets, languages_of(params.get("lang")))
    except ValueError as cause:
        raise bad("lang không hợp lệ.", "lang is not valid, e.g. vi,en;q=0.5.") from cause


class Showing:
    """Shows the entities of one answer."""

    def __init__(self, ask: Ask, shape: Shape) -> None:
        self._ask = ask
        self._shape = shape
        self._names = Names(ask.city.terms, ask.context)
        self._ages: dict[int, Ages] = {}

    async def answer(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Return entities as asked for, those joined flat after them."""
        shape = self._shape
        await self._know(rows)
        bodies = [self._own(row) for row in rows]
        shown = list(rows)
        if shape.join is not None:
            found = await linked(self._fetch, rows, shape.join, shape.projection, self._names)
            await self._know([one.row for one in found.values()])
            if shape.join.inline:
                held = {row.id: row for row in rows if row.id not in shape.join.contained}
                embedding = Embedding(
                    held | {id_: one.row for id_, one in found.items()}, self._body, self._names
                )
                for row, body in zip(rows, bodies, strict=True):
                    embedding.fill(row, body, shape.join.level, shape.projection)
            else:
                bodies += [self._body(one.row, one.projection) for one in found.values()]
                shown += [one.row for one in found.values()]
        if shape.media == GEO:
            return [self._feature(row, body) for row, body in zip(shown, bodies, strict=True)]
        return [self._in_version(body) for body in bodies]

    def _own(self, row: Row) -> dict[str, Any]:
        names = self._shape.attributes
        body = self._body(row, self._shape.projection)
        if not names:
            return body
        kept = {
            "id",
            "type",
            "scope",
            "createdAt",
            "modifiedAt",
            "expiresAt",
            *names,
            *self._shape.projection.pick,
        }
        return {name: value for name, value in body.items() if name in kept}

    def _body(self, row: Row, projection: Projection) -> dict[str, Any]:
        shape, terms = self._shape, self._ask.city.terms
        doc: Any = row.doc
        static: Any = row.static
        if shape.choice.datasets or shape.choice.languages:
            observed, other = documents(doc, static)
            doc, static = chosen(observed, shape.choice), chosen(other, shape.choice)
        system = self._ages.get(row.eid)
        body = represent(
            row.id,
            terms.type_names(row.type_id, self._ask.context),
            doc,
            static,
            self._names,
            form=shape.form,
            system=system,
        )
        if system is not None:
            body |= {"createdAt": format_us(to_us(row.created)), "modifiedAt": format_us(to_us(row.mod))}
        return projection.apply(body)

    async def _know(self, rows: Sequence[Row]) -> None:
        """Learn when the attributes were made and modified, if it is to be shown."""
        if self._shape.system and rows:
            async with read.reading(self._ask.db) as conn:
                self._ages |= await ages(conn, self._ask.city.terms, rows)

    async def _fetch(self, ids: Sequence[str]) -> Sequence[Row]:
        ask = self._ask
        question = Question(tenant=ask.tenant, ids=tuple(sorted(ids)))
        page = await entity_page(
            ask.db, ask.city.terms, ask.principal, question, limit=len(ids), limit_max=len(ids)
        )
        return page.rows

    def _in_version(self, body: dict[str, Any]) -> dict[str, Any]:
        version = self._shape.preference.version
        return body if version is None or self._shape.form != "normalized" else amended(body, version)

    def _feature(self, row: Row, body: dict[str, Any]) -> dict[str, Any]:
        number = self._ask.city.terms.attr_id(self._shape.geometry, self._ask.context)
        observed, other = documents(row.doc, row.static)
        if self._shape.choice.datasets:
            observed, other = chosen(observed, self._shape.choice), chosen(other, self._shape.choice)
        stored = observed.get(str(number), other.get(str(number)))
        geometry = None if stored is None else value_of(stored)
        properties = {name: value for name, value in self._in_version(body).items() if name != "id"}
        return {
            "id": row.id,
            "type": "Feature",
            "geometry": geometry if isinstance(geometry, dict) and "type" in geometry else None,
            "properties": properties,
        }
