"""Settings: one typed place, each field explained, read once at the start.

Order of precedence: ``HAIDANG_<FIELD>`` in the environment, then the TOML file (``haidang.toml`` in the data
folder, or the file that ``HAIDANG_CONFIG`` names), then the default written here. ``docs/settings.md`` says
the same for operators; a test holds the two together.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from haidang.base.errors import OperatorError


def default_data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where a site keeps everything it knows: one folder, to back up and to move as one."""
    if os.geteuid() == 0:
        return Path("/var/lib/haidang")
    share = environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(share).expanduser() / "haidang"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a site may choose."""

    # --- where things are
    data_dir: Path
    """The one folder with the database, the configuration and the site's own sector packs."""
    database_url: str | None = None
    """An external PostgreSQL (version 16 or later); absent: the embedded one in the data folder."""
    host: str = "127.0.0.1"
    """Address to listen on; loopback until the operator says otherwise."""
    port: int = 8080
    """TCP port of the web server."""
    public_url: str | None = None
    """The address people type, e.g. behind a reverse proxy; https here makes cookies Secure."""

    internal_url: str | None = None
    """Where other servers of the site reach this one; absent: the address it listens on (docs/scaling.md)."""

    # --- who the site is
    site_name: str = "Trung tâm điều hành thông minh"
    """Name of the centre in Vietnamese, shown in the header."""
    site_name_en: str = "Smart operations centre"
    """Name of the centre in English."""
    province_code: str | None = None
    """Code of the province (since 1 July 2025) the centre serves; centres the map and bounds its checks."""
    demo: bool = False
    """The demonstration province lives in this server; its data are marked as simulated."""
    demo_scale: float = 1.0
    """Size of the demonstration province; 1 is the usual few hundred devices."""

    # --- what it says
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is logged."""
    log_format: Literal["console", "json"] = "console"
    """Lines for people (console) or for a log collector (json)."""

    # --- limits
    body_limit_bytes: int = 8 * 1024 * 1024
    """Largest request body; larger ones are refused with 413."""
    queue_limit_entities: int = 20_000
    """Most entities waiting for the writer; beyond it intake is refused with 429 and Retry-After."""
    group_limit_entities: int = 4_000
    """Most entities in one database transaction of the writer."""
    connections_per_address: int = 1_000
    """Connections that one address may hold, loopback apart; 0: as many as there are."""
    disk_reserve_mb: int = 256
    """Free space on the embedded database's disk below which intake stops (507); 0: never."""
    tenants_max: int = 1_000
    """Data spaces (tenants) that a site can have."""
    keysets_max: int = 20_000
    """Combinations of numeric attributes that observations come in; each takes about 1 kB of memory."""
    query_limit_max: int = 1_000
    """Largest ``limit`` of an NGSI-LD query."""
    temporal_instances_max: int = 1_000
    """Attribute instances of one temporal answer, cut beyond it (206); 30 in the conformance profile."""
    session_idle_minutes: int = 60
    """A session ends after this long without a request."""
    session_max_hours: int = 12
    """A session ends after this long in any case."""
    login_attempts: int = 5
    """Failed sign-ins in a row before the account is locked for a while."""
    login_lock_minutes: int = 15
    """How long such a lock holds."""
    idempotency_days: int = 7
    """How long the answer to an idempotency key is kept."""

    # --- feeds
    feed_allow_hosts: tuple[str, ...] = ()
    """Private or loopback hosts that HTTP and MQTT feeds may reach, as ``host`` or ``host:port``."""
    feed_dirs: tuple[Path, ...] = ()
    """Folders, besides the data folder's ``feeds``, whose files feeds may read."""

    # --- notifications
    notification_allow_hosts: tuple[str, ...] = ()
    """Private or loopback hosts that notifications may be sent to, as ``host`` or ``host:port``."""
    notification_tries: int = 12
    """Tries of a notification before it becomes a dead letter; 12 take about half an hour."""
    notification_queue_max: int = 100_000
    """Notifications that may wait for one endpoint; the oldest beyond it become dead letters."""
    notification_dead_days: int = 30
    """How long a dead letter is kept."""

    # --- history
    history_pack_days: int = 2
    """Days after which a closed day is packed; at least so far the log in its order (replay) reaches back."""
    history_export_days: int = 30
    """Days after which a packed day moves to Parquet files in the data folder; 0: never."""
    history_keep_days: int = 0
    """Days that observations are kept, where a type does not say otherwise; 0: for ever."""

    # --- tasks
    smtp_host: str | None = None
    """Mail server for reminders; absent: nothing is mailed."""
    smtp_port: int = 587
    """Its port."""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is protected; ``none`` only for a server on the same machine."""
    smtp_user: str | None = None
    """Name to sign in with; absent: without signing in."""
    smtp_password: str | None = None
    """Its password; better given as an environment variable than in a file."""
    mail_from: str = "haidang@localhost"
    """Sender of mails."""
    sms_gateway_url: str | None = None
    """Where SMS are posted as ``{to, text, id}``; absent: no SMS."""
    sms_gateway_token: str | None = None
    """Bearer token for the gateway."""
    evidence_limit_bytes: int = 8 * 1024 * 1024
    """Largest file of evidence; never more than ``body_limit_bytes``."""
    malware_scan: tuple[str, ...] = ()
    """Command that scans a file, whose path is put at its end: 0 is clean, anything else is refused."""
    notice_days: int = 400
    """How long notices are kept; reminders, reports and the log stay."""

    # --- open data
    oc4ids_prefix: str = "oc4ids-local"
    """Registered prefix of project identifiers in open data (OC4IDS)."""
    ocds_prefix: str = "ocds-local"
    """Registered prefix of identifiers of contracting processes in open data (OCDS)."""
    open_data_licence: str | None = None
    """Address of the licence of the open data; absent: the law on open data of state agencies."""

    # --- warnings
    cap_sender: str | None = None
    """Who sends the site's warnings (CAP ``sender``), known to all receivers; absent: from ``public_url``."""
    cap_feeds: tuple[str, ...] = ()
    """Others' CAP feeds (Atom, RSS) and single messages that are polled every minute, by their address."""
    cap_allow_hosts: tuple[str, ...] = ()
    """Further hosts that those feeds may lead to, and private ones among all of them: ``host[:port]``."""

    # --- alerts
    alert_days: int = 400
    """How long closed alerts and what was measured of them are kept; the log stays."""

    # --- NGSI-LD
    conformance: bool = False
    """Profile for the conformance suite: last write wins, tenants made freely. Not for production."""
    local_context_url: str | None = None
    """Address under which the site's own pinned JSON-LD context is known to others."""
    context_allow_hosts: tuple[str, ...] = ()
    """Public hosts from which JSON-LD contexts may be downloaded; absent: nothing is downloaded."""
    context_missing_status: Literal[503, 504] = 503
    """Status of a request whose JSON-LD context cannot be had: 503 up to NGSI-LD v1.8, 504 from v1.9 on."""
    model_validation: Literal["accept", "warn", "reject"] = "warn"
    """What becomes of entities that do not fit the data model of their type, where neither the pack of their
    sector nor a choice at run time says. In the conformance profile nobody looks."""
    model_checks_per_s: int = 500
    """Entities held against their models in a second, beyond those of types that refuse (all of them)."""

    # --- database
    pool_max: int = 12
    """Most pooled connections of the server (the writer and the jobs have their own beside them)."""
    postgres_shared_buffers_mb: int | None = None
    """Embedded PostgreSQL: shared buffers; absent: a quarter of the memory, at most 8 GB."""
    postgres_max_wal_mb: int | None = None
    """Embedded PostgreSQL: max_wal_size; absent: 8 GB, less on a small disk."""
    postgres_max_connections: int = 40
    """Embedded PostgreSQL: max_connections."""
    postgres_start_minutes: float = 15
    """Embedded PostgreSQL: how long a start may take; recovery after a crash counts in."""

    @property
    def near_host(self) -> str:
        """Where this machine itself reaches the server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - not bound here

    @property
    def address(self) -> str:
        """The server's address as people type it, without a slash at its end."""
        host = f"[{self.near_host}]" if ":" in self.near_host else self.near_host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


