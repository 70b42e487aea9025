"""Confirming: accept, correct, reject, split, merge, add by hand, reopen. Nothing is issued without it.

All acts go the same way: the document is held (so that people take turns), the candidate's version is held
against what was seen, the rules are asked, the new rows and the verdict are written, the room's log last.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.directives.model import candidate as rules
from haidang.directives.model.candidate import (
    ACTS,
    Candidate,
    addressed,
    lacks,
    trimmed,
)
from haidang.directives.model.document import Document
from haidang.directives.model.names import Directory
from haidang.directives.service import engine
from haidang.directives.service.correcting import corrected
from haidang.directives.service.desk import (
    CANDIDATE_KNOWN,
    CANDIDATE_NOT_NOW,
    Desk,
    directory,
    record,
    registered,
    secret,
    standing,
    visible,
    wrong,
)
from haidang.directives.store import candidates, documents
from haidang.directives.store.candidates import Said
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.tasks.model.due import Due, faults
from haidang.tasks.service.reading import naming

MERGE_MAX = 50
SPAN_MAX = 20_000
"""Code points of one directive."""
PART_MIN = 3
replace = msgspec.structs.replace


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A passage of the raw text."""

    start: int
    end: int


class Merge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Candidates that are one directive."""

    ids: Annotated[tuple[int, ...], msgspec.Meta(min_length=2, max_length=MERGE_MAX)]


class Defaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is filled in where a proposal lacks just that."""

    due: Due | None = None
    product: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Held(msgspec.Struct, frozen=True):
    """A document under way: its row is locked."""

    document: Document
    text: str
    directory: Directory


async def hold(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    document_id: int,
    *,
    permission: str = "directive.register",
) -> Held:
    """Hold a document with a text, in which the asker confirms, or from which they issue."""
    document = await registered(connection, principal, document_id, permission=permission)
    standing(document, "confirm")
    text = await documents.text_of(connection, document_id)
    if text is None:
        raise secret()
    return Held(document, text, await directory(connection, desk))


async def perform(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    candidate_id: int,
    act: rules.Act,
    *,
    version: int,
) -> list[Candidate]:
    """Do an act and return what stands in the candidate's place: itself, or the parts it was split into."""
    found = await candidates.get(connection, candidate_id)
    if found is None:
        raise missing("Không có đề xuất này.", "There is no such proposal.")
    held = await hold(connection, desk, principal, found.document_id)
    before = await candidates.get(connection, candidate_id)
    assert before is not None  # noqa: S101 - candidates are never deleted
    unchanged(before, version)
    name = rules.act_name(act)
    _allowed(before, name)
    match act:
        case rules.Accept():
            return [await _accept(connection, desk, principal, held, before)]
        case rules.Reject():
            after = settled(before, "rejected", desk, principal)
            return [await _done(connection, desk, principal, held, after, name, {"reason": act.reason})]
        case rules.Reopen():
            return [await _reopen(connection, desk, principal, held, before)]
        case rules.Correct():
            change = await corrected(connection, held.directory, held.text, before, act)
            if not change.body:
                return [before]
            return [await _done(connection, desk, principal, held, change.after, name, change.body)]
        case rules.Split():
            return await _split(connection, desk, principal, held, before, act.at)


def settled(before: Candidate, state: rules.CandidateState, desk: Desk, principal: Principal) -> Candidate:
    """Return a candidate with what somebody said to it."""
    return replace(
        before, state=state, version=before.version + 1, settled_at=desk.now(), settled_by=principal.id
    )


def _allowed(before: Candidate, name: str) -> None:
    if before.state not in ACTS[name]:
        raise Problem(
            CANDIDATE_NOT_NOW,
            "Trạng thái hiện tại của đề xuất không cho phép.",
            "The proposal's present state does not allow it.",
            act=name, candidate_id=before.id, state=before.state,
        )  # fmt: skip


async def _done(  # noqa: PLR0917 - who did what to which
    connection: Connection,
    desk: Desk,
    principal: Principal,
    held: Held,
    after: Candidate,
    act: str,
    body: dict[str, Any],
) -> Candidate:
    await candidates.update(connection, [after])
    await _said(connection, desk, principal, held.document, [Said(after.id, act, body)])
    return after


async def _said(
    connection: Connection, desk: Desk, principal: Principal, document: Document, verdicts: Sequence[Said]
) -> None:
    """Keep verdicts, move the document on, tell of it, log it: whom and which, no wording."""
    await candidates.say(connection, desk.now(), principal.id, verdicts)
    if document.state == "read":
        await documents.update(connection, replace(document, state="confirming"))
    body = {"act": verdicts[0].act, "candidates": [each.candidate_id for each in verdicts]}
    await record(connection, desk, principal.id, document, action="candidate.settle", body=body)


