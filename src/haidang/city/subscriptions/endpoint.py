"""Where notifications go (GS CIM 009, 5.2.15, 5.2.22): an endpoint as written, checked and taken apart."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

from haidang.base.network import is_private_literal, listed
from haidang.base.problems import Fault, Problem, kind
from haidang.city.model import BAD_DATA

ENDPOINT_REFUSED = kind(
    "endpoint-not-allowed",
    400,
    "Không được gửi thông báo đến địa chỉ này",
    "Notifications may not be sent to this address",
)

INFO_MAX = 50
TIMEOUT_S = 10.0
"""How long an endpoint may take to answer where the subscription names no time."""
TIMEOUT_S_MAX = 60.0

Media = Literal["application/json", "application/ld+json", "application/geo+json"]
SCHEMES = {"http": 80, "https": 443, "mqtt": 1883, "mqtts": 8883}
_OWN_HEADERS = frozenset({
    "connection", "content-length", "content-type", "expect", "host", "keep-alive", "link", "ngsild-tenant",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,100}\Z")
_TOPIC = re.compile(r"[^+#\x00]{1,1000}\Z")


class Part(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Part of a subscription as its owner wrote it; other members are refused."""


class KeyValue(Part, frozen=True):
    """One member of receiverInfo or notifierInfo (5.2.22)."""

    key: str
    value: str


class Endpoint(Part, frozen=True):
    """Where to (5.2.15); times in ms."""

    uri: str
    accept: Media = "application/json"
    timeout: int | None = None
    cooldown: int | None = None
    receiver_info: tuple[KeyValue, ...] = ()
    notifier_info: tuple[KeyValue, ...] = ()


class Address(msgspec.Struct, frozen=True):
    """An endpoint's URI taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    """HTTP: path and query as sent; MQTT: the topic."""
    user: str | None = None
    password: str | None = None


def address(uri: str) -> Address:
    """Take an endpoint's URI apart; raise ``Problem`` where it cannot be one."""
    field = "notification.endpoint.uri"
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as cause:
        raise wrong(field, "không phải URI", "is not a URI", uri) from cause
    scheme, host = parts.scheme.lower(), parts.hostname or ""
    if scheme not in SCHEMES:
        raise wrong(field, "cần http, https, mqtt hoặc mqtts", "must be http, https, mqtt or mqtts", uri)
    if not host or "#" in uri or not uri.isprintable() or " " in uri or len(uri) > 2_000:
        raise wrong(field, "không phải địa chỉ nhận thông báo", "is no endpoint's address", uri)
    path = parts.path
    if scheme.startswith("mqtt"):
        path = unquote(path[1:])
        if not _TOPIC.match(path) or parts.query:
            raise wrong(
                field, "thiếu chủ đề MQTT hoặc chủ đề có + #", "needs an MQTT topic without + and #", uri
            )
    elif parts.username or parts.password:
        raise wrong(field, "khóa truy cập ghi trong receiverInfo", "wants credentials in receiverInfo", uri)
    else:
        path = (path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(
        scheme,
        host,
        SCHEMES[scheme] if port is None else port,
        path,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
    )


def timeout_s(endpoint: Endpoint) -> float:
    """Return how long one try may take."""
    return TIMEOUT_S if endpoint.timeout is None else min(endpoint.timeout / 1000, TIMEOUT_S_MAX)


def check_endpoint(endpoint: Endpoint, allow_hosts: tuple[str, ...]) -> None:
    """Refuse an endpoint that cannot be one, or may not be told anything."""
    found = address(endpoint.uri)
    if is_private_literal(found.host) and not listed(found.host, found.port, allow_hosts):
        place = f"{found.host}:{found.port}"
        raise Problem(
            ENDPOINT_REFUSED,
            f"{place} là địa chỉ nội bộ; người vận hành cần thêm vào notification_allow_hosts.",
            f"{place} is a private address; the operator must list it in notification_allow_hosts.",
        )
    for member in ("timeout", "cooldown"):
        value = getattr(endpoint, member)
        if value is not None and not 0 < value <= 86_400_000:
            raise wrong(
                f"notification.endpoint.{member}", "phải là số ms dương", "must be positive ms", str(value)
            )
    for field, info in (("receiverInfo", endpoint.receiver_info), ("notifierInfo", endpoint.notifier_info)):
        if len(info) > INFO_MAX:
            raise wrong(
                f"notification.endpoint.{field}", f"tối đa {INFO_MAX} mục", f"has over {INFO_MAX} members"
            )
    for one in endpoint.receiver_info:
        if not _HEADER.match(one.key) or one.key.lower() in _OWN_HEADERS:
            raise wrong(
                "notification.endpoint.receiverInfo", "có tên không dùng được", "has a bad key", one.key
            )
        if not (one.value.isascii() and one.value.isprintable() and len(one.value) <= 4_000):
            raise wrong(
                "notification.endpoint.receiverInfo", "có giá trị không dùng được", "has a bad value", one.key
            )
    _check_mqtt(found, endpoint.notifier_info)


def _check_mqtt(found: Address, info: tuple[KeyValue, ...]) -> None:
    known = {"MQTT-Version": ("mqtt3.1.1", "mqtt5.0"), "MQTT-QoS": ("0", "1", "2")}
    for one in info:
        if found.scheme.startswith("mqtt") and one.value not in known.get(one.key, ()):
            raise wrong(
                "notification.endpoint.notifierInfo",
                "chỉ nhận MQTT-Version (mqtt3.1.1, mqtt5.0) và MQTT-QoS (0, 1, 2)",
                "takes MQTT-Version (mqtt3.1.1, mqtt5.0) and MQTT-QoS (0, 1, 2)",
                f"{one.key}={one.value}",
            )


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
