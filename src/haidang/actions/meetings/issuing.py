"""The pack of a meeting: as the register says it now, or as it was frozen when it was issued."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from haidang.actions.meetings import followups
from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.documents import numbering
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import unchanged
from haidang.programme.meetings import gathering, service
from haidang.programme.meetings.model import Meeting
from haidang.programme.meetings.pack import Case, Pack, frozen, thawed
from haidang.programme.meetings.paper import subject
from haidang.programme.model.register import Program
from haidang.programme.service import snapshots
from haidang.programme.service.desk import Desk, record
from haidang.programme.service.snapshots import NewSnapshot

TYPE = "BC"


async def pack_of(
    connection: Connection, settings: Settings, desk: Desk, meeting: Meeting, program: Program
) -> Pack:
    """Return the pack that was issued, or the one that would be now."""
    if meeting.pack is not None:
        return thawed(meeting.pack)
    told = await followups.gathered(connection, desk.tasks, meeting)
    return await gathering.gathered(
        connection, desk, meeting, program, province=settings.province_code, followups=told
    )


async def issue(
    connection: Connection,
    settings: Settings,
    desk: Desk,
    principal: Principal,
    meeting_id: int,
    *,
    version: int,
) -> Meeting:
    """Freeze the pack as it is now under the next number of reports; it stays as it is from then on."""
    before, program = await service.working(connection, principal, meeting_id, "issue")
    unchanged(before, version)
    if before.state != "planned":
        raise service.not_now("issue", "issued")
    pack = await pack_of(connection, settings, desk, before, program)
    text, sha256 = frozen(pack)
    number = await numbering.take(
        connection, issuer_org=before.owner_org, type_code=TYPE, year=desk.today().year,
        subject=subject(pack), actor=principal.id, at=desk.now(),
    )  # fmt: skip
    kept = NewSnapshot(
        title=f"{before.title} ({number.symbol})"[:500], plan_year=before.plan_year,
        plan_as_of=pack.plan_as_of, cutoff=before.cutoff,
    )  # fmt: skip
    snapshot = await snapshots.keep(connection, desk, principal, program, kept)
    after = msgspec.structs.replace(
        before, version=before.version + 1, pack=text, sha256=sha256, snapshot_id=snapshot["id"],
        number=number.symbol, issued_at=desk.now(), issued_by=principal.id, changed_at=desk.now(),
    )  # fmt: skip
    await service.put(connection, after)
    await record(
        connection, desk, principal.id, action="meeting.issue", subject=f"meeting:{meeting_id}",
        about=program,
        body={"number": number.symbol, "sha256": sha256, "snapshot": snapshot["id"]},
    )  # fmt: skip
    return after


def seen_cases(principal: Principal, pack: Pack) -> Sequence[Case]:
    """Return the cases of contractors that the asker may see: those of whose owner, or of the office."""
    return [
        each
        for each in pack.cases
        if any(
            principal.may(permission, org_id=each.owner_org, area_code=each.area_code, sector=each.sector)
            for permission in ("programme.edit", "programme.oversee")
        )
    ]
