"""Every route says who may use it; one that says nothing is not served at all.

A route carries ``opt={"permission": …}``: a name of :data:`haidang.organisation.permissions.PERMISSIONS`,
``PUBLIC`` (anybody) or ``SIGNED_IN`` (anybody with an account or key). The guard asks only whether the
principal holds the permission anywhere; over which agency, area and sector is decided by the room, in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from haidang.base.problems import FORBIDDEN, UNAUTHENTICATED, Problem
from haidang.organisation.permissions import PERMISSIONS, PUBLIC, SIGNED_IN, Principal
from haidang.web.identity import ANONYMOUS

KNOWN = frozenset(PERMISSIONS) | {PUBLIC, SIGNED_IN}


class Route(NamedTuple):
    """A door to the house: how it is asked for, and who may."""

    method: str
    path: str
    permission: str | None


class UndeclaredRoute(Exception):  # noqa: N818 - says what it is
    """A route declares no permission, or one that nobody knows; the server does not start with it."""


def require(principal: Principal, permission: str) -> None:
    """Refuse a principal that holds ``permission`` nowhere at all."""
    if permission == PUBLIC:
        return
    if principal is ANONYMOUS:
        raise Problem(UNAUTHENTICATED, "Hãy đăng nhập rồi thử lại.", "Sign in and try again.")
    if permission == SIGNED_IN or any(permission in scope.permissions for scope in principal.scopes):
        return
    named = PERMISSIONS[permission]
    raise Problem(
        FORBIDDEN,
        f"Tài khoản của bạn chưa được cấp quyền “{named.vi}”.",
        f"Your account does not hold the permission “{named.en}”.",
        permission=permission,
    )


def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Litestar's guard for every route; the automatic OPTIONS answers say only which methods exist."""
    if connection.scope.get("method") == "OPTIONS" and "permission" not in handler.opt:
        return
    require(connection.scope["state"]["principal"], handler.opt["permission"])


def routes_of(application: Litestar) -> Iterator[Route]:
    """Yield every route that was written by somebody (OPTIONS answers are automatic)."""
    for route in application.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]
            for method in sorted(getattr(handler, "http_methods", None) or ("*",)):
                if method != "OPTIONS":
                    yield Route(method, route.path, handler.opt.get("permission"))


def refuse_undeclared(routes: Iterable[Route]) -> None:
    """Raise :class:`UndeclaredRoute` that names every route without a known permission."""
    wanting = [
        f"{route.method} {route.path}: {route.permission}"
        for route in routes
        if route.permission not in KNOWN
    ]
    if wanting:
        raise UndeclaredRoute("; ".join(wanting))
