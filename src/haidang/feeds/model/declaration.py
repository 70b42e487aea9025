"""What a feed's YAML says, key by key; ``docs/feeds.md`` explains each, a test holds the two together."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec

_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(int):
    """A length of time in whole seconds, written ``30s``, ``5m``, ``1h`` or ``2d``."""

    @classmethod
    def parse(cls, value: object) -> Duration:
        """Read the written form; raise ``ValueError`` where it is none or not longer than zero."""
        found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
        if seconds <= 0 or seconds > 366 * 86400:
            raise ValueError("Expected a duration such as `30s`, `5m`, `1h` or `2d`")
        return cls(seconds)


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a declaration: every unknown key is refused, with its place."""


class Title(_Part, frozen=True):
    """A wording in both languages."""

    vi: str
    en: str


class Secret(_Part, frozen=True):
    """Where a secret lies; never the secret itself, for declarations are read by many."""

    env: str | None = None
    """Name of the environment variable that holds it."""
    file: str | None = None
    """Path of the file that holds it (first line)."""


class FileSource(_Part, frozen=True, tag_field="kind", tag="file"):
    """A file, or a folder's files by a pattern."""

    path: str
    format: Literal["auto", "csv", "xlsx", "geojson"] = "auto"
    encoding: str = "auto"
    delimiter: str = "auto"
    sheet: str | None = None
    header_row: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    header_rows: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    skip: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    every: Duration | None = None
    size_max_mb: int = 256
    rows_max: int = 2_000_000


class HttpAuth(_Part, frozen=True):
    """A header that proves who asks; its value comes from outside the declaration."""

    secret: Secret
    header: str = "Authorization"
    prefix: str = "Bearer "


class HttpSource(_Part, frozen=True, tag_field="kind", tag="http"):
    """An address that is asked again and again."""

    url: str
    format: Literal["json", "csv", "geojson"] = "json"
    records: str = ""
    every: Duration | None = None
    timeout: Duration = Duration(20)
    headers: dict[str, str] = {}
    auth: HttpAuth | None = None
    encoding: str = "auto"
    delimiter: str = "auto"
    size_max_mb: int = 16
    rows_max: int = 200_000


class MqttSource(_Part, frozen=True, tag_field="kind", tag="mqtt"):
    """Topics of a broker, taken with quality of service 1 and acknowledged after the durable commit."""

    host: str
    topics: tuple[str, ...]
    port: int = 1883
    tls: bool = False
    records: str = ""
    client_id: str | None = None
    username: str | None = None
    password: Secret | None = None
    batch_max: int = 500
    session_expiry: Duration = Duration(86400)
    size_max_kb: int = 256


Source = FileSource | HttpSource | MqttSource


class ObservedAt(_Part, frozen=True):
    """When the values of a row were true at the place where they were measured."""

    source: str = msgspec.field(name="from")
    time: str | None = None
    format: str | tuple[str, ...] = "iso"
    timezone: str | None = None
    ahead: Duration = Duration(600)
    not_before: str = "2000-01-01"


class LonLat(_Part, frozen=True):
    """A place given in the declaration itself, degrees of WGS84."""

    lon: float
    lat: float


class Lookup(_Part, frozen=True):
    """Places by the value of a column, for sources that name a place and give no coordinates."""

    source: str = msgspec.field(name="from")
    table: dict[str, LonLat]


class Vn2000(_Part, frozen=True):
    """National plane coordinates in metres, with their central meridian and zone width."""

    easting: str
    northing: str
    meridian: float
    zone: Literal[3, 6] = 3


class Location(_Part, frozen=True):
    """Where the entity is; exactly one of the six ways."""

    lon: str | None = None
    lat: str | None = None
    latlon: str | None = None
    vn2000: Vn2000 | None = None
    wkt: str | None = None
    geojson: str | None = None
    lookup: Lookup | None = None
    required: bool = False
    numbers: Literal["1,234.5", "1.234,5"] | None = None


class Field(_Part, frozen=True):
    """One attribute of the entity: where its value comes from, and what must hold for it."""

    source: str | None = msgspec.field(name="from", default=None)
    const: str | int | float | bool | msgspec.UnsetType = msgspec.UNSET
    type: Literal["text", "number", "datetime", "boolean", "geo"] = "text"
    unit: str | None = None
    to: str | None = None
    numbers: Literal["1,234.5", "1.234,5"] | None = None
    format: str | tuple[str, ...] | None = None
    timezone: str | None = None
    missing: tuple[str, ...] | None = None
    values: dict[str, str | int | float | bool] = {}
    others: Literal["keep", "refuse", "missing"] = "keep"
    range: tuple[float, float] | None = None
    beyond: Literal["refuse", "warn"] = "refuse"
    required: bool = False
    static: bool = False


MISSING_WORDS = ("", "-", "--", "N/A", "NA", "n.a.", "null", "None", "NaN")


class Mapping(_Part, frozen=True):
    """How a row of the source becomes an entity."""

    type: str
    id: str
    fields: dict[str, Field]
    observed_at: ObservedAt | None = None
    location: Location | None = None
    missing: tuple[str, ...] = MISSING_WORDS
    numbers: Literal["1,234.5", "1.234,5"] = "1,234.5"
    timezone: str = "Asia/Ho_Chi_Minh"


class Declaration(_Part, frozen=True):
    """A feed: whose it is, where it comes from, how often, and what its rows mean."""

    feed: str
    title: Title
    kind: Literal["file", "http", "mqtt"]
    owner: str
    source: Source
    mapping: Mapping
    area: str | None = None
    sector: str | None = None
    simulated: bool = False
    period: Duration | None = None
    note: Title | None = None

    @property
    def poll_s(self) -> int | None:
        """Seconds between two runs that nobody asked for; None for a source that pushes or has no period."""
        if isinstance(self.source, MqttSource):
            return None
        return self.source.every or self.period


PARTS: dict[str, type[msgspec.Struct]] = {
    "feed": Declaration,
    "title": Title,
    "source (file)": FileSource,
    "source (http)": HttpSource,
    "source (mqtt)": MqttSource,
    "auth": HttpAuth,
    "secret": Secret,
    "mapping": Mapping,
    "observed_at": ObservedAt,
    "location": Location,
    "vn2000": Vn2000,
    "lookup": Lookup,
    "lookup.table": LonLat,
    "fields": Field,
}
"""Every part of a declaration by the heading under which the reference explains it."""


def keys(part: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the keys of a part as they stand in YAML."""
    return tuple(field.encode_name for field in msgspec.structs.fields(part))


def decode_hook(kind: type, value: Any) -> Any:
    """Read the written forms that YAML has no type for."""
    if kind is Duration:
        return Duration.parse(value)
    raise NotImplementedError(f"no written form for {kind}")


def encode_hook(value: Any) -> Any:
    """Write what :func:`decode_hook` reads."""
    if isinstance(value, Duration):
        return f"{int(value)}s"
    raise NotImplementedError(f"no written form for {type(value)}")
