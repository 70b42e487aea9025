"""Whether a registration means something: every member checked, each refusal names one. No I/O, no clock."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from haidang.base.network import is_private_literal, listed
from haidang.base.problems import Problem, kind
from haidang.city.checks import DEPTHS, names_geometry, positions
from haidang.city.query.grammar import checked_pattern
from haidang.city.registrations.model import (
    ASKED_FOR,
    CONTEXT_KEY,
    FIELDS,
    Definition,
    EntityInfo,
    Information,
    KeyValue,
    Management,
    claims,
    converted,
    types_of,
    wrong,
)
from haidang.city.registrations.operations import GROUPS, NAMES
from haidang.city.terms import check_name, is_uri
from haidang.city.times import parse_us

SOURCE_REFUSED = kind(
    "source-not-allowed",
    400,
    "Không được chuyển yêu cầu đến địa chỉ này",
    "Requests may not be forwarded to this address",
)
ENTITIES_MAX = 200
INFORMATION_MAX = 200
NAMES_MAX = 500
INFO_MAX = 50
EXTRA_BYTES_MAX = 16 * 1024
"""Of the members that the standard does not know."""
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,100}\Z")
_OWN_HEADERS = frozenset({
    "connection", "content-length", "content-type", "expect", "host", "keep-alive", "link",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?\Z")
_ALIAS = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~:\[\]]{1,200}\Z")
_SCOPE = re.compile(r"/?[^/\s+#]+(/[^/\s+#]+)*\Z")


def read(body: dict[str, Any], *, now_us: int, allow_hosts: tuple[str, ...]) -> Definition:
    """Return a registration's definition; raise ``Problem`` (bad-request-data) that names what is wrong."""
    definition = converted(body)
    extra = {name: value for name, value in body.items() if name not in FIELDS}
    if len(msgspec.json.encode(extra)) > EXTRA_BYTES_MAX:
        raise wrong("", f"Thuộc tính riêng quá {EXTRA_BYTES_MAX} byte.", "The further members are too long.")
    for name in extra:
        check_name(name)
    _check_whom(definition)
    _check_when(definition, now_us)
    _check_where(definition)
    _check_endpoint(definition, allow_hosts)
    _check_info(definition)
    return definition


def _check_whom(definition: Definition) -> None:
    if definition.id is not None and not is_uri(definition.id):
        raise wrong("id", "phải là URI", "must be a URI", definition.id)
    if not 0 < len(definition.information) <= INFORMATION_MAX:
        raise wrong("information", f"cần 1–{INFORMATION_MAX} mục", f"needs 1 to {INFORMATION_MAX} members")
    for one in definition.information:
        if one.entities is None and one.attributes is None:
            raise wrong("information", "cần entities hoặc tên thuộc tính", "needs entities or attributes")
        _check_names("information.propertyNames", one.property_names)
        _check_names("information.relationshipNames", one.relationship_names)
        if one.entities is not None and not 0 < len(one.entities) <= ENTITIES_MAX:
            raise wrong("information.entities", f"cần 1–{ENTITIES_MAX} mục", f"needs 1 to {ENTITIES_MAX}")
        for entity in one.entities or ():
            _check_entity(entity)
        if definition.mode == "exclusive":
            _check_exclusive(one)
    if definition.mode == "exclusive" and len(list(claims(definition))) > ENTITIES_MAX * NAMES_MAX:
        raise wrong("information", "quá nhiều thuộc tính", "claims too much")


def _check_entity(entity: EntityInfo) -> None:
    if entity.id is not None and not is_uri(entity.id):
        raise wrong("information.entities.id", "phải là URI", "must be a URI", entity.id)
    if entity.id_pattern is not None:
        if entity.id is not None:
            raise wrong(
                "information.entities.idPattern", "không đi cùng id", "excludes id", entity.id_pattern
            )
        checked_pattern(entity.id_pattern)
        try:
            re.compile(entity.id_pattern)
        except re.error as cause:
            raise wrong(
                "information.entities.idPattern", "không phải biểu thức chính quy", "is no pattern"
            ) from cause
    _check_names("information.entities.type", tuple(types_of(entity)))


def _check_exclusive(one: Information) -> None:
    if not one.entities or any(entity.id is None for entity in one.entities):
        raise wrong(
            "information.entities",
            "đăng ký độc quyền cần mã của từng thực thể",
            "of an exclusive registration need an id each",
        )
    if not one.attributes:
        raise wrong(
            "information.propertyNames",
            "đăng ký độc quyền cần tên thuộc tính",
            "or relationshipNames are needed in an exclusive registration",
        )


def _check_names(field: str, names: tuple[str, ...] | None) -> None:
    if names is None:
        return
    if not 0 < len(names) <= NAMES_MAX:
        raise wrong(field, f"cần 1–{NAMES_MAX} tên", f"needs 1 to {NAMES_MAX} names")
    for name in names:
        check_name(name)


