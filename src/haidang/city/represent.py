"""The stored form of an entity, and the way from it to NGSI-LD.

``entity.doc`` holds the attributes that carry ``observedAt``, ``entity_static.doc`` those that do not, which
telemetry never rewrites. Both are JSON objects keyed by the attribute's number as text (``attr.id``)::

    doc     {"@": common observedAt in µs since 1970, "12": stored, …}
    static  {"scope": text or list, "14": stored, …}

    stored  scalar                 a Property: number, string or boolean  (short form)
            [scalar, unitCode]     a Property with a unit                 (short form)
            {…}                    long form of one instance
            {"m": [long, long, …]} several instances, told apart by "d"; the default instance, if any, first

    long    "v" the value (object, languageMap, vocab, json, valueList, objectList of the kind)
            "k" kind, absent for a Property: R, G, L, V, J, LP, LR (see KINDS)
            "o" observedAt in µs     "u" unitCode     "d" datasetId
            "s" {number: stored}     sub-attributes; a short form in here has no time of its own
            "x" {member: value}      every other member as it came (valueType, objectType, …)

A short form in ``doc`` was observed at "@"; a long form says its own time in "o". In the log, ``change.j``
has the same stored forms, where a short form was observed at the row's ``t`` if its keyset is ``observed``;
null there means that the attribute was deleted. Rows that create or delete carry besides
``"@e": {"id", "type_id", "tenant_id", "owner_org", "area_code", "sector", "source", "simulated"}``; a change
of the origin alone carries "@e" too, and "scope" and "@types" (new type number) stand under those names.
One write at several times makes several rows; those after the first carry "@f".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from haidang.city.terms import Context, Terms
from haidang.city.times import format_us

Stored = Any
"""A stored attribute as described above."""

KINDS: dict[str, tuple[str, str]] = {
    "P": ("Property", "value"),
    "R": ("Relationship", "object"),
    "G": ("GeoProperty", "value"),
    "L": ("LanguageProperty", "languageMap"),
    "V": ("VocabProperty", "vocab"),
    "J": ("JsonProperty", "json"),
    "LP": ("ListProperty", "valueList"),
    "LR": ("ListRelationship", "objectList"),
}
"""Kind letter to (NGSI-LD type, member that holds the value)."""

LETTERS = {name: letter for letter, (name, _) in KINDS.items()}

Namer = Callable[[int], str]
"""Number of an attribute to its name in the asker's context (``Terms.attr_name``, :class:`Names`)."""


class Names:
    """A :data:`Namer` that also writes the values of VocabProperties in the asker's context."""

    __slots__ = ("_context", "_terms")

    def __init__(self, terms: Terms, context: Context) -> None:
        self._terms = terms
        self._context = context

    def __call__(self, number: int) -> str:
        return self._terms.attr_name(number, self._context)

    def vocab(self, value: Any) -> Any:
        """Return a term, or terms, in place of their IRIs."""
        if type(value) is list:
            return [self.vocab(one) for one in value]
        return self._context.compact(value) if type(value) is str else value


class System(NamedTuple):
    """The system attributes of one attribute, as text."""

    created: str
    modified: str


_decode = msgspec.json.Decoder().decode


class Instance(msgspec.Struct):
    """One attribute instance in full, whatever form it is stored in."""

    kind: str
    value: Any
    observed_us: int | None
    unit: str | None
    dataset: str | None
    sub: Mapping[str, Stored]
    extra: Mapping[str, Any]


def instances(stored: Stored, at_us: int | None) -> Iterator[Instance]:
    """Yield the instances of a stored attribute; ``at_us`` is the time of its short forms."""
    if type(stored) is list:
        yield Instance("P", stored[0], at_us, stored[1], None, {}, {})
    elif type(stored) is not dict:
        yield Instance("P", stored, at_us, None, None, {}, {})
    elif "m" in stored:
        for one in stored["m"]:
            yield _long(one)
    else:
        yield _long(stored)


def value_of(stored: Stored) -> Any:
    """Return the value of the default (or first) instance."""
    if type(stored) is list:
        return stored[0]
    if type(stored) is not dict:
        return stored
    return stored["m"][0]["v"] if "m" in stored else stored["v"]


def observed_of(stored: Stored, at_us: int | None) -> int | None:
    """Return when the default (or first) instance was observed, in µs; None where it was not."""
    if type(stored) is not dict:
        return at_us
    one = stored["m"][0] if "m" in stored else stored
    found: int | None = one.get("o")
    return found


def normalized(one: Instance, name_of: Namer, *, concise: bool = False, system: System | None = None) -> Any:
    """Return one instance as NGSI-LD: normalized, or concise (4.5.2.3: no ``type``, bare values).

    ``expiresAt`` is a system attribute and shown only among them.
    """
    kind, member = KINDS[one.kind]
    body: dict[str, Any] = {}
    extra = one.extra if system else _lasting(one.extra)
    bare = not (one.observed_us is not None or one.unit or one.dataset or one.sub or extra or system)
    if concise:
        if one.kind == "G" and bare:
            return one.value
        if one.kind == "P" and bare and type(one.value) is not dict:
            return one.value
    else:
        body["type"] = kind
    body[member] = _said(one, name_of)
    if one.unit is not None:
        body["unitCode"] = one.unit
    if one.observed_us is not None:
        body["observedAt"] = format_us(one.observed_us)
    if one.dataset is not None:
        body["datasetId"] = one.dataset
    body.update(extra)
    if system is not None:
        body["createdAt"], body["modifiedAt"] = system
    for key, stored in one.sub.items():
        body[name_of(int(key))] = attribute(stored, None, name_of, concise=concise, system=system)
    return body


