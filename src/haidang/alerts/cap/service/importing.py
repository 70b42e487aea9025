"""Others' CAP messages: each is kept once, as it came, and becomes an alert where somebody here must act.

An alert follows its line of messages: an update tells it again (or, where it is of another priority, ends
the alert and raises a new one), a cancel or the end of its time lets it be over. Who sends is only what a
document says of itself; so a line is followed by what came from the same host, or by a person's hand.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import httpx
import msgspec

from haidang.alerts.cap.model import judging
from haidang.alerts.cap.model.judging import Ground, Line, Verdict
from haidang.alerts.cap.model.message import Message
from haidang.alerts.cap.service.desk import Desk
from haidang.alerts.cap.service.places import about
from haidang.alerts.cap.store import received as store
from haidang.alerts.cap.xml.reading import Read, read
from haidang.alerts.service import entering
from haidang.alerts.service.entering import NewAlert
from haidang.base.database import Connection, Database
from haidang.base.geometry import in_vietnam
from haidang.organisation.permissions import Principal, system
from haidang.organisation.service import root_org

SOURCE = "cap"
"""The source of the alerts, as of those that a person enters."""
US = system("cap")
ROUND = 100


class Taken(msgspec.Struct, frozen=True):
    """What became of a document."""

    sender: str
    identifier: str
    sent: datetime
    version: str
    outcome: str
    """raised, updated, ended, noted, or ``repeated`` where it had come before."""
    vi: str
    en: str
    headline: str
    notes: tuple[str, ...]


class _Kept(msgspec.Struct, frozen=True):
    """A message as it is kept here."""

    number: int
    message: Message
    subject: str
    owner_org: int
    area_code: str | None


async def take(connection: Connection, desk: Desk, content: bytes, *, source: str) -> Taken:
    """Take a document; ``Problem`` (``cap-refused``) where it is hostile or no CAP.

    The alert's own chain is the last that is written: so this is the last thing in a transaction.
    """
    return await take_read(connection, desk, await asyncio.to_thread(read, content), source=source)


async def take_read(connection: Connection, desk: Desk, found: Read, *, source: str) -> Taken:
    """Take a document that has been read; ``source`` is the address it came from, or whose hand it was."""
    message, origin = found.message, origin_of(source)
    where = await about(connection, desk, message)  # may take a while: others do not wait for it
    await store.take_turn(connection)
    if await store.had(connection, message, origin):
        return _taken(found, "repeated", "đã có", "we have it already")
    # Nobody ends or changes what another has sent.
    own = [each for each in message.references if each.sender == message.sender]
    line = await store.line_of(connection, own, origin)
    ground = Ground(
        now=desk.now(), own_sender=desk.sender, line=line, here=where.here,
        foreign=line is None and await store.known(connection, own),
        ended_before=await store.cancelled_before(connection, message.reference, origin),
    )  # fmt: skip
    verdict = judging.judge(message, ground)
    followed = line if line is not None and verdict.outcome in {"updated", "ended"} else None
    facts: dict[str, Any] = {
        "owner_org": (await root_org(connection)).id, "subject": _subject(message, followed, origin),
        "area_code": where.area_code,
    }  # fmt: skip
    number = await store.insert(
        connection, found,
        facts | {"source": source[:500], "origin": origin, "outcome": verdict.outcome, "why": verdict.vi,
                 "received_at": desk.now(), "expires": judging.ends_at(message),
                 "line": followed.first if followed else None},
    )  # fmt: skip
    await _follow(connection, desk, verdict, followed, _Kept(number, message, **facts))
    return _taken(found, verdict.outcome, verdict.vi, verdict.en)


async def _follow(
    connection: Connection, desk: Desk, verdict: Verdict, line: Line | None, kept: _Kept
) -> None:
    """Let the line and its alert follow what was decided."""
    if verdict.outcome == "noted":
        return
    if line is None:
        await store.begin_line(connection, kept.number)
    elif verdict.outcome == "ended":
        await store.end_line(connection, line.first, desk.now())
        await _end(connection, desk, line.subject, kept.message.note or "hủy bởi nơi phát")
        return
    else:
        ends = judging.ends_at(kept.message)
        await store.carry_on(connection, line.first, expires=ends, subject=kept.subject)
        if kept.subject != line.subject:
            await _end(connection, desk, line.subject, "thay bằng bản cập nhật")
    await entering.by_hand(connection, desk.clock, US, _alert(kept, desk.now()))


def origin_of(source: str) -> str:
    """Return the host (and port, where it is no usual one) of an address; a person's hand has none."""
    if not source.startswith(("http://", "https://")):
        return ""
    return httpx.URL(source).netloc.decode("ascii").lower()[:300]


