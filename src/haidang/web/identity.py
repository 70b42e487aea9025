"""Who asks: from a session cookie or an API key to a principal, remembered for a few seconds.

Without the memory every measurement of every device would cost a query for its key. What is remembered may
be at most five seconds old, and is forgotten at once when this process changes sessions, accounts, roles,
grants or keys; a second process of the site notices within the five seconds.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from haidang.base.problems import UNAUTHENTICATED, Problem
from haidang.organisation.permissions import Principal
from haidang.web.asgi import Scope, header

REMEMBERED_S = 5.0
REMEMBERED_MAX = 10_000
COOKIE = "haidang_session"

ANONYMOUS = Principal("anonymous", "", None, ())
"""Whoever shows no credential: may use the public routes, and nothing else."""

_COOKIE_PREFIX = f"{COOKIE}="


class Credential(NamedTuple):
    """What the asker shows: the secret of a session or of an API key."""

    kind: Literal["session", "key"]
    secret: str


Authenticate = Callable[[Credential, bool], Awaitable[Principal]]
"""Checks a credential and returns who it is; the flag says whether this use keeps the session alive.

Raises ``Problem`` (unauthenticated) where the credential is unknown, expired or withdrawn.
"""


class Identity:
    """Finds the principal of a request."""

    def __init__(self, authenticate: Authenticate, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._authenticate = authenticate
        self._monotonic = monotonic
        self._known: dict[tuple[str, bytes], tuple[float, Principal | Problem]] = {}
        self._forgotten = 0
        self._watchers: list[Callable[[], None]] = []

    async def principal(self, scope: Scope) -> Principal:
        """Return who asks; nobody in particular without a credential or with an ended session.

        An API key that does not hold is refused everywhere: a device must learn that its key is dead. An
        ended session is not, because the pages of the sign-in itself are asked for with it.
        """
        credential = credential_of(scope)
        if credential is None:
            return ANONYMOUS
        try:
            return await self.check(credential)
        except Problem as problem:
            if credential.kind == "session" and problem.kind is UNAUTHENTICATED:
                return ANONYMOUS
            raise

    async def check(self, credential: Credential, *, touch: bool = True) -> Principal:
        """Return the principal of a credential, from memory where it is young enough."""
        digest = hashlib.sha256(credential.secret.encode("utf-8", "surrogateescape")).digest()
        name = (credential.kind, digest)
        now = self._monotonic()
        if (found := self._known.get(name)) and found[0] > now:
            return _or_raise(found[1])
        outcome: Principal | Problem
        asked_at = self._forgotten
        try:
            outcome = await self._authenticate(credential, touch)
        except Problem as problem:
            if problem.kind is not UNAUTHENTICATED:
                raise
            outcome = Problem(problem.kind, problem.vi, problem.en, faults=problem.faults, **problem.extra)
        if asked_at == self._forgotten:  # else it may tell of rights that were taken meanwhile
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            self._known[name] = (now + REMEMBERED_S, outcome)
        return _or_raise(outcome)

    def forget(self) -> None:
        """Forget everybody: rights may have changed. Open streams check theirs again."""
        self._forgotten += 1
        self._known.clear()
        for watcher in self._watchers:
            watcher()

    def on_forget(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` whenever rights may have changed."""
        self._watchers.append(watcher)


def credential_of(scope: Scope) -> Credential | None:
    """Return what the request shows; an API key goes before the cookie that a browser adds by itself."""
    cookies: str | None = None
    for key, value in scope["headers"]:
        if key == b"authorization":
            scheme, _, secret = value.decode("latin-1").partition(" ")
            if scheme.lower() == "bearer":
                return Credential("key", secret.strip())
        elif key == b"x-api-key":
            return Credential("key", value.decode("latin-1").strip())
        elif key == b"cookie":
            cookies = value.decode("latin-1") if cookies is None else f"{cookies};{value.decode('latin-1')}"
    for part in cookies.split(";") if cookies else ():
        stripped = part.strip()
        if stripped.startswith(_COOKIE_PREFIX):
            secret = stripped[len(_COOKIE_PREFIX) :].strip('"')
            return Credential("session", secret) if secret else None
    return None


def cross_site(scope: Scope, public_url: str | None) -> bool:
    """Say whether a browser sent this from another site's page, so that a write in it must not count.

    Browsers say so themselves in ``Sec-Fetch-Site``; older ones send ``Origin``. A caller that sends neither
    is no browser, so it holds its credential itself.
    """
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = header(scope, b"origin")
    if origin is None:
        return False
    if public_url and origin.rstrip("/") == public_url.rstrip("/"):
        return False
    return origin.partition("://")[2] != (header(scope, b"host") or "")


def _or_raise(outcome: Principal | Problem) -> Principal:
    if isinstance(outcome, Problem):
        raise outcome
    return outcome
