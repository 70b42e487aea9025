"""Concluding a meeting: its drafts become a notice, directives and tasks, all in one transaction or none.

The notice's text is read by the engine as any other; each decision is found among what it proposes, or added
by hand, and corrected to what the secretary wrote. So nothing is issued in another way than directives are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from haidang.actions.meetings.notice import TYPE, Decided, Notice, Text, text_of
from haidang.base.database import Connection, Database
from haidang.base.problems import CONFLICT, INVALID, Fault, Problem
from haidang.base.settings import Settings
from haidang.directives.model.candidate import Accept, Candidate, Correct, Reject, overlap
from haidang.directives.model.directive import Directive, Link
from haidang.directives.model.document import Document
from haidang.directives.service import confirming, following, registering
from haidang.directives.service import meetings as directive_meetings
from haidang.directives.service.confirming import Span
from haidang.directives.service.desk import Desk, words_of
from haidang.directives.service.issuing import Issue, issue
from haidang.directives.service.meetings import NewMeeting
from haidang.directives.service.registering import Facts, Incoming
from haidang.directives.store import candidates
from haidang.documents import numbering
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import unchanged
from haidang.organisation.service.letterhead import letterhead
from haidang.programme.meetings import pack as packs
from haidang.programme.meetings import service, store
from haidang.programme.meetings.model import LACKS, Decision, Meeting, lacks
from haidang.programme.meetings.sentences import assessment
from haidang.programme.model.register import Program, Project
from haidang.programme.service import desk as programme_desk
from haidang.programme.store import register, rows

LOGS = ("tasks", "directives", "programme")
"""In this order, before anything is written: whoever issues elsewhere takes them so."""
SAME_SPAN = 0.5
NOT_OURS = "Không phải quyết định của cuộc họp."
replace = msgspec.structs.replace
Line = Annotated[str, msgspec.Meta(max_length=300)]


class NewConclusion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In whose name a meeting is concluded."""

    owner_org: int | None = None
    """The office that issues; absent: the asker's own."""
    monitor_org: int | None = None
    """May judge results in the office's place."""
    chair: Line = ""
    """Absent: as the meeting says."""


class Drawn(msgspec.Struct, frozen=True):
    """A meeting about to be concluded: its notice without a number, and what each decision is."""

    meeting: Meeting
    program: Program
    decisions: tuple[Decision, ...]
    projects: dict[int, Project]
    notice: Notice
    text: Text

    @property
    def seen(self) -> tuple[int, list[tuple[int, int]]]:
        """The versions that the text was drawn from."""
        return self.meeting.version, [(each.id, each.version) for each in self.decisions]


class Concluded(msgspec.Struct, frozen=True, kw_only=True):
    """What concluding has made."""

    document: Document
    directives: tuple[Directive, ...]
    meeting: Meeting


async def read(  # noqa: PLR0917 - who concludes what in whose name
    db: Database,
    settings: Settings,
    desk: Desk,
    principal: Principal,
    meeting_id: int,
    new: NewConclusion,
) -> tuple[Drawn, Incoming]:
    """Draw the notice and let the engine read it, before the transaction that issues."""
    async with db.transaction() as connection:
        drawn = await _drawn(connection, settings, desk, principal, meeting_id, new)
    incoming = await registering.text_in(
        db, desk, principal, drawn.text.text, owner_org=_office(principal, new), facts=_facts(drawn, "", None)
    )
    return drawn, incoming


async def conclude(  # noqa: PLR0917 - who concludes what in whose name
    connection: Connection,
    settings: Settings,
    desk: Desk,
    principal: Principal,
    meeting_id: int,
    new: NewConclusion,
    *,
    read_before: tuple[Drawn, Incoming],
    version: int,
) -> Concluded:
    """Issue the decisions of a meeting; ``Problem`` (409) where somebody has changed one since."""
    before, incoming = read_before
    await service.opened(connection, principal, meeting_id, lock=True)
    drawn = await _drawn(connection, settings, desk, principal, meeting_id, new)
    unchanged(drawn.meeting, version)
    if drawn.seen != before.seen or drawn.text != before.text:
        raise Problem(CONFLICT, "Quyết định vừa được sửa.", "A decision was changed just now.")
    office = _office(principal, new)
    number = await numbering.take(
        connection, issuer_org=office, type_code=TYPE, year=drawn.notice.issued_on.year,
        subject=_subject(drawn), actor=principal.id, at=desk.now(),
    )  # fmt: skip
    await chain.hold(connection, *LOGS)
    document = await _document(connection, desk, principal, drawn, incoming, office, number.symbol)
    chosen = await _confirmed(connection, desk, principal, document, drawn)
    wanted = Issue(
        candidate_ids=tuple(chosen), monitor_org=new.monitor_org, given_by=drawn.notice.leader,
        given_on=drawn.meeting.held_on,
    )  # fmt: skip
    made = await issue(connection, desk, principal, document.id, wanted)
    by_candidate = {each.candidate_id: each for each in made}
    for candidate, decision in chosen.items():
        await _linked(connection, desk, principal, by_candidate[candidate], decision, drawn)
    notice = replace(drawn.notice, number=number.symbol)
    meeting = await _kept(connection, desk, principal, drawn, notice, document)
    return Concluded(document=document, directives=tuple(made), meeting=meeting)


