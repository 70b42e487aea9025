"""The facts of a document that fits the schema of CAP 1.2."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec

from haidang.alerts.cap.model.message import Area, Circle, Info, Message, Pair, Point, Reference, Resource
from haidang.alerts.cap.model.words import NAMESPACE

NAME_MAX = 200
"""Characters of a name in a message, as the schema has it: names stand in indexes."""
YEARS = range(1970, 2200)
"""Years of instants in a message, as the schema has them: no clock and no database goes to all."""
_LIST = re.compile(r'"([^"]+)"|(\S+)')


def message_of(root: Any) -> Message:
    """Return the message of an ``alert`` element."""
    return msgspec.convert(
        {
            "identifier": _text(root, "identifier"), "sender": _text(root, "sender"),
            "sent": _instant(root, "sent"), "status": _text(root, "status"),
            "msg_type": _text(root, "msgType"), "scope": _text(root, "scope"),
            "source": _text(root, "source"), "restriction": _text(root, "restriction"),
            "addresses": _several(_text(root, "addresses")), "codes": _texts(root, "code"),
            "note": _text(root, "note"), "references": references(_text(root, "references")),
            "incidents": _several(_text(root, "incidents")),
            "infos": tuple(_info(each) for each in _all(root, "info")),
        },
        Message,
    )  # fmt: skip


def references(text: str) -> tuple[Reference, ...]:
    """Return the references in a text of ``sender,identifier,sent`` triples; what is none is left out."""
    found = []
    for word in text.split():
        parts = word.split(",")
        if len(parts) == 3 and max(map(len, parts)) <= NAME_MAX:
            try:
                sent = datetime.fromisoformat(parts[2].replace("Z", "+00:00"))
            except ValueError:
                continue
            if sent.tzinfo is not None and sent.year in YEARS:
                found.append(Reference(parts[0], parts[1], sent))
    return tuple(found)


def _info(node: Any) -> Info:
    return msgspec.convert(
        {
            "language": _text(node, "language") or "en-US", "categories": _texts(node, "category"),
            "event": _text(node, "event"), "response_types": _texts(node, "responseType"),
            "urgency": _text(node, "urgency"), "severity": _text(node, "severity"),
            "certainty": _text(node, "certainty"), "audience": _text(node, "audience"),
            "event_codes": _pairs(node, "eventCode"), "effective": _instant(node, "effective"),
            "onset": _instant(node, "onset"), "expires": _instant(node, "expires"),
            "sender_name": _text(node, "senderName"), "headline": _text(node, "headline"),
            "description": _text(node, "description"), "instruction": _text(node, "instruction"),
            "web": _text(node, "web"), "contact": _text(node, "contact"),
            "parameters": _pairs(node, "parameter"),
            "resources": tuple(_resource(each) for each in _all(node, "resource")),
            "areas": tuple(_area(each) for each in _all(node, "area")),
        },
        Info,
    )  # fmt: skip


def _resource(node: Any) -> Resource:
    return Resource(
        description=_text(node, "resourceDesc"), mime_type=_text(node, "mimeType"), uri=_text(node, "uri")
    )


def _area(node: Any) -> Area:
    return Area(
        description=_text(node, "areaDesc"),
        polygons=tuple(tuple(_point(pair) for pair in text.split()) for text in _texts(node, "polygon")),
        circles=tuple(_circle(text) for text in _texts(node, "circle")),
        geocodes=_pairs(node, "geocode"),
    )


def _circle(text: str) -> Circle:
    centre, radius = text.split()
    return Circle(_point(centre), float(radius))


def _point(pair: str) -> Point:
    lat, _, lon = pair.partition(",")
    return Point(float(lat), float(lon))


def _pairs(node: Any, name: str) -> tuple[Pair, ...]:
    return tuple(Pair(_text(each, "valueName"), _text(each, "value")) for each in _all(node, name))


def _several(text: str) -> tuple[str, ...]:
    """Return the values of a list that spaces divide, those with spaces in double quotes."""
    return tuple(quoted or bare for quoted, bare in _LIST.findall(text))


def _instant(node: Any, name: str) -> datetime | None:
    text = _text(node, name)
    return datetime.fromisoformat(text) if text else None


def _texts(node: Any, name: str) -> tuple[str, ...]:
    return tuple((each.text or "").strip() for each in _all(node, name))


def _text(node: Any, name: str) -> str:
    found = node.find(f"{{{NAMESPACE}}}{name}")
    return "" if found is None else (found.text or "").strip()


def _all(node: Any, name: str) -> Any:
    return node.findall(f"{{{NAMESPACE}}}{name}")
