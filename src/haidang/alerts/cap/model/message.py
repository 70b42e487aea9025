"""A CAP message as facts, whoever wrote it. Times are aware; places are (latitude, longitude), as in CAP."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from haidang.alerts.cap.model.words import (
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)


class Point(NamedTuple):
    """A place in WGS84 degrees, in CAP's order."""

    lat: float
    lon: float


class Circle(msgspec.Struct, frozen=True):
    """A disc around a point."""

    centre: Point
    radius_km: float


class Pair(msgspec.Struct, frozen=True):
    """A name of somebody's list, and its value."""

    name: str
    value: str


class Reference(msgspec.Struct, frozen=True):
    """Names an earlier message by the three things that make it unique."""

    sender: str
    identifier: str
    sent: datetime


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """Where it holds."""

    description: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    """Closed rings: the last point is the first."""
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Pair, ...] = ()


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A file beside the message; we keep what it says of it, never its content."""

    description: str
    mime_type: str
    uri: str = ""


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be known, in one language."""

    language: str = "en-US"
    categories: tuple[Category, ...]
    event: str
    response_types: tuple[ResponseType, ...] = ()
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    audience: str = ""
    event_codes: tuple[Pair, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Pair, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """What later messages call it."""
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def expires(self) -> datetime | None:
        """When the last of its texts ends; None where one of them never does, or there is none."""
        ends = [info.expires for info in self.infos]
        return max((end for end in ends if end is not None), default=None) if None not in ends else None
