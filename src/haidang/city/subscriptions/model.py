"""What a subscription may say (GS CIM 009, 5.2.12 to 5.2.15), checked and compiled. No I/O, no clock."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from haidang.city.linking import check_depth, join_of
from haidang.city.projection import Projection, projection_of
from haidang.city.query.geo import GeoQuery, parse_geo
from haidang.city.query.grammar import Node, checked_pattern, parse
from haidang.city.query.selection import TypeNode, parse_types
from haidang.city.query.sql import Selector
from haidang.city.subscriptions.endpoint import Endpoint, Part, check_endpoint, wrong
from haidang.city.terms import Context, check_name, is_uri
from haidang.city.times import parse_us
from haidang.organisation.permissions import Principal

ENTITIES_MAX = 200
NAMES_MAX = 500
INTERVAL_S_MAX = 366 * 86_400.0

Trigger = Literal[
    "entityCreated",
    "entityUpdated",
    "entityDeleted",
    "attributeCreated",
    "attributeUpdated",
    "attributeDeleted",
]
ALWAYS: frozenset[str] = frozenset({"attributeCreated", "attributeUpdated"})
"""The triggers of a subscription that names none."""

_READ_ONLY = ("status", "createdAt", "modifiedAt")
_READ_ONLY_PARAMS = ("status", "timesSent", "timesFailed", "lastNotification", "lastSuccess", "lastFailure")
_NAMED = re.compile(r"[^,|;()\s]+")
_PROJECTED = re.compile(r"[^,|{}\s]+")
_VERSION = re.compile(r"1\.\d{1,2}\Z")


class EntitySelector(Part, frozen=True):
    """Which entities (5.2.8)."""

    type: str
    id: str | list[str] | None = None
    id_pattern: str | None = None


class Params(Part, frozen=True):
    """What a notification looks like (5.2.14)."""

    endpoint: Endpoint
    attributes: tuple[str, ...] | None = None
    pick: tuple[str, ...] | None = None
    omit: tuple[str, ...] | None = None
    format: Literal["normalized", "concise", "keyValues", "simplified"] = "normalized"
    sys_attrs: bool = False
    show_changes: bool = False
    join: Literal["flat", "inline", "@none"] | None = None
    join_level: int | None = None

    @property
    def projection(self) -> Projection:
        """What of an entity, and of those it links to, is told."""
        return projection_of(
            None if self.pick is None else ",".join(self.pick),
            None if self.omit is None else ",".join(self.omit),
        )


class GeoQ(Part, frozen=True):
    """A geographic condition (5.2.13)."""

    georel: str
    geometry: str
    coordinates: list[Any] | str
    geoproperty: str | None = None


class Definition(Part, frozen=True):
    """A subscription as its owner wrote it."""

    type: Literal["Subscription"]
    notification: Params
    id: str | None = None
    subscription_name: str | None = None
    description: str | None = None
    entities: tuple[EntitySelector, ...] | None = None
    watched_attributes: tuple[str, ...] | None = None
    notification_trigger: tuple[Trigger, ...] | None = None
    time_interval: float | None = None
    q: str | None = None
    geo_q: GeoQ | None = None
    scope_q: str | None = None
    lang: str | None = None
    is_active: bool = True
    expires_at: str | None = None
    throttling: float | None = None
    dataset_id: tuple[str, ...] | None = None
    jsonld_context: str | None = None
    expand_values: str | None = None
    json_keys: str | None = None
    local_only: bool = True
    ngsild_conformance: str | None = None

    @property
    def expires_us(self) -> int | None:
        """When it ends, in µs since 1970."""
        return None if self.expires_at is None else parse_us(self.expires_at)

    @property
    def expanding(self) -> tuple[str, ...]:
        """Attributes of ``expandValues``."""
        return tuple(name for name in (self.expand_values or "").split(",") if name)

    @property
    def version(self) -> int | None:
        """Minor number of the version of the standard that the receiver knows; None: ours."""
        return None if self.ngsild_conformance is None else int(self.ngsild_conformance[2:])


class Compiled(msgspec.Struct, frozen=True):
    """A subscription ready to be matched."""

    no: int
    id: str
    tenant_id: int
    tenant: str
    from_seq: int
    owner: Principal
    """Who answers for it, with what it could read when it last changed it."""
    definition: Definition
    asked_in: Context
    """In which the condition q names attributes."""
    context: Context
    """In which notifications are written."""
    context_url: str
    triggers: frozenset[str]
    watched: frozenset[str] | None
    """IRIs; None: every attribute."""
    types: tuple[tuple[TypeNode | None, EntitySelector], ...]
    """Type selection in IRIs (None: any) and the selector it belongs to."""
    selectors: tuple[Selector, ...]
    q: Node | None
    geo: GeoQuery | None

    @property
    def conditional(self) -> bool:
        """Whether the database must be asked: q, scopeQ, or a pattern of ids."""
        return (
            self.q is not None
            or self.definition.scope_q is not None
            or any(one.id_pattern is not None for one in self.selectors)
        )

    @property
    def needs_before(self) -> bool:
        """Whether what was before a change matters: to show it, or to tell a creation from an update."""
        return self.definition.notification.show_changes or not self.triggers >= ALWAYS


def read(body: dict[str, Any], *, now_us: int, allow_hosts: tuple[str, ...]) -> Definition:
    """Return a subscription's definition; raise ``Problem`` (bad-request-data) that names what is wrong."""
    definition = converted(body)
    _check_whom(definition)
    _check_when(definition, now_us)
    _check_conditions(definition)
    _check_params(definition.notification)
    check_endpoint(definition.notification.endpoint, allow_hosts)
    return definition


