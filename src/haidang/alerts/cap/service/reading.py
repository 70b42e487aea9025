"""Reading warnings: the list, one with what stands against sending it and what may be done, its log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from haidang.alerts.cap.model.checks import faults
from haidang.alerts.cap.model.template import Template
from haidang.alerts.cap.model.warning import LEFT, CapWarning, offered, without_approval
from haidang.alerts.cap.model.words import WORDS
from haidang.alerts.cap.service.acting import broken_of, message_of
from haidang.alerts.cap.service.desk import Desk, held, visible
from haidang.alerts.cap.store import warnings as store
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation.permissions import Principal

_CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def listed(
    connection: Connection,
    principal: Principal,
    *,
    states: tuple[str, ...],
    incident_id: int | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """Return a page of the warnings that the asker may see, the last changed first."""
    found = await store.page(
        connection, principal, states=states, incident_id=incident_id, before=_before(cursor), limit=limit + 1
    )
    shown = found[:limit]
    names = await store.names(connection, [word for each in shown for word in _words(each)])
    orgs = await store.org_names(connection, [each.owner_org for each in shown])
    last = shown[-1] if len(found) > limit else None
    return {
        "items": [line_of(each, names, orgs) for each in shown],
        "next": None if last is None else f"{_micros(last.changed_at)}-{last.id}",
    }


def _before(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Problem(INVALID, faults=(Fault("cursor", "không hợp lệ", "not a cursor of ours", cursor[:40]),))
    return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _words(warning: CapWarning) -> tuple[str | None, ...]:
    return (*warning.authors, warning.approver, warning.sent_by)


def line_of(warning: CapWarning, names: dict[str, str], orgs: dict[int, str]) -> dict[str, Any]:
    """Return a warning as a list carries it."""
    return {
        "id": warning.id, "version": warning.version, "identifier": warning.identifier,
        "sender": warning.sender, "sent": warning.sent, "status": warning.status,
        "msg_type": warning.msg_type, "scope": warning.scope, "state": warning.state,
        "headline": warning.headline, "severity": warning.content.severity,
        "urgency": warning.content.urgency, "areas": [each.description for each in warning.content.areas],
        "incident_id": warning.incident_id, "is_exercise": warning.is_exercise, "expires": warning.expires,
        "author": _named(warning.authors[0], names), "approver": _named(warning.approver, names),
        "owner": {"id": warning.owner_org, "name": orgs.get(warning.owner_org, f"#{warning.owner_org}")},
        "area_code": warning.area_code, "sector": warning.sector, "changed_at": warning.changed_at,
        "refs": list(warning.refs), "public": warning.is_public and warning.state in LEFT,
    }  # fmt: skip


def _named(word: str | None, names: dict[str, str]) -> dict[str, str] | None:
    return None if word is None else {"id": word, "name": names.get(word, word)}


async def opened(connection: Connection, desk: Desk, principal: Principal, warning_id: int) -> dict[str, Any]:
    """Return one warning: its content, the texts as they leave, what is against it, acts, log."""
    warning = await visible(connection, principal, warning_id)
    log = await store.log(connection, warning.id, 200)
    names = await store.names(connection, [*_words(warning), *(each["actor"] for each in log)])
    orgs = await store.org_names(connection, [warning.owner_org])
    others = await store.several(
        connection, [*warning.refs, *([warning.ended_by] if warning.ended_by else [])]
    )
    broken = [] if warning.state in LEFT else await broken_of(connection, desk, warning)
    message = await message_of(connection, desk, warning, warning.sent or desk.now())
    return line_of(warning, names, orgs) | {
        "content": msgspec.to_builtins(warning.content), "info": msgspec.to_builtins(message.infos),
        "note": message.note, "restriction": message.restriction, "addresses": list(message.addresses),
        "authors": [_named(word, names) for word in warning.authors],
        "approved_at": warning.approved_at, "sent_by": _named(warning.sent_by, names), "why": warning.why,
        "preapproved": warning.preapproved, "needs_approval": not without_approval(warning),
        "ended_at": warning.ended_at, "ended_by": warning.ended_by,
        "related": [{"id": each.id, "identifier": each.identifier, "msg_type": each.msg_type,
                     "state": each.state} for each in others],
        "faults": [
            {"rule": rule.rule} | msgspec.to_builtins(fault)
            for rule, fault in zip(broken, faults(broken), strict=True)
        ],
        "url": f"{desk.settings.address}/cap/{warning.identifier}.xml"
        if warning.is_public and warning.state in LEFT else None,
        "acts": offered(warning, principal.id, held(principal, warning)),
        "can_write": warning.state == "draft" and "warning.write" in held(principal, warning),
        "log": [each | {"actor": _named(each["actor"], names)} for each in log],
    }  # fmt: skip


async def document(connection: Connection, principal: Principal, warning_id: int) -> tuple[str, str]:
    """Return the identifier and the XML of a warning that has left."""
    warning = await visible(connection, principal, warning_id)
    if warning.xml is None:
        raise Problem(INVALID, "Bản tin chưa phát.", "The warning has not been sent.")
    return warning.identifier, warning.xml


async def of_incident(connection: Connection, incident_id: int) -> list[dict[str, Any]]:
    """Return the warnings of an incident, as lists carry them; for whoever may see the incident."""
    found = await store.of_incident(connection, incident_id)
    names = await store.names(connection, [word for each in found for word in _words(each)])
    orgs = await store.org_names(connection, [each.owner_org for each in found])
    return [line_of(each, names, orgs) for each in found]


def choices(desk: Desk) -> dict[str, Any]:
    """Return the words of the standard and the templates, for the form."""
    words = {
        name: [{"word": word, "vi": said.vi, "en": said.en} for word, said in known.items()]
        for name, known in WORDS.items()
    }
    return {"words": words, "templates": [_template(desk, each) for each in desk.templates.values()]}


def _template(desk: Desk, template: Template) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(template)
    return shown | {"approved": template.approval_on(desk.today())}
