"""Which hosts the house connects to: public ones, and those private ones that the operator has listed.

Whoever declares a feed or a subscription is not the operator of the machine; without this check they could
make the server ask its database, a cloud's metadata service or a neighbour's printer. A name is resolved
here, once, and the connection goes to the address that was checked.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

import msgspec

RESOLVE_S = 10


class Target(msgspec.Struct, frozen=True):
    """A host that may be reached, with the address that was checked."""

    host: str
    port: int
    address: str


class UnresolvedHost(Exception):  # noqa: N818 - says what it is
    """The name stands for no address, or the answer took too long."""


class PrivateHost(Exception):  # noqa: N818 - says what it is
    """An address of the site's own network, or of this machine, that is not listed."""


async def resolve(host: str, port: int, allow_hosts: tuple[str, ...]) -> Target:
    """Return where to connect; raise :class:`UnresolvedHost` or :class:`PrivateHost`.

    ``allow_hosts`` lists private hosts that may be reached, as ``host`` or ``host:port``.
    """
    try:
        async with asyncio.timeout(RESOLVE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError) as cause:
        raise UnresolvedHost(f"{host}:{port}") from cause
    addresses = [str(entry[4][0]) for entry in found]
    if not listed(host, port, allow_hosts) and any(is_private(address) for address in addresses):
        raise PrivateHost(f"{host}:{port}")
    return Target(host, port, addresses[0])


def listed(host: str, port: int, allow_hosts: tuple[str, ...]) -> bool:
    """Say whether the operator has listed a host."""
    return host in allow_hosts or f"{host}:{port}" in allow_hosts


def is_private(address: str) -> bool:
    """Say whether an address is no public one; multicast is none either."""
    found = ip_address(address.split("%", 1)[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return not found.is_global or found.is_multicast


def is_private_literal(host: str) -> bool:
    """Say whether a host is written as a private address: it can be refused before it is looked up."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return is_private(host)
