"""Which registrations a question means (GS CIM 009, 5.10.2 and 5.12).

Whoever asks sees at most some thousand; they are told apart here, patterns by the database's automaton.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from haidang.base.database import Connection
from haidang.city.query.geo import GeoQuery, Matcher
from haidang.city.query.selection import TypeNode, matches
from haidang.city.query.temporal import TemporalQuery
from haidang.city.registrations import store
from haidang.city.registrations.model import Definition, EntityInfo, converted, types_of, wrong
from haidang.city.registrations.service import visible
from haidang.city.service import City
from haidang.city.times import parse_us, to_us
from haidang.organisation.permissions import Principal

_SPACES = {
    "location": "location",
    "observationSpace": "observation_space",
    "operationSpace": "operation_space",
}


class Question(msgspec.Struct, frozen=True):
    """What is asked for; what is left out is not asked. Names are IRIs."""

    ids: tuple[str, ...] = ()
    id_pattern: str | None = None
    types: TypeNode | None = None
    attributes: frozenset[str] | None = None
    geo: GeoQuery | None = None
    temporal: TemporalQuery | None = None
    scopes: tuple[tuple[re.Pattern[str], ...], ...] = ()
    """``scopeQ``: one of the rows, all patterns of it."""

    @property
    def all(self) -> bool:
        """Whether every registration is meant."""
        return self == Question()


class Page(NamedTuple):
    """A page of registrations as stored, and how many there are in all where somebody asked."""

    rows: list[store.Row]
    more: bool
    total: int | None


async def page(
    city: City,
    principal: Principal,
    tenant: str,
    question: Question,
    *,
    limit: int,
    offset: int,
    count: bool,
) -> Page:
    """Return the registrations of a tenant that are meant and that the asker may see."""
    where, values = visible(principal, "registration.read")
    values |= {"tenant": await city.tenant_id(tenant)}
    async with city.db.transaction() as conn:
        rows = await store.page(conn, f"r.tenant_id = %(tenant)s AND {where}", values, limit=None)
        if not question.all:
            rows = await _meant(conn, rows, question)
    found = rows[offset : offset + limit]
    return Page(found, len(rows) > offset + limit, len(rows) if count else None)


async def _meant(conn: Connection, rows: list[store.Row], question: Question) -> list[store.Row]:
    definitions = [converted(row.body) for row in rows]
    met = await _patterns(conn, definitions, question)
    place = None if question.geo is None else Matcher(question.geo)
    return [
        row
        for row, one in zip(rows, definitions, strict=True)
        if _informs(one, question, met)
        and (place is None or _lies(one, question, place))
        and (question.temporal is None or _lasts(one, question.temporal))
        and (not question.scopes or _scoped(one, question))
    ]


async def _patterns(
    conn: Connection, definitions: list[Definition], question: Question
) -> dict[tuple[str, str], bool]:
    """Ask the database of every (pattern, id) that matters."""
    pairs: set[tuple[str, str]] = set()
    for one in definitions:
        for information in one.information:
            for entity in information.entities or ():
                if entity.id_pattern is not None:
                    pairs |= {(entity.id_pattern, id_) for id_ in question.ids}
                elif entity.id is not None and question.id_pattern is not None:
                    pairs.add((question.id_pattern, entity.id))
    ordered = sorted(pairs)
    return dict(zip(ordered, await store.patterns_met(conn, ordered), strict=True))


def _informs(one: Definition, question: Question, met: dict[tuple[str, str], bool]) -> bool:
    """Say whether an element of information has something of what is asked for."""
    for information in one.information:
        names = information.attributes
        if question.attributes is not None and names is not None and not names & question.attributes:
            continue
        if information.entities is None or any(
            _selected(entity, question, met) for entity in information.entities
        ):
            return True
    return False


def _selected(entity: EntityInfo, question: Question, met: dict[tuple[str, str], bool]) -> bool:
    if question.types is not None and not matches(question.types, types_of(entity)):
        return False
    if question.ids:
        if entity.id is not None:
            return entity.id in question.ids
        pattern = entity.id_pattern
        return pattern is None or any(met[pattern, id_] for id_ in question.ids)
    if question.id_pattern is not None and entity.id is not None:
        return met[question.id_pattern, entity.id]
    return True  # two patterns may always have a text in common


def _lies(one: Definition, question: Question, place: Matcher) -> bool:
    assert question.geo is not None  # noqa: S101 - asked before
    geometry = getattr(one, _SPACES[question.geo.geoproperty])
    return geometry is not None and place.matches(geometry)


def _lasts(one: Definition, asked: TemporalQuery) -> bool:
    interval = one.observation_interval if asked.timeproperty == "observedAt" else one.management_interval
    if interval is None:
        return False
    start = parse_us(interval.start_at)
    end = None if interval.end_at is None else parse_us(interval.end_at)
    return (asked.end is None or start < to_us(asked.end)) and (
        asked.start is None or end is None or end > to_us(asked.start)
    )


def _scoped(one: Definition, question: Question) -> bool:
    given = (one.scope,) if isinstance(one.scope, str) else one.scope or ()
    texts = [text if text.startswith("/") else "/" + text for text in given]
    return any(
        all(any(pattern.match(text) for text in texts) for pattern in every) for every in question.scopes
    )


_SCOPE = re.compile(r"/?(?:[^/#+\s,;|()]+|\+)(?:/(?:[^/#+\s,;|()]+|\+))*(?:/#)?|/?#")


def scopes_asked(text: str) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """Read ``scopeQ``: ``+`` is one level, a trailing ``#`` any number; ``;`` all, ``,`` or ``|`` one."""
    return tuple(tuple(_pattern(part) for part in every.split(";")) for every in re.split(r"[|,]", text))


def _pattern(text: str) -> re.Pattern[str]:
    if not _SCOPE.fullmatch(text) or len(text) > 1_000:
        raise wrong("scopeQ", "không hợp lệ", "is not valid", text)
    found = ""
    for level in text.lstrip("/").split("/"):
        if level == "#":
            return re.compile(found + r"(?:/.*)?\Z")
        found += "/[^/]+" if level == "+" else "/" + re.escape(level)
    return re.compile(found + r"\Z")


def spaces_known(name: Any) -> str:
    """Return a geoproperty of a registration; ``Problem`` where it is none."""
    if name not in _SPACES:
        words = ", ".join(_SPACES)
        raise wrong("geoproperty", f"cần một trong: {words}", f"must be one of {words}", str(name))
    return str(name)