def accepted(before: Candidate, held: Held, desk: Desk, principal: Principal) -> Candidate:
    """Return a candidate as accepted: whom it means today is held from here on."""
    whom = addressed(before, held.directory, day_of(held.document, desk))
    after = settled(before, "accepted", desk, principal)
    return replace(after, lead_orgs=whom.leads if whom.clear else before.lead_orgs, coop_orgs=whom.coops)


def day_of(document: Document, desk: Desk) -> Any:
    """Return the day by which names of a document are understood: its own, else today."""
    return document.issued_on or desk.today()


async def _accept(
    connection: Connection, desk: Desk, principal: Principal, held: Held, before: Candidate
) -> Candidate:
    after = accepted(before, held, desk, principal)
    body = {"lead_orgs": after.lead_orgs, "coop_orgs": after.coop_orgs}
    return await _done(connection, desk, principal, held, after, "accept", body)


async def _reopen(
    connection: Connection, desk: Desk, principal: Principal, held: Held, before: Candidate
) -> Candidate:
    """Open it again; units that were only held by accepting follow their names again."""
    after = replace(
        before, state="open", version=before.version + 1, settled_at=None, settled_by=None,
        lead_orgs=before.lead_orgs if "lead" in before.edited else None,
        coop_orgs=before.coop_orgs if "cooperating" in before.edited else None,
    )  # fmt: skip
    return await _done(connection, desk, principal, held, after, "reopen", {"from": before.state})


async def _split(  # noqa: PLR0917 - who splits which where
    connection: Connection,
    desk: Desk,
    principal: Principal,
    held: Held,
    before: Candidate,
    at: tuple[int, ...],
) -> list[Candidate]:
    cuts = [before.span_start, *sorted(set(at)), before.span_end]
    if cuts != sorted(set(cuts)):
        raise wrong("at", "phải nằm trong đoạn", "must lie within the passage")
    names = held.directory.site_names()
    parts = []
    for start, end in pairwise(cuts):
        begun, ended = trimmed(held.text, start, end)
        if ended - begun < PART_MIN:
            raise wrong("at", "có phần quá ngắn", "a part is too short", str(start))
        parts.append(_part(held, before, (begun, ended), names))
    numbers = await candidates.insert(connection, parts)
    made = [replace(each, id=number) for each, number in zip(parts, numbers, strict=True)]
    await candidates.update(connection, [settled(before, "replaced", desk, principal)])
    said = Said(before.id, "split", {"at": list(at), "into": numbers})
    await _said(connection, desk, principal, held.document, [said])
    return made


def _part(held: Held, before: Candidate, span: tuple[int, int], names: engine.SiteNames) -> Candidate:
    """Return one part; a subject that is carried over stays the one of the whole."""
    day = held.document.issued_on
    found = engine.guess(held.text, span[0], span[1], held.document.id, day, names)
    if not found.lead:
        found = replace(
            found, lead=before.lead, lead_orgs=before.lead_orgs if "lead" in before.edited else None,
            cooperating=found.cooperating or before.cooperating,
        )  # fmt: skip
    return replace(
        found, origin="split", came_from=(before.id,), heading=before.heading, sector=before.sector,
        product=found.product or before.product, due=found.due or before.due, follows=before.follows,
    )  # fmt: skip


async def merge(
    connection: Connection, desk: Desk, principal: Principal, document_id: int, ids: Sequence[int]
) -> Candidate:
    """Make one candidate of several of a document; the first one's facts go before the others'."""
    held = await hold(connection, desk, principal, document_id)
    wanted = set(ids)
    chosen = [each for each in await candidates.of_document(connection, document_id) if each.id in wanted]
    if len(chosen) != len(wanted) or len(chosen) < 2:
        raise missing("Không có đề xuất này.", "There is no such proposal.")
    for each in chosen:
        _allowed(each, "merge")
    start, end = chosen[0].span_start, max(each.span_end for each in chosen)
    if end - start > SPAN_MAX:
        raise wrong("ids", f"tối đa {SPAN_MAX} ký tự", f"at most {SPAN_MAX} characters")
    made = replace(_merged(chosen), span_start=start, span_end=end, text=held.text[start:end])
    [number] = await candidates.insert(connection, [made])
    await candidates.update(connection, [settled(each, "replaced", desk, principal) for each in chosen])
    said = [Said(each.id, "merge", {"into": number}) for each in chosen]
    await _said(connection, desk, principal, held.document, said)
    return replace(made, id=number)


