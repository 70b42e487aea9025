"""Writing a message as CAP 1.2, elements in the order of the standard, times with their offset."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lxml import etree

from haidang.alerts.cap.model.message import Area, Circle, Info, Message, Pair, Point, Reference, Resource
from haidang.alerts.cap.model.words import NAMESPACE
from haidang.alerts.cap.xml.schema import complaints
from haidang.base.clock import LOCAL


def instant(at: datetime) -> str:
    """Return an instant in Vietnam's time as ``2026-11-22T14:05:00+07:00``."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


def reference(each: Reference) -> str:
    """Return a reference as ``sender,identifier,sent``."""
    return f"{each.sender},{each.identifier},{instant(each.sent)}"


def written(message: Message) -> bytes:
    """Return the document; ``ValueError`` where what was written does not fit our schema."""
    root = etree.Element(_name("alert"), nsmap={None: NAMESPACE})
    _put(root, "identifier", message.identifier)
    _put(root, "sender", message.sender)
    _put(root, "sent", instant(message.sent))
    _put(root, "status", message.status)
    _put(root, "msgType", message.msg_type)
    _put(root, "source", message.source)
    _put(root, "scope", message.scope)
    _put(root, "restriction", message.restriction)
    _put(root, "addresses", " ".join(_quoted(each) for each in message.addresses))
    for code in message.codes:
        _put(root, "code", code)
    _put(root, "note", message.note)
    _put(root, "references", " ".join(reference(each) for each in message.references))
    _put(root, "incidents", " ".join(_quoted(each) for each in message.incidents))
    for info in message.infos:
        _info(_put(root, "info"), info)
    wrong = complaints(root)
    if wrong:
        raise ValueError("; ".join(wrong))
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _info(node: Any, info: Info) -> None:
    _put(node, "language", info.language)
    for category in info.categories:
        _put(node, "category", category)
    _put(node, "event", info.event)
    for response in info.response_types:
        _put(node, "responseType", response)
    _put(node, "urgency", info.urgency)
    _put(node, "severity", info.severity)
    _put(node, "certainty", info.certainty)
    _put(node, "audience", info.audience)
    _pairs(node, "eventCode", info.event_codes)
    for name in ("effective", "onset", "expires"):
        at: datetime | None = getattr(info, name)
        _put(node, name, "" if at is None else instant(at))
    _put(node, "senderName", info.sender_name)
    _put(node, "headline", info.headline)
    _put(node, "description", info.description)
    _put(node, "instruction", info.instruction)
    _put(node, "web", info.web)
    _put(node, "contact", info.contact)
    _pairs(node, "parameter", info.parameters)
    for resource in info.resources:
        _resource(_put(node, "resource"), resource)
    for area in info.areas:
        _area(_put(node, "area"), area)


def _resource(node: Any, resource: Resource) -> None:
    _put(node, "resourceDesc", resource.description)
    _put(node, "mimeType", resource.mime_type)
    _put(node, "uri", resource.uri)


def _area(node: Any, area: Area) -> None:
    _put(node, "areaDesc", area.description)
    for ring in area.polygons:
        _put(node, "polygon", " ".join(_point(point) for point in ring))
    for circle in area.circles:
        _put(node, "circle", _circle(circle))
    _pairs(node, "geocode", area.geocodes)


def _point(point: Point) -> str:
    return f"{_number(point.lat)},{_number(point.lon)}"


def _circle(circle: Circle) -> str:
    return f"{_point(circle.centre)} {_number(circle.radius_km)}"


def _number(value: float) -> str:
    """Return a number to a decimetre on the ground, never in scientific notation."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _pairs(node: Any, name: str, pairs: tuple[Pair, ...]) -> None:
    for pair in pairs:
        one = _put(node, name)
        _put(one, "valueName", pair.name)
        _put(one, "value", pair.value)


def _quoted(value: str) -> str:
    """Return one of a list that spaces divide; a value with spaces stands in double quotes."""
    return f'"{value}"' if " " in value else value


def _put(node: Any, name: str, text: str | None = None) -> Any:
    """Add an element; one that is to hold text and has none is left out."""
    if text == "":
        return None
    child = etree.SubElement(node, _name(name))
    child.text = text
    return child


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
