"""A command that the house itself gives: an attribute that a source holds, changed as by a request."""

from __future__ import annotations

from typing import Any

from haidang.base.problems import Problem
from haidang.city.forward import Order
from haidang.city.items import Op
from haidang.city.ngsild import forwarding
from haidang.city.ngsild.exchange import Call
from haidang.city.registrations.actuation import REFUSED
from haidang.city.service import City
from haidang.organisation.model import Principal


async def command(city: City, principal: Principal, entity_id: str, attribute: str, value: Any) -> None:
    """Have an attribute changed by the source that holds it; ``Problem`` where that fails, or none does."""
    scope = {
        "headers": [], "method": "PATCH", "path": "", "query_string": b"", "state": {"principal": principal}
    }  # fmt: skip
    call = Call(city, scope, _nothing, [entity_id, attribute])
    body = {"type": "Property", "value": value}
    order = Order(Op.ATTR_PATCH, "", [body], entity_id=entity_id, attribute=attribute)
    result = await forwarding.one(call, order, city.terms.context, command=True)
    if result.not_updated:
        reason = "; ".join(why for _, why in result.not_updated)
        raise Problem(REFUSED, f"{entity_id}: {reason}.", f"{entity_id}: {reason}.")


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}
