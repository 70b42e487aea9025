"""Following directives: what they repeat, what takes their place, what they are linked to, the next look."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.directives.model import directive as rules
from haidang.directives.model.directive import LINKS_MAX, Directive, chain_of
from haidang.directives.model.document import Document
from haidang.directives.service.desk import (
    DIRECTIVE_NOT_NOW,
    Desk,
    log,
    seen,
    tell,
    visible,
    wrong,
)
from haidang.directives.service.issuing import Issue, issue
from haidang.directives.store import candidates, directives
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.tasks.model import acts as task_acts
from haidang.tasks.model.task import OPEN, WORKED
from haidang.tasks.service import acting
from haidang.tasks.store import inbox, tasks

replace = msgspec.structs.replace


async def perform(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    directive_id: int,
    act: rules.Act,
    *,
    version: int,
) -> Directive:
    """Do an act and return the directive after it (of ``replace`` the one that takes its place)."""
    before = await seen(connection, principal, directive_id)
    principal.require("directive.issue", org_id=before.owner_org, area_code=None, sector=None)
    if isinstance(act, rules.Replace):  # holds its document first, as issuing does
        return await _replace(connection, desk, principal, before, act, version)
    before = await seen(connection, principal, directive_id, lock=True)
    unchanged(before, version)
    document = await visible(connection, principal, before.document_id)
    match act:
        case rules.Link() | rules.Unlink():
            body = await _link(connection, desk, principal, before, act)
            after = before
        case rules.Follow():
            after, body = await _follow(connection, principal, before, act)
        case rules.Review():
            after, body = await _review(connection, desk, principal, before, act)
    if not body:
        return before
    after = replace(after, version=before.version + 1)
    await directives.update(connection, after)
    await _record(connection, desk, principal, document, after, rules.act_name(act), body)
    return after


async def _record(  # noqa: PLR0917 - who did what with which
    connection: Connection,
    desk: Desk,
    principal: Principal,
    document: Document,
    after: Directive,
    act: str,
    body: dict[str, Any],
) -> None:
    subject = f"directive:{after.id}"
    orgs = [party.org_id for party, _ in await directives.parties(connection, [after.id])]
    named = () if document.secrecy != "normal" else orgs
    await tell(connection, document, f"directive.{act}", ref=subject, orgs=named)
    await log(connection, desk, principal.id, [(f"directive.{act}", subject, after.owner_org, body)])


async def _link(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    before: Directive,
    act: rules.Link | rules.Unlink,
) -> dict[str, Any]:
    body = {"kind": act.kind, "ref": act.ref}
    if isinstance(act, rules.Unlink):
        gone = await directives.drop_link(connection, before.id, act.kind, act.ref)
        if not gone:
            raise missing("Không có liên kết này.", "There is no such link.")
        return body
    title = act.title.strip()
    if act.kind == "document":
        if not act.ref.isdecimal() or len(act.ref) > 9:
            raise wrong("ref", "cần số của văn bản", "must be a document's id", act.ref[:40])
        other = await visible(connection, principal, int(act.ref))
        title = title or other.called
    if len(await directives.links(connection, [before.id])) >= LINKS_MAX:
        raise wrong("ref", f"tối đa {LINKS_MAX} liên kết", f"at most {LINKS_MAX} links")
    link = {"kind": act.kind, "ref": act.ref, "title": title}
    made = await directives.add_link(connection, before.id, link, at=desk.now(), by=principal.id)
    return body if made else {}


async def _follow(
    connection: Connection, principal: Principal, before: Directive, act: rules.Follow
) -> tuple[Directive, dict[str, Any]]:
    """Say which earlier directive this one repeats; a ring is refused, and so is what came later."""
    if act.directive_id == before.follows_id:
        return before, {}
    if act.directive_id is not None:
        first = await seen(connection, principal, act.directive_id)
        back = await directives.earlier(connection, [first.id])
        follows = {number: link for number, (link, _) in back.items()}
        if first.id == before.id or before.id in chain_of(first.id, follows):
            raise _refused("follow", "ring", "Hai ý kiến không thể nhắc lại nhau.", "They would form a ring.")
        if first.given_on > before.given_on:
            raise _refused("follow", "later", "Ý kiến được nhắc lại phải có trước.", "That one came later.")
    body = {"before": before.follows_id, "after": act.directive_id}
    return replace(before, follows_id=act.directive_id), body


async def _review(
    connection: Connection, desk: Desk, principal: Principal, before: Directive, act: rules.Review
) -> tuple[Directive, dict[str, Any]]:
    """Set the next look at a directive without an end, and at its tasks that are being worked on."""
    if before.review_on is None:
        raise _refused("review", "has_end", "Ý kiến này có thời hạn.", "It has an end of its own.")
    if await directives.named(connection, principal, [before.id], column="replaces_id"):
        raise _refused("review", "replaced", "Đã có ý kiến thay thế.", "Another has taken its place.")
    if act.review_on <= desk.today():
        raise wrong("review_on", "phải sau hôm nay", "must be after today", str(act.review_on))
    looked = task_acts.Review(text=act.text, review_on=act.review_on.isoformat())
    done = []
    for number in await _held_tasks(connection, before.id):
        task = await tasks.get(connection, number)
        if task is None or task.state not in WORKED or task.due_end is not None:
            continue
        await acting.perform(connection, desk.tasks, principal, number, looked, version=task.version)
        done.append(number)
    body = {"text": act.text, "review_on": act.review_on, "tasks": done[:200]}
    return replace(before, review_on=act.review_on), body


async def _held_tasks(connection: Connection, directive_id: int) -> list[int]:
    numbers = await directives.task_ids(connection, directive_id)
    await inbox.lock(connection, numbers)
    return numbers


async def _replace(  # noqa: PLR0917 - who replaces what by which
    connection: Connection,
    desk: Desk,
    principal: Principal,
    before: Directive,
    act: rules.Replace,
    version: int,
) -> Directive:
    """Issue an accepted candidate in the place of a directive, and cancel what is open of the old one."""
    candidate = await candidates.get(connection, act.candidate_id)
    if candidate is None:
        raise missing("Không có đề xuất này.", "There is no such proposal.")
    by = await visible(connection, principal, candidate.document_id, lock=True)
    if by.owner_org != before.owner_org:
        raise wrong("candidate_id", "của đơn vị khác", "is another office's", str(act.candidate_id))
    before = await seen(connection, principal, before.id, lock=True)
    unchanged(before, version)
    if await directives.named(connection, principal, [before.id], column="replaces_id"):
        raise _refused("replace", "replaced", "Đã có ý kiến thay thế.", "Another has taken its place.")
    wanted = Issue(candidate_ids=(act.candidate_id,), given_by=before.given_by)
    cancelled = await _cancel(connection, desk, principal, before, by.number or by.called, act.text)
    [made] = await issue(connection, desk, principal, by.id, wanted, replaces={act.candidate_id: before.id})
    old = replace(before, version=before.version + 1, review_on=None)
    await directives.update(connection, old)
    body = {"by": made.id, "text": act.text, "cancelled": cancelled[:200]}
    document = await visible(connection, principal, before.document_id)
    await _record(connection, desk, principal, document, old, "replace", body)
    return made


async def _cancel(  # noqa: PLR0917 - who cancels the tasks of what by which document
    connection: Connection, desk: Desk, principal: Principal, before: Directive, document: str, why: str
) -> list[int]:
    done = []
    for number in await _held_tasks(connection, before.id):
        task = await tasks.get(connection, number)
        if task is None or task.state not in OPEN:
            continue
        cancel = task_acts.Cancel(text=why, document=document)
        await acting.perform(connection, desk.tasks, principal, number, cancel, version=task.version)
        done.append(number)
    return done


def _refused(act: str, hindrance: str, vi: str, en: str) -> Problem:
    return Problem(DIRECTIVE_NOT_NOW, vi, en, act=act, hindrance=hindrance)
