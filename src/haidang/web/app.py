"""The application: what the rooms offer, behind one door.

:func:`make_app` returns the whole server with its life-cycle, for granian; :func:`assemble` puts the parts
together once they are open, and refuses to where a route declares no permission.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import LitestarDeprecationWarning
from litestar.openapi import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from haidang import __version__
from haidang.actions.handover import ROUTES as ACTIONS
from haidang.actions.meetings.api import ROUTES as MEETING_PACKS
from haidang.actions.warnings import ROUTES as INCIDENT_WARNINGS
from haidang.alerts.api import ROUTES as ALERTS
from haidang.alerts.cap.api import ROUTES as WARNINGS
from haidang.base.clock import Clock, SystemClock
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.boards.api import ROUTES as BOARDS
from haidang.boards.directives.paper import ROUTES as BRIEF_PAPER
from haidang.city.api import ROUTES as CITY
from haidang.city.forward import door as forward_door
from haidang.city.models.api import ROUTES as MODELS
from haidang.city.ngsild import ROUTES as BROKER_ROUTES
from haidang.city.ngsild import app as broker
from haidang.city.registrations.api import ROUTES as REGISTRATIONS
from haidang.city.subscriptions.api import ROUTES as SUBSCRIPTIONS
from haidang.city.tiers.api import ROUTES as TIERS
from haidang.directives.api import ROUTES as DIRECTIVES
from haidang.directives.papers.api import ROUTES as DIRECTIVE_PAPERS
from haidang.documents.numbering.api import ROUTES as PAPER_NUMBERS
from haidang.feeds.api import ROUTES as FEEDS
from haidang.incidents.api import ROUTES as INCIDENTS
from haidang.incidents.procedures.api import ROUTES as PROCEDURES
from haidang.indicators.api import ROUTES as INDICATORS
from haidang.indicators.formulas.api import ROUTES as FORMULAS
from haidang.indicators.indices.api import ROUTES as INDICES
from haidang.organisation.api import ROUTES as ORGANISATION
from haidang.organisation.permissions import PUBLIC, Principal
from haidang.programme.api import ROUTES as PROGRAMME
from haidang.programme.meetings.api import ROUTES as MEETINGS
from haidang.programme.sheets.api import ROUTES as PLAN_SHEETS
from haidang.programme.sheets.monthly.api import ROUTES as MONTHLY_FORMS
from haidang.programme.sheets.schedules.api import ROUTES as SCHEDULES
from haidang.tasks.api import ROUTES as TASKS
from haidang.web import site
from haidang.web.asgi import Application, Receive, Scope, Send
from haidang.web.connections import HangUp
from haidang.web.description import Description
from haidang.web.door import OWN_SECRET, Door, heads
from haidang.web.guard import Route, guard, refuse_undeclared, routes_of
from haidang.web.house import Beside, House
from haidang.web.interface import BASEMAP, Pages
from haidang.web.problems import BROKER, MEDIA_TYPE, problem_of, rendered
from haidang.web.server import Server
from haidang.web.stream import PATH as STREAM
from haidang.web.stream import PERMISSION, Stream

FORWARD = "/internal/v1/write"
HANDLERS: tuple[ControllerRouterHandler, ...] = (
    *site.ROUTES,
    *ORGANISATION,
    *CITY,
    *MODELS,
    *TIERS,
    *SUBSCRIPTIONS,
    *REGISTRATIONS,
    *BOARDS,
    *PAPER_NUMBERS,
    *FEEDS,
    *TASKS,
    *ALERTS,
    *WARNINGS,
    *INCIDENTS,
    *PROCEDURES,
    *ACTIONS,
    *INCIDENT_WARNINGS,
    *DIRECTIVES,
    *DIRECTIVE_PAPERS,
    *BRIEF_PAPER,
    *PROGRAMME,
    *PLAN_SHEETS,
    *MONTHLY_FORMS,
    *SCHEDULES,
    *INDICATORS,
    *INDICES,
    *FORMULAS,
    *MEETINGS,
    *MEETING_PACKS,
)
"""Everything that Litestar serves."""

RAW_ROUTES = (
    Route("GET", STREAM, PERMISSION),
    Route("POST", FORWARD, PUBLIC),  # only with the writer's own secret, which the city checks
    Route("GET", "/docs", PUBLIC),
    Route("GET", BASEMAP, PUBLIC),
    Route("GET", "/{page}", PUBLIC),
)
"""Routes that are answered below Litestar; those of NGSI-LD stand in ``city.ngsild``."""

_log = logger("web")
_LITESTAR = ("/api/", "/cap/", "/health/", "/metrics", "/open-data", "/schema/openapi.json", "/version")


def make_app(
    settings: Settings,
    *,
    beside: Sequence[Beside] = (),
    clock: Clock | None = None,
    hang_up: HangUp = lambda _: None,
) -> Server:
    """Return the server: an ASGI application with a life-cycle, to be given to granian.

    ``hang_up`` ends the connection of a stream whose peer does not read.
    """
    put_together = partial(assemble, hang_up=hang_up)
    return Server(settings, clock=clock or SystemClock(), assemble=put_together, beside=beside)


def assemble(house: House, *, hang_up: HangUp = lambda _: None) -> Door:
    """Put the application together from the open parts.

    Raises ``UndeclaredRoute`` where a route names no permission, rather than serving it to everybody.
    """
    litestar = make_litestar(house)
    refuse_undeclared(every_route(litestar))
    parts = _Parts(
        litestar=litestar,
        broker=broker(house.city, house.db, house.settings, house.clock),  # type: ignore[arg-type]
        forward=forward_door(house.city),
        stream=Stream(hub=house.hub, identity=house.identity, db=house.db, hang_up=hang_up),
        pages=Pages(house.settings.data_dir),
    )
    return Door(heads(parts), settings=house.settings, identity=house.identity)


def every_route(litestar: Litestar) -> list[Route]:
    """Return every door of the house: what Litestar is asked for, what stands below it, and the broker."""
    asked = [route for route in routes_of(litestar) if route.path.startswith(_LITESTAR)]
    return [*asked, *RAW_ROUTES, *(Route(*each) for each in BROKER_ROUTES)]


class _Parts:
    """Hands a request to the part of the house that answers it."""

    def __init__(
        self,
        *,
        litestar: Litestar,
        broker: Application,
        forward: Application,
        stream: Stream,
        pages: Pages,
    ) -> None:
        self._litestar = litestar
        self._broker = broker
        self._forward = forward
        self._stream = stream
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(BROKER):
            await self._broker(scope, receive, send)
        elif path == STREAM and scope["method"] == "GET":
            await self._stream(scope, receive, send)
        elif path.startswith(OWN_SECRET):
            await self._forward(scope, receive, send)
        elif path.startswith(_LITESTAR):
            await self._litestar(scope, receive, send)  # type: ignore[arg-type]
        else:
            await self._pages(scope, receive, send)


def make_litestar(house: House) -> Litestar:
    """Return the application API."""
    with warnings.catch_warnings():
        # Version 3 will want dependencies and parameters marked; we stay on 2 and its plain annotations.
        warnings.simplefilter("ignore", LitestarDeprecationWarning)
        return _litestar(house)


def _litestar(house: House) -> Litestar:
    return Litestar(
        route_handlers=list(HANDLERS),
        dependencies=_given_by_name(house),
        guards=[guard],
        exception_handlers={Exception: _as_problem, 404: _as_problem, 405: _as_problem, 500: _as_problem},
        openapi_config=OpenAPIConfig(
            title="Hải Đăng",
            version=__version__,
            description="Giao diện lập trình (API) của Hải Đăng. Xem docs/api.md. / The APIs of Hải Đăng.",
            use_handler_docstrings=True,
            render_plugins=[Description(path="/openapi.json", broker_routes=BROKER_ROUTES)],
            openapi_router=Router(
                "/schema", route_handlers=[], include_in_schema=False, opt={"permission": PUBLIC}
            ),
        ),
        request_max_body_size=house.settings.body_limit_bytes,
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )


def _given_by_name(house: House) -> dict[str, Provide]:
    """Return what handlers may ask for by name."""

    def provided(part: Any) -> Provide:
        return Provide(lambda: part, sync_to_thread=False, use_cache=True)

    names = ("db", "settings", "clock", "city", "feeds", "hub", "health")
    return {name: provided(getattr(house, name)) for name in names} | {
        "principal": Provide(_principal, sync_to_thread=False)
    }


def _principal(request: Request[Any, Any, Any]) -> Principal:
    found: Principal = request.scope["state"]["principal"]
    return found


def _as_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Render any error of a handler as a problem document."""
    problem = problem_of(error)
    request_id = request.scope["state"]["request_id"]
    if problem.kind.status >= 500 and problem is not error:
        _log.error("request failed", request_id=request_id, path=request.scope["path"], exc_info=error)
    body, headers = rendered(problem, request_id=request_id, instance=request.scope["path"])
    named = {name.decode(): value.decode() for name, value in headers}
    allow = getattr(error, "headers", None) or {}
    return Response(body, status_code=problem.kind.status, media_type=MEDIA_TYPE, headers=named | dict(allow))
