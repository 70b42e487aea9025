"""Use cases of signing in: with a password, by a session, by a key; and signing out again."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import UNAUTHENTICATED, Problem, kind
from haidang.base.settings import Settings
from haidang.organisation import chain
from haidang.organisation.lockout import begin
from haidang.organisation.passwords import (
    check_password,
    hash_password,
    new_secret,
    password_fits,
    secret_hash,
)
from haidang.organisation.permissions import Principal
from haidang.organisation.store import accounts, keys
from haidang.organisation.store import sessions as store

COOKIE = "haidang_session"
KEY_PREFIX = "hd_"
LOGIN_FAILED = kind(
    "login-failed",
    401,
    "Tên đăng nhập hoặc mật khẩu không đúng",
    "The user name or the password is not right",
)
LOGIN_LOCKED = kind("login-locked", 429, "Tạm khóa đăng nhập", "Signing in is locked for a while")

_ADDRESS_FACTOR = 6  # an office signs in from one address: it may fail this many times as often
_PLACES_FACTOR = 6  # so many places must each use up their guesses before a name is locked everywhere
_TOUCH = timedelta(minutes=1)  # a session's last use is written at most this often
_NOBODY = Principal("anonymous", "anonymous", None, ())


class SignedIn(msgspec.Struct, frozen=True):
    """A new session: its secret, for the cookie only, and when it ends in any case."""

    token: str
    account_id: int
    expires_at: datetime


class _Attempt(msgspec.Struct, frozen=True):
    credentials: tuple[int, str | None, bool, int] | None
    """Account id, password hash, active, agency; ``None`` where there is no such open account."""
    locked_s: int = 0

    @property
    def account_id(self) -> int | None:
        return self.credentials[0] if self.credentials else None

    @property
    def password_hash(self) -> str | None:
        return self.credentials[1] if self.credentials else None

    @property
    def org_id(self) -> int | None:
        return self.credentials[3] if self.credentials else None


async def sign_in(
    db: Database,
    clock: Clock,
    settings: Settings,
    *,
    username: str,
    password: str,
    address: str,
    old_token: str | None = None,
) -> SignedIn:
    """Begin a session; the one that came with the request, if any, ends.

    Raises ``Problem``: ``login-failed``, or ``login-locked`` with ``retry_after_s``. Both are the same, in
    words and in time, whether or not there is such an account.
    """
    name = username.strip().lower()[:64]
    attempt = await _begin(db, clock, settings, name, address)
    if attempt.locked_s:
        raise _locked(attempt.locked_s)
    fits = await password_fits(password, attempt.password_hash)
    if attempt.account_id is None or not fits:
        async with db.transaction() as connection:
            await _refused(connection, clock, attempt, name, address)
        raise Problem(LOGIN_FAILED)
    async with db.transaction() as connection:
        if await accounts.credentials(connection, name) != attempt.credentials:
            raise Problem(LOGIN_FAILED)  # changed or closed while the password was being looked at
        if old_token:
            await store.delete(connection, secret_hash(old_token))
        await store.forgive(connection, (_pair(name, address), f"name:{name}"), f"address:{address}")
        await store.purge(connection, clock.now(), _idle(settings))
        signed_in = await start_session(connection, clock, settings, attempt.account_id)
        who = Principal(f"account:{attempt.account_id}", name, attempt.org_id, ())
        await chain.audit(connection, who, "session.begin", who.id, {"address": address}, clock=clock)
    return signed_in


async def start_session(
    connection: Connection, clock: Clock, settings: Settings, account_id: int
) -> SignedIn:
    """Make a session with a new secret, of which only the hash is kept."""
    token = new_secret()
    now = clock.now()
    expires_at = now + timedelta(hours=settings.session_max_hours)
    await store.insert(connection, secret_hash(token), account_id, now, expires_at)
    return SignedIn(token, account_id, expires_at)


async def sign_out(db: Database, clock: Clock, *, token: str) -> None:
    """End a session; one that is gone already is fine."""
    async with db.transaction() as connection:
        account_id = await store.delete(connection, secret_hash(token))
        if account_id is not None:
            account = await accounts.get(connection, account_id)
            who = Principal(f"account:{account_id}", "", account.org_id if account else None, ())
            await chain.audit(connection, who, "session.end", who.id, clock=clock)


async def authenticate(
    db: Database,
    clock: Clock,
    settings: Settings,
    *,
    session_token: str | None = None,
    api_key: str | None = None,
    touch: bool = True,
) -> Principal:
    """Return who asks, with everything it holds now; raise ``Problem`` (unauthenticated).

    Without ``touch`` the session is looked at but not prolonged: an open stream is no sign of a person.
    """
    async with db.transaction() as connection:
        found = None
        if api_key is not None:
            found = await _by_key(connection, clock.now(), api_key)
        elif session_token:
            found = await _by_session(connection, clock.now(), _idle(settings), session_token, touch=touch)
    if found is None:
        raise Problem(UNAUTHENTICATED)
    return found


async def change_password(
    db: Database,
    clock: Clock,
    settings: Settings,
    principal: Principal,
    *,
    old: str,
    new: str,
    address: str,
) -> SignedIn:
    """Change one's own password; all sessions end and a new one begins for the asker."""
    kind_word, _, number = principal.id.partition(":")
    if kind_word != "account":
        raise Problem(UNAUTHENTICATED)
    account_id = int(number)
    async with db.transaction() as connection:
        account = await accounts.get(connection, account_id)
    if account is None:
        raise Problem(UNAUTHENTICATED)
    attempt = await _begin(db, clock, settings, account.username, address)
    if attempt.locked_s:
        raise _locked(attempt.locked_s)
    if not await password_fits(old, attempt.password_hash):
        async with db.transaction() as connection:
            await _refused(connection, clock, attempt, account.username, address)
        raise Problem(LOGIN_FAILED, "Mật khẩu hiện tại không đúng.", "The present password is not right.")
    check_password(new, account.username)
    hashed = await hash_password(new)
    async with db.transaction() as connection:
        await store.forgive(
            connection,
            (_pair(account.username, address), f"name:{account.username}"),
            f"address:{address}",
        )
        await accounts.set_password(connection, account_id, hashed)
        ended = await store.delete_all(connection, account_id)
        signed_in = await start_session(connection, clock, settings, account_id)
        await chain.audit(
            connection, principal, "account.password", principal.id, {"sessions_ended": ended}, clock=clock
        )
    return signed_in


