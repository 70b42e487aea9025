"""What people want to be told where, who fills the roles of units, and reading what was told."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.service.access import unchanged
from haidang.tasks.service.desk import Desk, wrong
from haidang.tasks.store import notices, people
from haidang.tasks.store.people import Preference

Channel = Literal["email", "webhook", "sms"]
Address = Annotated[str, msgspec.Meta(max_length=300)]
_MAIL = re.compile(r"^[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}$")
_PHONE = re.compile(r"^\+?\d{8,15}$")


class Wishes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person wants to get beyond the screen, and where."""

    email: Address | None = None
    phone: Address | None = None
    webhook: Address | None = None
    channels: tuple[Channel, ...] = ()
    quiet_start: time | None = None
    quiet_end: time | None = None
    digest: bool = False


class Filled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who fills a role of a unit; rank 1 comes first, the next is the deputy."""

    role: Literal["focal", "head", "vice_chairman", "chairman", "office"]
    account_id: int
    rank: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    away_until: datetime | None = None


def person(principal: Principal) -> int:
    """Return the number of the asking person; ``Problem`` where a machine asks."""
    word, _, number = principal.id.partition(":")
    if word != "account":
        raise Problem(INVALID, "Chỉ dành cho tài khoản cá nhân.", "Only for a person's account.")
    return int(number)


async def set_wishes(
    connection: Connection, principal: Principal, wishes: Wishes, *, version: int
) -> Preference:
    """Keep what the asker wants; a channel needs its address."""
    account = person(principal)
    before = await people.preference(connection, account, lock=True)
    unchanged(before, version)
    faults = tuple(_faults(wishes))
    if faults:
        raise Problem(INVALID, faults=faults)
    facts = msgspec.structs.asdict(wishes) | {"channels": tuple(dict.fromkeys(wishes.channels))}
    after = Preference(version=before.version + 1, **facts)
    await people.set_preference(connection, account, after)
    return after


def _faults(wishes: Wishes) -> Any:
    if wishes.email and not _MAIL.match(wishes.email):
        yield Fault("email", "không phải địa chỉ thư", "is no mail address", wishes.email)
    if wishes.phone and not _PHONE.match(wishes.phone):
        yield Fault("phone", "không phải số điện thoại", "is no phone number", wishes.phone)
    if wishes.webhook and urlsplit(wishes.webhook).scheme not in {"http", "https"}:
        yield Fault("webhook", "phải bắt đầu bằng https://", "must begin with https://", wishes.webhook)
    for channel, field in (("email", "email"), ("sms", "phone"), ("webhook", "webhook")):
        if channel in wishes.channels and not getattr(wishes, field):
            yield Fault(field, "cần địa chỉ để gửi", "an address is needed for this channel")
    if (wishes.quiet_start is None) != (wishes.quiet_end is None):
        yield Fault("quiet_end", "cần cả giờ đầu và giờ cuối", "both ends are needed")


async def roles(connection: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return who fills the roles of the units that the asker oversees."""
    where, values = scope_sql(principal, "task.oversee", org="o.id", area=None, sector=None)
    return await people.roles(connection, where, values)


async def set_roles(
    connection: Connection, principal: Principal, org_id: int, filled: tuple[Filled, ...]
) -> list[dict[str, Any]]:
    """Replace who fills the roles of a unit."""
    principal.require("task.oversee", org_id=org_id)
    places = [(each.role, each.rank) for each in filled]
    if len(places) != len(set(places)):
        raise wrong("roles", "một vị trí có hai người", "two people in one place")
    within = await people.below(connection, (await people.path(connection, org_id))[-1])
    for each in filled:
        if await people.of_org(connection, each.account_id) not in within:
            raise wrong("account_id", "không có người này", "there is no such person", str(each.account_id))
    await people.set_roles(
        connection, org_id, [(each.role, each.rank, each.account_id, each.away_until) for each in filled]
    )
    found = await roles(connection, principal)
    await audit(connection, principal, "task-roles.set", f"org:{org_id}", {"roles": filled}, org_id=org_id)
    return found


async def told(
    connection: Connection, principal: Principal, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return what the asker and the asker's unit were told, newest first, and how much is unread."""
    account = person(principal)
    org = _unit(principal)
    found = await notices.page(connection, account, org, before=before, limit=limit + 1)
    return {
        "items": found[:limit],
        "next": str(found[limit - 1]["id"]) if len(found) > limit else None,
        "unread": await notices.unread(connection, account, org),
    }


def _unit(principal: Principal) -> int | None:
    """Return the unit whose inbox the asker may read: the own one, where its tasks may be seen."""
    if principal.org_id is None or not principal.may("task.read", org_id=principal.org_id):
        return None
    return principal.org_id


async def read(
    connection: Connection, desk: Desk, principal: Principal, ids: tuple[int, ...]
) -> dict[str, Any]:
    """Mark notices as read."""
    account = person(principal)
    org = _unit(principal)
    await notices.read(connection, account, org, ids, desk.now())
    return {"unread": await notices.unread(connection, account, org)}