def _subject(message: Message, line: Line | None, origin: str) -> str:
    """Return what the alert is known by: of its line, while its priority stays."""
    if line is not None and message.infos and judging.priority(message) == line.priority:
        return line.subject
    return f"{origin} {message.sender}:{message.identifier}".lstrip()[:480]


def _alert(kept: _Kept, now: datetime) -> NewAlert:
    message = kept.message
    vi, en = judging.shown(message)
    middle = judging.middle(message, lambda point: in_vietnam(point.lon, point.lat))
    where = "; ".join(area.description for area in vi.areas)
    text = "\n".join(part for part in (vi.sender_name or message.sender, where, vi.description) if part)
    return NewAlert(
        title=_title(vi.headline or vi.event), title_en=_title(en.headline or en.event), text=text[:4_000],
        priority=judging.priority(message), source=SOURCE, reference=kept.subject, owner_org=kept.owner_org,
        area_code=kept.area_code, location=None if middle is None else (middle.lon, middle.lat),
        observed_at=min(now, message.sent, vi.onset or message.sent),
        cause=f"{vi.sender_name or message.sender} ({message.sender})"[:500],
        consequence=vi.description[:500],
        action=(vi.instruction or "Đối chiếu với tình hình tại chỗ, báo đơn vị liên quan.")[:500],
    )  # fmt: skip


def _title(text: str) -> str:
    return f"CAP: {text}"[:300]


async def _end(connection: Connection, desk: Desk, subject: str, reason: str) -> None:
    await entering.end(connection, desk.clock, US.id, source=SOURCE, reference=subject, reason=reason[:500])


async def expire(db: Database, desk: Desk) -> int:
    """Let the alerts of lines be over whose time has come; return how many."""
    ended = 0
    while True:
        async with db.transaction() as connection:
            await store.take_turn(connection)
            found = await store.over(connection, desk.now(), ROUND)
            for first, _, at in found:
                await store.end_line(connection, first, at)
            for _, subject, _ in found:
                await _end(connection, desk, subject, "hết hiệu lực")
        ended += len(found)
        if len(found) < ROUND:
            return ended


async def received(
    connection: Connection, principal: Principal, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return messages of others, the last that came first, and how the polling goes."""
    rows = await store.page(connection, principal, before=before, limit=limit + 1)
    shown = rows[:limit]
    for row in shown:
        message = msgspec.convert(row.pop("message"), Message)
        info = judging.shown(message)[0] if message.infos else None
        row |= {
            "headline": "" if info is None else info.headline or info.event,
            "severity": None if info is None else info.severity,
            "areas": [] if info is None else [area.description for area in info.areas],
        }
    everywhere = principal.everywhere("warning.read")
    return {
        "items": shown,
        "next": str(shown[-1]["id"]) if len(rows) > limit else None,
        "sources": await store.sources(connection) if everywhere else [],
    }


def _taken(found: Read, outcome: str, vi: str, en: str) -> Taken:
    message = found.message
    info = judging.shown(message)[0] if message.infos else None
    return Taken(
        sender=message.sender, identifier=message.identifier, sent=message.sent, version=found.version,
        outcome=outcome, vi=vi, en=en, headline="" if info is None else info.headline or info.event,
        notes=found.notes,
    )  # fmt: skip
