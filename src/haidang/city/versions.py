"""Entities as earlier versions of the standard had them (GS CIM 009, 4.3.6.8).

What a version did not know becomes what it knew, or is left out.
"""

from __future__ import annotations

from typing import Any

from haidang.city.represent import KINDS, LETTERS

OURS = 8
"""Minor number of the version we speak, 1.8."""
_KINDS_SINCE = {"JsonProperty": 8, "VocabProperty": 8, "ListProperty": 8, "LanguageProperty": 4}
_MEMBERS_SINCE = {
    "valueType": 9, "expiresAt": 9, "objectType": 8, "observedAt": 3, "unitCode": 3, "datasetId": 3,
}  # fmt: skip


def amended(body: dict[str, Any], version: int) -> dict[str, Any]:
    """Return an entity (normalized) as version 1.``version`` had it."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        if name == "type" and type(value) is list and version < 3:
            found[name] = value[0]
        elif name in ("scope", "expiresAt"):
            if version >= (4 if name == "scope" else 9):
                found[name] = value
        else:
            found[name] = _member(value, version)
    return found


def _member(value: Any, version: int) -> Any:
    if type(value) is list and value and all(type(one) is dict and "type" in one for one in value):
        if version >= 3:
            return [_attribute(one, version) for one in value]
        default = next((one for one in value if "datasetId" not in one), value[0])
        return _attribute(default, version)
    if type(value) is dict and value.get("type") in LETTERS:
        return _attribute(value, version)
    return value


def _attribute(one: dict[str, Any], version: int) -> dict[str, Any]:
    kind = one["type"]
    member = KINDS[LETTERS[kind]][1]
    found = {
        name: _member(value, version) if name != member else value
        for name, value in one.items()
        if version >= _MEMBERS_SINCE.get(name, 0)
    }
    if version < _KINDS_SINCE.get(kind, 0):
        found["type"] = "Property"
        found = {("value" if name == member else name): value for name, value in found.items()}
    elif kind == "ListRelationship" and version < 8:
        found["type"] = "Relationship"
        targets = [each["object"] if type(each) is dict else each for each in found.pop("objectList")]
        found["object"] = targets
    return found
