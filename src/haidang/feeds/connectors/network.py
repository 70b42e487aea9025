"""Which hosts a feed may reach (the rule is ``base.network``), and the secrets it shows them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from haidang.base.network import PrivateHost, Target, UnresolvedHost, resolve
from haidang.base.problems import Problem
from haidang.feeds.connectors import unreadable
from haidang.feeds.model.declaration import Secret

SECRET_MAX = 8192


async def allowed(host: str, port: int, allow_hosts: tuple[str, ...]) -> Target:
    """Return where to connect; raise ``Problem`` where the host does not resolve or may not be reached."""
    try:
        return await resolve(host, port, allow_hosts)
    except UnresolvedHost as cause:
        raise unreadable(
            f"Không phân giải được tên máy {host}.", f"The host {host} cannot be resolved."
        ) from cause
    except PrivateHost as cause:
        raise _private(host, port) from cause


def _private(host: str, port: int) -> Problem:
    return unreadable(
        f"{host}:{port} là địa chỉ nội bộ; người vận hành cần thêm vào feed_allow_hosts.",
        f"{host}:{port} is a private address; the operator must list it in feed_allow_hosts.",
    )


def read_secret(secret: Secret, environ: Mapping[str, str]) -> str:
    """Return the secret from the variable or file that the declaration names; it is never shown or logged."""
    if (secret.env is None) == (secret.file is None):
        raise unreadable(
            "secret cần đúng một trong hai: env hoặc file.", "secret wants exactly one of env and file."
        )
    if secret.env is not None:
        value = environ.get(secret.env, "")
        where = secret.env
    else:
        where = secret.file or ""
        try:
            with Path(where).expanduser().open(encoding="utf-8") as file:
                value = file.readline(SECRET_MAX)
        except (OSError, UnicodeDecodeError):
            value = ""
    value = value.strip()
    if not value or not value.isprintable() or not value.isascii():
        raise unreadable(f"Không có khóa bí mật ở {where}.", f"There is no secret at {where}.")
    return value
