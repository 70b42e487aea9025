"""Files of a project: photos of progress, papers; kept as evidence of tasks is, by their hash."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.service.desk import Desk, editable, record, visible, wrong
from haidang.programme.store import records
from haidang.tasks.service import evidence
from haidang.tasks.service.evidence import Kept

FILES_MAX = 2_000
keep = evidence.keep
place = evidence.place


async def may_attach(connection: Connection, principal: Principal, project_id: int) -> None:
    """Raise ``Problem`` where the asker does not keep the project's register."""
    await editable(connection, principal, project_id)


async def attach(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, kept: Kept
) -> dict[str, Any]:
    """Add a kept file to a project; its entry in the log carries the SHA-256."""
    project = await editable(connection, principal, project_id, lock=True)
    if len(await records.files(connection, project_id)) >= FILES_MAX:
        raise wrong("files", f"tối đa {FILES_MAX} tệp", f"at most {FILES_MAX} files")
    facts = msgspec.structs.asdict(kept) | {"by": principal.id, "at": desk.now()}
    number = await records.add_file(connection, project_id, facts)
    said = {"id": number} | msgspec.structs.asdict(kept)
    await record(
        connection, desk, principal.id, action="file.attach", subject=f"project:{project_id}", about=project,
        body=said,
    )  # fmt: skip
    return said


async def listed(connection: Connection, principal: Principal, project_id: int) -> list[dict[str, Any]]:
    """Return the files of a project in sight."""
    await visible(connection, principal, project_id)
    return await records.files(connection, project_id)


async def find(connection: Connection, principal: Principal, project_id: int, file_id: int) -> dict[str, Any]:
    """Return a file's row of a project in sight."""
    await visible(connection, principal, project_id)
    found = await records.files(connection, project_id, file_id)
    if not found:
        raise missing("Không có tệp này.", "There is no such file.")
    return found[0]
