"""Which hosts a feed may reach: public ones, and those private ones that the site has listed.

A declaration is written by people who may run feeds, not by the operator of the machine; without this check
it could ask the database, the cloud's metadata service or a neighbour's printer. Names are resolved here,
once, and the connection goes to the address that was checked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import msgspec

from haidang.base.problems import Problem
from haidang.feeds.connectors import unreadable
from haidang.feeds.model.declaration import Secret

SECRET_MAX = 8192


class Target(msgspec.Struct, frozen=True):
    """A host that may be reached, with the address that was checked."""

    host: str
    port: int
    address: str


async def allowed(host: str, port: int, allow_hosts: tuple[str, ...]) -> Target:
    """Return where to connect; raise ``Problem`` where the host does not resolve or may not be reached."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(10):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError) as cause:
        raise unreadable(
            f"Không phân giải được tên máy {host}.", f"The host {host} cannot be resolved."
        ) from cause
    addresses = [str(entry[4][0]) for entry in found]
    listed = host in allow_hosts or f"{host}:{port}" in allow_hosts
    for address in addresses:
        if not listed and not ip_address(address.split("%")[0]).is_global:
            raise _private(host, port)
    return Target(host, port, addresses[0])


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
