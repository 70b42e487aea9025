"""Registering documents: from a file, from a text, or by reference alone; reading them again; withdrawing.

A file is read in a child process and its text by the engine in a thread, both before the transaction that
keeps them. What is secret is refused before a byte of it is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.directives.extraction import DocumentFacts
from haidang.directives.model.document import KINDS, READERS_MAX, TEXT_MAX, Document, Secrecy
from haidang.directives.service import engine, runs
from haidang.directives.service.desk import (
    DOCUMENT_NOT_NOW,
    KNOWN,
    TOO_LONG,
    Desk,
    directory,
    record,
    registered,
    secret,
    standing,
    wrong,
)
from haidang.directives.service.meetings import meeting_of
from haidang.directives.store import documents, sealing
from haidang.directives.store import meetings as meeting_store
from haidang.documents import intake
from haidang.documents.intake.model import FileKind
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, missing, unchanged
from haidang.tasks.service.evidence import Kept, clean_name, keep_as, place
from haidang.tasks.store import tasks

FOLDER = "directives"
"""Where files of documents lie in the data folder."""
MEDIA_TYPES: dict[FileKind, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html",
    "text": "text/plain",
    "mail": "message/rfc822",
}
Line = Annotated[str, msgspec.Meta(max_length=500)]


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person says of a document; what is left out is as it was read, or stays."""

    kind: Line | msgspec.UnsetType = msgspec.UNSET
    number: Line | msgspec.UnsetType = msgspec.UNSET
    issued_on: date | msgspec.UnsetType | None = msgspec.UNSET
    issuer: Line | msgspec.UnsetType = msgspec.UNSET
    place: Line | msgspec.UnsetType = msgspec.UNSET
    signatory: Line | msgspec.UnsetType = msgspec.UNSET
    signatory_title: Line | msgspec.UnsetType = msgspec.UNSET
    subject: Line | msgspec.UnsetType = msgspec.UNSET
    meeting_id: int | msgspec.UnsetType | None = msgspec.UNSET
    secrecy: Secrecy | msgspec.UnsetType = msgspec.UNSET
    readers: Annotated[tuple[int, ...], msgspec.Meta(max_length=READERS_MAX)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    """Restricted and secret ones: the units that may see it."""

    def given(self) -> dict[str, Any]:
        """Return what was said."""
        return {
            name: value for name, value in msgspec.structs.asdict(self).items() if value is not msgspec.UNSET
        }


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was read and is not registered yet."""

    text: str
    read: engine.Read
    kept: Kept | None = None
    file_kind: str | None = None
    mail: dict[str, Any] | None = None
    warnings: tuple[dict[str, Any], ...] = ()
    title: str | None = None

    @property
    def sha256(self) -> str:
        """What makes it the same document again."""
        return self.kept.sha256 if self.kept else digest(self.text)


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


async def file_in(  # noqa: PLR0917 - whose file, and what is known of it
    db: Database,
    settings: Settings,
    desk: Desk,
    principal: Principal,
    name: str,
    content: bytes,
    *,
    owner_org: int | None,
    facts: Facts,
) -> Incoming:
    """Read a file and keep it; ``Problem`` where it is secret, known, hostile, or has no text."""
    owner = owner_of(principal, owner_org)
    if facts.secrecy == "secret":
        raise secret()
    clean = clean_name(name)
    async with db.transaction() as connection:
        await refuse_known(connection, owner, hashlib.sha256(content).hexdigest())
        names = (await directory(connection, desk)).site_names()
    found = await intake.reading(clean, content)
    check_text(found.text)
    issued_on = facts.issued_on if isinstance(facts.issued_on, date) else None
    read = await engine.read(found.text, issued_on, names)
    kept = await keep_as(settings, clean, MEDIA_TYPES[found.kind], content, FOLDER)
    return Incoming(
        text=found.text, read=read, kept=kept, file_kind=found.kind, title=found.title,
        mail=None if found.mail is None else msgspec.to_builtins(found.mail),
        warnings=tuple(msgspec.to_builtins(each) for each in found.warnings),
    )  # fmt: skip


async def text_in(
    db: Database, desk: Desk, principal: Principal, text: str, *, owner_org: int | None, facts: Facts
) -> Incoming:
    """Read a pasted text; ``Problem`` where it is secret, known or too long."""
    owner = owner_of(principal, owner_org)
    if facts.secrecy == "secret":
        raise secret()
    check_text(text)
    async with db.transaction() as connection:
        await refuse_known(connection, owner, digest(text))
        names = (await directory(connection, desk)).site_names()
    issued_on = facts.issued_on if isinstance(facts.issued_on, date) else None
    return Incoming(text=text, read=await engine.read(text, issued_on, names), file_kind="text")


async def register(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    incoming: Incoming | None,
    facts: Facts,
    *,
    owner_org: int | None = None,
    simulated: bool = False,
) -> Document:
    """Register a document with what was read from it; without ``incoming`` it is a reference only."""
    owner = owner_of(principal, owner_org)
    given = facts.given()
    if incoming is None and not (given.get("number") or given.get("subject")):
        raise wrong("number", "cần số hoặc trích yếu", "a number or a subject is needed")
    now = desk.now()
    document = Document(
        id=0, version=1, owner_org=owner, state="read", kind="khác", simulated=simulated,
        created_by=principal.id, created_at=now, changed_at=now,
    )  # fmt: skip
    if incoming is not None:
        document = _as_read(document, incoming)
    document = msgspec.structs.replace(document, **given)
    if given.get("issued_on"):
        document = msgspec.structs.replace(document, issued_on_certain=True)
    await _check(connection, principal, document)
    if incoming is not None and document.meeting_id is None and "meeting_id" not in given:
        meeting = await meeting_of(connection, desk, principal, document, incoming.read.reading.document)
        document = msgspec.structs.replace(document, meeting_id=meeting)
    number = await documents.insert(connection, document, incoming.text if incoming else None)
    if number is None:
        assert incoming is not None  # noqa: S101 - only texts are compared
        await refuse_known(connection, owner, incoming.sha256)
        raise Problem(KNOWN)
    document = msgspec.structs.replace(document, id=number)
    found = 0
    if incoming is not None:
        found = await runs.keep_reading(connection, desk, principal, document, incoming.text, incoming.read)
    body = {
        "sha256": incoming.sha256 if incoming else None, "meeting": document.meeting_id,
        "number": document.number, "secrecy": document.secrecy,
        "candidates": found,
    }  # fmt: skip
    await record(connection, desk, principal.id, document, action="document.register", body=body)
    return document


def _as_read(document: Document, incoming: Incoming) -> Document:
    facts: DocumentFacts = incoming.read.reading.document
    kept = incoming.kept
    subject = facts.subject or incoming.title or (incoming.mail or {}).get("subject") or ""
    read = [msgspec.to_builtins(each) for each in incoming.read.reading.warnings]
    return msgspec.structs.replace(
        document, kind=facts.kind, number=(facts.number or "")[:500], issued_on=facts.issued_on,
        issued_on_certain=facts.issued_on_certain, issuer=(facts.issuer or "")[:500],
        place=(facts.place or "")[:500], signatory=(facts.signatory or "")[:500],
        signatory_title=(facts.signatory_title or "")[:500], subject=" ".join(subject.split())[:500],
        text_sha256=digest(incoming.text), file_kind=incoming.file_kind, mail=incoming.mail,
        file_name=kept and kept.name, file_size=kept and kept.size_bytes, file_sha256=kept and kept.sha256,
        file_type=kept and kept.media_type, warnings=(*incoming.warnings, *read),
    )  # fmt: skip


async def change(
    connection: Connection, desk: Desk, principal: Principal, document_id: int, facts: Facts, *, version: int
) -> Document:
    """Change what is said of a document; its text stays as it was read."""
    before = await registered(connection, principal, document_id)
    unchanged(before, version)
    standing(before, "change")
    given = facts.given()
    if given.get("secrecy") == "secret" and before.text_sha256 is not None:
        raise secret()
    after = msgspec.structs.replace(before, **given)
    if "issued_on" in given:
        after = msgspec.structs.replace(after, issued_on_certain=after.issued_on is not None)
    await _check(connection, principal, after)
    differing = changes(before, after)
    after = msgspec.structs.replace(after, version=before.version + 1, changed_at=desk.now())
    await documents.update(connection, after)
    await record(connection, desk, principal.id, after, action="document.change", body=differing)
    return after


async def withdraw(
    connection: Connection, desk: Desk, principal: Principal, document_id: int, why: str, *, version: int
) -> Document:
    """Take a document back from which nothing was issued; it stays, and can be registered anew."""
    before = await registered(connection, principal, document_id)
    unchanged(before, version)
    standing(before, "withdraw")
    if before.state == "issued":
        raise Problem(
            DOCUMENT_NOT_NOW,
            "Đã ban hành nhiệm vụ từ văn bản này; hãy thay thế từng ý kiến chỉ đạo.",
            "Directives were issued from it: replace them one by one.",
            act="withdraw", hindrance="issued",
        )  # fmt: skip
    after = msgspec.structs.replace(
        before, state="withdrawn", note=why, version=before.version + 1, changed_at=desk.now()
    )
    await documents.update(connection, after)
    await record(connection, desk, principal.id, after, action="document.withdraw", body={"why": why})
    return after


def owner_of(principal: Principal, owner_org: int | None) -> int:
    """Return the office that registers; the asker registers for it."""
    owner = owner_org if owner_org is not None else principal.org_id
    if owner is None:
        raise wrong("owner_org", "cần có", "is needed")
    principal.require("directive.register", org_id=owner, area_code=None, sector=None)
    return owner


async def refuse_known(connection: Connection, owner: int, sha256: str) -> None:
    """Raise ``Problem`` (409 with its id) where a unit has these very bytes already."""
    known = await documents.same(connection, owner, sha256)
    if known is not None:
        raise Problem(
            KNOWN,
            "Nội dung này đã được nhập.",
            "This content was registered before.",
            document_id=known,
        )


def check_text(text: str) -> None:
    """Raise ``Problem`` where a text is empty, too long or not storable."""
    if len(text) > TEXT_MAX:
        raise Problem(TOO_LONG, f"Tối đa {TEXT_MAX} ký tự.", f"At most {TEXT_MAX} characters.")
    if not text.strip() or "\x00" in text:
        raise wrong("text", "không có nội dung đọc được", "there is no text that can be read")


async def _check(connection: Connection, principal: Principal, document: Document) -> None:
    if document.kind not in KINDS:
        words = ", ".join(KINDS)
        raise wrong("kind", f"một trong: {words}", f"one of: {words}", document.kind)
    day = document.issued_on
    if day is not None and not 1945 <= day.year <= 2150:
        raise wrong("issued_on", "năm từ 1945 đến 2150", "a year from 1945 to 2150", str(day))
    if document.readers and document.secrecy == "normal":
        raise wrong("readers", "chỉ với văn bản hạn chế, mật", "of restricted and secret ones only")
    known = await tasks.org_names(connection, document.readers)
    for org in document.readers:
        if org not in known:
            raise wrong("readers", "không có đơn vị này", "there is no such unit", str(org))
    if document.meeting_id is not None:
        meeting = await meeting_store.get(connection, principal, document.meeting_id)
        if meeting is None:
            raise missing("Không có cuộc họp này.", "There is no such meeting.")


async def make_secret(
    connection: Connection, desk: Desk, principal: Principal, document_id: int, why: str, *, version: int
) -> list[str]:
    """Take the text away that turned out to be secret; return hashes of files to be removed after the commit.

    Only while nothing was issued from it: the wording of a directive is with its units already.
    """
    before = await registered(connection, principal, document_id)
    unchanged(before, version)
    standing(before, "make_secret")
    if before.state == "issued" or before.secrecy == "secret":
        raise Problem(
            DOCUMENT_NOT_NOW,
            "Đã ban hành nhiệm vụ từ văn bản này, hoặc văn bản đã là mật.",
            "Directives were issued from it, or it is secret already.",
            act="make_secret", hindrance=before.state if before.state == "issued" else "secret",
        )  # fmt: skip
    files = await sealing.seal(connection, document_id, why=why, at=desk.now(), by=principal.id)
    after = msgspec.structs.replace(before, version=before.version + 1, secrecy="secret")
    await record(connection, desk, principal.id, after, action="document.make_secret", body={"why": why})
    return files


def remove_files(settings: Settings, files: Sequence[str]) -> None:
    """Remove files that no document names any more."""
    for sha256 in files:
        place(settings.data_dir, sha256, FOLDER).unlink(missing_ok=True)
