"""The rules of a data model, compiled once, held against NGSI-LD entities as they come in.

:class:`Rules` is made once for each type; its ``check`` is a plain loop (2 to 3 µs for 13 attributes
that are in order), and only what does not pass at a glance is looked at in full. ``schema.py`` says the same
in the language of JSON Schema, for vendors who test their devices at home and for the test that holds both
together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from haidang.base.problems import Fault
from haidang.city.items import NULL
from haidang.city.models.model import Attribute
from haidang.city.models.units import CODES, known_unit

NAMES_MAX = 60
"""Characters of a value or a list of words that a fault shows."""
_INSTANT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
PATTERNS = {
    # An observation over a while is written as an interval; both ends are instants.
    "date-time": rf"{_INSTANT}(/{_INSTANT})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "time": r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[!-~\u0080-\U0010ffff]+",
    "email": r"[!-?A-~]+@[!-?A-~]+",
}
"""What a text of a format looks like; the same expression in Python and in JSON Schema."""
_FORMS = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
_TYPES: dict[str, frozenset[type]] = {
    "number": frozenset({int, float}),
    "integer": frozenset({int}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "object": frozenset({dict}),
    "array": frozenset({list}),
}
_WORDS = {
    "number": ("phải là số", "must be a number"),
    "integer": ("phải là số nguyên", "must be an integer"),
    "string": ("phải là chuỗi", "must be a text"),
    "boolean": ("phải là true hoặc false", "must be true or false"),
    "object": ("phải là đối tượng", "must be an object"),
    "array": ("phải là danh sách", "must be a list"),
}
MEMBERS = {
    "Property": "value", "GeoProperty": "value", "Relationship": "object", "LanguageProperty": "languageMap",
    "VocabProperty": "vocab", "JsonProperty": "json", "ListProperty": "valueList",
    "ListRelationship": "objectList",
}  # fmt: skip
"""Kind of an attribute to the member that carries its value."""
_MARKS = frozenset({"observedAt", "unitCode", "datasetId"})


class Finding(NamedTuple):
    """What does not fit: a word for counting, and the fault for people."""

    reason: str
    """``kind``, ``value``, ``enum``, ``range``, ``format``, ``required`` or ``unit``."""
    fault: Fault


class _Rule:
    """One attribute's rule, laid out for the loop."""

    __slots__ = ("attribute", "high", "kind", "kinds", "low", "member", "types", "unit", "words")

    def __init__(self, attribute: Attribute) -> None:
        self.attribute = attribute
        self.kind = attribute.kind
        self.member = MEMBERS[attribute.kind]
        self.kinds = kinds(attribute)
        """The kinds that can say the same."""
        words = frozenset(attribute.enum) if attribute.enum and not attribute.open else None
        self.words = words if attribute.value != "array" else None
        plain = attribute.format is None and attribute.value != "array"
        self.types: frozenset[type] | None = (
            _TYPES.get(attribute.value, frozenset()) if plain else frozenset()
        )
        """What passes at a glance; empty: every value needs the second look; None: the kind says all."""
        if attribute.kind != "Property":
            self.types = None
        self.low = attribute.min
        self.high = attribute.max
        self.unit = attribute.unit


class Rules:
    """The compiled model of a type."""

    def __init__(self, attributes: Mapping[str, Attribute], required: tuple[str, ...]) -> None:
        self._rules = {name: _Rule(one) for name, one in attributes.items() if _says_something(one)}
        self._required = required

    def check(self, body: Mapping[str, Any], *, whole: bool = True) -> list[Finding]:
        """Return what does not fit; ``whole`` asks for the required attributes too.

        What the model does not name is welcome: NGSI-LD types are open.
        """
        found: list[Finding] = []
        get = self._rules.get
        for name, a in body.items():
            rule = get(name)
            if type(a) is dict:
                unit = a.get("unitCode")
                if unit is not None and (type(unit) is not str or unit not in CODES) and not known_unit(unit):
                    found.append(_unknown_unit(name, unit))
                if rule is None:
                    continue
                if a.get("type") == rule.kind:
                    types = rule.types
                    if types is None:
                        continue
                    value: Any = a.get(rule.member)
                    if type(value) in types:
                        low, high, words = rule.low, rule.high, rule.words
                        if (
                            (low is None or value >= low)
                            and (high is None or value <= high)
                            and (words is None or value in words)
                        ):
                            continue
            if rule is not None:
                found += _look(name, a, rule)
        if whole:
            for name in self._required:
                if name not in body:
                    fault = Fault(name, "thiếu thuộc tính bắt buộc", "a required attribute is missing")
                    found.append(Finding("required", fault))
        return found


NO_MODEL = Rules({}, ())
"""For types that nobody described: their units are looked at, nothing else."""
UNIT = "unit"
"""The reason that is never worth a refusal: the value is kept, only what its unit means is not known."""


def _unknown_unit(name: str, unit: object) -> Finding:
    vi = "unitCode không có trong danh mục UN/CEFACT (Khuyến nghị 20/21)"
    en = "its unitCode is not a UN/CEFACT code (Recommendation 20/21)"
    return Finding(UNIT, Fault(name, vi, en, _shown(unit)))


