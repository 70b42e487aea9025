"""Use cases of API keys: a machine's way in, with its own limits and an end."""

from __future__ import annotations

from datetime import datetime

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation import chain
from haidang.organisation.model import Key
from haidang.organisation.passwords import new_secret, secret_hash
from haidang.organisation.permissions import NOT_FOR_KEYS, PERMISSIONS, Principal, Scope, scope_sql
from haidang.organisation.service.access import missing, within_own
from haidang.organisation.service.sessions import KEY_PREFIX
from haidang.organisation.store import areas, orgs
from haidang.organisation.store import keys as store

_PREFIX_LENGTH = 9  # "hd_" and six characters: enough to tell keys apart, nothing to guess with


class NewKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to make a key."""

    name: str
    org_id: int
    permissions: tuple[str, ...]
    area_code: str | None = None
    sector: str | None = None
    expires_at: datetime | None = None


class MadeKey(msgspec.Struct, frozen=True):
    """A new key and its secret, which is shown this once."""

    key: Key
    secret: str


async def list_keys(
    connection: Connection, principal: Principal, *, after: int = 0, limit: int = 50
) -> list[Key]:
    """Return the keys of the agencies over which the principal holds ``key.manage``."""
    where, values = scope_sql(principal, "key.manage", org="k.org_id", area=None, sector=None)
    return await store.page(connection, where, values, after=after, limit=limit)


async def make_key(connection: Connection, clock: Clock, principal: Principal, new: NewKey) -> MadeKey:
    """Make a key that holds permissions over an agency's subtree, an area and a sector.

    Nobody makes a key that holds more than they do, or one that can make further ways in.
    """
    await _check(connection, clock, principal, new)
    org_ids = await orgs.subtree(connection, new.org_id)
    area_codes = None if new.area_code is None else await areas.subtree(connection, new.area_code)
    within_own(principal, Scope(frozenset(new.permissions), org_ids, area_codes, new.sector))
    secret = new_secret(KEY_PREFIX)
    key_id = await store.insert(
        connection,
        name=new.name.strip(),
        prefix=secret[:_PREFIX_LENGTH],
        secret_hash=secret_hash(secret),
        org_id=new.org_id,
        area_code=new.area_code,
        sector=new.sector,
        permissions=tuple(sorted(set(new.permissions))),
        at=clock.now(),
        by=principal.id,
        expires_at=new.expires_at,
    )
    await chain.audit(
        connection, principal, "key.create", f"key:{key_id}", msgspec.to_builtins(new),
        org_id=new.org_id, clock=clock,
    )  # fmt: skip
    return MadeKey(await _visible(connection, principal, key_id), secret)


async def revoke_key(connection: Connection, clock: Clock, principal: Principal, key_id: int) -> None:
    """End a key for good; one that has ended already is fine."""
    key = await _visible(connection, principal, key_id)
    await store.revoke(connection, key_id, clock.now())
    await chain.audit(
        connection,
        principal,
        "key.revoke",
        f"key:{key_id}",
        {"name": key.name},
        org_id=key.org_id,
        clock=clock,
    )


async def _visible(connection: Connection, principal: Principal, key_id: int) -> Key:
    key = await store.get(connection, key_id)
    if key is None or not principal.may("key.manage", org_id=key.org_id):
        raise missing("Không có khóa này.", "There is no such key.")
    return key


async def _check(connection: Connection, clock: Clock, principal: Principal, new: NewKey) -> None:
    faults: list[Fault] = []
    if not 0 < len(new.name.strip()) <= 200:
        faults.append(Fault("name", "cần 1–200 ký tự", "needs 1 to 200 characters"))
    org = await orgs.get(connection, new.org_id)
    if org is None or not principal.may("key.manage", org_id=new.org_id):
        faults.append(Fault("org_id", "không có cơ quan này", "there is no such agency", str(new.org_id)))
    if new.area_code is not None and not await areas.stands(connection, new.area_code):
        faults.append(
            Fault("area_code", "không có đơn vị hành chính này", "there is no such area today", new.area_code)
        )
    if not new.permissions:
        faults.append(Fault("permissions", "cần ít nhất một quyền", "needs at least one permission"))
    for each in new.permissions:
        if each not in PERMISSIONS:
            faults.append(Fault("permissions", "không có quyền này", "there is no such permission", each))
        elif each in NOT_FOR_KEYS:
            faults.append(Fault("permissions", "quyền này không cấp cho khóa", "never given to a key", each))
    if new.expires_at is not None and (new.expires_at.tzinfo is None or new.expires_at <= clock.now()):
        faults.append(Fault("expires_at", "phải ở tương lai, có múi giờ", "must lie ahead, with a time zone"))
    if faults:
        raise Problem(INVALID, faults=tuple(faults))
