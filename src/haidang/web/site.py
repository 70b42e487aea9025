"""Routes about the site itself: who it is, how it is, what it counts."""

from __future__ import annotations

import ipaddress
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from haidang import __version__, organisation
from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Database
from haidang.base.health import Health
from haidang.base.log import logger
from haidang.base.metrics import CONTENT_TYPE, render
from haidang.base.settings import Settings
from haidang.city.liveness import spoken
from haidang.city.service import City
from haidang.demo import province as invented_province
from haidang.organisation.model import Area
from haidang.organisation.permissions import PUBLIC, Principal
from haidang.organisation.service import needs_first_administrator
from haidang.web.asgi import header
from haidang.web.guard import require
from haidang.web.hub import Hub
from haidang.web.identity import ANONYMOUS

_log = logger("web")

VIETNAM = (102.1, 7.2, 117.9, 23.4)
"""West, south, east, north of the country with both archipelagos; the view of a site without a province."""
_AROUND_DEGREES = 0.75
"""Half the width of the view round a province whose outlines were not imported."""


@get(
    "/api/v1/site",
    opt={"permission": PUBLIC},
    tags=["site"],
    summary="Trung tâm này là ai / who this site is",
)
async def about(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    hub: NamedDependency[Hub],
) -> dict[str, Any]:
    """Return what a screen needs before anybody has signed in."""
    # Under a name of the site's own, a demonstration keeps that name; the province is the invented one.
    invented = settings.demo and settings.site_name == Settings(data_dir=settings.data_dir).site_name
    code = settings.province_code or (invented_province.CODE if settings.demo else None)
    async with db.transaction() as connection:
        found = (
            await organisation.resolve_area(connection, code, clock.now().astimezone(LOCAL).date())
            if code
            else None
        )
        wanting = await needs_first_administrator(connection)
    centre, bounds = _view(found)
    return {
        "name": invented_province.SITE_NAME if invented else settings.site_name,
        "name_en": invented_province.SITE_NAME_EN if invented else settings.site_name_en,
        "province_code": code,
        "province_name": found.full_name if found else None,
        "centre": centre,
        "bounds": bounds,
        "demo": settings.demo,
        "basemap": (settings.data_dir / "basemap.pmtiles").is_file(),
        "signed_in": principal is not ANONYMOUS,
        # Where the live stream has to begin so that nothing is missed between a snapshot and its opening.
        "seq": None if principal is ANONYMOUS else hub.seq,
        "version": __version__,
        "needs_first_administrator": wanting,
        "now": clock.now(),
    }


@get(
    "/health/live",
    opt={"permission": PUBLIC},
    tags=["site"],
    summary="Máy chủ có đang chạy / is the process alive",
)
async def live() -> dict[str, bool]:
    """Return 200 as long as the process answers at all."""
    return {"ok": True}


@get(
    "/health/ready",
    opt={"permission": PUBLIC},
    tags=["site"],
    summary="Mọi phần đã sẵn sàng chưa / is every part ready",
)
async def ready(health: NamedDependency[Health]) -> Response[dict[str, Any]]:
    """Return 200 where every part works, else 503; reasons go to the log, not to whoever asks."""
    report = await health.ready()
    for part in report.parts:
        if not part.ok:
            _log.warning("not ready", part=part.name, reason=part.reason)
    body = {"ok": report.ok, "parts": {part.name: part.ok for part in report.parts}}
    return Response(body, status_code=200 if report.ok else 503, headers={"cache-control": "no-store"})


@get(
    "/metrics",
    opt={"permission": PUBLIC, "checked_inside": "system.read"},
    tags=["site"],
    summary="Số đo cho Prometheus / metrics",
)
async def metrics(
    request: Request[Any, Any, Any],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Return Prometheus' text; for a key with ``system.read``, and for whoever asks on the machine itself.

    A site with a public address stands behind a proxy, perhaps on this machine, which need not say that it is
    one: there a key is always needed.
    """
    if settings.public_url or not _on_this_machine(request.scope):
        require(principal, "system.read")
    return Response(render(), media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})


@get(
    "/api/v1/liveness",
    opt={"permission": "entity.read"},
    tags=["site"],
    summary="Nguồn nào còn lên tiếng / who still speaks",
)
async def liveness(
    db: NamedDependency[Database], city: NamedDependency[City], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return when each source and type of entity was last observed and last heard of."""
    async with db.transaction() as connection:
        return {"items": await spoken(connection, principal, city.terms)}


ROUTES = (about, live, ready, metrics, liveness)


def _on_this_machine(scope: Any) -> bool:
    """Say whether the asker is a process of this machine, and not a reverse proxy passing somebody on."""
    client = scope.get("client")
    if not client or any(
        header(scope, name) for name in (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")
    ):
        return False
    host = (header(scope, b"host") or "").rpartition(":")[0].strip("[]") or (header(scope, b"host") or "")
    return _loopback(str(client[0])) and (host == "localhost" or _loopback(host))


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _view(province: Area | None) -> tuple[list[float], list[float]]:
    """Return the centre and the bounds of the first view: round the province, or the whole country."""
    if province is not None and province.code == invented_province.CODE:
        return list(invented_province.CENTRE), list(invented_province.BOUNDS)
    if province is None or province.lon is None or province.lat is None:
        west, south, east, north = VIETNAM
        return [(west + east) / 2, (south + north) / 2], list(VIETNAM)
    lon, lat, half = province.lon, province.lat, _AROUND_DEGREES
    return [lon, lat], [lon - half, lat - half, lon + half, lat + half]
