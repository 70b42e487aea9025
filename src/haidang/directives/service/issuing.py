"""Issuing: accepted candidates become directives and tasks, all of them in one transaction or none.

The five clears are asked for each; whom the asker may not give work to, and who may not see a restricted
document, is said before anything is written. One unit answers for a task: several leads fan out, one task
each, or one of them is the principal and the others cooperate. Tasks are given as any other
(``tasks.service.giving``); the logs are locked in one order, that of tasks before ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Fault, Problem
from haidang.directives.model.candidate import COOP_MAX, MISSING, Addressed, Candidate, addressed, lacks
from haidang.directives.model.directive import TASKS_MAX, Directive, review_of
from haidang.directives.model.document import Document, number_key
from haidang.directives.model.names import Party, leader_called
from haidang.directives.service.confirming import Held, day_of, hold
from haidang.directives.service.desk import (
    BEYOND,
    CANDIDATE_NOT_NOW,
    INCOMPLETE,
    NOT_NAMED,
    NOTHING,
    Desk,
    log,
    tell,
    wrong,
)
from haidang.directives.store import candidates, directives, documents, meetings
from haidang.directives.store.candidates import Said
from haidang.directives.store.directives import PartyRow
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.due import Due
from haidang.tasks.service import giving
from haidang.tasks.service.giving import NewTask

Line = Annotated[str, msgspec.Meta(max_length=500)]
replace = msgspec.structs.replace
RESTRICTED = "Nhiệm vụ theo văn bản hạn chế"
"""Title of a task whose wording only the named units may see."""


class Issue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to issue, and who said it."""

    candidate_ids: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=1_000)] | None = None
    """Absent: every accepted one."""
    monitor_org: int | None = None
    """May judge results in the office's place."""
    given_by: Line = ""
    """The leader; absent: who signed, or who chaired the meeting."""
    given_on: date | None = None
    """Absent: the document's day."""


class Ready(msgspec.Struct, frozen=True):
    """A candidate about to be issued, with whom it goes to."""

    candidate: Candidate
    whom: Addressed

    @property
    def owners(self) -> tuple[int, ...]:
        """The unit of each task to be given."""
        if self.candidate.principal is not None:
            return (self.candidate.principal,)
        return self.whom.leads

    @property
    def coops(self) -> tuple[int, ...]:
        """Units that cooperate in each of its tasks: also leads that do not answer themselves."""
        others = tuple(each for each in self.whom.leads if each not in self.owners)
        return tuple(dict.fromkeys((*others, *self.whom.coops)))[:COOP_MAX]


async def issue(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    document_id: int,
    wanted: Issue,
    *,
    replaces: Mapping[int, int] | None = None,
) -> list[Directive]:
    """Issue accepted candidates of a document; ``replaces``: candidate → directive whose place it takes."""
    held = await hold(connection, desk, principal, document_id, permission="directive.issue")
    ready = await _ready(connection, desk, held, wanted)
    _complete(held, ready)
    _reach(principal, held, ready, wanted)
    leader, given_on = await _given(connection, principal, desk, held.document, wanted)
    follows = await _follows(connection, held.document, ready)
    number = await directives.numbers(connection, document_id)
    made: list[Directive] = []
    entries: list[tuple[str, str, int, Any]] = []
    for each in ready:
        number += 1
        facts = {
            "no": str(number), "given_by": leader, "given_on": given_on,
            "follows_id": follows.get(each.candidate.id),
            "replaces_id": (replaces or {}).get(each.candidate.id),
        }  # fmt: skip
        directive = await _directive(connection, desk, principal, held.document, each, facts)
        given = await _tasks(connection, desk, principal, held, each, directive, wanted.monitor_org)
        made.append(directive)
        body = {
            "document": document_id, "candidate": each.candidate.id, "text_hash": directive.text_hash,
            "span": [directive.span_start, directive.span_end], "tasks": given,
            "follows": directive.follows_id, "replaces": directive.replaces_id,
        }  # fmt: skip
        entries.append(("directive.issue", f"directive:{directive.id}", directive.owner_org, _bounded(body)))
    await _settle(connection, desk, principal, held.document, ready, made)
    await log(connection, desk, principal.id, entries)
    return made


