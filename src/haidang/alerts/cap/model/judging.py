"""What a message of others means to us: an alert, more of one, its end, or nothing to act upon. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

import msgspec

from haidang.alerts.cap.model.message import Info, Message, Point
from haidang.alerts.cap.model.shapes import SHAPES_MAX
from haidang.alerts.cap.model.words import AREA_GEOCODE, Severity, Urgency

Outcome = Literal["raised", "updated", "ended", "noted"]
DEFAULT_LASTING = timedelta(hours=24)
"""How long a message holds that names no end."""

PRIORITIES: dict[Severity, dict[Urgency, int]] = {
    "Extreme": {"Immediate": 1, "Expected": 1, "Future": 2, "Past": 3, "Unknown": 2},
    "Severe": {"Immediate": 1, "Expected": 2, "Future": 3, "Past": 3, "Unknown": 2},
    "Moderate": {"Immediate": 2, "Expected": 3, "Future": 3, "Past": 4, "Unknown": 3},
    "Minor": {"Immediate": 3, "Expected": 3, "Future": 4, "Past": 4, "Unknown": 4},
    "Unknown": {"Immediate": 2, "Expected": 3, "Future": 3, "Past": 4, "Unknown": 3},
}
"""Priority of the alert by severity and urgency, as rules have theirs by consequence and time to respond."""


class Line(msgspec.Struct, frozen=True):
    """A line of messages that we know: an alert of others, its updates, its end."""

    first: int
    """Our number of its first message."""
    subject: str
    in_force: bool
    newest: datetime
    """When the newest message of it was sent."""
    priority: int


class Verdict(msgspec.Struct, frozen=True):
    """What becomes of a message, and why where it is nothing to act upon."""

    outcome: Outcome
    vi: str = ""
    en: str = ""


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a message is held against."""

    now: datetime
    own_sender: str
    line: Line | None
    """The line that its references lead to."""
    foreign: bool = False
    """Its references lead only to what came from elsewhere than it."""
    ended_before: bool = False
    """A cancel of it has come before it."""
    here: bool = True
    """Whether it is about our province, or does not say where."""


def judge(message: Message, ground: Ground) -> Verdict:  # noqa: PLR0911 - one line for each reason
    """Return what becomes of a message that we have not had before."""
    if message.sender == ground.own_sender:
        return Verdict("noted", "bản tin của chính trung tâm", "our own message")
    if message.status != "Actual":
        return Verdict("noted", f"trạng thái {message.status}", f"its status is {message.status}")
    if message.msg_type in {"Ack", "Error"}:
        return Verdict("noted", f"loại {message.msg_type}", f"its type is {message.msg_type}")
    line = ground.line if ground.line is not None and ground.line.in_force else None
    if line is not None and message.sent < line.newest:
        return Verdict("noted", "cũ hơn bản đã có", "older than what we have")
    if message.msg_type == "Cancel":
        if line is None and ground.foreign:
            vi, en = "bản tin cần hủy đến từ nguồn khác", "what it cancels came from another source"
            return Verdict("noted", vi, en)
        return Verdict("ended") if line else Verdict("noted", "không có bản tin để hủy", "nothing to cancel")
    if ground.ended_before:
        return Verdict("noted", "đã bị hủy trước khi đến", "it was cancelled before it came")
    if ends_at(message) <= ground.now or not message.infos:
        return Verdict("ended") if line else Verdict("noted", "đã hết hiệu lực", "it is over")
    if not ground.here:
        return Verdict("ended") if line else Verdict("noted", "không thuộc địa bàn", "it is about elsewhere")
    return Verdict("updated" if line else "raised")


def ends_at(message: Message) -> datetime:
    """Return when a message is over."""
    return message.expires or max(
        (info.effective or message.sent for info in message.infos), default=message.sent
    ) + DEFAULT_LASTING  # fmt: skip


def shown(message: Message) -> tuple[Info, Info]:
    """Return the texts for Vietnamese and for English readers; the most severe of a language first."""
    order: tuple[Severity, ...] = ("Extreme", "Severe", "Moderate", "Unknown", "Minor")
    infos = sorted(message.infos, key=lambda info: order.index(info.severity))

    def in_language(word: str) -> Info | None:
        return next((info for info in infos if info.language.lower().startswith(word)), None)

    vi = in_language("vi") or in_language("en") or infos[0]
    return vi, in_language("en") or vi


def priority(message: Message) -> int:
    """Return the priority of the alert that a message becomes: of the most urgent of its texts."""
    return min(PRIORITIES[info.severity][info.urgency] for info in message.infos)


def codes(message: Message) -> list[str]:
    """Return the codes of administrative units that a message names."""
    return [
        pair.value.partition("@")[0].strip()
        for info in message.infos
        for area in info.areas
        for pair in area.geocodes
        if pair.name == AREA_GEOCODE
    ]


def middle(message: Message, fits: Callable[[Point], bool]) -> Point | None:
    """Return the middle of the first shape whose middle fits, of the first that are drawn."""
    return next((point for point in islice(_middles(message), SHAPES_MAX) if fits(point)), None)


def _middles(message: Message) -> Iterator[Point]:
    for area in (area for info in message.infos for area in info.areas):
        for ring in area.polygons:
            inner = ring[:-1] or ring
            yield Point(
                sum(each.lat for each in inner) / len(inner), sum(each.lon for each in inner) / len(inner)
            )
        yield from (circle.centre for circle in area.circles)
