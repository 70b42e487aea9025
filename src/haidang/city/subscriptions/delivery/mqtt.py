"""MQTT: one message for each notification, its headers beside it (GS CIM 009, 7.2).

The connection is a client of gmqtt without its own reconnect: a lost one ends with the try, the queue decides
when the next one is due. With TLS the connection goes by name: a broker at another address would need a
certificate of that name.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import uuid

import orjson
from gmqtt import Client
from gmqtt.mqtt.constants import MQTTv50, MQTTv311
from gmqtt.mqtt.handler import MQTTConnectError

from haidang.city.subscriptions.delivery.http import headers_of
from haidang.city.subscriptions.delivery.sender import NotDelivered, Resolver
from haidang.city.subscriptions.endpoint import address, timeout_s
from haidang.city.subscriptions.model import Compiled

_NEVER = -2
"""More failures than this are always there: gmqtt must not reconnect by itself."""
_NAMES = {"content-type": "Content-Type", "link": "Link", "ngsild-tenant": "NGSILD-Tenant"}
_log = logging.getLogger("gmqtt")


class MqttSender:
    """A connection to the broker of one endpoint."""

    def __init__(self, allow_hosts: tuple[str, ...]) -> None:
        _log.setLevel(logging.CRITICAL)  # a failure is told once, in the notification's own record
        self._resolver = Resolver(allow_hosts)
        self._client: Client | None = None
        self._lost = asyncio.Event()
        self._turn = asyncio.Lock()

    async def send(self, one: Compiled, body: str) -> None:
        """Publish a notification; with quality of service 1 and 2 return when the broker has it."""
        limit_s = timeout_s(one.definition.notification.endpoint)
        try:
            # One at a time: the acknowledgements of several could not be told apart.
            async with self._turn, asyncio.timeout(limit_s):
                await self._publish(one, body)
        except NotDelivered:
            await self.close()
            raise
        except TimeoutError as cause:
            await self.close()
            raise NotDelivered(f"the broker has not taken it within {limit_s:g} s") from cause
        except (OSError, MQTTConnectError) as cause:
            await self.close()
            raise NotDelivered(f"{type(cause).__name__}: {cause}"[:300]) from cause

    async def close(self) -> None:
        """Leave the broker."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, TimeoutError, RuntimeError, AttributeError):
                async with asyncio.timeout(2):
                    await client.disconnect()

    async def _publish(self, one: Compiled, body: str) -> None:
        endpoint = one.definition.notification.endpoint
        info = {each.key: each.value for each in endpoint.notifier_info}
        if self._client is None or self._lost.is_set():
            await self.close()
            self._client = await self._connect(one, info)
        quality = int(info.get("MQTT-QoS", "1"))
        message = orjson.dumps({"metadata": metadata_of(one), "body": orjson.Fragment(body)})
        self._client.publish(address(endpoint.uri).path, message, qos=quality)
        if quality:
            taken = asyncio.ensure_future(self._client._persistent_storage.wait_empty())
            lost = asyncio.ensure_future(self._lost.wait())
            try:
                await asyncio.wait({taken, lost}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                taken.cancel()
                lost.cancel()
            if self._lost.is_set():
                raise NotDelivered("the broker's connection was lost")

    async def _connect(self, one: Compiled, info: dict[str, str]) -> Client:
        found = address(one.definition.notification.endpoint.uri)
        target = await self._resolver.target(found)
        client = Client(f"haidang-{uuid.uuid4().hex[:12]}", clean_session=True, logger=_log)
        client.set_config({"reconnect_retries": _NEVER})
        self._lost.clear()
        client.on_disconnect = lambda *_: self._lost.set()
        if found.user is not None:
            client.set_auth_credentials(found.user, found.password)
        secure = found.scheme == "mqtts"
        version = MQTTv311 if info.get("MQTT-Version") == "mqtt3.1.1" else MQTTv50
        try:
            await client.connect(
                found.host if secure else target.address,
                port=found.port,
                ssl=ssl.create_default_context() if secure else False,
                keepalive=30,
                version=version,
            )
        except BaseException:
            self._client = client
            await self.close()
            raise
        return client


def metadata_of(one: Compiled) -> dict[str, str]:
    """Return what would be headers over HTTP."""
    own = {each.key: each.value for each in one.definition.notification.endpoint.receiver_info}
    return own | {_NAMES[name]: value for name, value in headers_of(one).items() if name in _NAMES}
