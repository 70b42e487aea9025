"""Routes of signing in and out, and of the one-time links."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import UNAUTHENTICATED, Problem
from haidang.base.requests import Asked
from haidang.base.settings import Settings
from haidang.organisation.permissions import PUBLIC, SIGNED_IN, Principal
from haidang.organisation.service import sessions
from haidang.organisation.service.links import make_first_administrator, set_first_password
from haidang.organisation.store import accounts, orgs


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """What the sign-in form sends."""

    username: str
    password: str


class FirstAdministrator(msgspec.Struct, forbid_unknown_fields=True):
    """What the page of the first start sends."""

    token: str
    username: str
    display_name: str
    password: str


class FirstPassword(msgspec.Struct, forbid_unknown_fields=True):
    """What the page of a one-time link sends."""

    token: str
    password: str


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody sends to change their own password."""

    old: str
    new: str


@post(
    "/api/v1/session",
    opt={"permission": PUBLIC},
    status_code=200,
    tags=["session"],
    summary="Đăng nhập / sign in",
)
async def sign_in(
    request: Asked,
    data: JSONBody[SignIn],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[dict[str, Any]]:
    """Begin a session: its secret goes into the cookie ``haidang_session``, who you are into the answer."""
    signed_in = await sessions.sign_in(
        db, clock, settings,
        username=data.username, password=data.password, address=address_of(request, settings),
        old_token=request.cookies.get(sessions.COOKIE),
    )  # fmt: skip
    return await _welcome(db, clock, settings, signed_in)


@get("/api/v1/session", opt={"permission": SIGNED_IN}, tags=["session"], summary="Tôi là ai / who am I")
async def who_am_i(db: NamedDependency[Database], principal: NamedDependency[Principal]) -> dict[str, Any]:
    """Return the account that asks, and what it holds."""
    async with db.transaction() as connection:
        return await _me(connection, principal)


@delete(
    "/api/v1/session",
    opt={"permission": PUBLIC},
    status_code=204,
    tags=["session"],
    summary="Đăng xuất / sign out",
)
async def sign_out(
    request: Asked,
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """End the session of the cookie; without one there is nothing to do."""
    token = request.cookies.get(sessions.COOKIE)
    if token:
        await sessions.sign_out(db, clock, token=token)
    return Response(None, status_code=204, cookies=[_cookie(settings, "", 0)])


@post(
    "/api/v1/session/password",
    opt={"permission": SIGNED_IN},
    status_code=200,
    tags=["session"],
    summary="Đổi mật khẩu / change my password",
)
async def change_password(
    *,
    request: Asked,
    data: JSONBody[PasswordChange],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[dict[str, Any]]:
    """Change one's own password; every other session of the account ends."""
    signed_in = await sessions.change_password(
        db, clock, settings, principal, old=data.old, new=data.new, address=address_of(request, settings)
    )
    return await _welcome(db, clock, settings, signed_in)


@post(
    "/api/v1/first-administrator",
    opt={"permission": PUBLIC},
    status_code=201,
    tags=["session"],
    summary="Tạo quản trị viên đầu tiên / make the first administrator",
)
async def first_administrator(
    data: JSONBody[FirstAdministrator],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[dict[str, Any]]:
    """Make the first administrator by the link that the first start printed."""
    signed_in = await make_first_administrator(
        db, clock, settings,
        token=data.token, username=data.username, display_name=data.display_name, password=data.password,
    )  # fmt: skip
    return await _welcome(db, clock, settings, signed_in, status=201)


@post(
    "/api/v1/set-password",
    opt={"permission": PUBLIC},
    status_code=200,
    tags=["session"],
    summary="Đặt mật khẩu lần đầu / set a first password",
)
async def set_password(
    data: JSONBody[FirstPassword],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[dict[str, Any]]:
    """Set the password of an account by its one-time link, and sign in."""
    signed_in = await set_first_password(db, clock, settings, token=data.token, password=data.password)
    return await _welcome(db, clock, settings, signed_in)


def address_of(request: Asked, settings: Settings) -> str:
    """Return where a request came from, for counting failed attempts.

    On a site with a public address, what comes from this machine came through its proxy, and the last address
    in ``X-Forwarded-For`` is the one that the proxy itself saw; else one guesser would lock out everybody.
    Without a proxy anybody could write that header, so there it says nothing.
    """
    address = request.client.host if request.client else "unknown"
    if settings.public_url and address in ("127.0.0.1", "::1"):
        seen = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return seen[:64] or address
    return address


async def _welcome(
    db: Database, clock: Clock, settings: Settings, signed_in: sessions.SignedIn, *, status: int = 200
) -> Response[dict[str, Any]]:
    principal = await sessions.authenticate(db, clock, settings, session_token=signed_in.token)
    async with db.transaction() as connection:
        body = await _me(connection, principal)
    cookie = _cookie(settings, signed_in.token, settings.session_max_hours * 3600)
    return Response(body, status_code=status, cookies=[cookie])


async def _me(connection: Connection, principal: Principal) -> dict[str, Any]:
    account: dict[str, Any] | None = None
    kind, _, number = principal.id.partition(":")
    org = await orgs.get(connection, principal.org_id) if principal.org_id is not None else None
    if kind == "account":
        found = await accounts.get(connection, int(number))
        if found is None:
            raise Problem(UNAUTHENTICATED)
        account = {"id": found.id, "username": found.username, "display_name": found.display_name}
    else:
        account = {"id": None, "username": principal.id, "display_name": principal.name}
    return {
        "account": account | {"org_id": principal.org_id, "org_name": org.name if org else None},
        "permissions": sorted({each for scope in principal.scopes for each in scope.permissions}),
        "scopes": [
            {
                "permissions": sorted(scope.permissions),
                "org_ids": None if scope.org_ids is None else sorted(scope.org_ids),
                "area_codes": None if scope.area_codes is None else sorted(scope.area_codes),
                "sector": scope.sector,
            }
            for scope in principal.scopes
        ],
    }


def _cookie(settings: Settings, token: str, max_age_s: int) -> Cookie:
    return Cookie(
        sessions.COOKIE,
        value=token,
        max_age=max_age_s,
        path="/",
        httponly=True,
        samesite="lax",
        secure=bool(settings.public_url and settings.public_url.startswith("https://")),
    )


ROUTES = [sign_in, who_am_i, sign_out, change_password, first_administrator, set_password]