FIELDS: dict[str, Any] = get_type_hints(Settings)
"""Name of each setting and its type."""


class SettingsError(OperatorError):
    """A setting that cannot be used; the message names it and says why."""


def load_settings(config: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of this process; raise :class:`SettingsError` that names what is wrong."""
    chosen = config or (Path(environ["HAIDANG_CONFIG"]) if environ.get("HAIDANG_CONFIG") else None)
    data_dir = Path(environ.get("HAIDANG_DATA_DIR") or default_data_dir(environ)).expanduser().absolute()
    path = chosen or data_dir / "haidang.toml"
    values = {"data_dir": str(data_dir)} | _read_toml(path, required=chosen is not None)
    values |= _read_environ(environ)
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as cause:
        raise SettingsError(
            f"Cấu hình không hợp lệ ({path} hoặc HAIDANG_*): {cause}",
            f"A setting is not valid ({path} or HAIDANG_*): {cause}",
        ) from cause
    return msgspec.structs.replace(settings, data_dir=settings.data_dir.expanduser().absolute())


def environment(settings: Settings) -> dict[str, str]:
    """Return the ``HAIDANG_*`` variables that give a child process exactly these settings."""
    found: dict[str, str] = {}
    for name, value in msgspec.to_builtins(settings, enc_hook=str).items():
        if value is None:
            continue
        found[f"HAIDANG_{name.upper()}"] = ",".join(value) if isinstance(value, list | tuple) else str(value)
    return found


def _path(kind: type, value: object) -> Path:
    if kind is not Path or not isinstance(value, str):
        raise TypeError(f"expected a path, got {value!r}")
    return Path(value).expanduser()


def _read_toml(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not required:
            return {}
        raise SettingsError(
            f"Không có tệp cấu hình {path}.", f"There is no configuration file {path}."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise SettingsError(
            f"Không đọc được tệp cấu hình {path}: {cause}",
            f"Cannot read the configuration file {path}: {cause}",
        ) from cause


def _read_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings given as ``HAIDANG_*``; an empty value means: not given."""
    values: dict[str, Any] = {}
    for name, kind in FIELDS.items():
        text = environ.get(f"HAIDANG_{name.upper()}", "")
        if text:
            values[name] = _split(text) if get_origin(kind) is tuple else _scalar(text, kind)
    return values


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _scalar(text: str, kind: Any) -> Any:
    if kind is bool or bool in get_args(kind):
        return {"on": "true", "yes": "true", "off": "false", "no": "false"}.get(text.lower(), text.lower())
    return text
