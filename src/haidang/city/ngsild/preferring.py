"""What a client prefers (``Prefer``, RFC 7240): where the context stands, and which version it understands.

``ngsi-ld=1.x`` asks for entities as an earlier version of the standard had them (``city.versions``).
"""

from __future__ import annotations

import re

import msgspec

from haidang.city.versions import OURS

_VERSION = re.compile(r"1\.(\d{1,2})\Z")


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
            version = min(int(found[1]), OURS)
        elif name.lower() == "body":
            json_body = value == "json"
    return Preference(version, json_body)
