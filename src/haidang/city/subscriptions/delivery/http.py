"""HTTP: one POST for each notification (GS CIM 009, 6.3.9). No redirect is followed, no proxy asked."""

from __future__ import annotations

import asyncio

import httpx

from haidang.city.subscriptions.delivery.sender import NotDelivered, Resolver
from haidang.city.subscriptions.endpoint import TIMEOUT_S_MAX, address, timeout_s
from haidang.city.subscriptions.model import Compiled
from haidang.city.subscriptions.rendering import LD

ANSWER_MAX = 64 * 1024
"""Bytes of an answer that are read so that the connection can be used again."""
CONNECTIONS = 8


class HttpSender:
    """Connections to one endpoint."""

    def __init__(self, allow_hosts: tuple[str, ...]) -> None:
        self._resolver = Resolver(allow_hosts)
        # The environment's proxies are left out: they would undo the check of the address.
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=TIMEOUT_S_MAX,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        )

    async def send(self, one: Compiled, body: str) -> None:
        """Post a notification; anything but 2xx within the endpoint's time is a failure."""
        endpoint = one.definition.notification.endpoint
        limit_s = timeout_s(endpoint)
        try:
            async with asyncio.timeout(limit_s):
                status = await self._post(one, body)
        except TimeoutError as cause:
            raise NotDelivered(f"no answer within {limit_s:g} s") from cause
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as cause:
            raise NotDelivered(f"{type(cause).__name__}: {cause}"[:300]) from cause
        if 300 <= status < 400:
            raise NotDelivered(f"HTTP {status}: redirects are not followed")
        if not 200 <= status < 300:
            raise NotDelivered(f"HTTP {status}")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _post(self, one: Compiled, body: str) -> int:
        uri = one.definition.notification.endpoint.uri
        url = httpx.URL(uri)
        target = await self._resolver.target(address(uri))
        # The connection goes to the address that was checked; certificate and virtual host go by the name.
        request = self._client.build_request(
            "POST",
            url.copy_with(host=target.address),
            content=body.encode(),
            headers=headers_of(one) | {"host": url.netloc.decode("ascii"), "user-agent": "haidang"},
            extensions={"sni_hostname": url.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            read = 0
            async for chunk in response.aiter_raw():
                read += len(chunk)
                if read > ANSWER_MAX:
                    break
            return response.status_code
        finally:
            await response.aclose()


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
