"""NGSI-LD temporal reading: the history of one entity's attributes, or of those that a question selects.

The question itself (``q``, place) is asked of the present state; the span selects from the log.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.city.model import BAD_DATA
from haidang.city.ngsild.aggregates import PARAMETERS, aggregated
from haidang.city.ngsild.asking import (
    JSON,
    LD,
    Ask,
    asked,
    asked_by_body,
    invalid,
    negotiate,
    options,
    reply,
    words,
)
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.ngsild.read import PAGING, SELECTING, one, page_of, query_of, question_of
from haidang.city.query.problems import bad
from haidang.city.query.temporal import TemporalQuery, parse_temporal
from haidang.city.represent import KINDS, attribute, stored_attributes
from haidang.city.store import history, log, read
from haidang.city.store.history import Observation
from haidang.city.store.read import Row
from haidang.city.times import format_us, to_us

INSTANCES_MAX = 1_000
"""Attribute instances of one answer; beyond it the answer is 206 with a Content-Range."""
INSTANCES_MAX_CONFORMANCE = 30
SPAN = ("timerel", "timeAt", "endTimeAt", "timeproperty", "lastN")
SHOWING = ("options", "format", "pick", "omit", "local")
FORMS = ("temporalValues", "aggregatedValues", "normalized", "sysAttrs", "count")


class _Cut(msgspec.Struct):
    """How much of the answer is left, and what had to be cut."""

    left: int
    was: bool = False
    first_us: int | None = None
    last_us: int | None = None


async def retrieve(call: Call) -> Reply:
    """GET /temporal/entities/{id}"""
    ask = asked(call, "attrs", *SPAN, *SHOWING, *PARAMETERS)
    span = _span(ask.params)
    row = await one(ask)
    return await _answer(ask, [row], span, ask.params, single=True)


async def query(call: Call) -> Reply:
    """GET /temporal/entities"""
    ask = asked(call, *SELECTING, *SPAN, *SHOWING, *PAGING, *PARAMETERS)
    if not any(name in ask.params for name in SELECTING):
        raise bad(
            "Cần ít nhất một trong: type, id, idPattern, attrs, q, georel.",
            "At least one of type, id, idPattern, attrs, q or georel is needed.",
        )
    span = _span(ask.params)
    if span.start is None and span.end is None:
        raise bad("Thiếu timerel và timeAt.", "timerel and timeAt are missing.")
    page, headers = await page_of(ask, question_of(ask, ask.params))
    return await _answer(ask, page.rows, span, ask.params, headers=headers)


async def post_query(call: Call) -> Reply:
    """POST /temporal/entityOperations/query"""
    ask = await asked_by_body(call, *PAGING, "options", "format", "local")
    params, selectors = query_of(ask.body)
    span_of = params.pop("temporalQ", None)
    if not isinstance(span_of, dict):
        raise Problem(BAD_DATA, "Thiếu temporalQ.", "temporalQ is missing.")
    if not span_of.keys() <= {*SPAN, *PARAMETERS}:
        raise Problem(BAD_DATA, "temporalQ có thành phần lạ.", "temporalQ has an unknown member.")
    methods = span_of.get("aggrMethods")
    if isinstance(methods, list) and all(isinstance(one, str) for one in methods):
        span_of["aggrMethods"] = ",".join(methods)
    params |= {name: str(span_of[name]) for name in PARAMETERS if name in span_of}
    span = _span({name: str(value) for name, value in span_of.items()})
    page, headers = await page_of(ask, question_of(ask, params, selectors))
    return await _answer(ask, page.rows, span, params, headers=headers)


def _span(params: Mapping[str, str]) -> TemporalQuery:
    return parse_temporal(
        timerel=params.get("timerel"),
        time_at=params.get("timeAt"),
        end_time_at=params.get("endTimeAt"),
        timeproperty=params.get("timeproperty"),
        last_n=params.get("lastN"),
    )


async def _answer(
    ask: Ask,
    rows: list[Row],
    span: TemporalQuery,
    params: Mapping[str, Any],
    *,
    single: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    media = negotiate(ask, JSON, LD)
    chosen = options(ask, *FORMS)
    if len(chosen & {"temporalValues", "aggregatedValues", "normalized"}) > 1:
        raise invalid("Chỉ chọn một dạng biểu diễn.", "Only one representation can be chosen.")
    if "aggregatedValues" in chosen:
        summed: Any = await aggregated(ask, rows, span, params)
        return reply(ask, summed[0] if single else summed, media, headers=dict(headers or {}))
    most = INSTANCES_MAX_CONFORMANCE if ask.settings.conformance else INSTANCES_MAX
    cut = _Cut(most)
    wanted = words(params.get("attrs")) + words(params.get("pick"))
    unwanted = words(params.get("omit"))
    found: list[dict[str, Any]] = []
    async with read.reading(ask.db) as conn:
        for row in rows:
            courses = await _courses(conn, ask, row, span, wanted=wanted, cut=cut)
            body = _entity(ask, row, courses, span, values="temporalValues" in chosen)
            found.append({name: value for name, value in body.items() if name not in unwanted})
            if cut.left <= 0:
                break
    range_ = {"content-range": _content_range(cut)} if cut.was else {}
    body_: Any = found[0] if single else found
    return reply(ask, body_, media, status=206 if cut.was else 200, headers=dict(headers or {}) | range_)


async def _courses(
    conn: Connection, ask: Ask, row: Row, span: TemporalQuery, *, wanted: tuple[str, ...], cut: _Cut
) -> dict[int, list[tuple[Observation, str]]]:
    """Return each attribute's observations with the text of the time asked about, newest first."""
    terms = ask.city.terms
    numbers = [number for name in wanted if (number := terms.attr_id(name, ask.context)) is not None]
    if wanted and not numbers:
        return {}
    recorded = span.timeproperty != "observedAt"
    bounds: dict[str, Any] = {"start": span.start, "end": span.end}
    if recorded:
        bounds = {
            "seq_after": None if span.start is None else (await log.moment(conn, span.start))[0],
            "seq_until": None if span.end is None else (await log.moment(conn, span.end))[0],
        }
    rows = await history.rows(
        conn,
        terms,
        row.eid,
        attrs=numbers or None,
        limit=cut.left + 1,
        newest_first=span.last is not None,
        **bounds,
    )
    more = len(rows) > cut.left
    marks = await _marks(conn, rows) if recorded else []
    only = frozenset(numbers) if wanted else None
    courses: dict[int, list[tuple[Observation, str]]] = {}
    for each in rows:
        for seen in history.decode(each, terms, only):
            if seen.value is None or not (recorded or seen.observed):
                continue
            course = courses.setdefault(seen.attr, [])
            if span.last is not None and len(course) >= span.last:
                continue
            if cut.left <= 0:
                cut.was = True
                break
            cut.left -= 1
            at = _recorded(marks, seen.seq) if recorded else seen.at_us
            cut.first_us = at if cut.first_us is None else min(cut.first_us, at)
            cut.last_us = at if cut.last_us is None else max(cut.last_us, at)
            course.append((seen, format_us(at)))
    # Rows were left unread: the answer is whole only if every attribute already has the last N asked for.
    if more and not (span.last and _complete(row, numbers, courses, span.last)):
        cut.was = True
    return courses


