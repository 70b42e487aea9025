"""What a registration may say (GS CIM 009, 5.2.9 to 5.2.11), and what it claims. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from haidang.base.problems import Fault, Problem, kind
from haidang.city.model import BAD_DATA
from haidang.city.registrations.operations import DEFAULT, expanded
from haidang.city.times import parse_us

CLAIMED = kind(
    "registration-conflict",
    409,
    "Nguồn khác đã đăng ký dữ liệu này",
    "This is registered with a context source",
)

TIMEOUT_S = 10.0
"""How long a source may take to answer where the registration names no time."""
TIMEOUT_S_MAX = 60.0
ASKED_FOR = "urn:ngsi-ld:request"
"""The value in contextSourceInfo that copies a header of the request."""
CONTEXT_KEY = "jsonldContext"

READ_ONLY = (
    "status", "timesSent", "timesFailed", "lastSuccess", "lastFailure", "createdAt", "modifiedAt",
    "deletedAt",
)  # fmt: skip


class _Part(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    pass


class EntityInfo(_Part, frozen=True):
    """Which entities (5.2.8)."""

    type: str | tuple[str, ...]
    id: str | None = None
    id_pattern: str | None = None


class Information(_Part, frozen=True):
    """What of which entities (5.2.10); names are IRIs once stored."""

    entities: tuple[EntityInfo, ...] | None = None
    property_names: tuple[str, ...] | None = None
    relationship_names: tuple[str, ...] | None = None

    @property
    def attributes(self) -> frozenset[str] | None:
        """All names; None: every attribute."""
        if self.property_names is None and self.relationship_names is None:
            return None
        return frozenset((*(self.property_names or ()), *(self.relationship_names or ())))


class Interval(_Part, frozen=True):
    """A span of time (5.2.11)."""

    start_at: str
    end_at: str | None = None


class KeyValue(_Part, frozen=True):
    """One member of contextSourceInfo (5.2.22)."""

    key: str
    value: str


class Management(_Part, frozen=True):
    """How the source wants to be treated (5.2.34); times in ms."""

    local_only: bool | None = None
    cache_duration: str | None = None
    timeout: float | None = None
    cooldown: float | None = None


class Definition(_Part, frozen=True):
    """A registration as its owner wrote it, without its own further members."""

    type: Literal["ContextSourceRegistration"]
    information: tuple[Information, ...]
    endpoint: str
    id: str | None = None
    registration_name: str | None = None
    description: str | None = None
    tenant: str | None = None
    observation_interval: Interval | None = None
    management_interval: Interval | None = None
    location: dict[str, Any] | None = None
    observation_space: dict[str, Any] | None = None
    operation_space: dict[str, Any] | None = None
    expires_at: str | None = None
    context_source_info: tuple[KeyValue, ...] = ()
    scope: str | tuple[str, ...] | None = None
    mode: Literal["inclusive", "exclusive", "redirect", "auxiliary"] = "inclusive"
    operations: tuple[str, ...] = DEFAULT
    refresh_rate: str | None = None
    management: Management | None = None
    dataset_id: tuple[str, ...] | None = None
    host_alias: str | None = None
    context_source_alias: str | None = None
    """The older name of hostAlias."""

    @property
    def expires_us(self) -> int | None:
        """When it ends, in µs since 1970."""
        return None if self.expires_at is None else parse_us(self.expires_at)

    @property
    def offered(self) -> frozenset[str]:
        """The single operations the source offers."""
        return expanded(self.operations)

    @property
    def alias(self) -> str | None:
        """By which ``Via`` names the source."""
        return self.host_alias or self.context_source_alias

    @property
    def shown_context(self) -> str | None:
        """The address of the context in which the source wants to be written to."""
        return next((one.value for one in self.context_source_info if one.key == CONTEXT_KEY), None)

    @property
    def timeout_s(self) -> float:
        """How long one request may take."""
        if self.management is None or self.management.timeout is None:
            return TIMEOUT_S
        return min(self.management.timeout / 1000, TIMEOUT_S_MAX)

    @property
    def cooldown_s(self) -> float:
        """How long after a failure the source is left alone."""
        return ((self.management and self.management.cooldown) or 0.0) / 1000

    def active(self, now_us: int) -> bool:
        """Say whether it has not expired."""
        expires = self.expires_us
        return expires is None or expires > now_us


class Claim(NamedTuple):
    """One attribute of one entity that an exclusive registration holds."""

    entity_id: str
    attribute: str
    """IRI."""


FIELDS = frozenset(field.encode_name for field in msgspec.structs.fields(Definition))


def converted(body: dict[str, Any]) -> Definition:
    """Return the typed form of a body that may be a stored one."""
    known = {name: value for name, value in body.items() if name in FIELDS}
    if isinstance(known.get("datasetId"), str):
        known["datasetId"] = [known["datasetId"]]
    try:
        return msgspec.convert(known, Definition)
    except msgspec.ValidationError as cause:
        raise wrong(
            "", f"Đăng ký nguồn không hợp lệ: {cause}", f"The ContextSourceRegistration is not valid: {cause}"
        ) from cause


def writable(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body without what only the broker says, so that what was read can be sent back."""
    return {name: value for name, value in body.items() if name not in READ_ONLY and name != "@context"}


def mapped(body: dict[str, Any], rename: Callable[[str], str]) -> dict[str, Any]:
    """Return a body with every name of a type or an attribute renamed (expanded, or compacted again)."""
    if not isinstance(body.get("information"), list):
        return body  # may be a fragment, or of any wrong form: what cannot be renamed stays for the check

    def name(value: Any) -> Any:
        if isinstance(value, list):
            return [name(one) for one in value]
        return rename(value) if isinstance(value, str) else value

    def entity(one: Any) -> Any:
        return one | {"type": name(one["type"])} if isinstance(one, dict) and "type" in one else one

    def element(one: Any) -> Any:
        if not isinstance(one, dict):
            return one
        found = dict(one)
        for member in ("propertyNames", "relationshipNames"):
            if member in found:
                found[member] = name(found[member])
        if isinstance(found.get("entities"), list):
            found["entities"] = [entity(each) for each in found["entities"]]
        return found

    return body | {"information": [element(one) for one in body["information"]]}


def claims(definition: Definition) -> Iterator[Claim]:
    """Return what an exclusive registration holds; nothing for the other modes."""
    if definition.mode != "exclusive":
        return
    for one in definition.information:
        for entity in one.entities or ():
            for attribute in one.attributes or ():
                yield Claim(entity.id or "", attribute)


def types_of(entity: EntityInfo) -> frozenset[str]:
    """Return the types of an element, one or several."""
    return frozenset((entity.type,) if isinstance(entity.type, str) else entity.type)


def wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal (BadRequestData) that names a member and says what is wrong with it."""
    if not field:
        return Problem(BAD_DATA, vi[:500], en[:500])
    return Problem(
        BAD_DATA,
        f"{field}: {vi}.",
        f"{field} {en}.",
        faults=(Fault(field, vi, en, None if value is None else value[:200]),),
    )
