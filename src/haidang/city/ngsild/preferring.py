"""What a client prefers (``Prefer``, RFC 7240): where the context stands, and which version it understands.

``ngsi-ld=1.x`` asks for entities as an earlier version of the standard had them (GS CIM 009, 4.3.6.8): what
that version did not know becomes what it knew, or is left out.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from haidang.city.represent import KINDS, LETTERS

OURS = (1, 8)
"""The version we speak."""
_VERSION = re.compile(r"1\.(\d{1,2})\Z")
_KINDS_SINCE = {"JsonProperty": 8, "VocabProperty": 8, "ListProperty": 8, "LanguageProperty": 4}
_MEMBERS_SINCE = {
    "valueType": 9, "expiresAt": 9, "objectType": 8, "observedAt": 3, "unitCode": 3, "datasetId": 3,
}  # fmt: skip


class Preference(msgspec.Struct, frozen=True):
    """What was preferred and can be done."""

    version: int | None = None
    """Minor number of the version asked for, never above ours."""
    json_body: bool = False
    """Of a GeoJSON answer: the context goes into a Link header."""

    @property
    def applied(self) -> dict[str, str]:
        """Return the header that tells what was done."""
        if self.version is not None:
            return {"preference-applied": f"ngsi-ld=1.{self.version}"}
        return {"preference-applied": "body=json"} if self.json_body else {}


def preference_of(text: str) -> Preference:
    """Read a Prefer header; what is unknown in it is ignored, as its RFC wants."""
    version, json_body = None, False
    for part in re.split(r"[,;]", text):
        name, _, value = (piece.strip().strip('"') for piece in part.partition("="))
        found = _VERSION.match(value)
        if name.lower() == "ngsi-ld" and found:
            version = min(int(found[1]), OURS[1])
        elif name.lower() == "body":
            json_body = value == "json"
    return Preference(version, json_body)


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