def _office(principal: Principal, new: NewConclusion) -> int:
    office = new.owner_org if new.owner_org is not None else principal.org_id
    if office is None:
        raise Problem(INVALID, faults=(Fault("owner_org", "cần có", "is needed"),))
    for permission in ("directive.register", "directive.issue"):
        principal.require(permission, org_id=office, area_code=None, sector=None)
    return office


async def _drawn(  # noqa: PLR0917 - who concludes what in whose name
    connection: Connection,
    settings: Settings,
    desk: Desk,
    principal: Principal,
    meeting_id: int,
    new: NewConclusion,
) -> Drawn:
    office = _office(principal, new)
    meeting, program = await service.opened(connection, principal, meeting_id)
    found = tuple(await store.decisions(connection, meeting_id))
    _ready(desk, meeting, found)
    leader = " ".join(new.chair.split()) or meeting.chair
    if not leader:
        raise Problem(INVALID, faults=(Fault("chair", "cần biết ai chủ trì", "who chaired is needed"),))
    projects = await register.of_program(
        connection, program.id, {each.project_id for each in found if each.project_id is not None}
    )
    orgs = {org for each in found for org in (each.lead_org, *each.coop_orgs) if org is not None}
    names = await rows.names(connection, "org", "name", orgs)
    pack = packs.thawed(meeting.pack) if meeting.pack else None
    title = meeting.title[:1].lower() + meeting.title[1:]
    notice = Notice(
        agency=await letterhead(connection, office, settings.province_code), issued_on=desk.today(),
        made_at=desk.now(), leader=leader, meeting=title, held_on=meeting.held_on, venue=meeting.place,
        assessment=assessment(pack) if pack else (), simulated=program.simulated,
        decisions=tuple(_decided(desk, each, names, projects) for each in found),
        recipients=_recipients(leader, found, names),
    )  # fmt: skip
    return Drawn(meeting, program, found, projects, notice, text_of(notice))


def _ready(desk: Desk, meeting: Meeting, found: Sequence[Decision]) -> None:
    """Raise ``Problem`` where the meeting is not over, or a decision lacks what a directive needs."""
    if meeting.state == "concluded":
        raise service.not_now("conclude", "concluded")
    if meeting.held_on > desk.today():
        raise service.not_now("conclude", "not_held")
    if not found:
        raise service.not_now("conclude", "no_decisions")
    wanting = [Fault(f"decisions.{each.id}.{name}", *LACKS[name]) for each in found for name in lacks(each)]
    if wanting:
        raise Problem(INVALID, faults=tuple(wanting[:200]))


def _decided(desk: Desk, decision: Decision, names: dict[int, str], projects: dict[int, Project]) -> Decided:
    assert decision.lead_org is not None and decision.due is not None  # noqa: S101 - asked for before
    project = projects.get(decision.project_id or 0)
    return Decided(
        text=decision.text, lead=names[decision.lead_org],
        coops=tuple(names[org] for org in decision.coop_orgs), project=project.name if project else "",
        product=decision.product, due=decision.due.text or words_of(desk, decision.due, desk.now())["vi"],
    )  # fmt: skip


def _recipients(leader: str, found: Sequence[Decision], names: dict[int, str]) -> tuple[str, ...]:
    leads = dict.fromkeys(names[org] for each in found for org in (each.lead_org, *each.coop_orgs) if org)
    return (f"{leader} (để báo cáo)", *list(leads)[:30])


def _subject(drawn: Drawn) -> str:
    return f"Kết luận của {drawn.notice.leader} tại {drawn.notice.meeting}"