def _merged(chosen: Sequence[Candidate]) -> Candidate:
    first = chosen[0]
    led = next((each for each in chosen if each.lead), first)
    timed = next((each for each in chosen if each.due is not None), first)
    return replace(
        first, id=0, version=1, run_id=None, origin="merge", came_from=tuple(each.id for each in chosen),
        state="open", settled_at=None, settled_by=None, lead=led.lead,
        lead_orgs=led.lead_orgs if "lead" in led.edited else None, coop_orgs=None,
        cooperating=tuple(dict.fromkeys(name for each in chosen for name in each.cooperating)),
        action="; ".join(dict.fromkeys(each.action.rstrip(" .;") for each in chosen))[:4_000],
        product=next((each.product for each in chosen if each.product), ""), due=timed.due,
        deadline=timed.deadline, follows=tuple(dict.fromkeys(n for each in chosen for n in each.follows)),
        edited=(), confidence=min(each.confidence for each in chosen),
    )  # fmt: skip


async def add(
    connection: Connection, desk: Desk, principal: Principal, document_id: int, span: Span
) -> Candidate:
    """Add by hand what the engine has missed; it is asked for a first guess of just that passage."""
    held = await hold(connection, desk, principal, document_id)
    if not 0 <= span.start < span.end <= len(held.text) or span.end - span.start > SPAN_MAX:
        raise wrong("span", "không nằm trong văn bản", "does not lie within the text", f"{span.start}")
    start, end = trimmed(held.text, span.start, span.end)
    if end - start < PART_MIN:
        raise wrong("span", "quá ngắn", "is too short")
    for each in await candidates.of_document(connection, document_id):
        if (each.span_start, each.span_end) == (start, end) and each.state not in {"rejected", "replaced"}:
            raise Problem(CANDIDATE_KNOWN, candidate_id=each.id)
    day = held.document.issued_on
    made = engine.guess(held.text, start, end, document_id, day, held.directory.site_names())
    [number] = await candidates.insert(connection, [made])
    said = Said(number, "add", {"span": [start, end]})
    await _said(connection, desk, principal, held.document, [said])
    return replace(made, id=number)


async def accept_complete(
    connection: Connection, desk: Desk, principal: Principal, document_id: int, defaults: Defaults
) -> list[Candidate]:
    """Accept every open proposal that lacks nothing, or nothing but what ``defaults`` fill in."""
    if defaults.due is not None and faults(defaults.due):
        raise wrong("due", "chưa đủ", "is not complete")
    held = await hold(connection, desk, principal, document_id)
    verdicts: list[Said] = []
    done: list[Candidate] = []
    for each in await candidates.of_document(connection, document_id):
        if each.state != "open":
            continue
        filled, body = _filled(each, defaults)
        whom = addressed(filled, held.directory, day_of(held.document, desk))
        if lacks(filled, whom, held.document.issued_on):
            continue
        if body:
            verdicts.append(Said(each.id, "correct", body))
        done.append(accepted(filled, held, desk, principal))
        verdicts.append(Said(each.id, "accept", {"lead_orgs": done[-1].lead_orgs}))
    if done:
        await candidates.update(connection, done)
        await _said(connection, desk, principal, held.document, verdicts)
    return done


def _filled(each: Candidate, defaults: Defaults) -> tuple[Candidate, dict[str, Any]]:
    body: dict[str, Any] = {}
    if each.due is None and defaults.due is not None:
        body["due"] = [None, defaults.due]
    if not each.product and defaults.product.strip():
        body["product"] = ["", defaults.product.strip()]
    if not body:
        return each, {}
    values = {name: pair[1] for name, pair in body.items()}
    return replace(each, **values, edited=tuple(dict.fromkeys((*each.edited, *body)))), body


async def verdicts(connection: Connection, principal: Principal, candidate_id: int) -> dict[str, Any]:
    """Return all that was said to a candidate, with the names of who said it."""
    found = await candidates.get(connection, candidate_id)
    if found is None:
        raise missing("Không có đề xuất này.", "There is no such proposal.")
    document = await visible(connection, principal, found.document_id)
    principal.require("directive.register", org_id=document.owner_org, area_code=None, sector=None)
    said = await candidates.verdicts(connection, candidate_id)
    who = await naming(connection, {each["by"] for each in said})
    return {"items": [each | {"by": who(each["by"])} for each in said], "next": None}
