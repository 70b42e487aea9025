"""HTTP: one POST for each notification (GS CIM 009, 6.3.9). No redirect is followed, no proxy asked."""

from __future__ import annotations

import asyncio

import aiohttp
from yarl import URL

from haidang.city.subscriptions.delivery.sender import NotDelivered, Resolver
from haidang.city.subscriptions.endpoint import SCHEMES, TIMEOUT_S_MAX, Address, address, timeout_s
from haidang.city.subscriptions.model import Compiled
from haidang.city.subscriptions.rendering import LD

ANSWER_MAX = 64 * 1024
"""Bytes of an answer that are read so that the connection can be used again."""
CONNECTIONS = 8


class HttpSender:
    """Connections to one endpoint."""

    def __init__(self, allow_hosts: tuple[str, ...]) -> None:
        self._resolver = Resolver(allow_hosts)
        # The environment's proxies are left out: they would undo the check of the address. Cookies are
        # nobody's here, and an answer that unpacks to a gigabyte stays packed.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S_MAX),
            trust_env=False,
            auto_decompress=False,
        )

    async def send(self, one: Compiled, body: str) -> None:
        """Post a notification; anything but 2xx within the endpoint's time is a failure."""
        limit_s = timeout_s(one.definition.notification.endpoint)
        try:
            async with asyncio.timeout(limit_s):
                status = await self._post(one, body)
        except TimeoutError as cause:
            raise NotDelivered(f"no answer within {limit_s:g} s") from cause
        except (aiohttp.InvalidURL, ValueError) as cause:
            # Without its text: that may hold the address, and the address a password.
            raise NotDelivered("the endpoint's address or headers cannot be used") from cause
        except aiohttp.ClientConnectorError as cause:
            raise NotDelivered(f"ConnectError: {cause.strerror or cause.os_error}"[:300]) from cause
        except (aiohttp.ClientError, OSError) as cause:
            raise NotDelivered(f"{type(cause).__name__}: {cause}"[:300]) from cause
        if 300 <= status < 400:
            raise NotDelivered(f"HTTP {status}: redirects are not followed")
        if not 200 <= status < 300:
            raise NotDelivered(f"HTTP {status}")

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def _post(self, one: Compiled, body: str) -> int:
        found = address(one.definition.notification.endpoint.uri)
        target = await self._resolver.target(found)
        # The connection goes to the address that was checked; certificate and virtual host go by the name.
        async with self._session.post(
            URL(f"{found.scheme}://{_bracketed(target.address)}:{target.port}{found.path}"),
            data=body.encode(),
            headers=headers_of(one) | {"host": _virtual_host(found), "user-agent": "haidang"},
            allow_redirects=False,
            server_hostname=found.host if found.scheme == "https" else None,
        ) as response:
            read = 0
            async for chunk in response.content.iter_any():
                read += len(chunk)
                if read > ANSWER_MAX:
                    response.close()
                    break
            return response.status


def _virtual_host(found: Address) -> str:
    host = _bracketed(found.host)
    return host if found.port == SCHEMES[found.scheme] else f"{host}:{found.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def headers_of(one: Compiled) -> dict[str, str]:
    """Return the headers of a notification: media type, context, tenant, and the subscriber's own."""
    endpoint = one.definition.notification.endpoint
    found = {each.key.lower(): each.value for each in endpoint.receiver_info}
    found["content-type"] = endpoint.accept
    if endpoint.accept != LD:
        found["link"] = f'<{one.context_url}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LD}"'
    if one.tenant:
        found["ngsild-tenant"] = one.tenant
    return found
