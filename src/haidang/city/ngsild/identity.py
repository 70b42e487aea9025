"""Who answers here (GS CIM 009, 5.15, 6.33), and which version of the standard it speaks."""

from __future__ import annotations

import time
from typing import Any

from haidang import __version__
from haidang.city.ngsild.asking import JSON, LD, asked, negotiate, reply
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.registrations import store
from haidang.city.times import format_us, to_us

CONFORMANCE = "1.8"
_STARTED = time.monotonic()


async def source_identity(call: Call) -> Reply:
    """GET /info/sourceIdentity"""
    ask = asked(call, "options", "format")
    media = negotiate(ask, JSON, LD)
    async with ask.db.transaction() as conn:
        site, _ = await store.site(conn)
    # Each tenant is a source of its own in a chain of brokers (5.2.40).
    alias = f"{site}-{ask.tenant}" if ask.tenant else site
    body: dict[str, Any] = {
        "id": f"urn:ngsi-ld:ContextSourceIdentity:{alias}",
        "type": "ContextSourceIdentity",
        "contextSourceAlias": alias,
        "contextSourceUptime": duration(time.monotonic() - _STARTED),
        "contextSourceTimeAt": format_us(to_us(call.clock.now())),
        "contextSourceExtras": version(),
    }
    return reply(ask, body, media)


def version() -> dict[str, str]:
    """Return what we are and which versions we speak."""
    return {"product": "Hải Đăng", "version": __version__, "ngsildConformance": CONFORMANCE}


def duration(seconds: float) -> str:
    """Return seconds as an ISO 8601 duration."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"P{days}DT{hours}H{minutes}M{rest}S"
