"""A data model in the language of JSON Schema (2020-12): normalized entities, one instance an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haidang.city.models.model import Attribute
from haidang.city.models.rules import MEMBERS, PATTERNS, kinds

_ANY: dict[str, Any] = {}


def json_schema(
    type_name: str, attributes: Mapping[str, Attribute], required: tuple[str, ...]
) -> dict[str, Any]:
    """Return the schema of a type; it says yes to exactly what :class:`~.rules.Rules` finds nothing in."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": type_name,
        "type": "object",
        "required": ["id", "type", *required],
        "properties": {
            "id": {"type": "string"},
            **{name: _attribute(one) for name, one in attributes.items()},
        },
    }


def _attribute(one: Attribute) -> dict[str, Any]:
    members: dict[str, Any] = {"type": {"enum": sorted(kinds(one))}}
    if one.kind == "Property":
        for kind in sorted(kinds(one) - {"LanguageProperty", "JsonProperty"}):
            members[MEMBERS[kind]] = _value(one)
    found: dict[str, Any] = {"type": "object", "required": ["type"], "properties": members}
    if one.text or one.en:
        found["description"] = one.text or one.en
    if one.min is not None or one.max is not None:
        limits = {key: each for key, each in (("minimum", one.min), ("maximum", one.max)) if each is not None}
        same_unit: dict[str, Any] = {"not": {"required": ["unitCode"]}}
        if one.unit is not None:
            same_unit = {"anyOf": [same_unit, {"properties": {"unitCode": {"const": one.unit}}}]}
        found |= {"if": same_unit, "then": {"properties": {"value": _one_or_list(one, limits)}}}
    return found


def _value(one: Attribute) -> dict[str, Any]:
    kind = one.items if one.value == "array" else one.value
    single: dict[str, Any] = {} if kind == "any" else {"type": kind}
    if one.enum and not one.open:
        single["enum"] = list(one.enum)
    if one.format is not None:
        single["pattern"] = f"^(?:{PATTERNS[one.format]})$"
        single = {
            "if": {"type": "object"},
            "then": {"required": ["@value"], "properties": {"@value": single}},
            "else": single,
        }
    return _one_or_list(one, single)


def _one_or_list(one: Attribute, single: dict[str, Any]) -> dict[str, Any]:
    """One value and a list of it are the same in JSON-LD."""
    if one.value == "any" and not single:
        return _ANY
    listed: dict[str, Any] = {"items": single}
    if one.value != "array":
        listed |= {"minItems": 1, "maxItems": 1}
    return {"if": {"type": "array"}, "then": listed, "else": single}
