"""Merges that are told in short (GS CIM 009, 6.5.3.4): ``format=simplified``, ``lang`` and ``observedAt``.

What is meant depends on what the attribute is now, so the entity is read first and the fragment written out;
merges that say it themselves never come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haidang.city.checks import names_geometry
from haidang.city.items import NULL, bad
from haidang.city.ngsild.exchange import Call
from haidang.city.ngsild.narrowing import standing
from haidang.city.represent import KINDS, Instance, documents, instances
from haidang.city.terms import Context
from haidang.city.times import parse_us

_NAMELESS = frozenset({"id", "type", "scope", "@context", "expiresAt", "createdAt", "modifiedAt"})
_SHORT = {"languageMap": "L", "vocab": "V", "json": "J"}
SIMPLIFIED = frozenset({"simplified", "keyValues"})


async def written_out(
    call: Call, query: Mapping[str, str], id_: str, body: Any, context: Context, *, simplified: bool
) -> Any:
    """Return the fragment as it would be told in full."""
    lang, observed = query.get("lang"), query.get("observedAt")
    if observed is not None:
        try:
            parse_us(observed)
        except ValueError as cause:
            raise bad(
                "observedAt phải là thời điểm ISO 8601 có múi giờ.",
                "observedAt is an ISO 8601 date and time with a time zone.",
                "observedAt",
                observed,
            ) from cause
    if not isinstance(body, dict) or not (simplified or lang is not None or observed is not None):
        return body
    row = await standing(call, id_)
    doc, static = ({}, {}) if row is None else documents(row.doc, row.static)
    at = doc.get("@")
    found: dict[str, Any] = {}
    for name, value in body.items():
        if name in _NAMELESS or value == NULL:
            found[name] = value
            continue
        number = call.city.terms.attr_id(name, context)
        stored = doc.get(str(number), static.get(str(number)))
        now = {} if stored is None else {one.dataset: one for one in instances(stored, at)}
        found[name] = _each(value, now, lang, observed, simplified=simplified)
    return found


def _each(
    value: Any,
    now: Mapping[str | None, Instance],
    lang: str | None,
    observed: str | None,
    *,
    simplified: bool,
) -> Any:
    if simplified and isinstance(value, dict) and value.keys() == {"dataset"}:
        return [
            _one(each, now.get(None if id_ == "@none" else id_), lang, observed, simplified=True)
            | ({} if id_ == "@none" else {"datasetId": id_})
            for id_, each in value["dataset"].items()
        ]
    if not simplified and isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return [_one(one, now.get(one.get("datasetId")), lang, observed, simplified=False) for one in value]
    dataset = value.get("datasetId") if isinstance(value, dict) and not simplified else None
    return _one(value, now.get(dataset), lang, observed, simplified=simplified)


def _one(
    value: Any, now: Instance | None, lang: str | None, observed: str | None, *, simplified: bool
) -> dict[str, Any]:
    if not simplified and isinstance(value, dict):
        found = dict(value)
        if now is not None and now.kind == "L" and lang is not None and _is_text(found.get("value")):
            found = {name: each for name, each in found.items() if name not in ("type", "value")}
            found["languageMap"] = {lang: value["value"]}
    else:
        letter, member, said = _meant(value, now, lang)
        found = {"type": KINDS[letter][0], member: said}
    if observed is not None and now is not None and now.observed_us is not None:
        found.setdefault("observedAt", observed)
    return found


def _meant(value: Any, now: Instance | None, lang: str | None) -> tuple[str, str, Any]:
    """Return (kind, member, value) of a bare value; the kind of an attribute stays what it is."""
    if isinstance(value, dict) and len(value) == 1 and (short := next(iter(value))) in _SHORT:
        return _SHORT[short], short, value[short]
    letter = "P" if now is None else now.kind
    if (
        now is None
        and isinstance(value, dict)
        and names_geometry(value.get("type"))
        and "coordinates" in value
    ):
        letter = "G"
    if letter == "L" and _is_text(value):
        value = {lang or "@none": value}
    return letter, KINDS[letter][1], value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
    )
