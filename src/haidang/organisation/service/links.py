"""Use cases of one-time links: the first administrator, and the first password of an account."""

from __future__ import annotations

from datetime import timedelta

from haidang.base.clock import Clock, SystemClock
from haidang.base.database import Connection, Database
from haidang.base.problems import INTERNAL, Problem, kind
from haidang.base.settings import Settings
from haidang.organisation import chain
from haidang.organisation.model import Grant
from haidang.organisation.passwords import (
    check_password,
    check_username,
    hash_password,
    new_secret,
    secret_hash,
)
from haidang.organisation.permissions import Principal, system
from haidang.organisation.roles import ADMINISTRATOR
from haidang.organisation.service.accounts import USERNAME_TAKEN
from haidang.organisation.service.sessions import SignedIn, start_session
from haidang.organisation.store import accounts, orgs
from haidang.organisation.store import sessions as store

LINK_INVALID = kind(
    "link-invalid",
    410,
    "Liên kết không còn hiệu lực",
    "This link is no longer valid",
)
_MACHINE = SystemClock()
_FIRST_VALID = timedelta(hours=24)


async def first_administrator_link(db: Database, address: str, clock: Clock = _MACHINE) -> str | None:
    """Return a new one-time link to make the first administrator, or ``None`` where there is one already.

    ``address`` is the server's as people type it, e.g. ``http://127.0.0.1:8080``.

    A link made before ends: the one that was printed last is the one that works, for 24 hours.
    """
    async with db.transaction() as connection:
        if await accounts.administrators(connection, ADMINISTRATOR):
            return None
        token = new_secret()
        await store.insert_link(connection, secret_hash(token), None, clock.now(), clock.now() + _FIRST_VALID)
        await chain.audit(connection, system("start"), "first-administrator.link", "site", clock=clock)
    return f"{address.rstrip('/')}/first-administrator?token={token}"


async def needs_first_administrator(connection: Connection) -> bool:
    """Say whether nobody can administer the site yet."""
    return not await accounts.administrators(connection, ADMINISTRATOR, hold=False)


async def make_first_administrator(
    db: Database,
    clock: Clock,
    settings: Settings,
    *,
    token: str,
    username: str,
    display_name: str,
    password: str,
) -> SignedIn:
    """Make the first administrator and sign them in; of two who use the link at once, one gets it.

    Raises ``Problem``: ``link-invalid`` (used, expired, or there is an administrator), ``password-weak``,
    ``username-invalid``; after the latter two the link still works.
    """
    digest = secret_hash(token)
    async with db.transaction() as connection:
        if await store.link(connection, digest, clock.now()) != (None,):
            raise Problem(LINK_INVALID)
    name = check_username(username)
    check_password(password, name)
    hashed = await hash_password(password)
    async with db.transaction() as connection:
        there = await accounts.administrators(connection, ADMINISTRATOR)
        if there or await store.use_link(connection, digest, clock.now()) != (None,):
            raise Problem(LINK_INVALID)
        account_id = await _add(connection, clock, name, display_name.strip() or name, hashed)
        await accounts.add_grant(connection, account_id, Grant(ADMINISTRATOR))
        signed_in = await start_session(connection, clock, settings, account_id)
        await chain.audit(
            connection, system("first-administrator"), "account.create", f"account:{account_id}",
            {"username": name, "role": ADMINISTRATOR}, clock=clock,
        )  # fmt: skip
    return signed_in


async def set_first_password(
    db: Database, clock: Clock, settings: Settings, *, token: str, password: str
) -> SignedIn:
    """Set the password of an account by its one-time link, and sign its owner in."""
    digest = secret_hash(token)
    async with db.transaction() as connection:
        found = await store.link(connection, digest, clock.now())
        account = await accounts.get(connection, found[0]) if found and found[0] is not None else None
    if account is None or not account.active:
        raise Problem(LINK_INVALID)
    check_password(password, account.username)
    hashed = await hash_password(password)
    async with db.transaction() as connection:
        if await store.use_link(connection, digest, clock.now()) != (account.id,):
            raise Problem(LINK_INVALID)
        await accounts.set_password(connection, account.id, hashed)
        await store.delete_all(connection, account.id)
        signed_in = await start_session(connection, clock, settings, account.id)
        who = Principal(f"account:{account.id}", account.display_name, account.org_id, ())
        await chain.audit(connection, who, "account.password", who.id, {"by": "link"}, clock=clock)
    return signed_in


async def _add(connection: Connection, clock: Clock, name: str, display_name: str, hashed: str) -> int:
    root = await orgs.root(connection)
    if root is None:
        raise Problem(INTERNAL, "Chưa có cơ quan gốc.", "There is no root agency; was the start complete?")
    account_id = await accounts.insert(
        connection,
        username=name,
        display_name=display_name,
        org_id=root.id,
        password_hash=hashed,
        at=clock.now(),
    )
    if account_id is None:
        raise Problem(USERNAME_TAKEN)
    return account_id
