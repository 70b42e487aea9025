"""Storing and serving JSON-LD contexts (GS CIM 009, 5.13, 6.29 and 6.30); whoever reads may read them all."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.problems import FORBIDDEN, NOT_FOUND, Problem
from haidang.city import core_terms
from haidang.city.contexts import CACHED
from haidang.city.items import bad
from haidang.city.model import NOT_SUPPORTED
from haidang.city.ngsild.exchange import JSON, LD_JSON, Call, Reply
from haidang.city.store.contexts import Held
from haidang.city.terms import CORE_URL, is_core_url
from haidang.city.times import EPOCH, format_us, to_us
from haidang.organisation.model import Principal

KINDS = ("Cached", "Hosted", "ImplicitlyCreated")
_JSON = (b"content-type", b"application/json")


async def add(call: Call) -> Reply:
    """POST /jsonldContexts"""
    call.query()
    body = await call.body(JSON, LD_JSON)
    held = await call.city.contexts.host(body, call.who.org_id)
    location = (b"location", f"/ngsi-ld/v1/jsonldContexts/{held.id}".encode())
    return Reply(201, headers=[location])


async def every(call: Call) -> Reply:
    """GET /jsonldContexts"""
    query = call.query("details", "kind")
    kind = query.get("kind")
    if kind is not None and kind not in KINDS:
        raise bad(f"kind là một trong {KINDS}.", f"kind is one of {KINDS}.", "kind", kind)
    found = await call.city.contexts.every(kind)
    shown: list[Any] = (
        [_details(one) for one in found] if _flag(query, "details") else [one.url for one in found]
    )
    return Reply(200, msgspec.json.encode(shown), [_JSON])


async def serve(call: Call) -> Reply:
    """GET /jsonldContexts/{id}; the id or the whole address"""
    details = _flag(call.query("details"), "details")
    if is_core_url(call.params[0]):
        held = Held(CORE_URL, "core", "Cached", core_terms.DOCUMENT, None, EPOCH)
    else:
        held = await _held(call)
        if held.kind == "Cached" and not details:
            raise Problem(
                NOT_SUPPORTED,
                "Ngữ cảnh tải về không được phục vụ lại; hãy lấy ở địa chỉ gốc.",
                "A downloaded context is not served; get it from its own address.",
            )
    body = _details(held) if details else held.body
    media = (b"content-type", b"application/json" if details else b"application/ld+json")
    return Reply(200, msgspec.json.encode(body), [media])


async def remove(call: Call) -> Reply:
    """DELETE /jsonldContexts/{id}; with reload=true a downloaded one is fetched again instead"""
    reload = _flag(call.query("reload"), "reload")
    if is_core_url(call.params[0]):
        raise bad("Không xóa được ngữ cảnh lõi.", "The core context cannot be deleted.")
    held = await _held(call)
    if not may_remove(call.who, held.owner_org):
        raise Problem(FORBIDDEN, "Ngữ cảnh này của đơn vị khác.", "This context is another agency's.")
    if reload and held.kind != "Cached":
        raise bad("Chỉ tải lại ngữ cảnh đã tải về.", "Only a downloaded context can be reloaded.", "reload")
    await (call.city.contexts.reload(held) if reload else call.city.contexts.remove(held))
    return Reply(204)


def may_remove(who: Principal, owner_org: int | None) -> bool:
    """Whoever writes for a context's owner may remove it; what belongs to nobody, whoever writes for all."""
    if owner_org is not None:
        return who.may("entity.write", org_id=owner_org)
    return any(
        "entity.write" in scope.permissions
        and scope.org_ids is None
        and scope.area_codes is None
        and scope.sector is None
        for scope in who.scopes
    )


async def _held(call: Call) -> Held:
    held = await call.city.contexts.find(call.params[0])
    if held is None:
        name = call.params[0][:200]
        raise Problem(NOT_FOUND, f"Không có ngữ cảnh {name}.", f"There is no context {name}.")
    return held


def _details(held: Held) -> dict[str, Any]:
    """Return what is known of a context (5.13.3.5); ``timestamp`` is what v1.8 called createdAt."""
    made = format_us(to_us(held.created_at))
    found: dict[str, Any] = {
        "URL": held.url,
        "localId": held.id,
        "kind": held.kind,
        "timestamp": made,
        "createdAt": made,
        "numberOfHits": held.hits,
    }
    if held.kind == "Cached" and held.created_at > EPOCH:
        found["expiresAt"] = format_us(to_us(held.created_at + CACHED))
    if held.used_at is not None:
        found["lastUsage"] = format_us(to_us(held.used_at))
    return found


def _flag(query: dict[str, str], name: str) -> bool:
    text = query.get(name, "false").lower()
    if text not in ("true", "false"):
        raise bad(f"{name} là true hoặc false.", f"{name} is true or false.", name, text)
    return text == "true"