def _says_something(one: Attribute) -> bool:
    return one.kind != "Property" or one.value != "any" or bool(one.enum)


def kinds(attribute: Attribute) -> frozenset[str]:
    """Return the kinds of attribute that can say what the model's kind says."""
    if attribute.kind == "Relationship":
        return frozenset({"Relationship", "ListRelationship"})
    if attribute.kind == "GeoProperty":
        return frozenset({"GeoProperty"})
    also = {
        "string": {"LanguageProperty", "VocabProperty"},
        "object": {"JsonProperty"},
        "array": {"JsonProperty", "ListProperty", "VocabProperty"},
        "any": {"LanguageProperty", "VocabProperty", "JsonProperty", "ListProperty"},
    }
    return frozenset({"Property"} | also.get(attribute.value, set()))


def _look(name: str, a: Any, rule: _Rule) -> list[Finding]:
    """Look at one attribute in full: normalized, concise or simplified, one or several instances."""
    if type(a) is list and a and all(type(one) is dict and _instance_kind(one) for one in a):
        return [finding for one in a for finding in _look_at(name, one, rule)]
    return _look_at(name, a, rule)


def _look_at(name: str, a: Any, rule: _Rule) -> list[Finding]:
    value, unit = a, None
    kind: str = rule.kind
    if type(a) is dict:
        told = _instance_kind(a)
        if told is not None:
            kind = told
            value = a.get(MEMBERS[kind], NULL)
            unit = a.get("unitCode")
        elif not _MARKS.isdisjoint(a):
            return []  # a fragment that changes the time or the unit alone
    if value is None or (type(value) is str and value == NULL):
        return []  # no value, or a deletion
    if kind not in rule.kinds:
        vi, en = f"phải là {rule.kind}", f"must be a {rule.kind}"
        return [Finding("kind", Fault(name, vi, en, kind))]
    if rule.kind != "Property" or kind in ("LanguageProperty", "JsonProperty"):
        return []
    return _value(name, value, rule, unit)


def _instance_kind(a: dict[str, Any]) -> str | None:
    """Return the kind of an attribute instance, told or implied by its members; None for a plain object."""
    told = a.get("type")
    if type(told) is str and told in MEMBERS:
        return told
    if told is not None:
        return "GeoProperty" if "coordinates" in a else None
    for kind, member in MEMBERS.items():
        if member in a:
            inner = a[member]
            if kind == "Property" and type(inner) is dict and "coordinates" in inner:
                return "GeoProperty"
            return kind
    return None


def _value(name: str, value: Any, rule: _Rule, unit: object) -> list[Finding]:
    attribute = rule.attribute
    if attribute.value == "array":
        # A list of one and its element are the same in JSON-LD.
        parts, kind = (value if type(value) is list else [value]), attribute.items
    else:
        parts = value if type(value) is list and len(value) == 1 else [value]
        kind = attribute.value
    for part in parts:
        typed = attribute.format is not None and type(part) is dict  # {"@type": "DateTime", "@value": "…"}
        found = _single(name, part.get("@value") if typed else part, attribute, kind, unit)
        if found is not None:
            return [found]
    return []


def _single(name: str, value: Any, attribute: Attribute, kind: str, unit: object) -> Finding | None:
    if kind != "any" and type(value) not in _TYPES[kind] and not (kind == "integer" and _whole(value)):
        vi, en = _WORDS[kind]
        return Finding("value", Fault(name, vi, en, _shown(value)))
    if attribute.enum and not attribute.open and not _listed(value, attribute.enum):
        listed = ", ".join(map(str, attribute.enum))
        listed = listed if len(listed) <= NAMES_MAX else f"{listed[:NAMES_MAX]}…"
        vi, en = f"không có trong danh mục ({listed})", f"is not one of: {listed}"
        return Finding("enum", Fault(name, vi, en, _shown(value)))
    if attribute.format is not None and type(value) is str and not _formed(attribute.format, value):
        vi, en = f"không đúng dạng {attribute.format}", f"has not the form {attribute.format}"
        return Finding("format", Fault(name, vi, en, _shown(value)))
    if type(value) in _TYPES["number"] and unit in (None, attribute.unit):
        low, high = attribute.min, attribute.max
        if (low is not None and value < low) or (high is not None and value > high):
            vi, en = f"nằm ngoài khoảng {_span(low, high)}", f"lies outside {_span(low, high)}"
            return Finding("range", Fault(name, vi, en, _shown(value)))
    return None


def _whole(value: Any) -> bool:
    return type(value) is float and value.is_integer()


def _listed(value: Any, enum: tuple[Any, ...]) -> bool:
    return type(value) not in (list, dict) and type(value) is not bool and value in enum


def _formed(form: str, value: str) -> bool:
    return _FORMS[form].fullmatch(value) is not None


def _span(low: float | None, high: float | None) -> str:
    if low is None:
        return f"≤ {high:g}"
    return f"≥ {low:g}" if high is None else f"{low:g}–{high:g}"


def _shown(value: Any) -> str:
    text = value if type(value) is str else repr(value)
    return text if len(text) <= NAMES_MAX else f"{text[:NAMES_MAX]}…"
