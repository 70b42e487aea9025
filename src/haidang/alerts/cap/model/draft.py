"""What a person writes down for a warning, and the message that comes of it.

The texts differ by language, all else is said once; so two languages can never say different things about
when, where and how bad it is.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from haidang.alerts.cap.model.message import Area, Circle, Info, Message, Pair, Point, Reference
from haidang.alerts.cap.model.words import (
    AREA_GEOCODE,
    RISK_PARAMETER,
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from haidang.base.clock import LOCAL

Line = Annotated[str, msgspec.Meta(max_length=500)]
Text = Annotated[str, msgspec.Meta(max_length=8_000)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{2,20}$")]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Ring = Annotated[tuple[tuple[Latitude, Longitude], ...], msgspec.Meta(max_length=200)]


class Disc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A circle as it is asked for."""

    lat: Latitude
    lon: Longitude
    radius_km: Annotated[float, msgspec.Meta(ge=0, le=2_000)]


class DraftArea(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it is to hold: administrative units, shapes, words."""

    description: Line = ""
    """Absent: the names of the units."""
    codes: Annotated[tuple[Code, ...], msgspec.Meta(max_length=200)] = ()
    day: date | None = None
    """Day on which the codes hold; set as it is written down."""
    polygons: Annotated[tuple[Ring, ...], msgspec.Meta(max_length=20)] = ()
    """Rings of (latitude, longitude), the last point the first."""
    circles: Annotated[tuple[Disc, ...], msgspec.Meta(max_length=20)] = ()


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it says in one language."""

    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] = "vi-VN"
    event: Line
    headline: Annotated[str, msgspec.Meta(max_length=160)] = ""
    description: Text = ""
    instruction: Text = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a person decides about a warning."""

    status: Status | None = None
    """Absent: Exercise within an exercise, else Actual."""
    scope: Scope | None = None
    """Absent: Public, within an exercise Restricted."""
    restriction: Line = ""
    addresses: Annotated[tuple[Line, ...], msgspec.Meta(max_length=100)] = ()
    note: Text = ""
    categories: Annotated[tuple[Category, ...], msgspec.Meta(max_length=12)] = ("Safety",)
    response_types: Annotated[tuple[ResponseType, ...], msgspec.Meta(max_length=9)] = ()
    urgency: Urgency = "Unknown"
    severity: Severity = "Unknown"
    certainty: Certainty = "Unknown"
    risk_level: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    """Level of national disaster risk, where one has been announced."""
    effective: Instant | None = None
    onset: Instant | None = None
    expires: Instant | None = None
    web: Line = ""
    contact: Line = ""
    texts: Annotated[tuple[Words, ...], msgspec.Meta(max_length=10)] = ()
    areas: Annotated[tuple[DraftArea, ...], msgspec.Meta(max_length=20)] = ()
    abroad_confirmed: bool = False
    """Somebody has looked: what lies outside Vietnam is meant."""
    template: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,60})?$")] = ""
    fill: Annotated[dict[str, Line], msgspec.Meta(max_length=20)] = {}
    """What stands in the places that the template leaves open; while there is a template, its texts hold."""
    owner_org: int | None = None
    """The unit that warns; absent: the asker's own."""
    sector: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,40}$")] | None = None


def compose(
    draft: Draft,
    *,
    identifier: str,
    sender: str,
    sent: datetime,
    msg_type: MsgType,
    sender_name: str,
    references: tuple[Reference, ...],
    incident_id: int | None,
) -> Message:
    """Return the message of a draft whose status and scope are settled."""
    assert draft.status is not None  # noqa: S101 - settled when it was written down
    assert draft.scope is not None  # noqa: S101
    return Message(
        identifier=identifier, sender=sender, sent=local(sent), status=draft.status, msg_type=msg_type,
        scope=draft.scope, restriction=draft.restriction.strip(), addresses=draft.addresses,
        note=draft.note.strip(), references=references,
        incidents=() if incident_id is None else (str(incident_id),),
        infos=tuple(_info(draft, words, local(sent), sender_name) for words in draft.texts),
    )  # fmt: skip


def _info(draft: Draft, words: Words, sent: datetime, sender_name: str) -> Info:
    level = draft.risk_level
    return Info(
        language=words.language, categories=draft.categories, event=words.event.strip(),
        response_types=draft.response_types, urgency=draft.urgency, severity=draft.severity,
        certainty=draft.certainty, effective=local(draft.effective or min(sent, draft.onset or sent)),
        onset=None if draft.onset is None else local(draft.onset),
        expires=None if draft.expires is None else local(draft.expires), sender_name=sender_name,
        headline=words.headline.strip(), description=words.description.strip(),
        instruction=words.instruction.strip(), web=draft.web.strip(), contact=draft.contact.strip(),
        parameters=() if level is None else (Pair(RISK_PARAMETER, str(level)),),
        areas=tuple(area_of(each) for each in draft.areas),
    )  # fmt: skip


def area_of(area: DraftArea) -> Area:
    """Return an area as CAP carries it."""
    day = "" if area.day is None else f"@{area.day.isoformat()}"
    return Area(
        description=area.description.strip(),
        polygons=tuple(tuple(Point(*point) for point in ring) for ring in area.polygons),
        circles=tuple(Circle(Point(each.lat, each.lon), each.radius_km) for each in area.circles),
        geocodes=tuple(Pair(AREA_GEOCODE, f"{code}{day}") for code in area.codes),
    )


def local(at: datetime) -> datetime:
    """Return an instant in Vietnam's time, to the second: CAP knows nothing finer."""
    return at.astimezone(LOCAL).replace(microsecond=0)
