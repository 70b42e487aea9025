"""``urn:ngsi-ld:null`` in an update of attributes (GS CIM 009, 5.5.8): it deletes, the rest is written.

Only an update that was refused for its nulls comes here, so those without them pay nothing.
"""

from __future__ import annotations

from typing import Any

from haidang.base.problems import Problem
from haidang.city.intake import Intake
from haidang.city.items import NULL, Item, Op
from haidang.city.represent import KINDS
from haidang.city.shapes import plainly

_MEMBERS = tuple(member for _, member in KINDS.values())


def entity(intake: Intake, op: Op, tenant_id: int, body: Any, entity_id: str | None) -> Item:
    """Read PATCH …/attrs; raise ``Problem`` where it is meaningless."""
    try:
        return intake.entity(op, tenant_id, body, entity_id)
    except Problem:
        body = plainly(body)
        if type(body) is not dict or not any(map(is_null, body.values())):
            raise
    kept = {name: value for name, value in body.items() if not is_null(value)}
    item = intake.entity(op, tenant_id, kept, entity_id)
    item.row = None  # whoever writes it must look at each attribute
    gone: dict[str, list[dict[str, Any]]] = {}
    for name, value in body.items():
        if is_null(value):
            null = {"type": "Property", "value": NULL}
            if type(value) is dict and "datasetId" in value:
                null["datasetId"] = value["datasetId"]
            one = intake.fragment(Op.ATTR_PATCH, tenant_id, item.id, name, null)
            gone |= one.partial or {}
    item.partial = gone
    return item


def is_null(value: object) -> bool:
    """Say whether an attribute as sent says that it is to be deleted."""
    if type(value) is not dict:
        return value == NULL
    return any(value.get(member) in (NULL, {"@none": NULL}) for member in _MEMBERS)
