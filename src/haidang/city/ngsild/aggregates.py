"""The aggregated temporal representation (GS CIM 009, 4.5.19): methods over periods, from the log's rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from haidang.city.ngsild.asking import Ask, words
from haidang.city.query.problems import bad, complex_
from haidang.city.query.temporal import TemporalQuery
from haidang.city.represent import stored_attributes
from haidang.city.store import aggregates, read
from haidang.city.store.aggregates import Bin
from haidang.city.store.read import Row
from haidang.city.times import format_us, to_us

PARAMETERS = ("aggrMethods", "aggrPeriodDuration")
BINS_MAX = 10_000
"""Periods of one answer."""
_METHODS = {
    "totalCount": "total",
    "distinctCount": "distinct",
    "sum": "sum",
    "avg": "avg",
    "min": "min",
    "max": "max",
    "stddev": "stddev",
    "sumsq": "sumsq",
}
_DURATION = re.compile(
    r"P(?:\d+W|(?=\d|T\d)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,6})?S)?)?)\Z"
)
_NOTHING = re.compile(r"P(?=.*0)(?:0+[WD])?(?:T(?:0+[HM])*(?:0+(?:\.0+)?S)?)?\Z")


async def aggregated(
    ask: Ask, rows: list[Row], span: TemporalQuery, params: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the entities with their attributes summed up; ``Problem`` where a parameter is wrong."""
    methods = words(params.get("aggrMethods"))
    if not methods or not set(methods) <= set(_METHODS):
        raise bad(
            f"aggrMethods cần một hay nhiều trong: {', '.join(_METHODS)}.",
            f"aggrMethods needs one or more of: {', '.join(_METHODS)}.",
        )
    if span.timeproperty != "observedAt" or span.last is not None:
        raise bad(
            "Tổng hợp chỉ theo observedAt, không đi cùng lastN.",
            "Aggregates go by observedAt, without lastN.",
        )
    period = _period(params.get("aggrPeriodDuration"))
    names = words(params.get("attrs")) + words(params.get("pick"))
    terms = ask.city.terms
    left = BINS_MAX
    answer: list[dict[str, Any]] = []
    async with read.reading(ask.db) as conn:
        for row in rows:
            attrs = (
                [number for name in names if (number := terms.attr_id(name, ask.context)) is not None]
                if names
                else [number for number, _, _ in stored_attributes(row.doc, "{}")]
            )
            found = await aggregates.bins(
                conn,
                terms,
                row.eid,
                attrs=attrs,
                start=span.start,
                end=span.end,
                period=period,
                limit=left + 1,
                distinct="distinctCount" in methods,
            )
            left -= len(found)
            if left < 0:
                raise complex_(
                    f"Quá {BINS_MAX} khoảng thời gian; hãy chọn khoảng dài hơn hoặc ít thực thể hơn.",
                    f"More than {BINS_MAX} periods; choose longer ones or fewer entities.",
                )
            answer.append(_entity(ask, row, found, methods))
    return answer


def _entity(ask: Ask, row: Row, found: list[Bin], methods: tuple[str, ...]) -> dict[str, Any]:
    terms = ask.city.terms
    types = terms.type_names(row.type_id, ask.context)
    body: dict[str, Any] = {"id": row.id, "type": types[0] if len(types) == 1 else list(types)}
    for one in found:
        name = terms.attr_name(one.attr, ask.context)
        bounds = [format_us(to_us(one.start)), format_us(to_us(one.end))]
        for method in methods:
            value = getattr(one, _METHODS[method])
            if value is not None:
                shown = body.setdefault(name, {"type": "Property"})
                shown.setdefault(method, []).append([value, *bounds])
    return body


def _period(text: str | None) -> str | None:
    """Return the duration of a period; None where all is one period (absent, or nothing long)."""
    if text is None or _NOTHING.match(text):
        return None
    if text not in ("P1M", "P1Y") and not _DURATION.match(text):
        raise bad(
            "aggrPeriodDuration cần khoảng ISO 8601 theo tuần, ngày, giờ, phút, giây; hoặc P1M, P1Y.",
            "aggrPeriodDuration needs an ISO 8601 duration of weeks, days or less; or P1M, P1Y.",
        )
    return text