def _lasting(extra: Mapping[str, Any]) -> Mapping[str, Any]:
    if "expiresAt" not in extra:
        return extra
    return {name: value for name, value in extra.items() if name != "expiresAt"}


def _said(one: Instance, name_of: Namer | None) -> Any:
    """Return the value, that of a VocabProperty in the asker's own words."""
    return name_of.vocab(one.value) if one.kind == "V" and isinstance(name_of, Names) else one.value


def simplified(one: Instance, name_of: Namer | None = None) -> Any:
    """Return one instance as key-values has it (4.5.4)."""
    value = _said(one, name_of)
    if one.kind == "LR":
        return [each["object"] if type(each) is dict and "object" in each else each for each in value]
    return {KINDS[one.kind][1]: value} if one.kind in ("L", "V", "J") else value


def attribute(
    stored: Stored,
    at_us: int | None,
    name_of: Namer,
    *,
    concise: bool = False,
    system: System | None = None,
) -> Any:
    """Return a stored attribute as NGSI-LD; several instances become a list."""
    if type(stored) is not dict and not concise and system is None:  # telemetry, at a glance
        short: dict[str, Any] = {"type": "Property", "value": stored}
        if type(stored) is list:
            short["value"], short["unitCode"] = stored
        if at_us is not None:
            short["observedAt"] = format_us(at_us)
        return short
    found = [normalized(one, name_of, concise=concise, system=system) for one in instances(stored, at_us)]
    return found[0] if len(found) == 1 else found


def key_value(stored: Stored, name_of: Namer | None = None) -> Any:
    """Return a stored attribute as key-values; several instances become ``{"dataset": {id: value}}``."""
    found = list(instances(stored, None))
    if len(found) == 1:
        return simplified(found[0], name_of)
    return {"dataset": {one.dataset or "@none": simplified(one, name_of) for one in found}}


def documents(doc: Any, static: Any) -> tuple[dict[str, Stored], dict[str, Stored]]:
    """Return both documents as fresh dicts, whether they come as bytes, text or already decoded."""
    return (
        _decode(doc) if isinstance(doc, bytes | str) else dict(doc or {}),
        _decode(static) if isinstance(static, bytes | str) else dict(static or {}),
    )


def stored_attributes(doc: Any, static: Any) -> Iterator[tuple[int, Stored, int | None]]:
    """Yield (attribute number, stored, time of its short forms in µs) of both documents."""
    observed, other = documents(doc, static)
    at_us = observed.pop("@", None)
    other.pop("scope", None)
    for key, stored in other.items():
        yield int(key), stored, None
    for key, stored in observed.items():
        yield int(key), stored, at_us


def represent(
    id_: str,
    types: tuple[str, ...],
    doc: Any,
    static: Any,
    name_of: Namer,
    *,
    form: str = "normalized",
    only: frozenset[int] | None = None,
    system: Callable[[int], System] | None = None,
) -> dict[str, Any]:
    """Return an entity as NGSI-LD.

    ``form`` is ``normalized``, ``concise`` or ``keyValues``; ``only`` keeps these attribute numbers;
    ``system`` gives createdAt and modifiedAt of an attribute, where they are to be shown.
    """
    observed, other = documents(doc, static)
    body: dict[str, Any] = {"id": id_, "type": types[0] if len(types) == 1 else list(types)}
    scope = other.pop("scope", None)
    if scope is not None:
        body["scope"] = scope
    at_us = observed.pop("@", None)
    at_a_glance = form == "normalized" and only is None and system is None
    for documents_at, source in ((None, other), (at_us, observed)):
        at = None if documents_at is None else format_us(documents_at)
        for key, stored in source.items():
            number = int(key)
            if at_a_glance and at is not None and type(stored) is not dict:  # telemetry
                if type(stored) is list:
                    value, unit = stored
                    body[name_of(number)] = {
                        "type": "Property",
                        "value": value,
                        "unitCode": unit,
                        "observedAt": at,
                    }
                else:
                    body[name_of(number)] = {"type": "Property", "value": stored, "observedAt": at}
                continue
            if at_a_glance and type(stored) is dict and len(stored) == 2 and stored.get("k") == "G":
                body[name_of(number)] = {"type": "GeoProperty", "value": stored["v"]}
                continue
            if only is not None and number not in only:
                continue
            if form == "keyValues":
                body[name_of(number)] = key_value(stored, name_of)
                continue
            body[name_of(number)] = attribute(
                stored,
                documents_at,
                name_of,
                concise=form == "concise",
                system=system(number) if system else None,
            )
    if "expiresAt" in body:
        say_end(body, shown=system is not None)
    return body


def say_end(body: dict[str, Any], *, shown: bool) -> None:
    """Say when an entity ends (4.22) as the system attribute it is: a bare time, or nothing."""
    ends = body.pop("expiresAt")
    if shown:
        body["expiresAt"] = ends["value"] if type(ends) is dict else ends


def _long(one: Mapping[str, Any]) -> Instance:
    return Instance(
        one.get("k", "P"),
        one["v"],
        one.get("o"),
        one.get("u"),
        one.get("d"),
        one.get("s", {}),
        one.get("x", {}),
    )
