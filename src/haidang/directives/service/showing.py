"""Documents and candidates as the API says them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.directives.extraction.rules import explained
from haidang.directives.model.candidate import Candidate, addressed, due_hint, due_of, lacks, open_acts
from haidang.directives.model.document import KINDS_EN, Document, document_acts
from haidang.directives.model.names import Directory
from haidang.directives.service import telling
from haidang.directives.service.desk import Desk, directory, may, visible, words_of
from haidang.directives.store import candidates, directives, documents, meetings
from haidang.directives.store.documents import Filter
from haidang.organisation.permissions import Principal
from haidang.tasks.service.reading import naming
from haidang.tasks.store import tasks


async def rows(
    connection: Connection, principal: Principal, found: Sequence[Document]
) -> list[dict[str, Any]]:
    """Return documents as a list carries them."""
    counts = await documents.counts(connection, [each.id for each in found])
    orgs = await tasks.org_names(
        connection, {org for each in found for org in (each.owner_org, *each.readers)}
    )
    held = await meetings.named(connection, [each.meeting_id for each in found if each.meeting_id])
    shown = []
    for each in found:
        count = counts.get(each.id, {})
        registrar = may(principal, "directive.register", each.owner_org)
        issuer = may(principal, "directive.issue", each.owner_org)
        facts = {
            name: getattr(each, name)
            for name in (
                "id", "kind", "number", "issued_on", "issued_on_certain", "issuer", "place", "signatory",
                "signatory_title", "subject", "secrecy", "state", "mail", "warnings", "note", "simulated",
                "created_at", "changed_at", "version",
            )
        }  # fmt: skip
        shown.append(
            facts
            | {
                "kind_vi": each.kind[:1].upper() + each.kind[1:],
                "kind_en": KINDS_EN.get(each.kind, each.kind),
                "meeting": held.get(each.meeting_id or 0), "file": _file(each),
                "owner": {"id": each.owner_org, "name": orgs.get(each.owner_org, f"#{each.owner_org}")},
                "readers": [{"id": org, "name": orgs.get(org, f"#{org}")} for org in each.readers],
                "reference_only": each.text_sha256 is None,
                "candidates": {
                    "open": count.get("open", 0) if registrar or issuer else 0,
                    "accepted": count.get("accepted", 0) if registrar or issuer else 0,
                    "rejected": count.get("rejected", 0) if registrar or issuer else 0,
                },
                "directives": count.get("directives", 0),
                "acts": document_acts(each, registrar=registrar, issuer=issuer),
            }
        )  # fmt: skip
    return shown


def _file(each: Document) -> dict[str, Any] | None:
    if each.file_sha256 is None:
        return None
    return {
        "name": each.file_name, "size": each.file_size, "sha256": each.file_sha256, "kind": each.file_kind,
    }  # fmt: skip


async def listed(
    connection: Connection, principal: Principal, wanted: Filter, *, limit: int
) -> dict[str, Any]:
    """Return a page of documents, the last registered first."""
    found = await documents.page(connection, principal, wanted, limit=limit + 1)
    page = found[:limit]
    return {
        "items": await rows(connection, principal, page),
        "next": str(page[-1].id) if len(found) > limit else None,
    }


async def opened(
    connection: Connection, desk: Desk, principal: Principal, document_id: int
) -> dict[str, Any]:
    """Return a document with its text, references, readings, candidates and directives.

    What is still proposed is for whoever confirms or issues; others see what was issued.
    """
    document = await visible(connection, principal, document_id)
    [line] = await rows(connection, principal, [document])
    inside = any(
        may(principal, permission, document.owner_org)
        for permission in ("directive.register", "directive.issue")
    )
    runs = await documents.runs(connection, document_id) if inside else []
    who = await naming(connection, {each["by"] for each in runs})
    issued = await directives.of_document(connection, principal, document_id)
    return line | {
        "text": await documents.text_of(connection, document_id),
        "references": await documents.references(connection, principal, document_id),
        "referred_by": await documents.referring(connection, principal, document.number),
        "runs": [each | {"by": who(each["by"])} for each in runs],
        "candidates": await proposals(connection, desk, document) if inside else [],
        "directives": await telling.lines(connection, desk, principal, issued),
        "directives_count": line["directives"],
        "now": desk.now(),
    }


async def registered_answer(
    connection: Connection, desk: Desk, principal: Principal, document: Document
) -> dict[str, Any]:
    """Return what registering answers: the row and what is proposed."""
    [line] = await rows(connection, principal, [document])
    return {"document": line, "candidates": await proposals(connection, desk, document)}


async def proposals(
    connection: Connection, desk: Desk, document: Document, *, only: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """Return the candidates of a document in the order of its text; those that were replaced are left out."""
    found = [
        each
        for each in await candidates.of_document(connection, document.id)
        if (each.state != "replaced" if only is None else each.id in only)
    ]
    units = await directory(connection, desk)
    people = await candidates.names(connection, [each.assignee for each in found if each.assignee])
    who = await naming(connection, {each.settled_by for each in found})
    return [
        _proposal(desk, document, units, people, each, no) | {"settled_by": who(each.settled_by)}
        for no, each in enumerate(found, start=1)
    ]


def _proposal(  # noqa: PLR0917 - a candidate among what it is shown with
    desk: Desk, document: Document, units: Directory, people: dict[int, str], each: Candidate, no: int
) -> dict[str, Any]:
    whom = addressed(each, units, document.issued_on or desk.today())
    hint = due_hint(each.due, document.issued_on)
    return {
        "id": each.id, "no": no, "document_id": each.document_id, "origin": each.origin, "text": each.text,
        "start": each.span_start, "end": each.span_end, "lead": whom.lead, "cooperating": whom.cooperating,
        "action": each.action, "product": each.product,
        "deadline": None if each.deadline is None
        else msgspec.to_builtins(each.deadline) | {"due": due_of(each.deadline, document.issued_on)},
        "due": each.due, "due_words": None if each.due is None or hint is not None
        else words_of(desk, each.due, desk.now()),
        "due_hint": hint, "warnings": each.warnings, "rules": each.rules,
        "why": explained(each.rules),
        "confidence": round(each.confidence, 3), "heading": each.heading or None, "follows": each.follows,
        "state": each.state, "edited": bool(each.edited), "edited_fields": each.edited,
        "assignee": None if each.assignee is None
        else {"id": each.assignee, "name": people.get(each.assignee, f"#{each.assignee}")},
        "principal": each.principal, "fan_out": whom.fan_out, "field": each.sector,
        "leads": whom.leads, "coops": whom.coops,
        "missing": lacks(each, whom, document.issued_on) if each.state in {"open", "accepted"} else (),
        "acts": open_acts(each), "settled_at": each.settled_at, "version": each.version,
    }  # fmt: skip


async def proposal(
    connection: Connection, desk: Desk, principal: Principal, found: Sequence[Candidate]
) -> list[dict[str, Any]]:
    """Return candidates of one document after an act."""
    document = await visible(connection, principal, found[0].document_id)
    return await proposals(connection, desk, document, only=[each.id for each in found])
