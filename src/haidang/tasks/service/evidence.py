"""Evidence: files that show a result. Kept by their hash, synced to disk before their row exists.

The bytes decide what a file is, not its name: the first ones must fit the type that the ending claims. A
site's scanner (:attr:`Settings.malware_scan`) sees the file before it gets its place; a scanner that fails
refuses the file. A file is superseded by another, never replaced.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import subprocess
import tempfile
import unicodedata
from pathlib import Path

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.task import OPEN, Task
from haidang.tasks.service.acting import parts_of
from haidang.tasks.service.desk import Desk, hindered, record, visible, wrong
from haidang.tasks.store import records
from haidang.tasks.store.records import Evidence

REFUSED = kind("evidence-refused", 422, "Không nhận tệp minh chứng này", "This file of evidence is not taken")
FILES_MAX = 200
"""Files of one task."""
SCAN_S = 60
TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK\x03\x04",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK\x03\x04",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK\x03\x04",)),
    "doc": ("application/msword", (b"\xd0\xcf\x11\xe0",)),
    "xls": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0",)),
    "txt": ("text/plain", ()),
    "csv": ("text/csv", ()),
}
"""Ending → media type, and the first bytes that a file of it must have (texts: valid UTF-8)."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")


class Kept(msgspec.Struct, frozen=True):
    """A file that has its place."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    scan: str


def place(data_dir: Path, sha256: str, folder: str = "evidence") -> Path:
    """Return where a file lies; rooms above have folders of their own."""
    return data_dir / folder / sha256[:2] / sha256


async def keep(settings: Settings, name: str, content: bytes) -> Kept:
    """Check a file and put it in its place, durably; ``Problem`` (evidence-refused) where it is not taken."""
    limit = min(settings.evidence_limit_bytes, settings.body_limit_bytes)
    if not 0 < len(content) <= limit:
        raise Problem(REFUSED, f"Dung lượng từ 1 đến {limit} byte.", f"1 to {limit} bytes.")
    clean = clean_name(name)
    return await keep_as(settings, clean, media_type_of(clean, content), content)


async def keep_as(
    settings: Settings, name: str, media_type: str, content: bytes, folder: str = "evidence"
) -> Kept:
    """Put a file, whose kind the caller knows, in its place, durably; ``Problem`` where it is refused."""
    return await asyncio.to_thread(_keep, settings, clean_name(name), media_type, content, folder)


def clean_name(name: str) -> str:
    """Return a file's name without what a path or a header could misread."""
    bare = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    if not bare or len(bare) > 200:
        raise wrong("name", "từ 1 đến 200 ký tự", "1 to 200 characters", name[:60])
    return bare


def media_type_of(name: str, content: bytes) -> str:
    """Return what a file is; ``Problem`` where its ending is not listed or its bytes say otherwise."""
    ending = name.rpartition(".")[2].lower()
    known = TYPES.get(ending) if "." in name else None
    if known is None:
        words = ", ".join(TYPES)
        raise Problem(REFUSED, f"Chỉ nhận: {words}.", f"Only these are taken: {words}.")
    media_type, beginnings = known
    fits = content.startswith(beginnings) if beginnings else _is_text(content)
    if not fits:
        raise Problem(REFUSED, f"Nội dung tệp không phải .{ending}.", f"What is in the file is no .{ending}.")
    return media_type


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _keep(settings: Settings, name: str, media_type: str, content: bytes, folder: str = "evidence") -> Kept:
    digest = hashlib.sha256(content).hexdigest()
    target = place(settings.data_dir, digest, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix="new-", delete=False) as file:
        path = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            scan = _scanned(settings.malware_scan, path)
            path.replace(target)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    for parent in (target.parent, target.parent.parent, settings.data_dir):
        _sync(parent)
    return Kept(name, media_type, len(content), digest, scan)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _scanned(command: tuple[str, ...], path: Path) -> str:
    if not command:
        return "not_scanned"
    try:
        done = subprocess.run(
            [*command, str(path)], capture_output=True, timeout=SCAN_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as cause:
        raise Problem(
            REFUSED, "Không quét được mã độc, hãy thử lại.", "The file could not be scanned, try again."
        ) from cause
    if done.returncode != 0:
        raise Problem(REFUSED, "Tệp bị trình quét mã độc từ chối.", "The scanner refused the file.")
    return "clean"


async def may_attach(connection: Connection, principal: Principal, task_id: int) -> Task:
    """Return the task, locked, to which the asker may attach files: as lead or cooperating unit."""
    task = await visible(connection, principal, task_id, lock=True)
    if "party" not in parts_of(principal, task):
        raise hindered("part", "evidence")
    if task.state not in OPEN:
        raise hindered("state", "evidence")
    return task


async def attach(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    task_id: int,
    kept: Kept,
    *,
    supersedes: int | None,
) -> Evidence:
    """Add a kept file to a task; it supersedes another one where that is named."""
    task = await may_attach(connection, principal, task_id)
    there = await records.evidence(connection, task.id)
    if len(there) >= FILES_MAX:
        raise wrong("files", f"tối đa {FILES_MAX} tệp", f"at most {FILES_MAX} files")
    if supersedes is not None and supersedes not in {each.id for each in there}:
        raise missing("Không có tệp được thay thế.", "There is no such file to supersede.")
    evidence = Evidence(
        id=0, task_id=task.id, by=principal.id, at=desk.now(), supersedes=supersedes,
        **msgspec.structs.asdict(kept),
    )  # fmt: skip
    number = await records.add_evidence(connection, evidence)
    if number is None:
        raise wrong("supersedes", "đã được thay thế", "is superseded already", str(supersedes))
    evidence = msgspec.structs.replace(evidence, id=number)
    body = {"evidence": number, "name": kept.name, "sha256": kept.sha256, "supersedes": supersedes}
    await record(connection, desk, principal.id, task, action="evidence", body=body)
    return evidence


async def find(connection: Connection, principal: Principal, task_id: int, evidence_id: int) -> Evidence:
    """Return a file's row for whoever sees its task."""
    await visible(connection, principal, task_id)
    for each in await records.evidence(connection, task_id):
        if each.id == evidence_id:
            return each
    raise missing("Không có tệp này.", "There is no such file.")