async def _begin(db: Database, clock: Clock, settings: Settings, name: str, address: str) -> _Attempt:
    """Count an attempt before the password is looked at: for the address, the name from it, and the name."""
    now = clock.now()
    lock = timedelta(minutes=settings.login_lock_minutes)
    # In this order: an address that may no longer guess at a name does not count against the name either, so
    # nobody locks somebody else's name from one place.
    limits = {
        f"address:{address}": settings.login_attempts * _ADDRESS_FACTOR,
        _pair(name, address): settings.login_attempts,
        f"name:{name}": settings.login_attempts * _PLACES_FACTOR,
    }
    async with db.transaction() as connection:
        for subject, limit in limits.items():
            state = await store.attempts(connection, subject, now)
            allowed, state = begin(state, now, limit=limit, lock=lock)
            if not allowed and state.locked_until:
                return _Attempt(None, max(1, int((state.locked_until - now).total_seconds())))
            await store.keep_attempts(connection, subject, state)
        found = await accounts.credentials(connection, name)
    return _Attempt(found if found and found[2] else None)


async def _refused(connection: Connection, clock: Clock, attempt: _Attempt, name: str, address: str) -> None:
    # A name that is no account may be a password typed into the wrong field: it is not written down.
    subject = f"account:{attempt.account_id}" if attempt.account_id is not None else "account:unknown"
    detail = {"address": address} | ({"username": name} if attempt.account_id is not None else {})
    await chain.audit(
        connection, _NOBODY, "session.refused", subject, detail, org_id=attempt.org_id, clock=clock
    )


async def _by_session(
    connection: Connection, now: datetime, idle: timedelta, token: str, *, touch: bool
) -> Principal | None:
    digest = secret_hash(token)
    found = await store.seen(connection, digest, now, idle)
    if found is None:
        return None
    account_id, _, display_name, org_id, seen_at = found
    if touch and now - seen_at >= _TOUCH:
        await store.touch(connection, digest, now)
    return Principal(
        f"account:{account_id}", display_name, org_id, await accounts.scopes(connection, account_id)
    )


async def _by_key(connection: Connection, now: datetime, secret: str) -> Principal | None:
    if not secret.startswith(KEY_PREFIX):
        return None
    found = await keys.holder(connection, secret_hash(secret), now)
    if found is None:
        return None
    key_id, name, org_id, last_used_at, scope = found
    if last_used_at is None or now - last_used_at >= _TOUCH:
        await keys.used(connection, key_id, now)
    return Principal(f"key:{key_id}", name, org_id, (scope,))


def _pair(name: str, address: str) -> str:
    return f"from:{address} name:{name}"


def _idle(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.session_idle_minutes)


def _locked(seconds: int) -> Problem:
    minutes = -(-seconds // 60)
    return Problem(
        LOGIN_LOCKED,
        f"Đã sai quá nhiều lần. Hãy thử lại sau {minutes} phút.",
        f"Too many failed attempts. Try again in {minutes} minutes.",
        retry_after_s=seconds,
    )
