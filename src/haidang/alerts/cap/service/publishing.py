"""What everybody may read: two feeds of public warnings, and each as it left.

Feeds are made once for each change of what the public sees (a counter in the database says whether there was
one) and kept by the process, so asking for them often costs one small question each.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Literal

import msgspec
from lxml import etree

from haidang.alerts.cap.model.warning import CapWarning
from haidang.alerts.cap.model.words import MEDIA_TYPE
from haidang.alerts.cap.service.desk import Desk
from haidang.alerts.cap.store import warnings as store
from haidang.alerts.cap.xml.writing import instant
from haidang.base.database import Connection
from haidang.organisation.service.access import missing

Kind = Literal["atom", "rss"]
ENTRIES_MAX = 100
LATELY = timedelta(days=3)
"""So long after it was sent a message stays listed, so that who asks seldom hears of its end too."""
ATOM = "http://www.w3.org/2005/Atom"
MEDIA: dict[str, str] = {"atom": "application/atom+xml", "rss": "application/rss+xml", "cap": MEDIA_TYPE}


class Page(msgspec.Struct, frozen=True):
    """Bytes that are the same for everybody, with their tag."""

    body: bytes
    etag: str
    modified: datetime | None
    media_type: str


class Feeds:
    """The feeds of this process, as they were made for a stamp."""

    def __init__(self) -> None:
        self._made: dict[tuple[Kind, str], tuple[int, datetime, Page]] = {}

    async def page(self, connection: Connection, desk: Desk, kind: Kind) -> Page:
        """Return a feed as it is now."""
        stamp, now = await store.stamp(connection), desk.now()
        kept = self._made.get((kind, desk.settings.address))
        # What was sent lately leaves the list by the clock, without a change: made anew each hour.
        if kept is not None and kept[0] == stamp and timedelta() <= now - kept[1] < timedelta(hours=1):
            return kept[2]
        found = await store.in_public(connection, now, now - LATELY, ENTRIES_MAX)
        page = made(desk, kind, found)
        self._made[kind, desk.settings.address] = (stamp, now, page)
        return page


def made(desk: Desk, kind: Kind, warnings: list[CapWarning]) -> Page:
    """Return a feed of warnings; its tag changes exactly when its content does."""
    root = _atom(desk, warnings) if kind == "atom" else _rss(desk, warnings)
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    modified = max((each.sent for each in warnings if each.sent is not None), default=None)
    return Page(body, tag(body), modified, MEDIA[kind])


def tag(body: bytes) -> str:
    """Return the strong entity tag of bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


async def message(connection: Connection, identifier: str) -> Page:
    """Return a public message as it left; 404 for all else, whether there is such a warning or not."""
    found = await store.public_xml(connection, identifier)
    if found is None:
        raise missing("Không có bản tin công khai này.", "There is no such public warning.")
    body = found[0].encode()
    return Page(body, tag(body), found[1], MEDIA["cap"])


def _address(desk: Desk, warning: CapWarning) -> str:
    return f"{desk.settings.address}/cap/{warning.identifier}.xml"


def _summary(warning: CapWarning) -> str:
    areas = "; ".join(area.description for area in warning.content.areas)
    texts = warning.content.texts
    return "\n".join(part for part in (areas, texts[0].description if texts else "") if part)[:2_000]


def _atom(desk: Desk, warnings: list[CapWarning]) -> etree._Element:
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    address = f"{desk.settings.address}/cap/feed.atom"
    newest = max((each.sent for each in warnings if each.sent is not None), default=None)

    def put(node: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
        child = etree.SubElement(node, f"{{{ATOM}}}{name}", attributes)
        child.text = text
        return child

    put(root, "id", address)
    put(root, "title", f"Cảnh báo: {desk.settings.site_name}")
    put(root, "updated", "1970-01-01T07:00:00+07:00" if newest is None else instant(newest))
    put(put(root, "author"), "name", desk.settings.site_name)
    put(root, "link", rel="self", type=MEDIA["atom"], href=address)
    for each in warnings:
        assert each.sent is not None  # noqa: S101 - it has left
        entry = put(root, "entry")
        put(entry, "id", _address(desk, each))
        put(entry, "title", each.headline)
        put(entry, "updated", instant(each.sent))
        put(entry, "published", instant(each.sent))
        put(put(entry, "author"), "name", each.sender)
        put(entry, "link", rel="alternate", type=MEDIA["cap"], href=_address(desk, each))
        put(entry, "category", term=each.msg_type)
        put(entry, "category", term=each.content.severity)
        put(entry, "summary", _summary(each))
    return root


def _rss(desk: Desk, warnings: list[CapWarning]) -> etree._Element:
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")

    def put(node: etree._Element, name: str, text: str, **attributes: str) -> None:
        etree.SubElement(node, name, attributes).text = text

    put(channel, "title", f"Cảnh báo: {desk.settings.site_name}")
    put(channel, "link", f"{desk.settings.address}/cap/feed.rss")
    put(channel, "description", f"Bản tin cảnh báo CAP 1.2 / CAP 1.2 warnings: {desk.settings.site_name_en}")
    put(channel, "language", "vi-vn")
    for each in warnings:
        assert each.sent is not None  # noqa: S101 - it has left
        item = etree.SubElement(channel, "item")
        put(item, "title", each.headline)
        put(item, "link", _address(desk, each))
        put(item, "description", _summary(each))
        put(item, "category", each.msg_type)
        put(item, "guid", _address(desk, each), isPermaLink="true")
        put(item, "pubDate", format_datetime(each.sent))
    return root
