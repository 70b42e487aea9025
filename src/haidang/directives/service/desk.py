"""What every use case of directives stands on: clock, desk of tasks, directory of units; and refusals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.base import eventlog
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.base.settings import Settings
from haidang.directives.model.directive import Directive
from haidang.directives.model.document import Document, Meeting
from haidang.directives.model.names import Directory, Groups
from haidang.directives.store import directives, documents, units
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.due import Due, local_day, resolve
from haidang.tasks.model.words import due_words
from haidang.tasks.service import desk as tasks_desk

LOG = "directives"
"""The chained log of the room."""
TOPIC = "directives"

KNOWN = kind("document-known", 409, "Đơn vị đã có văn bản này", "The unit has this document already")
SECRET = kind(
    "document-secret", 409, "Văn bản mật không lưu nội dung", "The text of a secret document is never stored"
)
TOO_LONG = kind("document-too-long", 413, "Văn bản quá dài", "The document is too long")
DOCUMENT_NOT_NOW = kind(
    "document-act-refused",
    409,
    "Không thực hiện được với văn bản lúc này",
    "This cannot be done with the document now",
)
CANDIDATE_NOT_NOW = kind(
    "candidate-act-refused",
    409,
    "Không thực hiện được với đề xuất lúc này",
    "This cannot be done with the proposal now",
)
CANDIDATE_KNOWN = kind(
    "candidate-known", 409, "Đoạn văn bản này đã có đề xuất", "This passage has a proposal already"
)
NOTHING = kind(
    "directive-nothing-to-issue", 409, "Không có đề xuất nào để ban hành", "There is nothing to issue"
)
INCOMPLETE = kind(
    "directive-incomplete",
    422,
    "Chưa đủ “năm rõ” để ban hành",
    "Person, work, time, product and responsibility must be clear before issue",
)
BEYOND = kind(
    "directive-unit-beyond",
    403,
    "Bạn không được giao việc cho đơn vị này",
    "You may not give work to this unit",
)
NOT_NAMED = kind(
    "directive-unit-not-named",
    422,
    "Đơn vị không có trong danh sách được xem văn bản hạn chế",
    "The unit is not among those that may see the restricted document",
)
DIRECTIVE_NOT_NOW = kind(
    "directive-act-refused",
    409,
    "Không thực hiện được với ý kiến chỉ đạo lúc này",
    "This cannot be done with the directive now",
)
_GROUPS = Path(__file__).parents[1] / "data" / "groups.yaml"


class Desk(msgspec.Struct, frozen=True):
    """The clock of a site, and the desk on which its tasks are given."""

    clock: Clock
    tasks: tasks_desk.Desk
    groups: Groups

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def today(self) -> date:
        """Return the day in Vietnam."""
        return local_day(self.clock.now())


def desk_of(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of a site; its files are read once in a process."""
    return Desk(clock, tasks_desk.desk_of(settings, clock), _groups())


@lru_cache(maxsize=1)
def _groups() -> Groups:
    return msgspec.convert(yaml.safe_load(_GROUPS.read_text(encoding="utf-8")), Groups)


async def directory(connection: Connection, desk: Desk) -> Directory:
    """Return the units of the site with all their names, as they stand today."""
    orgs, successions = await units.everybody(connection)
    return Directory(orgs, successions, desk.groups, await units.own_groups(connection), desk.today())


async def visible(
    connection: Connection, principal: Principal, document_id: int, *, lock: bool = False
) -> Document:
    """Return a document that the asker may see; ``Problem`` (404) where there is none for this asker."""
    found = await documents.get(connection, principal, document_id, lock=lock)
    if found is None:
        raise missing("Không có văn bản này.", "There is no such document.")
    return found


async def registered(
    connection: Connection, principal: Principal, document_id: int, *, permission: str = "directive.register"
) -> Document:
    """Return, locked, a document of an office for which the asker registers (or issues).

    Whoever does neither may know that it is there, not what is still proposed: 404 without sight, else 403.
    """
    found = await visible(connection, principal, document_id, lock=True)
    principal.require(permission, org_id=found.owner_org, area_code=None, sector=None)
    return found


async def seen(
    connection: Connection, principal: Principal, directive_id: int, *, lock: bool = False
) -> Directive:
    """Return a directive that the asker may see; ``Problem`` (404) where there is none for this asker."""
    found = await directives.get(connection, principal, directive_id, lock=lock)
    if found is None:
        raise missing("Không có ý kiến chỉ đạo này.", "There is no such directive.")
    return found


def secret() -> Problem:
    """Return the refusal of a secret text."""
    return Problem(
        SECRET,
        "Chỉ ghi số, ngày, cơ quan ban hành và trích yếu được phép nêu.",
        "Register its number, day, issuer and what may be said of its subject only.",
    )


def standing(document: Document, act: str) -> None:
    """Raise ``Problem`` where a document was withdrawn."""
    if document.state == "withdrawn":
        raise Problem(
            DOCUMENT_NOT_NOW, "Văn bản đã được thu hồi.", "The document was withdrawn.",
            act=act, hindrance="withdrawn",
        )  # fmt: skip


def may(principal: Principal, permission: str, owner_org: int) -> bool:
    """Say whether the asker holds a permission over an office, without any other limit."""
    return principal.may(permission, org_id=owner_org, area_code=None, sector=None)


def wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal of one field of what was sent."""
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))


def words_of(desk: Desk, due: Due, given: datetime) -> dict[str, str]:
    """Return a due in words, Vietnamese and English, as it comes to for tasks given at an instant."""
    policies = desk.tasks.policies
    ends = resolve(due, given, desk.tasks.calendar, policies.named(policies.of_source("directive")).due)
    return due_words(due, ends.end, ends.review)._asdict()


async def record(
    connection: Connection, desk: Desk, actor: str, document: Document, *, action: str, body: Any
) -> None:
    """Tell what was done with a document, and last of all write it into the log; no wording goes in there."""
    await tell(connection, document, action, ref=f"document:{document.id}")
    await log(connection, desk, actor, [(action, f"document:{document.id}", document.owner_org, body)])


async def tell(
    connection: Connection, document: Document | Meeting, action: str, *, ref: str, orgs: Iterable[int] = ()
) -> None:
    """Put an event of the room into the house's log, for the office and the units that may see the thing."""
    named = document.readers if document.secrecy != "normal" else ()
    told = tuple(dict.fromkeys((document.owner_org, *named, *orgs)))
    thing, _, number = ref.partition(":")
    await eventlog.append(
        connection,
        topic=TOPIC,
        kind=action,
        ref=ref,
        body={"thing": thing, "id": int(number), "version": document.version, "orgs": list(told)[:500]},
        owner_org=document.owner_org,
        area_code=None,
        sector=None,
    )


async def log(
    connection: Connection, desk: Desk, actor: str, entries: Iterable[tuple[str, str, int, Any]]
) -> None:
    """Append (action, subject, office, body) to the chain; the last thing a use case does."""
    await chain.append_many(
        connection,
        desk.clock,
        log=LOG,
        entries=[
            chain.Said(action=action, subject=subject, org_id=org, body=body, actor=actor)
            for action, subject, org, body in entries
        ],
    )
