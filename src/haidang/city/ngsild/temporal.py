"""NGSI-LD temporal reading (GS CIM 009, 5.7.3, 5.7.4): the evolution of one entity, or of those selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from haidang.base.problems import Problem
from haidang.city.choosing import DEFAULT, Choice, chosen, languages_of
from haidang.city.model import BAD_DATA
from haidang.city.ngsild.aggregates import PARAMETERS, aggregated
from haidang.city.ngsild.asking import (
    JSON,
    LD,
    LIMIT,
    Ask,
    asked,
    asked_by_body,
    flag,
    form_of,
    negotiate,
    number,
    page_links,
    reply,
    words,
)
from haidang.city.ngsild.evolving import Shown, content_range, shown
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.ngsild.questions import MEANING, SELECTING, query_of, question_of, too_wide
from haidang.city.ngsild.read import missing
from haidang.city.projection import Projection, projection_of
from haidang.city.query.evolution import Collector, ever
from haidang.city.query.evolutions import Asker, Selection
from haidang.city.query.instances import SCOPE, Cut, Effort, Life, Wish
from haidang.city.query.problems import TOO_MANY_RESULTS, bad
from haidang.city.query.sql import Question
from haidang.city.query.temporal import TemporalQuery, parse_temporal
from haidang.city.store import read
from haidang.city.terms import is_uri

INSTANCES_MAX_CONFORMANCE = 30
"""What the conformance suite takes for granted: twenty instances come whole, forty are cut."""
SPAN = ("timerel", "timeAt", "endTimeAt", "timeproperty", "lastN")
SHOWING = ("options", "format", "pick", "omit", "lang", "datasetId", "local")
PAGING = ("limit", "offset", "count")
FORMS = ("normalized", "concise", "temporalValues", "aggregatedValues")
_OPTIONS = ("sysAttrs", "count")
_MEMBERS = frozenset({"id", "type", "createdAt", "modifiedAt", "deletedAt", "expiresAt"})


class _Wanted(msgspec.Struct):
    """What an answer is to hold."""

    span: TemporalQuery
    form: str
    media: str
    system: bool
    choice: Choice
    projection: Projection
    selecting: Wish
    """What an entity must have an instance of (``attrs``)."""
    showing: Wish
    """What of it is shown (``attrs``, ``pick``)."""


async def retrieve(call: Call) -> Reply:
    """GET /temporal/entities/{id}"""
    ask = asked(call, "attrs", *SPAN, *SHOWING, *PARAMETERS)
    wanted = _wanted(ask, ask.params, _span(ask.params))
    if not is_uri(ask.path_id):
        raise bad(f"“{ask.path_id[:80]}” không phải URI.", f"{ask.path_id[:80]!r} is not a URI.")
    life = await Selection(_asker(ask), Question(tenant=ask.tenant), wanted.selecting).one(ask.path_id)
    if life is None or not await ever(ask.db, ask.city.terms, life, wanted.selecting.attrs):
        raise missing(ask.path_id)
    return await _answer(ask, [life], wanted, ask.params, {}, single=True)


async def query(call: Call) -> Reply:
    """GET /temporal/entities"""
    ask = asked(call, *SELECTING, *MEANING, "orderBy", "collation", *SPAN, *SHOWING, *PAGING, *PARAMETERS)
    if not any(name in ask.params for name in (*SELECTING, "local")):
        raise too_wide()
    return await _page(ask, question_of(ask, ask.params), _span(ask.params), ask.params)


async def post_query(call: Call) -> Reply:
    """POST /temporal/entityOperations/query"""
    ask = await asked_by_body(call, *PAGING, "options", "format", "local")
    params, selectors = query_of(ask.body)
    asked_of_time = params.pop("temporalQ", None)
    if not selectors and not any(name in params for name in SELECTING) and "local" not in ask.params:
        raise too_wide()
    span = _span_of(asked_of_time, params)
    return await _page(ask, question_of(ask, params, selectors), span, params)


def _span(params: Mapping[str, Any]) -> TemporalQuery:
    return parse_temporal(
        timerel=params.get("timerel") or None,
        time_at=params.get("timeAt") or None,
        end_time_at=params.get("endTimeAt") or None,
        timeproperty=params.get("timeproperty") or None,
        last_n=params.get("lastN"),
    )


def _span_of(body: Any, params: dict[str, Any]) -> TemporalQuery:
    """Read the ``temporalQ`` of a body (5.2.21); what it says of aggregates goes to the parameters."""
    if not isinstance(body, dict):
        raise Problem(BAD_DATA, "Thiếu temporalQ.", "temporalQ is missing.")
    if not body.keys() <= {*SPAN, *PARAMETERS, "type"}:
        raise Problem(BAD_DATA, "temporalQ có thành phần lạ.", "temporalQ has an unknown member.")
    for name, value in body.items():
        whole = name == "lastN" and type(value) is int
        several = name == "aggrMethods" and type(value) is list and all(type(one) is str for one in value)
        if not (whole or several or (type(value) is str and name != "lastN")):
            raise Problem(BAD_DATA, f"temporalQ.{name} không hợp lệ.", f"temporalQ.{name} is not valid.")
    methods = body.get("aggrMethods")
    if methods is not None:
        params["aggrMethods"] = ",".join(methods) if type(methods) is list else methods
    if "aggrPeriodDuration" in body:
        params["aggrPeriodDuration"] = body["aggrPeriodDuration"]
    return _span(body)


async def _page(ask: Ask, question: Question, span: TemporalQuery, params: Mapping[str, Any]) -> Reply:
    if span.start is None and span.end is None:
        raise bad("Thiếu timerel và timeAt.", "timerel and timeAt are missing.")
    if question.ordering is not None and [one.path.attributes for one in question.ordering.terms] != [
        ("id",)
    ]:
        raise bad("orderBy chỉ nhận id ở đây.", "orderBy can only be id here.")
    wanted = _wanted(ask, params, span)
    count = flag(ask, "count") or "count" in words(ask.params.get("options"))
    limit, offset = number(ask, "limit", LIMIT), number(ask, "offset", 0)
    if not limit and not count:
        raise bad("limit=0 chỉ dùng cùng count=true.", "limit=0 goes only with count=true.")
    if limit > ask.settings.query_limit_max:
        most = ask.settings.query_limit_max
        raise Problem(TOO_MANY_RESULTS, f"limit tối đa là {most}.", f"The largest limit is {most}.")
    selection = Selection(_asker(ask), question, wanted.selecting)
    page = await selection.page(limit=limit, offset=offset, count=count)
    headers = page_links(ask, limit=limit, offset=offset, more=page.more)
    if page.total is not None:
        headers["ngsild-results-count"] = str(page.total)
    return await _answer(ask, page.lives, wanted, params, headers)


def _wanted(ask: Ask, params: Mapping[str, Any], span: TemporalQuery) -> _Wanted:
    form, chosen_options = form_of(ask, FORMS, _OPTIONS)
    if ask.body is not None and "aggrMethods" in params and "format" not in ask.params and form == FORMS[0]:
        form = "aggregatedValues"  # whoever says in the body how to sum up wants it summed up
    projection = projection_of(params.get("pick") or None, params.get("omit") or None)
    if projection.depth > 0:
        raise bad(
            "pick và omit không theo liên kết ở đây.", "pick and omit do not follow relationships here."
        )
    choice = _choice(params)
    attrs = words(params.get("attrs"))
    picked = [name for name in projection.pick if name not in _MEMBERS]
    narrowed = picked if projection.pick else None
    if attrs and projection.pick:
        narrowed = [name for name in attrs if name in projection.pick]

    def keep(stored: Any) -> Any:
        return stored if choice == Choice() else chosen({"0": stored}, choice).get("0")

    selecting = Wish(span, _numbers(ask, attrs) if attrs else None, keep, Effort(), bool(choice.datasets))
    shows = selecting.attrs if narrowed is None else _numbers(ask, narrowed)
    return _Wanted(
        span=span,
        form=form,
        media=negotiate(ask, JSON, LD),
        system="sysAttrs" in chosen_options,
        choice=choice,
        projection=projection,
        selecting=selecting,
        showing=selecting._replace(attrs=shows),
    )


def _numbers(ask: Ask, names: Sequence[str]) -> tuple[int, ...]:
    terms = ask.city.terms
    found = (SCOPE if name == "scope" else terms.attr_id(name, ask.context) for name in names)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _choice(params: Mapping[str, Any]) -> Choice:
    datasets = frozenset(words(params.get("datasetId")))
    if not all(dataset == DEFAULT or is_uri(dataset) for dataset in datasets):
        raise bad("datasetId phải là URI hoặc @none.", "A datasetId is a URI or @none.")
    try:
        return Choice(datasets, languages_of(params.get("lang")))
    except ValueError as cause:
        raise bad("lang không hợp lệ.", "lang is not valid, e.g. vi,en;q=0.5.") from cause


def _asker(ask: Ask) -> Asker:
    return Asker(ask.db, ask.city.terms, ask.principal, ask.context)


async def _answer(
    ask: Ask,
    lives: Sequence[Life],
    wanted: _Wanted,
    params: Mapping[str, Any],
    headers: dict[str, str],
    *,
    single: bool = False,
) -> Reply:
    if wanted.form == "aggregatedValues":
        summed = await aggregated(ask, lives, wanted.showing, params)
        found: Any = [wanted.projection.apply(body) for body in summed]
        return reply(ask, found[0] if single else found, wanted.media, headers=headers)
    most = INSTANCES_MAX_CONFORMANCE if ask.settings.conformance else ask.settings.temporal_instances_max
    cut = Cut(most, backwards=wanted.span.last is not None)
    async with read.reading(ask.db) as conn:
        collector = Collector(conn, ask.city.terms, wanted.showing, cut, most)
        for place, life in enumerate(lives):
            await collector.collect(life, place)
        how = Shown(
            wanted.form, wanted.system, wanted.span.timeproperty, cut.was, wanted.showing.attrs, ask.context
        )
        bodies = await shown(conn, ask.city.terms, lives, cut, how)
    found = [wanted.projection.apply(body) for body in bodies]
    if cut.was:
        headers["content-range"] = content_range(wanted.span, cut)
    return reply(
        ask, found[0] if single else found, wanted.media, status=206 if cut.was else 200, headers=headers
    )
