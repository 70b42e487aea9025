"""Vehicles and teams: their rows, and one table of acts on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

Status = Literal["free", "assigned", "on_way", "on_scene", "out"]
ResourceKind = Literal[
    "team", "patrol", "fire_engine", "ambulance", "rescue_boat", "truck", "crane", "pump", "drone",
    "repair_team", "response_team", "other",
]  # fmt: skip
KIND_WORDS: dict[ResourceKind, tuple[str, str]] = {
    "team": ("Tổ công tác", "Team"), "patrol": ("Tổ tuần tra", "Patrol"),
    "fire_engine": ("Xe chữa cháy", "Fire engine"), "ambulance": ("Xe cứu thương", "Ambulance"),
    "rescue_boat": ("Xuồng cứu hộ", "Rescue boat"), "truck": ("Xe tải", "Truck"),
    "crane": ("Xe cẩu", "Crane"),
    "pump": ("Máy bơm", "Pump"), "drone": ("Thiết bị bay", "Drone"),
    "repair_team": ("Đội sửa chữa", "Repair team"), "response_team": ("Đội ứng cứu", "Response team"),
    "other": ("Khác", "Other"),
}  # fmt: skip


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0225."""

    id: int
    version: int
    name: str
    kind: ResourceKind
    org_id: int
    call_sign: str = ""
    contact: str = ""
    capacity: str = ""
    area_code: str | None = None
    sector: str | None = None
    entity_id: str | None = None
    lon: float | None = None
    lat: float | None = None
    position_at: datetime | None = None
    status: Status = "free"
    status_at: datetime
    status_note: str = ""
    incident_id: int | None = None
    active: bool = True


Part = Literal["crew", "sender"]
"""crew: ``resource.manage`` or ``incident.work`` over the resource's unit · sender: ``incident.work`` over
the owner of the incident it was sent to, or crew."""


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class OnWay(_Act, frozen=True, kw_only=True, tag="on_way"):
    """It has set out."""


class OnScene(_Act, frozen=True, kw_only=True, tag="on_scene"):
    """It has arrived."""


class Release(_Act, frozen=True, kw_only=True, tag="release"):
    """It is not needed there any more."""


class Out(_Act, frozen=True, kw_only=True, tag="out"):
    """It cannot be sent: broken, at rest."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class Back(_Act, frozen=True, kw_only=True, tag="back"):
    """It can be sent again."""


class Position(_Act, frozen=True, kw_only=True, tag="position"):
    """Where it is: longitude, latitude."""

    location: tuple[float, float]


ResourceAct = OnWay | OnScene | Release | Out | Back | Position


class Rule(msgspec.Struct, frozen=True):
    """Who may do an act, and where it leads from each status in which it may be done."""

    part: Part
    moves: dict[Status, Status]


_EVERY: dict[Status, Status] = {
    "free": "free", "assigned": "assigned", "on_way": "on_way", "on_scene": "on_scene", "out": "out"
}  # fmt: skip

RULES: dict[str, Rule] = {
    "on_way": Rule("sender", {"assigned": "on_way"}),
    "on_scene": Rule("sender", {"assigned": "on_scene", "on_way": "on_scene"}),
    "release": Rule("sender", {"assigned": "free", "on_way": "free", "on_scene": "free"}),
    "out": Rule("crew", {"free": "out"}),
    "back": Rule("crew", {"out": "free"}),
    "position": Rule("crew", _EVERY),
}
"""``dispatch`` of an incident leads from free to assigned; closing it releases what is there."""


def act_name(act: ResourceAct) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def offered(resource: Resource, parts: frozenset[Part]) -> list[str]:
    """Return the acts that are open to the asker now."""
    return [name for name, rule in RULES.items() if rule.part in parts and resource.status in rule.moves]
