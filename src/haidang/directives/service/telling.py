"""Directives as the API says them: with whom they name, their tasks, what they repeat; and the matrix."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.directives.model.directive import Directive, chain_of, fulfilled, open_acts
from haidang.directives.model.document import KINDS_EN, Document
from haidang.directives.service.desk import Desk, may, seen, words_of, wrong
from haidang.directives.store import directives, documents
from haidang.directives.store.directives import BANDS, Filter, TaskLine
from haidang.organisation.permissions import Principal
from haidang.tasks.model.due import local_day
from haidang.tasks.service.giving import soon_end
from haidang.tasks.service.reading import clock_of, naming
from haidang.tasks.store import people

TIMELINESS = (
    "no_due", "awaiting_verdict", "in_time", "due_soon", "overdue", "done_on_time", "done_late",
)  # fmt: skip


LEADERS_SINCE = timedelta(days=730)
LEADERS_MAX = 100


async def leaders(connection: Connection, desk: Desk, principal: Principal) -> dict[str, Any]:
    """Return who gave directives in the last two years, in the asker's sight, most of them first."""
    since = desk.today() - LEADERS_SINCE
    return {"items": await directives.leaders(connection, principal, since=since, limit=LEADERS_MAX)}


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside some directives, as far as the asker sees it."""

    sources: dict[int, Document]
    parties: list[tuple[directives.PartyRow, str]]
    tasks: list[TaskLine]
    hidden: dict[int, int]
    """How many tasks of each are out of the asker's sight."""
    back: dict[int, tuple[int | None, Any]]
    """(what it repeats, given on) of each and of all before it."""
    known: dict[int, dict[str, Any]]
    """Those of ``back`` that the asker sees, in a few words."""
    repeated_by: list[dict[str, Any]]
    replaces: list[dict[str, Any]]
    replaced_by: list[dict[str, Any]]
    links: list[dict[str, Any]]


async def lines(
    connection: Connection, desk: Desk, principal: Principal, found: Sequence[Directive]
) -> list[dict[str, Any]]:
    """Return directives with what stands beside them; tasks out of the asker's sight are only counted."""
    ids = [each.id for each in found]
    tasks, hidden = await directives.tasks_of(connection, principal, ids)
    back = await directives.earlier(connection, ids)
    replaced = [each.replaces_id for each in found if each.replaces_id is not None]
    around = Around(
        # Whoever sees a directive sees its document.
        sources=await documents.many(connection, {each.document_id for each in found}),
        parties=await directives.parties(connection, ids), tasks=tasks, hidden=hidden, back=back,
        known={each["id"]: each for each in await directives.named(connection, principal, back)},
        repeated_by=await directives.named(connection, principal, ids, column="follows_id"),
        replaces=await directives.named(connection, principal, replaced),
        replaced_by=await directives.named(connection, principal, ids, column="replaces_id"),
        links=await directives.links(connection, ids),
    )  # fmt: skip
    return [_line(desk, principal, each, around) for each in found]


def _line(desk: Desk, principal: Principal, each: Directive, around: Around) -> dict[str, Any]:
    mine = [line for line in around.tasks if line.directive_id == each.id]
    done, of = fulfilled([{"state": line.task.state} for line in mine])
    chain = chain_of(each.id, {number: link for number, (link, _) in around.back.items()})
    first = min([each.given_on, *(around.back[number][1] for number in chain if number in around.back)])
    follows = around.known.get(each.follows_id or 0)
    replaced = [line for line in around.replaced_by if line["replaces_id"] == each.id]
    issuer = may(principal, "directive.issue", each.owner_org)
    return _facts(desk, each, around.sources[each.document_id]) | {
        "lead": _parties(around, each.id, "lead"), "cooperating": _parties(around, each.id, "coop"),
        "tasks": [_task(desk, line) for line in mine], "tasks_hidden": around.hidden.get(each.id, 0),
        "done": done, "of": of, "chain": [number for number in chain if number in around.known],
        "first_given_on": first, "age_days": (desk.today() - first).days,
        "follows": None if follows is None else _brief(follows),
        "repeated_by": [_brief(line) for line in around.repeated_by if line["follows_id"] == each.id],
        "replaces": next((_brief(x) for x in around.replaces if x["id"] == each.replaces_id), None),
        "replaced_by": _brief(replaced[0]) if replaced else None,
        "links": [
            {name: link[name] for name in ("kind", "ref", "title")}
            for link in around.links if link["directive_id"] == each.id
        ],
        "acts": open_acts(each, issuer=issuer, replaced=bool(replaced)),
    }  # fmt: skip


def _parties(around: Around, directive_id: int, role: str) -> list[dict[str, Any]]:
    return [
        {
            "id": party.org_id, "name": name, "text": party.raw_text, "via": party.via,
            "exceptions": party.exceptions,
        }
        for party, name in around.parties
        if party.directive_id == directive_id and party.role == role
    ]  # fmt: skip


