"""Meetings: entering them, changing them, and finding the one that a document concludes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.directives.extraction import DocumentFacts
from haidang.directives.model.document import READERS_MAX, Document, Meeting
from haidang.directives.service.desk import Desk, log, may, tell, wrong
from haidang.directives.store import documents, meetings
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, missing, unchanged
from haidang.tasks.store import tasks

Line = Annotated[str, msgspec.Meta(max_length=500)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
People = Annotated[tuple[Line, ...], msgspec.Meta(max_length=500)]
Readers = Annotated[tuple[int, ...], msgspec.Meta(max_length=READERS_MAX)]


class NewMeeting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to enter a meeting."""

    title: Title
    owner_org: int | None = None
    chair: Line = ""
    held_on: date | None = None
    place: Line = ""
    invitation_no: Line = ""
    participants: People = ()
    secrecy: Literal["normal", "restricted"] = "normal"
    readers: Readers = ()


class MeetingPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to change; what is left out stays."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    chair: Line | msgspec.UnsetType = msgspec.UNSET
    held_on: date | msgspec.UnsetType | None = msgspec.UNSET
    place: Line | msgspec.UnsetType = msgspec.UNSET
    invitation_no: Line | msgspec.UnsetType = msgspec.UNSET
    participants: People | msgspec.UnsetType = msgspec.UNSET
    secrecy: Literal["normal", "restricted"] | msgspec.UnsetType = msgspec.UNSET
    readers: Readers | msgspec.UnsetType = msgspec.UNSET


async def enter(
    connection: Connection, desk: Desk, principal: Principal, new: NewMeeting, *, simulated: bool = False
) -> Meeting:
    """Enter a meeting of an office for which the asker registers."""
    owner = new.owner_org if new.owner_org is not None else principal.org_id
    if owner is None:
        raise wrong("owner_org", "cần có", "is needed")
    principal.require("directive.register", org_id=owner, area_code=None, sector=None)
    facts = msgspec.structs.asdict(new) | {"owner_org": owner}
    meeting = Meeting(
        id=0, version=1, simulated=simulated, created_by=principal.id, created_at=desk.now(),
        changed_at=desk.now(), **facts,
    )  # fmt: skip
    await _check(connection, meeting)
    return await _insert(connection, desk, principal, meeting)


async def _insert(connection: Connection, desk: Desk, principal: Principal, meeting: Meeting) -> Meeting:
    number = await meetings.insert(connection, meeting)
    meeting = msgspec.structs.replace(meeting, id=number)
    subject = f"meeting:{number}"
    await tell(connection, meeting, "meeting.enter", ref=subject)
    body = {"held_on": meeting.held_on, "secrecy": meeting.secrecy}
    await log(connection, desk, principal.id, [("meeting.enter", subject, meeting.owner_org, body)])
    return meeting


async def change(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    meeting_id: int,
    patch: MeetingPatch,
    *,
    version: int,
) -> Meeting:
    """Change what is said of a meeting."""
    before = await visible(connection, principal, meeting_id, lock=True)
    principal.require("directive.register", org_id=before.owner_org, area_code=None, sector=None)
    unchanged(before, version)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    after = msgspec.structs.replace(before, **given)
    await _check(connection, after)
    differing = sorted(changes(before, after))
    after = msgspec.structs.replace(after, version=before.version + 1, changed_at=desk.now())
    await meetings.update(connection, after)
    subject = f"meeting:{meeting_id}"
    await tell(connection, after, "meeting.change", ref=subject)
    entry = ("meeting.change", subject, after.owner_org, {"fields": differing})
    await log(connection, desk, principal.id, [entry])
    return after


async def _check(connection: Connection, meeting: Meeting) -> None:
    if not meeting.title.strip():
        raise wrong("title", "không được để trống", "must not be empty")
    if meeting.readers and meeting.secrecy == "normal":
        raise wrong("readers", "chỉ với cuộc họp hạn chế", "of restricted ones only")
    known = await tasks.org_names(connection, (*meeting.readers, meeting.owner_org))
    for org in (*meeting.readers, meeting.owner_org):
        if org not in known:
            raise wrong("readers", "không có đơn vị này", "there is no such unit", str(org))


async def visible(
    connection: Connection, principal: Principal, meeting_id: int, *, lock: bool = False
) -> Meeting:
    """Return a meeting that the asker may see; ``Problem`` (404) where there is none for this asker."""
    found = await meetings.get(connection, principal, meeting_id, lock=lock)
    if found is None:
        raise missing("Không có cuộc họp này.", "There is no such meeting.")
    return found


async def meeting_of(
    connection: Connection, desk: Desk, principal: Principal, document: Document, facts: DocumentFacts
) -> int | None:
    """Return the meeting that a document concludes: the office's own of that title and day, or a new one."""
    read = facts.meeting
    title = " ".join((read.title or "").split())[:500] if read else ""
    if read is None or not title or document.secrecy == "secret":
        return None
    if document.secrecy == "normal":
        known = await meetings.called(connection, document.owner_org, title, read.held_on)
        if known is not None:
            return known
    meeting = Meeting(
        id=0, version=1, owner_org=document.owner_org, title=title, chair=(read.chair or "")[:500],
        held_on=read.held_on, invitation_no=(read.invitation_no or "")[:500],
        participants=tuple(each[:500] for each in read.participants[:500]),
        secrecy="restricted" if document.secrecy == "restricted" else "normal", readers=document.readers,
        simulated=document.simulated, created_by=principal.id, created_at=desk.now(), changed_at=desk.now(),
    )  # fmt: skip
    # The document's own entry tells of it; its log is written last.
    return await meetings.insert(connection, meeting)


def shown(principal: Principal, meeting: Meeting, owner: str, documents_: int | None) -> dict[str, Any]:
    """Return a meeting as the API says it."""
    found = {
        name: getattr(meeting, name)
        for name in (
            "id", "title", "chair", "held_on", "place", "invitation_no", "participants", "secrecy",
            "readers", "simulated", "version",
        )
    }  # fmt: skip
    registrar = may(principal, "directive.register", meeting.owner_org)
    return found | {
        "owner": {"id": meeting.owner_org, "name": owner},
        "documents": documents_,
        "acts": ["change"] if registrar else [],
    }


async def listed(
    connection: Connection, principal: Principal, *, q: str, before: int | None, limit: int
) -> dict[str, Any]:
    """Return a page of meetings."""
    found = await meetings.page(connection, principal, q=q[:200], before=before, limit=limit + 1)
    page = found[:limit]
    names = await tasks.org_names(connection, {meeting.owner_org for meeting, _ in page})
    return {
        "items": [shown(principal, each, names[each.owner_org], number) for each, number in page],
        "next": str(page[-1][0].id) if len(found) > limit else None,
    }


async def opened(connection: Connection, principal: Principal, meeting_id: int) -> dict[str, Any]:
    """Return a meeting with the documents of it that the asker may see, in a few words."""
    meeting = await visible(connection, principal, meeting_id)
    names = await tasks.org_names(connection, {meeting.owner_org})
    wanted = documents.Filter(meeting=meeting_id)
    found = await documents.page(connection, principal, wanted, limit=200)
    return shown(principal, meeting, names[meeting.owner_org], len(found)) | {
        "document_rows": [
            {"id": each.id, "kind": each.kind, "number": each.number, "issued_on": each.issued_on,
             "subject": each.subject, "state": each.state}
            for each in found
        ]
    }  # fmt: skip
