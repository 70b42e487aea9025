"""Readings: each is kept as it came out, with what it proposes; what people settled stays."""

from __future__ import annotations

import msgspec

from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.directives.extraction import Reading
from haidang.directives.model.candidate import Candidate, overlap
from haidang.directives.model.document import CANDIDATES_MAX, Document
from haidang.directives.service import engine
from haidang.directives.service.desk import (
    TOO_LONG,
    Desk,
    directory,
    record,
    registered,
    secret,
    standing,
)
from haidang.directives.store import candidates, documents
from haidang.directives.store.documents import Reference
from haidang.organisation.permissions import Principal

SAME_SPAN = 0.5
"""A proposal of a new reading is the one that stands where they share so much of the shorter one."""


async def keep_reading(  # noqa: PLR0917 - whose reading of which text
    connection: Connection,
    desk: Desk,
    principal: Principal,
    document: Document,
    text: str,
    read: engine.Read,
    there: tuple[Candidate, ...] = (),
) -> int:
    """Keep a run, its references and its proposals, but for those that stand already."""
    reading: Reading = read.reading
    if len(reading.items) > CANDIDATES_MAX:
        raise Problem(
            TOO_LONG,
            f"Có {len(reading.items)} đề xuất, tối đa {CANDIDATES_MAX}; hãy tách văn bản.",
            f"{len(reading.items)} proposals, at most {CANDIDATES_MAX}: take the document apart.",
        )
    run_id, _ = await documents.add_run(
        connection, document.id, at=desk.now(), by=principal.id, engine=engine.ENGINE, took_ms=read.took_ms,
        items=len(reading.items), reading=reading,
    )  # fmt: skip
    await documents.add_references(connection, document.id, _references(reading))
    made = [
        engine.candidate_of(item, text, document.id, run_id, document.issued_on)
        for item in reading.items
        if not any(
            overlap((item.start, item.end), (each.span_start, each.span_end)) >= SAME_SPAN for each in there
        )
    ]
    await candidates.insert(connection, made)
    return len(made)


def _references(reading: Reading) -> list[Reference]:
    return [
        Reference(
            no=no, kind=each.kind, number=each.number, issued_on=each.issued_on, issuer=each.issuer or "",
            span_start=each.start, span_end=each.end, text=each.text,
        )
        for no, each in enumerate(reading.document.references[:1_000], start=1)
    ]  # fmt: skip


async def reread(
    db: Database, desk: Desk, principal: Principal, document_id: int
) -> tuple[Document, str, engine.Read]:
    """Read a registered text anew, before the transaction that keeps the run."""
    async with db.transaction() as connection:
        document = await registered(connection, principal, document_id)
        text = await documents.text_of(connection, document_id)
        names = (await directory(connection, desk)).site_names()
    if text is None:
        raise secret()
    issued_on = document.issued_on if document.issued_on_certain else None
    return document, text, await engine.read(text, issued_on, names)


async def keep_run(  # noqa: PLR0917 - whose reading of which text
    connection: Connection, desk: Desk, principal: Principal, document_id: int, text: str, read: engine.Read
) -> None:
    """Keep a further reading: what people settled or touched stays, other open proposals are replaced."""
    document = await registered(connection, principal, document_id)
    standing(document, "read")
    now = desk.now()
    there = await candidates.of_document(connection, document_id)
    stays = tuple(
        each
        for each in there
        if each.state in {"accepted", "rejected", "issued"}
        or (each.state == "open" and (each.edited or each.origin != "engine"))
    )
    gone = [each for each in there if each.state == "open" and each not in stays]
    await candidates.update(
        connection,
        [
            msgspec.structs.replace(
                each, state="replaced", version=each.version + 1, settled_at=now, settled_by=principal.id
            )
            for each in gone
        ],
    )
    found = await keep_reading(connection, desk, principal, document, text, read, stays)
    body = {"candidates": found, "replaced": len(gone), "stay": len(stays)}
    await record(connection, desk, principal.id, document, action="document.read", body=body)