def _facts(desk: Desk, each: Directive, document: Document) -> dict[str, Any]:
    """Return what the row says; ``review_due`` where the forced look is due."""
    return {
        name: getattr(each, name)
        for name in (
            "id", "no", "text", "text_hash", "action", "product", "given_by", "given_on", "review_on",
            "simulated", "issued_at", "version", "candidate_id",
        )
    } | {
        "start": each.span_start, "end": each.span_end, "field": each.sector,
        "document": {
            "id": document.id, "number": document.number, "kind": document.kind,
            "kind_vi": document.kind[:1].upper() + document.kind[1:],
            "kind_en": KINDS_EN.get(document.kind, document.kind), "issued_on": document.issued_on,
            "secrecy": document.secrecy, "meeting_id": document.meeting_id,
        },
        "due": each.due, "due_words": words_of(desk, each.due, each.issued_at),
        "review_due": each.review_on is not None and each.review_on <= desk.today(),
    }  # fmt: skip


def _brief(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": line["id"], "no": line["no"], "action": line["action"], "given_on": line["given_on"],
        "document": {
            "id": line["document_id"], "number": line["document_number"], "kind": line["document_kind"],
        },
    }  # fmt: skip


def _task(desk: Desk, line: TaskLine) -> dict[str, Any]:
    task, clock = line.task, clock_of(desk.tasks, line.task)
    return {
        "id": task.id, "org": {"id": task.owner_org, "name": line.owner}, "state": task.state,
        "timeliness": clock["timeliness"], "timeliness_original": clock["timeliness_original"],
        "band": clock["band"], "days_late": clock["days_late"], "end": task.due_end,
        "original_end": task.due_original, "review_at": task.review_at, "clock": clock["clock"],
        "rest": line.no > 1, "assignee": task.assignee, "version": task.version,
    }  # fmt: skip


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a list was asked for."""

    unit: int | None = None
    leader: str | None = None
    field: str | None = None
    document: int | None = None
    meeting: int | None = None
    timeliness: str | None = None
    band: str | None = None
    reading: str = "original"
    review: bool = False
    project: str | None = None
    q: str = ""
    before: int | None = None


async def listed(
    connection: Connection, desk: Desk, principal: Principal, asked: Asked, *, limit: int
) -> dict[str, Any]:
    """Return a page of directives, the last issued first."""
    for field, value, known in (
        ("timeliness", asked.timeliness, TIMELINESS),
        ("band", asked.band, BANDS),
        ("reading", asked.reading, ("original", "current")),
    ):
        if value is not None and value not in known:
            words = ", ".join(known)
            raise wrong(field, f"một trong: {words}", f"one of: {words}", value[:40])
    now = desk.now()
    wanted = Filter(
        units=None if asked.unit is None else tuple(await people.below(connection, asked.unit)),
        leader=asked.leader, field=asked.field, document=asked.document, meeting=asked.meeting,
        timeliness=asked.timeliness, band=asked.band,
        reading="current" if asked.reading == "current" else "original", q=asked.q[:200],
        project=asked.project,
        review_by=local_day(now) if asked.review else None, before=asked.before, now=now,
        soon=soon_end(desk.tasks, now),
    )  # fmt: skip
    found = await directives.page(connection, principal, wanted, limit=limit + 1)
    page = found[:limit]
    return {
        "items": await lines(connection, desk, principal, page),
        "next": str(page[-1].id) if len(found) > limit else None,
        "now": now,
    }


async def opened(
    connection: Connection, desk: Desk, principal: Principal, directive_id: int
) -> dict[str, Any]:
    """Return one directive."""
    found = await seen(connection, principal, directive_id)
    [line] = await lines(connection, desk, principal, [found])
    who = await naming(connection, {found.issued_by})
    earlier = await directives.named(connection, principal, line["chain"])
    return line | {
        "issued_by": who(found.issued_by),
        "earlier": [_brief(each) for each in earlier],
        "now": desk.now(),
    }


async def matrix(
    connection: Connection, desk: Desk, principal: Principal, directive_id: int
) -> dict[str, Any]:
    """Return one line for each unit that has a task of a directive: has it done it, and what shows it."""
    found = await seen(connection, principal, directive_id)
    tasks, hidden = await directives.tasks_of(connection, principal, [found.id])
    counts: dict[str, int] = {}
    rows = []
    for line in tasks:
        shown = _task(desk, line)
        word = shown["timeliness_original"] or line.task.state
        counts[word] = counts.get(word, 0) + 1
        rows.append(
            {
                "org": shown["org"], "area": line.area, "task_id": line.task.id, "rest": shown["rest"],
                "reported_at": line.task.reported_at, "evidence": line.evidence, "text": line.text,
            }
            | {
                name: shown[name]
                for name in (
                    "state", "timeliness", "timeliness_original", "band", "days_late", "end", "version")
            }
        )  # fmt: skip
    done, of = fulfilled([{"state": line.task.state} for line in tasks])
    return {
        "directive": {"id": found.id, "no": found.no, "action": found.action, "product": found.product},
        "rows": rows, "counts": counts, "done": done, "of": of, "hidden": hidden.get(found.id, 0),
        "now": desk.now(),
    }  # fmt: skip