def _check_when(definition: Definition, now_us: int) -> None:
    expires = None if definition.expires_at is None else _instant("expiresAt", definition.expires_at)
    if expires is not None and expires <= now_us:
        raise wrong("expiresAt", "phải ở tương lai", "must lie in the future", definition.expires_at)
    for field, interval in (
        ("observationInterval", definition.observation_interval),
        ("managementInterval", definition.management_interval),
    ):
        if interval is None:
            continue
        start = _instant(f"{field}.startAt", interval.start_at)
        if interval.end_at is not None and _instant(f"{field}.endAt", interval.end_at) < start:
            raise wrong(f"{field}.endAt", "trước startAt", "lies before startAt", interval.end_at)
    management = definition.management or Management()
    for field, text in (
        ("refreshRate", definition.refresh_rate),
        ("management.cacheDuration", management.cache_duration),
    ):
        if text is not None and not _DURATION.match(text):
            raise wrong(field, "cần khoảng thời gian ISO 8601", "must be an ISO 8601 duration", text)
    for field, ms in (
        ("management.timeout", management.timeout),
        ("management.cooldown", management.cooldown),
    ):
        if ms is not None and not 0 < ms <= 86_400_000:
            raise wrong(field, "phải là số ms dương", "must be positive ms", str(ms))


def _instant(field: str, text: str) -> int:
    try:
        return parse_us(text)
    except ValueError as cause:
        raise wrong(field, "cần ngày giờ ISO 8601 có múi giờ", "must be a DateTime", text) from cause


def _check_where(definition: Definition) -> None:
    for field, geometry in (
        ("location", definition.location),
        ("observationSpace", definition.observation_space),
        ("operationSpace", definition.operation_space),
    ):
        if geometry is None:
            continue
        kind_ = geometry.get("type")
        if not names_geometry(kind_) or "coordinates" not in geometry:
            raise wrong(field, "không phải hình học GeoJSON", "is no GeoJSON geometry")
        positions(field, geometry["coordinates"], DEPTHS[str(kind_)])
    scopes = (definition.scope,) if isinstance(definition.scope, str) else definition.scope or ()
    for one in scopes:
        if not _SCOPE.match(one):
            raise wrong("scope", "không hợp lệ", "is not valid", one)
    for dataset in definition.dataset_id or ():
        if dataset != "@none" and not is_uri(dataset):
            raise wrong("datasetId", "phải là URI hoặc @none", "must be URIs or @none", dataset)


def _check_endpoint(definition: Definition, allow_hosts: tuple[str, ...]) -> None:
    uri = definition.endpoint
    try:
        parts = urlsplit(uri)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError as cause:
        raise wrong("endpoint", "không phải URI", "is not a URI", uri) from cause
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or not uri.isprintable() or len(uri) > 2_000:
        raise wrong("endpoint", "cần địa chỉ http hoặc https", "must be an http or https address", uri)
    if parts.query or parts.fragment or parts.username or parts.password or " " in uri:
        raise wrong(
            "endpoint", "không nhận ?, # và khóa truy cập", "takes no query, fragment or credentials", uri
        )
    if is_private_literal(host) and not listed(host, port, allow_hosts):
        raise Problem(
            SOURCE_REFUSED,
            f"{host}:{port} là địa chỉ nội bộ; người vận hành cần thêm vào notification_allow_hosts.",
            f"{host}:{port} is a private address; the operator must list it in notification_allow_hosts.",
        )


def _check_info(definition: Definition) -> None:
    for name in definition.operations:
        if name not in NAMES and name not in GROUPS:
            raise wrong("operations", "có phép không tồn tại", "has an unknown operation", name)
    if not definition.operations:
        raise wrong("operations", "không được rỗng", "must not be empty")
    for field, alias in (
        ("hostAlias", definition.host_alias),
        ("contextSourceAlias", definition.context_source_alias),
    ):
        if alias is not None and not _ALIAS.match(alias):
            raise wrong(field, "không hợp lệ", "is not valid", alias)
    if definition.tenant is not None and not _HEADER.match(definition.tenant):
        raise wrong("tenant", "không hợp lệ", "is not valid", definition.tenant)
    if len(definition.context_source_info) > INFO_MAX:
        raise wrong("contextSourceInfo", f"tối đa {INFO_MAX} mục", f"has over {INFO_MAX} members")
    for one in definition.context_source_info:
        _check_header(one)


def _check_header(one: KeyValue) -> None:
    """Check a member of contextSourceInfo: the address of a context, or a header."""
    if one.key == CONTEXT_KEY:
        if not is_uri(one.value):
            raise wrong("contextSourceInfo.jsonldContext", "phải là URI", "must be a URI", one.value)
        return
    field = "contextSourceInfo"
    if not _HEADER.match(one.key) or one.key.lower() in _OWN_HEADERS:
        raise wrong(field, "có tên không dùng được", "has a bad key", one.key)
    if one.value == ASKED_FOR and one.key.lower() in _CREDENTIALS:
        raise wrong(field, "không chuyển tiếp khóa của người hỏi", "never hands credentials on", one.key)
    if not (one.value.isascii() and one.value.isprintable() and len(one.value) <= 4_000):
        raise wrong(field, "có giá trị không dùng được", "has a bad value", one.key)