def _bounded(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a log entry says; of a campaign over many units it names the first and the count."""
    tasks = body["tasks"]
    return body if len(tasks) <= 200 else body | {"tasks": tasks[:200], "tasks_count": len(tasks)}


async def _ready(connection: Connection, desk: Desk, held: Held, wanted: Issue) -> list[Ready]:
    there = await candidates.of_document(connection, held.document.id)
    if wanted.candidate_ids is None:
        chosen = [each for each in there if each.state == "accepted"]
    else:
        asked = set(wanted.candidate_ids)
        chosen = [each for each in there if each.id in asked]
        if len(chosen) != len(asked):
            raise missing("Không có đề xuất này.", "There is no such proposal.")
        for each in chosen:
            if each.state != "accepted":
                raise Problem(
                    CANDIDATE_NOT_NOW,
                    "Chỉ ban hành đề xuất đã xác nhận.",
                    "Only accepted proposals are issued.",
                    act="issue", candidate_id=each.id, state=each.state,
                )  # fmt: skip
    if not chosen:
        raise Problem(NOTHING, "Hãy xác nhận trước.", "Accept some first.")
    day = day_of(held.document, desk)
    return [Ready(each, addressed(each, held.directory, day)) for each in chosen]


def _complete(held: Held, ready: Sequence[Ready]) -> None:
    """Raise ``Problem`` (422) that names, for each candidate, what of the five clears it lacks."""
    wanting: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for each in ready:
        words = lacks(each.candidate, each.whom, held.document.issued_on)
        if words:
            number = each.candidate.id
            wanting.append({"candidate_id": number, "missing": list(words)})
            faults += [Fault(f"candidates.{number}.{word}", *MISSING[word]) for word in words]
    if wanting:
        raise Problem(INCOMPLETE, faults=tuple(faults[:200]), candidates=wanting)
    count = sum(len(each.owners) for each in ready)
    if count > TASKS_MAX:
        raise wrong(
            "candidate_ids", f"{count} nhiệm vụ, mỗi lần tối đa {TASKS_MAX}",
            f"{count} tasks, at most {TASKS_MAX} at a time", str(count),
        )  # fmt: skip


def _reach(principal: Principal, held: Held, ready: Sequence[Ready], wanted: Issue) -> None:
    """Raise ``Problem`` where a task would go to a unit beyond the asker's, or one that may not see it."""
    document = held.document
    beyond: dict[tuple[int, int], None] = {}
    unnamed: dict[tuple[int, int], None] = {}
    for each in ready:
        monitor = () if wanted.monitor_org is None else (wanted.monitor_org,)
        for org in (document.owner_org, *each.owners, *each.coops, *monitor):
            if not principal.may("task.assign", org_id=org, area_code=None, sector=each.candidate.sector):
                beyond[each.candidate.id, org] = None
            if document.secrecy != "normal" and org not in {document.owner_org, *document.readers}:
                unnamed[each.candidate.id, org] = None
        if wanted.monitor_org in each.owners:
            raise wrong(
                "monitor_org", "không được là đơn vị chủ trì", "must not be a lead unit",
                str(wanted.monitor_org),
            )  # fmt: skip
    for kind, pairs in ((BEYOND, beyond), (NOT_NAMED, unnamed)):
        if pairs:
            raise Problem(
                kind,
                faults=tuple(
                    Fault(f"candidates.{candidate}.orgs", name, name, str(org))
                    for candidate, org in list(pairs)[:100]
                    for name in (held.directory.name(org),)
                ),
            )


async def _given(
    connection: Connection, principal: Principal, desk: Desk, document: Document, wanted: Issue
) -> tuple[str, date]:
    """Return who said it and when: as asked, else as the document says."""
    leader = wanted.given_by.strip() or document.signatory
    if not leader and document.meeting_id is not None:
        meeting = await meetings.get(connection, principal, document.meeting_id)
        leader = meeting.chair if meeting else ""
    leader = leader_called(leader or document.issuer)
    if not leader:
        raise wrong("given_by", "cần biết ai chỉ đạo", "who said it is needed")
    given_on = wanted.given_on or document.issued_on or desk.today()
    if given_on > desk.today():
        raise wrong("given_on", "không sau hôm nay", "not after today", str(given_on))
    return leader, given_on


async def _follows(connection: Connection, document: Document, ready: Iterable[Ready]) -> dict[int, int]:
    """Return the earlier directive that a candidate repeats, where one alone of a named notice fits.

    It fits where it shares a lead; several that do, or none, are for a person to link.
    """
    ready = list(ready)
    wanted = {number for each in ready for number in each.candidate.follows}
    known = await documents.by_number(connection, document.owner_org, wanted)
    found: dict[int, int] = {}
    for each in ready:
        numbers = {
            number
            for name in each.candidate.follows
            for number in known.get(number_key(name), ())
            if number != document.id
        }
        leads = await directives.leads_in(connection, sorted(numbers)) if numbers else {}
        fitting = [number for number, orgs in leads.items() if orgs & set(each.whom.leads)]
        if len(fitting) == 1:
            found[each.candidate.id] = fitting[0]
    return found


async def _directive(  # noqa: PLR0917 - who issues what of which document
    connection: Connection,
    desk: Desk,
    principal: Principal,
    document: Document,
    each: Ready,
    facts: Mapping[str, Any],
) -> Directive:
    candidate = each.candidate
    assert candidate.due is not None  # noqa: S101 - the five clears were asked for
    directive = Directive(
        id=0, version=1, document_id=document.id, candidate_id=candidate.id, owner_org=document.owner_org,
        text=candidate.text, span_start=candidate.span_start, span_end=candidate.span_end,
        text_hash=hashlib.sha256(candidate.text.encode()).hexdigest(), action=candidate.action,
        product=candidate.product, due=candidate.due, sector=candidate.sector,
        review_on=review_of(candidate.due, desk.today()), simulated=document.simulated,
        issued_by=principal.id, issued_at=desk.now(), **facts,
    )  # fmt: skip
    directive = replace(directive, id=await directives.insert(connection, directive))
    await directives.add_parties(
        connection,
        [
            *_parties(directive.id, "lead", each.whom.leads, each.whom.lead),
            *_parties(directive.id, "coop", each.whom.coops, each.whom.cooperating),
        ],
    )
    return directive


def _parties(directive_id: int, role: Any, orgs: Iterable[int], named: Sequence[Party]) -> list[PartyRow]:
    """Return the rows of the units, each with the words by which the text names it."""
    found = []
    for org in orgs:
        meant = next(((party, each) for party in named for each in party.orgs if each.id == org), None)
        found.append(
            PartyRow(
                directive_id=directive_id, org_id=org, role=role,
                raw_text=meant[0].text if meant else "", exceptions=meant[0].exceptions if meant else (),
                via=meant[1].via if meant else None,
            )
        )  # fmt: skip
    return found


async def _tasks(  # noqa: PLR0917 - who gives which tasks of what
    connection: Connection,
    desk: Desk,
    principal: Principal,
    held: Held,
    each: Ready,
    directive: Directive,
    monitor_org: int | None,
) -> list[int]:
    """Give the tasks of a directive, one for each unit that answers."""
    candidate, owners = each.candidate, each.owners
    title, said, product = " ".join(candidate.action.split()), candidate.text, candidate.product
    if held.document.secrecy != "normal":
        # More people read tasks than are named for this document: what is to be done stands in the directive.
        title, said, product = f"{RESTRICTED}, ý kiến chỉ đạo số {directive.no}", "", ""
    given = []
    for owner in owners:
        new = NewTask(
            title=(title[:1].upper() + title[1:])[:500], owner_org=owner, due=_looked_at(directive),
            description=said[:20_000], product=product,
            assigner_org=directive.owner_org, monitor_org=monitor_org,
            coop_orgs=tuple(org for org in each.coops if org not in {owner, monitor_org}),
            assignee=candidate.assignee if len(owners) == 1 else None, sector=candidate.sector,
            source_kind="directive", source_id=str(directive.id), by_document=held.document.number,
        )  # fmt: skip
        task = await giving.give(connection, desk.tasks, principal, new)
        given.append(task.id)
    await directives.add_tasks(connection, directive.id, given)
    return given


def _looked_at(directive: Directive) -> Due:
    """Return the due of the tasks: what recurs without an end is looked at again when its directive is."""
    if directive.due.precision != "recurring" or directive.review_on is None:
        return directive.due
    return replace(directive.due, review_on=directive.review_on)


async def _settle(  # noqa: PLR0917 - what was issued of which document
    connection: Connection,
    desk: Desk,
    principal: Principal,
    document: Document,
    ready: Sequence[Ready],
    made: Sequence[Directive],
) -> None:
    """Note that the candidates are issued, the document has directives, and tell of both."""
    now = desk.now()
    await candidates.update(
        connection,
        [
            replace(
                each.candidate, state="issued", version=each.candidate.version + 1, settled_at=now,
                settled_by=principal.id, lead_orgs=each.whom.leads, coop_orgs=each.whom.coops,
            )
            for each in ready
        ],
    )  # fmt: skip
    said = [
        Said(each.candidate.id, "issue", {"directive": directive.id})
        for each, directive in zip(ready, made, strict=True)
    ]
    await candidates.say(connection, now, principal.id, said)
    after = document
    if document.state != "issued":
        after = replace(document, state="issued", version=document.version + 1, changed_at=now)
        await documents.update(connection, after)
    await tell(connection, after, "document.issue", ref=f"document:{document.id}")
    for each, directive in zip(ready, made, strict=True):
        orgs = () if document.secrecy != "normal" else (*each.whom.leads, *each.whom.coops)
        await tell(connection, after, "directive.issue", ref=f"directive:{directive.id}", orgs=orgs)