def _facts(drawn: Drawn, number: str, meeting_id: int | None) -> Facts:
    head = drawn.notice.agency
    return Facts(
        kind="thông báo", number=number, issued_on=drawn.notice.issued_on, issuer=head.name, place=head.place,
        subject=_subject(drawn)[:500], meeting_id=meeting_id,
    )  # fmt: skip


async def _document(  # noqa: PLR0917 - who registers which notice
    connection: Connection,
    desk: Desk,
    principal: Principal,
    drawn: Drawn,
    incoming: Incoming,
    office: int,
    number: str,
) -> Document:
    notice, simulated = drawn.notice, drawn.program.simulated
    met = NewMeeting(
        title=drawn.meeting.title, owner_org=office, chair=notice.leader, held_on=notice.held_on,
        place=notice.venue,
    )  # fmt: skip
    meeting = await directive_meetings.enter(connection, desk, principal, met, simulated=simulated)
    facts = _facts(drawn, number, meeting.id)
    return await registering.register(
        connection, desk, principal, incoming, facts, owner_org=office, simulated=simulated
    )


async def _confirmed(
    connection: Connection, desk: Desk, principal: Principal, document: Document, drawn: Drawn
) -> dict[int, Decision]:
    """Accept a proposal for each decision, as the secretary wrote it, and reject the engine's others."""
    left = {each.id: each for each in await candidates.of_document(connection, document.id)}
    chosen: dict[int, Decision] = {}
    for decision, span in zip(drawn.decisions, drawn.text.spans, strict=True):
        nearest = max(left.values(), key=lambda each: overlap(_span(each), span), default=None)
        if nearest is None or overlap(_span(nearest), span) < SAME_SPAN:
            nearest = await confirming.add(connection, desk, principal, document.id, Span(*span))
        left.pop(nearest.id, None)
        fixed = _correction(decision, span, drawn)
        [after] = await confirming.perform(
            connection, desk, principal, nearest.id, fixed, version=nearest.version
        )
        await confirming.perform(connection, desk, principal, after.id, Accept(), version=after.version)
        chosen[after.id] = decision
    for each in left.values():
        await confirming.perform(
            connection, desk, principal, each.id, Reject(reason=NOT_OURS), version=each.version
        )
    return chosen


def _span(candidate: Candidate) -> tuple[int, int]:
    return candidate.span_start, candidate.span_end


def _correction(decision: Decision, span: tuple[int, int], drawn: Drawn) -> Correct:
    assert decision.lead_org is not None  # noqa: S101 - asked for before
    project = drawn.projects.get(decision.project_id or 0)
    return Correct(
        text_span=span, lead_orgs=(decision.lead_org,), cooperating_orgs=decision.coop_orgs, principal=None,
        fan_out=None, action=decision.text, product=decision.product, due=decision.due,
        field=project.sector if project else None,
    )  # fmt: skip


async def _linked(  # noqa: PLR0917 - who links which directive to what
    connection: Connection,
    desk: Desk,
    principal: Principal,
    directive: Directive,
    decision: Decision,
    drawn: Drawn,
) -> None:
    """Link a directive to its project, and keep with the decision what it became."""
    if decision.project_id is not None:
        link = Link(
            kind="project", ref=str(decision.project_id), title=drawn.projects[decision.project_id].name
        )
        await following.perform(connection, desk, principal, directive.id, link, version=directive.version)
    after = replace(decision, directive_id=directive.id, version=decision.version + 1, changed_at=desk.now())
    await rows.put(connection, store.DECISIONS, after)


async def _kept(  # noqa: PLR0917 - who concluded what by which paper
    connection: Connection,
    desk: Desk,
    principal: Principal,
    drawn: Drawn,
    notice: Notice,
    document: Document,
) -> Meeting:
    text, sha256 = packs.frozen(notice)
    after = replace(
        drawn.meeting, version=drawn.meeting.version + 1, conclusion=text, conclusion_sha256=sha256,
        document_id=document.id, concluded_at=desk.now(), concluded_by=principal.id, changed_at=desk.now(),
    )  # fmt: skip
    await service.put(connection, after)
    body: dict[str, Any] = {
        "document": document.id, "number": notice.number, "sha256": sha256,
        "decisions": [each.id for each in drawn.decisions],
    }  # fmt: skip
    own = programme_desk.Desk(desk.clock, desk.tasks)
    await programme_desk.record(
        connection, own, principal.id, action="meeting.conclude", subject=f"meeting:{after.id}",
        about=drawn.program, body=body,
    )  # fmt: skip
    return after
