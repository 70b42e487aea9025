"""MQTT: topics of a broker, quality of service 1, acknowledged after the durable commit and not before.

gmqtt acknowledges when the ``on_message`` coroutine returns (``optimistic_acknowledgement=False``, its
source: ``MqttPackageHandler._handle_qos_1_publish_packet``), so each message waits in its own coroutine for
the batch that holds it. A message that was not acknowledged comes again after the connection is lost, for
the session is kept by the broker under our client id; repeating it is harmless, entity and observed time
being the same.

Each connection is a client of its own: gmqtt's built-in reconnect would let a late acknowledgement of the old
connection go out on the new one, where its number may stand for another message.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from gmqtt import Client, Subscription
from gmqtt.mqtt.handler import MQTTConnectError

from haidang.base.problems import Problem
from haidang.feeds.connectors import Batch, cut, network, records, unreadable
from haidang.feeds.model.declaration import MqttSource
from haidang.feeds.model.rows import Row

BACKOFF_S = (0.2, 30.0)
CONNECT_S = 15
_NEVER = -2
"""More failures than this are always there: gmqtt must not reconnect by itself (see above)."""
_log = logging.getLogger("gmqtt")


class _Message:
    """A message that waits for its durable commit."""

    __slots__ = ("payload", "settled", "task", "topic")

    def __init__(self, topic: str, payload: bytes) -> None:
        self.topic = topic
        self.payload = payload
        self.settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.task = asyncio.current_task()
        """The coroutine that gmqtt waits for; the acknowledgement goes out when it has ended."""


class MqttConnector:
    """One feed's session with its broker, kept up until the iteration is closed."""

    def __init__(
        self,
        source: MqttSource,
        *,
        feed: str,
        allow_hosts: tuple[str, ...] = (),
        environ: Mapping[str, str] = os.environ,
        on_state: Callable[[Problem | None], None] = lambda _: None,
        backoff_s: tuple[float, float] = BACKOFF_S,
    ) -> None:
        _log.setLevel(logging.CRITICAL)  # a loss is told once, in our own words, by ``on_state``
        self._source = source
        self._client_id = source.client_id or f"haidang-{feed}"
        self._allow = allow_hosts
        self._environ = environ
        self._on_state = on_state
        self._backoff_s = backoff_s
        # The broker sends at most this many messages ahead of our acknowledgements: that bounds the queue.
        self._in_flight_max = min(65_535, max(2, source.batch_max * 2))
        self._waiting: asyncio.Queue[_Message] = asyncio.Queue()
        self._open: set[_Message] = set()
        """Messages of the present connection that are not acknowledged."""
        self._lost = asyncio.Event()
        self._number = 0

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield what has come, as soon as something has; connect again for ever, with growing pauses."""
        keeper = asyncio.create_task(self._keep_connected())
        try:
            while True:
                messages = [await self._waiting.get()]
                while len(messages) < self._source.batch_max and not self._waiting.empty():
                    messages.append(self._waiting.get_nowait())
                live = [message for message in messages if not message.settled.done()]
                rows = [row for message in live for row in self._rows(message)]
                if live:
                    yield Batch(rows, settle=_settler(live))
        finally:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper

    def _rows(self, message: _Message) -> list[Row]:
        """Return the rows of one message; one that cannot be decoded is one unreadable row."""
        extra: dict[str, Any] = {"$topic": message.topic}
        extra |= {f"$topic{number}": part for number, part in enumerate(message.topic.split("/"), start=1)}
        try:
            if len(message.payload) > self._source.size_max_kb << 10:
                raise unreadable(
                    f"Bản tin lớn hơn {self._source.size_max_kb} kB.",
                    f"The message is over {self._source.size_max_kb} kB.",
                )
            found = list(records.json_rows(message.payload, self._source.records))
        except Problem as problem:
            self._number += 1
            wording = cut(message.payload[: 4 * 8_000].decode("utf-8", "replace"))
            return [Row(self._number, extra, wording, (problem.vi, problem.en))]
        rows: list[Row] = []
        for row in found:
            self._number += 1
            rows.append(Row(self._number, row.values | extra, row.original, row.unreadable))
        return rows

    async def _keep_connected(self) -> None:
        shortest, longest = self._backoff_s
        pause = shortest
        while True:
            self._lost.clear()
            closed = asyncio.Event()
            client: Client | None = None
            try:
                client = await self._connect(closed)
                self._on_state(None)
                pause = shortest
                await self._lost.wait()
                self._on_state(
                    unreadable("Mất kết nối với máy chủ MQTT.", "The broker's connection was lost.")
                )
            except Problem as problem:
                self._on_state(problem)
            except (OSError, TimeoutError, MQTTConnectError) as cause:
                reason = str(cause) or type(cause).__name__
                self._on_state(
                    unreadable(
                        f"Không kết nối được MQTT: {reason}.", f"The broker cannot be reached: {reason}."
                    )
                )
            finally:
                if client is not None:
                    await self._acknowledge_stored()
                    await _disconnect(client)
                closed.set()
                self._let_go()
            # Half of the pause is chance, so that a hundred feeds do not come back at the same moment.
            await asyncio.sleep(pause * (0.5 + random.random() / 2))  # noqa: S311
            pause = min(pause * 2, longest)

    async def _connect(self, closed: asyncio.Event) -> Client:
        source = self._source
        target = await network.allowed(source.host, source.port, self._allow)
        client = Client(
            self._client_id,
            clean_session=False,
            optimistic_acknowledgement=False,
            logger=_log,
            session_expiry_interval=int(source.session_expiry),
            receive_maximum=self._in_flight_max,
        )
        client.set_config({"reconnect_retries": _NEVER})
        client.on_message = self._receiver(closed)
        client.on_disconnect = lambda *_: self._lost.set()
        granted: asyncio.Future[tuple[int, ...]] = asyncio.get_running_loop().create_future()

        def on_subscribe(_client: Client, _mid: int, qos: tuple[int, ...], _properties: object) -> None:
            if not granted.done():
                granted.set_result(qos)

        client.on_subscribe = on_subscribe
        if source.username is not None:
            password = network.read_secret(source.password, self._environ) if source.password else None
            client.set_auth_credentials(source.username, password)
        secure: ssl.SSLContext | bool = False
        host = target.address
        if source.tls:
            secure, host = ssl.create_default_context(), source.host
        try:
            async with asyncio.timeout(CONNECT_S):
                await client.connect(host, port=source.port, ssl=secure, keepalive=30)
                client.subscribe([Subscription(topic, qos=1) for topic in source.topics])
                refused = [
                    topic for topic, qos in zip(source.topics, await granted, strict=False) if qos >= 128
                ]
        except BaseException:
            await _disconnect(client)
            raise
        if refused:
            await _disconnect(client)
            raise unreadable(
                f"Máy chủ MQTT từ chối chủ đề: {', '.join(refused)}.",
                f"The broker refused the topics: {', '.join(refused)}.",
            )
        return client

    def _receiver(self, closed: asyncio.Event) -> Callable[..., Any]:
        async def on_message(
            _client: Client, topic: str, payload: bytes, _qos: int, _properties: object
        ) -> int:
            message = _Message(str(topic), bytes(payload))
            self._open.add(message)
            if message.task is not None:
                message.task.add_done_callback(lambda _: self._open.discard(message))
            self._waiting.put_nowait(message)
            if not await message.settled:
                # Not stored: give the connection up, so that the broker sends the message again. Returning is
                # safe only then, for the acknowledgement that gmqtt makes of it has nowhere to go.
                self._lost.set()
                await closed.wait()
            return 0

        return on_message

    def _let_go(self) -> None:
        """End the wait of all that the closed connection brought; the broker will send it again."""
        for message in list(self._open):
            if not message.settled.done():
                message.settled.set_result(True)
        self._open.clear()

    async def _acknowledge_stored(self) -> None:
        """Let the acknowledgements of what is stored go out before the connection is closed."""
        stored = [
            message.task
            for message in self._open
            if message.task is not None and message.settled.done() and message.settled.result()
        ]
        if stored:
            await asyncio.wait(stored, timeout=1)


async def _disconnect(client: Client) -> None:
    with contextlib.suppress(OSError, TimeoutError, RuntimeError, AttributeError):
        async with asyncio.timeout(2):
            await client.disconnect()


def _settler(messages: list[_Message]) -> Callable[[bool], None]:
    def settle(stored: bool) -> None:
        for message in messages:
            if not message.settled.done():
                message.settled.set_result(stored)

    return settle