def converted(body: dict[str, Any]) -> Definition:
    """Return the typed form of a body that may be a stored one."""
    if isinstance(body.get("datasetId"), str):
        body = body | {"datasetId": [body["datasetId"]]}
    try:
        return msgspec.convert(body, Definition)
    except msgspec.ValidationError as cause:
        raise wrong(
            "", f"Đăng ký không hợp lệ: {cause}", f"The Subscription is not valid: {cause}"
        ) from cause


def writable(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body without what only the broker says, so that what was read can be sent back."""
    kept = {name: value for name, value in body.items() if name not in _READ_ONLY and name != "@context"}
    if isinstance(params := kept.get("notification"), dict):
        kept["notification"] = {
            name: value for name, value in params.items() if name not in _READ_ONLY_PARAMS
        }
    return kept


def mapped(body: dict[str, Any], rename: Callable[[str], str]) -> dict[str, Any]:
    """Return a body with every name of a type or an attribute renamed (expanded, or compacted again)."""
    found = dict(body)  # may be a fragment, or of any wrong form: what cannot be renamed stays for the check

    def each(value: Any) -> Any:
        return rename(value) if isinstance(value, str) and value not in _ENTITY_MEMBERS else value

    def projected(value: Any) -> Any:
        return _PROJECTED.sub(lambda name: each(name[0]), value) if isinstance(value, str) else value

    def selected(one: Any) -> Any:
        text = one.get("type") if isinstance(one, dict) else None
        if not isinstance(text, str) or text == "*":
            return one
        return one | {"type": _NAMED.sub(lambda name: rename(name[0]), text)}

    if isinstance(found.get("entities"), list):
        found["entities"] = [selected(one) for one in found["entities"]]
    if isinstance(found.get("watchedAttributes"), list):
        found["watchedAttributes"] = [each(name) for name in found["watchedAttributes"]]
    if isinstance(geo := found.get("geoQ"), dict) and "geoproperty" in geo:
        found["geoQ"] = geo | {"geoproperty": each(geo["geoproperty"])}
    if isinstance(found.get("notification"), dict):
        params = dict(found["notification"])
        if isinstance(names := params.get("attributes"), list):
            params["attributes"] = [each(name) for name in names]
        for member in ("pick", "omit"):
            if isinstance(names := params.get(member), list):
                params[member] = [projected(name) for name in names]
        found["notification"] = params
    return found


_ENTITY_MEMBERS = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt", "expiresAt"})


def selectors_of(definition: Definition) -> tuple[Selector, ...]:
    """Return the entity selectors as the query language has them."""
    return tuple(
        Selector(
            ids=(one.id,) if isinstance(one.id, str) else tuple(one.id or ()),
            id_pattern=one.id_pattern,
            types=None if one.type == "*" else parse_types(one.type),
        )
        for one in definition.entities or ()
    )


def geo_of(definition: Definition) -> GeoQuery | None:
    """Return the geographic condition; raise ``Problem`` where it is none."""
    geo = definition.geo_q
    if geo is None:
        return None
    return parse_geo(
        georel=geo.georel, geometry=geo.geometry, coordinates=geo.coordinates, geoproperty=geo.geoproperty
    )


def status(definition: Definition, now_us: int) -> str:
    """Return active, paused or expired."""
    expires = definition.expires_us
    if expires is not None and expires <= now_us:
        return "expired"
    return "active" if definition.is_active else "paused"


def _check_whom(definition: Definition) -> None:
    if definition.id is not None and not is_uri(definition.id):
        raise wrong("id", "phải là URI", "must be a URI", definition.id)
    entities = definition.entities
    if entities is None and definition.watched_attributes is None:
        raise wrong("entities", "cần entities hoặc watchedAttributes", "or watchedAttributes is needed")
    if entities is not None and not 0 < len(entities) <= ENTITIES_MAX:
        raise wrong("entities", f"cần 1–{ENTITIES_MAX} mục", f"needs 1 to {ENTITIES_MAX} members")
    for one in entities or ():
        for id_ in (one.id,) if isinstance(one.id, str) else one.id or ():
            if not is_uri(id_):
                raise wrong("entities.id", "phải là URI", "must be a URI", id_)
        if one.id_pattern is not None:
            checked_pattern(one.id_pattern)
            try:
                re.compile(one.id_pattern)
            except re.error as cause:
                raise wrong(
                    "entities.idPattern", "không phải biểu thức chính quy", "is no pattern"
                ) from cause
        if one.type != "*":
            parse_types(one.type)
    _check_names("watchedAttributes", definition.watched_attributes)


def _check_when(definition: Definition, now_us: int) -> None:
    interval, throttling = definition.time_interval, definition.throttling
    for field, value in (("timeInterval", interval), ("throttling", throttling)):
        if value is not None and not (math.isfinite(value) and 0 < value <= INTERVAL_S_MAX):
            raise wrong(field, "phải là số giây dương", "must be a positive number of seconds", str(value))
    if interval is not None:
        for field, given in (
            ("watchedAttributes", definition.watched_attributes),
            ("throttling", throttling),
            ("notificationTrigger", definition.notification_trigger),
        ):
            if given is not None:
                raise wrong("timeInterval", f"không đi cùng {field}", f"excludes {field}")
        if definition.notification.show_changes:
            raise wrong("timeInterval", "không đi cùng showChanges", "excludes showChanges")
    if definition.notification_trigger is not None and not definition.notification_trigger:
        words = ", ".join(get_args(Trigger))
        raise wrong("notificationTrigger", f"cần ít nhất một trong: {words}", f"needs one of {words}")
    if definition.expires_at is not None:
        try:
            expires = parse_us(definition.expires_at)
        except ValueError as cause:
            raise wrong("expiresAt", "cần ngày giờ ISO 8601 có múi giờ", "must be a DateTime") from cause
        if expires <= now_us:
            raise wrong("expiresAt", "phải ở tương lai", "must lie in the future", definition.expires_at)


def _check_conditions(definition: Definition) -> None:
    if definition.q is not None:
        parse(definition.q, frozenset(definition.expanding))
    geo_of(definition)
    if definition.ngsild_conformance is not None and not _VERSION.match(definition.ngsild_conformance):
        raise wrong(
            "ngsildConformance", "cần dạng 1.8", "is a version such as 1.8", definition.ngsild_conformance
        )
    for dataset in definition.dataset_id or ():
        if dataset != "@none" and not is_uri(dataset):
            raise wrong("datasetId", "phải là URI hoặc @none", "must be URIs or @none", dataset)
    if definition.lang is not None and not 0 < len(definition.lang) <= 100:
        raise wrong("lang", "không hợp lệ", "is not valid", definition.lang)
    if definition.jsonld_context is not None and not is_uri(definition.jsonld_context):
        raise wrong("jsonldContext", "phải là URI", "must be a URI", definition.jsonld_context)


def _check_params(params: Params) -> None:
    if params.attributes is not None and (params.pick is not None or params.omit is not None):
        raise wrong("notification.attributes", "không đi cùng pick, omit", "excludes pick and omit")
    _check_names("notification.attributes", params.attributes)
    for member in ("pick", "omit"):
        if getattr(params, member) == ():
            raise wrong(f"notification.{member}", "không được rỗng", "may not be empty")
    check_depth(params.projection, join_of(params.join, params.join_level, ()))
    if params.show_changes and params.format in ("keyValues", "simplified"):
        raise wrong(
            "notification.showChanges", "không đi cùng dạng rút gọn", "excludes the simplified format"
        )


def _check_names(field: str, names: tuple[str, ...] | None) -> None:
    if names is None:
        return
    if not 0 < len(names) <= NAMES_MAX:
        raise wrong(field, f"cần 1–{NAMES_MAX} tên", f"needs 1 to {NAMES_MAX} names")
    for name in names:
        check_name(name)


def expiry(definition: Definition, now: datetime) -> bool:
    """Say whether a subscription has ended by ``now``."""
    return status(definition, int(now.timestamp() * 1e6)) == "expired"
