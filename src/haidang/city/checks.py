"""Structural checks on the parts of an attribute; each names the field that is wrong."""

from __future__ import annotations

from typing import Any

from haidang.base.geometry import in_vietnam
from haidang.base.problems import Problem
from haidang.city.items import NULL, bad
from haidang.city.represent import KINDS, LETTERS, Stored
from haidang.city.terms import Context, is_uri
from haidang.city.times import format_us, parse_us

DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""GeoJSON geometry to the nesting of its positions."""
_SCALARS = frozenset({str, int, float, bool})


def plain(kind: object, value: dict[str, Any]) -> Stored | None:
    """Return the stored form of a Property with a flat object, or of a GeoProperty with a point; else
    None.
    """
    if kind == "Property":
        for part in value.values():
            if type(part) not in _SCALARS or part == NULL:
                return None
        return {"v": value}
    if kind == "GeoProperty" and value.get("type") == "Point":
        point = value.get("coordinates")
        if type(point) is list and len(point) == 2:
            lon, lat = point
            if type(lon) is float and type(lat) is float and -180 <= lon <= 180 and -90 <= lat <= 90:
                return {"k": "G", "v": value}
    return None


def within_vietnam(value: dict[str, Any]) -> bool:
    """Say whether a Point lies in the country."""
    point = value.get("coordinates")
    return type(point) is list and in_vietnam(*point[:2])


def names_geometry(kind: object) -> bool:
    """Say whether a ``type`` names a GeoJSON geometry; whoever means harm sends a list or an object there."""
    return type(kind) is str and kind in DEPTHS


def infer(a: dict[str, Any]) -> str | None:
    """Return the kind letter that the members of an attribute without ``type`` imply."""
    for letter, (_, member) in KINDS.items():
        if member in a:
            value = a[member]
            if (
                letter == "P"
                and type(value) is dict
                and names_geometry(value.get("type"))
                and "coordinates" in value
            ):
                return "G"
            return letter
    return None


def is_instance(a: dict[str, Any]) -> bool:
    """Say whether an object in a list is an attribute instance rather than a value."""
    if "type" in a:
        kind = a["type"]
        return type(kind) is str and kind in LETTERS
    return infer(a) is not None or "datasetId" in a


def scope(value: object) -> Any:
    """Return the scope of an entity if it is a text or a list of texts."""
    names = value if type(value) is list else [value]
    if not names or not all(type(one) is str and 0 < len(one) <= 512 for one in names):
        raise bad("“scope” không hợp lệ.", "A scope is a text or an array of texts.", "scope", value)
    return value


def expiry(value: object, *, partial: bool) -> str:
    """Return when an entity ends (4.22), in UTC; it may be sent as a Property too."""
    if type(value) is dict:
        value = value.get("value")
    if partial and value == NULL:
        return NULL
    try:
        return format_us(parse_us(value))
    except ValueError as cause:
        raise bad(
            "expiresAt phải là thời điểm ISO 8601 có múi giờ.",
            "expiresAt is an ISO 8601 date and time with a time zone.",
            "expiresAt",
            value,
        ) from cause


def relationship(name: str, value: Any) -> None:
    """Refuse a target that is no URI."""
    targets = value if type(value) is list else [value]
    for target in targets:
        uri = target.get("object") if type(target) is dict else target
        if not is_uri(uri):
            raise bad(f"“{name}” phải trỏ đến một URI.", f"{name!r} must point to a URI.", name, uri)


def text_member(name: str, part: str, value: object) -> str:
    """Return a member that must be a text."""
    if type(value) is not str or not value or len(value) > 512:
        raise bad(
            f"{part} của “{name}” phải là chuỗi.", f"{part} of {name!r} is a text.", f"{name}.{part}", value
        )
    return value


def positions(name: str, value: Any, depth: int) -> None:
    """Refuse coordinates that are not WGS84 longitude, latitude in the nesting ``depth``."""
    if type(value) is not list or (depth > 0 and not value):
        raise _bad_position(name, value)
    if depth:
        for part in value:
            positions(name, part, depth - 1)
        return
    if not 2 <= len(value) <= 3 or not all(type(one) in (int, float) for one in value):
        raise _bad_position(name, value)
    lon, lat = value[:2]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise bad(
            f"Tọa độ {value[:2]} của “{name}” không phải [kinh độ, vĩ độ] WGS84; "
            "có thể bị đảo hoặc là VN-2000.",
            f"The position {value[:2]} of {name!r} is not [longitude, latitude] in WGS84; "
            "swapped, or projected (VN-2000)?",
            name,
            value[:2],
        )


def lines(name: str, kind: str, value: Any) -> None:
    """Refuse a line of one position, and an outline that does not come back to where it began (RFC 7946)."""
    if kind.endswith("LineString"):
        for line in [value] if kind == "LineString" else value:
            if len(line) < 2:
                raise bad(
                    f"Đường của “{name}” cần ít nhất hai điểm.",
                    f"A line of {name!r} has at least two positions.",
                    name,
                    line,
                )
    elif kind.endswith("Polygon"):
        for ring in value if kind == "Polygon" else (ring for polygon in value for ring in polygon):
            if len(ring) < 4 or ring[0] != ring[-1]:
                raise bad(
                    f"Vòng của “{name}” cần ít nhất bốn điểm và kết thúc ở điểm đầu.",
                    f"A ring of {name!r} has at least four positions and ends where it begins.",
                    name,
                    ring[:2],
                )


def language_map(name: str, value: Any, *, nulls: bool) -> None:
    """Refuse a languageMap that is no object from languages to texts or lists of texts."""
    texts = value.values() if type(value) is dict else None
    if texts is None or not all(_is_text(one) for one in texts) or (not nulls and NULL in texts):
        raise bad(
            f"languageMap của “{name}” phải là đối tượng từ ngôn ngữ đến văn bản.",
            f"The languageMap of {name!r} is an object from languages to texts.",
            name,
            value,
        )


def _is_text(value: object) -> bool:
    return type(value) is str or (type(value) is list and all(type(one) is str for one in value))


def vocab(name: str, value: Any, context: Context) -> Any:
    """Return the IRIs that the terms of a VocabProperty mean; refuse what is no term."""
    if type(value) is str:
        return context.expand(value)
    if type(value) is list and all(type(one) is str and one != NULL for one in value):
        return [context.expand(one) for one in value]
    raise bad("vocab phải là chuỗi hoặc danh sách chuỗi.", "A vocab is a string or strings.", name, value)


def _bad_position(name: str, value: object) -> Problem:
    return bad(
        f"Tọa độ của “{name}” không hợp lệ.", f"The coordinates of {name!r} are not valid.", name, value
    )


def too_deep(name: str) -> Problem:
    """Return the refusal of nesting without end."""
    return bad(f"“{name}” lồng quá sâu.", f"{name!r} is nested too deeply.", name)
