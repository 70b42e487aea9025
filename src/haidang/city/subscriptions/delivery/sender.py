"""What every way of sending has in common."""

from __future__ import annotations

import asyncio
from typing import Protocol

from haidang.base.network import PrivateHost, Target, UnresolvedHost, resolve
from haidang.city.subscriptions.endpoint import Address
from haidang.city.subscriptions.model import Compiled

_FRESH_S = 30.0


class NotDelivered(Exception):  # noqa: N818 - says what happened
    """The endpoint has not taken a notification; the text says why, without secrets."""


class Sender(Protocol):
    """A way to one endpoint; it may keep its connection."""

    async def send(self, one: Compiled, body: str) -> None:
        """Send one notification and return when the endpoint has taken it; :class:`NotDelivered`."""
        ...

    async def close(self) -> None:
        """Let the connection go."""
        ...


class Resolver:
    """The checked address of one endpoint, asked for anew every half minute."""

    def __init__(self, allow_hosts: tuple[str, ...]) -> None:
        self._allow_hosts = allow_hosts
        self._known: tuple[float, Target] | None = None

    async def target(self, address: Address) -> Target:
        """Return where to connect; :class:`NotDelivered` where that is nowhere, or not allowed."""
        now = asyncio.get_running_loop().time()
        known = self._known
        if (
            known is not None
            and known[0] > now
            and (known[1].host, known[1].port) == (address.host, address.port)
        ):
            return known[1]
        self._known = None
        try:
            found = await resolve(address.host, address.port, self._allow_hosts)
        except UnresolvedHost as cause:
            raise NotDelivered(f"the host {address.host} cannot be resolved") from cause
        except PrivateHost as cause:
            raise NotDelivered(
                f"{address.host}:{address.port} is a private address, not in notification_allow_hosts"
            ) from cause
        self._known = (now + _FRESH_S, found)
        return found
