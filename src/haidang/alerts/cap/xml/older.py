"""Bringing messages of CAP 1.0 and 1.1, and what is often written wrongly, into the form of CAP 1.2.

Whoever is warned does not refuse a warning for its form: each thing that was mended is named, so that it can
be told to its sender. What the versions differ in: OASIS CAP 1.1 (appendix B) and CAP 1.2 (appendix B).
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from haidang.alerts.cap.model.words import NAMESPACE

_TIMES = frozenset({"sent", "effective", "onset", "expires"})
_PAIRS = frozenset({"eventCode", "parameter", "geocode"})
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|z|[-+]\d{2}:?\d{2})")
_LISTED = _TIMES | {
    "status", "msgType", "scope", "category", "responseType", "urgency", "severity", "certainty",
    "identifier", "sender",
}  # fmt: skip
"""Elements in which spaces around the word mean nothing."""


def modern(root: Any, version: str) -> list[str]:
    """Change a document in place into the form of CAP 1.2; return what it had to mend."""
    notes: dict[str, None] = {}
    for node in list(root.iter(etree.Element)):
        name = etree.QName(node)
        if version != "1.2" and name.namespace == root_namespace(version):
            node.tag = f"{{{NAMESPACE}}}{name.localname}"
        local = name.localname
        if local in _LISTED and node.text:
            node.text = node.text.strip()
        if local in _TIMES:
            _time(node, notes)
        if local in _PAIRS and len(node) == 0:
            _pair(node, notes)
        if local == "certainty" and node.text == "Very Likely":
            node.text = "Likely"
            notes["certainty: Very Likely → Likely"] = None
    if version != "1.2":
        _older(root, notes)
    etree.cleanup_namespaces(root)
    return list(notes)


def root_namespace(version: str) -> str:
    """Return the namespace of an older version."""
    return {
        "1.0": "http://www.incident.com/cap/1.0",
        "1.1": "urn:oasis:names:tc:emergency:cap:1.1",
        "1.2": NAMESPACE,
    }[version]


def _time(node: Any, notes: dict[str, None]) -> None:
    found = _INSTANT.fullmatch(node.text or "")
    if found is None:
        return
    moment, fraction, zone = found.groups()
    if fraction or zone in {"Z", "z"} or ":" not in zone:
        # -00:00 is the standard's way to say UTC.
        shown = "-00:00" if zone in {"Z", "z"} else (zone if ":" in zone else f"{zone[:3]}:{zone[3:]}")
        notes[f"{etree.QName(node).localname}: {node.text} → {moment}{shown}"] = None
        node.text = f"{moment}{shown}"


def _pair(node: Any, notes: dict[str, None]) -> None:
    """CAP 1.0 wrote ``name=value`` as text."""
    name, _, value = (node.text or "").partition("=")
    node.text = None
    for tag, text in (("valueName", name.strip()), ("value", value.strip())):
        etree.SubElement(node, f"{{{NAMESPACE}}}{tag}").text = text
    notes["name=value → valueName, value"] = None


def _older(root: Any, notes: dict[str, None]) -> None:
    def named(name: str) -> Any:
        return f"{{{NAMESPACE}}}{name}"

    for node in root.findall(named("password")):
        root.remove(node)
        notes["password: left out"] = None
    if root.find(named("scope")) is None and root.find(named("msgType")) is not None:
        after = root.find(named("source"))
        if after is None:
            after = root.find(named("msgType"))
        scope = etree.Element(named("scope"))
        scope.text = "Public"
        after.addnext(scope)
        notes["scope: Public assumed"] = None
    for resource in root.iter(named("resource")):
        if resource.find(named("mimeType")) is None and len(resource):
            mime = etree.Element(named("mimeType"))
            mime.text = "application/octet-stream"
            resource[0].addnext(mime)
            notes["mimeType: application/octet-stream assumed"] = None