def _complete(
    row: Row, numbers: list[int], courses: Mapping[int, list[tuple[Observation, str]]], last: int
) -> bool:
    known = numbers or [number for number, _, _ in stored_attributes(row.doc, "{}")]
    return all(len(courses.get(number, ())) >= last for number in known)


async def _marks(conn: Connection, rows: list[history.LogRow]) -> list[tuple[int, datetime]]:
    if not rows:
        return []
    numbers = [each[0] for each in rows]
    return await log.moments(conn, min(numbers) - 1, max(numbers))


def _recorded(marks: list[tuple[int, datetime]], seq: int) -> int:
    """Return when a number of the log was recorded, to the second, in µs."""
    place = min(bisect_left(marks, seq, key=lambda mark: mark[0]), len(marks) - 1)
    return to_us(marks[place][1])


def _entity(
    ask: Ask,
    row: Row,
    courses: dict[int, list[tuple[Observation, str]]],
    span: TemporalQuery,
    *,
    values: bool,
) -> dict[str, Any]:
    terms = ask.city.terms
    types = terms.type_names(row.type_id, ask.context)
    body: dict[str, Any] = {"id": row.id, "type": types[0] if len(types) == 1 else list(types)}
    for number, course in courses.items():
        name = terms.attr_name(number, ask.context)
        if values:
            kind = course[0][0].kind
            member = {"R": "objects", "L": "languageMaps", "V": "vocabs", "J": "jsons"}.get(kind, "values")
            body[name] = {"type": KINDS[kind][0], member: [[seen.value, at] for seen, at in course]}
        else:
            body[name] = [_instance(ask, seen, at, span) for seen, at in course]
    return body


def _instance(ask: Ask, seen: Observation, at: str, span: TemporalQuery) -> dict[str, Any]:
    terms = ask.city.terms
    shown: dict[str, Any] = attribute(
        seen.stored,
        seen.at_us if seen.observed else None,
        lambda number: terms.attr_name(number, ask.context),
    )
    if span.timeproperty != "observedAt":
        shown[span.timeproperty] = at
    # Derived, not stored: the number of the log and the attribute name an instance for ever.
    shown["instanceId"] = f"urn:ngsi-ld:Instance:{seen.seq}-{seen.attr}"
    return shown


def _content_range(cut: _Cut) -> str:
    first, last = format_us(cut.first_us or 0), format_us(cut.last_us or 0)
    return f"date-time {first}-{last}/*"
